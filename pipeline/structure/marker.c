/* Markers at the begin of a line: 第三章 第五条 一、 (二) 1. 1.2.3 (1) ① ——.
 *
 * Only the syntax of numbering lives here; the units that count (章, 条 …) are words. A marker must be real: 1.5倍,
 * 2020年, 第五条规定的 and 一、二年级 begin with a number, but number nothing. */
#include "structure.h"
#include "gw/fold.h"

/* Chapters have titles, not sentences; a bare number heads a short line only. */
enum { CHAPTER_LINE_MAX = 60, WHOLE_LINE_MAX = 40, CIRCLE_FIRST = 0x2460, CIRCLE_LAST = 0x2473 };

typedef struct cursor {
	const gw_words *words;
	const gw_text *text;
	gw_span line;
	uint32_t pos;
} cursor;

/* 0 behind the line's end, which no marker has in it. */
static uint32_t at(const cursor *c, uint32_t pos)
{
	return pos < c->line.end ? c->text->ch[pos] : 0;
}

/* ---- numbers ---- */

static uint32_t han_digit(uint32_t c)
{
	static const uint32_t digits[] = {
	        0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
	for (uint32_t i = 0; i < 10; i++)
		if (digits[i] == c)
			return i;
	return c == 0x96F6 /* 零 */ ? 0 : GW_NONE;
}

/* 一 十二 二十 一百零三 一千二百六十; returns the number of characters, 0 for none. */
static uint32_t read_han(const cursor *c, uint32_t pos, uint32_t *value)
{
	uint32_t total = 0, digit = 0, n = 0;
	for (;; n++) {
		uint32_t ch = at(c, pos + n), d = han_digit(ch);
		uint32_t unit = ch == 0x5341 /* 十 */   ? 10
		                : ch == 0x767E /* 百 */ ? 100
		                : ch == 0x5343 /* 千 */ ? 1000
		                                        : 0;
		if (n > 8 || (d == GW_NONE && !unit))
			break;
		if (unit) {
			total += (digit || n ? digit : 1) * unit;
			digit = 0;
		} else {
			digit = digit * 10 + d; /* 二〇 is written by digits */
		}
	}
	*value = total + digit;
	return n > 8 ? 0 : n;
}

static uint32_t read_digits(const cursor *c, uint32_t pos, uint32_t *value)
{
	uint32_t n = 0;
	for (*value = 0; gw_is_digit(at(c, pos + n)); n++) {
		if (n == 4)
			return 0;
		*value = *value * 10 + at(c, pos + n) - '0';
	}
	return n;
}

/* ---- the kinds of markers; each returns the length, 0 for none ---- */

/* The unit behind 第三: the longest that fits, so that 分编 is not 编. */
static gw_style division_style(const cursor *c, uint32_t pos, uint32_t *len)
{
	static const gw_style styles[GW_DIVS] = {
	        GW_STYLE_BOOK, GW_STYLE_SUBBOOK, GW_STYLE_CHAPTER, GW_STYLE_SECTION, GW_STYLE_ARTICLE};
	gw_style best = GW_STYLE_NONE;
	*len = 0;
	for (int i = 0; i < GW_DIVS; i++) {
		uint32_t n = gw_words_begin(&c->words->divisions[i], c->text->ch, (gw_span){pos, c->line.end});
		if (n > *len) {
			*len = n;
			best = styles[i];
		}
	}
	return best;
}

/* A chapter's line is short and no sentence. An article's text may stand right behind the marker, since blanks
 * between Han characters are gone; where the source had one the marker is sure. */
static bool division_is_real(const cursor *c, gw_style style, uint32_t end)
{
	if (end == c->line.end)
		return true;
	uint32_t last = at(c, c->line.end - 1);
	if (style != GW_STYLE_ARTICLE)
		return gw_span_len(c->line) <= CHAPTER_LINE_MAX && last != 0x3002 && last != ';' && last != ',';
	return gw_text_gap(c->text, end) || at(c, end) == ' ' ||
	       !gw_words_begin(&c->words->not_behind_article, c->text->ch, (gw_span){end, c->line.end});
}

static uint32_t read_division(const cursor *c, gw_marker *m)
{
	if (at(c, c->pos) != 0x7B2C /* 第 */)
		return 0;
	uint32_t n = read_han(c, c->pos + 1, &m->ordinal), unit, more, ignored;
	if (n == 0)
		n = read_digits(c, c->pos + 1, &m->ordinal);
	if (n == 0)
		return 0;
	m->style = division_style(c, c->pos + 1 + n, &unit);
	if (m->style == GW_STYLE_NONE)
		return 0;
	uint32_t end = c->pos + 1 + n + unit;
	/* 第一百二十条之一 */
	if (m->style == GW_STYLE_ARTICLE && at(c, end) == 0x4E4B && (more = read_han(c, end + 1, &ignored)) != 0)
		end += 1 + more;
	return division_is_real(c, m->style, end) ? end - c->pos : 0;
}

/* 一、 一. 一) ; 一、二年级 is none. */
static uint32_t read_part(const cursor *c, gw_marker *m)
{
	uint32_t n = read_han(c, c->pos, &m->ordinal), next = 0;
	if (n == 0 || m->ordinal == 0)
		return 0;
	uint32_t stop = at(c, c->pos + n);
	if (stop == ')') {
		m->style = GW_STYLE_ITEM;
		return n + 1;
	}
	if (stop != 0x3001 && stop != '.')
		return 0;
	if (read_han(c, c->pos + n + 1, &next) && next == m->ordinal + 1)
		return 0;
	m->style = GW_STYLE_PART;
	return n + 1;
}

/* (一) (1), with a stop behind it perhaps. */
static uint32_t read_bracket(const cursor *c, gw_marker *m)
{
	if (at(c, c->pos) != '(')
		return 0;
	uint32_t n = read_han(c, c->pos + 1, &m->ordinal);
	m->style = GW_STYLE_ITEM;
	if (n == 0) {
		n = read_digits(c, c->pos + 1, &m->ordinal);
		m->style = GW_STYLE_BRACKET;
	}
	uint32_t end = c->pos + 1 + n;
	/* (2020) is a year, (100) perhaps an amount: no list is so long. */
	if (n == 0 || m->ordinal == 0 || m->ordinal > 200 || at(c, end) != ')' || end + 1 == c->line.end)
		return 0;
	return n + 2 + (at(c, end + 1) == 0x3001 || at(c, end + 1) == '.');
}

/* A blank, kept or dropped by the folding. */
static bool behind_gap(const cursor *c, uint32_t pos)
{
	return at(c, pos) == ' ' || gw_text_gap(c->text, pos);
}

/* 1.1 and 1.1.1, told from 1.5倍 by the blank behind them or a third number. */
static uint32_t read_decimal(const cursor *c, uint32_t first, gw_marker *m)
{
	uint32_t pos = c->pos + first, parts = 1, n;
	while (at(c, pos) == '.' && (n = read_digits(c, pos + 1, &m->ordinal)) != 0 && n <= 2 && parts < 5) {
		pos += 1 + n;
		parts++;
	}
	if (parts < 2 || pos == c->line.end || gw_is_digit(at(c, pos)) || (parts == 2 && !behind_gap(c, pos)))
		return 0;
	m->style = parts == 2 ? GW_STYLE_TENTH : GW_STYLE_HUNDREDTH;
	return pos - c->pos + (at(c, pos) == 0x3001 || at(c, pos) == '.');
}

/* 1. 1、 1) and, on a short line, 1 with a blank behind it. */
static uint32_t read_point(const cursor *c, gw_marker *m)
{
	uint32_t value, n = read_digits(c, c->pos, &value), decimals = n ? read_decimal(c, n, m) : 0;
	if (decimals || n == 0 || n > 3 || value == 0)
		return decimals;
	uint32_t stop = at(c, c->pos + n), next = at(c, c->pos + n + 1);
	m->ordinal = value;
	if (next == 0)
		return 0;
	if (stop == 0x3001 || (stop == '.' && !gw_is_digit(next))) {
		m->style = GW_STYLE_POINT;
		return n + 1;
	}
	/* 3.2024年, 4.12345热线: the point is a stop, for no number here has such a fraction. */
	uint32_t digits = 0;
	while (stop == '.' && gw_is_digit(at(c, c->pos + n + 1 + digits)))
		digits++;
	if (digits > 2) {
		m->style = GW_STYLE_POINT;
		return n + 1;
	}
	if (stop == ')') {
		m->style = GW_STYLE_HALF_BRACKET;
		return n + 1;
	}
	if (gw_is_han(stop == ' ' ? next : stop) && behind_gap(c, c->pos + n) &&
	        gw_span_len(c->line) <= WHOLE_LINE_MAX && !gw_ends_sentence(at(c, c->line.end - 1))) {
		m->style = GW_STYLE_WHOLE;
		return n;
	}
	return 0;
}

static uint32_t read_sign(const cursor *c, gw_marker *m)
{
	uint32_t ch = at(c, c->pos), n = 0;
	if (ch >= CIRCLE_FIRST && ch <= CIRCLE_LAST) {
		m->style = GW_STYLE_CIRCLE;
		m->ordinal = ch - CIRCLE_FIRST + 1;
		return 1;
	}
	while (at(c, c->pos + n) == '-')
		n++;
	/* A single hyphen may be anything (- 4 -); a single long dash of the source is a marker. */
	if (n == 0 || c->pos + n == c->line.end || (n == 1 && gw_source_char(c->text, c->pos) == '-'))
		return 0;
	if (n == 1 && !gw_is_han(at(c, c->pos + 1)))
		return 0;
	m->style = GW_STYLE_DASH;
	m->ordinal = 0;
	return n;
}

gw_marker gw_marker_read(const gw_words *w, const gw_text *t, gw_span line)
{
	static uint32_t (*const readers[])(const cursor *, gw_marker *) = {
	        read_division, read_part, read_bracket, read_point, read_sign};
	cursor c = {w, t, line, line.begin};
	gw_marker m = {0};
	/* Markdown: up to six '#', then a blank that folding may have dropped. */
	while (at(&c, c.pos) == '#' && m.hashes < 7) {
		c.pos++;
		m.hashes++;
	}
	while (m.hashes && at(&c, c.pos) == ' ')
		c.pos++;
	m.span = (gw_span){c.pos, c.pos};
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		uint32_t len = readers[i](&c, &m);
		if (len == 0)
			continue;
		m.span.end = m.body = c.pos + len;
		while (m.body < line.end && t->ch[m.body] == ' ')
			m.body++;
		return m;
	}
	m.style = GW_STYLE_NONE;
	m.ordinal = 0;
	m.body = c.pos;
	return m;
}
