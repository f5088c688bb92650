/* Positions, sentences and clauses on a text that the test builds the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gw/source.h"

/* A source of which every character is kept, but for blanks, which are dropped. */
static gw_source *make(gw_arena *a, const char *utf8)
{
	gw_source *s = GW_NEW(a, gw_source);
	gw_text *t = &s->text;
	size_t bytes = strlen(utf8), n = 0;
	uint32_t *ch = GW_NEW_N(a, uint32_t, bytes + 1), *src = GW_NEW_N(a, uint32_t, bytes + 1);
	uint32_t *at = GW_NEW_N(a, uint32_t, bytes / GW_BYTE_STEP + 1), *lines = GW_NEW_N(a, uint32_t, bytes + 1);
	const char *p = utf8;
	t->line_count = 1;
	for (; p < utf8 + bytes; n++) {
		if (n % GW_BYTE_STEP == 0)
			at[n / GW_BYTE_STEP] = (uint32_t)(p - utf8);
		uint32_t c = gw_utf8_next(&p, utf8 + bytes);
		if (c == '\n')
			lines[t->line_count++] = (uint32_t)n + 1;
		if (c == ' ')
			continue;
		ch[t->len] = c;
		src[t->len++] = (uint32_t)n;
	}
	src[t->len] = (uint32_t)n;
	*t = (gw_text){utf8, (uint32_t)bytes, (uint32_t)n, at, lines, t->line_count, ch, src, t->len, gw_text_signs(a, ch, t->len)};
	return s;
}

static gw_document *document(gw_arena *a, const char *utf8)
{
	gw_document *d = GW_NEW(a, gw_document);
	d->source = make(a, utf8);
	const gw_text *t = &d->source->text;
	d->span = (gw_span){0, t->len};
	for (uint32_t i = 0, begin = 0; i <= t->len; i++)
		if (i == t->len || t->ch[i] == '\n') {
			if (i > begin)
				*GW_PUSH(a, &d->paragraphs) = (gw_span){begin, i};
			begin = i + 1;
		}
	return d;
}

/* The n-th place of a word in the folded text. */
static gw_span find(const gw_document *d, const char *word)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_str all = gw_text_utf8(&a, &d->source->text, d->span);
	const char *hit = strstr(all.ptr, word);
	assert_non_null(hit);
	uint32_t begin = (uint32_t)gw_utf8_count(all.ptr, (size_t)(hit - all.ptr));
	gw_span s = {begin, begin + (uint32_t)gw_utf8_count(word, strlen(word))};
	gw_arena_release(&a);
	return s;
}

static void is_text(gw_arena *a, const gw_document *d, gw_span s, const char *want)
{
	assert_string_equal(gw_text_utf8(a, &d->source->text, s).ptr, want);
}

static void test_places(void **state)
{
	gw_arena *a = *state;
	gw_document *d = document(a, "第一 行\n第 二行a\n");
	gw_place_in_text p = gw_source_place(&d->source->text, find(d, "一行"));
	assert_int_equal(p.line, 1);
	assert_int_equal(p.char_start, 1);
	assert_int_equal(p.char_end, 4);
	assert_memory_equal(p.text.ptr, "一 行", p.text.len);
	/* what is dropped behind a span is not part of it */
	p = gw_source_place(&d->source->text, (gw_span){find(d, "第二").begin, find(d, "第二").begin + 1});
	assert_int_equal(p.line, 2);
	assert_int_equal(p.char_end - p.char_start, 1);
	p = gw_source_place(&d->source->text, (gw_span){3, 3});
	assert_int_equal(p.text.len, 0);
	assert_int_equal(p.char_start, p.char_end);
	uint32_t len = d->source->text.len;
	p = gw_source_place(&d->source->text, (gw_span){len, len});
	assert_int_equal(p.char_start, d->source->text.char_count);
	assert_int_equal(p.line, 3);
}

/* Every slice of a longer text of characters of one to four bytes, against a walk from the start. */
static void test_slices(void **state)
{
	gw_arena *a = *state;
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < 200; i++)
		gw_buf_add_cp(&b, i % 4 == 0 ? 'a' : i % 4 == 1 ? 0xE9 : i % 4 == 2 ? 0x4E2D : 0x20000);
	gw_source *s = make(a, b.ptr);
	const char *begin = b.ptr;
	for (uint32_t i = 0; i <= 200; i++) {
		const char *end = begin;
		for (uint32_t j = i; j <= 200; j++) {
			gw_str got = gw_source_slice(&s->text, i, j);
			assert_ptr_equal(got.ptr, s->text.bytes + (begin - b.ptr));
			assert_int_equal(got.len, end - begin);
			if (j < 200)
				gw_utf8_next(&end, b.ptr + b.len);
		}
		if (i < 200)
			gw_utf8_next(&begin, b.ptr + b.len);
	}
	assert_int_equal(gw_source_slice(&s->text, 5, 3).len, 0);
	gw_buf_release(&b);
}

/* Signs on both sides of words of 64 bits, against a walk. */
static void test_signs(void **state)
{
	static const uint32_t some[] = {0x4E00, 'a', 0x3002, '\n', ';', '!', '?', 0x300A, 0x300B, 0x3001, ',', 0x3009};
	gw_arena *a = *state;
	uint32_t ch[300];
	for (uint32_t i = 0; i < 300; i++)
		ch[i] = i % 61 == 3 || i % 97 == 63 || (i > 200 && i < 212) ? some[i % 12] : 0x4E00 + i;
	gw_text t = {.ch = ch, .len = 300, .signs = gw_text_signs(a, ch, 300)};
	for (uint32_t from = 0; from <= 300; from += 7)
		for (uint32_t to = from; to <= 300; to++) {
			uint32_t first = GW_NONE, last = GW_NONE;
			for (uint32_t i = from; i < to; i++)
				if (ch[i] == 0x3002 || ch[i] == '\n' || ch[i] == ';' || ch[i] == '!' || ch[i] == '?' || ch[i] == 0x300A || ch[i] == 0x300B) {
					first = first == GW_NONE ? i : first;
					last = i;
				}
			assert_int_equal(gw_text_first_sign(&t, (gw_span){from, to}), first);
			assert_int_equal(gw_text_last_sign(&t, (gw_span){from, to}), last);
		}
}

static void test_sentence_and_clause(void **state)
{
	gw_arena *a = *state;
	gw_document *d = document(a, "甲局牵头。由乙局(丙、丁,戊)负责己,到庚年底前;辛\n壬《癸、子》丑,寅!卯");
	is_text(a, d, gw_document_sentence(d, find(d, "负责")), "由乙局(丙、丁,戊)负责己,到庚年底前");
	is_text(a, d, gw_document_clause(d, find(d, "负责")), "由乙局(丙、丁,戊)负责己");
	is_text(a, d, gw_document_clause(d, find(d, "丁")), "丁");
	is_text(a, d, gw_document_clause(d, find(d, "丙、丁")), "丙、丁");
	is_text(a, d, gw_document_clause(d, find(d, "庚")), "到庚年底前");
	is_text(a, d, gw_document_sentence(d, find(d, "辛")), "辛");
	is_text(a, d, gw_document_clause(d, find(d, "丑")), "壬《癸、子》丑");
	is_text(a, d, gw_document_sentence(d, find(d, "卯")), "卯");
	is_text(a, d, gw_document_sentence(d, (gw_span){0, 7}), "甲局牵头。由乙局(丙、丁,戊)负责己,到庚年底前");
}

static void test_lookup(void **state)
{
	gw_arena *a = *state;
	gw_document *d = document(a, "甲乙\n\n丙丁戊\n己");
	static const uint32_t want[] = {0, 0, GW_NONE, GW_NONE, 1, 1, 1, GW_NONE, 2, GW_NONE};
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(gw_document_paragraph_at(d, i), want[i]);
	for (uint32_t i = 0; i < d->paragraphs.count; i++)
		GW_PUSH(a, &d->sections)->span = d->paragraphs.items[i];
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(gw_document_section_at(d, i), want[i]);
	gw_document none = {.source = d->source};
	assert_int_equal(gw_document_section_at(&none, 0), GW_NONE);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(gw_section_kind_names[GW_SEC_PARAGRAPH], "paragraph");
	assert_string_equal(gw_op_names[GW_OP_RANGE], "range");
	assert_string_equal(gw_time_role_names[GW_TIME_LIMIT], "limit");
	assert_string_equal(gw_relation_names[GW_REL_AFTER], "after");
	assert_string_equal(gw_duty_role_names[GW_DUTY_INTERPRET], "interpret");
}

static int arena_make(void **state)
{
	static gw_arena arena;
	gw_arena_init(&arena);
	*state = &arena;
	return 0;
}

static int arena_end(void **state)
{
	gw_arena_release(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_places),
	        cmocka_unit_test(test_slices),
	        cmocka_unit_test(test_signs),
	        cmocka_unit_test(test_sentence_and_clause),
	        cmocka_unit_test(test_lookup),
	        cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, arena_make, arena_end);
}
