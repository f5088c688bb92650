/* gongwen show: one file's documents with their facts marked in the text, and the ledger of tasks. */
#include "marks.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

extern const gw_command gw_command_show;

typedef struct shown {
	gw_session *session;
	const gw_config *config;
	const gw_source *source;
	const gw_rows *rows;
	gw_reason_list reasons;
	bool colour;
	gw_buf out;
} shown;

static gw_str document_cell(const shown *w, uint32_t d, const char *field)
{
	return gw_cell_text(&w->session->arena, &w->config->schema->tables[GW_T_DOCUMENTS],
		w->rows->table[GW_T_DOCUMENTS].items[d], field);
}

/* The published columns, not the fields behind them: what is shown is what would be published. */
static void metadata_print(shown *w, uint32_t d)
{
	static const char *const fields[] = {"document_id", "title", "document_type", "issuer", "region_code",
		"document_number", "adopted_on", "issued_on", "effective_on", "encoding"};
	gw_grid g = {.arena = &w->session->arena, .align = "ll"};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		gw_str value = document_cell(w, d, fields[i]);
		if (!value.len)
			continue;
		gw_grid_add(&g, gw_str_of(fields[i]));
		gw_grid_add(&g, value);
	}
	gw_grid_print(&g, &w->out);
	gw_buf_addc(&w->out, '\n');
}

/* Paragraph by paragraph from the source, so that the wording is the author's and not the folded one. */
static void text_print(shown *w, const gw_document *doc, gw_str id)
{
	gw_mark_list marks = {0};
	gw_marks_collect(&w->session->arena, w->config->schema, w->rows, id, &marks);
	for (uint32_t i = 0; i < doc->paragraphs.count; i++)
		gw_marks_print(&marks, gw_source_place(&w->source->text, doc->paragraphs.items[i]), w->colour, &w->out);
	/* Without the stage that finds paragraphs the text is one. */
	if (!doc->paragraphs.count)
		gw_marks_print(&marks, gw_source_place(&w->source->text, doc->span), w->colour, &w->out);
}

/* Wide cells are wrapped: titles and lists of units are long, terminals are not. */
static void ledger_print(shown *w, gw_str id)
{
	static const char *const fields[] = {
		"marker", "title", "lead_units", "responsible_units", "support_units", "due_text", "due", "targets"};
	static const uint8_t limits[] = {10, 30, 24, 24, 24, 14, 12, 24};
	const gw_table *t = &w->config->schema->tables[GW_T_TASKS];
	uint32_t document = gw_table_field(t, "document_id");
	gw_arena *a = &w->session->arena;
	gw_grid g = {.arena = a, .align = "llllllll", .limits = limits};
	static const char *const head[] = {"", "task", "lead", "responsible", "support", "due", "date", "targets"};
	for (int i = 0; i < 8; i++)
		gw_grid_add(&g, gw_str_of(head[i]));
	for (uint32_t i = 0; i < w->rows->table[GW_T_TASKS].count; i++) {
		const gw_cell *row = w->rows->table[GW_T_TASKS].items[i];
		for (int f = 0; f < 8 && gw_str_eq(row[document].s, id); f++)
			gw_grid_add(&g, gw_cell_text(a, t, row, fields[f]));
	}
	if (g.cells.count == 8) {
		gw_buf_adds(&w->out, "\nno tasks\n");
		return;
	}
	gw_buf_printf(&w->out, "\n%u tasks\n", g.cells.count / 8 - 1);
	gw_grid_print(&g, &w->out);
}

static void fact_add(shown *w, gw_grid *g, const gw_table *t, const gw_cell *row)
{
	gw_arena *a = &w->session->arena;
	gw_str rule = gw_cell_text(a, t, row, "rule");
	uint32_t known = gw_rule_find(w->config->knowledge, gw_arena_str(a, rule).ptr);
	const gw_place *at = known == GW_NONE ? NULL : &gw_rule_at(w->config->knowledge, known)->at;
	gw_grid_add(g, gw_cell_text(a, t, row, "line"));
	gw_grid_add(g, gw_str_of(gw_table_names[t->id]));
	gw_grid_add(g, gw_cell_text(a, t, row, "role"));
	gw_grid_add(g, gw_cell_text(a, t, row, "text"));
	gw_grid_add(g, rule);
	gw_grid_add(g, at ? gw_str_of(gw_arena_printf(a, "%s:%u", gw_path_base(at->path), at->line)) : GW_STR(""));
}

/* By table, as published: a row that is not as it should be leads to the line of the rule that is to be mended. */
static void facts_print(shown *w, gw_str id)
{
	static const gw_table_id tables[] = {GW_T_AGENCIES, GW_T_DEADLINES, GW_T_DATES, GW_T_TARGETS, GW_T_QUANTITIES, GW_T_RESPONSIBILITIES};
	static const uint8_t limits[] = {6, 18, 12, 50, 40, 40};
	static const char *const head[] = {"line", "table", "role", "text", "rule", "at"};
	gw_grid g = {.arena = &w->session->arena, .align = "rlllll", .limits = limits};
	for (int i = 0; i < 6; i++)
		gw_grid_add(&g, gw_str_of(head[i]));
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const gw_table *t = &w->config->schema->tables[tables[i]];
		uint32_t document = gw_table_field(t, "document_id");
		for (uint32_t r = 0; r < w->rows->table[tables[i]].count; r++)
			if (gw_str_eq(w->rows->table[tables[i]].items[r][document].s, id))
				fact_add(w, &g, t, w->rows->table[tables[i]].items[r]);
	}
	gw_buf_printf(&w->out, "\n%u facts\n", g.cells.count / 6 - 1);
	gw_grid_print(&g, &w->out);
}

/* The cues behind roles and the like, fact by fact: what speaks for a value, with its weight and the word it stands on. */
static void reasons_print(shown *w, gw_span document)
{
	static const uint8_t limits[] = {6, 40, 90};
	gw_grid g = {.arena = &w->session->arena, .align = "rll", .limits = limits};
	gw_grid_add(&g, GW_STR("line"));
	gw_grid_add(&g, GW_STR("text"));
	gw_grid_add(&g, GW_STR("decision, value, weight, cue, word"));
	for (uint32_t i = 0; i < w->reasons.count; i++) {
		const gw_reason *r = &w->reasons.items[i];
		gw_place_in_text at = gw_source_place(&w->source->text, r->span);
		if (!gw_span_within(r->span, document))
			continue;
		for (const char *p = r->lines.ptr, *end; *p; p = end + 1) {
			bool first = p == r->lines.ptr;
			end = strchr(p, '\n');
			gw_grid_add(&g, first ? gw_str_of(gw_arena_printf(&w->session->arena, "%u", at.line)) : GW_STR(""));
			gw_grid_add(&g, first ? at.text : GW_STR(""));
			gw_grid_add(&g, (gw_str){p, (uint32_t)(end - p)});
		}
	}
	gw_buf_printf(&w->out, "\n%u cues\n", g.cells.count / 3 - 1);
	gw_grid_print(&g, &w->out);
}

/* One decision a line, for programs: where the fact stands and what spoke for which value. */
static void reasons_print_json(shown *w)
{
	for (uint32_t i = 0; i < w->reasons.count; i++) {
		const gw_reason *r = &w->reasons.items[i];
		gw_place_in_text at = gw_source_place(&w->source->text, r->span);
		json_t *cues = json_array();
		for (const char *p = r->lines.ptr, *end; *p; p = end + 1) {
			end = strchr(p, '\n');
			json_array_append_new(cues, json_stringn(p, (size_t)(end - p)));
		}
		json_t *o = json_pack("{s:i, s:i, s:i, s:s%, s:o}", "line", (int)at.line, "char_start", (int)at.char_start, "char_end",
		        (int)at.char_end, "text", at.text.ptr, (size_t)at.text.len, "cues", cues);
		char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;
		if (line)
			gw_buf_printf(&w->out, "%s\n", line);
		free(line);
		json_decref(o);
	}
}

static void readable_print(shown *w)
{
	if (w->colour)
		gw_marks_legend(&w->out);
	for (uint32_t d = 0; d < w->source->documents.count; d++) {
		gw_str id = document_cell(w, d, "document_id");
		if (d)
			gw_buf_addc(&w->out, '\n');
		metadata_print(w, d);
		text_print(w, &w->source->documents.items[d], id);
		if (w->session->args.explain) {
			facts_print(w, id);
			reasons_print(w, w->source->documents.items[d].span);
		}
		ledger_print(w, id);
	}
}

static bool colours_wanted(const gw_session *s)
{
	const char *none = getenv("NO_COLOR");
	return !s->args.quiet && !(none && *none) && isatty(STDOUT_FILENO);
}

static int file_show(gw_session *s, const gw_config *c, const gw_input *in)
{
	gw_source source;
	gw_loaded file;
	gw_rows rows;
	gw_diag problems;
	gw_diag_init(&problems);
	shown w = {.session = s, .config = c, .source = &source, .rows = &rows, .colour = colours_wanted(s)};
	gw_buf_init(&w.out);
	gw_reason_list *reasons = s->args.explain ? &w.reasons : NULL;
	gw_status status = gw_source_run(c, in, &s->arena, reasons, &source, &file, &rows, &problems);
	gw_print_problems(&s->printer, &problems);
	if (status < GW_FAILED && s->args.json && s->args.explain)
		reasons_print_json(&w);
	else if (status < GW_FAILED && s->args.json)
		status = gw_rows_print_nested(c->schema, &rows, &w.out, &s->diag);
	else if (status < GW_FAILED)
		readable_print(&w);
	if (w.out.len)
		gw_stdout_write(w.out.ptr, w.out.len);
	gw_buf_release(&w.out);
	gw_file_unload(&file);
	gw_diag_release(&problems);
	return status >= GW_FAILED ? GW_EXIT_FAILED : GW_EXIT_DONE;
}

static int work(gw_session *s)
{
	gw_config *c = gw_session_config(s, GW_NEED_STAGES);
	if (!c)
		return GW_EXIT_USAGE;
	gw_inputs in = {0};
	int status = GW_EXIT_DONE;
	const gw_strings no_excludes = {0};
	if (gw_inputs_list(&s->arena, s->args.rest.items, 1, &no_excludes, &in, &s->diag) >= GW_FAILED)
		status = GW_EXIT_USAGE;
	else
		gw_inputs_unpack(&s->arena, &c->archives, &no_excludes, &in);
	for (uint32_t i = 0; status == GW_EXIT_DONE && i < in.items.count; i++)
		status = file_show(s, c, &in.items.items[i]);
	gw_inputs_release(&in);
	gw_config_free(c);
	return status;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_show, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count != 1)
		status = gw_session_usage(&s, "name one file");
	if (status == GW_GO_ON)
		status = work(&s);
	return gw_session_end(&s, status);
}

const gw_command gw_command_show = {
	.name = "show",
	.usage = "[-c CONFIG] FILE [--explain] [--json]",
	.summary = "Shows one file's metadata, its text with the facts marked, and its ledger of tasks.",
	.options = "config explain json quiet verbose",
	.help = "On a terminal the facts are coloured, elsewhere they stand in brackets with what they are. --json prints the nested\n"
		"document as it is published, with --explain the cues of every decision instead, one JSON object a line.\n"
		"Exit status: 0 done; 1 the file cannot be used; 2 wrong usage or configuration.\n\n"
		"example: gongwen show tests/data/samples/work-plan.txt\n",
	.run = run,
};
