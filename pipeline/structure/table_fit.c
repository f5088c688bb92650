/* Which line is a cell of which column.
 *
 * Once its cells stand each on a line of its own, all that is left of a table is an order: a row's cells go from left
 * to right, an empty cell is a line that is not there, and a cell of several paragraphs is several lines. So every line
 * is put into a column of the row before, or of a new row, or out of the table, and the way with the fewest points wins
 * (Viterbi). Points are given for a line that is not what its column holds, for a cell left out, for a second line in a
 * cell, for a number that does not count on. The running number and the columns of dates and organs are what brings
 * rows back into step. */
#include "structure.h"

enum {
	NEVER = 1000,
	SHARE = 2,      /* a second line in a cell */
	SHARE_LIST = 1, /* the next item of a list in it */
	UNNUMBERED = 2, /* a task without the number that all others have; merged cells leave out both */
	NO_TASK = 4,    /* a row that says nothing but who or when; a signature looks like one */
	BAND = 1,
	OUTSIDE = 2, /* a line behind the table that is no paragraph of text */
	RESTART = 4, /* of the running number */
	LEAP = 4,    /* an excerpt leaves rows out */
	BACK = 10,
	STATES = GW_PLACE_OUT + 1
};

/* By the column and by the content of a line. */
static const uint16_t misfit[GW_COLUMNS][GW_CONTENTS] = {
        /*                    number date   organs prose  value  text */
        [GW_COLUMN_NUMBER] = {0, NEVER, NEVER, NEVER, 6, NEVER},
        [GW_COLUMN_TASK] = {3, 5, 3, 1, 2, 0},
        [GW_COLUMN_UNITS] = {6, 6, 0, 5, 6, 2},
        [GW_COLUMN_DUE] = {4, 0, 6, 6, 2, 2},
        [GW_COLUMN_VALUE] = {0, 1, 5, 3, 0, 1},
        [GW_COLUMN_NOTE] = {2, 3, 2, 1, 1, 0},
        [GW_COLUMN_OTHER] = {1, 2, 2, 1, 0, 0},
};
/* For a cell that is empty. */
static const uint16_t missing[GW_COLUMNS] = {[GW_COLUMN_NUMBER] = 3,
        [GW_COLUMN_TASK] = 2,
        [GW_COLUMN_UNITS] = 3,
        [GW_COLUMN_DUE] = 2,
        [GW_COLUMN_VALUE] = 2,
        [GW_COLUMN_NOTE] = 0,
        [GW_COLUMN_OTHER] = 2};

typedef struct node { /* the best way to put a line into a place */
	uint32_t cost, ordinal;
	uint8_t from;
	bool row;
} node;

typedef struct fitter {
	const gw_column *columns;
	uint32_t n;
	const gw_fit_line *lines;
} fitter;

static uint32_t skipped(const fitter *f, uint32_t from, uint32_t to)
{
	uint32_t cost = 0;
	for (uint32_t c = from; c < to; c++)
		cost += missing[f->columns[c]];
	return cost;
}

/* What it takes to begin a row with column c. */
static uint32_t opening(const fitter *f, uint32_t c)
{
	uint32_t cost = skipped(f, 0, c);
	bool typed = f->columns[c] == GW_COLUMN_UNITS || f->columns[c] == GW_COLUMN_DUE;
	if (c == 1 && f->columns[0] == GW_COLUMN_NUMBER)
		cost += UNNUMBERED;
	for (uint32_t i = 0; typed && i < c; i++)
		if (f->columns[i] == GW_COLUMN_TASK)
			return cost + NO_TASK;
	return cost;
}

static uint32_t counting(const node *before, uint32_t place, const gw_fit_line *line)
{
	if (line->ordinal == before->ordinal + 1)
		return 0;
	if (line->ordinal == 1)
		return place == GW_PLACE_BAND ? 0 : RESTART;
	return line->ordinal > before->ordinal ? LEAP : BACK;
}

static void offer(node *at, uint32_t cost, uint32_t ordinal, uint32_t from, bool row)
{
	if (cost < at->cost)
		*at = (node){cost, ordinal, (uint8_t)from, row};
}

/* A line in column c, behind one in place p. */
static void step_into_column(
        const fitter *f, const gw_fit_line *line, const node *before, uint32_t p, uint32_t c, node *at)
{
	bool in_row = p < f->n, numbered = f->columns[0] == GW_COLUMN_NUMBER;
	uint32_t fit = misfit[f->columns[c]][line->content];
	if (line->fixed != GW_NONE && line->fixed != c)
		return;
	if (in_row && p <= c && !line->opens && !(numbered && c == 0)) {
		uint32_t cost =
		        before->cost + fit + (p == c ? (line->list ? SHARE_LIST : SHARE) : skipped(f, p + 1, c));
		/* Of two columns that may share lines the last has more: one unit leads, several help. */
		if (p == c && cost == at->cost)
			at->cost++;
		offer(at, cost, before->ordinal, p, false);
	}
	if (line->glued)
		return;
	uint32_t open = opening(f, c) + (in_row ? skipped(f, p + 1, f->n) : 0);
	bool counts = numbered && c == 0 && line->content == GW_CONTENT_NUMBER;
	if (counts)
		open += counting(before, p, line);
	offer(at, before->cost + open + fit, counts ? line->ordinal : before->ordinal, p, true);
}

static void step(const fitter *f, uint32_t i, const node *before, node *now)
{
	const gw_fit_line *line = &f->lines[i];
	for (uint32_t s = 0; s < STATES; s++)
		now[s].cost = GW_NONE;
	for (uint32_t p = 0; p < STATES; p++) {
		if (before[p].cost == GW_NONE)
			continue;
		uint32_t end = before[p].cost + (p < f->n ? skipped(f, p + 1, f->n) : 0);
		if (!line->glued || p == GW_PLACE_OUT)
			offer(&now[GW_PLACE_OUT], end + (line->content == GW_CONTENT_PROSE ? 0 : OUTSIDE),
			        before[p].ordinal, p, false);
		if (p == GW_PLACE_OUT)
			continue;
		for (uint32_t c = 0; c < f->n; c++)
			step_into_column(f, line, &before[p], p, c, &now[c]);
		if (line->band)
			offer(&now[GW_PLACE_BAND], end + BAND, before[p].ordinal, p, false);
	}
}

uint32_t gw_table_fit(const gw_column *columns, uint32_t column_count, gw_fit_line *lines, uint32_t count, gw_arena *a)
{
	fitter f = {columns, column_count, lines};
	node *nodes = GW_NEW_N(a, node, ((size_t)count + 1) * STATES);
	for (uint32_t s = 0; s < STATES; s++)
		nodes[s].cost = s == GW_PLACE_BAND ? 0 : GW_NONE; /* the header lies across all columns too */
	for (uint32_t i = 0; i < count; i++)
		step(&f, i, nodes + (size_t)i * STATES, nodes + ((size_t)i + 1) * STATES);
	const node *last = nodes + (size_t)count * STATES;
	uint32_t best = GW_PLACE_OUT, best_cost = last[GW_PLACE_OUT].cost;
	for (uint32_t s = 0; s < GW_PLACE_OUT; s++) {
		uint32_t cost =
		        last[s].cost == GW_NONE ? GW_NONE : last[s].cost + (s < f.n ? skipped(&f, s + 1, f.n) : 0);
		if (cost < best_cost) {
			best = s;
			best_cost = cost;
		}
	}
	for (uint32_t i = count, s = best; i-- > 0;) {
		const node *x = nodes + ((size_t)i + 1) * STATES + s;
		lines[i].place = s;
		lines[i].row = x->row;
		s = x->from;
	}
	return best_cost;
}
