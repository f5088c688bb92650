/* UTF-16, both byte orders. */
#include "../decoders.h"

static inline uint32_t unit(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static int bid_le(const char *bytes, size_t n)
{
	return gw_bid_by_text(&gw_decoder_utf16le, bytes, n);
}

static int bid_be(const char *bytes, size_t n)
{
	return gw_bid_by_text(&gw_decoder_utf16be, bytes, n);
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
