/* desk.h - what a test that works with schemas and files has at hand: a folder, arenas, problems, the schema. */
#ifndef GW_TEST_DESK_H
#define GW_TEST_DESK_H

#include "gw/file.h"
#include "gw/publish.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct desk {
	gw_diag diag;
	gw_arena arena, document;
	gw_buf said; /* all problems, one a line */
	char *dir;
	const gw_schema *schema;
} desk;

static inline int desk_open(void **state)
{
	desk *d = calloc(1, sizeof *d);
	gw_diag_init(&d->diag);
	gw_arena_init(&d->arena);
	gw_arena_init(&d->document);
	gw_buf_init(&d->said);
	const char *tmp = getenv("TMPDIR");
	d->dir = gw_arena_printf(&d->arena, "%s/gw-test-XXXXXX", tmp ? tmp : "/tmp");
	d->schema = gw_schema_load(&d->arena, "schemas", GW_SCHEMA_VERSION, &d->diag);
	*state = d;
	return mkdtemp(d->dir) && d->schema ? 0 : -1;
}

static inline int desk_close(void **state)
{
	desk *d = *state;
	gw_dir_remove(d->dir, &d->diag);
	gw_schema_release(d->schema);
	gw_diag_release(&d->diag);
	gw_arena_release(&d->document);
	gw_arena_release(&d->arena);
	gw_buf_release(&d->said);
	free(d);
	return 0;
}

static inline char *desk_path(desk *d, const char *name)
{
	return gw_path_join(&d->arena, d->dir, name);
}

static inline void desk_put(desk *d, const char *name, const char *content)
{
	assert_int_equal(gw_file_replace(desk_path(d, name), content, strlen(content), &d->diag), GW_OK);
}

/* A whole file as a string. */
static inline gw_str desk_get(desk *d, const char *path)
{
	gw_loaded f;
	assert_int_equal(gw_file_load(path, UINT64_MAX, &f, &d->diag), GW_OK);
	gw_str s = gw_arena_str(&d->arena, (gw_str){f.bytes, (uint32_t)f.len});
	gw_file_unload(&f);
	return s;
}

/* All problems so far, with the test's folder left out of the paths; forgets them. */
static inline const char *desk_said(desk *d)
{
	gw_buf_clear(&d->said);
	gw_buf_adds(&d->said, "");
	for (uint32_t i = 0; i < d->diag.problems.count; i++) {
		gw_buf line;
		gw_buf_init(&line);
		gw_problem_format(&d->diag.problems.items[i], false, &line);
		const char *from = line.ptr;
		if (strncmp(from, d->dir, strlen(d->dir)) == 0)
			from += strlen(d->dir) + 1;
		gw_buf_adds(&d->said, from);
		gw_buf_addc(&d->said, '\n');
		gw_buf_release(&line);
	}
	gw_diag_clear(&d->diag);
	return d->said.ptr;
}

#endif
