/* UTF-32, both byte orders. */
#include "../decoders.h"

static inline uint32_t unit(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
	           : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static gw_status decode(
        const char *bytes, size_t n, bool big, gw_arena *arena, const char **out, size_t *out_len, uint32_t *errors)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	char *text = gw_arena_alloc(arena, n + 8), *to = text; /* never more than four bytes for four */
	*errors = 0;
	for (; end - p >= 4; p += 4) {
		uint32_t c = unit(p, big);
		if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
			c = 0xFFFD;
			++*errors;
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

static int bid_le(const char *bytes, size_t n)
{
	return gw_bid_by_text(&gw_decoder_utf32le, bytes, n);
}

static int bid_be(const char *bytes, size_t n)
{
	return gw_bid_by_text(&gw_decoder_utf32be, bytes, n);
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

const gw_decoder gw_decoder_utf32le = {"UTF-32LE", "utf-32|utf32|utf32le|ucs-4|ucs-4le", bid_le, decode_le};
const gw_decoder gw_decoder_utf32be = {"UTF-32BE", "utf32be|ucs-4be", bid_be, decode_be};
