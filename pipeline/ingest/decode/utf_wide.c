/* UTF-16 and UTF-32, both byte orders: units of two or four bytes, of which UTF-16 takes two for a character above
 * U+FFFF. */
#include "../decoders.h"

static inline uint32_t unit(const unsigned char *p, unsigned size, bool big)
{
	uint32_t c = 0;
	for (unsigned i = 0; i < size; i++)
		c |= (uint32_t)p[i] << 8 * (big ? size - 1 - i : i);
	return c;
}

static inline uint32_t bad(uint32_t *errors)
{
	++*errors;
	return 0xFFFD;
}

/* The character whose first unit is c; moves p when it takes the next one too. */
static inline uint32_t surrogate(uint32_t c, const unsigned char **p, const unsigned char *end, unsigned size, bool big, uint32_t *errors)
{
	uint32_t low = size == 2 && end - *p >= 2 ? unit(*p, 2, big) : 0;
	if (c >= 0xDC00 || (low & 0xFC00) != 0xDC00)
		return bad(errors);
	*p += 2;
	return 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF);
}

static inline __attribute__((always_inline)) gw_status decode(const char *bytes, size_t n, unsigned size, bool big, gw_arena *arena,
        const char **out, size_t *out_len, uint32_t *errors)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	/* A unit of two bytes becomes at most three, one of four or a pair of surrogates four; odd bytes at the end become
	 * a replacement. */
	char *text = gw_arena_alloc(arena, n / 2 * 3 + 8), *to = text;
	*errors = 0;
	while (end - p >= size) {
		uint32_t c = unit(p, size, big);
		p += size;
		if (c - 0xD800 < 0x800)
			c = surrogate(c, &p, end, size, big, errors);
		else if (c > 0x10FFFF)
			c = bad(errors);
		to += gw_utf8_put(to, c);
	}
	if (p < end)
		to += gw_utf8_put(to, bad(errors));
	*out = text;
	*out_len = (size_t)(to - text);
	return GW_OK;
}

#define DECODER(suffix, size, big, name, aliases) \
	static int bid_##suffix(const char *bytes, size_t n) \
	{ \
		return gw_bid_by_text(&gw_decoder_##suffix, bytes, n); \
	} \
	static gw_status decode_##suffix(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len, \
	        uint32_t *errors, gw_diag *diag) \
	{ \
		(void)diag; \
		return decode(bytes, n, size, big, arena, out, out_len, errors); \
	} \
	const gw_decoder gw_decoder_##suffix = {name, aliases, bid_##suffix, decode_##suffix};

DECODER(utf16le, 2, false, "UTF-16LE", "utf-16|utf16|utf16le|unicode")
DECODER(utf16be, 2, true, "UTF-16BE", "utf16be")
DECODER(utf32le, 4, false, "UTF-32LE", "utf-32|utf32|utf32le|ucs-4|ucs-4le")
DECODER(utf32be, 4, true, "UTF-32BE", "utf32be|ucs-4be")
