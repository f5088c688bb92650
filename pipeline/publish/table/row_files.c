/* Row files of any number and order as a stream of sources by path.
 *
 * The files are mapped (row_load.h). One pass finds the runs of lines that follow each other with one source, about one a
 * source (one a source and table where an engine has parted the tables); the runs are sorted by source, by way of a
 * file, and only then parsed, source by source. So memory holds neither the rows nor an index of them. */
#include "out.h"
#include "row_load.h"

#include "gw/tape.h"

#include <endian.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct run_of_lines {
	const char *begin, *end;
	uint32_t file, line; /* index in files; number of the first line */
} run_of_lines;

struct gw_row_files {
	gw_arena arena;
	const gw_schema *schema;
	gw_row_spool spool;
	gw_row_file *files;
	uint32_t file_count;
	gw_sorter *runs;      /* by source, then as the lines stand in the files */
	run_of_lines last;    /* of the index in the making, not among the runs yet; begin is NULL before the first */
	gw_buf path, key;     /* of that one, or of the source in hand */
	gw_buf parsed;        /* the path of a line that was parsed */
	gw_sorted head;       /* the next run */
	bool has_head;
	uint64_t touched; /* bytes since pages were given back */
};

/* Pages of the mapped files count as our memory once they were read: they are given back by the handful. */
enum { TOUCHED_MOST = 16 << 20 };

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
	if (s == GW_OK) {
		gw_buf_clear(&f->parsed);
		gw_buf_add(&f->parsed, json_string_value(path), json_string_length(path));
		*out = (gw_str){f->parsed.ptr, (uint32_t)f->parsed.len};
	}
	json_decref(object);
	return s;
}

/* Behind the path a NUL, which is in none, and what orders the runs of one source. */
static void run_close(gw_row_files *f)
{
	uint32_t file = htobe32(f->last.file);
	uint64_t begin = f->last.begin ? htobe64((uint64_t)(f->last.begin - f->files[f->last.file].bytes)) : 0;
	if (!f->last.begin)
		return;
	gw_buf_clear(&f->key);
	gw_buf_add(&f->key, f->path.ptr, f->path.len);
	gw_buf_addc(&f->key, 0);
	gw_buf_add(&f->key, &file, sizeof file);
	gw_buf_add(&f->key, &begin, sizeof begin);
	gw_sorter_add(f->runs, (gw_str){f->key.ptr, (uint32_t)f->key.len}, &f->last, sizeof f->last);
	f->last.begin = NULL;
}

static bool is_of(const gw_row_files *f, gw_str path)
{
	return gw_str_eq((gw_str){f->path.ptr, (uint32_t)f->path.len}, path);
}

static void path_set(gw_row_files *f, gw_str path)
{
	gw_buf_clear(&f->path);
	gw_buf_add_str(&f->path, path);
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
		if (f->last.begin && f->last.end == line && is_of(f, path)) {
			f->last.end = p;
			continue;
		}
		run_close(f);
		path_set(f, path);
		f->last = (run_of_lines){line, p, file, at.line};
	}
	run_close(f);
	return GW_OK;
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
	f->runs = gw_sorter_new(0);
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
	gw_sorter_rewind(f->runs);
	f->has_head = gw_sorter_next(f->runs, &f->head);
	return f;
}

void gw_row_files_close(gw_row_files *f)
{
	if (!f)
		return;
	gw_row_spool_release(&f->spool, f->files, f->file_count);
	gw_sorter_free(f->runs);
	gw_buf_release(&f->path);
	gw_buf_release(&f->key);
	gw_buf_release(&f->parsed);
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

static gw_str head_path(const gw_row_files *f)
{
	return (gw_str){f->head.key.ptr, f->head.key.len - (uint32_t)(1 + sizeof(uint32_t) + sizeof(uint64_t))};
}

/* The next run of the source in hand; false where the next one is of another. */
static bool run_next(gw_row_files *f, run_of_lines *out)
{
	if (!f->has_head || !is_of(f, head_path(f)))
		return false;
	memcpy(out, f->head.value.ptr, sizeof *out);
	f->has_head = gw_sorter_next(f->runs, &f->head);
	return true;
}

gw_status gw_row_files_next(gw_row_files *f, gw_arena *arena, gw_rows *out, bool *end, gw_diag *diag)
{
	run_of_lines run, first = {0};
	*out = (gw_rows){0};
	*end = !f->has_head && !gw_sorter_failed(f->runs);
	if (*end)
		return GW_OK;
	if (f->has_head)
		path_set(f, head_path(f));
	while (run_next(f, &run)) {
		first = first.begin ? first : run;
		gw_status s = run_read(f, &run, arena, out, diag);
		if (s != GW_OK)
			return s;
		touch(f, (size_t)(run.end - run.begin));
	}
	if (gw_sorter_failed(f->runs))
		return gw_report(diag, GW_E_INTERNAL, NULL, "the index of the row files cannot be read back from the temporary file");
	gw_place at = {.path = f->files[first.file].path, .line = first.line};
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		if (out->table[id].count)
			table_order(arena, &f->schema->tables[id], out->table[id].items, out->table[id].count);
	return source_check(out, &at, diag);
}
