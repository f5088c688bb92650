/* Files put together from others: some lines in UTF-8, some in GB 18030 or Big5.
 *
 * Every line that is no ASCII is looked at by itself. It is taken out of the file's encoding only where that is certain:
 * it has characters that are none in the file's encoding, or is valid UTF-8 in a file that is not, or is Big5 by its
 * statistics in a file of GB 18030 or the other way round; and what another encoding makes of it weighs less by far.
 * Neighbours of one encoding are decoded together.
 *
 * In a file of GB 18030 without a bad byte, nearly all there is, only lines with what is rare in it are looked at until
 * one of them is something else: with bytes that no pair of GB 2312 has. UTF-8 and Big5 are full of them. */
#include "decoders.h"

#include "lanes.h"

enum {
	BIT = 8,
	MARGIN = 24 * BIT,
	HAN_LEAST = 2,
	PAIRS_LEAST = 5,    /* for the statistics of pairs */
	COMMON = 12 * BIT,
};

typedef struct stretch {
	const gw_decoder *decoder;
	const char *from, *to;
} stretch;

typedef GW_LIST(stretch) stretches;

static bool is_ascii(const char *p, const char *end)
{
	while (p < end && !(*p & 0x80))
		p++;
	return p == end;
}

static gw_weight weigh(const gw_decoder *d, const char *from, const char *to)
{
	return gw_weigh_as(d, (gw_str){from, (uint32_t)(to - from)});
}

static bool fits_far_better(const gw_weight *other, const gw_weight *own)
{
	return !other->bad && other->han >= HAN_LEAST && other->bits + MARGIN < own->bits;
}

/* GB 18030 and Big5 have nearly all codes in common, so no byte of a line needs to be bad in the other. But half of the
 * pairs of Big5 end in 40 to 7E, and none of GB 2312 does; what comes out is rare characters then. */
static const gw_decoder *pairs_decoder(const gw_decoder *own, const char *from, const char *to)
{
	const gw_decoder *other = own == &gw_decoder_gb18030 ? &gw_decoder_big5 : &gw_decoder_gb18030;
	const unsigned char *p = (const unsigned char *)from, *end = (const unsigned char *)to;
	size_t pairs = 0, rare = 0;
	while (p + 1 < end) {
		if (*p < 0x80) {
			p++;
			continue;
		}
		pairs++;
		rare += p[0] < 0xA1 || p[1] < 0xA1;
		p += 2;
	}
	bool alien = other == &gw_decoder_big5 ? rare * 5 >= pairs : !rare;
	if (pairs < PAIRS_LEAST || !alien)
		return own;
	gw_weight w = weigh(own, from, to);
	if (w.han * 2 > pairs && w.han_bits <= w.han * (uint64_t)COMMON)
		return own;
	gw_weight o = weigh(other, from, to);
	bool common = o.han * 2 >= pairs && o.han_bits <= o.han * (uint64_t)COMMON;
	return common && !o.bad && o.bits + MARGIN < w.bits ? other : own;
}

/* The encoding of one line, without its end. */
static const gw_decoder *line_decoder(const gw_decoder *own, const char *from, const char *to, bool any_bad)
{
	static const gw_decoder *const others[] = {&gw_decoder_utf8, &gw_decoder_gb18030, &gw_decoder_big5};
	bool valid = gw_utf8_valid(from, (size_t)(to - from));
	if (own == &gw_decoder_utf8 && valid)
		return own;
	gw_weight w = {0};
	if (!valid && !any_bad)
		return pairs_decoder(own, from, to);
	w = weigh(own, from, to);
	if (!valid && !w.bad)
		return pairs_decoder(own, from, to);
	const gw_decoder *best = own;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (others[i] == own || (others[i] == &gw_decoder_utf8 && !valid))
			continue;
		gw_weight o = weigh(others[i], from, to);
		if (fits_far_better(&o, &w)) {
			best = others[i];
			w.bits = o.bits + MARGIN;
		}
	}
	return best;
}

/* Cuts the text where the encoding changes; lines of ASCII go with what is before them. */
static void cut(
        const gw_decoder *own, const char *bytes, const char *end, bool any_bad, gw_arena *arena, stretches *out, gw_mixed *m)
{
	uint32_t line = 1;
	for (const char *p = bytes; p < end; line++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p)), *next = stop ? stop + 1 : end;
		const gw_decoder *d = own;
		if (!is_ascii(p, stop ? stop : end))
			d = line_decoder(own, p, stop ? stop : end, any_bad);
		else if (out->count)
			d = out->items[out->count - 1].decoder;
		if (d != own && !is_ascii(p, next)) {
			if (!m->lines++) {
				m->first_line = line;
				m->other = d->name;
			}
		}
		if (out->count && out->items[out->count - 1].decoder == d)
			out->items[out->count - 1].to = next;
		else
			*GW_PUSH(arena, out) = (stretch){d, p, next};
		p = next;
	}
}

/* In GB 18030 without a bad byte. */
static bool any_other(const char *bytes, const char *end)
{
	for (const char *p = bytes; p < end;) {
		/* 80 to A0, or 40 to 7E behind what is no ASCII */
		GW_LANES_SKIP(p, end,
		        ((gw_lanes_load(at) - 0x80) <= 0x20) | ((gw_lanes_load(at) >= 0x80) & ((gw_lanes_load(at + 1) - 0x40) <= 0x3E)))
		const char *before = memrchr(bytes, '\n', (size_t)(p - bytes)), *from = before ? before + 1 : bytes;
		for (const char *stop = gw_lanes_stop(p, end); p < stop && from < stop; from = p) {
			const char *newline = memchr(from, '\n', (size_t)(end - from)), *to = newline ? newline : end;
			if (!is_ascii(from, to) && line_decoder(&gw_decoder_gb18030, from, to, false) != &gw_decoder_gb18030)
				return true;
			p = newline ? newline + 1 : end;
		}
	}
	return false;
}

gw_mixed gw_mixed_decode(const gw_decoder *own, const char *bytes, size_t n, gw_arena *arena, const char **out,
        size_t *out_len, uint32_t *errors)
{
	gw_mixed m = {0};
	if (own != &gw_decoder_utf8 && own != &gw_decoder_gb18030 && own != &gw_decoder_big5)
		return m;
	if (own == &gw_decoder_gb18030 && !*errors && !any_other(bytes, bytes + n))
		return m;
	stretches list = {0};
	cut(own, bytes, bytes + n, *errors > 0, arena, &list, &m);
	if (!m.lines)
		return m;
	char *text = gw_arena_alloc(arena, 3 * n + 8);
	size_t len = 0;
	*errors = 0;
	gw_arena part;
	gw_arena_init(&part);
	for (uint32_t i = 0; i < list.count; i++) {
		const stretch *s = &list.items[i];
		const char *one;
		size_t one_len;
		uint32_t bad;
		s->decoder->decode(s->from, (size_t)(s->to - s->from), &part, &one, &one_len, &bad, NULL);
		memcpy(text + len, one, one_len);
		len += one_len;
		*errors += bad;
		gw_arena_reset(&part);
	}
	gw_arena_release(&part);
	*out = text;
	*out_len = len;
	return m;
}

const gw_decoder *gw_mixed_main(const char *bytes, size_t n)
{
	enum { LOOK = 1 << 16, BID_LEAST = 380 };
	const char *end = bytes + (n < LOOK ? n : LOOK);
	uint32_t utf8 = 0, gb = 0;
	for (const char *p = bytes; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		const char *to = stop ? stop : end;
		if (!is_ascii(p, to)) {
			gw_weight w = {0};
			if (gw_utf8_valid(p, (size_t)(to - p)))
				utf8++;
			else if (w = weigh(&gw_decoder_gb18030, p, to),
			        !w.bad && gw_bid_of(w.bits, (size_t)(to - p)) >= BID_LEAST)
				gb++;
			else if (stop || n <= LOOK)
				return NULL;
		}
		p = stop ? stop + 1 : end;
	}
	return utf8 && gb ? utf8 >= gb ? &gw_decoder_utf8 : &gw_decoder_gb18030 : NULL;
}
