/* The encodings of mail and news that write Chinese in ASCII bytes, switched on and off by escapes.
 *
 *   HZ-GB-2312 (RFC 1843)    ~{ GB 2312 ~}   ~~ is '~', a '~' at the end of a line joins it to the next
 *   ISO-2022-CN (RFC 1922)   ESC $ ) A  GB 2312 by SO        ESC $ ) G  CNS 11643 plane 1 by SO
 *                            ESC $ * H  CNS 11643 plane 2 by ESC N, one character        SI is ASCII again
 *
 * Both fall back to ASCII at the end of a line, so one broken escape spoils one line. */
#include "../decoders.h"

#include "cns_table.h"

#define BAD UINT32_MAX
enum { ESC = 0x1B, SO = 0x0E, SI = 0x0F };

typedef struct writer {
	char *to;
	uint32_t errors;
} writer;

static void put(writer *w, uint32_t c)
{
	w->errors += c == BAD;
	w->to += gw_utf8_put(w->to, c == BAD ? 0xFFFD : c);
}

static inline bool is_seven(unsigned c)
{
	return c >= 0x21 && c <= 0x7E;
}

static uint32_t cns_char(unsigned plane, unsigned row, unsigned column)
{
	uint32_t c = cns_codes[plane - 1][row][column];
	return c ? c : BAD;
}

static gw_status finish(const writer *w, char *text, const char **out, size_t *out_len, uint32_t *errors)
{
	*errors = w->errors;
	*out = text;
	*out_len = (size_t)(w->to - text);
	return GW_OK;
}

/* ---- HZ ---- */

static gw_status hz_decode(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len,
        uint32_t *errors, gw_diag *diag)
{
	(void)diag;
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	char *text = gw_arena_alloc(arena, 3 * n + 8);
	writer w = {.to = text};
	bool chinese = false;
	while (p < end) {
		unsigned c = *p++, next = p < end ? *p : 0;
		if (c == '~' && (next == '~' || next == '{' || next == '}' || next == '\n')) {
			p++;
			if (next == '~')
				put(&w, '~');
			else
				chinese = next == '{';
		} else if (c == '\n') {
			chinese = false;
			put(&w, c);
		} else if (chinese && is_seven(c) && is_seven(next)) {
			p++;
			put(&w, gw_gb2312_char(c - 0x21, next - 0x21));
		} else {
			put(&w, c < 0x80 && !(chinese && is_seven(c)) ? c : BAD);
		}
	}
	return finish(&w, text, out, out_len, errors);
}

/* ---- ISO 2022 ---- */

typedef struct designated {
	char so, ss2; /* 'A' or 'G'; 'H'; 0 for none */
	bool shifted;
} designated;

/* The escape behind ESC at p; returns its bytes, 0 for none that is known. */
static unsigned escape(const unsigned char *p, const unsigned char *end, designated *d)
{
	if (end - p < 3 || p[0] != '$')
		return 0;
	if (p[1] == ')' && (p[2] == 'A' || p[2] == 'G' || p[2] == 'E'))
		d->so = (char)p[2];
	else if (p[1] == '*' && p[2] == 'H')
		d->ss2 = 'H';
	else
		return 0;
	return 3;
}

static uint32_t shifted_char(const designated *d, unsigned c, unsigned next)
{
	if (d->so == 'G')
		return cns_char(1, c - 0x21, next - 0x21);
	/* E is ISO-IR-165: GB 2312 with additions, of which nothing is known here */
	return d->so ? gw_gb2312_char(c - 0x21, next - 0x21) : BAD;
}

static gw_status cn_decode(const char *bytes, size_t n, gw_arena *arena, const char **out, size_t *out_len,
        uint32_t *errors, gw_diag *diag)
{
	(void)diag;
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	char *text = gw_arena_alloc(arena, 3 * n + 8);
	writer w = {.to = text};
	designated d = {0};
	while (p < end) {
		unsigned c = *p++, next = p < end ? *p : 0;
		if (c == ESC) {
			unsigned len = escape(p, end, &d);
			p += len;
			if (!len && next == 'N' && d.ss2 && end - p >= 3 && is_seven(p[1]) && is_seven(p[2])) {
				put(&w, cns_char(2, p[1] - 0x21u, p[2] - 0x21u));
				p += 3;
			} else if (!len) {
				put(&w, BAD);
			}
		} else if (c == SO || c == SI) {
			d.shifted = c == SO;
		} else if (c == '\n') {
			d = (designated){0};
			put(&w, c);
		} else if (d.shifted && is_seven(c) && is_seven(next)) {
			p++;
			put(&w, shifted_char(&d, c, next));
		} else {
			put(&w, c < 0x80 && !(d.shifted && is_seven(c)) ? c : BAD);
		}
	}
	return finish(&w, text, out, out_len, errors);
}

/* ---- bids ---- */

enum { LOOK = 1 << 16 };

/* With an escape there must be Chinese behind it, and nothing that is no character but at the very end. */
static int bid_from(const gw_decoder *d, const char *from, const char *end)
{
	if (end - from > LOOK)
		end = from + LOOK;
	gw_arena a;
	gw_arena_init(&a);
	const char *text;
	size_t len;
	uint32_t errors;
	d->decode(from, (size_t)(end - from), &a, &text, &len, &errors, NULL);
	gw_weight w = gw_weigh_text(text, len);
	gw_arena_release(&a);
	return w.han && w.bad * 20 <= w.han && w.han_bits <= w.han * 14 * 8 ? 960 : 0;
}

static int hz_bid(const char *bytes, size_t n)
{
	const char *from = memmem(bytes, n, "~{", 2);
	return from ? bid_from(&gw_decoder_hz, from, bytes + n) : 0;
}

static int cn_bid(const char *bytes, size_t n)
{
	const char *end = bytes + n;
	for (const char *p = bytes; (p = memchr(p, ESC, (size_t)(end - p))) != NULL; p++) {
		designated d = {0};
		if (escape((const unsigned char *)p + 1, (const unsigned char *)end, &d))
			return bid_from(&gw_decoder_iso2022cn, p, end);
	}
	return 0;
}

const gw_decoder gw_decoder_hz = {"HZ-GB-2312", "hz|hz-gb2312|hz-gb|hzgb2312", hz_bid, hz_decode};
const gw_decoder gw_decoder_iso2022cn = {"ISO-2022-CN", "iso2022-cn|iso2022cn|iso-2022-cn-ext|csiso2022cn", cn_bid, cn_decode};
