/* Tables of PDF: from rules to a grid, from the grid to rows.
 *
 * Rules that touch make a grid: their places are the borders of columns and rows. Where no rule parts two fields of the
 * grid they are one cell. Every word between the borders goes into the cell that it stands in, a row becomes a line
 * with tabs between its cells, as in all formats (format.h): a cell that reaches over several rows or columns stands in
 * the first. A table goes on over the end of a page: its head is not told twice, and a row without a number there is
 * the rest of the row before. */
#include "pdf.h"

#include <math.h>
#include <stdlib.h>

enum {
	COLUMNS_MOST = 40,
	ROWS_MOST = 400,
	SIDE_MOST = 2000,  /* rules of a direction on a page */
	CELLS_LEAST = 3,   /* with text: less is a box around a text, or a drawing */
	CELL_MOST = 1500 * 3 /* bytes: more is a column of a page that is parted by rules */
};
static const double close_by = 2.5, one_border = 3; /* points */

struct gw_pdf_table {
	uint32_t columns, rows;
	double *x, *y;  /* borders: columns + 1, rows + 1 */
	uint32_t *cell; /* of each field the field that its cell begins with */
};
typedef struct gw_pdf_table grid;

typedef struct side { /* the rules of one direction */
	gw_pdf_rule *rules;
	uint32_t count;
	uint32_t *group; /* of each rule */
} side;

/* ---- rules ---- */

static int by_place(const void *a, const void *b)
{
	const gw_pdf_rule *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static int by_begin(const void *a, const void *b)
{
	const gw_pdf_rule *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

/* Cells draw their borders one by one: pieces on one line become one rule. */
static void pieces_merge(side *s)
{
	uint32_t n = 0;
	qsort(s->rules, s->count, sizeof *s->rules, by_place);
	for (uint32_t i = 0, k; i < s->count; i = k) {
		for (k = i + 1; k < s->count && s->rules[k].at - s->rules[i].at < close_by / 2; k++)
			s->rules[k].at = s->rules[i].at;
		qsort(s->rules + i, k - i, sizeof *s->rules, by_begin);
		uint32_t first = n;
		for (uint32_t j = i; j < k; j++) {
			if (n > first && s->rules[j].from <= s->rules[n - 1].to + close_by)
				s->rules[n - 1].to = fmax(s->rules[n - 1].to, s->rules[j].to);
			else
				s->rules[n++] = s->rules[j];
		}
	}
	s->count = n;
}

static side side_of(gw_arena *a, const gw_pdf_rules *rules, bool upright)
{
	side s = {GW_NEW_N(a, gw_pdf_rule, rules->count + 1), 0, NULL};
	for (uint32_t i = 0; i < rules->count; i++)
		if (rules->items[i].upright == upright)
			s.rules[s.count++] = rules->items[i];
	pieces_merge(&s);
	s.group = GW_NEW_N(a, uint32_t, s.count + 1);
	return s;
}

static bool touch(const gw_pdf_rule *level, const gw_pdf_rule *upright)
{
	return upright->at >= level->from - close_by && upright->at <= level->to + close_by &&
	       level->at >= upright->from - close_by && level->at <= upright->to + close_by;
}

/* Rules that touch, over others too, get one number, from 1. */
static uint32_t groups_find(gw_arena *a, side *levels, side *uprights)
{
	uint32_t *waiting = GW_NEW_N(a, uint32_t, levels->count + uprights->count + 1), groups = 0;
	for (uint32_t i = 0; i < levels->count; i++) {
		uint32_t n = 0;
		if (levels->group[i])
			continue;
		levels->group[i] = ++groups;
		waiting[n++] = i;
		while (n) {
			uint32_t r = waiting[--n];
			bool level = r < levels->count;
			side *other = level ? uprights : levels;
			const gw_pdf_rule *rule = level ? &levels->rules[r] : &uprights->rules[r - levels->count];
			for (uint32_t k = 0; k < other->count; k++) {
				const gw_pdf_rule *o = &other->rules[k];
				if (other->group[k] || !(level ? touch(rule, o) : touch(o, rule)))
					continue;
				other->group[k] = groups;
				waiting[n++] = level ? levels->count + k : k;
			}
		}
	}
	return groups;
}

/* ---- the grid ---- */

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The borders across one direction: where its rules stand, and where the rules of the other end. */
static double *borders_of(gw_arena *a, const side *across, const side *along, uint32_t group, uint32_t *count)
{
	double *at = GW_NEW_N(a, double, across->count + 2 * along->count + 1);
	uint32_t n = 0, kept = 0;
	for (uint32_t i = 0; i < across->count; i++)
		if (across->group[i] == group)
			at[n++] = across->rules[i].at;
	for (uint32_t i = 0; i < along->count; i++)
		if (along->group[i] == group) {
			at[n++] = along->rules[i].from;
			at[n++] = along->rules[i].to;
		}
	qsort(at, n, sizeof *at, by_size);
	for (uint32_t i = 0; i < n; i++)
		if (!kept || at[i] - at[kept - 1] > one_border)
			at[kept++] = at[i];
	*count = kept;
	return at;
}

/* Whether a rule of the group parts two fields: on their border, from one end of it to the other but for play. */
static bool parted(const side *s, uint32_t group, double at, double from, double to)
{
	double middle = (from + to) / 2;
	for (uint32_t i = 0; i < s->count; i++)
		if (s->group[i] == group && fabs(s->rules[i].at - at) <= one_border && s->rules[i].from < middle &&
		        s->rules[i].to > middle)
			return true;
	return false;
}

static uint32_t root_of(const grid *g, uint32_t field)
{
	while (g->cell[field] != field)
		field = g->cell[field];
	return field;
}

/* The smaller field is the root: the upper one, of one row the left one. */
static void unite(grid *g, uint32_t a, uint32_t b)
{
	a = root_of(g, a);
	b = root_of(g, b);
	g->cell[a > b ? a : b] = a < b ? a : b;
}

static void fields_unite(grid *g, const side *levels, const side *uprights, uint32_t group)
{
	for (uint32_t r = 0; r < g->rows; r++)
		for (uint32_t c = 0; c < g->columns; c++) {
			uint32_t f = r * g->columns + c;
			if (c + 1 < g->columns && !parted(uprights, group, g->x[c + 1], g->y[r], g->y[r + 1]))
				unite(g, f, f + 1);
			if (r + 1 < g->rows && !parted(levels, group, g->y[r + 1], g->x[c], g->x[c + 1]))
				unite(g, f, f + g->columns);
		}
}

static grid *grid_make(gw_arena *a, const side *levels, const side *uprights, uint32_t group)
{
	grid *g = GW_NEW(a, grid);
	uint32_t xs, ys;
	g->x = borders_of(a, uprights, levels, group, &xs);
	g->y = borders_of(a, levels, uprights, group, &ys);
	if (xs < 3 || ys < 2 || xs > COLUMNS_MOST || ys > ROWS_MOST)
		return NULL;
	g->columns = xs - 1;
	g->rows = ys - 1;
	g->cell = GW_NEW_N(a, uint32_t, g->columns *g->rows);
	for (uint32_t f = 0; f < g->columns * g->rows; f++)
		g->cell[f] = f;
	fields_unite(g, levels, uprights, group);
	return g;
}

/* ---- words into cells ---- */

typedef struct placed {
	const gw_pdf_word *word;
	uint32_t cell, line; /* the line within the cell */
} placed;

static double middle_of(const gw_pdf_word *w)
{
	return (w->top + w->bottom) / 2;
}

static uint32_t interval_of(const double *borders, uint32_t count, double at)
{
	for (uint32_t i = 0; i < count; i++)
		if (at >= borders[i] && at < borders[i + 1])
			return i;
	return GW_NONE;
}

/* The field at a place; GW_NONE outside. */
static uint32_t field_at(const grid *g, double x, double y)
{
	uint32_t column = interval_of(g->x, g->columns, x), row = interval_of(g->y, g->rows, y);
	return column == GW_NONE || row == GW_NONE ? GW_NONE : row * g->columns + column;
}

static int by_cell_and_height(const void *a, const void *b)
{
	const placed *x = a, *y = b;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	double d = middle_of(x->word) - middle_of(y->word);
	return d ? (d < 0 ? -1 : 1) : x->word < y->word ? -1 : 1;
}

static int by_reading(const void *a, const void *b)
{
	const placed *x = a, *y = b;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->word->left != y->word->left ? (x->word->left < y->word->left ? -1 : 1) : x->word < y->word ? -1 : 1;
}

/* Words whose middles are near make a line. */
static void lines_number(placed *p, uint32_t n)
{
	uint32_t first = 0;
	qsort(p, n, sizeof *p, by_cell_and_height);
	for (uint32_t i = 0; i < n; i++) {
		const gw_pdf_word *w = p[i].word;
		if (p[i].cell != p[first].cell ||
		        middle_of(w) - middle_of(p[first].word) > (w->bottom - w->top) * 0.5)
			first = i;
		p[i].line = first;
	}
	qsort(p, n, sizeof *p, by_reading);
}

/* A line that leaves room for what follows was ended by hand: a paragraph of its own. */
static bool is_short(const grid *g, const placed *line, const placed *last, const placed *next)
{
	uint32_t row = line->cell / g->columns, right = line->cell % g->columns + 1;
	while (right < g->columns && root_of(g, row * g->columns + right) == line->cell)
		right++;
	double room = g->x[right] - g->x[line->cell % g->columns] - (last->word->right - line->word->left);
	double height = next->word->bottom - next->word->top, width = next->word->right - next->word->left;
	bool whole = (unsigned char)*next->word->text.ptr < 0x80; /* letters and numbers are not broken */
	return room > (whole && width > height ? width : height) + height * 1.5;
}

/* One cell's words, in the order of reading. */
static gw_str cell_text(gw_arena *a, const grid *g, const placed *p, uint32_t n)
{
	gw_buf b;
	uint32_t line = 0;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		if (i && p[i].line == p[i - 1].line) {
			double gap = p[i].word->left - p[i - 1].word->right;
			if (gap > (p[i].word->bottom - p[i].word->top) * 0.15)
				gw_buf_addc(&b, ' ');
		} else if (i) {
			gw_buf_adds(&b, is_short(g, &p[line], &p[i - 1], &p[i])
			                        ? " "
			                        : gw_pdf_between(p[i - 1].word->text, p[i].word->text));
			line = i;
		}
		gw_buf_add_str(&b, p[i].word->text);
	}
	gw_str text = gw_arena_str(a, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	gw_buf_release(&b);
	return text;
}

/* ---- rows into the page ---- */

/* Returns how many cells have a text; 0 where that is none of a table's. */
static uint32_t cells_fill(gw_arena *a, const gw_pdf_page *page, const grid *g, gw_str *cells)
{
	placed *p = GW_NEW_N(a, placed, page->words.count + 1);
	uint32_t n = 0, filled = 0;
	for (uint32_t i = 0; i < page->words.count; i++) {
		const gw_pdf_word *w = &page->words.items[i];
		uint32_t f = field_at(g, (w->left + w->right) / 2, middle_of(w));
		if (f != GW_NONE)
			p[n++] = (placed){w, root_of(g, f), 0};
	}
	lines_number(p, n);
	for (uint32_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && p[k].cell == p[i].cell; k++)
			;
		cells[p[i].cell] = cell_text(a, g, p + i, k - i);
		if (cells[p[i].cell].len > CELL_MOST)
			return 0;
		filled++;
	}
	return filled;
}

static bool is_empty(const gw_str *cells, uint32_t n)
{
	uint32_t bytes = 0;
	for (uint32_t i = 0; i < n; i++)
		bytes += cells[i].len;
	return !bytes;
}

/* The program's lines in the grid go, rows come before the first line below it. */
static void page_rewrite(gw_arena *a, gw_pdf_page *page, const grid *g, gw_str *cells)
{
	gw_pdf_page old = *page;
	bool written = false;
	page->lines.items = NULL;
	page->lines.count = page->lines.cap = 0;
	for (uint32_t i = 0; i <= old.lines.count; i++) {
		const gw_pdf_line *l = i < old.lines.count ? &old.lines.items[i] : NULL;
		bool within = l && !l->row &&
		              field_at(g, (l->left + l->right) / 2, (l->top + l->bottom) / 2) != GW_NONE;
		if (!written && (!l || (!within && l->top > g->y[g->rows] - one_border))) {
			for (uint32_t r = 0; r < g->rows; r++) {
				if (is_empty(cells + r * g->columns, g->columns))
					continue;
				gw_pdf_row *row = GW_NEW(a, gw_pdf_row);
				*row = (gw_pdf_row){g, cells + r * g->columns};
				*GW_PUSH(a, &page->lines) = (gw_pdf_line){.left = g->x[0],
				        .right = g->x[g->columns],
				        .top = g->y[r],
				        .bottom = g->y[r + 1],
				        .row = row};
			}
			written = true;
		}
		if (l && !within)
			*GW_PUSH(a, &page->lines) = *l;
	}
}

bool gw_pdf_tables_find(gw_pdf *pdf, gw_pdf_page *page, const gw_pdf_rules *rules)
{
	gw_arena *a = pdf->arena;
	side levels = side_of(a, rules, false), uprights = side_of(a, rules, true);
	bool found = false;
	if (levels.count > SIDE_MOST || uprights.count > SIDE_MOST)
		return false;
	uint32_t groups = groups_find(a, &levels, &uprights);
	for (uint32_t i = 1; i <= groups; i++) {
		grid *g = grid_make(a, &levels, &uprights, i);
		gw_str *cells = g ? GW_NEW_N(a, gw_str, g->columns *g->rows) : NULL;
		if (!g || cells_fill(a, page, g, cells) < CELLS_LEAST)
			continue;
		page_rewrite(a, page, g, cells);
		found = true;
	}
	return found;
}

/* ---- over the ends of pages ---- */

static bool same_columns(const grid *a, const grid *b)
{
	if (a->columns != b->columns)
		return false;
	for (uint32_t i = 0; i <= a->columns; i++)
		if (fabs(a->x[i] - b->x[i]) > one_border * 2)
			return false;
	return true;
}

static bool same_cells(const gw_pdf_row *a, const gw_pdf_row *b)
{
	for (uint32_t i = 0; i < a->table->columns; i++)
		if (!gw_str_eq(a->cells[i], b->cells[i]))
			return false;
	return true;
}

static bool is_number(gw_str s)
{
	uint32_t n = 0;
	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	return n && n == s.len;
}

/* Adds to each cell what stands on the next page of it. */
static void row_lengthen(gw_arena *a, gw_pdf_row *row, const gw_pdf_row *rest)
{
	for (uint32_t i = 0; i < row->table->columns; i++) {
		gw_str have = row->cells[i], more = rest->cells[i];
		if (more.len)
			row->cells[i] = gw_str_of(gw_arena_printf(a, "%.*s%s%.*s", (int)have.len, have.ptr ? have.ptr : "",
			        have.len ? gw_pdf_between(have, more) : "", (int)more.len, more.ptr));
	}
}

static void row_text(gw_arena *a, gw_pdf_line *l)
{
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < l->row->table->columns; i++) {
		if (i)
			gw_buf_addc(&b, '\t');
		gw_buf_add_str(&b, l->row->cells[i]);
	}
	l->text = gw_arena_str(a, (gw_str){b.ptr, (uint32_t)b.len});
	gw_buf_release(&b);
}

/* What was seen of the table that may go on. */
typedef struct progress {
	gw_pdf_row *head, *last;
	const grid *began; /* the grid on a new page whose first row, its head apart, was not met yet */
} progress;

/* Columns that were seen by the room between them are not at the same place on each page, but their heads are the same. */
static bool is_same_table(const progress *p, const gw_pdf_row *row)
{
	const grid *last = p->last->table;
	return row->table == last || row->table == p->began || same_columns(row->table, last) ||
	       (row->table->columns == last->columns && same_cells(p->head, row));
}

/* Whether the row is one that the table has already: its head, or the rest of a row. */
static bool is_known(gw_arena *a, progress *p, gw_pdf_row *row)
{
	if (!row || !p->last || !is_same_table(p, row)) {
		*p = (progress){row, NULL, NULL};
		return false;
	}
	if (row->table != p->last->table && row->table != p->began) {
		p->began = row->table;
		if (same_cells(p->head, row))
			return true;
	}
	bool first = row->table == p->began;
	p->began = NULL;
	if (!first || row->cells[0].len || !is_number(p->last->cells[0]))
		return false;
	row_lengthen(a, p->last, row);
	p->last->table = row->table;
	return true;
}

void gw_pdf_tables_finish(gw_pdf *pdf)
{
	progress p = {0};
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		for (uint32_t k = 0; k < pdf->pages.items[i].lines.count; k++) {
			gw_pdf_line *l = &pdf->pages.items[i].lines.items[k];
			if (l->dropped || l->note)
				continue;
			if (is_known(pdf->arena, &p, l->row))
				l->dropped = true;
			else
				p.last = l->row;
		}
	for (uint32_t i = 0; i < pdf->pages.count; i++)
		for (uint32_t k = 0; k < pdf->pages.items[i].lines.count; k++)
			if (pdf->pages.items[i].lines.items[k].row)
				row_text(pdf->arena, &pdf->pages.items[i].lines.items[k]);
}
