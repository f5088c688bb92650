/* The targets for what wraps a text: pages, Markdown, office files, the layout of PDF pages, NDJSON, archives.
 *
 * A wrapping is made anew each round, of a stretch of a document and of tags, and spoiled on the inside (where checksums
 * do not keep everything off), on the outside, or both. Promised is that what is read is UTF-8, that a reader that fails
 * says why, and that an archive unpacks to no more than its limits, under names that lead nowhere else. */
#include "../../pipeline/ingest/format/page.h"
#include "../../pipeline/ingest/format/pdf.h"
#include "../../pipeline/ingest/packed.h"
#include "target.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- readers of formats ---- */

static void words_make(gw_page_words *w, gw_arena *a)
{
	gw_map_init(&w->containers, a);
	gw_map_init(&w->furniture, a);
	gw_map_init(&w->labels, a);
	*gw_map_put(&w->containers, GW_STR("zoom")) = 1;
	*gw_map_put(&w->furniture, GW_STR("share")) = 1;
	*gw_map_put(&w->labels, GW_STR("文号")) = 1;
	*GW_PUSH(a, &w->metas) = (gw_page_meta){"ArticleTitle", NULL};
	*GW_PUSH(a, &w->metas) = (gw_page_meta){"PubDate", "发布日期"};
	w->max_depth = 200;
}

/* Feeds the input to a reader, which may decline it. */
static void format_read(target_case *c, const gw_format *format, const char *path)
{
	gw_page_words words = {0};
	static const gw_convert convert = {.max_bytes = 1 << 22, .seconds = 5, .memory = 1 << 30, .pdf = "", .rules = "", .converter = ""};
	words_make(&words, &c->arena);
	char *bytes = target_copy(&c->input);
	gw_format_job job = {.bytes = bytes, .len = c->input.len, .path = path, .arena = &c->arena, .at = {.path = path},
	        .diag = &c->diag, .convert = &convert, .words = &words};
	gw_buf out;
	gw_buf_init(&out);
	if (format->is(&job)) {
		gw_status status = format->read(&job, &out);
		if (status >= GW_FAILED && !c->diag.errors)
			target_broken(c, "a reader fails without a word");
		if (status < GW_FAILED && out.len && !gw_utf8_valid(out.ptr, out.len))
			target_broken(c, "what was read is no UTF-8");
	}
	gw_buf_release(&out);
	free(bytes);
}

static void spoil(target_case *c)
{
	if (dice_below(&c->dice, 8))
		mutate(&c->dice, &c->input, c->seeds[dice_below(&c->dice, c->seed_count)], TARGET_INPUT_MAX);
}

/* Readers of markup get text that has been decoded. */
static void decoded_make(target_case *c)
{
	const char *text;
	size_t len;
	uint32_t errors;
	gw_decoder_utf8.decode(c->input.ptr ? c->input.ptr : "", c->input.len, &c->arena, &text, &len, &errors, &c->diag);
	gw_str s = gw_arena_str(&c->arena, (gw_str){text, (uint32_t)len});
	gw_buf_clear(&c->input);
	gw_buf_add_str(&c->input, s);
}

typedef struct pieces {
	const char *const *list;
	uint32_t count;
} pieces;
#define PIECES(array) ((pieces){array, sizeof array / sizeof *array})

/* Text with pieces of syntax between its parts. */
static void weave(target_case *c, pieces p, uint32_t most)
{
	for (uint32_t n = 1 + dice_below(&c->dice, most); n && c->input.len < TARGET_INPUT_MAX / 2; n--) {
		const char *piece = p.list[dice_below(&c->dice, p.count)];
		for (uint32_t times = dice_below(&c->dice, 30) ? 1 : 1 + dice_below(&c->dice, 300); times; times--)
			gw_buf_adds(&c->input, piece);
		if (dice_below(&c->dice, 2))
			gw_buf_add_str(&c->input, target_stretch(c, 60));
	}
}

static const char *const html[] = {"<p>", "</p>", "<div>", "<div id=zoom>", "<div class='share'>", "</div>", "<table>", "<tr>", "<td>",
        "<td rowspan=3 colspan=2>", "<td colspan=99999>", "</td>", "</tr>", "</table>", "<th>", "<br>", "<ul><li>", "<ol>", "<li>",
        "<a href='x'>", "</a>", "<h1>", "</h1>", "<span>", "<font>", "</span>", "<script>", "</script>", "<style>", "<!--", "-->",
        "<![CDATA[", "]]>", "<title>", "</title>", "<head>", "<body>", "</body></html>", "<meta name='ArticleTitle' content='关于",
        "'>", "<dl><dt>文号<dd>", "<pre>", "</pre>", "&nbsp;", "&#12290;", "&#x110000;", "&lt;", "&", "<img alt='", "<svg>", "<math>",
        "<template>", "<frameset>", "<select><option>", "<input value=", "<textarea>", "<b><i>", "</b>", "<o:p>", "<?xml", "\n"};

static void html_round(target_case *c)
{
	gw_buf_adds(&c->input, dice_below(&c->dice, 4) ? "<!DOCTYPE html><html><body>" : "<html>");
	weave(c, PIECES(html), 200);
	spoil(c);
	decoded_make(c);
	format_read(c, &gw_format_html, "a.html");
}

static const char *const xml[] = {"<doc>", "</doc>", "<p>", "</p>", "<a b='c'>", "</a>", "<e/>", "<![CDATA[", "]]>", "<!--", "-->",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "&#1;", "&amp;", "<?pi x?>", "<x:y xmlns:x='z'>", "</x:y>", "\n"};

static void xml_round(target_case *c)
{
	gw_buf_adds(&c->input, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<doc>");
	weave(c, PIECES(xml), 60);
	gw_buf_adds(&c->input, "</doc>");
	spoil(c);
	decoded_make(c);
	format_read(c, &gw_format_xml, "a.xml");
}

static const char *const markdown[] = {"# ", "## ", "\n\n", "\n", "- ", "* ", "1. ", "> ", "```\n", "~~~", "|", "|---|", "\n| a | b |\n",
        "**", "__", "*", "_", "`", "[", "](http://x)", "![", "](y)", "<b>", "</b>", "\\", "---\n", "===\n", "[^1]", "[1]: x\n", "    ", "\t"};

static void markdown_round(target_case *c)
{
	weave(c, PIECES(markdown), 150);
	spoil(c);
	decoded_make(c);
	format_read(c, &gw_format_markdown, "a.md");
}

static const char *const layout[] = {"<page width='595.0' height='842.0'>", "</page>", "<flow>", "</flow>",
        "<block xMin='90' yMin='72' xMax='505' yMax='90'>", "</block>", "<line xMin='90' yMin='72' xMax='505' yMax='90'>",
        "<line xMin='300' yMin='800' xMax='310' yMax='810'>", "<line xMin='nan' yMin='-1e308' xMax='1e308' yMax='inf'>", "</line>",
        "<word xMin='90' yMin='72' xMax='200' yMax='90'>", "<word xMin='420' yMin='72' xMax='505' yMax='90'>", "</word>", "— 1 —", "12"};

/* A page of words in columns, as of a table. */
static void columns_add(target_case *c)
{
	uint32_t columns = 1 + dice_below(&c->dice, 4), step = 14 + dice_below(&c->dice, 12);
	gw_buf_adds(&c->input, "<page width='595' height='842'>");
	for (uint32_t y = 70; y < 790; y += step) {
		if (dice_below(&c->dice, 40) == 0)
			break;
		uint32_t from = 60 + dice_below(&c->dice, 3) * 30;
		gw_buf_printf(&c->input, "<line xMin='%u' yMin='%u' xMax='%u' yMax='%u'>", from, y, 500 + dice_below(&c->dice, 40), y + 14);
		for (uint32_t i = 0; i < columns; i++) {
			uint32_t x = from + i * (480 / columns), end = x + dice_below(&c->dice, 480 / columns + 20);
			gw_buf_printf(&c->input, "<word xMin='%u' yMin='%u' xMax='%u' yMax='%u'>", x, y, end, y + 8 + dice_below(&c->dice, 7));
			gw_buf_add_str(&c->input, target_stretch(c, 40));
			gw_buf_adds(&c->input, "</word>");
		}
		gw_buf_adds(&c->input, "</line>");
	}
	gw_buf_adds(&c->input, "</page>");
}

static void rules_make(target_case *c, gw_pdf_rules *out)
{
	static const char *const paths[] = {"M 60 70 L 540 70 Z", "M 60 70 L 60 400", "M 300 60 L 300.2 500", "M 60 90 L 540 90.5 L 540 92 L 60 92 Z",
	        "M 0 0 C 1 1 2 2 3 3", "M nan 1e308 L -1e308 inf", "M 60", "Z", "M 1 1 L", ""};
	gw_buf svg;
	gw_buf_init(&svg);
	gw_buf_adds(&svg, "<svg><defs><path d='M 1 1 L 100 1'/></defs>");
	for (uint32_t n = dice_below(&c->dice, 40); n; n--) {
		uint32_t x = 50 + dice_below(&c->dice, 500), y = 50 + dice_below(&c->dice, 750);
		gw_buf_adds(&svg, dice_below(&c->dice, 4) ? "<path style='fill:none' d='" : "<path transform='matrix(1,0,0,-1,0,842)' d='");
		if (dice_below(&c->dice, 5))
			gw_buf_printf(&svg, "M %u %u L %u %u", x, y, dice_below(&c->dice, 2) ? x : 60, dice_below(&c->dice, 2) ? y : 70);
		else
			gw_buf_adds(&svg, paths[dice_below(&c->dice, sizeof paths / sizeof *paths)]);
		gw_buf_adds(&svg, "'/>");
	}
	gw_buf_adds(&svg, "</svg>");
	if (dice_below(&c->dice, 4) == 0)
		mutate(&c->dice, &svg, (gw_str){c->input.ptr, (uint32_t)c->input.len}, TARGET_INPUT_MAX);
	gw_pdf_rules_of_svg(&c->arena, &svg, out);
	gw_buf_release(&svg);
}

static void layout_round(target_case *c)
{
	gw_buf_adds(&c->input, "<html><body><doc>");
	if (dice_below(&c->dice, 2))
		weave(c, PIECES(layout), 80);
	for (uint32_t n = dice_below(&c->dice, 3); n; n--)
		columns_add(c);
	gw_buf_adds(&c->input, "</doc></body></html>");
	if (dice_below(&c->dice, 2))
		spoil(c);
	gw_pdf pdf = {.arena = &c->arena};
	gw_buf out;
	gw_buf_init(&out);
	if (gw_pdf_read_layout(&pdf, &c->input)) {
		for (uint32_t i = 0; i < pdf.pages.count; i++) {
			gw_pdf_rules rules = {0};
			rules_make(c, &rules);
			gw_pdf_tables_find(&pdf, &pdf.pages.items[i], &rules);
		}
		gw_pdf_write(&pdf, &out);
		if (out.len && !gw_utf8_valid(out.ptr, out.len))
			target_broken(c, "what was read is no UTF-8");
	}
	gw_buf_release(&out);
}

static void ole_round(target_case *c)
{
	gw_buf_add(&c->input, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	gw_buf_add_str(&c->input, target_stretch(c, 2000));
	spoil(c);
	format_read(c, &gw_format_ole, "a.doc");
}

/* ---- packed files ---- */

typedef struct member {
	const char *name;
	const char *bytes;
	size_t n;
	unsigned type; /* 0: a regular file */
} member;

static const int formats[] = {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FORMAT_7ZIP};
enum { PACK_ZIP, PACK_TAR, PACK_PAX, PACK_7Z };

/* An archive in the input. `filter`: ARCHIVE_FILTER_NONE, GZIP …; `store`: members of a ZIP as they are. */
static bool pack(target_case *c, int format, int filter, bool store, const member *m, unsigned count)
{
	enum { ROOM = 1 << 20 };
	size_t used = 0;
	char *room = gw_arena_alloc(&c->arena, ROOM);
	struct archive *a = archive_write_new();
	bool good = archive_write_set_format(a, formats[format]) == ARCHIVE_OK && archive_write_add_filter(a, filter) == ARCHIVE_OK;
	if (good && format == PACK_ZIP && store)
		archive_write_zip_set_compression_store(a);
	if (good && format == PACK_7Z && dice_below(&c->dice, 50)) /* LZMA takes a thousand times as long to begin */
		archive_write_set_options(a, "compression=store");
	archive_write_set_bytes_in_last_block(a, 1);
	good = good && archive_write_open_memory(a, room, ROOM, &used) == ARCHIVE_OK;
	for (unsigned i = 0; good && i < count; i++) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, m[i].name);
		archive_entry_set_filetype(e, m[i].type ? m[i].type : AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, m[i].type ? 0 : (int64_t)m[i].n);
		if (m[i].type == AE_IFLNK)
			archive_entry_set_symlink(e, "/etc/passwd");
		if (archive_write_header(a, e) == ARCHIVE_OK && !m[i].type)
			archive_write_data(a, m[i].bytes, m[i].n);
		archive_entry_free(e);
	}
	good = archive_write_close(a) == ARCHIVE_OK && good;
	archive_write_free(a);
	gw_buf_clear(&c->input);
	gw_buf_add(&c->input, room, used);
	return good;
}

static const char *const body[] = {"<w:p>", "</w:p>", "<w:r><w:t>", "</w:t></w:r>", "<w:pPr><w:pStyle w:val='1'/>", "</w:pPr>",
        "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>", "<w:numPr><w:ilvl w:val='8'/><w:numId w:val='2'/></w:numPr>",
        "<w:tbl>", "<w:tr>", "<w:tc>", "</w:tc>", "</w:tr>", "</w:tbl>", "<w:br/>", "<w:tab/>", "<w:del>", "</w:del>", "<w:ins>",
        "<w:footnoteReference w:id='1'/>", "<w:instrText>", "</w:instrText>", "<w:fldChar w:fldCharType='begin'/>", "<mc:Fallback>",
        "</mc:Fallback>", "<w:txbxContent>", "</w:txbxContent>", "<w:sym w:char='F0A7'/>", "<w:gridSpan w:val='9'/>"};
static const char *const numbers[] = {"<w:abstractNum w:abstractNumId='0'>", "</w:abstractNum>", "<w:lvl w:ilvl='0'>",
        "<w:lvl w:ilvl='7'>", "<w:lvl w:ilvl='99'>", "</w:lvl>", "<w:start w:val='1'/>", "<w:start w:val='4294967295'/>", "<w:numFmt w:val='chineseCounting'/>",
        "<w:numFmt w:val='decimal'/>", "<w:numFmt w:val='lowerRoman'/>", "<w:lvlText w:val='第%1条'/>", "<w:lvlText w:val='%1.%2.%9%0%'/>", "<w:num w:numId='1'>",
        "<w:num w:numId='2'>", "</w:num>", "<w:abstractNumId w:val='0'/>", "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/>",
        "</w:lvlOverride>", "<w:isLgl/>"};

static gw_str part(target_case *c, const char *root, pieces p)
{
	gw_buf_clear(&c->input);
	gw_buf_printf(&c->input, "<?xml version='1.0'?><w:%s xmlns:w='w' xmlns:mc='m'>", root);
	if (p.list == body)
		gw_buf_adds(&c->input, "<w:body><w:p><w:r><w:t>关于</w:t></w:r></w:p>");
	weave(c, p, 60);
	if (dice_below(&c->dice, 4) == 0)
		spoil(c);
	if (p.list == body && dice_below(&c->dice, 2))
		gw_buf_adds(&c->input, "</w:body>");
	gw_buf_printf(&c->input, "</w:%s>", root);
	return gw_arena_str(&c->arena, (gw_str){c->input.ptr, (uint32_t)c->input.len});
}

static void docx_round(target_case *c)
{
	gw_str document = part(c, "document", PIECES(body)), numbering = part(c, "numbering", PIECES(numbers));
	const member parts[] = {{"[Content_Types].xml", "<Types/>", 8, 0}, {"word/document.xml", document.ptr, document.len, 0},
	        {"word/numbering.xml", numbering.ptr, numbering.len, 0}};
	pack(c, PACK_ZIP, ARCHIVE_FILTER_NONE, dice_below(&c->dice, 2), parts, 3);
	if (dice_below(&c->dice, 3) == 0)
		spoil(c);
	format_read(c, dice_below(&c->dice, 8) ? &gw_format_docx : &gw_format_office, "a.docx");
}

static void check_unpacked(target_case *c, gw_inputs *in, const gw_archive_settings *set)
{
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < in->items.count; i++) {
		const gw_input *item = &in->items.items[i];
		if (!gw_utf8_valid(item->source_path, strlen(item->source_path)) || strstr(item->source_path, "/../") ||
		        item->source_path[0] == '/')
			target_broken(c, "a name that must not be published");
		if (!item->spool || item->refused)
			continue;
		gw_loaded file;
		if (gw_spool_load(item, &file, &c->diag) >= GW_FAILED || file.len != item->size)
			target_broken(c, "what was unpacked cannot be read");
		bytes += file.len;
		if (file.len > (uint64_t)set->max_file_bytes)
			target_broken(c, "a file beyond the limit");
		gw_file_unload(&file);
	}
	if (bytes > (uint64_t)set->max_bytes)
		target_broken(c, "more was unpacked than the limit");
}

static void archive_round(target_case *c, int format, int filter, const char *path)
{
	static const char *const names[] = {"a.txt", "规划/计划.txt", "b/c/d.txt", "../up.txt", "/etc/x", "C:\\x", ".hidden", "a.txt", "\xB9\xE6\xBB\xAE.txt",
	        "./e.txt", "f\ng.txt", "h/", "inner.zip", "i\\..\\j", "very/long/"};
	static const unsigned types[] = {0, 0, 0, 0, 0, 0, AE_IFDIR, AE_IFLNK, AE_IFIFO};
	static const gw_archive_settings set = {true, 2, 20, 1 << 16, 1 << 18, 100};
	member m[8];
	unsigned count = dice_below(&c->dice, 8);
	char *zeros = gw_arena_alloc(&c->arena, 1 << 17);
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", 0), before = uselocale(utf8);
	member inner = {"k.txt", "内", 3, 0};
	pack(c, PACK_ZIP, ARCHIVE_FILTER_NONE, true, &inner, 1);
	gw_str zip = gw_arena_str(&c->arena, (gw_str){c->input.ptr, (uint32_t)c->input.len});
	for (unsigned i = 0; i < count; i++) {
		gw_str s = target_stretch(c, 3000);
		if (dice_below(&c->dice, 6) == 0)
			s = (gw_str){zeros, 1 << 17};
		else if (dice_below(&c->dice, 6) == 0)
			s = zip;
		m[i] = (member){names[dice_below(&c->dice, sizeof names / sizeof *names)], s.ptr, s.len, types[dice_below(&c->dice, 9)]};
	}
	pack(c, format, filter, dice_below(&c->dice, 2), m, count);
	uselocale(before);
	freelocale(utf8);
	spoil(c);
	char *bytes = target_copy(&c->input);
	gw_inputs in = {0};
	*GW_PUSH(&c->arena, &in.items) =
	        (gw_input){.source_path = path, .content = bytes, .content_len = c->input.len, .size = c->input.len};
	gw_inputs_unpack(&c->arena, &set, NULL, &in);
	check_unpacked(c, &in, &set);
	gw_inputs_release(&in);
	free(bytes);
}

static void zip_round(target_case *c)
{
	archive_round(c, PACK_ZIP, ARCHIVE_FILTER_NONE, "a.zip");
}

static void tar_round(target_case *c)
{
	archive_round(c, dice_below(&c->dice, 2) ? PACK_TAR : PACK_PAX, ARCHIVE_FILTER_NONE, "a.tar");
}

static void packed_tar_round(target_case *c)
{
	static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD};
	/* gzip mostly: the others cost a hundred times as much to make */
	archive_round(c, PACK_TAR, filters[dice_below(&c->dice, 8) ? 0 : dice_below(&c->dice, 4)], "a.tar.gz");
}

static void seven_zip_round(target_case *c)
{
	archive_round(c, PACK_7Z, ARCHIVE_FILTER_NONE, "a.7z");
}

/* ---- NDJSON ---- */

static const char *const ndjson[] = {"{\"source_path\": \"a.txt\", \"content\": \"", "{\"source_path\": \"b/c.txt\", \"content_base64\": \"5YWz5LqO",
        "\"}\n", "\"}", "\n", "\t\n", "\r\n", "{", "}", "[", "null", "\\u5c40", "\\ud800", "\\u0000", "\\n", "==", "\"", ": ", ", ", "1e999", "\"content\""};

static gw_status each(void *ctx, const gw_input *in, gw_diag *diag)
{
	target_case *c = ctx;
	(void)diag;
	if (!gw_utf8_valid(in->source_path, strlen(in->source_path)))
		target_broken(c, "a source path that is no UTF-8");
	for (size_t i = 0; i < in->content_len; i += 64)
		c->dice.state += (unsigned char)in->content[i]; /* all of it can be read */
	return GW_OK;
}

static void ndjson_round(target_case *c)
{
	weave(c, PIECES(ndjson), 30);
	spoil(c);
	int fd = memfd_create("ndjson", MFD_CLOEXEC);
	if (fd < 0 || write(fd, c->input.ptr, c->input.len) != (ssize_t)c->input.len || lseek(fd, 0, SEEK_SET) != 0)
		target_broken(c, "no place for NDJSON");
	gw_ndjson_read(fd, each, c, &c->diag);
	close(fd);
}

const target targets_readers[] = {{"html", html_round}, {"xml", xml_round}, {"markdown", markdown_round}, {"docx", docx_round},
        {"pdf-layout", layout_round}, {"ole", ole_round}, {"ndjson", ndjson_round}, {"zip", zip_round}, {"tar", tar_round},
        {"tar-packed", packed_tar_round}, {"7z", seven_zip_round}, {0}};
