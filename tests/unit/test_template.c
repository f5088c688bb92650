/* publish: texts with gaps, and what is wrong with them. */
#include "desk.h"
#include "../../pipeline/publish/table/template.h"

static const char *const known[] = {"name", "list", "yes", "no", "none", "n", "inner", NULL};

static const gw_template *parse(desk *d, const char *text)
{
	return gw_template_parse(&d->arena, "page.md", gw_arena_str(&d->arena, gw_str_of(text)), known, &d->diag);
}

/* What a text becomes with some values, which are given as JSON. */
static void fills(desk *d, const char *text, const char *values, const char *expected)
{
	const gw_template *t = parse(d, text);
	assert_non_null(t);
	json_t *v = json_loads(values, 0, NULL);
	assert_non_null(v);
	gw_buf out;
	gw_buf_init(&out);
	gw_template_fill(t, v, &out);
	assert_string_equal(out.ptr ? out.ptr : "", expected);
	gw_buf_release(&out);
	json_decref(v);
}

static void gaps_are_filled(void **state)
{
	desk *d = *state;
	fills(d, "", "{}", "");
	fills(d, "no gap { } }}", "{}", "no gap { } }}");
	fills(d, "<{{name}}>{{ n }}", "{\"name\": \"甲|乙\", \"n\": 12}", "<甲|乙>12");
	fills(d, "{{name}}{{n}}", "{\"n\": 0.5}", "0.5");
	fills(d, "{{name}}", "{\"name\": null}", "");
	fills(d, "a{{! a remark, with any name }}b", "{}", "ab");
}

static void sections_are_shown_or_not(void **state)
{
	desk *d = *state;
	const char *values = "{\"yes\": true, \"no\": false, \"name\": \"x\", \"none\": \"\", \"n\": 0, \"list\": []}";
	fills(d, "{{#yes}}1{{/yes}}{{#no}}2{{/no}}{{#name}}3{{/name}}{{#none}}4{{/none}}{{#n}}5{{/n}}{{#list}}6{{/list}}", values, "135");
	fills(d, "{{^yes}}1{{/yes}}{{^no}}2{{/no}}{{^name}}3{{/name}}{{^none}}4{{/none}}{{^inner}}5{{/inner}}{{^list}}6{{/list}}", values,
		"2456");
	fills(d, "{{#yes}}a{{#no}}b{{/no}}c{{/yes}}d", values, "acd");
}

static void lists_are_gone_through(void **state)
{
	desk *d = *state;
	fills(d, "{{#list}}{{name}}{{^no}}, {{/no}}{{n}};{{/list}}",
		"{\"n\": 7, \"list\": [{\"name\": \"a\"}, {\"name\": \"b\", \"no\": true, \"n\": 8}]}", "a, 7;b8;");
	fills(d, "{{#list}}[{{.}}]{{/list}}", "{\"list\": [\"a\", 2]}", "[a][2]");
	fills(d, "{{#inner}}{{name}}{{/inner}}{{name}}", "{\"name\": \"out\", \"inner\": {\"name\": \"in\"}}", "inout");
	fills(d, "{{#list}}{{#inner}}{{.}}{{/inner}}|{{/list}}", "{\"list\": [{\"inner\": [1, 2]}, {\"inner\": [3]}]}", "12|3|");
}

static void a_tag_alone_on_its_line_leaves_none(void **state)
{
	desk *d = *state;
	fills(d, "a\n{{#yes}}\nb\n{{/yes}}\nc\n", "{\"yes\": true}", "a\nb\nc\n");
	fills(d, "a\n  {{#yes}} \nb\n\t{{/yes}}", "{\"yes\": true}", "a\nb\n");
	fills(d, "{{! head }}\na {{#yes}}\nb{{/yes}}\n", "{\"yes\": true}", "a \nb\n");
	fills(d, "{{name}}\n", "{}", "\n");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	desk *d = *state;
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"a\n二 {{nam}}", "page.md:2:3: error[GW601]: {{nam: the page has no value of this name\n"},
		{"{{#nam}}{{/nam}}", "page.md:1:1: error[GW601]: {{nam: the page has no value of this name\n"
			"page.md:1:9: error[GW601]: {{nam: the page has no value of this name\n"},
		{"{{}}", "page.md:1:1: error[GW601]: {{: the page has no value of this name\n"},
		{"x {{name", "page.md:1:3: error[GW601]: {{: no }} closes it\n"},
		{"{{#yes}}\n{{^no}}\n{{/no}}", "page.md:1:4: error[GW601]: {{yes: the section has no end\n"},
		{"{{#yes}}{{#no}}{{/yes}}{{/no}}", "page.md:1:19: error[GW601]: {{yes: what began last is another section, or none\n"},
		{"{{/yes}}", "page.md:1:4: error[GW601]: {{yes: what began last is another section, or none\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		gw_diag_clear(&d->diag);
		assert_null(parse(d, cases[i].text));
		assert_string_equal(desk_said(d), cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gaps_are_filled, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(sections_are_shown_or_not, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(lists_are_gone_through, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(a_tag_alone_on_its_line_leaves_none, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said_with_its_place, desk_open, desk_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
