/* Row files of any number and order as a stream of sources by path.
 *
 * The files are mapped (row_load.h). One pass finds the runs of lines that follow each other with one source; the runs
 * are sorted by source and only then parsed, source by source. So memory holds an index of runs, about one a source
 * (one a source and table where an engine has parted the tables), never the rows. */
#include "out.h"
#include "row_load.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct run_of_lines {
	gw_str source_path;
	const char *begin, *end;
	uint32_t file, line; /* index in files; number of the first line */
} run_of_lines;

struct gw_row_files {
	gw_arena arena;
	const gw_schema *schema;
	gw_row_spool spool;
	gw_row_file *files;
	uint32_t file_count;
	GW_LIST(run_of_lines) runs;
	uint32_t next;
	uint64_t touched; /* bytes since pages were given back */
};

/* Pages of the mapped files count as our memory once they were read: they are given back by the handful. */
enum { TOUCHED_MOST = 64 << 20 };

static void touch(gw_row_files *f, size_t bytes)
{
	f->touched += bytes;
	if (f->touched < TOUCHED_MOST)
		return;
	f->touched = 0;
	gw_row_spool_forget(&f->spool, f->files, f->file_count);
}

/* ---- the index ---- */

/* The source of a line. Lines as we print them give it by a glance; a line that some other program has written
 * anew, or whose path holds escapes, is parsed. */
static gw_status source_of(gw_row_files *f, const char *line, size_t n, const gw_place *at, gw_str *out, gw_diag *diag)
{
	static const char head[] = "{\"table\":\"", middle[] = "\",\"source_path\":\"";
	const char *quote = n > sizeof head ? memchr(line + sizeof head - 1, '"', n - (sizeof head - 1)) : NULL;
	if (quote && memcmp(line, head, sizeof head - 1) == 0 && (size_t)(line + n - quote) > sizeof middle &&
		memcmp(quote, middle, sizeof middle - 1) == 0) {
		const char *path = quote + sizeof middle - 1;
		const char *end = memchr(path, '"', (size_t)(line + n - path));
		if (end && end - path <= UINT32_MAX && !memchr(path, '\\', (size_t)(end - path))) {
			*out = (gw_str){path, (uint32_t)(end - path)};
			return GW_OK;
		}
	}
	json_error_t error;
	json_t *object = json_loadb(line, n, JSON_ALLOW_NUL, &error);
	const json_t *path = json_object_get(object, "source_path");
	gw_status s = GW_OK;
	if (!object)
		s = gw_report(diag, GW_E_ROWS_FILE, at, "the line is no JSON object: %s", error.text);
	else if (!json_is_string(path))
		s = gw_report(diag, GW_E_ROWS_FILE, at, "a row needs \"table\" and \"source_path\"");
	else
		*out = gw_arena_str(&f->arena, (gw_str){json_string_value(path), (uint32_t)json_string_length(path)});
	json_decref(object);
	return s;
}

static gw_status index_file(gw_row_files *f, uint32_t file, gw_diag *diag)
{
	const char *p = f->files[file].bytes, *end = p + f->files[file].len;
	gw_place at = {.path = f->files[file].path};
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		gw_str path;
		at.line++;
		const char *line = p;
		if (!stop)
			stop = end;
		p = stop < end ? stop + 1 : end;
		if (line == stop || *line == '\r' || *line == '\t') /* what is left of an empty line */
			continue;
		touch(f, (size_t)(p - line));
		gw_status s = source_of(f, line, (size_t)(stop - line), &at, &path, diag);
		if (s != GW_OK)
			return s;
		run_of_lines *last = f->runs.count ? &f->runs.items[f->runs.count - 1] : NULL;
		if (last && last->file == file && last->end == line && gw_str_eq(last->source_path, path))
			last->end = p;
		else
			*GW_PUSH(&f->arena, &f->runs) = (run_of_lines){path, line, p, file, at.line};
	}
	return GW_OK;
}

static int by_source(const void *x, const void *y)
{
	const run_of_lines *a = x, *b = y;
	int c = gw_str_cmp(a->source_path, b->source_path);
	if (c)
		return c;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->begin > b->begin) - (a->begin < b->begin);
}

gw_row_files *gw_row_files_open(const gw_schema *schema, const char *const *paths, uint32_t count, gw_diag *diag)
{
	gw_row_files *f = calloc(1, sizeof *f);
	if (!f) {
		fputs("gongwen: out of memory (row files)\n", stderr);
		exit(1);
	}
	gw_arena_init(&f->arena);
	f->schema = schema;
	f->file_count = count;
	f->files = GW_NEW_N(&f->arena, gw_row_file, count);
	gw_row_spool_init(&f->spool);
	bool good = true;
	for (uint32_t i = 0; i < count; i++)
		good = gw_row_file_load(&f->spool, gw_arena_str(&f->arena, gw_str_of(paths[i])).ptr, &f->files[i], diag) == GW_OK && good;
	bool there = gw_row_spool_map(&f->spool, f->files, count, diag) == GW_OK;
	for (uint32_t i = 0; there && i < count; i++)
		good = index_file(f, i, diag) == GW_OK && good;
	if (!good || !there) {
		gw_row_files_close(f);
		return NULL;
	}
	if (f->runs.count)
		qsort(f->runs.items, f->runs.count, sizeof *f->runs.items, by_source);
	return f;
}

void gw_row_files_close(gw_row_files *f)
{
	if (!f)
		return;
	gw_row_spool_release(&f->spool, f->files, f->file_count);
	gw_arena_release(&f->arena);
	free(f);
}

/* ---- one source ---- */

/* Where a row belongs among those of its table and source: its document's part, then the number in its id; for
 * sections the place in the text, and where that is the same (a heading without a word of its own) parents first;
 * for organs the id. Only engines that mix lines make this needed. */
typedef struct sort_key {
	uint64_t part, ordinal;
	gw_str section, organ;
	gw_cell *cells;
	uint32_t at; /* as it came */
} sort_key;

static uint64_t number_at(gw_str s, uint32_t i)
{
	uint64_t n = 0;
	for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && n < UINT64_MAX / 16; i++)
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
	return n;
}

static uint64_t number_behind(gw_str s, const char *marks)
{
	uint32_t i = s.len;
	while (i > 0 && !(s.ptr[i - 1] && strchr(marks, s.ptr[i - 1])))
		i--;
	return number_at(s, i);
}

/* "2.10" behind "2.9": number by number. */
static int by_section(gw_str a, gw_str b)
{
	uint32_t i = 0, j = 0;
	while (i < a.len && j < b.len) {
		uint64_t x = number_at(a, i), y = number_at(b, j);
		if (x != y)
			return x < y ? -1 : 1;
		while (i < a.len && a.ptr[i++] != '.')
			;
		while (j < b.len && b.ptr[j++] != '.')
			;
	}
	return (i < a.len) - (j < b.len);
}

static int by_key(const void *x, const void *y)
{
	const sort_key *a = x, *b = y;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->ordinal != b->ordinal)
		return a->ordinal < b->ordinal ? -1 : 1;
	int c = by_section(a->section, b->section);
	c = c ? c : gw_str_cmp(a->organ, b->organ);
	return c ? c : (a->at > b->at) - (a->at < b->at);
}

static sort_key key_of(const gw_table *t, gw_cell *cells, uint32_t document, uint32_t at)
{
	sort_key k = {.cells = cells, .at = at};
	gw_str key = cells[t->primary].s;
	k.part = number_behind(cells[document].s, "#");
	if (t->id == GW_T_SECTIONS) {
		k.section = key;
		k.ordinal = (uint64_t)cells[gw_table_field(t, "char_start")].i;
	} else if (t->id == GW_T_ORGANIZATIONS) {
		k.organ = key;
	} else if (t->id != GW_T_DOCUMENTS) {
		k.ordinal = number_behind(key, "/adgkqrt");
	}
	return k;
}

static void table_order(gw_arena *a, const gw_table *t, gw_cell **rows, uint32_t count)
{
	uint32_t document = t->id == GW_T_ORGANIZATIONS ? t->field_count : gw_table_field(t, "document_id");
	sort_key *keys = GW_NEW_N(a, sort_key, count);
	bool sorted = true;
	for (uint32_t i = 0; i < count; i++) {
		keys[i] = key_of(t, rows[i], document, i);
		sorted = sorted && (i == 0 || by_key(&keys[i - 1], &keys[i]) < 0);
	}
	if (sorted)
		return;
	qsort(keys, count, sizeof *keys, by_key);
	for (uint32_t i = 0; i < count; i++)
		rows[i] = keys[i].cells;
}

static gw_status run_read(const gw_row_files *f, const run_of_lines *run, gw_arena *arena, gw_rows *out, gw_diag *diag)
{
	gw_place at = {.path = f->files[run->file].path, .line = run->line};
	for (const char *p = run->begin; p < run->end; at.line++) {
		const char *stop = memchr(p, '\n', (size_t)(run->end - p));
		stop = stop ? stop + 1 : run->end;
		gw_status s = gw_rows_parse_line(f->schema, arena, p, (size_t)(stop - p), &at, out, diag);
		if (s != GW_OK)
			return s;
		p = stop;
	}
	return GW_OK;
}

/* What a whole source has: its text if it was read, nothing but a reject if it was not. */
static gw_status source_check(const gw_rows *rows, const gw_place *at, gw_diag *diag)
{
	uint64_t count = 0;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		count += rows->table[id].count;
	if (rows->rejected && (count || rows->text.ptr))
		return gw_report(diag, GW_E_ROWS_FILE, at, "%s has rows and is rejected as well", rows->source_path.ptr);
	if (!rows->rejected && !rows->text.ptr)
		return gw_report(diag, GW_E_ROWS_FILE, at, "%s has no \"text\" row: was the file cut short?", rows->source_path.ptr);
	if (!rows->rejected && count != rows->rows_told)
		return gw_report(diag, GW_E_ROWS_FILE, at, "%s has %llu of %llu rows: was a row file left out or given twice?",
			rows->source_path.ptr, (unsigned long long)count, (unsigned long long)rows->rows_told);
	return GW_OK;
}

gw_status gw_row_files_next(gw_row_files *f, gw_arena *arena, gw_rows *out, bool *end, gw_diag *diag)
{
	*out = (gw_rows){0};
	*end = f->next >= f->runs.count;
	if (*end)
		return GW_OK;
	const run_of_lines *first = &f->runs.items[f->next];
	while (f->next < f->runs.count && gw_str_eq(f->runs.items[f->next].source_path, first->source_path)) {
		const run_of_lines *run = &f->runs.items[f->next++];
		gw_status s = run_read(f, run, arena, out, diag);
		if (s != GW_OK)
			return s;
		touch(f, (size_t)(run->end - run->begin));
	}
	gw_place at = {.path = f->files[first->file].path, .line = first->line};
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		if (out->table[id].count)
			table_order(arena, &f->schema->tables[id], out->table[id].items, out->table[id].count);
	return source_check(out, &at, diag);
}
