/* Gold annotations and a snapshot's rows as facts that can be compared. */
#include "score.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

/* ---- gold ---- */

/* Copied: the JSON is let go line by line. */
static gw_str member(gw_arena *a, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	if (!json_is_string(v))
		return (gw_str){NULL, 0};
	return gw_arena_str(a, (gw_str){json_string_value(v), (uint32_t)json_string_length(v)});
}

static bool number_member(const json_t *o, const char *key, double *out)
{
	const json_t *v = json_object_get(o, key);
	*out = json_number_value(v);
	return json_is_number(v);
}

/* Positions count characters, so both sides are compared as characters. */
static uint32_t *characters(gw_arena *a, gw_str s, uint32_t *count)
{
	uint32_t *ch = GW_NEW_N(a, uint32_t, s.len + 1), n = 0;
	const char *p = s.ptr, *end = s.ptr + s.len;
	while (p < end)
		ch[n++] = gw_utf8_next(&p, end);
	*count = n;
	return ch;
}

static bool stands_at(const gw_gold_source *s, uint32_t at, const uint32_t *ch, uint32_t n)
{
	return at <= s->len && n <= s->len - at && memcmp(s->ch + at, ch, n * sizeof *ch) == 0;
}

/* The nth occurrence from the begin of a line on; GW_NONE when there is none. */
static uint32_t occurrence(const gw_gold_source *s, uint32_t line, uint32_t nth, const uint32_t *ch, uint32_t n)
{
	uint32_t at = 0;
	for (uint32_t l = 1; l < line; l++) {
		while (at < s->len && s->ch[at] != '\n')
			at++;
		if (at++ >= s->len)
			return GW_NONE;
	}
	for (; at + n <= s->len; at++)
		if (stands_at(s, at, ch, n) && --nth == 0)
			return at;
	return GW_NONE;
}

static gw_status gold_span(gw_score_data *d, const json_t *o, gw_fact *f, const gw_place *at, gw_diag *diag)
{
	const gw_gold_source *s = &d->sources.items[f->doc];
	gw_str text = member(d->arena, o, "text"), rest = member(d->arena, o, "rest");
	json_int_t line = json_integer_value(json_object_get(o, "line")),
		   nth = json_integer_value(json_object_get(o, "nth"));
	if (!text.len || line < 1 || line > UINT32_MAX || nth < 0 || nth > UINT32_MAX)
		return gw_report(diag, GW_E_INPUT_NDJSON, at, "a gold fact needs a line and a text");
	uint32_t n;
	const uint32_t *ch = characters(d->arena, text, &n);
	f->begin = occurrence(s, (uint32_t)line, nth ? (uint32_t)nth : 1, ch, n);
	if (f->begin == GW_NONE)
		return gw_report(
			diag, GW_E_INPUT_NDJSON, at, "\"%s\" does not stand in line %lld", text.ptr, (long long)line);
	f->end = f->begin + n;
	if (rest.len) {
		/* The part behind a line break. */
		ch = characters(d->arena, rest, &n);
		if (f->end >= s->len || s->ch[f->end] != '\n' || !stands_at(s, f->end + 1, ch, n))
			return gw_report(diag, GW_E_INPUT_NDJSON, at, "\"%s\" does not go on as said", text.ptr);
		f->end += 1 + n;
	}
	return GW_OK;
}

static gw_status gold_fact(gw_score_data *d, uint32_t source, const json_t *o, const gw_place *at, gw_diag *diag)
{
	static const char *const kinds[GW_GOLD_KINDS] = {"agency", "time", "quantity", "responsibility"};
	gw_arena *a = d->arena;
	gw_str kind = member(a, o, "kind");
	int k = 0;
	while (k < GW_GOLD_KINDS && !gw_str_eq(kind, gw_str_of(kinds[k])))
		k++;
	if (k == GW_GOLD_KINDS)
		return gw_report(diag, GW_E_INPUT_NDJSON, at, "a gold fact of no known kind");
	gw_fact f = {.doc = source,
		.role = member(a, o, "role"),
		.edtf = member(a, o, "edtf"),
		.duration = member(a, o, "duration"),
		.rrule = member(a, o, "rrule"),
		.op = member(a, o, "op"),
		.unit = member(a, o, "unit"),
		.indicator = member(a, o, "indicator"),
		.task = member(a, o, "task"),
		.generic = json_is_true(json_object_get(o, "generic"))};
	f.has_value = number_member(o, "value", &f.value);
	f.has_value2 = number_member(o, "value2", &f.value2);
	gw_status status = gold_span(d, o, &f, at, diag);
	if (status < GW_FAILED)
		*GW_PUSH(a, &d->gold[k]) = f;
	return status;
}

/* All bad lines of a file are told, as with every other file that people write. */
static gw_status gold_lines(gw_score_data *d, uint32_t source, const char *path, const gw_loaded *file, gw_diag *diag)
{
	gw_status worst = GW_OK;
	gw_place at = {.path = path};
	const char *p = file->bytes, *end = p + file->len;
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		at.line++;
		bool blank = strspn(p, " \t\r") >= (size_t)(stop - p);
		json_error_t error;
		json_t *o = blank ? NULL : json_loadb(p, (size_t)(stop - p), 0, &error);
		gw_status status = GW_OK;
		if (o)
			status = gold_fact(d, source, o, &at, diag);
		else if (!blank)
			status = gw_report(diag, GW_E_INPUT_NDJSON, &at, "not a JSON object: %s", error.text);
		json_decref(o);
		worst = status > worst ? status : worst;
		p = stop + 1;
	}
	return worst;
}

static gw_status gold_file(gw_score_data *d, const char *folder, const char *file_name, gw_diag *diag)
{
	gw_arena *a = d->arena;
	const char *path = gw_path_join(a, folder, file_name);
	const char *name = gw_arena_printf(a, "%.*s", (int)(strlen(file_name) - strlen(".gold.jsonl")), file_name);
	const char *text_path = gw_path_join(a, folder, gw_arena_printf(a, "docs/%s.txt", name));
	gw_loaded text, lines;
	gw_status status = gw_file_load(text_path, UINT32_MAX - 1, &text, diag);
	if (status >= GW_FAILED)
		return status;
	uint32_t index = d->sources.count;
	gw_gold_source *s = GW_PUSH(a, &d->sources);
	s->name = gw_str_of(name);
	s->ch = characters(a, (gw_str){text.bytes, (uint32_t)text.len}, &s->len);
	*gw_map_put(&d->source_at, s->name) = index;
	gw_file_unload(&text);
	status = gw_file_load(path, UINT32_MAX - 1, &lines, diag);
	if (status >= GW_FAILED)
		return status;
	status = gold_lines(d, index, path, &lines, diag);
	gw_file_unload(&lines);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

gw_status gw_gold_read(gw_score_data *d, const char *folder, gw_diag *diag)
{
	static const char ending[] = ".gold.jsonl";
	gw_words names = {0};
	gw_place at = {.path = folder};
	DIR *dir = opendir(folder);
	if (!dir)
		return gw_report(diag, GW_E_INPUT_MISSING, &at, "the gold folder cannot be read: %s", strerror(errno));
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		size_t n = strlen(e->d_name);
		if (n >= sizeof ending && strcmp(e->d_name + n - (sizeof ending - 1), ending) == 0)
			*GW_PUSH(d->arena, &names) = gw_arena_printf(d->arena, "%s", e->d_name);
	}
	closedir(dir);
	if (!names.count)
		return gw_report(diag, GW_E_INPUT_MISSING, &at, "no *.gold.jsonl there");
	qsort(names.items, names.count, sizeof *names.items, by_name);
	gw_status worst = GW_OK;
	for (uint32_t i = 0; i < names.count; i++) {
		gw_status s = gold_file(d, folder, names.items[i], diag);
		worst = s > worst ? s : worst;
	}
	return worst;
}

/* ---- the snapshot ---- */

static gw_str cell_str(gw_score_data *d, const gw_table *t, const gw_cell *cells, const char *field)
{
	uint32_t i = gw_table_field(t, field);
	return i == GW_NONE || cells[i].kind != GW_CELL_STR ? (gw_str){NULL, 0} : gw_arena_str(d->arena, cells[i].s);
}

static bool cell_number(const gw_table *t, const gw_cell *cells, const char *field, double *out)
{
	uint32_t i = gw_table_field(t, field);
	if (i == GW_NONE || (cells[i].kind != GW_CELL_NUM && cells[i].kind != GW_CELL_INT))
		return false;
	*out = cells[i].kind == GW_CELL_NUM ? cells[i].n : (double)cells[i].i;
	return true;
}

static uint32_t cell_index(const gw_table *t, const gw_cell *cells, const char *field)
{
	double n = 0;
	return cell_number(t, cells, field, &n) && n >= 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

/* The source's name without folders and ending is the name of its gold file. */
static gw_status document_row(void *ctx, const gw_table *t, const gw_cell *cells)
{
	gw_score_data *d = ctx;
	gw_str path = cell_str(d, t, cells, "source_path");
	const char *name = path.ptr ? gw_path_base(path.ptr) : "";
	const char *dot = strrchr(name, '.');
	size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	uint32_t source = gw_map_get(&d->source_at, (gw_str){name, (uint32_t)len});
	if (source != GW_NONE)
		*gw_map_put(&d->document_at, cell_str(d, t, cells, "document_id")) = source;
	return GW_OK;
}

/* White space in the sense of Unicode, as far as it occurs in documents. */
static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Whether a blank at the edge belongs to a span is nobody's business. */
static void edges_trim(const gw_gold_source *s, gw_fact *f)
{
	while (f->begin < f->end && f->begin < s->len && is_space(s->ch[f->begin]))
		f->begin++;
	while (f->end > f->begin && f->end <= s->len && is_space(s->ch[f->end - 1]))
		f->end--;
}

/* Columns that a table does not have stay empty, so one reader serves all tables. */
static gw_status fact_row(void *ctx, const gw_table *t, const gw_cell *cells)
{
	gw_score_data *d = ctx;
	uint32_t generic = gw_table_field(t, "generic");
	gw_str document = cell_str(d, t, cells, "document_id");
	gw_fact f = {.doc = document.ptr ? gw_map_get(&d->document_at, document) : GW_NONE};
	if (f.doc == GW_NONE)
		return GW_OK;
	f.begin = cell_index(t, cells, "char_start");
	f.end = cell_index(t, cells, "char_end");
	edges_trim(&d->sources.items[f.doc], &f);
	f.role = cell_str(d, t, cells, "role");
	f.edtf = cell_str(d, t, cells, "edtf");
	f.duration = cell_str(d, t, cells, "duration");
	f.rrule = cell_str(d, t, cells, "rrule");
	f.op = cell_str(d, t, cells, "op");
	f.unit = cell_str(d, t, cells, "unit");
	f.indicator = cell_str(d, t, cells, "indicator");
	f.task = cell_str(d, t, cells, "task_id");
	f.has_value = cell_number(t, cells, "value", &f.value);
	f.has_value2 = cell_number(t, cells, "value2", &f.value2);
	f.generic = generic != GW_NONE && cells[generic].kind == GW_CELL_BOOL && cells[generic].i;
	*GW_PUSH(d->arena, &d->found[t->id]) = f;
	return GW_OK;
}

static gw_status task_row(void *ctx, const gw_table *t, const gw_cell *cells)
{
	gw_score_data *d = ctx;
	gw_str id = cell_str(d, t, cells, "task_id"), document = cell_str(d, t, cells, "document_id");
	if (!id.ptr || !document.ptr || gw_map_get(&d->document_at, document) == GW_NONE)
		return GW_OK;
	*gw_map_put(&d->task_at, id) = d->tasks.count;
	*GW_PUSH(d->arena, &d->tasks) = (gw_found_task){
		cell_str(d, t, cells, "marker"), cell_str(d, t, cells, "title"), cell_str(d, t, cells, "text")};
	return GW_OK;
}

gw_status gw_found_read(gw_score_data *d, const char *snapshot, gw_diag *diag)
{
	static const gw_table_id tables[] = {
		GW_T_AGENCIES, GW_T_DEADLINES, GW_T_DATES, GW_T_TARGETS, GW_T_QUANTITIES, GW_T_RESPONSIBILITIES};
	gw_status status = gw_snapshot_rows(snapshot, GW_T_DOCUMENTS, document_row, d, diag);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status < GW_FAILED; i++)
		status = gw_snapshot_rows(snapshot, tables[i], fact_row, d, diag);
	if (status < GW_FAILED)
		status = gw_snapshot_rows(snapshot, GW_T_TASKS, task_row, d, diag);
	return status;
}
