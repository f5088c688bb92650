/* Big5 as the WHATWG Encoding Standard defines it, with the characters of HKSCS (tools/gen-encodings.py).
 *
 *   00-7F                  ASCII
 *   87-FE  40-7E A1-FE     a character of the table; four codes are a letter with a mark, two characters
 *
 * A lead byte before what is no trail byte, or a pair without a character, is one replacement; an ASCII byte behind it
 * stays. */
#include "../decoders.h"

#include "big5_table.h"

static inline bool is_trail(unsigned char c)
{
	return (c >= 0x40 && c <= 0x7E) || (c >= 0xA1 && c <= 0xFE);
}

/* Ê and ê with a macron or a caron: Unicode has no one character for them. */
static const char *letter_with_mark(unsigned lead, unsigned trail)
{
	if (lead != 0x88)
		return NULL;
	return trail == 0x62   ? "\u00CA\u0304"
	       : trail == 0x64 ? "\u00CA\u030C"
	       : trail == 0xA3 ? "\u00EA\u0304"
	       : trail == 0xA5 ? "\u00EA\u030C"
	                       : NULL;
}

/* The character of a pair; 0: none. */
static inline uint32_t character(unsigned lead, unsigned trail)
{
	unsigned row = lead - BIG5_FIRST, i = trail - (trail < 0x7F ? 0x40 : 0x62);
	if (lead < BIG5_FIRST || lead > 0xFE || !is_trail((unsigned char)trail))
		return 0;
	return big5_pairs[row][i] | (big5_plane2[row][i >> 5] >> (i & 31) & 1) << 17;
}

static int bid(const char *bytes, size_t n)
{
	return gw_bid_by_text(&gw_decoder_big5, bytes, n);
}

static gw_status decode(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len,
        uint32_t *errors, gw_diag *diag)
{
	(void)diag;
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	char *text = gw_arena_alloc(arena, 3 * n + 8), *to = text; /* one bad byte becomes three */
	*errors = 0;
	while (p < end) {
		if (*p < 0x80) {
			*to++ = (char)*p++;
			continue;
		}
		unsigned lead = *p++, trail = p < end ? *p : 0;
		uint32_t c = character(lead, trail);
		const char *two = c ? NULL : letter_with_mark(lead, trail);
		if (two) {
			memcpy(to, two, 4);
			to += 4;
			p++;
			continue;
		}
		if (!c) {
			c = 0xFFFD;
			++*errors;
			p += p < end && trail >= 0x80 && lead != 0x80 && lead != 0xFF;
		} else {
			p++;
		}
		to += gw_utf8_put(to, c);
	}
	*out = text;
	*out_len = (size_t)(to - text);
	return GW_OK;
}

const gw_decoder gw_decoder_big5 = {
        "Big5", "big-5|big5-hkscs|big5hkscs|big5-eten|cn-big5|csbig5|cp950|ms950|x-x-big5|windows-950", bid, decode};
