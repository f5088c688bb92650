/* Which encoding: the mark at the beginning, what the file says of itself, and what the bytes look like. */
#include "decoders.h"

#include <ctype.h>
#include <strings.h>

const gw_decoder *const gw_decoders[] = {
        &gw_decoder_utf8, &gw_decoder_gb18030, &gw_decoder_utf16le, &gw_decoder_utf16be, NULL};

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
	        {&gw_decoder_utf16le, "\xFF\xFE", 2},
	        {&gw_decoder_utf16be, "\xFE\xFF", 2},
	};
	*skip = 0;
	/* the mark of UTF-32LE begins with that of UTF-16LE */
	if (n >= 4 && memcmp(bytes, "\xFF\xFE\0\0", 4) == 0)
		return NULL;
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
	        {"\0\0\xFE\xFF", 4, "UTF-32 text, which is not supported"},
	        {"\xFF\xFE\0\0", 4, "UTF-32 text, which is not supported"},
	};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (n >= formats[i].len && memcmp(bytes, formats[i].begin, formats[i].len) == 0)
			return formats[i].name;
	return NULL;
}

/* Text has next to no control characters; in random bytes one in ten is one. The first 64 KB tell. */
static bool has_many_controls(const char *bytes, size_t n)
{
	if (n > 65536)
		n = 65536;
	const uint32_t usual = 0x1Fu << '\t' | 1u << 0x1B; /* TAB to CR, and ESC */
	size_t controls = 0;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)bytes[i] < 0x20)
			controls += ~usual >> bytes[i] & 1;
	return controls * 50 > n;
}

/* ---- what the file says of itself ---- */

static const char *find_word(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);
	for (; (size_t)(end - p) >= n; p++)
		if (strncasecmp(p, word, n) == 0)
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
	const char *end = bytes + (n < 2048 ? n : 2048);
	if (n >= 5 && memcmp(bytes, "<?xml", 5) == 0) {
		const char *close = memchr(bytes, '>', (size_t)(end - bytes));
		gw_str name = attribute(bytes, close ? close : end, "encoding");
		if (name.ptr)
			return name;
	}
	for (const char *p = bytes; (p = find_word(p, end, "<meta")) != NULL; p++) {
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

static const gw_decoder *best_bid(const char *bytes, size_t n, int *bid)
{
	const gw_decoder *best = NULL;
	*bid = 0;
	for (const gw_decoder *const *d = gw_decoders; *d && *bid < GW_BID_ENOUGH; d++) {
		int b = (*d)->bid(bytes, n);
		if (b > *bid) {
			*bid = b;
			best = *d;
		}
	}
	return *bid >= GW_BID_LEAST ? best : NULL;
}

/* A declaration is believed unless the bytes speak clearly against it: pages are often converted and keep the old one.
 */
static void weigh_declaration(gw_detected *r, int bid, const char *bytes, size_t n)
{
	gw_str name = declaration(bytes, n);
	const gw_decoder *said = find_named(name);
	if (!name.ptr)
		return;
	/* A page that says UTF-16 in ASCII letters is not in UTF-16. */
	bool wide = said == &gw_decoder_utf16le || said == &gw_decoder_utf16be;
	if (said && !wide && (said == r->decoder || said->bid(bytes, n) + 150 >= bid)) {
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
	int bid;
	r.source = "detected";
	r.decoder = best_bid(bytes, n, &bid);
	bool wide = r.decoder == &gw_decoder_utf16le || r.decoder == &gw_decoder_utf16be;
	if (!wide && has_many_controls(bytes, n)) {
		r.binary = "binary data";
		r.decoder = NULL;
		return r;
	}
	r.whole = r.decoder == &gw_decoder_utf8 && bid == GW_BID_SURE;
	weigh_declaration(&r, bid, bytes, n);
	return r;
}
