/* words.h - a knowledge made from texts within a test, and documents folded one to one for it to look at. */
#ifndef GW_TEST_WORDS_H
#define GW_TEST_WORDS_H

#include "gw/knowledge.h"
#include "sample.h"

#include <stdio.h>
#include <unistd.h>

typedef struct words {
	gw_arena run, arena;
	gw_diag diag;
	gw_knowledge *k;
	gw_source source;
	char folder[32];
	int files;
} words;

static inline words *words_begin(void)
{
	words *w = calloc(1, sizeof *w);
	assert_non_null(w);
	gw_arena_init(&w->run);
	gw_arena_init(&w->arena);
	gw_diag_init(&w->diag);
	w->k = gw_knowledge_new(&w->run);
	strcpy(w->folder, "/tmp/gongwen-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	return w;
}

static inline void words_end(words *w)
{
	gw_knowledge_free(w->k);
	gw_diag_release(&w->diag);
	gw_arena_release(&w->run);
	gw_arena_release(&w->arena);
	assert_int_equal(rmdir(w->folder), 0);
	free(w);
}

/* A file of its own that is gone again when the reader has had it. */
static inline gw_status words_file(words *w, const char *text, size_t bytes, bool lexicon)
{
	char path[64];
	snprintf(path, sizeof path, "%s/%d", w->folder, w->files++);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
	gw_status s = lexicon ? gw_knowledge_add_lexicon(w->k, path, &w->diag) : gw_knowledge_add_rules(w->k, path, &w->diag);
	assert_int_equal(unlink(path), 0);
	return s;
}

/* Lines of a lexicon behind the three that every one begins with. */
static inline gw_status words_lexicon(words *w, const char *lines)
{
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_printf(&b, "@about a\n@source b\n@licence c\n%s", lines);
	gw_status s = words_file(w, b.ptr, b.len, true);
	gw_buf_release(&b);
	return s;
}

static inline gw_status words_rules(words *w, const char *yaml)
{
	return words_file(w, yaml, strlen(yaml), false);
}

static inline void words_build(words *w)
{
	gw_status s = gw_knowledge_build(w->k, &w->diag);
	for (uint32_t i = 0; i < w->diag.problems.count; i++)
		print_message("%s\n", w->diag.problems.items[i].message);
	assert_int_equal(s, GW_OK);
}

/* A document of this text, a paragraph a line, scanned. Only one is kept at a time. */
static inline gw_document *words_document(words *w, const char *text)
{
	gw_arena_reset(&w->arena);
	w->source = (gw_source){.arena = &w->arena, .path = GW_STR("t"), .opened_as = GW_STR("t")};
	sample_text_set(&w->source, text);
	const gw_text *t = &w->source.text;
	gw_document *d = GW_PUSH(&w->arena, &w->source.documents);
	d->source = &w->source;
	d->span = (gw_span){0, t->len};
	for (uint32_t from = 0, p = 0; p <= t->len; p++)
		if (p == t->len || t->ch[p] == '\n') {
			if (p > from)
				*GW_PUSH(&w->arena, &d->paragraphs) = (gw_span){from, p};
			from = p + 1;
		}
	gw_scan(w->k, d, NULL, 0);
	return d;
}

static inline const char *words_of(words *w, gw_span s)
{
	return gw_text_utf8(&w->arena, &w->source.text, s).ptr;
}

#endif
