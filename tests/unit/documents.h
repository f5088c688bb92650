/* documents.h - what a test that reads invented texts has at hand: the chain up to `structure`, with the words that the
 * program ships, and what must hold of every document. Run from the project's folder. */
#ifndef GW_TEST_DOCUMENTS_H
#define GW_TEST_DOCUMENTS_H

#include "gw/fold.h"
#include "gw/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const gw_stage *const chain[] = {&gw_stage_decode, &gw_stage_normalize, &gw_stage_split, &gw_stage_structure};
enum { STAGES = 4 };

typedef struct bench {
	gw_arena run, arena;
	gw_diag diag;
	void *state[STAGES];
	gw_source source;
} bench;

static inline int bench_make(void **state)
{
	static bench b;
	gw_arena_init(&b.run);
	gw_arena_init(&b.arena);
	gw_diag_init(&b.diag);
	for (int i = 0; i < STAGES; i++) {
		void *settings = gw_arena_alloc(&b.run, chain[i]->settings_size + 1);
		/* The folder of this path is where the preset of `words` is looked for. */
		gw_node *map = gw_yaml_parse(&b.run, "config/test.yaml", "{}", 2, &b.diag);
		if (chain[i]->options)
			assert_true(gw_options_read(chain[i]->options, map, settings, &b.run, &b.diag));
		if (chain[i]->open)
			assert_int_equal(chain[i]->open(settings, NULL, &b.run, &b.state[i], &b.diag), GW_OK);
	}
	*state = &b;
	return 0;
}

static inline int bench_end(void **state)
{
	bench *b = *state;
	gw_arena_release(&b->run);
	gw_arena_release(&b->arena);
	gw_diag_release(&b->diag);
	return 0;
}

/* What must hold of any document, whatever the text. */
static inline void check_sane(const gw_document *d)
{
	gw_arena a;
	gw_map ids;
	gw_arena_init(&a);
	gw_map_init(&ids, &a);
	uint32_t behind = d->span.begin;
	for (uint32_t i = 0; i < d->sections.count; i++) {
		const gw_section *s = &d->sections.items[i];
		assert_int_equal(gw_map_get(&ids, s->id), GW_NONE);
		*gw_map_put(&ids, s->id) = i;
		assert_true(s->span.begin >= behind && s->span.end > s->span.begin && gw_span_within(s->span, d->span));
		assert_true(gw_span_within(s->marker, s->span) && gw_span_within(s->heading, s->span));
		assert_true(gw_span_within(s->span, s->branch));
		if (s->parent != GW_NONE) {
			assert_true(s->parent < i && s->depth == d->sections.items[s->parent].depth + 1);
			assert_true(gw_span_within(s->branch, d->sections.items[s->parent].branch));
		}
		behind = s->span.end;
	}
	behind = d->span.begin;
	for (uint32_t i = 0; i < d->cells.count; i++) {
		const gw_table_cell *c = &d->cells.items[i];
		assert_true(c->span.begin >= behind && c->span.end > c->span.begin && c->header.end > c->header.begin);
		assert_true(
		        c->section < d->sections.count && gw_span_within(c->span, d->sections.items[c->section].span));
		assert_ptr_equal(gw_document_cell_at(d, c->span.begin), c);
		behind = c->span.end;
	}
	assert_int_equal(d->paragraphs.count, d->paragraph_section.count);
	for (uint32_t i = 0; i < d->paragraphs.count; i++)
		assert_int_equal(
		        gw_document_section_at(d, d->paragraphs.items[i].begin), d->paragraph_section.items[i]);
	gw_arena_release(&a);
}

/* Runs the chain; the first document, NULL when there is none. */
static inline gw_document *read_text(bench *b, const char *text)
{
	gw_arena_reset(&b->arena);
	gw_diag_clear(&b->diag);
	b->source = (gw_source){.arena = &b->arena,
	        .path = GW_STR("a/x.txt"),
	        .opened_as = GW_STR("a/x.txt"),
	        .raw = text,
	        .raw_len = strlen(text)};
	gw_source *s = &b->source;
	for (int i = 0; i < STAGES; i++) {
		if (chain[i]->source)
			chain[i]->source(b->state[i], s, &b->diag);
		for (uint32_t k = 0; chain[i]->document && k < s->documents.count; k++)
			chain[i]->document(b->state[i], &s->documents.items[k], &b->diag);
	}
	for (uint32_t k = 0; k < s->documents.count; k++) {
		check_sane(&s->documents.items[k]);
		assert_true(k == 0 || s->documents.items[k].span.begin >= s->documents.items[k - 1].span.end);
	}
	return s->documents.count ? s->documents.items : NULL;
}

static inline void is(gw_str got, const char *want)
{
	char have[512];
	snprintf(have, sizeof have, "%.*s", (int)got.len, got.ptr ? got.ptr : "");
	assert_string_equal(have, want);
}

/* "1 part 一、 目标|1.1 item (一) 指标": the sections without the preamble. */
static inline void sections_are(bench *b, const gw_document *d, const char *want)
{
	gw_buf out;
	gw_buf_init(&out);
	gw_buf_adds(&out, "");
	for (uint32_t i = 0; i < d->sections.count; i++) {
		const gw_section *s = &d->sections.items[i];
		if (s->kind == GW_SEC_PREAMBLE)
			continue;
		gw_str marker = gw_text_utf8(&b->arena, &b->source.text, s->marker);
		gw_str heading = gw_text_utf8(&b->arena, &b->source.text, s->heading);
		gw_buf_printf(&out, "%s%s %s %.*s %.*s", out.len ? "|" : "", s->id.ptr, gw_section_kind_names[s->kind],
		        (int)marker.len, marker.ptr, (int)heading.len, heading.ptr);
	}
	assert_string_equal(out.ptr ? out.ptr : "", want);
	gw_buf_release(&out);
}

#endif
