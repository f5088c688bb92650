/* The tree of sections from the outline.
 *
 * Documents number in their own order: one has (一) above 1., another 1. above (一). So a branch is cut by the style
 * that stands highest in it - books, chapters and articles before all, the others in the order in which the branch
 * uses them - and each piece is cut again. */
#include "structure.h"

enum {
	DEPTH_MAX = 24,  /* deeper than any document; the cutting recurses */
	LOOK_AHEAD = 64, /* sections looked at to tell an inner list from a new beginning */
	JUMP_MAX = 1000  /* an ordinal that leaps further is a slip of the pen */
};

typedef struct tree {
	gw_lines *l;
	gw_mark_list marks;
} tree;

/* Styles of one class share a rank: the branch decides. */
int gw_style_rank(gw_style s)
{
	static const uint8_t rank[GW_STYLES] = {[GW_STYLE_ANNEX] = 1,
	        [GW_STYLE_BOOK] = 2,
	        [GW_STYLE_SUBBOOK] = 3,
	        [GW_STYLE_CHAPTER] = 4,
	        [GW_STYLE_SECTION] = 5,
	        [GW_STYLE_HEADLINE] = 5,
	        [GW_STYLE_ARTICLE] = 6,
	        [GW_STYLE_PART] = 6,
	        [GW_STYLE_PROSE] = 6,
	        [GW_STYLE_ITEM] = 7,
	        [GW_STYLE_POINT] = 7,
	        [GW_STYLE_WHOLE] = 7,
	        [GW_STYLE_TENTH] = 8,
	        [GW_STYLE_HUNDREDTH] = 9,
	        [GW_STYLE_BRACKET] = 10,
	        [GW_STYLE_HALF_BRACKET] = 10,
	        [GW_STYLE_CIRCLE] = 10,
	        [GW_STYLE_DASH] = 11,
	        [GW_STYLE_ROW] = 12};
	return rank[s];
}

/* The kinds of the published tables. An annex has none there: a headed paragraph comes nearest. */
static gw_section_kind kind_of(gw_style s)
{
	static const gw_section_kind kinds[GW_STYLES] = {[GW_STYLE_ANNEX] = GW_SEC_PARAGRAPH,
	        [GW_STYLE_BOOK] = GW_SEC_CHAPTER,
	        [GW_STYLE_SUBBOOK] = GW_SEC_CHAPTER,
	        [GW_STYLE_CHAPTER] = GW_SEC_CHAPTER,
	        [GW_STYLE_SECTION] = GW_SEC_CHAPTER,
	        [GW_STYLE_ARTICLE] = GW_SEC_ARTICLE,
	        [GW_STYLE_PART] = GW_SEC_PART,
	        [GW_STYLE_ITEM] = GW_SEC_ITEM,
	        [GW_STYLE_POINT] = GW_SEC_POINT,
	        [GW_STYLE_WHOLE] = GW_SEC_POINT,
	        [GW_STYLE_TENTH] = GW_SEC_POINT,
	        [GW_STYLE_HUNDREDTH] = GW_SEC_POINT,
	        [GW_STYLE_BRACKET] = GW_SEC_SUBPOINT,
	        [GW_STYLE_HALF_BRACKET] = GW_SEC_SUBPOINT,
	        [GW_STYLE_CIRCLE] = GW_SEC_SUBPOINT,
	        [GW_STYLE_DASH] = GW_SEC_DASH,
	        [GW_STYLE_HEADLINE] = GW_SEC_PARAGRAPH,
	        [GW_STYLE_PROSE] = GW_SEC_PARAGRAPH,
	        [GW_STYLE_ROW] = GW_SEC_POINT};
	return kinds[s];
}

/* ---- nesting ---- */

/* The style that stands highest in marks[from, to). Of equal rank the first one does, so the branch decides. */
static gw_style top_style(const tree *t, uint32_t from, uint32_t to)
{
	gw_style best = t->marks.items[from].style;
	for (uint32_t i = from + 1; i < to; i++)
		if (gw_style_rank(t->marks.items[i].style) < gw_style_rank(best))
			best = t->marks.items[i].style;
	return best;
}

static uint32_t next_of(const tree *t, uint32_t from, uint32_t to, gw_style s)
{
	while (from < to && t->marks.items[from].style != s)
		from++;
	return from;
}

/* Numbering begins again at `at`, behind a section numbered `last`. If it breaks off and the old one goes on with
 * last + 1, what was between is a list of that section: returns where the old one goes on, else `at`. */
static uint32_t inner_list_end(const tree *t, uint32_t at, uint32_t to, uint32_t last)
{
	uint32_t inner = 1, p = at;
	if (last == 0 || t->marks.items[at].ordinal != 1)
		return at;
	for (int step = 0; step < LOOK_AHEAD; step++) {
		p = next_of(t, p + 1, to, t->marks.items[at].style);
		if (p >= to)
			return at;
		if (t->marks.items[p].ordinal == inner + 1)
			inner++;
		else
			return t->marks.items[p].ordinal == last + 1 ? p : at;
	}
	return at;
}

/* Cuts marks[from, to) below `parent`. */
static void nest(tree *t, uint32_t from, uint32_t to, uint32_t parent, uint32_t depth)
{
	if (from >= to)
		return;
	gw_style top = depth < DEPTH_MAX ? top_style(t, from, to) : GW_STYLE_NONE;
	uint32_t at = top ? next_of(t, from, to, top) : to;
	if (!top)
		for (uint32_t i = from; i < to; i++) {
			t->marks.items[i].parent = parent;
			t->marks.items[i].depth = depth;
		}
	else
		nest(t, from, at, parent, depth); /* what stands before the first of them has lower styles */
	while (at < to) {
		gw_mark *m = &t->marks.items[at];
		m->parent = parent;
		m->depth = depth;
		uint32_t next = next_of(t, at + 1, to, top);
		if (next < to)
			next = inner_list_end(t, next, to, m->ordinal);
		nest(t, at + 1, next, at, depth + 1);
		at = next;
	}
}

/* ---- sections ---- */

/* Ids are paths of ordinals; where a number is missing, comes back or leaps it is counted on from the one before, so
 * that no two sections of a parent share one. */
static void number_sections(gw_lines *l, gw_document *d)
{
	uint32_t *last = GW_NEW_N(l->arena, uint32_t, d->sections.count + 1); /* by parent + 1 */
	for (uint32_t i = 0; i < d->sections.count; i++) {
		gw_section *s = &d->sections.items[i];
		if (s->kind == GW_SEC_PREAMBLE) {
			s->id = GW_STR("0");
			continue;
		}
		uint32_t *n = &last[s->parent == GW_NONE ? 0 : s->parent + 1];
		*n = s->ordinal > *n && s->ordinal - *n <= JUMP_MAX ? s->ordinal : *n + 1;
		char room[20];
		gw_str own = gw_digits(room, *n);
		s->id = s->parent == GW_NONE ? gw_arena_str(l->arena, own) : GW_JOIN(l->arena, d->sections.items[s->parent].id, GW_STR("."), own);
	}
}

/* Marks become sections; what stands above the first mark is the preamble. */
static void emit(const tree *t, gw_document *d)
{
	gw_lines *l = t->l;
	uint32_t first = t->marks.count ? t->marks.items[0].line : l->list.count;
	bool preamble = first > 0;
	if (preamble) {
		gw_section *s = GW_PUSH(l->arena, &d->sections);
		s->parent = GW_NONE;
		s->kind = GW_SEC_PREAMBLE;
		s->span = s->branch = (gw_span){l->list.items[0].span.begin, l->list.items[first - 1].span.end};
		s->marker = s->heading = (gw_span){s->span.begin, s->span.begin};
	}
	for (uint32_t i = 0; i < t->marks.count; i++) {
		const gw_mark *m = &t->marks.items[i];
		uint32_t end = i + 1 < t->marks.count ? m[1].line : l->list.count;
		gw_section *s = GW_PUSH(l->arena, &d->sections);
		s->parent = m->parent == GW_NONE ? GW_NONE : m->parent + preamble;
		s->depth = m->depth;
		s->kind = m->rest ? GW_SEC_PARAGRAPH : kind_of(m->style);
		s->ordinal = m->ordinal;
		s->span = s->branch = (gw_span){l->list.items[m->line].span.begin, l->list.items[end - 1].span.end};
		s->marker = m->marker;
		s->heading = m->heading;
	}
	/* Children stand behind their parents. */
	for (uint32_t i = d->sections.count; i-- > 0;) {
		gw_section *s = &d->sections.items[i];
		gw_section *up = s->parent == GW_NONE ? NULL : &d->sections.items[s->parent];
		if (up && up->branch.end < s->branch.end)
			up->branch.end = s->branch.end;
	}
	number_sections(l, d);
}

static void emit_cells(const gw_lines *l, gw_document *d)
{
	for (uint32_t i = 0; i < l->list.count; i++) {
		const gw_line *line = &l->list.items[i];
		if (gw_span_empty(line->header))
			continue;
		uint32_t section = gw_document_section_at(d, line->span.begin);
		*GW_PUSH(l->arena, &d->cells) = (gw_table_cell){line->span, line->header, section};
	}
}

/* Every line is a paragraph, those of the page's furniture too: positions must find one. */
static void emit_paragraphs(const gw_lines *l, gw_document *d)
{
	uint32_t section = 0;
	for (uint32_t i = 0; i < l->list.count; i++) {
		gw_span s = l->list.items[i].span;
		while (section + 1 < d->sections.count && d->sections.items[section + 1].span.begin <= s.begin)
			section++;
		*GW_PUSH(l->arena, &d->paragraphs) = s;
		*GW_PUSH(l->arena, &d->paragraph_section) = section;
	}
}

void gw_sections_build(gw_lines *l, gw_document *d)
{
	tree t = {l, gw_outline_find(l)};
	nest(&t, 0, t.marks.count, GW_NONE, 0);
	emit(&t, d);
	emit_paragraphs(l, d);
	emit_cells(l, d);
}
