/* Tables that lost their rules: a page's text has their cells each on a line of its own,
 *
 *   序号 | 重点任务 | 责任单位 | 完成时限 | 1 | 种树 | 甲局 | 2025年底前 | 2 | …      ('|' being line ends)
 *
 * or a row on a line, its cells parted by tabs, wide blanks or '|'. The header gives the columns, table_fit.c puts the
 * lines below into them by what they are like (table_line.c). Each cell becomes a line of its own, so that no name or
 * sentence reaches into the next; each row a section, so that a task has a home. */
#include "structure.h"
#include "gw/fold.h"

enum {
	HEADER_MAX = 14, /* characters */
	HEADERS_MIN = 3,
	KNOWN_MIN = 2,      /* with a column of numbers; else all headers must be known */
	REGION_MAX = 40000, /* lines */
	POINTS_A_LINE = 2   /* what fits worse is no table */
};

typedef struct table {
	uint32_t n;
	gw_column columns[GW_TABLE_COLUMNS];
	gw_span headers[GW_TABLE_COLUMNS];
	uint32_t lines; /* of the header */
	bool split;     /* a row is a line; else a cell is */
	bool narrow;    /* one blank parts its cells */
} table;

typedef GW_LIST(gw_line) line_list;
typedef GW_LIST(gw_fit_line) fit_list;

/* ---- the header ---- */

/* The column that a header stands above; GW_COLUMNS for a line that is none. `loose`: words that only end like one. */
static gw_column column_of(const gw_lines *l, gw_span s, bool loose)
{
	const uint32_t *ch = l->text->ch;
	uint32_t best = 0;
	gw_column column = GW_COLUMNS;
	gw_date date;
	for (uint32_t p = s.begin + 1; p < s.end && ch[s.end - 1] == ')'; p++)
		if (ch[p] == '(')
			s.end = p; /* 完成时限(月) */
	for (uint32_t c = 0; c < GW_COLUMNS; c++) {
		uint32_t n = gw_words_end(&l->words->headers[c], ch, s);
		if (n > best && (n == gw_span_len(s) || (loose && gw_span_len(s) <= HEADER_MAX))) {
			best = n;
			column = (gw_column)c;
		}
	}
	/* 2025年, 2025年目标 */
	if (gw_read_date(ch, l->text->len, s.begin, &date) && date.year != -1 && date.span.end <= s.end &&
	        (date.span.end == s.end || gw_span_len(s) <= HEADER_MAX))
		return date.span.end == s.end || column == GW_COLUMN_OTHER || column == GW_COLUMNS ? GW_COLUMN_VALUE
		                                                                                   : column;
	return column;
}

static bool has_column(const table *t, gw_column c)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->columns[i] == c)
			return true;
	return false;
}

static bool is_marked(const gw_line *line)
{
	return line->marker.style != GW_STYLE_NONE || line->marker.hashes;
}

static bool is_numbered(const table *t)
{
	return t->n && t->columns[0] == GW_COLUMN_NUMBER;
}

/* One more header. With a column of numbers any short line before the first number will do. */
static bool header_add(const gw_lines *l, table *t, gw_span s, bool loose, uint32_t *known)
{
	gw_column c = column_of(l, s, loose);
	if (t->n == GW_TABLE_COLUMNS || (c == GW_COLUMN_NUMBER && t->n))
		return false;
	if (c == GW_COLUMNS && (!loose || gw_span_len(s) > HEADER_MAX || gw_ends_sentence(l->text->ch[s.end - 1]) ||
	                               !gw_is_han(l->text->ch[s.begin]) || gw_table_ordinal(l->text, s)))
		return false;
	*known += c != GW_COLUMNS;
	t->headers[t->n] = s;
	t->columns[t->n++] = c == GW_COLUMNS ? GW_COLUMN_OTHER : c;
	return true;
}

static bool header_holds(const table *t, bool loose, uint32_t known)
{
	bool units = loose && has_column(t, GW_COLUMN_UNITS); /* who needs no what above the other columns */
	bool about = is_numbered(t) || has_column(t, GW_COLUMN_TASK) || units;
	return t->n >= HEADERS_MIN && (known >= KNOWN_MIN || units) && about && (known == t->n || loose);
}

/* All headers on a line. Tabs and '|' part columns whatever stands in them; blanks do so between known headers. */
static bool header_row(const gw_lines *l, gw_span line, table *t)
{
	gw_piece_list pieces = {0};
	uint32_t known = 0;
	bool sure = gw_table_columns_are_sure(l->text, line);
	t->split = true;
	if (!gw_table_cut(l, line, false, &pieces) || pieces.count < HEADERS_MIN) {
		t->narrow = !sure && gw_table_cut(l, line, true, &pieces);
		if (!t->narrow || pieces.count < HEADERS_MIN)
			return false;
	}
	for (uint32_t k = 0; k < pieces.count; k++)
		if (pieces.items[k].column != k ||
		        !header_add(l, t, pieces.items[k].span, sure || (is_numbered(t) && !t->narrow), &known))
			return false;
	return header_holds(t, sure || (is_numbered(t) && !t->narrow), known);
}

static bool begins_like_header(const gw_lines *l, gw_span line)
{
	gw_span first = {line.begin + (l->text->ch[line.begin] == '|'), line.end};
	for (uint32_t c = 0; c < GW_COLUMNS; c++)
		if (gw_words_begin(&l->words->headers[c], l->text->ch, first))
			return true;
	return false;
}

/* A header that begins at line i, on one line or on several. */
static bool header_at(const gw_lines *l, uint32_t i, table *t)
{
	uint32_t known = 0, n = l->list.count;
	const gw_line *line = &l->list.items[i];
	*t = (table){.lines = 1};
	if (line->role != GW_LINE_TEXT || is_marked(line))
		return false;
	/* The first header of a row on a line stands at its begin; most lines end here. */
	bool row = gw_span_len(line->span) <= HEADER_MAX * GW_TABLE_COLUMNS;
	if (!begins_like_header(l, line->span) && !(row && gw_table_columns_are_sure(l->text, line->span)))
		return false;
	if (row && header_row(l, line->span, t))
		return true;
	*t = (table){0};
	for (; i < n && l->list.items[i].role == GW_LINE_TEXT && !is_marked(&l->list.items[i]); i++)
		if (!header_add(l, t, l->list.items[i].span, is_numbered(t), &known))
			break;
	t->lines = t->n;
	/* Headers of the column of numbers are known by the number below them. */
	if (is_numbered(t) &&
	        (i >= n || (!gw_table_ordinal(l->text, l->list.items[i].span) && !is_marked(&l->list.items[i]))))
		return false;
	return header_holds(t, is_numbered(t), known);
}

static bool same_text(const gw_text *t, gw_span a, gw_span b)
{
	return gw_span_len(a) == gw_span_len(b) &&
	       memcmp(t->ch + a.begin, t->ch + b.begin, gw_span_len(a) * sizeof *t->ch) == 0;
}

/* The header comes back where a page ended. */
static bool header_again(const gw_lines *l, uint32_t i, const table *t)
{
	gw_span all = {t->headers[0].begin, t->headers[t->n - 1].end};
	if (t->split)
		return same_text(l->text, l->list.items[i].span, all);
	for (uint32_t k = 0; k < t->n; k++)
		if (i + k >= l->list.count || !same_text(l->text, l->list.items[i + k].span, t->headers[k]))
			return false;
	return true;
}

/* ---- what a line is like ---- */

static bool ends_item(uint32_t c)
{
	return gw_ends_sentence(c) || c == 0x3001 || c == ',';
}

static gw_fit_line describe(const gw_lines *l, const gw_line *line, const gw_fit_line *before, uint32_t last)
{
	gw_style s = line->marker.style;
	gw_fit_line f = {.content = gw_table_content(l, line->span),
	        .ordinal = gw_table_ordinal(l->text, line->span),
	        .fixed = GW_NONE};
	f.band = (s == GW_STYLE_PART || s == GW_STYLE_ITEM) && line->marker.body < line->span.end &&
	         f.content != GW_CONTENT_PROSE;
	/* Behind what may head rows, 1.植树 begins the first of them rather than a list. */
	bool below = before && before->band && !f.band;
	f.list = (s != GW_STYLE_NONE && s != GW_STYLE_PART && !f.ordinal && !below) || ends_item(last) ||
	         (before && f.content == GW_CONTENT_ORGANS && before->content == GW_CONTENT_ORGANS);
	return f;
}

/* ---- the region ---- */

/* The line is the number of a row, or a row on a line that begins with one. */
static bool begins_with_number(const gw_lines *l, const gw_line *line, const table *t)
{
	gw_piece_list pieces = {0};
	gw_span s = line->span;
	if (t->split && gw_table_cut(l, s, t->narrow, &pieces) && pieces.count)
		s = pieces.items[0].span;
	return gw_table_ordinal(l->text, s) != 0;
}

/* 二、保障措施 below a table opens the text that follows it; 二、民生方面 within one heads rows, and then their numbers
 * follow, or all rows are marked like that. */
static bool is_next_heading(const gw_lines *l, uint32_t i, const table *t, uint32_t from)
{
	if (l->list.items[i].marker.style != GW_STYLE_PART || i == from)
		return false;
	if (!is_numbered(t))
		return l->list.items[from].marker.style != GW_STYLE_PART;
	do
		i++;
	while (i < l->list.count &&
	        (l->list.items[i].marker.style == GW_STYLE_PART || l->list.items[i].marker.style == GW_STYLE_ITEM ||
	                l->list.items[i].role == GW_LINE_FURNITURE));
	return i >= l->list.count || !begins_with_number(l, &l->list.items[i], t);
}

/* An annex, a chapter, a note below the table, another table. */
static bool ends_region(const gw_lines *l, uint32_t i)
{
	const gw_line *line = &l->list.items[i];
	const uint32_t *ch = l->text->ch;
	gw_span s = line->span;
	gw_style style = line->marker.style;
	table other;
	if ((line->role != GW_LINE_TEXT && line->role != GW_LINE_FURNITURE) || line->marker.hashes)
		return true;
	if (style >= GW_STYLE_BOOK && style <= GW_STYLE_ARTICLE)
		return true;
	uint32_t n = gw_words_begin(&l->words->annexes, ch, s);
	if (n && (n == gw_span_len(s) || gw_is_digit(ch[s.begin + n]) || ch[s.begin + n] == ':'))
		return true;
	n = gw_words_begin(&l->words->table_notes, ch, s);
	return (n && n < gw_span_len(s) && ch[s.begin + n] == ':') || header_at(l, i, &other);
}

static bool is_rule(const gw_text *t, gw_span s)
{
	for (uint32_t p = s.begin; p < s.end; p++)
		if (t->ch[p] != '|' && t->ch[p] != '-' && t->ch[p] != ':' && t->ch[p] != ' ')
			return false;
	return true;
}

typedef struct region {
	line_list lines; /* cells, or what may be one; in between lines that are none */
	fit_list fit;
	GW_LIST(uint32_t) of; /* the line that each fit is of */
	uint32_t end;         /* the line of the document behind it */
	uint32_t column;      /* the last one that the row before reached */
} region;

static void take(
        const gw_lines *l, region *r, const gw_line *line, uint32_t last, bool opens, bool glued, uint32_t fixed)
{
	gw_fit_line f = describe(l, line, r->fit.count ? &r->fit.items[r->fit.count - 1] : NULL, last);
	f.opens = opens;
	f.glued = glued;
	f.fixed = fixed;
	*GW_PUSH(l->arena, &r->of) = r->lines.count;
	*GW_PUSH(l->arena, &r->lines) = *line;
	*GW_PUSH(l->arena, &r->fit) = f;
}

/* A row on a line becomes lines; one that cannot be cut goes on with a cell, or is none of the table. A cell of two
 * lines breaks its row: then the cells of the second line fill just what is left. */
static void take_row(const gw_lines *l, region *r, const table *t, const gw_line *line, uint32_t last)
{
	gw_piece_list pieces = {0};
	if (!gw_table_cut(l, line->span, t->narrow, &pieces) || !pieces.count) {
		take(l, r, line, last, false, false, GW_NONE);
		return;
	}
	uint32_t reach = pieces.items[pieces.count - 1].column;
	bool sure = gw_table_columns_are_sure(l->text, line->span) && reach < t->n;
	bool rest = sure && reach && r->column && r->column < t->n - 1 && r->column + reach == t->n - 1;
	for (uint32_t k = 0; k < pieces.count; k++) {
		gw_line cell = {.span = pieces.items[k].span};
		cell.marker = gw_marker_read(l->words, l->text, cell.span);
		take(l, r, &cell, rest && k == 0 ? ',' : 0, k == 0 && !rest, k > 0 || rest,
		        sure ? pieces.items[k].column + (rest ? r->column : 0) : GW_NONE);
	}
	r->column = !sure || rest ? 0 : reach;
}

static void collect(const gw_lines *l, uint32_t from, const table *t, region *r)
{
	uint32_t i = from, last = 0;
	while (i < l->list.count && r->fit.count < REGION_MAX) {
		gw_line line = l->list.items[i];
		if (header_again(l, i, t) || (t->split && is_rule(l->text, line.span))) {
			for (uint32_t k = 0; k < t->lines; k++) {
				gw_line *again = GW_PUSH(l->arena, &r->lines);
				*again = l->list.items[i++];
				again->role = GW_LINE_CELL;
			}
			continue;
		}
		if (ends_region(l, i) || is_next_heading(l, i, t, from))
			break;
		if (line.role == GW_LINE_FURNITURE)
			*GW_PUSH(l->arena, &r->lines) = line;
		else if (t->split)
			take_row(l, r, t, &line, last);
		else
			take(l, r, &line, last, false, false, GW_NONE);
		last = l->text->ch[line.span.end - 1];
		i++;
	}
	r->end = i;
}

/* ---- rows ---- */

/* The row whose first cell is fit k: its number, and the cell that names it. */
static const gw_row *row_of(const gw_lines *l, const table *t, const region *r, uint32_t k)
{
	gw_row *row = GW_NEW(l->arena, gw_row);
	const gw_line *first = &r->lines.items[r->of.items[k]];
	bool found = false;
	row->marker = (gw_span){first->span.begin, first->span.begin};
	row->task = row->marker;
	if (t->columns[r->fit.items[k].place] == GW_COLUMN_NUMBER) {
		row->ordinal = r->fit.items[k].ordinal;
		row->marker = first->span;
		k++;
	}
	for (uint32_t j = k; j < r->fit.count && r->fit.items[j].place < t->n && (j == k || !r->fit.items[j].row);
	        j++) {
		const gw_line *line = &r->lines.items[r->of.items[j]];
		bool task = t->columns[r->fit.items[j].place] == GW_COLUMN_TASK;
		if (!found && (j == k || task))
			row->task = line->span;
		found = found || task;
	}
	return row;
}

/* A cell that begins with the number of its task, 1.种树. It counts where numbers have no column of their own. */
static void take_marker(const table *t, gw_line *line, gw_row *row)
{
	gw_style s = line->marker.style;
	if ((s != GW_STYLE_PART && s != GW_STYLE_ITEM && s != GW_STYLE_POINT) || row->task.begin != line->span.begin)
		return;
	row->ordinal = is_numbered(t) ? 0 : line->marker.ordinal;
	row->marker = line->marker.span;
	row->task.begin = line->marker.body;
}

static void mark_cells(const gw_lines *l, const table *t, region *r)
{
	for (uint32_t k = 0; k < r->fit.count; k++) {
		const gw_fit_line *f = &r->fit.items[k];
		gw_line *line = &r->lines.items[r->of.items[k]];
		if (f->place >= t->n)
			continue;
		if (f->row) {
			gw_row row = *row_of(l, t, r, k), *keep = GW_NEW(l->arena, gw_row);
			take_marker(t, line, &row);
			*keep = row;
			line->row = keep;
		}
		line->role = GW_LINE_CELL;
		line->marker.style = GW_STYLE_NONE;
		line->marker.body = line->span.begin;
		if (t->columns[f->place] != GW_COLUMN_NUMBER)
			line->header = t->headers[f->place];
	}
}

/* Rows of at least two cells, and not too much that does not fit. */
static bool is_table(const table *t, const region *r, uint32_t points)
{
	uint32_t rows = 0, cells = 0, out = 0;
	for (uint32_t k = 0; k < r->fit.count; k++) {
		const gw_fit_line *f = &r->fit.items[k];
		rows += f->place < t->n && f->row;
		cells += f->place < t->n;
		out += f->place == GW_PLACE_OUT && f->content != GW_CONTENT_PROSE;
	}
	points -= out * 2;
	return rows && cells >= rows * 2 && points <= cells * POINTS_A_LINE;
}

static void add_header(const gw_lines *l, uint32_t i, const table *t, line_list *out)
{
	for (uint32_t k = 0; k < t->n; k++) {
		gw_line *line = GW_PUSH(l->arena, out);
		*line = l->list.items[t->split ? i : i + k];
		line->span = t->headers[k];
		line->marker = (gw_marker){.span = {line->span.begin, line->span.begin}, .body = line->span.begin};
		line->role = GW_LINE_CELL;
	}
}

/* Lines behind the table's last cell are handed back as they were: one of them may open the next table. */
static uint32_t lines_used(const gw_lines *l, const table *t, const region *r, uint32_t from, uint32_t *keep)
{
	uint32_t last = GW_NONE;
	for (uint32_t k = 0; k < r->fit.count; k++)
		if (r->fit.items[k].place < t->n)
			last = k;
	*keep = r->of.items[last] + 1;
	uint32_t end = r->lines.items[*keep - 1].span.end;
	while (from < r->end && l->list.items[from].span.begin < end)
		from++;
	return from;
}

/* A table at line i: its lines go to `out`. Returns the line behind it, i when there is none. */
static uint32_t find_at(const gw_lines *l, uint32_t i, line_list *out)
{
	table t;
	region r = {0};
	if (!header_at(l, i, &t))
		return i;
	collect(l, i + t.lines, &t, &r);
	if (!r.fit.count || !is_table(&t, &r, gw_table_fit(t.columns, t.n, r.fit.items, r.fit.count, l->arena)))
		return i;
	uint32_t keep, behind = lines_used(l, &t, &r, i + t.lines, &keep);
	mark_cells(l, &t, &r);
	add_header(l, i, &t, out);
	for (uint32_t k = 0; k < keep; k++)
		*GW_PUSH(l->arena, out) = r.lines.items[k];
	return behind;
}

/* ---- labels on lines of their own ---- */

/* 责任单位: above a line of organs, 完成时限 above a date: a form, read like a column of one cell. */
static void find_forms(gw_lines *l)
{
	const uint32_t *ch = l->text->ch;
	for (uint32_t i = l->body; i + 1 < l->list.count; i++) {
		const gw_line *head = &l->list.items[i];
		gw_line *line = &l->list.items[i + 1];
		gw_span label = head->span;
		if (head->role != GW_LINE_TEXT || line->role != GW_LINE_TEXT || is_marked(head) || is_marked(line))
			continue;
		label.end -= ch[label.end - 1] == ':' && gw_span_len(label) > 1;
		gw_column c = column_of(l, label, false);
		if (c != GW_COLUMN_UNITS && c != GW_COLUMN_DUE)
			continue;
		gw_content content = gw_table_content(l, line->span);
		if (content != (c == GW_COLUMN_UNITS ? GW_CONTENT_ORGANS : GW_CONTENT_DATE))
			continue;
		line->role = GW_LINE_CELL;
		line->header = label;
	}
}

void gw_tables_find(gw_lines *l)
{
	line_list out = {0};
	bool any = false;
	for (uint32_t i = 0; i < l->list.count;) {
		uint32_t behind = find_at(l, i, &out);
		any |= behind > i;
		if (behind == i)
			*GW_PUSH(l->arena, &out) = l->list.items[i++];
		else
			i = behind;
	}
	if (any) {
		l->list.items = out.items;
		l->list.count = out.count;
		l->list.cap = out.cap;
		gw_lines_find_body(l);
	}
	find_forms(l);
}
