/* Folds a decoded text into one code point an element, with the source position of each.
 *
 * Blanks are dropped but between two ASCII letters or digits, where a run of them becomes one ' ', and between the
 * number of an item and a digit ("1. 2025年" is not 1.2025).
 *
 * Hot path: simplified ideographs and printable ASCII are decided by a bit and a byte, only the rest asks gw_fold. Sizes
 * are known up front but for two rare things, characters that fold to several (⑴) and line ends other than LF and CR:
 * a first try has some room for them, and a text with more is counted and begun again. Measured: 0.6 GB/s of UTF-8 on
 * 24 MB of policy documents, where the eight bytes a character are mostly page faults, and 1.4 GB/s on one of 80 KB. */
#include "normalize.h"

#include "gw/fold.h"

typedef struct folder {
	const gw_text *t;
	const unsigned char *p, *end; /* the next character … */
	uint32_t pos;                 /* … is this one of the source */
	norm_text *out;
	uint32_t char_room, line_room;
	uint32_t blanks, break_at; /* blank lines and the first line end since the last line */
} folder;

static inline bool is_alnum(uint32_t c)
{
	return c - '0' < 10 || (c | 0x20) - 'a' < 26;
}

/* Is [p, end) the number of an item, "1." to "999."? */
static bool is_item_number(const uint32_t *p, const uint32_t *end)
{
	const uint32_t *digits = p;
	while (p < end && *p - '0' < 10)
		p++;
	return p > digits && p - digits <= 3 && p + 1 == end && *p == '.';
}

static inline bool blank_matters(const uint32_t *ch, uint32_t begin, uint32_t n, uint32_t right)
{
	if (n == begin || !is_alnum(right))
		return false;
	uint32_t left = ch[n - 1];
	return is_alnum(left) || (left == '.' && right <= '9' && is_item_number(ch + begin, ch + n));
}

/* The text is valid UTF-8, so nothing is checked. */
static inline uint32_t next(const unsigned char **p)
{
	const unsigned char *s = *p;
	if (s[0] < 0x80) {
		*p += 1;
		return s[0];
	}
	if (s[0] < 0xE0) {
		*p += 2;
		return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
	}
	if (s[0] < 0xF0) {
		*p += 3;
		return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
	}
	*p += 4;
	return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
}

/* Columns of a stretch: three bytes are a wide character, one byte is a narrow one. */
static uint32_t columns(const unsigned char *from, const unsigned char *to, uint32_t chars)
{
	return ((uint32_t)(to - from) + chars) / 2;
}

/* &nbsp; and its like, which pages leave in the text they are copied from, cut at times: the characters behind '&', 0 for
 * anything else. */
static uint32_t blank_entity(const unsigned char *p, const unsigned char *end)
{
	static const char *const names[] = {
	        "nbsp;", "bsp;", "sp;", "ensp;", "emsp;", "thinsp;", "#160;", "#xa0;", "#12288;", "#x3000;"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);
		if ((size_t)(end - p) >= n && memcmp(p, names[i], n) == 0)
			return (uint32_t)n;
	}
	return 0;
}

/* Folds from the first character of a line to its end. false: out of room. */
static bool fold_line(folder *f, uint32_t *n_io)
{
	uint32_t *ch = f->out->ch, *src = f->out->src;
	const unsigned char *p = f->p, *end = f->end, *blank_p = NULL;
	uint32_t n = *n_io, begin = n, pos = f->pos, blank = GW_NONE, out[4];
	unsigned m = 0;
	for (; p < end; pos++) {
		uint32_t c;
		if (*p >= 0xE4 && *p <= 0xE9) {
			c = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
			if (gw_fold_keeps(c)) {
				p += 3;
				ch[n] = c;
				src[n++] = pos;
				blank = GW_NONE;
				continue;
			}
		}
		const unsigned char *at = p;
		gw_fold_class cls = GW_FOLD_KEEP;
		if (*p - 0x21u < 0x5E) {
			uint32_t more;
			c = *p++;
			if (c == '&' && (more = blank_entity(p, end)) != 0) {
				if (blank == GW_NONE) {
					blank = pos;
					blank_p = at;
				}
				p += more;
				pos += more;
				continue;
			}
		} else {
			cls = gw_fold(next(&p), out, &m);
			c = out[0];
		}
		if (cls == GW_FOLD_KEEP || cls == GW_FOLD_MORE) {
			if (blank != GW_NONE && blank_matters(ch, begin, n, c)) {
				ch[n] = ' ';
				src[n++] = blank;
			}
			blank = GW_NONE;
			ch[n] = c;
			src[n++] = pos;
			if (cls == GW_FOLD_KEEP)
				continue;
			/* What is left of the source needs its room, one element a character. */
			if (f->char_room - n < f->t->char_count - pos + m)
				return false;
			for (unsigned i = 1; i < m; i++) {
				ch[n] = out[i];
				src[n++] = pos;
			}
		} else if (cls == GW_FOLD_BLANK && blank == GW_NONE) {
			blank = pos;
			blank_p = at;
		} else if (cls == GW_FOLD_BREAK) {
			p = at;
			break;
		}
	}
	norm_line *l = &f->out->lines[f->out->line_count - 1];
	l->width = l->indent + columns(f->p, blank == GW_NONE ? p : blank_p, (blank == GW_NONE ? pos : blank) - f->pos);
	l->end = n;
	f->p = p;
	f->pos = pos;
	*n_io = n;
	return true;
}

/* Passes over blanks and line ends to the next line's first character. false at the end of the text. */
static bool line_begin(folder *f, uint32_t *indent)
{
	const unsigned char *line = f->p;
	uint32_t line_pos = f->pos, out[4];
	unsigned m;
	while (f->p < f->end) {
		const unsigned char *at = f->p;
		uint32_t c = next(&f->p);
		gw_fold_class cls = gw_fold(c, out, &m);
		if (cls == GW_FOLD_KEEP || cls == GW_FOLD_MORE) {
			f->p = at;
			*indent = columns(line, at, f->pos - line_pos);
			return true;
		}
		if (cls == GW_FOLD_BREAK) {
			if (f->break_at == GW_NONE)
				f->break_at = f->pos;
			/* CR LF is one line end */
			if (!(c == '\r' && f->p < f->end && *f->p == '\n'))
				f->blanks++;
			line = f->p;
			line_pos = f->pos + 1;
		}
		f->pos++;
	}
	return false;
}

/* Written for 〇 between numerals: O and o, Latin, Greek and Cyrillic. 0 too, where the other three are numerals. */
static bool is_zero_like(uint32_t c)
{
	return c == 'O' || c == 'o' || c == '0' || c == 0x39F || c == 0x3BF || c == 0x41E || c == 0x43E;
}

static bool is_han_digit(uint32_t c)
{
	static const uint32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
	for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
		if (digits[i] == c)
			return true;
	return false;
}

/* 二O二五年, 二OO八年: the four signs before 年, one or two of them like a zero and the first a numeral. */
static void mend_years(uint32_t *ch, uint32_t n)
{
	enum { YEAR = 0x5E74 };
	for (uint32_t i = 3; n > 4 && (i = gw_char_find(ch, (gw_span){i + 1, n}, YEAR)) < n;) {
		if (!is_han_digit(ch[i - 4]))
			continue;
		unsigned digits = 0, zeros = 0;
		for (uint32_t k = i - 4; k < i; k++) {
			digits += is_han_digit(ch[k]);
			zeros += is_zero_like(ch[k]);
		}
		if (digits + zeros != 4 || zeros == 0 || zeros > 2)
			continue;
		for (uint32_t k = i - 4; k < i; k++)
			if (is_zero_like(ch[k]))
				ch[k] = 0x3007;
	}
}

static bool fold_all(folder *f)
{
	norm_text *o = f->out;
	uint32_t n = 0, indent;
	f->p = (const unsigned char *)f->t->bytes;
	f->end = f->p + f->t->byte_len;
	f->pos = 0;
	o->line_count = 0;
	for (;;) {
		f->blanks = 0;
		f->break_at = GW_NONE;
		if (!line_begin(f, &indent))
			break;
		if (o->line_count == f->line_room)
			return false;
		if (n) {
			o->ch[n] = '\n';
			o->src[n++] = f->break_at;
		}
		/* the first of the line ends closed the line before; the first line of all has none before it */
		uint32_t blanks = f->blanks - (n && f->blanks ? 1 : 0);
		o->lines[o->line_count++] = (norm_line){.begin = n, .indent = indent, .blanks = blanks};
		if (!fold_line(f, &n))
			return false;
	}
	o->len = n;
	o->src[n] = f->t->char_count;
	mend_years(o->ch, n);
	return true;
}

/* The room that is needed at most, counted. */
static void count_room(folder *f)
{
	const unsigned char *p = (const unsigned char *)f->t->bytes, *end = p + f->t->byte_len;
	uint32_t out[4];
	unsigned m;
	f->char_room = 8;
	f->line_room = 8;
	while (p < end) {
		gw_fold_class cls = gw_fold(next(&p), out, &m);
		f->char_room += m > 1 ? m : 1;
		f->line_room += cls == GW_FOLD_BREAK;
	}
}

static void make_room(folder *f, gw_arena *a)
{
	f->out->ch = GW_NEW_N(a, uint32_t, f->char_room);
	f->out->src = GW_RAW_N(a, uint32_t, f->char_room);
	f->out->lines = GW_RAW_N(a, norm_line, f->line_room);
}

void norm_fold(const gw_text *t, gw_arena *a, norm_text *out)
{
	folder f = {.t = t, .out = out};
	f.char_room = t->char_count + t->char_count / 32 + 64;
	f.line_room = t->line_count + 64;
	make_room(&f, a);
	if (fold_all(&f))
		return;
	count_room(&f);
	make_room(&f, a);
	fold_all(&f);
}
