/* UTF-8 by table 3-7 of the Unicode Standard. */
#include "gw/base.h"

#define BAD UINT32_MAX

/* Length and range of the second byte for each lead byte. The narrowed ranges keep out overlong forms (E0, F0),
 * surrogates (ED) and what lies above U+10FFFF (F4). */
static unsigned lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (c < 0xC2)
		return 0;
	if (c < 0xE0)
		return 2;
	if (c < 0xF0) {
		*low = c == 0xE0 ? 0xA0 : 0x80;
		*high = c == 0xED ? 0x9F : 0xBF;
		return 3;
	}
	if (c < 0xF5) {
		*low = c == 0xF0 ? 0x90 : 0x80;
		*high = c == 0xF4 ? 0x8F : 0xBF;
		return 4;
	}
	return 0;
}

uint32_t gw_utf8_next(const char **p, const char *end)
{
	const unsigned char *s = (const unsigned char *)*p, *e = (const unsigned char *)end;
	unsigned char low, high;
	if (s[0] < 0x80) {
		*p += 1;
		return s[0];
	}
	unsigned n = lead(s[0], &low, &high);
	if (n == 0 || s + 1 >= e || s[1] < low || s[1] > high) {
		*p += 1;
		return BAD;
	}
	uint32_t cp = s[0] & (0xFFu >> (n + 1));
	cp = cp << 6 | (s[1] & 0x3F);
	for (unsigned i = 2; i < n; i++) {
		if (s + i >= e || (s[i] & 0xC0) != 0x80) {
			*p += i;
			return BAD;
		}
		cp = cp << 6 | (s[i] & 0x3F);
	}
	*p += n;
	return cp;
}

unsigned gw_utf8_put(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t gw_utf8_count(const char *p, size_t bytes)
{
	/* Every byte that is no continuation begins a character; the compiler makes SIMD of this loop. */
	size_t n = 0;
	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)p[i] & 0xC0) != 0x80;
	return n;
}

bool gw_utf8_valid(const char *p, size_t bytes)
{
	const char *end = p + bytes;
	while (p < end) {
		uint64_t eight;
		if (end - p >= 8 && (memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0)) {
			p += 8;
			continue;
		}
		const unsigned char *s = (const unsigned char *)p;
		if (end - p >= 3 && s[0] > 0xE0 && s[0] < 0xED && s[1] >> 6 == 2 && s[2] >> 6 == 2)
			p += 3; /* most ideographs */
		else if (gw_utf8_next(&p, end) == BAD)
			return false;
	}
	return true;
}
