/* Positions in a text, sentences, clauses; the names of the enumerations as they are published. */
#include "gw/source.h"

#include <assert.h>
#include <wchar.h>

const char *const gw_section_kind_names[GW_SEC_KINDS] = {
        "preamble", "chapter", "article", "part", "item", "point", "subpoint", "dash", "paragraph"};
const char *const gw_op_names[GW_OPS] = {"=", ">=", ">", "<=", "<", "~", "range"};
const char *const gw_time_role_names[GW_TIME_ROLES] = {
        "deadline", "schedule", "effective", "adopted", "issued", "past", "reference", "period", "limit"};
const char *const gw_relation_names[GW_RELS] = {"", "by", "within", "in", "from", "until", "at", "range", "after"};
const char *const gw_duty_role_names[GW_DUTY_ROLES] = {
        "lead", "responsible", "support", "member", "supervise", "interpret"};

/* ---- positions ---- */

/* Byte offset of a source character: a jump to the nearest mark, then a few steps. */
static uint32_t byte_of(const gw_text *t, uint32_t source_char)
{
	if (source_char >= t->char_count)
		return t->byte_len;
	uint32_t at = t->byte_at[source_char / GW_BYTE_STEP];
	for (uint32_t left = source_char % GW_BYTE_STEP; left; left--) {
		unsigned char c = (unsigned char)t->bytes[at];
		at += c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	}
	return at;
}

gw_str gw_source_slice(const gw_text *t, uint32_t char_start, uint32_t char_end)
{
	uint32_t begin = byte_of(t, char_start);
	uint32_t end = char_end > char_start ? byte_of(t, char_end) : begin;
	return (gw_str){t->bytes ? t->bytes + begin : "", end - begin};
}

uint32_t gw_source_line(const gw_text *t, uint32_t source_char)
{
	/* The last line that begins at or before the character. */
	uint32_t low = 0, high = t->line_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (t->line_start[middle] <= source_char)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

/* The same, where it is likely to be the line `near` or one of the next. */
static uint32_t line_near(const gw_text *t, uint32_t source_char, uint32_t near)
{
	enum { NEXT = 4 };
	if (near < 1 || near > t->line_count || t->line_start[near - 1] > source_char)
		return gw_source_line(t, source_char);
	for (uint32_t line = near; line < near + NEXT; line++)
		if (line == t->line_count || t->line_start[line] > source_char)
			return line;
	return gw_source_line(t, source_char);
}

gw_place_in_text gw_source_place(const gw_text *t, gw_span s)
{
	return gw_source_place_near(t, s, 0);
}

gw_place_in_text gw_source_place_near(const gw_text *t, gw_span s, uint32_t line)
{
	gw_place_in_text p;
	p.char_start = t->src[s.begin < t->len ? s.begin : t->len];
	/* Ends behind the last character that was kept: blanks and line ends dropped behind it are not part of it. */
	p.char_end = gw_span_empty(s) ? p.char_start : t->src[(s.end < t->len ? s.end : t->len) - 1] + 1;
	p.line = line_near(t, p.char_start, line);
	p.text = gw_source_slice(t, p.char_start, p.char_end);
	return p;
}

gw_str gw_text_utf8(gw_arena *a, const gw_text *t, gw_span s)
{
	size_t bytes = 0;
	for (uint32_t i = s.begin; i < s.end; i++)
		bytes += t->ch[i] < 0x80 ? 1 : t->ch[i] < 0x800 ? 2 : t->ch[i] < 0x10000 ? 3 : 4;
	char *text = gw_arena_alloc(a, bytes + 4), *p = text;
	for (uint32_t i = s.begin; i < s.end; i++)
		p += gw_utf8_put(p, t->ch[i]);
	return (gw_str){text, (uint32_t)bytes};
}

uint32_t gw_char_find(const uint32_t *ch, gw_span in, uint32_t c)
{
	static_assert(sizeof(wchar_t) == sizeof *ch, "wmemchr looks for code points");
	const wchar_t *at = gw_span_empty(in) ? NULL : wmemchr((const wchar_t *)(ch + in.begin), (wchar_t)c, in.end - in.begin);
	return at ? (uint32_t)((const uint32_t *)at - ch) : in.end;
}

/* ---- the section and the paragraph of a position ---- */

uint32_t gw_document_section_at(const gw_document *d, uint32_t pos)
{
	uint32_t low = 0, high = d->sections.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const gw_span *s = &d->sections.items[middle].span;
		if (pos < s->begin)
			high = middle;
		else if (pos >= s->end)
			low = middle + 1;
		else
			return middle;
	}
	return GW_NONE;
}

uint32_t gw_document_paragraph_at(const gw_document *d, uint32_t pos)
{
	uint32_t low = 0, high = d->paragraphs.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const gw_span *s = &d->paragraphs.items[middle];
		if (pos < s->begin)
			high = middle;
		else if (pos >= s->end)
			low = middle + 1;
		else
			return middle;
	}
	return GW_NONE;
}

const gw_table_cell *gw_document_cell_at(const gw_document *d, uint32_t pos)
{
	uint32_t low = 0, high = d->cells.count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const gw_table_cell *c = &d->cells.items[middle];
		if (pos < c->span.begin)
			high = middle;
		else if (pos >= c->span.end)
			low = middle + 1;
		else
			return c;
	}
	return NULL;
}

/* ---- sentences and clauses ---- */

enum { ENDS_SENTENCE = 1, ENDS_CLAUSE = 2, OPENS = 4, CLOSES = 8 };

/* What a sign does; most characters are none. */
static unsigned sign_of(uint32_t c)
{
	static const uint8_t ascii[128] = {['!'] = ENDS_SENTENCE, ['?'] = ENDS_SENTENCE, [';'] = ENDS_SENTENCE, ['\n'] = ENDS_SENTENCE,
		[','] = ENDS_CLAUSE, ['('] = OPENS, ['['] = OPENS, [')'] = CLOSES, [']'] = CLOSES};
	static const uint8_t han[] = {ENDS_CLAUSE, ENDS_SENTENCE, 0, 0, 0, 0, 0, OPENS, CLOSES, OPENS, CLOSES}; /* 、。〈〉《》 */
	if (c >= 0x3001 + sizeof han)
		return 0;
	if (c < 128)
		return ascii[c];
	return c >= 0x3001 ? han[c - 0x3001] : 0;
}

/* ---- the signs that are looked for from afar ----
 * A sentence and a title are longer than a word of 64 bits more often than not, so looking for their edges takes two or
 * three looks instead of one a character. */

const uint64_t *gw_text_signs(gw_arena *a, const uint32_t *ch, uint32_t len)
{
	enum { LAST = 0x300B };
	uint64_t *signs = GW_NEW_N(a, uint64_t, len / 64 + 1);
	for (uint32_t i = 0; i < len; i++)
		if (ch[i] <= LAST && (ch[i] >= 0x300A || sign_of(ch[i]) & ENDS_SENTENCE))
			signs[i / 64] |= (uint64_t)1 << i % 64;
	return signs;
}

uint32_t gw_text_last_sign(const gw_text *t, gw_span in)
{
	if (gw_span_empty(in))
		return GW_NONE;
	uint32_t word = (in.end - 1) / 64;
	uint64_t bits = t->signs[word] & UINT64_MAX >> (63 - (in.end - 1) % 64);
	while (!bits && word > in.begin / 64)
		bits = t->signs[--word];
	uint32_t at = bits ? word * 64 + 63 - (uint32_t)__builtin_clzll(bits) : 0;
	return bits && at >= in.begin ? at : GW_NONE;
}

uint32_t gw_text_first_sign(const gw_text *t, gw_span in)
{
	if (gw_span_empty(in))
		return GW_NONE;
	uint32_t word = in.begin / 64;
	uint64_t bits = t->signs[word] & UINT64_MAX << in.begin % 64;
	while (!bits && word < (in.end - 1) / 64)
		bits = t->signs[++word];
	uint32_t at = bits ? word * 64 + (uint32_t)__builtin_ctzll(bits) : 0;
	return bits && at < in.end ? at : GW_NONE;
}

/* The paragraph round a position; without paragraphs (not yet cut) the document, where '\n' ends a sentence anyway. */
static gw_span room(const gw_document *d, gw_span at)
{
	uint32_t i = gw_document_paragraph_at(d, at.begin);
	gw_span r = i == GW_NONE ? d->span : d->paragraphs.items[i];
	if (r.begin > at.begin)
		r.begin = at.begin;
	if (r.end < at.end)
		r.end = at.end;
	return r;
}

/* No sentence reaches further from a fact than this. Text without any stop (a megabyte of dates) would else be walked through
 * whole for each fact in it. */
enum { SENTENCE_REACH = 1000 };

gw_span gw_document_room_of_sentence(const gw_document *d, gw_span at)
{
	gw_span r = room(d, at);
	if (at.begin - r.begin > SENTENCE_REACH)
		r.begin = at.begin - SENTENCE_REACH;
	if (r.end - at.end > SENTENCE_REACH)
		r.end = at.end + SENTENCE_REACH;
	return r;
}

gw_span gw_document_sentence(const gw_document *d, gw_span at)
{
	const gw_text *t = &d->source->text;
	gw_span r = gw_document_room_of_sentence(d, at), s = r;
	uint32_t left = at.begin, right = at.end;
	while ((left = gw_text_last_sign(t, (gw_span){r.begin, left})) != GW_NONE)
		if (sign_of(t->ch[left]) & ENDS_SENTENCE) {
			s.begin = left + 1;
			break;
		}
	while ((right = gw_text_first_sign(t, (gw_span){right, r.end})) != GW_NONE)
		if (sign_of(t->ch[right++]) & ENDS_SENTENCE) {
			s.end = right - 1;
			break;
		}
	return s;
}

/* A bracket that stands whole between the span and an edge is passed over with all commas in it; the bracket that holds
 * the span is an edge itself. Brackets never reach beyond the sentence, so one left open cannot swallow the text. */
gw_span gw_document_clause_in(const gw_document *d, gw_span at, gw_span sentence)
{
	const uint32_t *ch = d->source->text.ch;
	gw_span s = at;
	for (uint32_t depth = 0; s.begin > sentence.begin; s.begin--) {
		unsigned sign = sign_of(ch[s.begin - 1]);
		if (!depth && sign & (OPENS | ENDS_CLAUSE))
			break;
		depth += sign & CLOSES ? 1 : 0;
		depth -= sign & OPENS ? 1 : 0;
	}
	for (uint32_t depth = 0; s.end < sentence.end; s.end++) {
		unsigned sign = sign_of(ch[s.end]);
		if (!depth && sign & (CLOSES | ENDS_CLAUSE))
			break;
		depth += sign & OPENS ? 1 : 0;
		depth -= sign & CLOSES ? 1 : 0;
	}
	return s;
}

gw_span gw_document_clause(const gw_document *d, gw_span at)
{
	return gw_document_clause_in(d, at, gw_document_sentence(d, at));
}
