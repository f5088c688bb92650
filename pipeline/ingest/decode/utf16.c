/* UTF-16, both byte orders. */
#include "../decoders.h"

static inline uint32_t unit(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* What only UTF-16 can be: ASCII with a zero beside it, and the commonest punctuation. */
static inline bool is_telling(uint32_t c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == 0x3001 || c == 0x3002 || c == 0xFF0C ||
	       c == 0xFF1A;
}

/* The share of units that Chinese or English text is made of. GB 18030 and UTF-8 taken for UTF-16 fall among Hangul and
 * private use; letters of one byte taken for it look like Han, so something telling must be among them. */
static int bid(const char *bytes, size_t n, bool big)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t units = (n < 1 << 18 ? n : 1 << 18) / 2, good = 0, bad = 0,
	       telling = 0; /* a quarter of a megabyte tells */
	if (units == 0)
		return 0;
	for (size_t i = 0; i < units; i++) {
		uint32_t c = unit(p + 2 * i, big);
		good += (c >= 0x20 && c < 0x7F) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x2010 && c <= 0x206F) ||
		        (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFF5E) || c == '\n' || c == '\r' ||
		        c == '\t';
		telling += is_telling(c);
		bad += c == 0 || c >= 0xFFFE;
	}
	if (bad * 100 > units || good * 10 < units * 7 || telling * 100 < units || !telling)
		return 0;
	return (int)(good * 950 / units);
}

static int bid_le(const char *bytes, size_t n)
{
	return bid(bytes, n, false);
}

static int bid_be(const char *bytes, size_t n)
{
	return bid(bytes, n, true);
}

static gw_status decode(
        const char *bytes, size_t n, bool big, gw_arena *arena, const char **out, size_t *out_len, uint32_t *errors)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	/* A unit becomes at most three bytes, a pair of surrogates four; an odd byte at the end a replacement. */
	char *text = gw_arena_alloc(arena, n / 2 * 3 + 8), *to = text;
	*errors = 0;
	while (end - p >= 2) {
		uint32_t c = unit(p, big);
		p += 2;
		if ((c & 0xF800) == 0xD800) {
			uint32_t low = end - p >= 2 ? unit(p, big) : 0;
			if (c < 0xDC00 && (low & 0xFC00) == 0xDC00) {
				c = 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF);
				p += 2;
			} else {
				c = 0xFFFD;
				++*errors;
			}
		}
		to += gw_utf8_put(to, c);
	}
	if (p < end) {
		to += gw_utf8_put(to, 0xFFFD);
		++*errors;
	}
	*out = text;
	*out_len = (size_t)(to - text);
	return GW_OK;
}

static gw_status decode_le(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len,
        uint32_t *errors, gw_diag *diag)
{
	(void)diag;
	return decode(bytes, n, false, arena, out, out_len, errors);
}

static gw_status decode_be(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len,
        uint32_t *errors, gw_diag *diag)
{
	(void)diag;
	return decode(bytes, n, true, arena, out, out_len, errors);
}

const gw_decoder gw_decoder_utf16le = {"UTF-16LE", "utf-16|utf16|utf16le|unicode", bid_le, decode_le};
const gw_decoder gw_decoder_utf16be = {"UTF-16BE", "utf16be", bid_be, decode_be};
