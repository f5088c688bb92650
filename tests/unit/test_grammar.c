/* Patterns: what each form matches, what is refused and where, which match wins, and that no text makes them slow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "words.h"

/* 局 is the head of two kinds of organs; 市 and 县 are levels, 市 as well a word of its own. */
static const char lexicon[] = "@class organ.head\n局  kind=department\n公安局  kind=police\n法院  kind=court\n"
			      "@class organ.level\n市  level=2\n县  level=3\n"
			      "@class num\n一\n二\n十二\n@class other\n市\n";

/* Rules of one line each: id, keys; `emits: x` for all of them. */
static words *with_rules(const char *macros, const char *const *rules, size_t n)
{
	words *w = words_begin();
	gw_buf yaml;
	gw_buf_init(&yaml);
	assert_int_equal(words_lexicon(w, lexicon), GW_OK);
	gw_buf_printf(&yaml, "macros: {%s}\nrules:\n", macros);
	for (size_t i = 0; i < n; i++)
		gw_buf_printf(&yaml, "  - {id: r%zu, emits: x, %s}\n", i, rules[i]);
	assert_int_equal(words_rules(w, yaml.ptr), GW_OK);
	gw_buf_release(&yaml);
	return w;
}

/* The texts of all matches, parted by blanks. */
static const char *found(words *w, const char *text, bool select, bool ids)
{
	gw_document *d = words_document(w, text);
	gw_match_list m = {0};
	gw_buf b;
	gw_buf_init(&b);
	gw_rules_run(w->k, d, "x", select, &w->arena, &m);
	for (uint32_t i = 0; i < m.count; i++)
		gw_buf_printf(&b, "%s%s%s%s", i ? " " : "", ids ? gw_rule_at(w->k, m.items[i].rule)->id.ptr : "", ids ? ":" : "",
			words_of(w, m.items[i].span));
	const char *out = gw_arena_str(&w->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len}).ptr;
	gw_buf_release(&b);
	return out;
}

typedef struct match_case {
	const char *pattern, *text, *want;
} match_case;

static void check_cases(const char *more, const match_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		gw_buf rule;
		gw_buf_init(&rule);
		gw_buf_printf(&rule, "match: '%s'%s", cases[i].pattern, more);
		words *w = with_rules("d: '[0-9]{1,2}', pair: '甲|乙'", (const char *const *)&rule.ptr, 1);
		words_build(w);
		const char *got = found(w, cases[i].text, false, false);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s in %s: expected \"%s\", found \"%s\"", cases[i].pattern, cases[i].text, cases[i].want, got);
		words_end(w);
		gw_buf_release(&rule);
	}
}
#define CHECK(more, cases) check_cases(more, cases, sizeof cases / sizeof *cases)

static void test_characters(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"甲乙", "丙甲乙丁甲", "甲乙"},
		{"甲 乙", "甲乙", "甲乙"}, /* blanks mean nothing */
		{"（甲）", "(甲)", "(甲)"}, /* folded as the text is */
		{"\\(甲\\)", "(甲)", "(甲)"},
		{"[甲乙]丙", "甲丙乙丙丁丙", "甲丙 乙丙"},
		{"[^甲乙]丙", "甲丙丁丙", "丁丙"},
		{"[0-35]年", "2年4年5年", "2年 5年"},
		{"[a\\]\\-]1", "a1]1-1b1", "a1 ]1 -1"},
		{"甲.乙", "甲乙甲丙乙", "甲丙乙"},
		{"甲.", "甲", ""},
		{"甲𠀀", "甲𠀀", "甲𠀀"},
		{"^甲", "甲甲\n甲", "甲 甲"},
		{"乙$", "乙甲乙\n乙", "乙 乙"},
		{"甲.*乙", "甲丙\n乙", ""}, /* a paragraph is never left */
		{"{d}年", "12年345年", "12年 45年"},
		{"{pair}丙", "甲丙乙丙", "甲丙 乙丙"}, /* a macro stands as in brackets */
		{"甲甲", "甲甲甲甲甲", "甲甲 甲甲"},   /* behind a match the search goes on */
	};
	CHECK("", cases);
}

static void test_repeats(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"甲?乙", "甲甲乙乙", "甲乙 乙"},
		{"甲*乙", "甲甲乙乙", "甲甲乙 乙"},
		{"甲+乙", "甲甲乙乙", "甲甲乙"},
		{"甲{2}乙", "甲甲甲乙", "甲甲乙"},
		{"甲{2,3}", "甲甲甲甲甲甲", "甲甲甲 甲甲甲"},
		{"甲{2,}乙", "甲乙甲甲甲乙", "甲甲甲乙"},
		{"甲{0,2}乙", "甲甲甲乙", "甲甲乙"},
		{"(甲乙)+", "甲乙甲乙甲", "甲乙甲乙"},
		{"甲.*乙", "甲一乙二乙", "甲一乙二乙"},
		{"甲.*?乙", "甲一乙二乙", "甲一乙"},
		{"甲.+?乙", "甲乙二乙", "甲乙二乙"},
		{"甲.{1,3}?乙", "甲乙乙乙", "甲乙乙"},
		{"甲??乙", "甲乙", "甲乙"},
		{"甲乙??", "甲乙", "甲"},
	};
	CHECK("", cases);
}

static void test_alternatives_and_looks(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"甲|乙", "甲丙乙", "甲 乙"},
		{"(甲|甲乙)丙", "甲乙丙", "甲乙丙"}, /* the first that leads to a match */
		{"甲(乙|)", "甲丙", "甲"},
		{"甲(?=乙)", "甲乙甲丙", "甲"},
		{"甲(?!乙).", "甲乙甲丙", "甲丙"},
		{"(?<=丙)甲", "甲丙甲", "甲"},
		{"(?<!丙)甲乙", "丙甲乙甲乙", "甲乙"},
		{"(?<=^丙+)甲", "丙丙甲丁丙甲", "甲"},
		{"(?<=<num>)甲", "一甲丙甲", "甲"},
		{"(?=甲)乙|甲", "乙甲", "甲"},
		{"甲(?=.*丁)(?!.*戊)", "甲丁\n甲丁戊", "甲"},
	};
	CHECK("", cases);
}

static void test_tokens(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"<organ.head>", "公安局", "公安局"}, /* the longest first */
		{"<organ.level><organ.head>", "市公安局县局", "市公安局 县局"},
		{"<organ.level|num>局", "市局一局丙局", "市局 一局"},
		{"<organ.*>院?", "县法院", "县 法院"},
		{"<organ.head kind=court/police>", "公安局法院局", "公安局 法院"},
		{"<organ.head min=2>", "公安局局", "公安局"},
		{"<organ.head max=1>", "公安局", "局"},
		{"<organ.head kind=police max=2>", "公安局", ""},
		{"十<num>", "十二", "十二"},
		{"<num>年", "十二年二年", "十二年 二年"}, /* a rule does not meet itself */
		{"于<!organ.head>+", "于市中的局", "于市中的"},
		{"<num>{2,}", "一二十二一", "一二十二一"},
	};
	CHECK("", cases);
}

static void test_from_the_right(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"[^局]{0,2}局", "甲乙丙局丁局", "乙丙局 丁局"},
		{".{0,2}局", "甲乙丙局丁局", "局丁局"},
		{"<organ.level>.*<organ.head>", "市甲公安局", "市甲公安局"},
		{"<!organ.level>{1,9}局", "市甲乙局", "甲乙局"}, /* none ends there */
		{"(?<=市)甲*局(?=乙)", "市甲甲局乙", "甲甲局"},
		{"^.+局$", "甲局局", "甲局局"},
	};
	CHECK(", anchor: end", cases);
}

static void test_span(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"于span:(甲+)前", "于甲甲前", "甲甲"},
		{"于 span:<organ.head> 前", "于法院前", "法院"},
		{"ab:甲", "ab:甲", "ab:甲"}, /* letters and a colon, no bracket behind: literals */
	};
	CHECK("", cases);
}

static void check_captures(const char *rule, const char *text, const char *want)
{
	words *w = with_rules("m: 丁", &rule, 1);
	words_build(w);
	gw_document *d = words_document(w, text);
	gw_match_list m = {0};
	gw_buf b;
	gw_buf_init(&b);
	gw_rules_run(w->k, d, "x", true, &w->arena, &m);
	assert_int_equal(m.count, 1);
	for (uint32_t i = 0; i < m.items[0].capture_count; i++) {
		const gw_capture *c = &m.items[0].captures[i];
		const char *name = c->name == gw_name_id(w->k, "a") ? "a" : c->name == gw_name_id(w->k, "b") ? "b" : "?";
		gw_buf_printf(&b, "%s=%s%s ", name, words_of(w, c->span), c->token != GW_NONE ? "!" : "");
		if (c->token != GW_NONE)
			assert_int_equal(d->lattice.tokens[c->token].begin, c->span.begin);
	}
	assert_string_equal(b.ptr, want);
	assert_null(gw_match_get(&m.items[0], gw_name_id(w->k, "none")));
	assert_non_null(gw_match_get(&m.items[0], gw_name_id(w->k, "a")));
	gw_buf_release(&b);
	words_end(w);
}

/* A capture of one token is marked with ! and says which. */
static void test_captures(void **state)
{
	(void)state;
	check_captures("match: '甲 a:(乙+) b:<num>'", "甲乙乙十二", "a=乙乙 b=十二! ");
	check_captures("match: '甲 (a:<num> [、]?)+'", "甲一、二、十二", "a=一! a=二! a=十二! ");
	check_captures("match: '(a:(乙)丙|b:(乙)a:(丁))'", "乙丁", "b=乙 a=丁 "); /* nothing is left of the way that failed */
	check_captures("match: 'a:(甲 b:(乙) )'", "甲乙", "a=甲乙 b=乙 ");
	check_captures("match: 'a:[甲乙] b:({m})?'", "甲丁", "a=甲 b=丁 ");
	/* from the right they come in text order all the same */
	check_captures("anchor: end, match: 'a:<num> [、] b:<num> a:(局)'", "一、十二局", "a=一! b=十二! a=局 ");
	/* a look-around keeps none */
	check_captures("match: 'a:(甲)(?=b:(乙))'", "甲乙", "a=甲 ");
}

static void test_fields(void **state)
{
	(void)state;
	const char *rule = "match: 甲, priority: 2.5, set: {relation: by, drop: yes}, example: ['<<甲>>'], not: 乙";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	uint32_t r = gw_rule_find(w->k, "r0");
	assert_int_equal(gw_rule_count(w->k), 1);
	assert_string_equal(gw_rule_field(w->k, r, "relation").ptr, "by");
	assert_string_equal(gw_rule_field(w->k, r, "drop").ptr, "yes");
	assert_null(gw_rule_field(w->k, r, "none").ptr);
	assert_true(gw_rule_at(w->k, r)->priority > 2.4);
	assert_int_equal(gw_rule_texts(w->k, r, true)->items.count, 1);
	assert_string_equal(gw_rule_texts(w->k, r, false)->text.ptr, "乙");
	assert_int_equal(gw_rule_find(w->k, "none"), GW_NONE);
	words_end(w);
}

/* ---- which match wins ---- */

static void check_select(const char *const *rules, size_t n, const char *text, const char *all, const char *best)
{
	words *w = with_rules("", rules, n);
	words_build(w);
	assert_string_equal(found(w, text, false, true), all);
	assert_string_equal(found(w, text, true, true), best);
	words_end(w);
}

static void test_the_longer_wins(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 甲乙", "match: 乙丙丁", "match: 丁"};
	check_select(rules, 3, "甲乙丙丁甲乙", "r0:甲乙 r1:乙丙丁 r2:丁 r0:甲乙", "r1:乙丙丁 r0:甲乙");
}

static void test_priority_before_length(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 甲乙, priority: 1", "match: 乙丙丁", "match: 丁, priority: -1"};
	check_select(rules, 3, "甲乙丙丁", "r0:甲乙 r1:乙丙丁 r2:丁", "r0:甲乙 r2:丁");
}

/* A decoy is a match like any other that the stage then drops: what it covers is gone. */
static void test_decoys(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 国务院", "match: 国务院常务会议, set: {drop: yes}"};
	check_select(rules, 2, "国务院常务会议和国务院", "r1:国务院常务会议 r0:国务院 r0:国务院", "r1:国务院常务会议 r0:国务院");
}

static void test_equals_go_to_the_earlier(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 乙甲", "match: 甲乙"};
	check_select(rules, 2, "甲乙甲", "r1:甲乙 r0:乙甲", "r1:甲乙");
}

/* The same words by two rules: the one that was read first. */
static void test_twins_go_by_order(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 甲乙", "match: '甲.'"};
	check_select(rules, 2, "甲乙", "r0:甲乙 r1:甲乙", "r0:甲乙");
}

/* Only the capture named span counts; what a rule merely looks at may be shared. */
static void test_context_is_shared(void **state)
{
	(void)state;
	const char *const rules[] = {"match: 'span:(甲)乙'", "match: '甲span:(乙)'"};
	check_select(rules, 2, "甲乙", "r0:甲 r1:乙", "r0:甲 r1:乙");
}

static void test_no_such_kind(void **state)
{
	(void)state;
	const char *rule = "match: 甲";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	gw_match_list m = {0};
	gw_rules_run(w->k, words_document(w, "甲"), "y", true, &w->arena, &m);
	assert_int_equal(m.count, 0);
	words_end(w);
}

static void test_furniture_is_left_out(void **state)
{
	(void)state;
	const char *rule = "match: 甲";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	gw_document *d = words_document(w, "甲\n甲\n");
	*GW_PUSH(&w->arena, &d->furniture) = (gw_span){0, 1};
	gw_match_list m = {0};
	gw_rules_run(w->k, d, "x", true, &w->arena, &m);
	assert_int_equal(m.count, 1);
	assert_int_equal(m.items[0].span.begin, 2);
	words_end(w);
}

/* ---- what is refused ---- */

static void test_syntax_errors(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *says;
		gw_code code;
	} cases[] = {
		{"甲(乙", "at character 4 of its pattern: a ) is missing", GW_E_RULE_SYNTAX},
		{"甲)乙", "at character 2 of its pattern: a ) too many", GW_E_RULE_SYNTAX},
		{"甲[乙", "at character 4 of its pattern: a ] is missing", GW_E_RULE_SYNTAX},
		{"[9-0]", "a range in [ ] goes up", GW_E_RULE_SYNTAX},
		{"[一-龥]", "at most 1000 characters", GW_E_RULE_SYNTAX},
		{"甲<num", "a > is missing", GW_E_RULE_SYNTAX},
		{"<num kind>", "in < > stand classes, then key=value", GW_E_RULE_SYNTAX},
		{"<none>", "no lexicon or reader makes the class none", GW_E_RULE_CLASS},
		{"<num|no.*>", "no lexicon or reader makes the class no.*", GW_E_RULE_CLASS},
		{"{none}", "no such macro: none", GW_E_RULE_SYNTAX},
		{"{m", "no such macro: m", GW_E_RULE_SYNTAX},
		{"{loop}", "macros that name each other", GW_E_RULE_SYNTAX},
		{"{open}", "something is left over in the macro open", GW_E_RULE_SYNTAX},
		{"*甲", "at character 1 of its pattern: a literal ? * + > ] } needs a backslash", GW_E_RULE_SYNTAX},
		{"甲>", "needs a backslash", GW_E_RULE_SYNTAX},
		{"甲++", "needs a backslash", GW_E_RULE_SYNTAX},
		{"甲{3,2}", "a repeat is {m}, {m,n} or {m,} up to 200", GW_E_RULE_SYNTAX},
		{"甲{201}", "up to 200", GW_E_RULE_SYNTAX},
		{"甲{1,999999999999}", "up to 200", GW_E_RULE_SYNTAX},
		{"甲{2", "a repeat is", GW_E_RULE_SYNTAX},
		{"(甲?)*", "what is repeated without limit may not be empty", GW_E_RULE_SYNTAX},
		{"甲(乙|)+", "may not be empty", GW_E_RULE_SYNTAX},
		{"甲?", "the pattern matches the empty text", GW_E_RULE_SYNTAX},
		{"(?=甲)", "the pattern matches the empty text", GW_E_RULE_SYNTAX},
		{"((甲{200}){200})", "the pattern is too large", GW_E_RULE_SYNTAX},
		{"((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((", "nested too deeply", GW_E_RULE_SYNTAX},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char rule[200];
		snprintf(rule, sizeof rule, "match: '%s'", cases[i].pattern);
		const char *one = rule;
		words *w = with_rules("m: 甲, loop: '{loop}', open: '甲)'", &one, 1);
		assert_int_equal(gw_knowledge_build(w->k, &w->diag), GW_FAILED);
		const gw_problem *p = &w->diag.problems.items[0];
		if (w->diag.problems.count != 1 || p->code != cases[i].code || !strstr(p->message, cases[i].says) || p->place.line != 3)
			fail_msg("%s: %u problems, %s in line %u: %s", cases[i].pattern, w->diag.problems.count, gw_code_name(p->code),
				p->place.line, p->message);
		words_end(w);
	}
}

static void test_rule_files_refused(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		gw_code code;
		uint32_t line, column;
	} cases[] = {
		{"rule: []\n", GW_E_CONFIG_KEY, 1, 1},
		{"rules: 3\n", GW_E_CONFIG_TYPE, 1, 8},
		{"rules:\n  - {id: a, emits: x}\n", GW_E_CONFIG_MISSING, 2, 5},
		{"rules:\n  - {id: a, emits: x, match: 甲}\n  - {id: a, emits: x, match: 乙}\n", GW_E_RULE_ID, 3, 5},
		{"rules:\n  - {id: a, emits: x, match: 甲, set: [1]}\n", GW_E_CONFIG_TYPE, 2, 38},
		{"rules:\n  - {id: a, emits: x, match: 甲, anchor: middle}\n", GW_E_CONFIG_RANGE, 2, 41},
		{"macros: [a]\n", GW_E_CONFIG_TYPE, 1, 9},
		{"macros: {a: [b]}\n", GW_E_CONFIG_TYPE, 1, 13},
		{"cues:\n  - {id: a, decide: d, for: v, weight: 1, where: left}\n", GW_E_CUE, 2, 5},
		{"cues:\n  - {id: a, decide: d, for: v, weight: 101}\n", GW_E_CONFIG_RANGE, 2, 40},
		{"rules: [\n", GW_E_CONFIG_SYNTAX, 2, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		words *w = words_begin();
		assert_int_equal(words_rules(w, cases[i].yaml), GW_FAILED);
		const gw_problem *p = &w->diag.problems.items[0];
		if (p->code != cases[i].code || p->place.line != cases[i].line || p->place.column != cases[i].column)
			fail_msg("%s: %s at %u:%u: %s", cases[i].yaml, gw_code_name(p->code), p->place.line, p->place.column, p->message);
		words_end(w);
	}
}

/* ---- what is passed over, and what is done in one go, changes nothing ---- */

static void test_words_and_loops(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"(甲|甲乙)丙", "甲乙丙甲丙", "甲乙丙 甲丙"}, /* the first word that stands there is not the one */
		{"(甲乙|甲)乙丁", "甲乙丁", "甲乙丁"},
		{"(甲|丙丁|<num>|乙|乙丙)戊", "乙丙戊二戊丙丁戊丙戊", "乙丙戊 二戊 丙丁戊"},
		{"(甲乙|丙)?丁", "甲乙丁甲丁", "甲乙丁 丁"},
		{"丙(?<!(甲|乙乙)丙)", "甲丙乙丙乙乙丙丙", "丙 丙"},
		{"甲[^丁]{1,3}乙", "甲丙乙丙乙甲乙甲丁乙", "甲丙乙丙乙"},
		{"甲[^丁]{1,3}?乙", "甲丙乙丙乙", "甲丙乙"},
		{"甲.{2}乙", "甲丙乙甲丙丙乙", "甲丙丙乙"},
		{"甲.*丙", "甲丙乙丙", "甲丙乙丙"},
		{"甲<!num>{1,4}乙", "甲丙乙甲二乙甲丙丙乙", "甲丙乙 甲丙丙乙"},
		{"甲[乙丙]+$", "甲乙丁甲乙丙", "甲乙丙"},
	};
	CHECK("", cases);
	static const match_case right[] = {
		{"(甲|乙甲)丙", "丁乙甲丙", "甲丙"},
		{"丁(乙甲|甲)丙", "丁甲丙乙甲丙丁乙甲丙", "丁甲丙 丁乙甲丙"},
		{"(甲|丁)[乙丙]{2,}戊", "甲乙丙戊丁乙戊", "甲乙丙戊"},
	};
	CHECK(", anchor: end", right);
}

/* Repeats are counted; where too many of them stand within each other they are written out. */
static void test_counted(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"(甲乙|丙){2}丁", "丙丁丙丙丁甲乙丙丁甲乙甲乙甲乙丁", "丙丙丁 甲乙丙丁 甲乙甲乙丁"},
		{"戊(甲|甲乙){2,3}丁", "戊甲甲乙丁戊甲丁戊甲乙甲乙甲乙丁戊甲甲甲甲丁", "戊甲甲乙丁 戊甲乙甲乙甲乙丁"},
		{"戊(甲乙){0,2}?(甲|丙)", "戊甲乙甲乙丙戊丙", "戊甲 戊丙"},
		{"戊(甲乙?){2,}丁", "戊甲丁戊甲甲乙甲甲乙丁", "戊甲甲乙甲甲乙丁"},
		{"戊(甲?){3}丁", "戊丁戊甲丁戊甲甲甲丁戊甲甲甲甲丁", "戊丁 戊甲丁 戊甲甲甲丁"},
		{"戊((甲乙){1,2}丙){2,3}丁", "戊甲乙丙丁戊甲乙甲乙丙甲乙丙丁", "戊甲乙甲乙丙甲乙丙丁"},
		{"戊(甲{1,2}(?=(乙?甲{1,2}){1,2}丁)乙?){1,3}", "戊甲乙甲甲丁戊甲乙乙甲丁", "戊甲乙甲"},
		{"戊((((((甲乙){1,2}丙){1,2}丁){1,2}一){1,2}二){1,2}十){1,2}市", "戊甲乙丙丁一二十市戊甲乙甲乙丙丁一甲乙丙丁甲乙丙丁一二十市戊甲乙丙丁一十市",
			"戊甲乙丙丁一二十市 戊甲乙甲乙丙丁一甲乙丙丁甲乙丙丁一二十市"},
	};
	CHECK("", cases);
	static const match_case right[] = {
		{"丁(甲|乙甲){2,3}戊", "丁甲戊丁乙甲甲戊丁甲甲甲甲戊", "丁乙甲甲戊"},
		{"(丁(甲乙){1,2}){2}", "丁甲乙丁甲乙甲乙丁", "丁甲乙丁甲乙甲乙"},
	};
	CHECK(", anchor: end", right);
}

/* What stands behind the first element and before the begin is asked before the attempt. */
static void test_round_the_begin(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"甲(乙|$)", "甲\n甲乙\n甲丙", "甲 甲乙"},
		{"甲(?=$|<num>)", "甲\n甲二\n甲丙", "甲 甲"},
		{"(?<=^|丁)甲", "甲丁甲丙甲", "甲 甲"},
		{"(?<=<num>)(?<!十二)甲", "一甲丙甲十二甲", "甲"},
		{"(?<!丁)(?<=丙|丁)甲", "丙甲丁甲甲", "甲"},
		{"<num>(甲|乙$)", "二甲一乙丙\n一乙", "二甲 一乙"},
		{"丙[𠮷甲]", "丙𠮷丙甲丙乙", "丙𠮷 丙甲"},
		{"丙[^𠮷甲]", "丙𠮷丙甲丙𠮸丙乙", "丙𠮸 丙乙"},
		{"丙𠮷甲", "丙𠮷甲丙甲", "丙𠮷甲"},
	};
	CHECK("", cases);
	static const match_case right[] = {
		{"(^|乙)甲", "甲乙甲丙甲", "甲 乙甲"},
		{"甲(?=$|丁)", "甲丁甲丙甲", "甲 甲"},
		{"甲<num>(?=乙)", "甲二乙甲一", "甲二"},
	};
	CHECK(", anchor: end", right);
}

/* More rules than a word has bits, from both sides. */
static void test_many_rules(void **state)
{
	(void)state;
	enum { RULES = 300 };
	char room[RULES][64];
	const char *rules[RULES];
	for (uint32_t i = 0; i < RULES; i++) {
		snprintf(room[i], sizeof room[i], "match: '第%u号'%s", i, i % 2 ? ", anchor: end" : "");
		rules[i] = room[i];
	}
	words *w = with_rules("", rules, RULES);
	words_build(w);
	assert_string_equal(found(w, "第3号第64号第65号第127号第128号第270号第299号第300号", false, true),
		"r3:第3号 r64:第64号 r65:第65号 r127:第127号 r128:第128号 r270:第270号 r299:第299号");
	words_end(w);
}

/* A paragraph that lacks what a rule needs is not tried; what it has may stand anywhere in it. */
static void test_needs(void **state)
{
	(void)state;
	static const match_case cases[] = {
		{"甲(?=.*乙)", "甲丙\n甲丙乙", "甲"},
		{"(?<=乙.{0,3})甲", "乙丙甲\n丙甲", "甲"},
		{"甲(?!.*乙)", "甲丙\n甲丙乙", "甲"},
		{"甲(乙|<num>)", "甲乙\n甲丙\n甲二", "甲乙 甲二"},
		{"甲(乙|.)丁", "甲丙丁", "甲丙丁"},
		{"甲乙?丙", "甲丙", "甲丙"},
		{"甲[]乙", "甲乙", ""},
		{"<organ.head kind=police>甲", "公安局甲", "公安局甲"},
	};
	CHECK("", cases);
}

/* A fact that a stage adds between two runs is found by the second. */
static void test_added_tokens_are_seen(void **state)
{
	(void)state;
	const char *rule = "match: '甲<quantity>'";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	gw_document *d = words_document(w, "丙丁\n甲乙\n甲丙");
	gw_match_list before = {0}, after = {0};
	gw_rules_run(w->k, d, "x", true, &w->arena, &before);
	assert_int_equal(before.count, 0);
	gw_lattice_add(d, &(gw_token){4, 5, gw_class_id(w->k, "quantity"), 0, 0}, 1);
	gw_rules_run(w->k, d, "x", true, &w->arena, &after);
	assert_int_equal(after.count, 1);
	assert_string_equal(words_of(w, after.items[0].span), "甲乙");
	words_end(w);
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static const char *const letters[] = {"甲", "乙", "丙", "丁", "一", "二", "十", "市", "县", "局"};
enum { LETTERS = 10 };

/* A repeat that is counted, and the same written out. */
static void random_counted(uint32_t *seed, gw_buf *quick, gw_buf *plain)
{
	static const struct {
		const char *times, *out; /* x: what is repeated */
	} all[] = {{"{2}", "xx"}, {"{1,3}", "x(x(x)?)?"}, {"{0,2}", "(x(x)?)?"}, {"{0,2}?", "(x(x)?" "?)?" "?"}, {"{2,}", "xxx*"}};
	uint32_t which = random_below(seed, sizeof all / sizeof *all);
	const char *a = letters[random_below(seed, LETTERS)], *b = letters[random_below(seed, LETTERS)];
	gw_buf one;
	gw_buf_init(&one);
	gw_buf_printf(&one, random_below(seed, 2) ? "(%s<num>?|%s)" : "(%s%s?)", a, b);
	gw_buf_printf(quick, "%s%s", one.ptr, all[which].times);
	for (const char *c = all[which].out; *c; c++)
		gw_buf_add(plain, *c == 'x' ? one.ptr : c, *c == 'x' ? one.len : 1);
	gw_buf_release(&one);
}

/* One part of a pattern, and the same with captures, so that it is split step by step. */
static void random_part(uint32_t *seed, gw_buf *quick, gw_buf *plain)
{
	static const char *const ones[] = {"[甲乙丙]", "[^丁一]", ".", "<!num>"}, *const times[] = {"+", "*", "{1,3}", "{2}", "{0,2}?", "{1,}?"};
	static const char *const tokens[] = {"<num>", "<organ.level>", "<organ.level level=3>", "<other|organ.head>"};
	uint32_t kind = random_below(seed, 8), one = random_below(seed, 4), many = random_below(seed, 6);
	if (kind > 5) {
		random_counted(seed, quick, plain);
	} else if (kind < 2) {
		for (uint32_t i = 0, n = 2 + random_below(seed, 3); i < n; i++) {
			const char *a = letters[random_below(seed, LETTERS)], *b = random_below(seed, 2) ? letters[random_below(seed, LETTERS)] : "";
			gw_buf_printf(quick, "%s%s%s", i ? "|" : "(", a, b);
			gw_buf_printf(plain, "%sp:(%s%s)", i ? "|" : "(", a, b);
		}
		const char *end = random_below(seed, 3) ? ")" : ")?";
		gw_buf_adds(quick, end);
		gw_buf_adds(plain, end);
	} else if (kind < 4) {
		gw_buf_printf(quick, "%s%s", ones[one], times[many]);
		gw_buf_printf(plain, "(p:%s%s)%s", ones[one][0] == '.' ? "(." : ones[one], ones[one][0] == '.' ? ")" : "", times[many]);
	} else {
		const char *part = kind == 4 ? letters[random_below(seed, LETTERS)] : tokens[one];
		gw_buf_adds(quick, part);
		gw_buf_adds(plain, part);
	}
}

/* Patterns as they are against the same without words, loops, counts, triggers and needs: behind | stands what begins anywhere and
 * matches nothing of these texts. */
static void test_quick_as_plain(void **state)
{
	(void)state;
	for (uint32_t round = 0, seed = 1; round < 600; round++) {
		gw_buf quick, plain;
		gw_buf_init(&quick);
		gw_buf_init(&plain);
		const char *anchor = round % 3 ? "" : "anchor: end, ";
		gw_buf_printf(&quick, "%smatch: '%s", anchor, letters[round % LETTERS]);
		gw_buf_printf(&plain, "%smatch: '(%s", anchor, letters[round % LETTERS]);
		for (uint32_t i = 0, n = 1 + random_below(&seed, 4); i < n; i++)
			random_part(&seed, &quick, &plain);
		gw_buf_adds(&quick, "'");
		gw_buf_adds(&plain, "|[^甲乙丙丁一二十市县局])'");
		words *a = with_rules("", (const char *const *)&quick.ptr, 1), *b = with_rules("", (const char *const *)&plain.ptr, 1);
		words_build(a);
		words_build(b);
		for (uint32_t t = 0; t < 8; t++) {
			char text[128] = "";
			for (uint32_t i = 0, n = random_below(&seed, 36); i < n; i++)
				strcat(text, random_below(&seed, 12) ? letters[random_below(&seed, LETTERS)] : "\n");
			const char *want = found(b, text, false, false), *got = found(a, text, false, false);
			if (strcmp(got, want) != 0)
				fail_msg("%s in %s: expected \"%s\", found \"%s\"", quick.ptr, text, want, got);
		}
		words_end(a);
		words_end(b);
		gw_buf_release(&quick);
		gw_buf_release(&plain);
	}
}

/* ---- hostile text ---- */

/* Each of these would try every way to part the text, two to the power of its length, were there no budget. */
static void test_budget(void **state)
{
	(void)state;
	static const char *const rules[] = {"match: '(甲|甲甲)+乙'", "match: '(甲+)+乙'", "match: '甲*甲*甲*甲*甲*乙'",
		"match: '(<num>|一|.)+乙'", "anchor: end, match: '乙(甲|甲甲)+'", "match: '丙(?!.*(甲|甲甲)+丁)'",
		"match: '((甲|甲甲){1,9}){1,9}乙'", "match: '(?=((甲|甲甲){2,9}){1,9}乙)甲+乙'"};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		words *w = with_rules("", &rules[i], 1);
		words_build(w);
		gw_buf text;
		gw_buf_init(&text);
		for (int n = 0; n < 1500; n++)
			gw_buf_adds(&text, i == 3 ? "一" : "甲");
		found(w, text.ptr, true, false); /* that it comes back is the test */
		/* the text behind is found none the less */
		gw_buf_adds(&text, i == 3 ? "\n一一乙" : i == 4 ? "\n乙甲甲" : i == 5 ? "\n丙甲" : "\n甲甲乙");
		const char *got = found(w, text.ptr, true, false);
		assert_string_equal(got, i == 3 ? "一一乙" : i == 4 ? "乙甲甲" : i == 5 ? "丙" : "甲甲乙");
		gw_buf_release(&text);
		words_end(w);
	}
}

/* One character again and again costs a step each time: from each of three hundred thousand places to the end would be
 * minutes. */
static void test_long_runs(void **state)
{
	(void)state;
	const char *rule = "match: '[甲丙]{3,}乙'";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	gw_buf text;
	gw_buf_init(&text);
	for (int n = 0; n < 300000; n++)
		gw_buf_adds(&text, "甲");
	gw_buf_adds(&text, "\n甲甲甲乙");
	assert_string_equal(found(w, text.ptr, true, false), "甲甲甲乙");
	gw_buf_release(&text);
	words_end(w);
}

/* The budget is far above what real matches need. */
static void test_long_matches(void **state)
{
	(void)state;
	const char *rule = "match: '甲(<num>[、]?|[^乙])*乙'";
	words *w = with_rules("", &rule, 1);
	words_build(w);
	gw_buf text;
	gw_buf_init(&text);
	gw_buf_adds(&text, "甲");
	for (int n = 0; n < 500; n++)
		gw_buf_adds(&text, "十二、丙");
	gw_buf_adds(&text, "乙");
	assert_string_equal(found(w, text.ptr, true, false), text.ptr);
	gw_buf_release(&text);
	words_end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_alternatives_and_looks),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_from_the_right),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_the_longer_wins),
		cmocka_unit_test(test_priority_before_length),
		cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_equals_go_to_the_earlier),
		cmocka_unit_test(test_twins_go_by_order),
		cmocka_unit_test(test_context_is_shared),
		cmocka_unit_test(test_no_such_kind),
		cmocka_unit_test(test_furniture_is_left_out),
		cmocka_unit_test(test_syntax_errors),
		cmocka_unit_test(test_rule_files_refused),
		cmocka_unit_test(test_words_and_loops),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_round_the_begin),
		cmocka_unit_test(test_many_rules),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_added_tokens_are_seen),
		cmocka_unit_test(test_quick_as_plain),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_long_runs),
		cmocka_unit_test(test_long_matches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
