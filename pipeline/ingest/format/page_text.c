/* A page's tree as plain text.
 *
 * A block is a line, a row of a table a line with tabs between its cells; a table of labels (索引号 … 发文机关 …)
 * becomes a line "label：value" for each, whether the page wrote the colon or not. Of what stands above the main text
 * only the title and lines with labels are kept, of what stands below it nothing. */
#include "page.h"

enum { ABOVE, MAIN, BELOW };
enum { COLUMNS_MOST = 64, CELL_PROSE = 400, TITLE_REACH = 1200, TITLE_LEAST = 12 };

typedef struct line {
	gw_str text;
	uint8_t zone;
	bool heading;
} line;

typedef struct writer {
	gw_page *page;
	const gw_page_words *words;
	GW_LIST(line) lines;
	gw_buf text; /* of the line that is being put together */
	uint8_t zone;
	bool heading;
} writer;

/* ---- words without blanks ---- */

gw_str gw_page_squeeze(gw_arena *a, gw_str s)
{
	char *out = gw_arena_alloc(a, s.len + 1);
	uint32_t n = 0;
	for (const char *p = s.ptr, *end = p + s.len; p < end;) {
		const char *from = p;
		uint32_t c = gw_utf8_next(&p, end);
		if (c <= ' ' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200F) || c == 0xFEFF)
			continue;
		memcpy(out + n, from, (size_t)(p - from));
		n += (uint32_t)(p - from);
	}
	return (gw_str){out, n};
}

static bool is_colon(const char *p, const char *end)
{
	return p < end && (*p == ':' || (end - p >= 3 && memcmp(p, "\xEF\xBC\x9A", 3) == 0));
}

/* A cell or term that is a label, with or without its colon; the label without blanks. */
static bool is_label(const writer *w, gw_str text, gw_str *label)
{
	gw_str s = gw_page_squeeze(w->page->arena, text);
	if (s.len > 3 && memcmp(s.ptr + s.len - 3, "\xEF\xBC\x9A", 3) == 0)
		s.len -= 3;
	else if (s.len && s.ptr[s.len - 1] == ':')
		s.len--;
	*label = s;
	return s.len && gw_map_get(&w->words->labels, s) != GW_NONE;
}

/* A line that begins with a label and its colon. */
static bool begins_with_label(const writer *w, gw_str text)
{
	gw_str s = gw_page_squeeze(w->page->arena, text);
	for (const char *p = s.ptr, *end = p + (s.len < 48 ? s.len : 48); p < end; p++)
		if (is_colon(p, s.ptr + s.len))
			return gw_map_get(&w->words->labels, (gw_str){s.ptr, (uint32_t)(p - s.ptr)}) != GW_NONE;
	return false;
}

/* ---- lines ---- */

static void line_push(writer *w, const char *text, size_t n)
{
	gw_str s = {text, (uint32_t)n};
	if (gw_page_squeeze(w->page->arena, s).len)
		*GW_PUSH(w->page->arena, &w->lines) = (line){gw_arena_str(w->page->arena, s), w->zone, w->heading};
}

static void flush(writer *w)
{
	gw_buf b;
	gw_buf_init(&b);
	gw_text_add_squeezed(&b, w->text.ptr ? w->text.ptr : "", w->text.len);
	line_push(w, b.ptr ? b.ptr : "", b.len);
	gw_buf_release(&b);
	gw_buf_clear(&w->text);
}

static const gw_node_html *at(const writer *w, uint32_t i)
{
	return &w->page->nodes.items[i];
}

/* ---- signs of footnotes ---- */

static void text_below(const writer *w, uint32_t i, gw_buf *out);

/* [12] ①, and 12 where it is raised and a link both: else it may be the 2 of a square metre. */
static bool is_sign(gw_str s, bool bare)
{
	const char *p = s.ptr, *end = p + s.len;
	uint32_t c = p < end ? gw_utf8_next(&p, end) : 0, digits = 0;
	if (c >= 0x2460 && c <= 0x2473)
		return p == end;
	bool bound = c == '[' || c == 0x3014 /* 〔 */ || c == 0xFF3B;
	for (p = bound ? p : s.ptr; p < end && *p >= '0' && *p <= '9'; p++)
		digits++;
	c = p < end ? gw_utf8_next(&p, end) : 0;
	return digits && digits <= 3 && p == end && (bound ? c == ']' || c == 0x3015 || c == 0xFF3D : bare && !c);
}

/* The sign of a footnote behind a word. At the begin of a line it is that of the note itself, and stays. */
static bool is_reference(const writer *w, uint32_t i, const gw_buf *before)
{
	const gw_node_html *n = at(w, i);
	size_t words = before->len;
	while (words && strchr(" \t\r\n\x1F", before->ptr[words - 1]))
		words--;
	if (!n->refers || n->kind == GW_TAG_TEXT || !words || (words < before->len && before->ptr[words] == '\x1F'))
		return false;
	gw_buf b;
	gw_buf_init(&b);
	text_below(w, i, &b);
	gw_str text = gw_page_squeeze(w->page->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)(b.len < 32 ? b.len : 32)});
	gw_buf_release(&b);
	return is_sign(text, n->refers == (GW_REFERS_RAISED | GW_REFERS_LINK));
}

/* All text of a cell or term, its blocks parted by blanks. */
static void text_below(const writer *w, uint32_t i, gw_buf *out)
{
	for (uint32_t c = at(w, i)->first; c != GW_NONE; c = at(w, c)->next) {
		const gw_node_html *n = at(w, c);
		if (n->dropped || is_reference(w, c, out))
			continue;
		if (n->kind == GW_TAG_TEXT)
			gw_buf_add_str(out, n->text);
		/* U+001F: a blank that is kept between Han characters too, since here one thing ends and another begins
		 */
		bool parts = n->kind != GW_TAG_TEXT && n->kind != GW_TAG_INLINE && n->kind != GW_TAG_LINK;
		if (parts)
			gw_buf_addc(out, '\x1F');
		text_below(w, c, out);
		if (parts)
			gw_buf_addc(out, '\x1F');
	}
}

static gw_str cell_text(const writer *w, uint32_t i)
{
	gw_buf raw, b;
	gw_buf_init(&raw);
	gw_buf_init(&b);
	text_below(w, i, &raw);
	gw_buf_addc(&raw, '\x1F');
	for (const char *p = raw.ptr, *end = p + raw.len; p < end;) {
		const char *stop = memchr(p, '\x1F', (size_t)(end - p));
		size_t had = b.len;
		if (b.len)
			gw_buf_addc(&b, ' ');
		size_t blank = b.len;
		gw_buf piece;
		gw_buf_init(&piece);
		gw_text_add_squeezed(&piece, p, (size_t)(stop - p));
		gw_buf_add(&b, piece.ptr ? piece.ptr : "", piece.len);
		gw_buf_release(&piece);
		if (b.len == blank)
			b.len = had;
		p = stop + 1;
	}
	gw_str s = gw_arena_str(w->page->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	if (!gw_page_squeeze(w->page->arena, s).len)
		s.len = 0;
	gw_buf_release(&raw);
	gw_buf_release(&b);
	return s;
}

/* ---- tables ---- */

typedef struct shape {
	uint32_t tables, headings, cells, rows, wide_rows;
	bool prose; /* a cell with several paragraphs of some length: the table is there for the layout */
} shape;

static void shape_of(const writer *w, uint32_t i, shape *s)
{
	uint32_t cells = 0, blocks = 0;
	for (uint32_t c = at(w, i)->first; c != GW_NONE; c = at(w, c)->next) {
		const gw_node_html *n = at(w, c);
		if (n->dropped)
			continue;
		s->tables += n->kind == GW_TAG_TABLE;
		s->headings += n->kind == GW_TAG_HEADING;
		cells += n->kind == GW_TAG_CELL;
		blocks += n->kind == GW_TAG_BLOCK || n->kind == GW_TAG_PARAGRAPH || n->kind == GW_TAG_BREAK;
		shape_of(w, c, s);
	}
	s->cells += cells;
	s->rows += at(w, i)->kind == GW_TAG_ROW;
	s->wide_rows += cells > 1;
	s->prose = s->prose || (at(w, i)->kind == GW_TAG_CELL && blocks >= 3 && at(w, i)->good > CELL_PROSE);
}

static bool is_data(const writer *w, uint32_t table)
{
	shape s = {0};
	if (table == w->page->main)
		return false;
	shape_of(w, table, &s);
	return !s.tables && !s.headings && !s.prose && s.wide_rows;
}

typedef struct row {
	gw_str cells[COLUMNS_MOST];
	uint32_t n, filled;
} row;

/* The cells of a row in their columns: below a cell that spans rows, and beside one that spans columns, stands nothing.
 */
static void row_read(const writer *w, uint32_t tr, uint16_t held[COLUMNS_MOST], row *r)
{
	r->n = r->filled = 0;
	for (uint32_t c = at(w, tr)->first; c != GW_NONE; c = at(w, c)->next) {
		if (at(w, c)->kind != GW_TAG_CELL || at(w, c)->dropped)
			continue;
		while (r->n < COLUMNS_MOST && held[r->n])
			r->cells[r->n++] = GW_STR("");
		for (uint32_t k = 0; k < at(w, c)->span && r->n < COLUMNS_MOST; k++) {
			held[r->n] = at(w, c)->rows;
			r->cells[r->n] = k ? GW_STR("") : cell_text(w, c);
			r->filled += r->cells[r->n++].len != 0;
		}
	}
	for (uint32_t k = 0; k < COLUMNS_MOST; k++)
		held[k] = (uint16_t)(held[k] - (held[k] != 0));
}

/* Cells by turns label and value: a line for each pair that has a value. */
static bool labels_write(writer *w, const row *r)
{
	gw_str label;
	uint32_t labels = 0, others = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		bool is = is_label(w, r->cells[i], &label);
		labels += is;
		others += !is && (i == 0 || !is_label(w, r->cells[i - 1], &label)) && r->cells[i].len;
	}
	if (!labels || others)
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		gw_str next;
		if (!is_label(w, r->cells[i], &label) || i + 1 == r->n || !r->cells[i + 1].len ||
		        is_label(w, r->cells[i + 1], &next))
			continue;
		gw_buf b;
		gw_buf_init(&b);
		gw_buf_add_str(&b, label);
		gw_buf_adds(&b, "\xEF\xBC\x9A");
		gw_buf_add_str(&b, r->cells[i + 1]);
		line_push(w, b.ptr, b.len);
		gw_buf_release(&b);
	}
	return true;
}

static void row_write(writer *w, const row *r)
{
	gw_buf b;
	if (!r->filled || labels_write(w, r))
		return;
	gw_buf_init(&b);
	for (uint32_t i = 0, last = r->n; i < last; i++) {
		if (i && r->filled > 1)
			gw_buf_addc(&b, '\t');
		gw_buf_add_str(&b, r->cells[i]);
	}
	while (b.len && b.ptr[b.len - 1] == '\t')
		b.len--;
	line_push(w, b.ptr ? b.ptr : "", b.len);
	gw_buf_release(&b);
}

static void table_write(writer *w, uint32_t i, uint16_t held[COLUMNS_MOST])
{
	for (uint32_t c = at(w, i)->first; c != GW_NONE; c = at(w, c)->next) {
		row r;
		if (at(w, c)->dropped)
			continue;
		if (at(w, c)->kind == GW_TAG_ROW) {
			row_read(w, c, held, &r);
			if (!r.n) { /* a caption */
				gw_str s = cell_text(w, c);
				line_push(w, s.ptr, s.len);
			}
			row_write(w, &r);
		} else if (at(w, c)->kind == GW_TAG_INLINE || at(w, c)->kind == GW_TAG_BLOCK) { /* tbody */
			table_write(w, c, held);
		}
	}
}

/* ---- the tree ---- */

static void node_write(writer *w, uint32_t i, bool pre);

static void children_write(writer *w, uint32_t i, bool pre)
{
	for (uint32_t c = at(w, i)->first; c != GW_NONE; c = at(w, c)->next)
		node_write(w, c, pre);
}

static void pre_write(writer *w, gw_str s)
{
	for (const char *p = s.ptr, *end = p + s.len; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		gw_buf_add(&w->text, p, (size_t)((stop ? stop : end) - p));
		if (stop)
			flush(w);
		p = stop ? stop + 1 : end;
	}
}

/* A term and what it means stand on one line where the term is a label. */
static void term_write(writer *w, uint32_t i, bool pre)
{
	gw_str label, text = cell_text(w, i);
	flush(w);
	if (!is_label(w, text, &label)) {
		children_write(w, i, pre);
		flush(w);
		return;
	}
	gw_buf_add_str(&w->text, label);
	gw_buf_adds(&w->text, "\xEF\xBC\x9A"); /* the line goes on with the dd, which does not begin a new one */
}

static void block_write(writer *w, uint32_t i, bool pre)
{
	const gw_node_html *n = at(w, i);
	bool goes_on = w->text.len > 3 && memcmp(w->text.ptr + w->text.len - 3, "\xEF\xBC\x9A", 3) == 0 && i > 0 &&
	               n->parent != GW_NONE && at(w, n->parent)->first != i && n->kind == GW_TAG_BLOCK;
	uint32_t before = GW_NONE;
	for (uint32_t c = at(w, n->parent != GW_NONE ? n->parent : 0)->first; goes_on && c != i && c != GW_NONE;
	        c = at(w, c)->next)
		if (at(w, c)->kind != GW_TAG_TEXT)
			before = c;
	if (!goes_on || before == GW_NONE || at(w, before)->kind != GW_TAG_TERM)
		flush(w);
	bool heading = w->heading;
	w->heading = heading || n->kind == GW_TAG_HEADING;
	children_write(w, i, pre);
	flush(w);
	w->heading = heading;
}

static void node_write(writer *w, uint32_t i, bool pre)
{
	const gw_node_html *n = at(w, i);
	uint16_t held[COLUMNS_MOST] = {0};
	if (n->dropped || is_reference(w, i, &w->text))
		return;
	if (i == w->page->main) {
		flush(w);
		w->zone = MAIN;
	}
	if (n->kind == GW_TAG_TEXT && pre)
		pre_write(w, n->text);
	else if (n->kind == GW_TAG_TEXT)
		gw_buf_add_str(&w->text, n->text);
	else if (n->kind == GW_TAG_BREAK)
		flush(w);
	else if (n->kind == GW_TAG_TERM)
		term_write(w, i, pre);
	else if (n->kind == GW_TAG_TABLE && is_data(w, i)) {
		flush(w);
		table_write(w, i, held);
	} else if (n->kind == GW_TAG_INLINE || n->kind == GW_TAG_LINK)
		children_write(w, i, pre);
	else if (n->kind != GW_TAG_TITLE && n->kind != GW_TAG_META)
		block_write(w, i, pre || n->kind == GW_TAG_PRE);
	if (i == w->page->main) {
		flush(w);
		w->zone = BELOW;
	}
}

/* ---- title and metadata ---- */

static gw_str title_of(const writer *w)
{
	gw_page *page = w->page;
	gw_str title = {"", 0};
	for (uint32_t i = 0; i < page->nodes.count; i++) {
		const gw_node_html *n = &page->nodes.items[i];
		if (n->kind == GW_TAG_TITLE && !title.len && n->first != GW_NONE)
			title = cell_text(w, i);
		for (uint32_t k = 0; n->kind == GW_TAG_META && n->names && k < w->words->metas.count; k++)
			if (!w->words->metas.items[k].label && strcmp(n->names, w->words->metas.items[k].name) == 0 &&
			        n->text.len)
				return n->text;
	}
	/* the site's name behind it */
	for (uint32_t i = 1; i < title.len; i++)
		if (title.ptr[i] == '_' || title.ptr[i] == '|' || (title.ptr[i] == '-' && title.ptr[i - 1] == ' ')) {
			title.len = i;
			break;
		}
	while (title.len && title.ptr[title.len - 1] == ' ')
		title.len--;
	return title;
}

static bool holds(gw_str big, gw_str small)
{
	return small.len && big.len >= small.len && memmem(big.ptr, big.len, small.ptr, small.len);
}

/* The beginning of the main text without blanks. */
static gw_str beginning_of(const writer *w)
{
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < w->lines.count && b.len < TITLE_REACH; i++)
		if (w->lines.items[i].zone == MAIN)
			gw_buf_add_str(&b, gw_page_squeeze(w->page->arena, w->lines.items[i].text));
	gw_str s = gw_arena_str(w->page->arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	gw_buf_release(&b);
	return s;
}

static void metas_write(const writer *w, gw_buf *out)
{
	gw_page *page = w->page;
	for (uint32_t k = 0; k < w->words->metas.count; k++) {
		const char *label = w->words->metas.items[k].label;
		bool told = !label;
		for (uint32_t i = 0; !told && i < w->lines.count; i++)
			told = w->lines.items[i].zone != BELOW &&
			       holds(gw_page_squeeze(page->arena, w->lines.items[i].text), gw_str_of(label));
		for (uint32_t i = 0; !told && i < page->nodes.count; i++) {
			const gw_node_html *n = &page->nodes.items[i];
			if (n->kind != GW_TAG_META || !n->names ||
			        strcmp(n->names, w->words->metas.items[k].name) != 0 || !n->text.len)
				continue;
			gw_buf_adds(out, label);
			gw_buf_adds(out, "\xEF\xBC\x9A");
			gw_text_add_squeezed(out, n->text.ptr, n->text.len);
			gw_buf_addc(out, '\n');
			told = true;
		}
	}
}

/* Above the main text: headings that are the title, lines with labels. */
static bool is_kept(const writer *w, const line *l, gw_str title, gw_str beginning, bool *titled)
{
	if (l->zone == MAIN)
		return true;
	if (l->zone == BELOW)
		return false;
	gw_str text = gw_page_squeeze(w->page->arena, l->text);
	bool named =
	        text.len >= TITLE_LEAST && (holds(title, text) || (title.len >= TITLE_LEAST && holds(text, title)));
	if (named && (l->heading || text.len == title.len) && !*titled && !holds(beginning, text)) {
		*titled = true;
		return true;
	}
	return begins_with_label(w, l->text);
}

/* On a page without a title: the heading next above the text. */
static uint32_t last_heading(const writer *w, gw_str beginning)
{
	uint32_t last = GW_NONE;
	for (uint32_t i = 0; i < w->lines.count && w->lines.items[i].zone == ABOVE; i++)
		if (w->lines.items[i].heading)
			last = i;
	if (last == GW_NONE)
		return last;
	gw_str text = gw_page_squeeze(w->page->arena, w->lines.items[last].text);
	return text.len >= TITLE_LEAST && !holds(beginning, text) ? last : GW_NONE;
}

void gw_page_write(gw_page *page, const gw_page_words *words, gw_buf *out)
{
	writer w = {.page = page, .words = words};
	gw_buf_init(&w.text);
	node_write(&w, 0, false);
	flush(&w);
	gw_buf_release(&w.text);
	gw_str full = title_of(&w), title = gw_page_squeeze(page->arena, full), beginning = beginning_of(&w);
	bool titled = holds(beginning, title);
	uint32_t last = title.len ? GW_NONE : last_heading(&w, beginning);
	uint32_t heading = GW_NONE;
	bool *kept = GW_NEW_N(page->arena, bool, w.lines.count + 1);
	for (uint32_t i = 0; i < w.lines.count; i++) {
		bool was = titled;
		kept[i] = i == last || is_kept(&w, &w.lines.items[i], title, beginning, &titled);
		if (titled && !was)
			heading = i;
	}
	if (heading == GW_NONE && !titled && title.len >= TITLE_LEAST && beginning.len) {
		gw_text_add_squeezed(out, full.ptr, full.len);
		gw_buf_addc(out, '\n');
	}
	metas_write(&w, out);
	for (uint32_t i = 0; i < w.lines.count; i++)
		if (kept[i]) {
			gw_buf_add_str(out, w.lines.items[i].text);
			gw_buf_addc(out, '\n');
		}
}
