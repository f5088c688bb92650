/* Text that was decoded in a wrong encoding before it came here: 政府 as æ”¿åºœ (UTF-8 shown as windows-1252), 海口市 as
 * º£¿ÚÊÐ (GBK shown as Latin-1). UTF-8 shown as GBK is in mojibake_gbk.c.
 *
 * A stretch is turned back into bytes and decoded as what it really is. It is repaired only where that is certain: all
 * of it comes out without a fault, as common ideographs, and weighs less by far than what stood there. What turns back
 * in good part only (bytes were lost on the way) is reported and left. Lines without letters of two bytes are never
 * looked at. */
#include "decoders.h"

#include "decode/one_byte_table.h"
#include "lanes.h"

enum {
	BIT = 8,
	MARGIN = 20 * BIT,
	COMMON = 13 * BIT, /* what an ideograph may weigh on average */
	STRETCH = 4096,    /* characters; a longer line is looked at in pieces */
	LEADS_LEAST = 3,   /* lead bytes of two-byte characters in a line */
	TRIES = 200,       /* stretches that led to nothing, in one line */
};

typedef struct page {
	const char *name;
	const uint16_t *codes;
	bool controls; /* codes 80 to 9F may have become control characters */
} page;

static const page pages[] = {
        {"windows-1252", windows_1252, true},
        {"x-mac-cyrillic", mac_cyrillic, false},
        {"windows-1251", windows_1251, true},
        {"macintosh", mac_roman, false},
};

/* The byte that is shown as c; -1: none. */
static int byte_of(const page *g, uint32_t c)
{
	if (c < 0x80)
		return (int)c;
	if (g->controls && c < 0xA0)
		return (int)c;
	for (unsigned i = 0; c < 0x10000 && i < 128; i++)
		if (g->codes[i] == c)
			return (int)(0x80 + i);
	return -1;
}

typedef struct finding {
	const page *shown;
	const char *really;
	const char *text; /* what it should be; in the scratch arena */
	size_t len;
	uint64_t bits;
	bool certain;
} finding;

/* GBK text as one meets it: pairs of GB 2312 only, whole ones. */
static bool is_all_pairs(const unsigned char *p, const unsigned char *end)
{
	while (p < end) {
		if (*p < 0x80)
			p++;
		else if (end - p >= 2 && p[0] >= 0xA1 && p[0] <= 0xF7 && p[1] >= 0xA1)
			p += 2;
		else
			return false;
	}
	return true;
}

static void try_as(const gw_decoder *d, const page *g, const char *bytes, size_t n, gw_arena *scratch, finding *best)
{
	bool gb = d == &gw_decoder_gb18030;
	const char *text;
	size_t len;
	uint32_t errors;
	if (gb && !is_all_pairs((const unsigned char *)bytes, (const unsigned char *)bytes + n))
		return;
	/* UTF-8 is not copied by its decoder; the bytes are there to stay */
	d->decode(bytes, n, scratch, &text, &len, &errors, NULL);
	gw_weight w = gw_weigh_text(text, len);
	bool common = w.han_bits <= (uint64_t)w.han * COMMON;
	if (w.han < (gb ? 3 : 1) || !common || w.bits + MARGIN >= best->bits)
		return;
	/* a third of it may be lost where the rest is plainly something else */
	if (errors && (gb || errors * 3 > w.han || w.han < 4))
		return;
	*best = (finding){g, d->name, text, len, w.bits, errors == 0};
}

/* The end of the longest stretch from p of which every character is a byte of the page, without ASCII at its end. */
static const char *stretch_end(const page *g, const char *p, const char *end)
{
	const char *last = p;
	for (unsigned i = 0; p < end && i < STRETCH; i++) {
		uint32_t c = gw_utf8_next(&p, end);
		if (byte_of(g, c) < 0)
			return last;
		if (c >= 0x80)
			last = p;
	}
	return last;
}

/* The stretch [from, to) of whole characters, looked at as shown in one page; once more where that only makes another
 * text of such letters. */
static void look(const page *g, const char *from, const char *to, bool again, gw_arena *scratch, finding *best)
{
	char *bytes = gw_arena_alloc(scratch, (size_t)(to - from) + 1);
	size_t n = 0, high = 0;
	for (const char *p = from; p < to;) {
		int b = byte_of(g, gw_utf8_next(&p, to));
		bytes[n++] = (char)b;
		high += b >= 0x80;
	}
	if (high < 3)
		return;
	try_as(&gw_decoder_utf8, g, bytes, n, scratch, best);
	if (g == &pages[0])
		try_as(&gw_decoder_gb18030, g, bytes, n, scratch, best);
	if (!again || !gw_utf8_valid(bytes, n))
		return;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (stretch_end(&pages[i], bytes, bytes + n) == bytes + n)
			look(&pages[i], bytes, bytes + n, false, scratch, best);
}

typedef struct mender {
	gw_arena scratch;
	gw_buf out;
	gw_mojibake found;
	const char *begin, *kept; /* the text as it came, and how far it has been copied */
	bool repair;
} mender;

static void note(mender *m, const finding *f, const char *at)
{
	if (!m->found.repaired && !m->found.seen) {
		m->found.first = (size_t)(at - m->begin);
		m->found.really = f->really;
		m->found.shown = f->shown->name;
	}
	if (f->certain && m->repair)
		m->found.repaired++;
	else
		m->found.seen++;
}

/* Makes the stretches of a line good. */
static void line_mend(mender *m, const char *line, const char *end)
{
	unsigned tries = TRIES;
	for (const char *p = line; p < end;) {
		/* No ideograph and no full-width mark is the first byte of anything; as bytes all of them are passed over. */
		unsigned char lead = (unsigned char)*p;
		if (lead < 0xC0 || lead > 0xE2) {
			p++;
			continue;
		}
		finding best = {0};
		const char *stop = p;
		uint64_t gain = 0;
		bool one_byte = false;
		for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
			const char *to = stretch_end(&pages[i], p, end);
			if (to == p)
				continue;
			one_byte = true;
			uint64_t was = gw_weigh_text(p, (size_t)(to - p)).bits;
			finding f = {.bits = was};
			look(&pages[i], p, to, true, &m->scratch, &f);
			if (f.text && was - f.bits > gain) {
				gain = was - f.bits;
				best = f;
				stop = to;
			}
		}
		if (!best.text) {
			/* it may begin one character later, but a long line is not tried from everywhere */
			(void)gw_utf8_next(&p, end);
			if (!one_byte || --tries)
				continue;
			break;
		}
		note(m, &best, p);
		if (best.certain && m->repair) {
			gw_buf_add(&m->out, m->kept, (size_t)(p - m->kept));
			gw_buf_add(&m->out, best.text, best.len);
			m->kept = stop;
		}
		p = stop;
	}
	gw_arena_reset(&m->scratch);
}

/* The next lead byte of a two-byte character, or the end. The space that does not break (C2 A0) is no sign of anything:
 * paragraphs begin with four of it. */
static const char *lead_next(const char *p, const char *end)
{
	while (p < end) {
		GW_LANES_SKIP(p, end,
		        ((gw_lanes_load(at) & 0xE0) == 0xC0) & ~((gw_lanes_load(at) == 0xC2) & (gw_lanes_load(at + 1) == 0xA0)))
		for (const char *stop = gw_lanes_stop(p, end); p < stop; p++)
			if ((*p & 0xE0) == 0xC0 && !(end - p > 1 && p[0] == '\xC2' && p[1] == '\xA0'))
				return p;
	}
	return end;
}

static bool has_leads(const char *p, const char *end)
{
	unsigned n = 0;
	while (n < LEADS_LEAST && (p = lead_next(p, end)) < end) {
		n++;
		p++;
	}
	return n == LEADS_LEAST;
}

/* U+FFFD in UTF-8, twice, shown as GBK: what was there is gone for good. */
static void find_lost(const char *text, const char *from, const char *end, gw_mojibake *found)
{
	static const char lost[] = "\u951F\u65A4\u62F7";
	enum { LEN = sizeof lost - 1 };
	for (const char *p = from; p < end;) {
		/* its second and third byte stand together once in some thousand characters */
		GW_LANES_SKIP(p, end, (gw_lanes_load(at + 1) == 0x94) & (gw_lanes_load(at + 2) == 0x9F))
		for (const char *stop = gw_lanes_stop(p, end); p < stop; p++) {
			if (end - p < LEN || memcmp(p, lost, LEN) != 0)
				continue;
			if (!found->lost++)
				found->first_lost = (size_t)(p - text);
			p += LEN - 1;
		}
	}
}

static uint32_t line_of(const char *text, size_t at)
{
	uint32_t line = 1;
	for (const char *p = text, *end = text + at; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		line++;
	return line;
}

/* Where the first block stands in which there could be anything: of most texts only the end is looked at more closely. */
static const char *first_odd(const char *p, const char *end)
{
	GW_LANES_SKIP(p, end,
	        (((gw_lanes_load(at) & 0xE0) == 0xC0) & ~((gw_lanes_load(at) == 0xC2) & (gw_lanes_load(at + 1) == 0xA0))) |
	                ((gw_lanes_load(at + 1) == 0x94) & (gw_lanes_load(at + 2) == 0x9F)) | GW_LANES_METAL(at))
	return p;
}

/* The half for text that had been shown in an encoding of one byte. */
static void mend_pages(const char **text, size_t *len, const char *from, bool repair, gw_arena *arena, gw_mojibake *found)
{
	const char *end = *text + *len;
	mender m = {.begin = *text, .kept = *text, .repair = repair};
	gw_arena_init(&m.scratch);
	gw_buf_init(&m.out);
	for (const char *p = from; (p = lead_next(p, end)) < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p)), *next = stop ? stop + 1 : end;
		const char *before = memrchr(*text, '\n', (size_t)(p - *text)), *line = before ? before + 1 : *text;
		if (has_leads(p, next))
			line_mend(&m, line, next);
		p = next;
	}
	if (!found->repaired && !found->seen) {
		found->first = m.found.first;
		found->really = m.found.really;
		found->shown = m.found.shown;
	}
	found->repaired += m.found.repaired;
	found->seen += m.found.seen;
	if (m.found.repaired) {
		gw_buf_add(&m.out, m.kept, (size_t)(end - m.kept));
		*text = gw_arena_str(arena, (gw_str){m.out.ptr, (uint32_t)m.out.len}).ptr;
		*len = m.out.len;
	}
	gw_buf_release(&m.out);
	gw_arena_release(&m.scratch);
}

gw_mojibake gw_mojibake_mend(const char **text, size_t *len, bool repair, gw_arena *arena)
{
	const char *came = *text, *from = first_odd(came, came + *len);
	gw_mojibake found = {0};
	find_lost(came, from, came + *len, &found);
	gw_mojibake_mend_gbk(text, len, from, repair, arena, &found);
	mend_pages(text, len, *text == came ? from : *text, repair, arena, &found);
	if (found.lost)
		found.first_lost_line = line_of(came, found.first_lost);
	if (found.repaired || found.seen)
		found.first_line = line_of(came, found.first);
	return found;
}
