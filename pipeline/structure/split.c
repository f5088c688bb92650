/* The stage `split`: one source to its documents.
 *
 * Nearly every source is one document, and cutting one in two is worse than leaving two together. So only two things
 * cut: a table of contents whose entries come back as titles, or a title block - a line that ends like a document, with
 * a note of adoption or a first chapter below it - after the document before has visibly ended. An annex, or a plan
 * that a letter sends along, is part of its document. */
#include "structure.h"

enum {
	CONTENTS_FROM = 60, /* a table of contents begins within the first lines */
	ENTRIES_MAX = 500,
	ENTRY_MAX = 100,
	TITLE_LINES = 3,
	LOST_MAX = 8, /* an entry may have lost so many characters at its begin (its number, a year) */
	NOTE_WITHIN = 2,
	MARKER_WITHIN = 6,
	BODY_LINES = 4 /* a document has at least so many lines */
};

typedef struct settings {
	const char *words;
} settings;

typedef GW_LIST(uint32_t) starts; /* lines at which documents begin */

/* ---- by the table of contents ---- */

static gw_span joined(const gw_lines *l, uint32_t from, uint32_t lines)
{
	return (gw_span){l->list.items[from].marker.body, l->list.items[from + lines - 1].span.end};
}

/* The number of lines from i on that are a title with the text of the entry, 0 for none. */
static uint32_t entry_at(const gw_lines *l, uint32_t i, gw_span entry)
{
	for (uint32_t n = 1; n <= TITLE_LINES && i + n <= l->list.count; n++) {
		if (!gw_line_is_titlish(l, &l->list.items[i + n - 1]))
			return 0;
		gw_span s = joined(l, i, n);
		uint32_t len = gw_span_len(s), want = gw_span_len(entry);
		if (len > want + 2 * LOST_MAX)
			return 0;
		if (gw_same_title(l->text, s, entry))
			return n;
		if (n == 1 && len > want && len <= want + LOST_MAX && want > LOST_MAX &&
		        gw_same_title(l->text, (gw_span){s.end - want, s.end}, entry))
			return n;
	}
	return 0;
}

/* An entry's own number is the table's: the document's title has none. */
static gw_span entry_text(const gw_lines *l, const gw_line *line)
{
	gw_span s = gw_contents_entry(l->text, line->span);
	if (line->marker.style == GW_STYLE_POINT || line->marker.style == GW_STYLE_PART ||
	        line->marker.style == GW_STYLE_ITEM)
		s.begin = line->marker.body < s.end ? line->marker.body : s.begin;
	return s;
}

/* The lines of the table: they have page numbers, or go up to where the first entry comes back. */
static uint32_t contents_end(const gw_lines *l, uint32_t head)
{
	uint32_t i = head + 1, numbered = 0;
	for (; i < l->list.count && i - head < ENTRIES_MAX; i++) {
		const gw_line *line = &l->list.items[i];
		if (gw_span_len(line->span) > ENTRY_MAX ||
		        gw_span_len(gw_contents_entry(l->text, line->span)) == gw_span_len(line->span))
			break;
		numbered++;
	}
	if (numbered >= 2)
		return i;
	gw_span first = head + 1 < l->list.count ? entry_text(l, &l->list.items[head + 1]) : (gw_span){0, 0};
	for (i = head + 2; i < l->list.count && i - head < ENTRIES_MAX; i++)
		if (gw_span_len(l->list.items[i].span) > ENTRY_MAX)
			return head;
		else if (gw_same_title(l->text, l->list.items[i].span, first))
			return i;
	return head;
}

/* Entries are looked for in their order, each behind the one before; what is not found is not there (an excerpt). */
static bool find_by_contents(const gw_lines *l, gw_arena *a, starts *out)
{
	uint32_t head = 0, typed = 0;
	while (head < l->list.count && head < CONTENTS_FROM && !gw_line_is_contents(l, l->list.items[head].span))
		head++;
	if (head >= l->list.count || head >= CONTENTS_FROM)
		return false;
	uint32_t end = contents_end(l, head), from = end;
	for (uint32_t e = head + 1; e < end; e++) {
		gw_span entry = entry_text(l, &l->list.items[e]);
		for (uint32_t i = from; i < l->list.count; i++) {
			uint32_t n = entry_at(l, i, entry);
			if (n == 0)
				continue;
			*GW_PUSH(a, out) = i;
			typed += !gw_span_empty(gw_title_type(l->words, l->text, joined(l, i, n)));
			from = i + n;
			break;
		}
	}
	/* Titles of documents end like documents; the headings of one document's chapters do not. */
	if (out->count >= 2 && typed * 2 >= out->count)
		return true;
	out->count = 0;
	return false;
}

/* ---- by title blocks ---- */

typedef struct block {
	uint32_t lines; /* of the title, (试行) included */
	gw_span title;
	bool noted;     /* a note of adoption stands below */
	gw_style first; /* a list that begins with one stands below: its style */
} block;

/* Whether a title stands at line i, and what stands below it. */
static bool read_block(const gw_lines *l, uint32_t i, block *b)
{
	*b = (block){0};
	for (uint32_t n = 1; n <= TITLE_LINES && !b->lines; n++) {
		if (i + n >= l->list.count || !gw_line_is_titlish(l, &l->list.items[i + n - 1]) ||
		        gw_line_is_note(l, l->list.items[i + n - 1].span))
			return false;
		b->title = joined(l, i, n);
		if (!gw_span_empty(gw_title_type(l->words, l->text, b->title)))
			b->lines = n;
	}
	if (!b->lines)
		return false;
	if (i + b->lines < l->list.count && gw_line_is_bracket(l->text, l->list.items[i + b->lines].span) &&
	        !gw_line_is_note(l, l->list.items[i + b->lines].span))
		b->lines++;
	for (uint32_t k = 0; k < MARKER_WITHIN && i + b->lines + k < l->list.count; k++) {
		const gw_line *line = &l->list.items[i + b->lines + k];
		gw_style s = line->marker.style;
		if (k < NOTE_WITHIN && gw_line_is_note(l, line->span))
			b->noted = true;
		if (!b->first && line->marker.ordinal == 1 && s >= GW_STYLE_BOOK && s <= GW_STYLE_PART)
			b->first = s;
	}
	return true;
}

/* Whether the text between two lines names the document: 现公布《…条例》. Then it is that document's annex. */
static bool is_named(const gw_lines *l, uint32_t from, uint32_t to, gw_span title)
{
	const uint32_t *ch = l->text->ch;
	uint32_t end = l->list.items[to].span.begin;
	for (uint32_t p = l->list.items[from].span.begin; p < end; p++) {
		uint32_t a = p, b = title.begin;
		while (a < end && b < title.end && (ch[a] == ch[b] || ch[b] == '\n')) {
			a += ch[a] == ch[b];
			b++;
		}
		if (b == title.end)
			return true;
	}
	return false;
}

typedef enum ending { NOT_ENDED, SIGNED, ENDED, PRINTED } ending;

/* How the document before has ended, by its last line. */
static ending how_ended(const gw_lines *l, uint32_t last)
{
	const gw_line *line = &l->list.items[last];
	const uint32_t *ch = l->text->ch;
	gw_span s = line->span;
	gw_date date;
	gw_span printed = gw_words_find(&l->words->printed, ch, s);
	if (!gw_span_empty(printed) && printed.begin < s.begin + 3 && gw_span_len(s) < 60)
		return PRINTED;
	if (gw_line_is_bracket(l->text, s) && gw_words_begin(&l->words->closings, ch, (gw_span){s.begin + 1, s.end}))
		return SIGNED;
	if (ch[s.end - 1] == 0x3002 && gw_words_end(&l->words->effective, ch, (gw_span){s.begin, s.end - 1}))
		return ENDED;
	return gw_line_is_date(l, s, &date) ? SIGNED : NOT_ENDED;
}

/* Behind 附件 come titles that are no documents' own. */
static bool has_annex(const gw_lines *l, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		gw_span s = l->list.items[i].span;
		uint32_t n = gw_words_begin(&l->words->annexes, l->text->ch, s);
		if (n && gw_span_len(s) <= n + 3)
			return true;
	}
	return false;
}

/* Numbering begins again: only where it had gone on before does this tell anything. */
static bool counted_on(const gw_lines *l, uint32_t from, uint32_t to, gw_style style)
{
	for (uint32_t i = from; i < to; i++)
		if (l->list.items[i].marker.style == style && l->list.items[i].marker.ordinal > 1)
			return true;
	return false;
}

/* Line i begins a new document, `begin` being where the one before began. */
static bool begins_next(const gw_lines *l, uint32_t begin, uint32_t i, const block *b)
{
	ending e = how_ended(l, i - 1);
	if (i < begin + BODY_LINES || e == NOT_ENDED || has_annex(l, begin, i + 1))
		return false;
	if (!b->noted && (e == SIGNED || !b->first || !counted_on(l, begin, i, b->first)))
		return false;
	/* A page that says where the text was printed has said all of it; else a document that names this one sends it
	 * along. */
	return e == PRINTED || !is_named(l, begin, i, b->title);
}

static bool find_by_titles(const gw_lines *l, gw_arena *a, starts *out)
{
	uint32_t begin = 0, first = GW_NONE;
	block b;
	for (uint32_t i = 0; i < l->list.count; i++) {
		if (!read_block(l, i, &b))
			continue;
		if (first == GW_NONE && (b.noted || b.first)) {
			first = begin = i; /* what is above it is the compilation's */
			*GW_PUSH(a, out) = i;
		} else if (i && begins_next(l, begin, i, &b)) {
			*GW_PUSH(a, out) = begin = i;
		}
	}
	return out->count >= 2;
}

/* ---- the stage ---- */

static void add_document(gw_source *s, gw_span span)
{
	gw_document *d = GW_PUSH(s->arena, &s->documents);
	d->source = s;
	d->part = s->documents.count;
	d->span = span;
	d->id = gw_str_of(gw_arena_printf(s->arena, "%.*s#%u", (int)s->path.len, s->path.ptr, d->part));
}

static gw_status source(const void *state, gw_source *s, gw_diag *diag)
{
	const gw_words *w = *(const gw_words *const *)state;
	gw_lines l;
	starts at = {0};
	(void)diag;
	gw_lines_cut(&l, &s->text, w, (gw_span){0, s->text.len}, s->arena);
	if (l.list.count == 0) {
		add_document(s, (gw_span){0, 0}); /* nothing but blanks: a document without facts, for it was there */
		return GW_OK;
	}
	if (!find_by_contents(&l, s->arena, &at) && !find_by_titles(&l, s->arena, &at)) {
		add_document(s, (gw_span){l.list.items[0].span.begin, l.list.items[l.list.count - 1].span.end});
		return GW_OK;
	}
	for (uint32_t i = 0; i < at.count; i++) {
		uint32_t last = i + 1 < at.count ? at.items[i + 1] - 1 : l.list.count - 1;
		add_document(s, (gw_span){l.list.items[at.items[i]].span.begin, l.list.items[last].span.end});
	}
	return GW_OK;
}

static const gw_option options[] = {{"words", GW_OPT_FILE, offsetof(settings, words), "structure/words.yaml", 0, 0,
                                            NULL, "Words of titles, notes and tables of contents."},
        {0}};

static gw_status open(const void *set, gw_knowledge *k, gw_arena *run, void **state, gw_diag *diag)
{
	(void)k; /* works on lines, before the words of the lexicons are looked for */
	const gw_words **keep = GW_NEW(run, const gw_words *);
	*keep = gw_words_load(((const settings *)set)->words, run, diag);
	*state = keep;
	return *keep ? GW_OK : GW_FAILED;
}

const gw_stage gw_stage_split = {
        .name = "split",
        .summary = "Finds the documents of a source: usually one, several in a compilation.",
        .reads = GW_HAS_FOLDED,
        .writes = GW_HAS_DOCUMENTS,
        .options = options,
        .settings_size = sizeof(settings),
        .open = open,
        .source = source,
};
