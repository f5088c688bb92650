/* The targets for decoding: each encoding by itself, detection, and the stage on files of many encodings.
 *
 * Promised is: what comes out is UTF-8, has a U+FFFD for each error that is counted, and is no longer than three bytes
 * for one; a text decoded line by line is the same as decoded at once; for the encodings of Unicode, what is said to be
 * without error is what iconv(3) makes of it. */
#include "target.h"

#include "gw/stage.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- inputs ---- */

/* A document's text in another encoding; what has no code there is left out. */
static void encode(const char *name, gw_str s, gw_buf *out)
{
	char to[40];
	snprintf(to, sizeof to, "%s//IGNORE", name);
	iconv_t cd = iconv_open(to, "UTF-8");
	if (cd == (iconv_t)-1)
		return;
	size_t left = s.len, room = 8 * (size_t)s.len + 16;
	char *in = (char *)(uintptr_t)s.ptr, *p = gw_buf_reserve(out, room), *from = p;
	iconv(cd, &in, &left, &p, &room);
	iconv(cd, NULL, NULL, &p, &room);
	out->len += (size_t)(p - from);
	iconv_close(cd);
}

/* glibc has no HZ. */
static void encode_hz(target_case *c, gw_str s, gw_buf *out)
{
	const uint16_t *pairs = gw_gbk_pairs(&c->arena);
	bool inside = false;
	for (const char *p = s.ptr, *end = p + s.len; p < end;) {
		uint32_t u = gw_utf8_next(&p, end), pair = u < 0x10000 ? pairs[u] : 0;
		bool two = u >= 0x80 && (pair & 0x8080) == 0x8080 && pair >> 8 > 0xA0 && (pair & 0xFF) > 0xA0;
		if (two != inside && (two || u < 0x80)) {
			gw_buf_adds(out, two ? "~{" : "~}");
			inside = two;
		}
		if (two || u < 0x80) {
			if (two)
				gw_buf_addc(out, (char)(pair >> 8 & 0x7F));
			gw_buf_addc(out, (char)(two ? pair & 0x7F : u));
		}
	}
}

static void noise(dice *d, gw_buf *b, uint32_t n)
{
	/* bytes that pairs and escapes consist of stand beside each other more often than chance has it */
	static const unsigned char telling[] = {0x80, 0x81, 0x84, 0x30, 0x39, 0x40, 0x7E, 0x7F, 0xA0, 0xA1, 0xC2, 0xD8, 0xDC, 0xE0,
	        0xED, 0xEF, 0xBF, 0xBD, 0xF0, 0xF4, 0xFE, 0xFF, 0x1B, '$', ')', '*', 'A', 'G', 'H', 'N', 0x0E, 0x0F, '~', '{', '}', '\n', 0};
	while (n--)
		gw_buf_addc(b, (char)(dice_below(d, 2) ? telling[dice_below(d, sizeof telling)] : dice_roll(d)));
}

static void input_make(target_case *c, const gw_decoder *d)
{
	uint32_t kind = dice_below(&c->dice, 8);
	gw_str s = target_stretch(c, 1u << dice_below(&c->dice, 12)), other;
	if (kind == 0) {
		noise(&c->dice, &c->input, dice_below(&c->dice, 300));
		return;
	}
	if (d == &gw_decoder_hz)
		encode_hz(c, s, &c->input);
	else
		encode(d == &gw_decoder_big5 ? "BIG5-HKSCS" : d->name, s, &c->input);
	if (kind == 1)
		return;
	other = (gw_str){s.ptr, s.len};
	mutate(&c->dice, &c->input, other, TARGET_INPUT_MAX);
	if (kind == 2)
		noise(&c->dice, &c->input, dice_below(&c->dice, 20));
}

/* ---- promises ---- */

typedef struct decoded {
	const char *text;
	size_t len;
	uint32_t errors;
} decoded;

static decoded decode(target_case *c, const gw_decoder *d, const char *bytes, size_t n)
{
	decoded r;
	if (d->decode(bytes, n, &c->arena, &r.text, &r.len, &r.errors, &c->diag) != GW_OK)
		target_broken(c, "a decoder does not say OK");
	return r;
}

static uint32_t replacements(const char *p, size_t n)
{
	uint32_t count = 0;
	for (const char *end = p + n; (p = memmem(p, (size_t)(end - p), "\xEF\xBF\xBD", 3)) != NULL; p += 3)
		count++;
	return count;
}

static void check_decoded(target_case *c, decoded r, size_t n)
{
	if (!gw_utf8_valid(r.text, r.len))
		target_broken(c, "what was decoded is no UTF-8");
	if (replacements(r.text, r.len) < r.errors)
		target_broken(c, "more errors are counted than characters replaced");
	if (r.len > 3 * n + 8)
		target_broken(c, "the text is longer than it can be");
}

static void check_lines(target_case *c, const gw_decoder *d, const char *bytes, size_t n, decoded whole)
{
	const char *out = whole.text, *end = whole.text + whole.len;
	uint32_t errors = 0;
	for (const char *p = bytes, *stop = bytes + n; p < stop;) {
		const char *newline = memchr(p, '\n', (size_t)(stop - p)), *next = newline ? newline + 1 : stop;
		decoded r = decode(c, d, p, (size_t)(next - p));
		if (r.len > (size_t)(end - out) || memcmp(r.text, out, r.len) != 0)
			target_broken(c, "a line is decoded otherwise by itself");
		out += r.len;
		errors += r.errors;
		p = next;
	}
	if (out != end || errors != whole.errors)
		target_broken(c, "the lines are not the whole");
}

static void check_iconv(target_case *c, const char *name, const char *bytes, size_t n, decoded r)
{
	iconv_t cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return;
	size_t left = n, room = 4 * n + 16;
	char *in = (char *)(uintptr_t)bytes, *made = gw_arena_alloc(&c->arena, room), *p = made;
	bool good = iconv(cd, &in, &left, &p, &room) != (size_t)-1 && !left;
	iconv_close(cd);
	good = good && gw_utf8_valid(made, (size_t)(p - made)); /* glibc lets characters above U+10FFFF pass */
	if (good != (r.errors == 0))
		target_broken(c, good ? "an error where iconv(3) finds none" : "no error where iconv(3) finds one");
	if (good && ((size_t)(p - made) != r.len || memcmp(made, r.text, r.len) != 0))
		target_broken(c, "another text than that of iconv(3)");
}

static void decoder_round(target_case *c, const gw_decoder *d)
{
	input_make(c, d);
	char *bytes = target_copy(&c->input);
	size_t n = c->input.len;
	decoded r = decode(c, d, bytes, n);
	check_decoded(c, r, n);
	int bid = d->bid(bytes, n);
	if (bid < 0 || bid > GW_BID_SURE)
		target_broken(c, "a bid beyond its range");
	bool by_lines = d == &gw_decoder_utf8 || d == &gw_decoder_gb18030 || d == &gw_decoder_big5 || d == &gw_decoder_iso2022cn;
	if (by_lines)
		check_lines(c, d, bytes, n, r);
	if (strncmp(d->name, "UTF-", 4) == 0)
		check_iconv(c, d->name, bytes, n, r);
	free(bytes);
}

#define DECODER(name) \
	static void name##_round(target_case *c) \
	{ \
		decoder_round(c, &gw_decoder_##name); \
	}
DECODER(utf8)
DECODER(utf16le)
DECODER(utf16be)
DECODER(utf32le)
DECODER(utf32be)
DECODER(gb18030)
DECODER(big5)
DECODER(hz)
DECODER(iso2022cn)

/* ---- detection ---- */

static void detect_round(target_case *c)
{
	static const char *const said[] = {"", "<?xml version=\"1.0\" encoding=\"gb2312\"?>", "<meta charset=\"big5\">",
	        "<meta http-equiv='Content-Type' content='text/html; charset=utf-16'>", "\xEF\xBB\xBF", "\xFF\xFE", "<meta charset="};
	unsigned count = 0;
	while (gw_decoders[count])
		count++;
	input_make(c, gw_decoders[dice_below(&c->dice, count)]);
	gw_buf head;
	gw_buf_init(&head);
	gw_buf_adds(&head, said[dice_below(&c->dice, sizeof said / sizeof *said)]);
	gw_buf_add(&head, c->input.ptr ? c->input.ptr : "", c->input.len);
	gw_buf_clear(&c->input);
	gw_buf_add(&c->input, head.ptr, head.len);
	gw_buf_release(&head);
	char *bytes = target_copy(&c->input);
	gw_detected r = gw_detect(bytes, c->input.len), again = gw_detect(bytes, c->input.len);
	if (r.decoder != again.decoder || r.source != again.source || r.foreign != again.foreign)
		target_broken(c, "not the same encoding the second time");
	if (r.whole && r.decoder && (r.decoder != &gw_decoder_utf8 || !gw_utf8_valid(bytes, c->input.len)))
		target_broken(c, "taken for whole UTF-8");
	free(bytes);
}

/* ---- the stage, on lines of many encodings, some of them shown wrongly ---- */

static void shown_add(target_case *c, gw_str line, gw_buf *out)
{
	static const char *const shown_as[] = {"GB18030", "GBK", "CP1252", "ISO-8859-1", "CP1251", "MAC-CYRILLIC", "MACINTOSH"};
	static const char *const really[] = {"UTF-8", "UTF-8", "GB18030"};
	gw_buf bytes;
	gw_buf_init(&bytes);
	encode(really[dice_below(&c->dice, 3)], line, &bytes);
	const char *name = shown_as[dice_below(&c->dice, sizeof shown_as / sizeof *shown_as)];
	if (dice_below(&c->dice, 3) == 0) {
		decoded r = decode(c, &gw_decoder_gb18030, bytes.ptr ? bytes.ptr : "", bytes.len);
		gw_buf_add(out, r.text, r.len);
	} else {
		iconv_t cd = iconv_open("UTF-8//IGNORE", name);
		size_t left = bytes.len, room = 4 * bytes.len + 16;
		char *in = bytes.ptr, *p = gw_buf_reserve(out, room), *from = p;
		if (cd != (iconv_t)-1 && in)
			iconv(cd, &in, &left, &p, &room);
		out->len += (size_t)(p - from);
		if (cd != (iconv_t)-1)
			iconv_close(cd);
	}
	gw_buf_release(&bytes);
}

static void stage_input(target_case *c)
{
	static const char *const names[] = {"UTF-8", "GB18030", "BIG5-HKSCS", "UTF-8", "GB18030"};
	const char *own = names[dice_below(&c->dice, 5)];
	for (uint32_t lines = 1 + dice_below(&c->dice, 12); lines; lines--) {
		gw_str s = target_stretch(c, 1u << dice_below(&c->dice, 9));
		uint32_t kind = dice_below(&c->dice, 8);
		if (kind == 0)
			shown_add(c, s, &c->input);
		else
			encode(kind == 1 ? names[dice_below(&c->dice, 5)] : own, s, &c->input);
		gw_buf_adds(&c->input, dice_below(&c->dice, 9) ? "\n" : "\r\n");
	}
	if (dice_below(&c->dice, 2))
		mutate(&c->dice, &c->input, c->seeds[0], TARGET_INPUT_MAX);
}

/* Marks and lines, walked from the start. */
static void check_index(target_case *c, const gw_text *t)
{
	const char *p = t->bytes, *end = p + t->byte_len;
	uint32_t chars = 0, line = 1;
	for (; p < end; chars++) {
		if (chars % GW_BYTE_STEP == 0 && t->byte_at[chars / GW_BYTE_STEP] != (uint32_t)(p - t->bytes))
			target_broken(c, "a mark does not stand at its character");
		uint32_t u = gw_utf8_next(&p, end);
		if (u == '\n' || (u == '\r' && (p == end || *p != '\n')))
			if (line >= t->line_count || t->line_start[line++] != chars + 1)
				target_broken(c, "a line does not begin where it says");
	}
	if (chars != t->char_count || line != t->line_count)
		target_broken(c, "characters or lines are miscounted");
}

static void stage_round(target_case *c)
{
	stage_input(c);
	char *bytes = target_copy(&c->input);
	gw_source s = {.arena = &c->arena, .path = GW_STR("a.txt"), .raw = bytes, .raw_len = c->input.len};
	const gw_stage *st = &gw_stage_decode;
	void *settings = gw_arena_alloc(&c->arena, st->settings_size), *state;
	const char *yaml = dice_below(&c->dice, 4) ? "{}" : "mojibake: report\n";
	gw_node *map = gw_yaml_parse(&c->arena, "fuzz", yaml, strlen(yaml), &c->diag);
	if (!gw_options_read(st->options, map, settings, &c->arena, &c->diag) ||
	        st->open(settings, NULL, &c->arena, &state, &c->diag) != GW_OK)
		target_broken(c, "the stage cannot be opened");
	if (st->source(state, &s, &c->diag) <= GW_WARN) {
		if (!gw_utf8_valid(s.text.bytes, s.text.byte_len))
			target_broken(c, "the text is no UTF-8");
		check_index(c, &s.text);
	}
	free(bytes);
}

const target targets_decoders[] = {{"utf-8", utf8_round}, {"utf-16le", utf16le_round}, {"utf-16be", utf16be_round},
        {"utf-32le", utf32le_round}, {"utf-32be", utf32be_round}, {"gb18030", gb18030_round}, {"big5", big5_round},
        {"hz", hz_round}, {"iso-2022-cn", iso2022cn_round}, {"detect", detect_round}, {"decode", stage_round}, {0}};
