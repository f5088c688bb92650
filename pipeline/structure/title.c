/* The title: given by the page's table, or the lines above the text that look most like one. */
#include "structure.h"
#include "gw/fold.h"

/* A title breaks over few lines; a page repeats the title of its table soon below it. */
enum { LINES_MAX = 5, SEARCH_LINES = 160, SHORT = 6 };

static bool counts(uint32_t c)
{
	return gw_is_han(c) || gw_is_digit(c) || gw_is_letter(c);
}

bool gw_same_title(const gw_text *t, gw_span a, gw_span b)
{
	for (;;) {
		while (a.begin < a.end && !counts(t->ch[a.begin]))
			a.begin++;
		while (b.begin < b.end && !counts(t->ch[b.begin]))
			b.begin++;
		if (a.begin == a.end || b.begin == b.end)
			return a.begin == a.end && b.begin == b.end;
		if (t->ch[a.begin++] != t->ch[b.begin++])
			return false;
	}
}

/* The lines are the title from now on: they open no section and are no signature. */
static void take(gw_lines *l, gw_document *d, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		l->list.items[i].role = GW_LINE_TITLE;
		l->list.items[i].marker.style = GW_STYLE_NONE;
	}
	d->title = (gw_span){l->list.items[from].marker.body, l->list.items[to - 1].span.end};
	l->title_end = to;
}

/* ---- a title that the table gave: where does it stand as a title? ---- */

static bool locate(gw_lines *l, gw_document *d)
{
	for (uint32_t i = 0; i < l->list.count && i < SEARCH_LINES; i++) {
		if (l->list.items[i].role != GW_LINE_TEXT)
			continue;
		for (uint32_t k = i; k < l->list.count && k < i + LINES_MAX; k++) {
			gw_span s = {l->list.items[i].marker.body, l->list.items[k].span.end};
			if (l->list.items[k].role != GW_LINE_TEXT || gw_span_len(s) > 2 * gw_span_len(d->title) + 8)
				break;
			if (gw_same_title(l->text, s, d->title)) {
				take(l, d, i, k + 1);
				return true;
			}
		}
	}
	return false;
}

/* ---- a title from its looks ---- */

typedef struct run {
	uint32_t from, to; /* lines */
	int score;
} run;

static gw_span run_span(const gw_lines *l, const run *r)
{
	return (gw_span){l->list.items[r->from].marker.body, l->list.items[r->to - 1].span.end};
}

/* Whether no blank line stands between two lines: parts of a title are set close. */
static bool next_in_source(const gw_lines *l, uint32_t i)
{
	const gw_text *t = l->text;
	return gw_source_line(t, t->src[l->list.items[i + 1].span.begin]) ==
	       gw_source_line(t, t->src[l->list.items[i].span.end - 1]) + 1;
}

static bool has_type(const gw_lines *l, gw_span s)
{
	return !gw_span_empty(gw_title_type(l->words, l->text, s));
}

static bool opens(const gw_lines *l, gw_span s)
{
	return gw_words_begin(&l->words->openers, l->text->ch, s) != 0;
}

/* 甲县人民政府文件: printed in red above every document of the organ. */
static bool is_masthead(const gw_lines *l, gw_span s)
{
	uint32_t n = gw_words_end(&l->words->mastheads, l->text->ch, s);
	return n && gw_issuer_end(l->words, l->text->ch, (gw_span){s.begin, s.end - n}, true);
}

/* The line above belongs to the title as well if it is a beginning: an issuer above 关于, or a line that just goes on.
 * A line that is a title itself is the page's heading. */
static bool goes_on(const gw_lines *l, const run *r)
{
	if (r->from == 0 || r->to - r->from >= LINES_MAX)
		return false;
	const gw_line *above = &l->list.items[r->from - 1];
	if (!gw_line_is_titlish(l, above) || has_type(l, above->span) || gw_line_is_note(l, above->span) ||
	        gw_line_is_bracket(l->text, above->span))
		return false;
	if (is_masthead(l, above->span))
		return false;
	gw_date date;
	if (gw_find_date(l->text, above->span, &date) &&
	        !gw_span_empty(gw_words_find(&l->words->printed, l->text->ch, above->span)))
		return false;
	if (opens(l, run_span(l, r)) && gw_issuer_end(l->words, l->text->ch, above->span, true))
		return true;
	return next_in_source(l, r->from - 1);
}

/* (试行) below, or 的通知 where the line broke behind 方案. */
static void extend_down(const gw_lines *l, run *r)
{
	while (r->to < l->list.count && r->to - r->from < LINES_MAX) {
		const gw_line *below = &l->list.items[r->to];
		bool note = gw_line_is_note(l, below->span);
		bool tail = gw_line_is_titlish(l, below) &&
		            gw_words_begin(&l->words->title_tails, l->text->ch, below->span) &&
		            has_type(l, below->span);
		gw_date date;
		bool bracket = below->role == GW_LINE_TEXT && gw_line_is_bracket(l->text, below->span) && !note &&
		               gw_span_len(below->span) <= 24 && below->marker.style == GW_STYLE_NONE &&
		               !gw_line_is_date(l, below->span, &date);
		if (!tail && !bracket)
			return;
		r->to++;
	}
}

/* Points for what titles have. By eye: a type tells most, then words like 关于, then the surroundings. */
static int score_of(const gw_lines *l, const run *r)
{
	gw_span s = run_span(l, r);
	bool opener = !gw_span_empty(gw_words_find(&l->words->openers, l->text->ch, s));
	int score = (has_type(l, s) ? 3 : 0) + (opener ? 2 : 0) + (gw_span_len(s) >= 10 ? 1 : 0) -
	            (gw_span_len(s) < SHORT ? 2 : 0);
	if (l->list.items[r->from].marker.hashes == 1)
		score += 3;
	for (uint32_t i = 0; i < r->from; i++)
		if (gw_same_title(l->text, l->list.items[i].span, s))
			score += 2; /* the page's heading says so too */
	gw_date date;
	if (r->to == l->body)
		return score + 1;
	/* A note, a number or a date stands right below a title. */
	gw_span below = l->list.items[r->to].span;
	if (gw_line_is_note(l, below) || gw_line_is_date(l, below, &date) ||
	        gw_words_end(&l->words->number_units, l->text->ch, below))
		score += 2;
	return score;
}

/* Torn sentences stand on lines of their own in some pages: the line below then begins with a stop or goes on in
 * small words. */
static bool torn(const gw_lines *l, const run *r)
{
	if (r->to >= l->list.count)
		return false;
	uint32_t c = l->text->ch[l->list.items[r->to].span.begin];
	return c == 0x3002 || c == 0x3001 || c == ',' || c == 0x300B || c == ')' || c == ';';
}

/* Only a line that ends like a document, or is the one heading of Markdown, can end a title. */
static bool best_run(const gw_lines *l, run *best)
{
	best->score = 0;
	for (uint32_t i = 0; i < l->body; i++) {
		run r = {i, i + 1, 0};
		if (!gw_line_is_titlish(l, &l->list.items[i]) || gw_line_is_note(l, l->list.items[i].span))
			continue;
		if (!has_type(l, l->list.items[i].span) && l->list.items[i].marker.hashes != 1)
			continue;
		extend_down(l, &r);
		while (goes_on(l, &r))
			r.from--;
		r.score = score_of(l, &r);
		/* The later of two equal ones stands nearer to the text. */
		if (!torn(l, &r) && r.score >= best->score && r.score > 0)
			*best = r;
	}
	return best->score > 0;
}

/* No line ends like a document: the first line that stands alone and is no fragment. */
static bool first_run(const gw_lines *l, run *best)
{
	for (uint32_t i = 0; i < l->body; i++) {
		const gw_line *line = &l->list.items[i];
		*best = (run){i, i + 1, 1};
		if (line->role != GW_LINE_TEXT)
			continue;
		if (!gw_line_is_titlish(l, line) || gw_line_is_note(l, line->span) || gw_span_len(line->span) < SHORT)
			return false;
		return !torn(l, best) && !gw_words_end(&l->words->title_tails, l->text->ch, line->span) &&
		       l->body < l->list.count;
	}
	return false;
}

/* The page's own heading above the document's title says the same; it is not the document's. */
static void drop_repeats(gw_lines *l, const run *r)
{
	for (uint32_t i = 0; i < r->from; i++)
		if (l->list.items[i].role == GW_LINE_TEXT &&
		        gw_same_title(l->text, l->list.items[i].span, run_span(l, r))) {
			/* A line below it that comes back too (by whom, where) goes with it. */
			if (i + 1 < r->from && r->to < l->list.count &&
			        gw_same_title(l->text, l->list.items[i + 1].span, l->list.items[r->to].span))
				l->list.items[i + 1].role = GW_LINE_FURNITURE;
			l->list.items[i].role = GW_LINE_FURNITURE;
		}
}

void gw_title_find(gw_lines *l, gw_document *d)
{
	run r = {0};
	if (!gw_span_empty(d->title)) {
		locate(l, d);
	} else if (best_run(l, &r) || first_run(l, &r)) {
		drop_repeats(l, &r);
		take(l, d, r.from, r.to);
	}
	if (gw_span_empty(d->title))
		return;
	gw_span type = gw_title_type(l->words, l->text, d->title);
	d->title_text = gw_span_source(l->arena, l->text, d->title);
	if (!gw_span_empty(type))
		d->type = gw_text_utf8(l->arena, l->text, type);
	gw_lines_find_body(l);
}
