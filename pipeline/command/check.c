/* gongwen check: everything that can be wrong before the first document; prints what would run. */
#include "command.h"

extern const gw_command gw_command_check;

static void add_line(gw_buf *out, const char *word, const char *value)
{
	gw_buf_printf(out, "%-14s %s\n", word, value);
}

static void stages_print(gw_session *s, const gw_config *c, gw_buf *out)
{
	gw_grid g = {.arena = &s->arena, .align = "rll"};
	gw_grid_add(&g, GW_STR(""));
	gw_grid_add(&g, GW_STR("stage"));
	gw_grid_add(&g, GW_STR("what it does"));
	for (uint32_t i = 0; i < c->chain.count; i++) {
		gw_grid_add_u64(&g, i + 1);
		gw_grid_add(&g, gw_str_of(c->chain.items[i].stage->name));
		gw_grid_add(&g, gw_str_of(c->chain.items[i].stage->summary));
	}
	gw_buf_addc(out, '\n');
	gw_grid_print(&g, out);
}

static void outputs_print(const gw_publish_settings *p, gw_buf *out)
{
	gw_buf_printf(out, "%-14s%s%s%s%s%s%s%s\n", "publishes", p->csv ? " csv" : "", p->excel ? " excel" : "",
		p->jsonl ? " jsonl" : "", p->json ? " json" : "", p->texts ? " texts" : "",
		p->archive ? " archive" : "", p->zip ? " zip" : "");
}

static void plan_print(gw_session *s, const gw_config *c, const gw_inputs *in)
{
	char hex[65];
	uint64_t bytes = 0;
	gw_buf out;
	gw_buf_init(&out);
	gw_inputs_reader r;
	gw_input one;
	gw_inputs_begin(&r, in);
	while (gw_inputs_next(&r, &out, &one))
		bytes += one.size;
	gw_inputs_end(&r);
	gw_buf_clear(&out);
	gw_knowledge_version(c->knowledge, hex);
	add_line(&out, "configuration", c->path);
	add_line(&out, "dataset", c->dataset);
	gw_buf_printf(&out, "%-14s %u sources, %llu bytes\n", "inputs", gw_inputs_count(in), (unsigned long long)bytes);
	add_line(&out, "output", gw_path_join(&s->arena, c->output, c->dataset));
	outputs_print(&c->publish, &out);
	gw_buf_printf(&out, "%-14s %u\n", "threads", gw_batch_threads(c->jobs, gw_inputs_count(in)));
	gw_buf_printf(&out, "%-14s %s in %s\n", "schema", c->schema->version, c->schema->folder);
	gw_buf_printf(&out, "%-14s %.12s: %u words, %u rules\n", "lexicon", hex, gw_entry_count(c->knowledge),
		gw_rule_count(c->knowledge));
	stages_print(s, c, &out);
	gw_stdout_write(out.ptr, out.len);
	gw_buf_release(&out);
}

/* Whatever can be looked at is looked at, so that all problems come in one run. */
static int work(gw_session *s)
{
	gw_config *c = gw_session_config(s, GW_NEED_INPUTS);
	if (!c)
		return GW_EXIT_USAGE;
	gw_inputs in = {0};
	int status = GW_EXIT_DONE;
	if (gw_session_inputs(s, c, &in) >= GW_FAILED)
		status = GW_EXIT_USAGE;
	if (s->args.examples && gw_rules_check_examples(c, &s->diag) >= GW_FAILED && status == GW_EXIT_DONE)
		status = GW_EXIT_FAILED;
	if (status == GW_EXIT_DONE && !s->args.quiet)
		plan_print(s, c, &in);
	if (status == GW_EXIT_DONE && !s->args.quiet && s->args.examples)
		printf("\nexamples  %u rules do what their examples say\n", gw_rule_count(c->knowledge));
	gw_inputs_release(&in);
	gw_config_free(c);
	return status;
}

/* For the maintainers: the pages under docs/, and the JSON Schemas beside the tables, are made by this (make docs). */
static int docs_print(gw_session *s)
{
	gw_config *c = gw_session_config(s, GW_NEED_SETTINGS);
	const gw_schema *schema = c ? gw_schema_load(&s->arena, c->publish.schemas, GW_SCHEMA_VERSION, &s->diag) : NULL;
	gw_buf out;
	gw_buf_init(&out);
	int status = GW_EXIT_USAGE;
	if (schema && gw_docs_write(s->args.docs, schema, &out)) {
		gw_stdout_write(out.ptr, out.len);
		status = GW_EXIT_DONE;
	} else if (schema) {
		gw_session_usage(s, "no page \"%s\"; there are configuration, diagnostics, tables, tables.zh, TABLE.schema and document.schema",
			s->args.docs);
	}
	gw_buf_release(&out);
	gw_schema_release(schema);
	gw_config_free(c);
	return status;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_check, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count)
		status = gw_session_usage(&s, "unexpected \"%s\"", s.args.rest.items[0]);
	if (status == GW_GO_ON)
		status = s.args.docs ? docs_print(&s) : work(&s);
	return gw_session_end(&s, status);
}

const gw_command gw_command_check = {
	.name = "check",
	.usage = "[-c CONFIG] [-i PATH]… [--examples]",
	.summary = "Validates configuration, lexicons, rules and schemas; prints what would run.",
	.options = "config input output dataset jobs examples docs quiet verbose",
	.help = "Every problem is reported as path:line:column, all of them in one run. Exit status: 0 all is well; 1 "
		"a rule's example\n"
		"does not do what it says; 2 wrong usage or configuration.\n\n"
		"example: gongwen check -c config/pipeline.yaml --examples\n",
	.run = run,
};
