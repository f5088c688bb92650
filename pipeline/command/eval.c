/* gongwen eval: precision, recall and F1 of a snapshot against gold annotations. */
#include "score.h"

#include <stdlib.h>

extern const gw_command gw_command_eval;

static const gw_measure *measure_find(const gw_measure_list *list, const char *name, size_t len)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (strlen(list->items[i].name) == len && memcmp(list->items[i].name, name, len) == 0)
			return &list->items[i];
	return NULL;
}

/* "agency=0.95"; false after a complaint. */
static bool minimum_parse(gw_session *s, const char *text, size_t *name_len, double *least)
{
	char *end = NULL;
	*name_len = strcspn(text, "=");
	*least = text[*name_len] ? strtod(text + *name_len + 1, &end) : 0;
	if (end && end != text + *name_len + 1 && !*end)
		return true;
	gw_session_usage(s, "--min: expected KIND=F1 such as agency=0.95, found \"%s\"", text);
	return false;
}

/* All of --min are looked at before the verdict: the status to end with. */
static int minimums_check(gw_session *s, const gw_measure_list *list)
{
	int status = GW_EXIT_DONE;
	for (uint32_t i = 0; i < s->args.mins.count; i++) {
		size_t len;
		double least;
		if (!minimum_parse(s, s->args.mins.items[i], &len, &least))
			return GW_EXIT_USAGE;
		const gw_measure *m = measure_find(list, s->args.mins.items[i], len);
		if (!m)
			return gw_session_usage(s, "--min: no measure \"%.*s\"", (int)len, s->args.mins.items[i]);
		if (m->f1 >= least)
			continue;
		fprintf(stderr, "below: %s F1 %.3f < %s\n", m->name, m->f1, s->args.mins.items[i] + len + 1);
		status = GW_EXIT_FAILED;
	}
	return status;
}

/* The shortest digits that read back as the same number; always with a point, as JSON readers of other languages tell
 * 1 from 1.0. */
static void exact(gw_buf *out, double v)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	gw_buf_printf(out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

/* By hand, in the order of the measures and with exact reals. */
static void json_print(const gw_measure_list *list, gw_buf *out)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const gw_measure *m = &list->items[i];
		gw_buf_printf(out, "%s\"%s\": {\"p\": ", i ? ", " : "{", m->name);
		exact(out, m->precision);
		gw_buf_adds(out, ", \"r\": ");
		exact(out, m->recall);
		gw_buf_adds(out, ", \"f1\": ");
		exact(out, m->f1);
		gw_buf_printf(out, ", \"gold\": %u, \"found\": %u}", m->gold, m->found);
	}
	gw_buf_adds(out, "}\n");
}

static void table_print(const gw_measure_list *list, gw_buf *out)
{
	gw_buf_printf(out, "%-18s%10s%8s%8s%7s%7s\n", "measure", "precision", "recall", "F1", "gold", "found");
	for (uint32_t i = 0; i < list->count; i++) {
		const gw_measure *m = &list->items[i];
		gw_buf_printf(out, "%-18s%10.3f%8.3f%8.3f%7u%7u\n", m->name, m->precision, m->recall, m->f1, m->gold,
			m->found);
	}
}

static int work(gw_session *s)
{
	gw_score_data d = {.arena = &s->arena};
	gw_map_init(&d.source_at, &s->arena);
	gw_map_init(&d.document_at, &s->arena);
	gw_map_init(&d.task_at, &s->arena);
	if (gw_gold_read(&d, s->args.gold, &s->diag) >= GW_FAILED ||
		gw_found_read(&d, s->args.rest.items[0], &s->diag) >= GW_FAILED)
		return GW_EXIT_USAGE;
	gw_measure_list list = {0};
	gw_buf out;
	gw_score(&d, &list);
	int status = minimums_check(s, &list);
	gw_buf_init(&out);
	if (s->args.json)
		json_print(&list, &out);
	else
		table_print(&list, &out);
	if (!s->args.quiet && status != GW_EXIT_USAGE)
		gw_stdout_write(out.ptr, out.len);
	gw_buf_release(&out);
	return status;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_eval, argc, argv);
	if (status == GW_GO_ON && !s.args.gold)
		status = gw_session_usage(&s, "--gold DIR is needed");
	if (status == GW_GO_ON && s.args.rest.count != 1)
		status = gw_session_usage(&s, "name one snapshot");
	if (status == GW_GO_ON)
		status = work(&s);
	return gw_session_end(&s, status);
}

const gw_command gw_command_eval = {
	.name = "eval",
	.usage = "--gold DIR SNAPSHOT [--min KIND=F1]… [--json]",
	.summary = "Measures a snapshot against gold annotations: precision, recall and F1 of every kind of fact.",
	.options = "gold min json quiet verbose",
	.help = "DIR holds NAME.gold.jsonl and docs/NAME.txt; rows of sources without gold are left out. Spans must be "
		"exact.\n"
		"Exit status: 0 done; 1 below --min; 2 wrong usage, or something cannot be read.\n\n"
		"example: gongwen eval --gold tests/data/gold output/gongwen/latest --min agency=0.95\n",
	.run = run,
};
