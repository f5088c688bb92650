/* Tables of PDF without rules: columns from the empty strips between them, rows from the numbers in the first one.
 *
 * A line of three words or more that stand apart may be a head; what follows it is a table as far as no word bridges
 * the strips, and only if its first column counts 1, 2, 3. Where a row ends follows from its number: that stands either
 * on the row's first line or at its middle. What is found is told as rules, so that all tables are made alike. */
#include "pdf.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS_MOST = 16, ROWS_LEAST = 2 };
static const double apart = 0.8, touching = 0.25, /* of a letter's height: in the head once at least; within a text */
        strip_least = 1.5,                        /* points */
        break_most = 3;                           /* heights between two lines of a table */

typedef struct line { /* what the eye takes for a line: words of one height */
	uint32_t from, to;   /* words, from the left */
	double middle, height;
} line;

typedef struct strip {
	double left, right;
} strip;

typedef struct finder {
	gw_arena *arena;
	gw_pdf_word *words; /* by lines */
	line *lines;
	uint32_t line_count;
	strip strips[COLUMNS_MOST];
	uint32_t strip_count;
	uint32_t head, end;        /* lines of the table */
	const gw_pdf_word **count; /* the numbers of its rows */
	uint32_t rows;
} finder;

/* ---- lines ---- */

static double middle_of(const gw_pdf_word *w)
{
	return (w->top + w->bottom) / 2;
}

static int by_height(const void *a, const void *b)
{
	double d = middle_of(a) - middle_of(b);
	return d < 0 ? -1 : d > 0;
}

static int by_left(const void *a, const void *b)
{
	const gw_pdf_word *x = a, *y = b;
	return (x->left > y->left) - (x->left < y->left);
}

static void lines_make(finder *f, const gw_pdf_page *page)
{
	uint32_t n = 0;
	f->words = GW_NEW_N(f->arena, gw_pdf_word, page->words.count + 1);
	f->lines = GW_NEW_N(f->arena, line, page->words.count + 1);
	for (uint32_t i = 0; i < page->words.count; i++)
		if (!gw_pdf_is_page_number(page, &page->lines.items[page->words.items[i].line]))
			f->words[n++] = page->words.items[i];
	qsort(f->words, n, sizeof *f->words, by_height);
	for (uint32_t i = 0, k; i < n; i = k) {
		line *l = &f->lines[f->line_count++];
		*l = (line){i, 0, middle_of(&f->words[i]), f->words[i].bottom - f->words[i].top};
		for (k = i + 1; k < n && middle_of(&f->words[k]) - l->middle < l->height * 0.3; k++)
			;
		l->to = k;
		qsort(f->words + i, k - i, sizeof *f->words, by_left);
	}
}

/* ---- columns ---- */

/* The value of a text of digits, 0 for any other. */
static uint32_t number_of(gw_str s)
{
	uint32_t v = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > 999)
			return 0;
		v = v * 10 + (uint32_t)(s.ptr[i] - '0');
	}
	return v;
}

/* The strips between the words of a head; false when the line is none. */
static bool head_read(finder *f, const line *l)
{
	bool wide = false;
	f->strip_count = 0;
	if (number_of(f->words[l->from].text)) /* a row, not the head */
		return false;
	for (uint32_t i = l->from + 1; i < l->to; i++) {
		double gap = f->words[i].left - f->words[i - 1].right;
		if (gap <= l->height * touching)
			continue;
		if (f->strip_count == COLUMNS_MOST)
			return false;
		wide = wide || gap > l->height * apart;
		f->strips[f->strip_count++] = (strip){f->words[i - 1].right, f->words[i].left};
	}
	return f->strip_count >= 2 && wide;
}

/* A word that reaches into a strip narrows it. Within a strip it belongs to the side that is nearer: `sure` leaves such
 * words to a second look, when others have shown how far the columns reach. */
static bool strips_narrow(strip *strips, uint32_t n, const gw_pdf_word *w, bool sure)
{
	for (uint32_t i = 0; i < n; i++) {
		strip *s = &strips[i];
		if (w->right <= s->left || w->left >= s->right)
			continue;
		bool from_left = w->left < s->left, from_right = w->right > s->right;
		if (from_left && from_right)
			return false;
		if (!from_left && !from_right && sure)
			continue;
		if (from_left || (!from_right && w->left - s->left < s->right - w->right))
			s->left = w->right;
		else
			s->right = w->left;
		if (s->right - s->left < strip_least)
			return false;
	}
	return true;
}

static bool line_fits(finder *f, const line *l, bool sure)
{
	strip narrowed[COLUMNS_MOST];
	memcpy(narrowed, f->strips, sizeof narrowed);
	for (uint32_t i = l->from; i < l->to; i++)
		if (!strips_narrow(narrowed, f->strip_count, &f->words[i], sure))
			return false;
	memcpy(f->strips, narrowed, sizeof narrowed);
	return true;
}

static void table_reach(finder *f, uint32_t head)
{
	f->head = head;
	f->end = head + 1;
	while (f->end < f->line_count) {
		const line *before = &f->lines[f->end - 1], *l = &f->lines[f->end];
		if (l->middle - before->middle > fmax(l->height, before->height) * break_most || !line_fits(f, l, true))
			break;
		f->end++;
	}
	for (uint32_t i = head + 1; i < f->end; i++)
		if (!line_fits(f, &f->lines[i], false))
			f->end = i;
}

/* ---- rows ---- */

/* The first column must count, and hold nothing else. */
static bool rows_count(finder *f)
{
	f->count = GW_NEW_N(f->arena, const gw_pdf_word *, f->lines[f->end - 1].to + 1);
	f->rows = 0;
	for (uint32_t i = f->lines[f->head + 1].from; f->end > f->head + 1 && i < f->lines[f->end - 1].to; i++) {
		const gw_pdf_word *w = &f->words[i];
		if (w->right > f->strips[0].left)
			continue;
		uint32_t v = number_of(w->text);
		if (!v || (f->rows && v != number_of(f->count[f->rows - 1]->text) + 1))
			return false;
		f->count[f->rows++] = w;
	}
	return f->rows >= ROWS_LEAST;
}

/* Whether the numbers stand on the first lines of their rows: then nothing stands above the first number but the head. */
static bool is_top_aligned(const finder *f)
{
	const gw_pdf_word *first = f->count[0];
	return f->lines[f->head + 1].middle > middle_of(first) - (first->bottom - first->top) * 0.3;
}

/* Between two numbers the gap of lines that is nearest to where the row should end. */
static double row_end(const finder *f, double from, double to, double wanted)
{
	double best = (from + to) / 2, off = INFINITY;
	for (uint32_t i = f->head + 1; i < f->end; i++) {
		double gap = (f->lines[i - 1].middle + f->lines[i].middle) / 2;
		if (gap > from && gap < to && fabs(gap - wanted) < off) {
			best = gap;
			off = fabs(gap - wanted);
		}
	}
	return best;
}

static void rule_add(finder *f, gw_pdf_rules *out, bool upright, double at, double from, double to)
{
	*GW_PUSH(f->arena, out) = (gw_pdf_rule){upright, at, from, to};
}

static void rules_write(finder *f, gw_pdf_rules *out)
{
	const line *head = &f->lines[f->head], *last = &f->lines[f->end - 1];
	double left = INFINITY, right = 0, top = head->middle - head->height * 0.6,
	       bottom = last->middle + last->height * 0.6;
	for (uint32_t i = head->from; i < last->to; i++) {
		left = fmin(left, f->words[i].left - 1);
		right = fmax(right, f->words[i].right + 1);
	}
	rule_add(f, out, true, left, top, bottom);
	rule_add(f, out, true, right, top, bottom);
	for (uint32_t i = 0; i < f->strip_count; i++)
		rule_add(f, out, true, (f->strips[i].left + f->strips[i].right) / 2, top, bottom);
	rule_add(f, out, false, top, left, right);
	rule_add(f, out, false, bottom, left, right);
	bool by_top = is_top_aligned(f);
	double begin = (head->middle + f->lines[f->head + 1].middle) / 2;
	rule_add(f, out, false, begin, left, right);
	for (uint32_t i = 0; i + 1 < f->rows; i++) {
		double number = middle_of(f->count[i]), next = middle_of(f->count[i + 1]);
		begin = row_end(f, number, next, by_top ? next - 1 : 2 * number - begin);
		rule_add(f, out, false, begin, left, right);
	}
}

void gw_pdf_gutters_find(gw_arena *a, const gw_pdf_page *page, gw_pdf_rules *out)
{
	finder *f = GW_NEW(a, finder);
	f->arena = a;
	lines_make(f, page);
	for (uint32_t i = 0; i + 1 < f->line_count; i++) {
		if (!head_read(f, &f->lines[i]))
			continue;
		table_reach(f, i);
		if (!rows_count(f))
			continue;
		rules_write(f, out);
		i = f->end - 1;
	}
}
