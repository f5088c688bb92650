/* The measures: exact spans in the decoded source everywhere; precision, recall, F1. */
#include "score.h"

#include "gw/fold.h"

#include <math.h>
#include <stdlib.h>

typedef struct facts_view {
	const gw_fact **items;
	uint32_t count;
} facts_view;

typedef struct pairs {
	const gw_fact **gold, **found;
	uint32_t count;
} pairs;

typedef bool (*same_fn)(gw_arena *a, const gw_fact *gold, const gw_fact *found);
typedef bool (*keep_fn)(const gw_fact *f);

/* ---- texts compared by content: width folded, white space dropped ---- */

typedef struct chars {
	const uint32_t *ch;
	uint32_t n;
} chars;

static chars folded(gw_arena *a, gw_str s)
{
	chars c = {NULL, 0};
	if (s.len)
		c.ch = gw_fold_text(a, s, &c.n);
	return c;
}

/* The empty text is in every text. */
static bool contains(chars in, chars what)
{
	for (uint32_t at = 0; at + what.n <= in.n; at++)
		if (what.n == 0 || memcmp(in.ch + at, what.ch, what.n * sizeof *what.ch) == 0)
			return true;
	return false;
}

static uint32_t upper(uint32_t c)
{
	return c >= 'a' && c <= 'z' ? c - 32 : c;
}

/* Letters of either case: EDTF is written with X and x. */
static bool same_text(gw_arena *a, gw_str x, gw_str y)
{
	chars p = folded(a, x), q = folded(a, y);
	for (uint32_t i = 0; p.n == q.n && i < p.n; i++)
		if (upper(p.ch[i]) != upper(q.ch[i]))
			return false;
	return p.n == q.n;
}

/* ---- choosing facts ---- */

static facts_view view_of(gw_arena *a, const gw_fact_list *one, const gw_fact_list *two, keep_fn keep)
{
	const gw_fact_list *lists[] = {one, two};
	facts_view v = {GW_NEW_N(a, const gw_fact *, one->count + (two ? two->count : 0) + 1), 0};
	for (int l = 0; l < 2; l++)
		for (uint32_t i = 0; lists[l] && i < lists[l]->count; i++)
			if (!keep || keep(&lists[l]->items[i]))
				v.items[v.count++] = &lists[l]->items[i];
	return v;
}

static bool role_is(const gw_fact *f, const char *role)
{
	return gw_str_eq(f->role, gw_str_of(role));
}

static bool is_deadline(const gw_fact *f)
{
	return role_is(f, "deadline");
}
static bool is_no_deadline(const gw_fact *f)
{
	return !role_is(f, "deadline");
}
static bool is_target(const gw_fact *f)
{
	return role_is(f, "target");
}
static bool is_specific(const gw_fact *f)
{
	return !f->generic;
}
static bool is_generic(const gw_fact *f)
{
	return f->generic;
}

/* ---- matching ---- */

static int by_span(const gw_fact *a, const gw_fact *b)
{
	if (a->doc != b->doc)
		return a->doc < b->doc ? -1 : 1;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return a->end != b->end ? (a->end < b->end ? -1 : 1) : 0;
}

/* Facts of one span keep the order of the rows: within a list by address, and lists come one behind the other. */
typedef struct ordered {
	const gw_fact *fact;
	uint32_t order;
	bool used;
} ordered;

static int by_span_and_order(const void *x, const void *y)
{
	const ordered *a = x, *b = y;
	int c = by_span(a->fact, b->fact);
	return c ? c : (a->order > b->order) - (a->order < b->order);
}

static ordered *sorted(gw_arena *a, const facts_view *v)
{
	ordered *o = GW_NEW_N(a, ordered, v->count + 1);
	for (uint32_t i = 0; i < v->count; i++)
		o[i] = (ordered){v->items[i], i, false};
	qsort(o, v->count, sizeof *o, by_span_and_order);
	return o;
}

static uint32_t first_of_span(const ordered *o, uint32_t count, const gw_fact *at)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (by_span(o[middle].fact, at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void measure_add(
	gw_arena *a, gw_measure_list *out, const char *name, double p, double r, uint32_t gold, uint32_t found)
{
	*GW_PUSH(a, out) = (gw_measure){name, p, r, p + r > 0 ? 2 * p * r / (p + r) : 0, gold, found};
}

/* Each row may answer one gold fact, in the order of the gold; what is left over on either side is an error. */
static pairs measure(
	gw_arena *a, gw_measure_list *out, const char *name, facts_view gold, facts_view found, same_fn same)
{
	ordered *o = sorted(a, &found);
	pairs hits = {GW_NEW_N(a, const gw_fact *, gold.count + 1), GW_NEW_N(a, const gw_fact *, gold.count + 1), 0};
	for (uint32_t g = 0; g < gold.count; g++) {
		const gw_fact *want = gold.items[g];
		for (uint32_t i = first_of_span(o, found.count, want); i < found.count && by_span(o[i].fact, want) == 0;
			i++) {
			if (o[i].used || (same && !same(a, want, o[i].fact)))
				continue;
			o[i].used = true;
			hits.gold[hits.count] = want;
			hits.found[hits.count++] = o[i].fact;
			break;
		}
	}
	measure_add(a, out, name, found.count ? (double)hits.count / found.count : 0,
		gold.count ? (double)hits.count / gold.count : 0, gold.count, found.count);
	return hits;
}

/* A share of matched pairs: precision and recall are the same then. */
static void rate(gw_arena *a, gw_measure_list *out, const char *name, uint32_t good, uint32_t all)
{
	double r = all ? (double)good / all : 0;
	*GW_PUSH(a, out) = (gw_measure){name, r, r, r, all, all};
}

/* ---- when two facts say the same ---- */

/* The gold gives one normal form; that one is compared. */
static bool same_time(gw_arena *a, const gw_fact *g, const gw_fact *p)
{
	if (g->edtf.len)
		return same_text(a, g->edtf, p->edtf);
	if (g->duration.len)
		return same_text(a, g->duration, p->duration);
	if (g->rrule.len)
		return same_text(a, g->rrule, p->rrule);
	return true;
}

static bool same_role(gw_arena *a, const gw_fact *g, const gw_fact *p)
{
	(void)a;
	return gw_str_eq(g->role, p->role);
}

/* Three digits: a third is 0.333 in one place and 0.3333 in another. */
static bool near(bool has_x, double x, bool has_y, double y)
{
	if (!has_x || !has_y)
		return has_x == has_y;
	return fabs(x - y) <= 1e-3 * fmax(1, fmax(fabs(x), fabs(y)));
}

static bool same_quantity(gw_arena *a, const gw_fact *g, const gw_fact *p)
{
	chars u = folded(a, g->unit), v = folded(a, p->unit);
	return gw_str_eq(g->op, p->op) && near(g->has_value, g->value, p->has_value, p->value) &&
	       near(g->has_value2, g->value2, p->has_value2, p->value2) && u.n == v.n &&
	       (u.n == 0 || memcmp(u.ch, v.ch, u.n * sizeof *u.ch) == 0);
}

/* One within the other, and not much shorter: the edge of a noun phrase is a matter of taste. */
static bool same_indicator(gw_arena *a, const gw_fact *g, const gw_fact *p)
{
	chars x = folded(a, g->indicator), y = folded(a, p->indicator);
	uint32_t less = x.n < y.n ? x.n : y.n, more = x.n < y.n ? y.n : x.n;
	return less && (contains(x, y) || contains(y, x)) && less * 2 >= more;
}

/* One to ten in Chinese numerals; circled numbers are plain ones after folding. */
static bool is_numeral(uint32_t c)
{
	static const uint32_t han[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};
	if (c >= '0' && c <= '9')
		return true;
	for (size_t i = 0; i < sizeof han / sizeof han[0]; i++)
		if (c == han[i])
			return true;
	return false;
}

/* A heading without its marker: (一) 3. [2] 十、 */
static chars marker_off(chars c)
{
	uint32_t i = c.n && (c.ch[0] == '(' || c.ch[0] == '['), first = i;
	while (i < c.n && is_numeral(c.ch[i]))
		i++;
	if (i == first)
		return c;
	if (i < c.n && (c.ch[i] == ')' || c.ch[i] == ']'))
		i++;
	if (i < c.n && (c.ch[i] == 0x3001 || c.ch[i] == '.'))
		i++;
	return (chars){c.ch + i, c.n - i};
}

static bool same_task(gw_arena *a, const gw_score_data *d, const gw_fact *g, const gw_fact *p)
{
	uint32_t at = p->task.ptr ? gw_map_get(&d->task_at, p->task) : GW_NONE;
	if (at == GW_NONE)
		return false;
	const gw_found_task *t = &d->tasks.items[at];
	chars body = marker_off(folded(a, g->task));
	if (body.n > 8)
		body.n = 8;
	gw_str both = gw_str_of(gw_arena_printf(a, "%.*s%.*s", (int)t->marker.len, t->marker.ptr ? t->marker.ptr : "",
		(int)t->title.len, t->title.ptr ? t->title.ptr : ""));
	return contains(folded(a, both), body) || contains(folded(a, t->title), body) ||
	       contains(folded(a, t->text), body);
}

/* ---- the measures ---- */

/* Recall on definite organs; precision on rows said to be definite. A row on a span that the gold calls a class is an
 * error of the flag, not of this measure; one on a definite organ counts whatever its flag. */
static void agencies(gw_arena *a, const gw_score_data *d, gw_measure_list *out)
{
	const gw_fact_list *gold = &d->gold[GW_GOLD_AGENCY], *found = &d->found[GW_T_AGENCIES];
	facts_view specific = view_of(a, gold, NULL, is_specific), generic = view_of(a, gold, NULL, is_generic);
	facts_view all = view_of(a, found, NULL, NULL), kept = {GW_NEW_N(a, const gw_fact *, all.count + 1), 0};
	ordered *s = sorted(a, &specific), *c = sorted(a, &generic);
	for (uint32_t i = 0; i < all.count; i++) {
		uint32_t in_s = first_of_span(s, specific.count, all.items[i]),
			 in_c = first_of_span(c, generic.count, all.items[i]);
		bool gold_specific = in_s < specific.count && by_span(s[in_s].fact, all.items[i]) == 0;
		bool gold_generic = in_c < generic.count && by_span(c[in_c].fact, all.items[i]) == 0;
		if (gold_specific || (!all.items[i]->generic && !gold_generic))
			kept.items[kept.count++] = all.items[i];
	}
	measure(a, out, "agency", view_of(a, gold, NULL, NULL), all, NULL);
	measure(a, out, "agency.specific", specific, kept, NULL);
}

/* Deadlines are measured by value, the other times by role. */
static void times(gw_arena *a, const gw_score_data *d, gw_measure_list *out)
{
	const gw_fact_list *gold = &d->gold[GW_GOLD_TIME], *due = &d->found[GW_T_DEADLINES],
			   *other = &d->found[GW_T_DATES];
	measure(a, out, "time", view_of(a, gold, NULL, NULL), view_of(a, due, other, NULL), NULL);
	measure(a, out, "deadline", view_of(a, gold, NULL, is_deadline), view_of(a, due, NULL, is_deadline), same_time);
	measure(a, out, "dates", view_of(a, gold, NULL, is_no_deadline), view_of(a, due, other, is_no_deadline),
		same_role);
}

/* The indicator is only asked of targets that were found. */
static void quantities(gw_arena *a, const gw_score_data *d, gw_measure_list *out)
{
	const gw_fact_list *gold = &d->gold[GW_GOLD_QUANTITY], *targets = &d->found[GW_T_TARGETS];
	measure(a, out, "quantity", view_of(a, gold, NULL, NULL), view_of(a, targets, &d->found[GW_T_QUANTITIES], NULL),
		NULL);
	pairs hits = measure(
		a, out, "target", view_of(a, gold, NULL, is_target), view_of(a, targets, NULL, NULL), same_quantity);
	uint32_t all = 0, good = 0;
	for (uint32_t i = 0; i < hits.count; i++) {
		if (!hits.gold[i]->indicator.len)
			continue;
		all++;
		good += same_indicator(a, hits.gold[i], hits.found[i]);
	}
	rate(a, out, "target.indicator", good, all);
}

static void responsibilities(gw_arena *a, const gw_score_data *d, gw_measure_list *out)
{
	pairs hits = measure(a, out, "responsibility", view_of(a, &d->gold[GW_GOLD_DUTY], NULL, NULL),
		view_of(a, &d->found[GW_T_RESPONSIBILITIES], NULL, NULL), same_role);
	uint32_t all = 0, good = 0;
	for (uint32_t i = 0; i < hits.count; i++) {
		if (!hits.gold[i]->task.len)
			continue;
		all++;
		good += same_task(a, d, hits.gold[i], hits.found[i]);
	}
	rate(a, out, "resp.task", good, all);
}

void gw_score(const gw_score_data *d, gw_measure_list *out)
{
	agencies(d->arena, d, out);
	times(d->arena, d, out);
	quantities(d->arena, d, out);
	responsibilities(d->arena, d, out);
}
