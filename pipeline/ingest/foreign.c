/* Encodings that are recognised so as not to be taken for Chinese, but not decoded: those of Japanese, Korean and of
 * Western and Cyrillic letters. Each is weighed from its bytes alone (see weigh.c); what a pair stands for is known by
 * its row: kana, common characters, rare ones. */
#include "decoders.h"

enum { BIT = 8, BAD = 30 * BIT, CUT = 12 * BIT };

static inline bool is_94(unsigned c)
{
	return c >= 0xA1 && c <= 0xFE;
}

/* The bits of the pair at p and how many bytes it takes. */
typedef unsigned (*pair_fn)(const unsigned char *p, size_t left, unsigned *bytes);

static unsigned euc_jp(const unsigned char *p, size_t left, unsigned *bytes)
{
	*bytes = 1;
	if (left < 2)
		return CUT;
	if (p[0] == 0x8E && p[1] >= 0xA1 && p[1] <= 0xDF)
		return *bytes = 2, 14 * BIT;
	if (!is_94(p[0]) || !is_94(p[1]))
		return BAD;
	*bytes = 2;
	unsigned row = p[0] - 0xA0u, column = p[1] - 0xA0u;
	if (row == 4)
		return column <= 83 ? 6 * BIT : BAD;
	if (row == 5)
		return column <= 86 ? 8 * BIT : BAD;
	if (row <= 3)
		return row == 1 && column <= 3 ? 5 * BIT : 10 * BIT;
	if (row < 16)
		return row <= 8 || row == 13 ? 14 * BIT : BAD;
	return row < 48 ? 12 * BIT : row <= 84 ? 19 * BIT : BAD;
}

static unsigned shift_jis(const unsigned char *p, size_t left, unsigned *bytes)
{
	*bytes = 1;
	unsigned c = p[0];
	if (c >= 0xA1 && c <= 0xDF)
		return 13 * BIT; /* narrow katakana */
	if (left < 2)
		return CUT;
	unsigned t = p[1];
	if (c == 0x80 || c == 0xA0 || c > 0xFC || t < 0x40 || t == 0x7F || t > 0xFC)
		return BAD;
	*bytes = 2;
	if (c == 0x82)
		return t >= 0x9F && t <= 0xF1 ? 6 * BIT : t >= 0x4F && t <= 0x9A ? 10 * BIT : BAD;
	if (c == 0x83)
		return t <= 0x96 ? 8 * BIT : 14 * BIT;
	if (c == 0x81)
		return t >= 0x40 && t <= 0x42 ? 5 * BIT : 10 * BIT;
	if (c < 0x88)
		return 15 * BIT;
	if (c < 0x98 || (c == 0x98 && t <= 0x72))
		return 12 * BIT;
	return c <= 0xEA ? 19 * BIT : 23 * BIT;
}

/* The syllables are in rows 16 to 40, in alphabetical order; few of them end in two consonants. */
static unsigned euc_kr(const unsigned char *p, size_t left, unsigned *bytes)
{
	*bytes = 1;
	if (left < 2)
		return CUT;
	/* the rest of the syllables, in code page 949 */
	if (p[0] >= 0x81 && p[0] <= 0xC6 && ((p[1] >= 0x41 && p[1] <= 0x5A) || (p[1] >= 0x61 && p[1] <= 0x7A) ||
	                                            (p[1] >= 0x81 && p[1] <= 0xFE && (p[0] < 0xA1 || p[1] < 0xA1))))
		return *bytes = 2, 18 * BIT;
	if (!is_94(p[0]) || !is_94(p[1]))
		return BAD;
	*bytes = 2;
	unsigned row = p[0] - 0xA0u;
	if (row >= 16 && row <= 40)
		return 10 * BIT;
	return row <= 12 ? 12 * BIT : row >= 42 && row <= 93 ? 17 * BIT : BAD;
}

static inline bool is_letter(unsigned c)
{
	return (c | 0x20) - 'a' < 26;
}

/* Letters with marks stand among plain ones. */
static unsigned windows_1252(const unsigned char *p, size_t left, unsigned *bytes)
{
	*bytes = 1;
	unsigned c = p[0], before = p[-1], after = left > 1 ? p[1] : ' ';
	if (c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D)
		return BAD;
	if (c >= 0xC0 && c != 0xD7 && c != 0xF7)
		return is_letter(before) || is_letter(after) ? 8 * BIT : 13 * BIT;
	bool quote = (c >= 0x91 && c <= 0x97) || c == 0x85 || c == 0xA0 || c == 0xAB || c == 0xBB || c == 0xB0;
	return quote && (before < 0x80 || after < 0x80) ? 10 * BIT : 14 * BIT;
}

/* Words of letters that are all above ASCII, parted by blanks: Cyrillic or Greek in one byte. */
static unsigned one_byte_letters(const unsigned char *p, size_t left, unsigned *bytes)
{
	*bytes = 1;
	bool inside = p[-1] >= 0xC0 || (left > 1 && p[1] >= 0xC0);
	return p[0] >= 0xC0 && inside ? 6 * BIT : 14 * BIT;
}

static uint64_t weigh(gw_str s, pair_fn pair)
{
	const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len, *first = p;
	uint64_t bits = 0;
	while (p < end) {
		unsigned bytes = 1;
		if (*p < 0x80)
			bits += gw_char_bits(*p);
		else if (p == first && (pair == windows_1252 || pair == one_byte_letters))
			bits += 14 * BIT; /* these look at the byte before */
		else
			bits += pair(p, (size_t)(end - p), &bytes);
		p += bytes;
	}
	return bits;
}

gw_foreign gw_foreign_best(gw_str sample)
{
	static const struct {
		const char *name;
		pair_fn pair;
	} all[] = {
	        {"Shift_JIS", shift_jis},
	        {"EUC-JP", euc_jp},
	        {"EUC-KR", euc_kr},
	        {"windows-1252", windows_1252},
	        {"windows-1251", one_byte_letters},
	};
	gw_foreign best = {NULL, UINT64_MAX};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		uint64_t bits = weigh(sample, all[i].pair);
		if (bits < best.bits)
			best = (gw_foreign){all[i].name, bits};
	}
	return best;
}

const char *gw_foreign_escapes(const char *bytes, size_t n)
{
	const char *end = bytes + n;
	for (const char *p = bytes; (p = memchr(p, 0x1B, (size_t)(end - p))) != NULL; p++) {
		if (end - p >= 3 && p[1] == '$' && (p[2] == 'B' || p[2] == '@'))
			return "ISO-2022-JP";
		if (end - p >= 4 && memcmp(p + 1, "$)C", 3) == 0)
			return "ISO-2022-KR";
	}
	return NULL;
}
