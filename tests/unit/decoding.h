/* The stage `decode` on bytes in memory, and what it reports: for the tests of decoders and of mended text. */
#ifndef TESTS_UNIT_DECODING_H
#define TESTS_UNIT_DECODING_H

#include <iconv.h>
#include <stdlib.h>

#include "gw/ingest.h"
#include "gw/stage.h"

typedef struct fixture {
	gw_arena run, document;
	gw_diag diag;
	void *state;
} fixture;

/* The settings as the stage's own option table reads them. */
static inline gw_status open_with(fixture *f, const char *yaml)
{
	const gw_stage *st = &gw_stage_decode;
	gw_node *map = gw_yaml_parse(&f->run, "test.yaml", yaml, strlen(yaml), &f->diag);
	void *settings = gw_arena_alloc(&f->run, st->settings_size);
	assert_true(gw_options_read(st->options, map, settings, &f->run, &f->diag));
	return st->open(settings, NULL, &f->run, &f->state, &f->diag);
}

static inline int setup(void **state)
{
	fixture *f = calloc(1, sizeof *f);
	gw_arena_init(&f->run);
	gw_arena_init(&f->document);
	gw_diag_init(&f->diag);
	*state = f;
	return open_with(f, "{}") != GW_OK;
}

static inline int teardown(void **state)
{
	fixture *f = *state;
	gw_arena_release(&f->run);
	gw_arena_release(&f->document);
	gw_diag_release(&f->diag);
	free(f);
	return 0;
}

static inline gw_status decode_as(fixture *f, const char *path, const char *bytes, size_t n, gw_source *s)
{
	gw_diag_clear(&f->diag);
	*s = (gw_source){.arena = &f->document, .path = gw_str_of(path), .raw = bytes, .raw_len = n};
	return gw_stage_decode.source(f->state, s, &f->diag);
}

/* The first problem of a code; NULL when there is none. */
static inline const gw_problem *reported(const fixture *f, gw_code code)
{
	for (uint32_t i = 0; i < f->diag.problems.count; i++)
		if (f->diag.problems.items[i].code == code)
			return &f->diag.problems.items[i];
	return NULL;
}

/* Bytes of a text in another encoding. */
static inline gw_str convert(gw_arena *a, const char *to, const char *from, const char *bytes, size_t n)
{
	iconv_t cd = iconv_open(to, from);
	assert_true(cd != (iconv_t)-1);
	size_t room = 8 * n + 16, left = room, in_left = n;
	char *out = gw_arena_alloc(a, room), *p = out, *in = gw_arena_alloc(a, n + 1);
	memcpy(in, bytes, n);
	assert_int_not_equal(iconv(cd, &in, &in_left, &p, &left), (size_t)-1);
	iconv_close(cd);
	return (gw_str){out, (uint32_t)(room - left)};
}

#endif
