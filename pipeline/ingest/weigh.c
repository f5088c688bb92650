/* How well a decoded text fits what documents consist of: its length in bits under a plain model of characters.
 *
 * Each character costs -log2 of its share, in eighths of a bit: ideographs by a generated table of their commonness,
 * others by what they are. The same bytes read in the right encoding cost least: Chinese in GB 18030 takes about five
 * bits a byte, read in any other about nine. No words, no pairs of characters: fifty bytes are enough. */
#include "decoders.h"

#include "decode/han_table.h"

enum {
	BIT = 8,
	HAN = 3,            /* three quarters of a text are ideographs */
	HAN_COUNT = 0x5200,
	BAD = 30 * BIT,
	BAD_END = 12 * BIT, /* a text that was cut off ends in half a character */
};

/* Small letters, digits and blanks 5 bits, capitals and signs 7, TAB 8, other controls 24, NUL 28. */
static const uint8_t ascii_bits[128] = {
	224, 192, 192, 192, 192, 192, 192, 192, 192, 64, 40, 192, 192, 40, 192, 192,
	192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192, 192,
	40, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
	40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 56, 56, 56, 56, 56, 56,
	56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
	56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
	56, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40,
	40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 56, 56, 56, 56, 192,
};

/* Stops, commas, brackets and quotes of Chinese text. */
static bool is_common_mark(uint32_t c)
{
	switch (c) {
	case 0x3001: /* 、 */
	case 0x3002: /* 。 */
	case 0xFF0C: /* ， */
	case 0xFF1A: /* ： */
	case 0xFF1B: /* ； */
	case 0xFF08: /* （ */
	case 0xFF09: /* ） */
	case 0x201C: /* “ */
	case 0x201D: /* ” */
	case 0x300A: /* 《 */
	case 0x300B: /* 》 */
	case 0x3000:
		return true;
	default:
		return false;
	}
}

static unsigned other_bits(uint32_t c)
{
	static const struct {
		uint32_t last;
		uint8_t bits;
	} blocks[] = {
	        {0x9F, 24}, {0x24F, 15}, {0x36F, 20}, {0x52F, 15}, {0x1FFF, 22}, {0x206F, 11}, {0x2BFF, 13},
	        {0x2E7F, 22}, {0x2FDF, 18}, {0x2FFF, 22}, {0x303F, 10}, {0x30FF, 14}, {0x312F, 18}, {0x31FF, 22},
	        {0x33FF, 15}, {0x4DFF, 20}, {0xABFF, 22}, {0xD7A3, 13}, {0xDFFF, 26}, {0xF8FF, 23}, {0xFAFF, 20},
	        {0xFE2F, 22}, {0xFE6F, 14}, {0xFEFF, 24}, {0xFF5E, 10}, {0xFFEF, 15}, {0xFFFF, 26}, {0x1EFFF, 23},
	        {0x1FAFF, 16}, {0x2FFFF, 22}, {0x10FFFF, 26},
	};
	for (size_t i = 0;; i++)
		if (c <= blocks[i].last)
			return blocks[i].bits * BIT;
}

unsigned gw_char_bits(uint32_t c)
{
	if (c - 0x4E00 < HAN_COUNT)
		return han_bits[c - 0x4E00] + HAN;
	if (c < 0x80)
		return ascii_bits[c];
	return is_common_mark(c) ? 6 * BIT : other_bits(c);
}

/* The place of an ideograph in the table, HAN_COUNT for all else. */
static inline uint32_t han_at(const unsigned char *p)
{
	uint32_t c = ((uint32_t)p[0] << 12 & 0xF000) | ((uint32_t)p[1] << 6 & 0xFC0) | (p[2] & 0x3F);
	bool three = p[0] >= 0xE4 && p[0] <= 0xE9 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
	return three && c - 0x4E00 < HAN_COUNT ? c - 0x4E00 : HAN_COUNT;
}

gw_weight gw_weigh_text(const char *utf8, size_t n)
{
	gw_weight w = {0};
	const char *p = utf8, *end = utf8 + n;
	bool letter = false;
	while (p < end) {
		uint32_t han = end - p >= 3 ? han_at((const unsigned char *)p) : HAN_COUNT;
		if (han < HAN_COUNT) {
			p += 3;
			letter = false;
			w.han++;
			w.han_bits += HAN + han_bits[han];
			continue; /* the usual case */
		}
		if (!(*p & 0x80)) {
			w.bits += ascii_bits[(unsigned char)*p++];
			letter = false;
			continue;
		}
		uint32_t c = gw_utf8_next(&p, end);
		if (c == 0xFFFD || c == UINT32_MAX) {
			w.bits += p < end ? BAD : BAD_END;
			w.bad += p < end;
			continue;
		}
		unsigned bits = gw_char_bits(c);
		/* Greek and Cyrillic come in words */
		bool now = c - 0x370 < 0x1C0;
		if (now && letter)
			bits = 6 * BIT;
		letter = now;
		w.bits += bits;
	}
	w.bits += w.han_bits;
	return w;
}

/* From the first byte that is no ASCII on, at a multiple of four for the wide encodings; longer where hardly any follow. */
gw_str gw_sample_take(const char *bytes, size_t n)
{
	enum { SHORT = 2048, LONG = 1 << 16, ENOUGH = 200 };
	size_t from = 0;
	while (from < n && !(bytes[from] & 0x80))
		from++;
	from = from < n ? from & ~(size_t)3 : 0;
	size_t len = n - from < SHORT ? n - from : SHORT, high = 0;
	for (size_t i = 0; i < len && high < ENOUGH; i++)
		high += (unsigned char)bytes[from + i] >> 7;
	if (high < ENOUGH)
		len = n - from < LONG ? n - from : LONG;
	return (gw_str){bytes + from, (uint32_t)len};
}

gw_weight gw_weigh_as(const gw_decoder *d, gw_str sample)
{
	gw_arena a;
	gw_arena_init(&a);
	const char *text;
	size_t len;
	uint32_t errors;
	d->decode(sample.ptr, sample.len, &a, &text, &len, &errors, NULL);
	gw_weight w = gw_weigh_text(text, len);
	gw_arena_release(&a);
	return w;
}

int gw_bid_of(uint64_t bits, size_t bytes)
{
	/* a tenth of a bit a byte makes ten points of difference; more than ten bits a byte are no bid */
	if (!bytes)
		return 0;
	uint64_t points = bits * 100 / (BIT * (uint64_t)bytes);
	return points >= GW_BID_SURE ? 0 : (int)(GW_BID_SURE - points);
}

int gw_bid_by_text(const gw_decoder *d, const char *bytes, size_t n)
{
	gw_str sample = gw_sample_take(bytes, n);
	return gw_bid_of(gw_weigh_as(d, sample).bits, sample.len);
}
