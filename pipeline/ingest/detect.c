/* Which encoding: the mark at the beginning, what the file says of itself, and what the bytes look like. */
#include "decoders.h"

#include "lanes.h"

#include <ctype.h>
#include <strings.h>

const gw_decoder *const gw_decoders[] = {
        &gw_decoder_utf8, &gw_decoder_gb18030, &gw_decoder_big5, &gw_decoder_utf16le, &gw_decoder_utf16be,
        &gw_decoder_utf32le, &gw_decoder_utf32be, &gw_decoder_hz, &gw_decoder_iso2022cn, NULL};

static bool in_list(const char *list, const char *name)
{
	size_t n = strlen(name);
	while (*list) {
		size_t len = strcspn(list, "|");
		if (len == n && strncasecmp(list, name, n) == 0)
			return true;
		list += len + (list[len] == '|');
	}
	return false;
}

const gw_decoder *gw_decoder_find(const char *name)
{
	for (const gw_decoder *const *d = gw_decoders; *d; d++)
		if (strcasecmp((*d)->name, name) == 0 || in_list((*d)->aliases, name))
			return *d;
	return NULL;
}

const gw_decoder *gw_detect_mark(const char *bytes, size_t n, unsigned *skip)
{
	static const struct {
		const gw_decoder *decoder;
		const char *mark;
		unsigned len;
	} marks[] = {
	        {&gw_decoder_utf8, "\xEF\xBB\xBF", 3},
	        {&gw_decoder_gb18030, "\x84\x31\x95\x33", 4},
	        {&gw_decoder_utf32le, "\xFF\xFE\0\0", 4}, /* begins with that of UTF-16LE */
	        {&gw_decoder_utf32be, "\0\0\xFE\xFF", 4},
	        {&gw_decoder_utf16le, "\xFF\xFE", 2},
	        {&gw_decoder_utf16be, "\xFE\xFF", 2},
	};
	*skip = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (n >= marks[i].len && memcmp(bytes, marks[i].mark, marks[i].len) == 0) {
			*skip = marks[i].len;
			return marks[i].decoder;
		}
	}
	return NULL;
}

/* ---- what is no text at all ---- */

static const char *binary_format(const char *bytes, size_t n)
{
	static const struct {
		const char *begin;
		unsigned len;
		const char *name;
	} formats[] = {
	        {"\x89PNG\r\n\x1A\n", 8, "a PNG image"},
	        {"\xFF\xD8\xFF", 3, "a JPEG image"},
	        {"GIF8", 4, "a GIF image"},
	        {"\x7F"
	         "ELF",
	                4, "an ELF program"},
	        {"PK\x03\x04", 4, "a ZIP archive (or DOCX, OFD)"},
	        {"%PDF-", 5, "a PDF file"},
	        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "an OLE file (old DOC or WPS)"},
	        {"\x1F\x8B\x08", 3, "gzip data"},
	        {"BZh", 3, "bzip2 data"},
	        {"\xFD"
	         "7zXZ",
	                5, "xz data"},
	        {"7z\xBC\xAF\x27\x1C", 6, "a 7-Zip archive"},
	        {"Rar!\x1A\x07", 6, "a RAR archive"},
	        {"{\\rtf", 5, "an RTF file"},
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (n >= formats[i].len && memcmp(bytes, formats[i].begin, formats[i].len) == 0)
			return formats[i].name;
	return NULL;
}

static inline bool is_odd(unsigned char c)
{
	const uint32_t usual = 0x1Fu << '\t' | 1u << 0x1B; /* TAB to CR, and ESC */
	return c < 0x20 && !(usual >> c & 1);
}

/* Text has next to no control characters; in random bytes one in ten is one. The first 64 KB tell. */
static bool has_many_controls(const char *bytes, size_t n)
{
	if (n > 65536)
		n = 65536;
	size_t controls = 0;
	for (const char *p = bytes, *end = bytes + n; p < end;) {
		GW_LANES_SKIP(p, end, (gw_lanes_load(at) < 0x20) & (gw_lanes_load(at) != '\n') & (gw_lanes_load(at) != '\r'))
		for (const char *stop = gw_lanes_stop(p, end); p < stop; p++)
			controls += is_odd((unsigned char)*p);
	}
	return controls * 50 > n;
}

/* ---- what the file says of itself ---- */

static const char *find_word(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);
	for (; (size_t)(end - p) >= n; p++)
		if ((*p | 0x20) == (*word | 0x20) && strncasecmp(p, word, n) == 0)
			return p;
	return NULL;
}

/* The value behind `key =` in [p, end), quoted or not. */
static gw_str attribute(const char *p, const char *end, const char *key)
{
	p = find_word(p, end, key);
	if (!p)
		return (gw_str){NULL, 0};
	p += strlen(key);
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end || *p++ != '=')
		return (gw_str){NULL, 0};
	while (p < end && (isspace((unsigned char)*p) || *p == '"' || *p == '\''))
		p++;
	const char *from = p;
	while (p < end && (isalnum((unsigned char)*p) || *p == '-' || *p == '_' || *p == ':' || *p == '.'))
		p++;
	return p > from ? (gw_str){from, (uint32_t)(p - from)} : (gw_str){NULL, 0};
}

/* The XML declaration or a <meta charset> in the first 2 KB. */
static gw_str declaration(const char *bytes, size_t n)
{
	enum { META = 5 };
	const char *end = bytes + (n < 2048 ? n : 2048);
	if (n >= 5 && memcmp(bytes, "<?xml", 5) == 0) {
		const char *close = memchr(bytes, '>', (size_t)(end - bytes));
		gw_str name = attribute(bytes, close ? close : end, "encoding");
		if (name.ptr)
			return name;
	}
	for (const char *p = bytes; p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL; p++) {
		if (find_word(p, end - p < META ? end : p + META, "<meta") != p)
			continue;
		const char *close = memchr(p, '>', (size_t)(end - p));
		gw_str name = attribute(p, close ? close : end, "charset");
		if (name.ptr)
			return name;
	}
	return (gw_str){NULL, 0};
}

static const gw_decoder *find_named(gw_str name)
{
	char z[32];
	if (!name.ptr || name.len >= sizeof z)
		return NULL;
	memcpy(z, name.ptr, name.len);
	z[name.len] = 0;
	return gw_decoder_find(z);
}

/* ---- all together ---- */

static bool is_wide(const gw_decoder *d)
{
	return d == &gw_decoder_utf16le || d == &gw_decoder_utf16be || d == &gw_decoder_utf32le ||
	       d == &gw_decoder_utf32be;
}

/* What is weighed against each other; UTF-8 first, for equal weights. */
static const gw_decoder *const weighed[] = {&gw_decoder_utf8, &gw_decoder_gb18030, &gw_decoder_big5,
        &gw_decoder_utf16le, &gw_decoder_utf16be, &gw_decoder_utf32le, &gw_decoder_utf32be};

typedef struct contest {
	const gw_decoder *best;
	uint64_t bits;
	gw_str sample;
	const char *foreign;
} contest;

/* GB 18030 is so much the usual case of what is no UTF-8 that it is asked alone first: Chinese in it takes less than 11
 * bits an ideograph, Korean, Japanese or Big5 read as GB 18030 take more than 13. */
static bool is_plainly_gb18030(const gw_weight *w)
{
	return !w->bad && w->han >= 64 && w->han_bits < (uint64_t)w->han * 11 * 8;
}

/* A few hundred bytes are mostly enough for that; documents are short, and weighing is slow. */
static contest weigh_all(const char *bytes, size_t n)
{
	enum { FEW = 256 };
	contest c = {.best = &gw_decoder_gb18030, .sample = gw_sample_take(bytes, n)};
	gw_weight w;
	for (uint32_t few = FEW; few <= 8 * FEW; few *= 2) {
		gw_str part = {c.sample.ptr, c.sample.len < few ? c.sample.len : few};
		w = gw_weigh_as(&gw_decoder_gb18030, part);
		if (is_plainly_gb18030(&w)) {
			c.sample = part;
			c.bits = w.bits;
			return c;
		}
		if (part.len == c.sample.len)
			break;
	}
	w = gw_weigh_as(&gw_decoder_gb18030, c.sample);
	c.bits = w.bits;
	for (size_t i = 0; i < sizeof weighed / sizeof *weighed; i++) {
		if (weighed[i] == &gw_decoder_gb18030)
			continue;
		w = gw_weigh_as(weighed[i], c.sample);
		if (w.bits < c.bits || (w.bits == c.bits && i == 0)) {
			c.best = weighed[i];
			c.bits = w.bits;
		}
	}
	gw_foreign f = gw_foreign_best(c.sample);
	if (f.bits < c.bits) {
		c.foreign = f.name;
		c.best = NULL;
		c.bits = f.bits;
	}
	return c;
}

/* ASCII bytes alone: an encoding of seven bits shows itself by its escapes. */
static const gw_decoder *by_escapes(const char *bytes, size_t n)
{
	if (gw_decoder_iso2022cn.bid(bytes, n) >= GW_BID_ENOUGH)
		return &gw_decoder_iso2022cn;
	return gw_decoder_hz.bid(bytes, n) >= GW_BID_ENOUGH ? &gw_decoder_hz : NULL;
}

static bool is_ascii(const char *bytes, size_t n)
{
	const char *p = bytes, *end = bytes + n;
	GW_LANES_SKIP(p, end, gw_lanes_load(at) & 0x80)
	while (p < end && !(*p & 0x80))
		p++;
	return p == end;
}

/* Finds the encoding by the bytes alone; returns the bid of what was found. */
static int by_bytes(gw_detected *r, const char *bytes, size_t n)
{
	int bid = gw_decoder_utf8.bid(bytes, n);
	if (bid >= GW_BID_ENOUGH) {
		r->decoder = &gw_decoder_utf8;
		r->whole = bid == GW_BID_SURE;
		if (!r->whole || !is_ascii(bytes, n))
			return bid;
		r->foreign = gw_foreign_escapes(bytes, n);
		const gw_decoder *seven = r->foreign ? NULL : by_escapes(bytes, n);
		if (r->foreign || seven) {
			r->decoder = seven;
			r->whole = false;
		}
		return bid;
	}
	contest c = weigh_all(bytes, n);
	if (c.best != &gw_decoder_gb18030 || gw_bid_of(c.bits, c.sample.len) < GW_BID_LEAST) {
		const gw_decoder *turns = gw_mixed_main(bytes, n);
		if (turns) {
			r->decoder = turns;
			return GW_BID_LEAST;
		}
	}
	int won = gw_bid_of(c.bits, c.sample.len);
	/* ASCII with a stray byte is nothing foreign. */
	if (bid >= GW_BID_LEAST && !c.best) {
		r->decoder = &gw_decoder_utf8;
		return bid;
	}
	r->foreign = c.foreign;
	/* four bytes a character are cheap whatever they say */
	bool four = c.best == &gw_decoder_utf32le || c.best == &gw_decoder_utf32be;
	if (won < (four ? 620 : GW_BID_LEAST))
		return 0;
	r->decoder = c.best;
	return won;
}

/* A declaration is believed unless the bytes speak clearly against it: pages are often converted and keep the old one.
 */
static void weigh_declaration(gw_detected *r, int bid, const char *bytes, size_t n)
{
	gw_str name = declaration(bytes, n);
	const gw_decoder *said = find_named(name);
	if (!name.ptr)
		return;
	/* A page that says UTF-16 in ASCII letters is not in UTF-16; one of ASCII alone may be in any other. */
	bool fits = said && !is_wide(said);
	if (fits && said != r->decoder)
		fits = r->whole ? is_ascii(bytes, n) : said->bid(bytes, n) + 150 >= bid;
	if (fits) {
		r->whole = r->whole && said == r->decoder;
		r->decoder = said;
		r->source = "declared";
	} else {
		r->declared = name;
	}
}

gw_detected gw_detect(const char *bytes, size_t n)
{
	gw_detected r = {.source = "bom"};
	r.decoder = gw_detect_mark(bytes, n, &r.skip);
	if (r.decoder)
		return r;
	r.binary = binary_format(bytes, n);
	if (r.binary)
		return r;
	r.source = "detected";
	int bid = by_bytes(&r, bytes, n);
	if (!is_wide(r.decoder) && r.decoder != &gw_decoder_iso2022cn && has_many_controls(bytes, n)) {
		r.binary = "binary data";
		r.decoder = NULL;
		return r;
	}
	weigh_declaration(&r, bid, bytes, n);
	return r;
}

const gw_decoder *gw_decoder_guess(const char *bytes, size_t n)
{
	gw_detected r = {0};
	by_bytes(&r, bytes, n);
	return r.decoder;
}
