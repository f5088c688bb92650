/* JSON as it leaves the program. jansson builds a tree for every row; at eight bytes of rows for one of source that
 * would be most of the run, so rows are written straight into a buffer. The escapes are jansson's (JSON_COMPACT,
 * no ASCII folding), which the unit test takes as oracle.
 */
#include "out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* True when none of eight bytes has to be escaped: none below 0x20, no quote, no backslash. Bytes from 0x80 on, which
 * is nearly all of a Chinese text, fall out of each test by their high bit. */
static inline bool plain8(const char *p)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t v, quote, slash;
	memcpy(&v, p, 8);
	quote = v ^ (ones * '"');
	slash = v ^ (ones * '\\');
	return (((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high ? false : true;
}

static char *escape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char shorts[] = "btn?fr"; /* 8 to 13; 11 has none */
	*to++ = '\\';
	if (c == '"' || c == '\\') {
		*to++ = (char)c;
	} else if (c >= 8 && c <= 13 && c != 11) {
		*to++ = shorts[c - 8];
	} else {
		memcpy(to, "u00", 3);
		to[3] = hex[c >> 4];
		to[4] = hex[c & 15];
		to += 5;
	}
	return to;
}

static inline char *put_byte(char *to, unsigned char c)
{
	if (c < 0x20 || c == '"' || c == '\\')
		return escape(to, c);
	*to = (char)c;
	return to + 1;
}

char *gw_json_put(char *to, gw_str s)
{
	const char *from = s.ptr, *end = s.ptr + s.len;
	*to++ = '"';
	while (end - from >= 8) {
		/* Copied before it is known whether it may be: there is room, and what may not is written again. */
		memcpy(to, from, 8);
		if (plain8(from)) {
			to += 8;
			from += 8;
		} else {
			for (int i = 0; i < 8; i++)
				to = put_byte(to, (unsigned char)*from++);
		}
	}
	/* The last bytes by a step that begins before them, where those stand as they are. */
	if (s.len >= 8 && plain8(end - 8)) {
		memcpy(to - (8 - (end - from)), end - 8, 8);
		to += end - from;
		from = end;
	}
	while (from < end)
		to = put_byte(to, (unsigned char)*from++);
	*to++ = '"';
	return to;
}

void gw_json_str(gw_buf *out, gw_str s)
{
	if (!s.ptr) {
		gw_buf_add(out, "null", 4);
		return;
	}
	/* With the room reserved the loop has no more to check. */
	char *to = gw_buf_reserve(out, (size_t)s.len * GW_JSON_WORST + 2);
	out->len = (size_t)(gw_json_put(to, s) - out->ptr);
	out->ptr[out->len] = 0;
}

/* Ten significant digits laid out without an exponent. What ten digits cannot hold to 1e-9 does not exist: they are
 * right to 5e-10. Reading the result and printing it again gives the same digits, so rows may pass through files. */
static void fraction_print(gw_buf *out, double value)
{
	char text[32];
	snprintf(text, sizeof text, "%.9e", value);
	const char *p = text;
	if (*p == '-')
		gw_buf_addc(out, *p++);
	char digits[11] = {p[0]};
	memcpy(digits + 1, p + 2, 9);
	int exponent = atoi(strchr(p, 'e') + 1), count = 10;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	if (exponent < -9 || exponent > 20) { /* no figure of a plan; still a number of JSON and of CSV */
		gw_buf_printf(out, "%c%s%.*se%d", digits[0], count > 1 ? "." : "", count - 1, digits + 1, exponent);
		return;
	}
	if (exponent < 0) {
		gw_buf_printf(out, "0.%.*s%.*s", -exponent - 1, "0000000000", count, digits);
		return;
	}
	int whole = exponent + 1 < count ? exponent + 1 : count;
	gw_buf_add(out, digits, (size_t)whole);
	for (int i = whole; i <= exponent; i++)
		gw_buf_addc(out, '0');
	if (count > whole)
		gw_buf_printf(out, ".%.*s", count - whole, digits + whole);
}

/* Most fractions have few decimals: 0.85, 12.5. False when the value is not exactly such a one. */
static bool decimal_print(gw_buf *out, double value)
{
	double scaled = fabs(value) * 10000;
	if (scaled >= 1e9)
		return false;
	uint64_t n = (uint64_t)(scaled + 0.5);
	if ((double)n / 10000 < fabs(value) || (double)n / 10000 > fabs(value))
		return false;
	char digits[5] = {'.'};
	unsigned rest = (unsigned)(n % 10000), count = 4;
	for (unsigned i = 4; i > 0; i--, rest /= 10)
		digits[i] = (char)('0' + rest % 10);
	while (digits[count] == '0')
		count--;
	if (value < 0)
		gw_buf_addc(out, '-');
	gw_buf_add_u64(out, n / 10000);
	gw_buf_add(out, digits, count + 1);
	return true;
}

void gw_number_print(gw_buf *out, double value)
{
	if (!isfinite(value)) { /* neither JSON nor CSV has a word for it; the row check refuses it */
		gw_buf_adds(out, "null");
		return;
	}
	/* Whole numbers keep all their digits: ten would cut a budget in yuan. Above 1e15 a double has none to spare. */
	if (value == floor(value) && fabs(value) < 1e15) {
		if (value < 0)
			gw_buf_addc(out, '-');
		gw_buf_add_u64(out, (uint64_t)fabs(value));
	} else if (!decimal_print(out, value)) {
		fraction_print(out, value);
	}
}

void gw_json_cell(gw_buf *out, const gw_cell *c)
{
	switch (c->kind) {
	case GW_CELL_NULL: gw_buf_add(out, "null", 4); break;
	case GW_CELL_STR: gw_json_str(out, c->s); break;
	case GW_CELL_INT:
		if (c->i < 0)
			gw_buf_addc(out, '-');
		gw_buf_add_u64(out, c->i < 0 ? 0 - (uint64_t)c->i : (uint64_t)c->i);
		break;
	case GW_CELL_NUM: gw_number_print(out, c->n); break;
	case GW_CELL_BOOL: gw_buf_adds(out, c->i ? "true" : "false"); break;
	}
}
