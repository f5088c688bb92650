/* The lexicon reader with the places of its complaints, the trie and the shields against a plain search, the lattice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../pipeline/grammar/grammar.h"
#include "words.h"

/* ---- reading ---- */

static const gw_entry *entry_of(const words *w, const char *class, const char *surface)
{
	uint32_t e = gw_entry_find(w->k, gw_class_id(w->k, class), gw_str_of(surface));
	assert_int_not_equal(e, GW_NONE);
	return gw_entry_at(w->k, e);
}

static void assert_str(gw_str s, const char *want)
{
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.ptr, want, s.len);
}

static void test_entries(void **state)
{
	(void)state;
	words *w = words_begin();
	assert_int_equal(words_lexicon(w, "# a comment\n@class organ.head kind=department level=county\r\n"
					  "  发展和改革局|发改局 | 发改办  level=city\n局\tnote=a=b\n"
					  "@class plain\n(甲)\n局\n\n"),
		GW_OK);
	words_build(w);
	assert_int_equal(gw_entry_count(w->k), 6);
	const gw_entry *e = entry_of(w, "organ.head", "发改局");
	assert_str(e->canonical, "发展和改革局");
	assert_str(gw_entry_attr(e, "kind"), "department");
	assert_str(gw_entry_attr(e, "level"), "city"); /* the line's own value wins */
	assert_int_equal(e->group, entry_of(w, "organ.head", "发展和改革局")->group);
	e = entry_of(w, "organ.head", "局");
	assert_str(gw_entry_attr(e, "level"), "county");
	assert_str(gw_entry_attr(e, "note"), "a=b");
	assert_null(gw_entry_attr(e, "none").ptr);
	/* A fact's token has an index of its own in `entry`, beyond the words or that of another word. */
	gw_token word = {.cls = e->cls, .entry = gw_entry_find(w->k, e->cls, e->surface)};
	assert_str(gw_token_attr(w->k, &word, "note"), "a=b");
	gw_token fact = {.cls = gw_class_id(w->k, "plain"), .entry = word.entry};
	assert_null(gw_token_attr(w->k, &fact, "note").ptr);
	fact.entry = 1000000;
	assert_null(gw_token_attr(w->k, &fact, "note").ptr);
	assert_int_equal(entry_of(w, "plain", "局")->attr_count, 0); /* nothing is left of the class before */
	assert_int_equal(gw_entry_find(w->k, gw_class_id(w->k, "plain"), GW_STR("发改局")), GW_NONE);
	assert_int_equal(gw_class_id(w->k, "none"), UINT16_MAX);
	words_end(w);
}

static void test_words_are_folded(void **state)
{
	(void)state;
	words *w = words_begin();
	assert_int_equal(words_lexicon(w, "@class c\n（ＧＤＰ）\n"), GW_OK);
	assert_str(entry_of(w, "c", "(GDP)")->surface, "(GDP)");
	words_end(w);
}

/* Each with the one complaint that it must cause. */
static void test_bad_lines(void **state)
{
	(void)state;
	static const struct {
		const char *lines; /* from line 4 on */
		gw_code code;
		uint32_t line, column;
		const char *says;
	} cases[] = {
		{"词\n", GW_E_LEXICON_LINE, 4, 1, "needs an @class line above it: `词`"},
		{"@class a\n词  kind=x 种类 b=c\n", GW_E_LEXICON_LINE, 5, 11, "key=value: `种类`"},
		{"@class a\n词\t=x\n", GW_E_LEXICON_LINE, 5, 3, "key=value: `=x`"},
		{"  @klasse a\n", GW_E_LEXICON_LINE, 4, 3, "no such directive"},
		{"@class\n", GW_E_LEXICON_LINE, 4, 1, "a class needs a name"},
		{"@class a 坏\n", GW_E_LEXICON_LINE, 4, 10, "key=value"},
		{"@class a\n甲||乙\n", GW_E_LEXICON_LINE, 5, 3, "an empty word"},
		{"@class a\n甲|\n", GW_E_LEXICON_LINE, 5, 3, "an empty word"},
		{"@class a\n甲|𠀀\n", GW_E_LEXICON_LINE, 5, 3, "outside the basic plane"},
		{"@class a\n好\n坏\xFF\n", GW_E_LEXICON_LINE, 6, 1, "not UTF-8"},
		{"@class a\n甲  k=1\n乙|甲  k=1\n", GW_E_LEXICON_TWICE, 6, 3, "another canonical form in line 5, column 1"},
		{"@class a\n甲  k=1\n甲  k=2\n", GW_E_LEXICON_TWICE, 6, 1, "other attributes in line 5, column 1"},
		{"@class a\nＡ  k=1\n甲|A\n", GW_E_LEXICON_TWICE, 6, 3, "other attributes in line 5, column 1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		words *w = words_begin();
		assert_int_equal(words_lexicon(w, cases[i].lines), GW_FAILED);
		assert_int_equal(w->diag.problems.count, 1);
		const gw_problem *p = &w->diag.problems.items[0];
		if (p->code != cases[i].code || p->place.line != cases[i].line || p->place.column != cases[i].column ||
			!strstr(p->message, cases[i].says))
			fail_msg("%s: %s at %u:%u: %s", cases[i].lines, gw_code_name(p->code), p->place.line, p->place.column, p->message);
		words_end(w);
	}
}

static void test_all_problems_in_one_go(void **state)
{
	(void)state;
	static const char text[] = "@about a\n@class a\n甲||\n@licence c\n@x\n乙  y\n";
	words *w = words_begin();
	assert_int_equal(words_file(w, text, sizeof text - 1, true), GW_FAILED);
	assert_int_equal(w->diag.errors, 5); /* two empty words, a directive, an attribute, no @source */
	assert_non_null(strstr(w->diag.problems.items[4].message, "@about, @source and @licence"));
	assert_int_equal(w->diag.problems.items[4].place.line, 1);
	words_end(w);
}

static void test_twice_on_purpose(void **state)
{
	(void)state;
	words *w = words_begin();
	/* several of one name, the same thing said again, another order of the attributes, another class, another file */
	assert_int_equal(words_lexicon(w, "@class region\n朝阳区  code=110105\n朝阳区  code=220104\n"
					  "@class a\n甲|甲  x=1 y=2\n甲  y=2 x=1\n@class b\n甲  x=3\n"),
		GW_OK);
	assert_int_equal(words_lexicon(w, "@class a\n乙|甲  x=4\n"), GW_OK);
	assert_int_equal(w->diag.problems.count, 0);
	words_end(w);
}

/* ---- scanning ---- */

enum { WORDS = 250, TEXT = 3000, ALPHABET = 6 };

/* Numbers that are the same on every machine (Knuth's MMIX generator). */
static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33) % below;
}

static void draw_word(uint64_t *seed, gw_buf *out, uint32_t length)
{
	static const uint32_t letters[ALPHABET] = {0x7532, 0x4E59, 'a', 0x3002, 0xFFFD, 0x4E00};
	for (uint32_t i = 0; i < length; i++)
		gw_buf_add_cp(out, letters[draw(seed, ALPHABET)]);
}

/* Seven classes, one of them the shields. Words come back: within a class they are one entry. */
static void random_lexicon(words *w, uint64_t *seed, bool shields)
{
	static const char *const classes[] = {"x", "y", "z", "u", "v", "w", "shield"};
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t c = 0; c < (shields ? 7u : 6u); c++) {
		gw_buf_printf(&b, "@class %s\n", classes[c]);
		for (uint32_t i = 0; i < (c == 6 ? 20u : WORDS / 2u); i++) {
			draw_word(seed, &b, 1 + draw(seed, 5));
			gw_buf_addc(&b, '\n');
		}
	}
	assert_int_equal(words_lexicon(w, b.ptr), GW_OK);
	gw_buf_release(&b);
	words_build(w);
}

typedef GW_LIST(gw_token) token_list;

/* Every entry tried at every place. */
static void search_plainly(words *w, const gw_document *d, token_list *out)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t len = d->source->text.len;
	for (uint32_t e = 0; e < gw_entry_count(w->k); e++) {
		uint32_t n, *word = sample_chars(&w->arena, gw_entry_at(w->k, e)->surface.ptr, gw_entry_at(w->k, e)->surface.len, &n);
		for (uint32_t p = 0; p + n <= len; p++)
			if (memcmp(ch + p, word, n * sizeof *word) == 0)
				*GW_PUSH(&w->arena, out) = (gw_token){p, p + n, gw_entry_at(w->k, e)->cls, 0, e};
	}
}

/* Inside a longer shield. */
static bool hidden(const token_list *all, const gw_token *t, uint16_t shield)
{
	for (uint32_t i = 0; i < all->count; i++) {
		const gw_token *s = &all->items[i];
		bool longer = s->end - s->begin > t->end - t->begin;
		if (s->cls == shield && longer && s->begin <= t->begin && s->end >= t->end)
			return true;
	}
	return false;
}

static int in_lattice_order(const void *a, const void *b)
{
	const gw_token *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->cls != y->cls)
		return x->cls < y->cls ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static void check_scan(uint64_t seed, bool shields)
{
	words *w = words_begin();
	random_lexicon(w, &seed, shields);
	gw_buf text;
	gw_buf_init(&text);
	draw_word(&seed, &text, TEXT);
	const gw_document *d = words_document(w, text.ptr);
	token_list all = {0}, want = {0};
	search_plainly(w, d, &all);
	for (uint32_t i = 0; i < all.count; i++)
		if (!shields || !hidden(&all, &all.items[i], gw_class_id(w->k, "shield")))
			*GW_PUSH(&w->arena, &want) = all.items[i];
	qsort(want.items, want.count, sizeof *want.items, in_lattice_order);
	assert_true(want.count > TEXT / 2);
	assert_true(!shields || want.count < all.count);
	assert_int_equal(d->lattice.count, want.count);
	assert_memory_equal(d->lattice.tokens, want.items, want.count * sizeof *want.items);
	gw_buf_release(&text);
	words_end(w);
}

static void test_trie_finds_what_a_search_finds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++)
		check_scan(seed, false);
}

static void test_shields_hide_what_they_cover(void **state)
{
	(void)state;
	for (uint64_t seed = 11; seed <= 20; seed++)
		check_scan(seed, true);
}

static void test_lattice(void **state)
{
	(void)state;
	words *w = words_begin();
	assert_int_equal(words_lexicon(w, "@class a\n市\n市场\n@class b\n市场\n场\n"), GW_OK);
	words_build(w);
	gw_document *d = words_document(w, "大市场𠀀市");
	uint16_t a = gw_class_id(w->k, "a"), b = gw_class_id(w->k, "b"), fact = gw_class_id(w->k, "time");
	assert_int_equal(gw_token_at(&d->lattice, 1, a)->end, 3); /* the longest */
	assert_int_equal(gw_token_before(&d->lattice, 3, b)->begin, 1);
	assert_int_equal(gw_token_before(&d->lattice, 5, a)->begin, 4);
	assert_null(gw_token_at(&d->lattice, 0, a));
	assert_null(gw_token_at(&d->lattice, 5, a)); /* behind the end */
	assert_null(gw_token_before(&d->lattice, 0, a));
	assert_null(gw_token_before(&d->lattice, 6, a));
	/* a fact joins the words and stands in front of the shorter ones */
	gw_lattice_add(d, &(gw_token){0, 5, fact, 0, 7}, 1);
	gw_lattice_add(d, NULL, 0);
	assert_int_equal(gw_token_at(&d->lattice, 0, fact)->entry, 7);
	assert_int_equal(gw_token_before(&d->lattice, 5, fact)->begin, 0);
	assert_int_equal(gw_token_at(&d->lattice, 1, a)->end, 3);
	words_end(w);
}

/* Facts that come in several rounds stand where one sort of all would put them, by begin and by end. */
static void test_facts_join(void **state)
{
	(void)state;
	enum { CHARS = 60, ROUNDS = 4, FACTS = 40 };
	words *w = words_begin();
	assert_int_equal(words_lexicon(w, "@class a\n市\n市场\n@class b\n市场\n场\n"), GW_OK);
	words_build(w);
	char text[CHARS * 3 + 1] = "";
	for (int i = 0; i < CHARS / 2; i++)
		strcat(text, "市场");
	gw_document *d = words_document(w, text);
	const gw_lattice *l = &d->lattice;
	gw_token all[CHARS * 4 + ROUNDS * FACTS];
	uint32_t count = l->count, seed = 1;
	memcpy(all, l->tokens, count * sizeof *all);
	for (int round = 0; round < ROUNDS; round++) {
		gw_token *more = all + count;
		for (uint32_t i = 0; i < FACTS; i++) {
			seed = seed * 1664525 + 1013904223;
			uint32_t begin = (seed >> 8) % CHARS, end = begin + 1 + (seed >> 16) % (CHARS - begin);
			more[i] = (gw_token){begin, end, gw_class_id(w->k, seed >> 31 ? "time" : "agency"), 0, (uint32_t)round * FACTS + i};
		}
		gw_lattice_add(d, more, FACTS);
		count += FACTS;
		qsort(all, count, sizeof *all, gw_token_order);
		assert_int_equal(l->count, count);
		assert_memory_equal(l->tokens, all, count * sizeof *all);
		uint32_t seen = 0;
		for (uint32_t p = 0; p <= CHARS; p++) {
			for (uint32_t i = l->first[p]; i < l->first[p + 1]; i++)
				assert_int_equal(l->tokens[i].begin, p);
			for (uint32_t i = l->last[p]; i < l->last[p + 1]; i++, seen++) {
				assert_int_equal(l->tokens[l->by_end[i]].end, p);
				assert_true(i == l->last[p] || l->by_end[i] > l->by_end[i - 1]);
			}
		}
		assert_int_equal(seen, count);
	}
	words_end(w);
}

static void test_no_words_no_text(void **state)
{
	(void)state;
	words *w = words_begin();
	words_build(w);
	assert_int_equal(words_document(w, "市场")->lattice.count, 0);
	assert_int_equal(words_document(w, "")->lattice.count, 0);
	words_end(w);
}

/* ---- the lexicon version ---- */

static void test_version(void **state)
{
	(void)state;
	char hex[3][65];
	static const char *const texts[] = {"@class a\n甲\n", "@class a\n甲\n", "@class a\n乙\n"};
	for (int i = 0; i < 3; i++) {
		words *w = words_begin();
		assert_int_equal(words_lexicon(w, texts[i]), GW_OK);
		gw_knowledge_version(w->k, hex[i]);
		words_end(w);
	}
	assert_string_equal(hex[0], hex[1]);
	assert_string_not_equal(hex[0], hex[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_words_are_folded),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_all_problems_in_one_go),
		cmocka_unit_test(test_twice_on_purpose),
		cmocka_unit_test(test_trie_finds_what_a_search_finds),
		cmocka_unit_test(test_shields_hide_what_they_cover),
		cmocka_unit_test(test_lattice),
		cmocka_unit_test(test_facts_join),
		cmocka_unit_test(test_no_words_no_text),
		cmocka_unit_test(test_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
