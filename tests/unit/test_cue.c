/* Decisions by cues: every place that a cue can look at, weights, ties, limits to rules, the explanation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "words.h"

/* One decision a place, each with one cue that fires on the word 标 or the class mark, so that the decisions that say
 * yes are the places that saw it. */
static const char *const places[] = {
	"left", "right", "inside", "clause", "sentence", "paragraph", "heading", "title", "type", "section", "extra", "always"};
enum { PLACES = sizeof places / sizeof *places };

static words *with_places(void)
{
	words *w = words_begin();
	gw_buf yaml;
	gw_buf_init(&yaml);
	assert_int_equal(words_lexicon(w, "@class mark\n标\n"), GW_OK);
	gw_buf_adds(&yaml, "decisions: {");
	for (int i = 0; i < PLACES; i++)
		gw_buf_printf(&yaml, "%s: [no, yes], ", places[i]);
	gw_buf_adds(&yaml, "}\ncues:\n");
	for (int i = 0; i < PLACES; i++) {
		const char *what = i < 8 ? (i % 2 ? "class: mark" : "words: 标") : "words: [决定, article, due]";
		gw_buf_printf(&yaml, "  - {id: c.%s, decide: %s, for: yes, weight: 1, where: %s, within: 3, %s}\n", places[i], places[i],
			places[i], what);
	}
	assert_int_equal(words_rules(w, yaml.ptr), GW_OK);
	gw_buf_release(&yaml);
	words_build(w);
	return w;
}

/* A cue with `bound: clause` stays in the clause; a fact that ends one is said of the next. */
static void test_bound_to_clause(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool seen;
	} cases[] = {
		{"甲事实标", true},    {"甲事实乙,标", false},  {"事实,标", true},  {"甲事实,标", true},
		{"事实,乙,标", false}, {"事实(一,二)标", true}, {"事实,;标", false}, {"事实、乙、标", true},
	};
	words *w = words_begin();
	assert_int_equal(words_rules(w, "decisions: {d: [no, yes]}\ncues:\n"
		"  - {id: c, decide: d, for: yes, weight: 1, where: right, bound: clause, words: 标}\n"), GW_OK);
	words_build(w);
	const gw_decision *dec = gw_decision_find(w->k, "d");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const gw_document *d = words_document(w, cases[i].text);
		gw_cue_context c = {d, sample_find(&w->source, "事实", 0), GW_NONE, gw_str_of("")};
		if ((gw_decide(w->k, dec, &c, NULL) == 1) != cases[i].seen)
			fail_msg("%s: expected %d", cases[i].text, cases[i].seen);
	}
	words_end(w);
}

/* The places that see something from the fact 事实 in the text; `always` always does. */
static const char *seen(words *w, const gw_document *d, const char *extra)
{
	gw_cue_context c = {d, sample_find(&w->source, "事实", 0), GW_NONE, gw_str_of(extra)};
	gw_buf b;
	gw_buf_init(&b);
	for (int i = 0; i < PLACES; i++) {
		const gw_decision *dec = gw_decision_find(w->k, places[i]);
		assert_non_null(dec);
		if (gw_str_eq(gw_decision_value(dec, gw_decide(w->k, dec, &c, NULL)), GW_STR("yes")) && i < PLACES - 1)
			gw_buf_printf(&b, "%s%s", b.len ? " " : "", places[i]);
		else
			assert_true(i < PLACES - 1 || gw_decide(w->k, dec, &c, NULL) == 1);
	}
	const char *out = gw_arena_str(&w->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len}).ptr;
	gw_buf_release(&b);
	return out;
}

static void test_near_places(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"甲事实乙", ""},
		{"标事实", "left clause sentence paragraph"},
		{"标一二三事实", "left clause sentence paragraph"},
		{"标一二三四事实", "clause sentence paragraph"}, /* beyond `within` */
		{"标,事实", "left sentence paragraph"},
		{"标。事实", "paragraph"},
		{"标\n事实", ""},
		{"事实标", "right clause sentence paragraph"},
		{"事实一二三标", "right clause sentence paragraph"},
		{"事实一二三四标", "clause sentence paragraph"},
		{"事实、标", "right sentence paragraph"},
		{"事实(一,二)标", "clause sentence paragraph"}, /* a comma in brackets parts no clauses */
		{"事实;标", "paragraph"},
		{"事实\n标", ""},
	};
	words *w = with_places();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const gw_document *d = words_document(w, cases[i].text);
		const char *got = seen(w, d, "");
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: expected \"%s\", found \"%s\"", cases[i].text, cases[i].want, got);
	}
	words_end(w);
}

static void test_inside(void **state)
{
	(void)state;
	words *w = with_places();
	const gw_document *d = words_document(w, "甲标乙");
	const gw_decision *inside = gw_decision_find(w->k, "inside"), *clause = gw_decision_find(w->k, "clause");
	gw_cue_context c = {d, {0, 3}, GW_NONE, GW_STR("")};
	assert_int_equal(gw_decide(w->k, inside, &c, NULL), 1);
	assert_int_equal(gw_decide(w->k, clause, &c, NULL), 0); /* the fact itself is not its surroundings */
	c.span = (gw_span){2, 3};
	assert_int_equal(gw_decide(w->k, inside, &c, NULL), 0);
	words_end(w);
}

/* The title, a heading, and in it a smaller section with the fact. */
static gw_document *sectioned(words *w, const char *text)
{
	gw_document *d = words_document(w, text);
	d->title = (gw_span){0, 2};
	d->type = GW_STR("意见");
	for (uint32_t i = 1; i < 4 && i < d->paragraphs.count; i++) {
		gw_section *s = GW_PUSH(&w->arena, &d->sections);
		s->kind = i == 1 ? GW_SEC_CHAPTER : GW_SEC_POINT;
		s->parent = i == 1 ? GW_NONE : 0;
		s->depth = i > 1;
		s->heading = (gw_span){d->paragraphs.items[i].begin, d->paragraphs.items[i].begin + 2};
		s->span = s->branch = d->paragraphs.items[i];
	}
	return d;
}

static void test_far_places(void **state)
{
	(void)state;
	words *w = with_places();
	assert_string_equal(seen(w, sectioned(w, "标题\n甲章\n一乙。事实\n二丙"), ""), "title");
	assert_string_equal(seen(w, sectioned(w, "题目\n标章\n一乙。事实\n二丙"), ""), "heading"); /* that of the section above */
	assert_string_equal(seen(w, sectioned(w, "题目\n甲章\n一标。事实\n二丙"), ""), "paragraph heading");
	assert_string_equal(seen(w, sectioned(w, "题目\n甲章\n一乙。事实\n二标"), ""), "");
	assert_string_equal(seen(w, sectioned(w, "题目\n甲章标\n一乙。事实\n二丙"), ""), ""); /* behind the heading */
	words_end(w);
}

static void test_facts_of_the_document(void **state)
{
	(void)state;
	words *w = with_places();
	gw_document *d = sectioned(w, "题目\n甲章\n一乙。事实\n二丙");
	assert_string_equal(seen(w, d, "past due"), "extra");
	assert_string_equal(seen(w, d, "overdue due-to"), ""); /* whole words */
	d->type = GW_STR("决定");
	assert_string_equal(seen(w, d, ""), "type");
	d->type = GW_STR("");
	d->sections.items[1].kind = GW_SEC_ARTICLE;
	assert_string_equal(seen(w, d, ""), "section");
	words_end(w);
}

/* ---- sums ---- */

static const char sums_yaml[] =
	"decisions: {role: [first, second, third]}\n"
	"rules:\n"
	"  - {id: a.one, emits: x, match: 事实}\n"
	"  - {id: a.two, emits: x, match: 事}\n"
	"  - {id: b.one, emits: x, match: 实}\n"
	"cues:\n"
	"  - {id: base, decide: role, for: first, weight: 1}\n"
	"  - {id: near, decide: role, for: second, weight: 0.6, where: left, words: [近, 邻]}\n"
	"  - {id: far, decide: role, for: second, weight: 0.6, where: right, words: 远}\n"
	"  - {id: even, decide: role, for: third, weight: 1, where: right, words: 平}\n"
	"  - {id: against, decide: role, for: first, weight: -5, where: sentence, words: 非}\n"
	"  - {id: some, decide: role, for: third, weight: 9, rule: [a.two, b.]}\n"
	"  - {id: late, decide: role, for: fourth, weight: 3, where: right, words: 末}\n";

static const char *decided(words *w, const char *text, const char *rule)
{
	const gw_decision *dec = gw_decision_find(w->k, "role");
	const gw_document *d = words_document(w, text);
	uint32_t r = *rule ? gw_rule_find(w->k, rule) : GW_NONE;
	gw_cue_context c = {d, sample_find(&w->source, "事实", 0), r, GW_STR("")};
	return gw_arena_str(&w->arena, gw_decision_value(dec, gw_decide(w->k, dec, &c, NULL))).ptr;
}

static words *with_sums(void)
{
	words *w = words_begin();
	assert_int_equal(words_rules(w, sums_yaml), GW_OK);
	words_build(w);
	return w;
}

static void test_sums(void **state)
{
	(void)state;
	words *w = with_sums();
	assert_string_equal(decided(w, "事实", ""), "first");
	assert_string_equal(decided(w, "近事实", ""), "first");
	assert_string_equal(decided(w, "近事实远", ""), "second");
	assert_string_equal(decided(w, "近邻近事实", ""), "first"); /* a cue counts once */
	assert_string_equal(decided(w, "事实平", ""), "first");     /* ties go to the one named first */
	assert_string_equal(decided(w, "非事实", ""), "second");    /* all else is 0, this one below */
	assert_string_equal(decided(w, "事实末", ""), "fourth");    /* a value that only a cue names */
	words_end(w);
}

static void test_limited_to_rules(void **state)
{
	(void)state;
	words *w = with_sums();
	assert_string_equal(decided(w, "事实", "a.one"), "first");
	assert_string_equal(decided(w, "事实", "a.two"), "third"); /* an id */
	assert_string_equal(decided(w, "事实", "b.one"), "third"); /* a prefix */
	words_end(w);
}

static void test_scores_and_explanation(void **state)
{
	(void)state;
	words *w = with_sums();
	const gw_decision *dec = gw_decision_find(w->k, "role");
	double scores[4] = {0};
	assert_int_equal(gw_decision_count(dec), 4);
	assert_int_equal(gw_decision_index(dec, "third"), 2);
	assert_int_equal(gw_decision_index(dec, "none"), GW_NONE);
	assert_int_equal(gw_decision_index(NULL, "first"), GW_NONE);
	assert_null(gw_decision_find(w->k, "none"));
	const gw_document *d = words_document(w, "邻近事实远");
	gw_cue_context c = {d, sample_find(&w->source, "事实", 0), GW_NONE, GW_STR("")};
	assert_int_equal(gw_decide(w->k, dec, &c, scores), 1);
	assert_true(scores[0] > 0.99 && scores[1] > 1.19 && scores[1] < 1.21 && scores[2] < 0.01);
	gw_buf b;
	gw_buf_init(&b);
	gw_decide_explain(w->k, dec, &c, &b);
	assert_string_equal(b.ptr, "role first +1.0 cue base\nrole second +0.6 cue near 邻\nrole second +0.6 cue far 远\n");
	gw_buf_release(&b);
	words_end(w);
}

static void test_refused(void **state)
{
	(void)state;
	words *w = words_begin();
	assert_int_equal(words_rules(w, "cues:\n  - {id: a, decide: d, for: v, weight: 1, where: left, class: none}\n"), GW_OK);
	assert_int_equal(gw_knowledge_build(w->k, &w->diag), GW_FAILED);
	assert_int_equal(w->diag.problems.items[0].code, GW_E_CUE);
	assert_int_equal(w->diag.problems.items[0].place.line, 2);
	words_end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near_places),
		cmocka_unit_test(test_bound_to_clause),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_far_places),
		cmocka_unit_test(test_facts_of_the_document),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_limited_to_rules),
		cmocka_unit_test(test_scores_and_explanation),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
