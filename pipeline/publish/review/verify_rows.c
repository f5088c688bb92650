/* Verifying a snapshot, second half: rows. Two rounds over the tables, since keys point forwards too:
 * the first collects all primary keys, the second holds every row against schema, keys, twin and text.
 *
 * The second goes through all tables side by side, document by document: so a text is read and indexed once, not once a
 * table, which counts where it has to be inflated from an archive. */
#include "../table/evolution.h"
#include "verify.h"

#include <jansson.h>
#include <stdlib.h>

enum { STEP = 64 };

/* The text that positions count in, with an index: a byte offset for every STEP characters, a character for every line. */
typedef struct text {
	const char *path; /* NULL: none is loaded */
	gw_loaded file;
	bool usable;
	gw_arena arena;
	GW_LIST(uint32_t) byte_at;
	GW_LIST(uint32_t) line_start;
	uint32_t chars;
} text;

/* The columns that positions are in; GW_NONE where the table has none. */
typedef struct columns {
	uint32_t document, start, end, line, text, json_path, text_path;
} columns;

typedef struct tables {
	gw_verify *v;
	const gw_schema *schema;
	gw_arena arena;
	gw_map keys[GW_TABLES];
	GW_LIST(const char *) text_path; /* of each document, in the order of their keys; NULL: not kept */
	text text;
	gw_buf key;
	gw_diag scratch;
} tables;

/* A table in one format. */
typedef struct side {
	gw_inflow *bytes;
	gw_row_reader rows;
	bool open;
	const char *path;
	const gw_fileset_file *member;
} side;

static bool bytes_open(tables *t, side *s)
{
	s->bytes = malloc(sizeof *s->bytes);
	if (s->bytes)
		gw_fileset_stream(&t->v->m, s->member, s->bytes);
	else
		gw_verify_problem(t->v, 0, "not enough memory to read it");
	return s->bytes != NULL;
}

static void bytes_close(tables *t, side *s)
{
	if (s->bytes && s->bytes->problem) /* it was whole when it was hashed */
		gw_fileset_torn(&t->v->m, s->member, s->bytes, t->v->diag);
	if (s->bytes)
		gw_inflow_close(s->bytes);
	free(s->bytes);
	s->bytes = NULL;
}

/* Every file is opened in several rounds; only one of them `tell`s what is wrong with its header. */
static bool side_open(tables *t, side *s, const gw_table *table, gw_row_format format, bool tell)
{
	*s = (side){.path = gw_arena_printf(&t->arena, "data/%s.%s", table->name, format == GW_ROWS_CSV ? "csv" : "jsonl")};
	s->member = gw_fileset_find(&t->v->m, s->path);
	if (!gw_table_declared(table) || !s->member || !bytes_open(t, s))
		return false;
	s->open = gw_row_reader_open_stream(&s->rows, table, format, s->bytes);
	if (!s->open) {
		gw_verify_begin(t->v, s->path);
		if (tell)
			gw_verify_problem(t->v, 1, "%s", s->rows.problem.ptr);
		gw_verify_end(t->v);
		gw_row_reader_close(&s->rows);
		bytes_close(t, s);
	}
	return s->open;
}

static void side_close(tables *t, side *s)
{
	if (!s->open)
		return;
	gw_row_reader_close(&s->rows);
	bytes_close(t, s);
}

/* A key for a message: its two parts with a blank between them. */
static const char *key_shown(tables *t, const gw_table *table, const gw_cell *cells)
{
	gw_row_key(table, cells, &t->key);
	for (size_t i = 0; i < t->key.len; i++)
		if (!t->key.ptr[i])
			t->key.ptr[i] = ' ';
	return t->key.ptr;
}

/* ---- first round ---- */

static void document_note(tables *t, const gw_table *table, const gw_cell *cells)
{
	uint32_t field = gw_table_field(table, "text_path");
	const char *path = NULL;
	if (field != GW_NONE && cells[field].kind == GW_CELL_STR)
		path = gw_arena_printf(&t->arena, "data/%.*s", (int)cells[field].s.len, cells[field].s.ptr);
	*GW_PUSH(&t->arena, &t->text_path) = path;
}

static void keys_collect(tables *t, gw_table_id id)
{
	const gw_table *table = &t->schema->tables[id];
	side s;
	gw_map_init(&t->keys[id], &t->arena);
	if (!side_open(t, &s, table, GW_ROWS_CSV, false) && !side_open(t, &s, table, GW_ROWS_JSONL, false))
		return;
	gw_verify_begin(t->v, s.path);
	for (gw_row_state state; (state = gw_row_reader_next(&s.rows)) != GW_ROW_END;) {
		if (state == GW_ROW_BAD)
			continue; /* told in the second round */
		gw_row_key(table, s.rows.cells, &t->key);
		uint32_t *place = gw_map_put(&t->keys[id], (gw_str){t->key.ptr, (uint32_t)t->key.len});
		if (*place != GW_NONE) {
			gw_verify_problem(t->v, s.rows.line, "the key %s stands twice", key_shown(t, table, s.rows.cells));
			continue;
		}
		*place = t->keys[id].count - 1;
		if (id == GW_T_DOCUMENTS)
			document_note(t, table, s.rows.cells);
	}
	gw_verify_end(t->v);
	side_close(t, &s);
}

/* ---- texts and positions ---- */

static void text_index(text *x)
{
	memset(&x->byte_at, 0, sizeof x->byte_at);
	memset(&x->line_start, 0, sizeof x->line_start);
	gw_arena_reset(&x->arena);
	*GW_PUSH(&x->arena, &x->line_start) = 0;
	const char *p = x->file.bytes, *end = p + x->file.len;
	x->chars = 0;
	while (p < end) {
		if (x->chars % STEP == 0)
			*GW_PUSH(&x->arena, &x->byte_at) = (uint32_t)(p - x->file.bytes);
		uint32_t c = gw_utf8_next(&p, end);
		x->chars++;
		/* LF ends a line, CR LF too; a lone CR does. */
		if (c == '\n' || (c == '\r' && (p == end || *p != '\n')))
			*GW_PUSH(&x->arena, &x->line_start) = x->chars;
	}
}

/* Rows come by document: the text loaded last is nearly always the one wanted next. */
static bool text_load(tables *t, const char *path)
{
	text *x = &t->text;
	if (x->path && strcmp(x->path, path) == 0)
		return x->usable;
	gw_file_unload(&x->file);
	x->path = path;
	const gw_fileset_file *f = gw_fileset_find(&t->v->m, path);
	x->usable = f && gw_fileset_load(&t->v->m, f, &x->file, t->v->diag) == GW_OK && x->file.len < UINT32_MAX &&
		    gw_utf8_valid(x->file.bytes, x->file.len);
	if (x->usable)
		text_index(x);
	return x->usable;
}

static size_t byte_of(const text *x, uint32_t at)
{
	if (at == x->chars)
		return x->file.len;
	const char *p = x->file.bytes + x->byte_at.items[at / STEP], *end = x->file.bytes + x->file.len;
	for (uint32_t i = at % STEP; i; i--)
		gw_utf8_next(&p, end);
	return (size_t)(p - x->file.bytes);
}

static uint32_t line_of(const text *x, uint32_t at)
{
	uint32_t low = 0, high = x->line_start.count; /* the line begins at or before `at` */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (x->line_start.items[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

/* Enough of a text for a message, without half a character at its end. */
static int clip(gw_str s)
{
	uint32_t n = s.len < 120 ? s.len : 120;
	while (n && n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
		n--;
	return (int)n;
}

static void place_check(tables *t, const columns *c, const gw_row_reader *r)
{
	const gw_cell *cells = r->cells, *start = &cells[c->start], *end = &cells[c->end];
	const text *x = &t->text;
	if (start->kind != GW_CELL_INT || end->kind != GW_CELL_INT)
		return;
	if (start->i < 0 || end->i < start->i || end->i > (int64_t)x->chars) {
		gw_verify_problem(t->v, r->line, "%s: %lld to %lld is no stretch of its text of %u characters",
			key_shown(t, r->table, cells), (long long)start->i, (long long)end->i, x->chars);
		return;
	}
	if (c->text != GW_NONE) {
		size_t from = byte_of(x, (uint32_t)start->i), to = byte_of(x, (uint32_t)end->i);
		gw_str there = {x->file.bytes + from, (uint32_t)(to - from)}, said = cells[c->text].s;
		if (cells[c->text].kind == GW_CELL_NULL)
			said = (gw_str){"", 0};
		if (!gw_str_eq(there, said))
			gw_verify_problem(t->v, r->line, "%s: at %lld to %lld stands \"%.*s\", not \"%.*s\"",
				key_shown(t, r->table, cells), (long long)start->i, (long long)end->i, clip(there), there.ptr, clip(said),
				said.ptr);
	}
	if (c->line != GW_NONE && cells[c->line].kind == GW_CELL_INT && cells[c->line].i != line_of(x, (uint32_t)start->i))
		gw_verify_problem(t->v, r->line, "%s: its line is %u, not %lld", key_shown(t, r->table, cells),
			line_of(x, (uint32_t)start->i), (long long)cells[c->line].i);
}

static void position_check(tables *t, const columns *c, const gw_row_reader *r)
{
	if (c->document == GW_NONE || c->start == GW_NONE || c->end == GW_NONE)
		return;
	uint32_t document = gw_map_get(&t->keys[GW_T_DOCUMENTS], r->cells[c->document].s);
	if (document == GW_NONE) /* told as a key that leads nowhere */
		return;
	const char *path = t->text_path.items[document];
	if (!path)
		return;
	if (text_load(t, path))
		place_check(t, c, r);
	else if (c->text_path != GW_NONE) /* once a document, not with each of its rows */
		gw_verify_problem(t->v, r->line, "%s is missing, or not UTF-8", path);
}

/* The nested file of a document is there, and JSON. */
static void nested_check(tables *t, const columns *c, const gw_row_reader *r)
{
	if (c->json_path == GW_NONE || r->cells[c->json_path].kind != GW_CELL_STR)
		return;
	gw_str path = r->cells[c->json_path].s;
	gw_buf full;
	gw_buf_init(&full);
	gw_buf_printf(&full, "data/%.*s", (int)path.len, path.ptr);
	const gw_fileset_file *f = gw_fileset_find(&t->v->m, full.ptr);
	gw_loaded file;
	if (!f) {
		gw_verify_problem(t->v, r->line, "%s is missing", full.ptr);
	} else if (gw_fileset_load(&t->v->m, f, &file, t->v->diag) == GW_OK) {
		json_error_t error;
		json_t *root = json_loadb(file.bytes, file.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
		if (!json_is_object(root))
			gw_verify_problem(t->v, r->line, "%s is no JSON object: %s", full.ptr, root ? "another value" : error.text);
		json_decref(root);
		gw_file_unload(&file);
	}
	gw_buf_release(&full);
}

/* ---- second round ---- */

static void schema_check(tables *t, const gw_row_reader *r)
{
	gw_diag_clear(&t->scratch);
	if (gw_row_check(r->table, r->cells, NULL, &t->scratch) == GW_OK)
		return;
	for (uint32_t i = 0; i < t->scratch.problems.count; i++)
		gw_verify_problem(t->v, r->line, "%s", t->scratch.problems.items[i].message);
}

static void foreign_check(tables *t, const gw_row_reader *r)
{
	for (uint32_t i = 0; i < r->table->foreign_count; i++) {
		const gw_foreign *f = &r->table->foreign[i];
		const gw_cell *cell = &r->cells[f->field];
		if (cell->kind == GW_CELL_NULL)
			continue;
		gw_buf_clear(&t->key);
		if (f->within != GW_NONE) {
			gw_cell_print(&r->cells[f->within], &t->key);
			gw_buf_addc(&t->key, 0);
		}
		gw_cell_print(cell, &t->key);
		if (gw_map_get(&t->keys[f->table], (gw_str){t->key.ptr, (uint32_t)t->key.len}) != GW_NONE)
			continue;
		gw_verify_problem(t->v, r->line, "%s: %.*s is no row of %s", r->table->fields[f->field].name, (int)cell->s.len,
			cell->kind == GW_CELL_STR ? cell->s.ptr : "", gw_table_names[f->table]);
	}
}

static void row_check(tables *t, const columns *c, const gw_row_reader *r, gw_row_state state)
{
	if (state == GW_ROW_BAD) {
		gw_verify_problem(t->v, r->line, "%s", r->problem.ptr);
		return;
	}
	schema_check(t, r);
	foreign_check(t, r);
	position_check(t, c, r);
	nested_check(t, c, r);
}

static columns columns_of(const gw_table *t)
{
	return (columns){gw_table_field(t, "document_id"), gw_table_field(t, "char_start"), gw_table_field(t, "char_end"),
		gw_table_field(t, "line"), gw_table_field(t, "text"), gw_table_field(t, "json_path"), gw_table_field(t, "text_path")};
}

/* A table on its way through the second round. */
typedef struct walk {
	side s;
	columns c;
	gw_row_state state;
	uint64_t turn;    /* of the row that was read: 0 where it belongs to no document, else by its document */
	gw_diag told;     /* problems of this table, which are told together */
	uint64_t in_file;
} walk;

static void walk_next(tables *t, walk *w)
{
	w->state = gw_row_reader_next(&w->s.rows);
	uint32_t document = GW_NONE;
	if (w->state == GW_ROW_GOOD && w->c.document != GW_NONE)
		document = gw_map_get(&t->keys[GW_T_DOCUMENTS], w->s.rows.cells[w->c.document].s);
	w->turn = w->state == GW_ROW_END ? UINT64_MAX : document == GW_NONE ? 0 : (uint64_t)document + 1;
}

/* What is said between this and walk_leave is of this table. */
static void walk_enter(tables *t, walk *w)
{
	gw_verify_begin(t->v, w->s.path);
	t->v->in_file = w->in_file;
	t->v->diag = &w->told;
}

static void walk_leave(tables *t, walk *w, gw_diag *diag)
{
	w->in_file = t->v->in_file;
	t->v->diag = diag;
}

static void walk_open(tables *t, walk *w, const gw_table *table, gw_row_format format)
{
	gw_diag *diag = t->v->diag;
	gw_diag_init(&w->told);
	t->v->diag = &w->told;
	if (side_open(t, &w->s, table, format, true)) {
		w->c = columns_of(table);
		walk_next(t, w);
	} else {
		w->turn = UINT64_MAX;
	}
	t->v->diag = diag;
}

static void walk_close(tables *t, walk *w, gw_diag *diag)
{
	walk_enter(t, w);
	side_close(t, &w->s);
	if (w->s.path)
		gw_verify_end(t->v);
	walk_leave(t, w, diag);
	gw_diag_merge(diag, &w->told);
	gw_diag_release(&w->told);
}

/* All tables, the rows of one document in all of them before those of the next. Rows out of order only cost time. */
static void rows_check(tables *t, walk walks[GW_TABLES])
{
	gw_diag *diag = t->v->diag;
	for (;;) {
		walk *w = &walks[0];
		for (gw_table_id id = 1; id < GW_TABLES; id++)
			w = walks[id].turn < w->turn ? &walks[id] : w;
		uint64_t turn = w->turn;
		if (turn == UINT64_MAX)
			break;
		walk_enter(t, w);
		for (; w->turn == turn; walk_next(t, w))
			row_check(t, &w->c, &w->s.rows, w->state);
		walk_leave(t, w, diag);
	}
}

static void cells_compare(tables *t, const gw_row_reader *csv, const gw_row_reader *jsonl)
{
	const gw_table *table = csv->table;
	for (uint32_t i = 0; i < table->field_count; i++)
		if (!gw_cell_eq(&csv->cells[i], &jsonl->cells[i]))
			gw_verify_problem(t->v, jsonl->line, "%s: %s is not what the CSV says in line %u",
				key_shown(t, table, jsonl->cells), table->fields[i].name, csv->line);
}

/* The JSON lines say the same as the CSV, row by row; they are then as good as it is. */
static void twin_check(tables *t, const gw_table *table)
{
	side csv, jsonl;
	if (!side_open(t, &csv, table, GW_ROWS_CSV, false))
		return;
	if (side_open(t, &jsonl, table, GW_ROWS_JSONL, true)) {
		uint64_t rows[2] = {0, 0};
		gw_row_state a = GW_ROW_GOOD, b = GW_ROW_GOOD;
		gw_verify_begin(t->v, jsonl.path);
		while (a != GW_ROW_END || b != GW_ROW_END) {
			a = a == GW_ROW_END ? a : gw_row_reader_next(&csv.rows);
			b = b == GW_ROW_END ? b : gw_row_reader_next(&jsonl.rows);
			rows[0] += a != GW_ROW_END;
			rows[1] += b != GW_ROW_END;
			if (b == GW_ROW_BAD)
				gw_verify_problem(t->v, jsonl.rows.line, "%s", jsonl.rows.problem.ptr);
			else if (a == GW_ROW_GOOD && b == GW_ROW_GOOD)
				cells_compare(t, &csv.rows, &jsonl.rows);
		}
		if (rows[0] != rows[1])
			gw_verify_problem(t->v, 0, "%llu rows, but the CSV has %llu", (unsigned long long)rows[1],
				(unsigned long long)rows[0]);
		gw_verify_end(t->v);
		side_close(t, &jsonl);
	}
	side_close(t, &csv);
}

static bool has_file(const tables *t, const gw_table *table, const char *ending)
{
	gw_arena a;
	gw_arena_init(&a);
	bool there = gw_fileset_find(&t->v->m, gw_arena_printf(&a, "data/%s.%s", table->name, ending)) != NULL;
	gw_arena_release(&a);
	return there;
}

/* An older schema may have fewer tables, but then the snapshot has no file of them either. */
static void undeclared_check(tables *t, const gw_table *table)
{
	gw_verify_begin(t->v, "data/schemas");
	if (has_file(t, table, "csv") || has_file(t, table, "jsonl"))
		gw_verify_problem(t->v, 0, "the table %s has no schema", table->name);
	gw_verify_end(t->v);
}

/* A newer schema may have more tables. Their files are held to their hashes, but that is all. */
static void unknown_tell(tables *t)
{
	static const char below[] = "data/schemas/";
	for (uint32_t i = 0; i < t->v->m.items.count; i++) {
		const char *path = t->v->m.items.items[i].path, *name = path + sizeof below - 1;
		size_t n = strncmp(path, below, sizeof below - 1) == 0 ? strcspn(name, ".") : 0;
		bool known = n == 0 || strcmp(name + n, ".json") != 0;
		for (gw_table_id id = 0; id < GW_TABLES; id++)
			known = known || (strlen(gw_table_names[id]) == n && memcmp(gw_table_names[id], name, n) == 0);
		gw_place at = {.path = gw_fileset_shown(&t->v->m, path)};
		if (!known)
			gw_report(t->v->diag, GW_W_TABLE_UNKNOWN, &at, "this program does not know the table %.*s; its rows are not looked at",
				(int)n, name);
	}
}

void gw_verify_tables(gw_verify *v, const gw_schema *schema)
{
	tables t = {.v = v, .schema = schema};
	gw_arena_init(&t.arena);
	gw_arena_init(&t.text.arena);
	gw_buf_init(&t.key);
	gw_diag_init(&t.scratch);
	t.text.file.bytes = "";
	unknown_tell(&t);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		keys_collect(&t, id);
	walk walks[GW_TABLES] = {0};
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		walk_open(&t, &walks[id], &schema->tables[id], has_file(&t, &schema->tables[id], "csv") ? GW_ROWS_CSV : GW_ROWS_JSONL);
	rows_check(&t, walks);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *table = &schema->tables[id];
		walk_close(&t, &walks[id], v->diag);
		if (gw_table_declared(table))
			twin_check(&t, table);
		else
			undeclared_check(&t, table);
	}
	gw_file_unload(&t.text.file);
	gw_diag_release(&t.scratch);
	gw_buf_release(&t.key);
	gw_arena_release(&t.text.arena);
	gw_arena_release(&t.arena);
}
