/* HTML to a tree, by libxml2's forgiving parser. Its own tree is not used: ours takes a third of the memory, and what
 * goes beyond the limits is stopped on the way, not when all has been built. */
#include "page.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <strings.h>

enum { NODES_MOST = 4000000, NAMES_MOST = 200, ATTRIBUTES_MOST = 4096 };

/* ---- tags ---- */

static const struct {
	const char *names;
	gw_tag_kind kind;
} tags[] = {
        {"script|style|noscript|template|iframe|frame|object|embed|svg|canvas|math|select|option|button|input|textarea|"
         "map|"
         "audio|video|nav|footer|aside|dialog|menu|rt|rp|datalist|marquee",
                GW_TAG_DROPPED},
        {"p|li|hr|summary|legend|figcaption", GW_TAG_PARAGRAPH},
        {"div|section|article|main|header|body|html|head|ul|ol|dl|dd|blockquote|center|address|fieldset|form|figure|"
         "details|noframes",
                GW_TAG_BLOCK},
        {"h1|h2|h3|h4|h5|h6", GW_TAG_HEADING},
        {"br", GW_TAG_BREAK},
        {"table", GW_TAG_TABLE},
        {"tr|caption", GW_TAG_ROW},
        {"td|th", GW_TAG_CELL},
        {"dt", GW_TAG_TERM},
        {"a", GW_TAG_LINK},
        {"pre", GW_TAG_PRE},
        {"title", GW_TAG_TITLE},
        {"meta", GW_TAG_META},
};

static bool is_one_of(const char *name, const char *names)
{
	size_t n = strlen(name);
	while (*names) {
		size_t e = strcspn(names, "|");
		if (e == n && memcmp(name, names, n) == 0)
			return true;
		names += e + (names[e] == '|');
	}
	return false;
}

static gw_tag_kind kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (is_one_of(name, tags[i].names))
			return tags[i].kind;
	return GW_TAG_INLINE;
}

/* ---- what the parser tells ---- */

typedef struct builder {
	gw_page *page;
	htmlParserCtxtPtr parser;
	GW_LIST(uint32_t) open; /* nodes, outermost first */
	int64_t max_depth;
	const char *trouble;
} builder;

static uint32_t node_add(builder *b, gw_tag_kind kind)
{
	gw_page *page = b->page;
	uint32_t parent = b->open.count ? b->open.items[b->open.count - 1] : GW_NONE, i = page->nodes.count;
	if (i >= NODES_MOST && !b->trouble) {
		b->trouble = "more than 4,000,000 tags and texts";
		xmlStopParser(b->parser);
	}
	gw_node_html *n = GW_PUSH(page->arena, &page->nodes);
	*n = (gw_node_html){.kind = kind,
	        .parent = parent,
	        .first = GW_NONE,
	        .last = GW_NONE,
	        .next = GW_NONE,
	        .span = 1,
	        .rows = 1};
	if (parent == GW_NONE)
		return i;
	gw_node_html *up = &page->nodes.items[parent];
	if (up->last == GW_NONE)
		up->first = i;
	else
		page->nodes.items[up->last].next = i;
	up->last = i;
	n->dropped = up->dropped;
	n->refers = up->refers;
	return i;
}

/* Adds a class or id to the names of a node, in small letters. */
static void names_add(builder *b, gw_node_html *n, const char *value)
{
	size_t had = n->names ? strlen(n->names) + 1 : 0, len = strnlen(value, NAMES_MOST);
	char *names = gw_arena_alloc(b->page->arena, had + len + 1);
	if (had) {
		memcpy(names, n->names, had - 1);
		names[had - 1] = ' ';
	}
	for (size_t i = 0; i < len; i++) {
		char c = value[i];
		names[had + i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
	}
	n->names = names;
}

/* style="display: none" */
static bool hides(const char *style)
{
	const char *p = strcasestr(style, "display");
	if (!p)
		return false;
	p += 7;
	p += strspn(p, " \t");
	return *p == ':' && strncasecmp(p + 1 + strspn(p + 1, " \t"), "none", 4) == 0;
}

static void attribute_take(builder *b, gw_node_html *n, const char *name, const char *value)
{
	gw_arena *a = b->page->arena;
	bool meta = n->kind == GW_TAG_META;
	if (meta && strcasecmp(name, "content") == 0)
		n->text = gw_arena_str(a, gw_str_of(value));
	else if (meta ? strcasecmp(name, "name") == 0 : strcasecmp(name, "id") == 0 || strcasecmp(name, "class") == 0)
		names_add(b, n, value);
	else if (strcasecmp(name, "colspan") == 0 && atoi(value) > 0)
		n->span = (uint16_t)(atoi(value) < 64 ? atoi(value) : 64);
	else if (strcasecmp(name, "rowspan") == 0 && atoi(value) > 0)
		n->rows = (uint16_t)(atoi(value) < 1000 ? atoi(value) : 1000);
	else if (n->kind == GW_TAG_LINK && strcasecmp(name, "href") == 0 && *value == '#')
		n->refers |= GW_REFERS_LINK;
	else if ((strcasecmp(name, "style") == 0 && hides(value)) || strcasecmp(name, "hidden") == 0)
		n->dropped = true;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	builder *b = ctx;
	if (b->trouble)
		return;
	uint32_t i = node_add(b, kind_of((const char *)name));
	gw_node_html *n = &b->page->nodes.items[i];
	n->dropped = n->dropped || n->kind == GW_TAG_DROPPED;
	if (strcmp((const char *)name, "sup") == 0)
		n->refers |= GW_REFERS_RAISED;
	for (const xmlChar **p = attributes; p && *p; p += 2)
		if (p[1])
			attribute_take(b, n, (const char *)p[0], (const char *)p[1]);
	*GW_PUSH(b->page->arena, &b->open) = i;
	if (b->open.count > (uint64_t)b->max_depth) {
		b->trouble = "tags nested deeper than markup.max_depth";
		xmlStopParser(b->parser);
	}
}

static void on_end(void *ctx, const xmlChar *name)
{
	builder *b = ctx;
	(void)name;
	if (b->open.count > 1)
		b->open.count--;
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	builder *b = ctx;
	if (b->trouble || !b->open.count)
		return;
	uint32_t parent = b->open.items[b->open.count - 1];
	if (b->page->nodes.items[parent].dropped)
		return;
	uint32_t i = node_add(b, GW_TAG_TEXT);
	b->page->nodes.items[i].text = gw_arena_str(b->page->arena, (gw_str){(const char *)text, (uint32_t)len});
}

static void on_cdata(void *ctx, const xmlChar *text, int len)
{
	(void)ctx, (void)text, (void)len; /* scripts and styles */
}

/* ---- before the parser ---- */

/* The parser compares every attribute of a tag with all before it. */
static bool has_endless_tag(const char *p, size_t n)
{
	unsigned parts = 0;
	char quote = 0;
	bool in = false;
	for (const char *end = p + n; p < end; p++) {
		if (!in) {
			p = memchr(p, '<', (size_t)(end - p));
			if (!p)
				return false;
			in = p + 1 < end && ((p[1] | 32) >= 'a' && (p[1] | 32) <= 'z');
			parts = 0;
			quote = 0;
		} else if (quote) {
			if (*p == quote)
				quote = 0;
		} else if (*p == '>') {
			in = false;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
			parts++;
		} else if (*p == ' ' || *p == '=' || *p == '/' || *p == '\n' || *p == '\t') {
			if (++parts > 3 * ATTRIBUTES_MOST)
				return true;
		}
	}
	return false;
}

/* A NUL would end the parsing. */
static const char *without_nul(const gw_format_job *job)
{
	if (!memchr(job->bytes, 0, job->len))
		return job->bytes;
	char *copy = gw_arena_alloc(job->arena, job->len + 1);
	for (size_t i = 0; i < job->len; i++)
		copy[i] = (char)(job->bytes[i] ? job->bytes[i] : ' ');
	return copy;
}

gw_status gw_page_parse(const gw_format_job *job, gw_page *page)
{
	htmlSAXHandler sax = {.startElement = on_start,
	        .endElement = on_end,
	        .characters = on_text,
	        .ignorableWhitespace = on_text,
	        .cdataBlock = on_cdata};
	builder b = {.page = page, .max_depth = job->words->max_depth};
	if (job->len > INT32_MAX)
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "a page of more than 2 GiB");
	if (has_endless_tag(job->bytes, job->len))
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "a tag with more than 4,096 attributes");
	page->arena = job->arena;
	page->title = "";
	uint32_t root = node_add(&b, GW_TAG_BLOCK);
	*GW_PUSH(job->arena, &b.open) = root;
	b.parser = htmlCreateMemoryParserCtxt(without_nul(job), (int)job->len);
	if (!b.parser)
		return gw_format_fail(job, GW_E_FORMAT, "the page cannot be parsed");
	/* what the page says of its encoding was heard and judged before */
	htmlCtxtUseOptions(b.parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
	                                     HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED);
	xmlSwitchEncoding(b.parser, XML_CHAR_ENCODING_UTF8);
	*b.parser->sax = sax;
	b.parser->userData = &b;
	htmlParseDocument(b.parser);
	xmlFreeDoc(b.parser->myDoc);
	htmlFreeParserCtxt(b.parser);
	xmlResetLastError();
	return b.trouble ? gw_format_fail(job, GW_E_FORMAT_LIMIT, "%s", b.trouble) : GW_OK;
}
