/* Folding of characters by a generated two-level table (tools/gen-fold.py). */
#include "gw/fold.h"

#include "fold_table.h"

/* Nine characters in ten of a policy document are simplified ideographs or printable ASCII. They need a comparison and one
 * bit; the pages that the rest touches (20xx, 30xx, FFxx) are 3 KB and stay in the first cache. */
static inline bool is_plain(uint32_t c)
{
	return gw_fold_keeps(c) || c - 0x21 < 0x5E;
}

/* A unified ideograph whose bit is set. */
static uint32_t simplified(uint32_t c)
{
	uint32_t i = c - 0x4E00, below = gw_fold_han_bits[i >> 5] & ((1u << (i & 31)) - 1);
	return fold_han_to[fold_han_rank[i >> 5] + (unsigned)__builtin_popcount(below)];
}

gw_fold_class gw_fold(uint32_t c, uint32_t out[4], unsigned *n)
{
	out[0] = c;
	*n = 1;
	if (is_plain(c) || c > 0x10FFFF)
		return GW_FOLD_KEEP;
	if (c - 0x4E00 < 0x5200) {
		out[0] = simplified(c);
		return GW_FOLD_KEEP;
	}
	uint32_t e = fold_pages[fold_index[c >> 8]][c & 255];
	if (e == 0)
		return GW_FOLD_KEEP;
	gw_fold_class cls = (gw_fold_class)(e >> 24);
	if (cls == GW_FOLD_KEEP) {
		out[0] = e & 0xFFFFFF;
	} else if (cls == GW_FOLD_MORE) {
		const uint32_t *s = fold_sequences[e & 0xFFFFFF];
		*n = s[0];
		memcpy(out, s + 1, s[0] * sizeof *s);
	} else {
		*n = 0;
	}
	return cls;
}

uint32_t *gw_fold_text(gw_arena *a, gw_str utf8, uint32_t *n)
{
	/* No source character is shorter than one byte, and only those of three bytes become up to four. */
	uint32_t *text = GW_NEW_N(a, uint32_t, (size_t)utf8.len * 2 + 4);
	const char *p = utf8.ptr, *end = p + utf8.len;
	uint32_t len = 0;
	while (p < end) {
		unsigned more;
		uint32_t c = gw_utf8_next(&p, end);
		gw_fold(c == UINT32_MAX ? 0xFFFD : c, text + len, &more);
		len += more;
	}
	*n = len;
	return text;
}

bool gw_fold_keeps_all(gw_str utf8)
{
	const unsigned char *p = (const unsigned char *)utf8.ptr, *end = p + utf8.len;
	for (; end - p >= 3 && p[0] >> 4 == 0xE && p[1] >> 6 == 2 && p[2] >> 6 == 2; p += 3)
		if (!gw_fold_keeps((uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63)))
			return false;
	return p == end;
}

gw_str gw_fold_to_utf8(gw_arena *a, const uint32_t *ch, uint32_t n)
{
	size_t bytes = 0;
	for (uint32_t i = 0; i < n; i++)
		bytes += ch[i] < 0x80 ? 1 : ch[i] < 0x800 ? 2 : ch[i] < 0x10000 ? 3 : 4;
	char *text = gw_arena_alloc(a, bytes + 4), *p = text; /* NUL-terminated; put may write up to four bytes */
	for (uint32_t i = 0; i < n; i++)
		p += gw_utf8_put(p, ch[i]);
	return (gw_str){text, (uint32_t)bytes};
}

bool gw_is_han(uint32_t c)
{
	return c - 0x4E00 < 0x5200 || c == 0x3007 || c == 0x3005 || c - 0x3400 < 0x19C0 || c - 0xF900 < 0x200 ||
	       c - 0x20000 < 0x13500;
}

bool gw_is_digit(uint32_t c)
{
	return c - '0' < 10;
}

bool gw_is_letter(uint32_t c)
{
	return (c | 0x20) - 'a' < 26;
}
