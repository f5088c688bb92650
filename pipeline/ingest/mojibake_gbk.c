/* UTF-8 that was shown as GBK: 政府 as 鏀垮簻, 人民政府。 as 浜烘皯鏀垮簻銆�
 *
 * Three bytes of a character and two of a pair do not go together, so of each run with an odd number of characters the
 * last one is cut in two: its first part is a pair with the one before or stands alone, its last byte became U+FFFD or
 * "?", or a pair with the letter behind it. A line is turned back into the bytes that it was made of; where they are
 * UTF-8 again, from the beginning of a pair to the end of one, and what they say is common ideographs and weighs less by
 * far, the line is made good. A character that lost its last byte is one U+FFFD then.
 *
 * Half of all ideographs become signs with the radical for metal (U+9200 to U+947F), of which Chinese text of today has
 * hardly one. Lines without them are looked at only once a line with them has turned out to be such a text. */
#include "decoders.h"

#include "lanes.h"

enum {
	BIT = 8,
	MARGIN = 20 * BIT,
	COMMON = 12 * BIT, /* what an ideograph may weigh on average */
	LOST = 0xFF,       /* stands for a byte that is gone; no byte of a pair */
	EURO = 0x20AC,
	READ_MOST = 16, /* so many times a line is read at most, whatever it holds */
};

typedef struct mender {
	gw_arena scratch, once; /* a line; the pairs */
	gw_buf out;
	gw_mojibake *found;
	const uint16_t *pairs; /* of each character of the basic plane, 0: none; made when they are needed first */
	const char *begin, *kept;
	bool repair, wide; /* wide: shown by a decoder that knows every pair */
} mender;

/* A line as the bytes that it was made of. */
typedef struct bytes {
	unsigned char *byte;
	const char **at; /* the character that begins with this byte; NULL for the second one of a pair */
	size_t n;
} bytes;

/* What a stretch of them says. */
typedef struct saying {
	const char *text;
	size_t len, end; /* its bytes; where it ends in the bytes of the line */
	uint32_t chars, han, han_bits, bits, lost; /* chars: those that are no ASCII */
} saying;

static void bytes_add(bytes *b, unsigned byte, const char *at)
{
	b->byte[b->n] = (unsigned char)byte;
	b->at[b->n++] = at;
}

/* From p on as far as there are pairs; returns the end. */
static const char *to_bytes(const mender *m, const char *p, const char *end, bytes *b)
{
	while (p < end) {
		const char *at = p;
		uint32_t c = gw_utf8_next(&p, end);
		uint16_t pair = c < 0x10000 ? m->pairs[c] : 0;
		if (c <= 0x80 || c == 0xFFFD || c == EURO) {
			bytes_add(b, c <= 0x80 ? c : c == EURO ? 0x80 : LOST, at);
		} else if (pair) {
			bytes_add(b, pair >> 8, at);
			bytes_add(b, pair & 0xFF, NULL);
		} else {
			return at;
		}
	}
	return p;
}

/* A character without its last bytes, and what stands in their place; *rest is behind it. */
static bool cut(const unsigned char *p, const unsigned char *end, const char **rest)
{
	unsigned should = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1, has = 0;
	if (*p < 0xC2 || *p >= 0xF5)
		return false;
	while (has < should && p + 1 + has < end && (p[1 + has] & 0xC0) == 0x80)
		has++;
	const unsigned char *q = p + 1 + has;
	bool marked = q < end && (*q == LOST || *q == '?');
	*rest = (const char *)q + marked;
	return has < should && (marked || q == end);
}

static void say(saying *s, char **to, uint32_t c)
{
	unsigned bits = gw_char_bits(c);
	*to += gw_utf8_put(*to, c);
	s->bits += bits;
	s->chars += c >= 0x80;
	if (c - 0x4E00 < 0x5200) {
		s->han++;
		s->han_bits += bits;
	}
}

/* 80 is the one byte of UTF-8 that never begins a pair. Where a byte is gone and what is behind it could have been its
 * other half, it was an 80, if only the decoder knew every pair; and in punctuation (E2, E3) it is one anyway. */
static bool filled(const mender *m, unsigned char *p, const unsigned char *end)
{
	unsigned char *gap = memchr(p, LOST, end - p < 3 ? (size_t)(end - p) : 3), *behind = gap;
	while (behind && behind < end && *behind == LOST)
		behind++;
	if (!gap || gap == p || behind - gap > 2 || behind == end || *behind < 0x40 ||
	        !(m->wide || *p == 0xE2 || *p == 0xE3))
		return false;
	const char *q = (const char *)p;
	memset(gap, 0x80, (size_t)(behind - gap));
	if (gw_utf8_next(&q, (const char *)end) != UINT32_MAX && q >= (const char *)behind)
		return true;
	memset(gap, LOST, (size_t)(behind - gap));
	return false;
}

/* Reads UTF-8 from `from` on into `text`. What is behind the last whole pair at which a character ends, is left out. */
static saying read_on(const mender *m, const bytes *b, size_t from, char *text, size_t *read)
{
	unsigned char *p = b->byte + from, *end = b->byte + b->n;
	char *to = text;
	saying now = {.text = text}, good = now;
	while (p < end) {
		uint32_t c = *p;
		if (c < 0x80) {
			p++;
			say(&now, &to, c);
			continue; /* none of it unless something comes behind */
		}
		const char *q = (const char *)p;
		c = gw_utf8_next(&q, (const char *)end);
		if (c == UINT32_MAX && filled(m, p, end))
			c = gw_utf8_next((q = (const char *)p, &q), (const char *)end);
		if (c == UINT32_MAX && !cut(p, end, &q))
			break;
		if (c == 0xFFFD || c == UINT32_MAX) {
			now.lost++;
			to += gw_utf8_put(to, 0xFFFD);
		} else {
			say(&now, &to, c);
		}
		p = b->byte + (q - (const char *)b->byte);
		if (p == end || b->at[p - b->byte]) {
			now.len = (size_t)(to - text);
			now.end = (size_t)(p - b->byte);
			good = now;
		}
	}
	*read += (size_t)(p - b->byte) - from + 1;
	return good;
}

/* The first of a text has to say more than those after it. */
static bool is_common(const saying *s, bool first)
{
	return s->chars >= 2 && s->han >= (first ? 2 : 1) && s->han_bits <= s->han * COMMON;
}

/* What stands there now. */
static uint32_t weight(const char *p, const char *end)
{
	uint32_t bits = 0;
	while (p < end) {
		uint32_t c = gw_utf8_next(&p, end);
		bits += c == 0xFFFD ? 0 : gw_char_bits(c);
	}
	return bits;
}

static void note(mender *m, const saying *s, const char *from, const char *to)
{
	gw_mojibake *f = m->found;
	if (!f->repaired && !f->seen) {
		f->first = (size_t)(from - m->begin);
		f->really = "UTF-8";
		f->shown = "GBK";
	}
	/* where more is lost than is there, nobody is helped */
	if (!m->repair || s->lost > s->han) {
		f->seen++;
		return;
	}
	f->repaired++;
	if (s->lost && !f->lost)
		f->first_lost = f->first;
	f->lost += s->lost;
	gw_buf_add(&m->out, m->kept, (size_t)(from - m->kept));
	gw_buf_add(&m->out, s->text, s->len);
	m->kept = to;
}

/* Only what begins like an ideograph or a full-width mark is worth a try. */
static bool may_begin(const bytes *b, size_t i)
{
	return b->at[i] && b->byte[i] >= 0xE2 && b->byte[i] <= 0xEF && b->byte[i + 1] >= 0x80 && b->byte[i + 1] <= 0xBF;
}

/* The bytes of what ends at `stop`; true when something of it is no GBK at all. */
static bool bytes_mend(mender *m, const bytes *b, const char *stop, bool only_look)
{
	char *text = gw_arena_alloc(&m->scratch, b->n * 3 + 4);
	size_t read = 0;
	bool any = false;
	for (size_t i = 0; i < b->n && read < READ_MOST * b->n;) {
		saying s = {0};
		const char *to = NULL;
		if (may_begin(b, i)) {
			s = read_on(m, b, i, text, &read);
			to = s.end == b->n ? stop : b->at[s.end];
		}
		if (!is_common(&s, only_look) || s.bits + MARGIN >= weight(b->at[i], to)) {
			i++;
			continue;
		}
		any = true;
		if (only_look)
			break;
		note(m, &s, b->at[i], to);
		i = s.end;
	}
	return any;
}

/* Makes a line good, or only says whether there is something to be made good. */
static bool line_mend(mender *m, const char *p, const char *end, bool only_look)
{
	bool any = false;
	if (!m->pairs)
		m->pairs = gw_gbk_pairs(&m->once);
	while (p < end && !(any && only_look)) {
		size_t room = (size_t)(end - p) + 1;
		bytes b = {gw_arena_alloc(&m->scratch, room), gw_arena_alloc(&m->scratch, room * sizeof(char *)), 0};
		p = to_bytes(m, p, end, &b);
		any |= bytes_mend(m, &b, p, only_look);
		if (p < end)
			(void)gw_utf8_next(&p, end);
		gw_arena_reset(&m->scratch);
	}
	return any;
}

static const char *line_begin(const char *text, const char *p)
{
	const char *before = memrchr(text, '\n', (size_t)(p - text));
	return before ? before + 1 : text;
}

static const char *line_stop(const char *p, const char *end)
{
	const char *stop = memchr(p, '\n', (size_t)(end - p));
	return stop ? stop : end;
}

/* The next of the signs with the radical for metal, or the end. 鉴 (E9 89 B4), the one that is common, is not made of
 * bytes of UTF-8. */
static const char *metal_next(const char *p, const char *end)
{
	while (p < end) {
		GW_LANES_SKIP(p, end, GW_LANES_METAL(at))
		for (const char *stop = gw_lanes_stop(p, end); p < stop; p++)
			if ((unsigned char)*p == 0xE9 && end - p > 2 && (unsigned char)p[1] - 0x88u < 10 &&
			        !(p[1] == '\x89' && p[2] == '\xB4'))
				return p;
	}
	return end;
}

/* Characters for private use stand for pairs that older decoders do not know. */
static bool has_private(const char *p, const char *end)
{
	for (; p < end && (p = memchr(p, 0xEE, (size_t)(end - p))) != NULL; p++)
		if (end - p > 2 && (unsigned char)p[1] < 0xA0)
			return true;
	return false;
}

static bool is_among(mender *m, const char *text, const char *from, const char *end)
{
	for (const char *p = from; (p = metal_next(p, end)) < end;) {
		const char *stop = line_stop(p, end);
		if (line_mend(m, line_begin(text, p), stop, true))
			return true;
		p = stop;
	}
	return false;
}

void gw_mojibake_mend_gbk(
        const char **text, size_t *len, const char *from, bool repair, gw_arena *arena, gw_mojibake *found)
{
	const char *end = *text + *len;
	mender m = {.found = found, .begin = *text, .kept = *text, .repair = repair};
	gw_arena_init(&m.scratch);
	gw_arena_init(&m.once);
	gw_buf_init(&m.out);
	if (is_among(&m, *text, from, end)) {
		m.wide = has_private(*text, end);
		for (const char *p = *text; p < end;) {
			const char *stop = line_stop(p, end);
			line_mend(&m, p, stop, false);
			p = stop + (stop < end);
		}
	}
	if (found->repaired) {
		gw_buf_add(&m.out, m.kept, (size_t)(end - m.kept));
		*text = gw_arena_str(arena, (gw_str){m.out.ptr, (uint32_t)m.out.len}).ptr;
		*len = m.out.len;
	}
	gw_buf_release(&m.out);
	gw_arena_release(&m.once);
	gw_arena_release(&m.scratch);
}
