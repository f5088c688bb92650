/* DOCX (ECMA-376): a ZIP with word/document.xml in it. A paragraph becomes a line, a row of a table a line with tabs
 * between its cells; numbers of lists are counted (docx_number.c); footnotes and endnotes stand behind the text, as [1]
 * and what they say. What is deleted, hidden, in fields, or a second copy for other programs is left out, and so are
 * heads and feet of pages and comments, which stand in parts of their own. */
#include "docx.h"

#include "../packed.h"

/* ---- the package ---- */

typedef struct part {
	const char *name;
	char *bytes;
	size_t len;
} part;

/* Word writes these names; other programs keep to them. */
enum { PART_DOCUMENT, PART_NUMBERING, PART_STYLES, PART_FOOTNOTES, PART_ENDNOTES, PARTS };

static gw_bytes memory_of(const gw_format_job *job)
{
	return (gw_bytes){.memory = job->bytes, .size = job->len};
}

static bool is_zip(const gw_format_job *job)
{
	return gw_packing_of(job->bytes, job->len) == GW_PACKING_ZIP;
}

static gw_status part_read(const gw_format_job *job, gw_packed *p, part *to)
{
	gw_buf b;
	gw_status status = GW_OK;
	gw_buf_init(&b);
	for (;;) {
		la_ssize_t n = archive_read_data(p->archive, gw_buf_reserve(&b, 65536), 65536);
		if (n == 0)
			break;
		if (n < 0) {
			status = gw_format_fail(
			        job, GW_E_FORMAT, "%s in it cannot be unpacked: %s", to->name, gw_packed_why(p));
			break;
		}
		b.len += (size_t)n;
		if (b.len > (size_t)job->convert->max_bytes) {
			status = gw_format_fail(job, GW_E_FORMAT_LIMIT,
			        "%s in it unpacks to more than convert.max_bytes (%lld)", to->name,
			        (long long)job->convert->max_bytes);
			break;
		}
	}
	if (status == GW_OK) {
		to->bytes = gw_arena_alloc(job->arena, b.len + 1);
		memcpy(to->bytes, b.ptr ? b.ptr : "", b.len);
		to->len = b.len;
	}
	gw_buf_release(&b);
	return status;
}

/* Takes the parts by their names; of two of one name the first. */
static gw_status parts_read(const gw_format_job *job, part *parts, uint32_t count)
{
	gw_bytes b = memory_of(job);
	const char *why;
	gw_packed *p = gw_packed_open(&b, GW_PACKING_ZIP, job->arena, &why);
	if (!p)
		return gw_format_fail(job, GW_E_FORMAT, "the ZIP around it cannot be opened: %s", why);
	struct archive_entry *e;
	gw_status status = GW_OK;
	while (status == GW_OK && gw_packed_next(p, &e) > 0) {
		const char *name = archive_entry_pathname(e);
		for (uint32_t i = 0; name && i < count && status == GW_OK; i++)
			if (!parts[i].bytes && strcmp(name, parts[i].name) == 0)
				status = part_read(job, p, &parts[i]);
	}
	gw_packed_close(p);
	return status;
}

/* Which of some names stands in the package. */
static int has_one(const gw_format_job *job, const char *const *names, int count)
{
	gw_bytes b = memory_of(job);
	const char *why;
	int found = -1;
	gw_packed *p = gw_packed_open(&b, GW_PACKING_ZIP, job->arena, &why);
	struct archive_entry *e;
	while (p && found < 0 && gw_packed_next(p, &e) > 0) {
		const char *name = archive_entry_pathname(e);
		for (int i = 0; name && i < count; i++)
			if (strcmp(name, names[i]) == 0)
				found = i;
	}
	if (p)
		gw_packed_close(p);
	return found;
}

/* ---- the text ---- */

/* A table being read; cells keep a line for each of their paragraphs until the row is whole. */
typedef struct table {
	gw_buf row; /* cells so far, each ended by \x1F */
	gw_buf cell;
	uint32_t cells, span;
	bool merged; /* goes on from the row above: its text stands there */
} table;

typedef struct paragraph {
	gw_buf text;
	const char *style, *num;
	uint32_t level;
} paragraph;

enum { NESTED_MOST = 16 };

typedef struct note {
	const char *id;
	gw_str text; /* of a reference: {NULL, 0} */
	bool end;    /* an endnote */
} note;
typedef GW_LIST(note) note_list;

typedef struct reader {
	const gw_format_job *job;
	xmlTextReader *xml;
	gw_docx_numbering numbering;
	gw_buf *out;
	table tables[NESTED_MOST];
	paragraph paragraphs[NESTED_MOST];
	int table, paragraph; /* the innermost open one; -1 none */
	bool in_text;         /* within a t: drawings hold numbers that are no text */
	bool hidden;          /* within a run that is not shown */
	bool too_deep;
	note_list referred; /* in the order of the text */
	note_list notes;    /* read from their parts */
} reader;

/* Where a line goes: into the cell that is open, else out. */
static void line_add(reader *r, const char *text, size_t n)
{
	gw_buf *to = r->table >= 0 ? &r->tables[r->table].cell : r->out;
	gw_buf_add(to, text, n);
	gw_buf_addc(to, '\n');
}

static void paragraph_begin(reader *r)
{
	if (r->paragraph + 1 == NESTED_MOST) {
		r->too_deep = true;
		return;
	}
	paragraph *p = &r->paragraphs[++r->paragraph];
	gw_buf_clear(&p->text);
	p->style = p->num = NULL;
	p->level = 0;
}

/* A text box within a paragraph comes out before it. */
static void paragraph_end(reader *r)
{
	if (r->paragraph < 0)
		return;
	paragraph *p = &r->paragraphs[r->paragraph--];
	const char *text = p->text.ptr ? p->text.ptr : "";
	size_t blanks = strspn(text, " \t");
	if (p->text.len > blanks) {
		const char *label = gw_docx_label(&r->numbering, p->style, p->num, p->level);
		if (*label) {
			gw_buf line;
			gw_buf_init(&line);
			gw_buf_adds(&line, label);
			gw_buf_adds(&line, text + blanks);
			line_add(r, line.ptr, line.len);
			gw_buf_release(&line);
			return;
		}
	}
	line_add(r, text, p->text.len);
}

static void table_begin(reader *r)
{
	if (r->table + 1 == NESTED_MOST) {
		r->too_deep = true;
		return;
	}
	table *t = &r->tables[++r->table];
	gw_buf_clear(&t->row);
	gw_buf_clear(&t->cell);
	t->cells = 0;
}

/* The paragraphs of a cell with blanks between them. */
static void cell_add(gw_buf *line, const char *p, size_t n)
{
	bool any = false;
	for (const char *end = p + n; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((stop ? stop : end) - p), had = line->len;
		if (any)
			gw_buf_addc(line, ' ');
		size_t begin = line->len;
		gw_text_add_squeezed(line, p, len);
		if (line->len == begin)
			line->len = had;
		else
			any = true;
		p += len + 1;
	}
}

/* A row of several cells is one line; a single cell is no table, its paragraphs stand alone. */
static void row_end(reader *r)
{
	if (r->table < 0)
		return;
	table *t = &r->tables[r->table];
	gw_buf line;
	gw_buf_init(&line);
	const char *p = t->row.ptr ? t->row.ptr : "", *end = p + t->row.len;
	for (uint32_t i = 0; p < end; i++) {
		size_t n = (size_t)((const char *)memchr(p, '\x1F', (size_t)(end - p)) - p);
		if (t->cells == 1) {
			gw_buf_add(&line, p, n);
		} else {
			if (i)
				gw_buf_addc(&line, '\t');
			cell_add(&line, p, n);
		}
		p += n + 1;
	}
	r->table--;
	if (t->cells > 1 || line.len) {
		if (line.len && line.ptr[line.len - 1] == '\n')
			line.len--;
		line_add(r, line.ptr ? line.ptr : "", line.len);
	}
	r->table++;
	gw_buf_release(&line);
	gw_buf_clear(&t->row);
	gw_buf_clear(&t->cell);
	t->cells = 0;
}

static void cell_begin(reader *r)
{
	if (r->table < 0)
		return;
	gw_buf_clear(&r->tables[r->table].cell);
	r->tables[r->table].span = 1;
	r->tables[r->table].merged = false;
}

static void cell_end(reader *r)
{
	if (r->table < 0)
		return;
	table *t = &r->tables[r->table];
	if (!t->merged && t->cell.len)
		gw_buf_add(&t->row, t->cell.ptr, t->cell.len);
	for (uint32_t i = 0; i < t->span && i < 64; i++)
		gw_buf_addc(&t->row, '\x1F');
	t->cells += t->span;
	gw_buf_clear(&t->cell);
}

/* The lines of a text, none of them ended by what parts cells here. */
static void run_text(reader *r, const char *text)
{
	if (r->paragraph < 0 || !text || !r->in_text || r->hidden)
		return;
	for (; *text; text++)
		if (*text != '\x1F')
			gw_buf_addc(&r->paragraphs[r->paragraph].text, *text == '\n' || *text == '\r' ? ' ' : *text);
}

/* Properties of paragraphs and cells. */
static void property(reader *r, const char *name)
{
	gw_arena *a = r->job->arena;
	paragraph *p = r->paragraph >= 0 ? &r->paragraphs[r->paragraph] : NULL;
	table *t = r->table >= 0 ? &r->tables[r->table] : NULL;
	const char *value = gw_xml_attribute(r->xml, "val", a);
	uint32_t number = 0;
	for (const char *d = value; d && *d >= '0' && *d <= '9' && number < 1000; d++)
		number = number * 10 + (uint32_t)(*d - '0');
	if (p && value && strcmp(name, "pStyle") == 0)
		p->style = value;
	else if (p && value && strcmp(name, "numId") == 0)
		p->num = value;
	else if (p && strcmp(name, "ilvl") == 0)
		p->level = number;
	else if (t && number && strcmp(name, "gridSpan") == 0)
		t->span = number < 64 ? number : 64;
	else if (t && strcmp(name, "vMerge") == 0)
		t->merged = !value || strcmp(value, "continue") == 0;
	else if (t && strcmp(name, "gridBefore") == 0) /* the row begins further right */
		for (; number && t->cells < 64; number--, t->cells++)
			gw_buf_addc(&t->row, '\x1F');
	else if (strcmp(name, "vanish") == 0)
		r->hidden = !value || (strcmp(value, "0") != 0 && strcmp(value, "false") != 0);
}

/* ---- footnotes and endnotes ---- */

static void note_refer(reader *r, bool end)
{
	const char *id = gw_xml_attribute(r->xml, "id", r->job->arena);
	if (id && !r->hidden)
		*GW_PUSH(r->job->arena, &r->referred) = (note){.id = id, .end = end};
}

static void note_begin(reader *r, bool end)
{
	const char *id = gw_xml_attribute(r->xml, "id", r->job->arena);
	*GW_PUSH(r->job->arena, &r->notes) = (note){.id = id ? id : "", .end = end};
	gw_buf_clear(r->out);
}

/* A note is a line, however many paragraphs it has. */
static void note_end(reader *r)
{
	gw_buf line;
	gw_buf_init(&line);
	gw_text_add_squeezed(&line, r->out->ptr ? r->out->ptr : "", r->out->len);
	if (r->notes.count)
		r->notes.items[r->notes.count - 1].text =
		        gw_arena_str(r->job->arena, (gw_str){line.ptr ? line.ptr : "", (uint32_t)line.len});
	gw_buf_release(&line);
	gw_buf_clear(r->out);
}

/* Those that the text refers to, each once, footnotes before endnotes. */
static void notes_write(const reader *r, gw_buf *out)
{
	unsigned number = 0;
	for (int end = 0; end < 2; end++)
		for (uint32_t i = 0; i < r->referred.count; i++) {
			const note *ref = &r->referred.items[i];
			for (uint32_t k = 0; k < r->notes.count && ref->end == (end == 1); k++) {
				note *n = &r->notes.items[k];
				if (n->end != ref->end || !n->text.len || strcmp(n->id, ref->id) != 0)
					continue;
				gw_buf_printf(out, "[%u]%.*s\n", ++number, (int)n->text.len, n->text.ptr);
				n->text.len = 0;
			}
		}
}

static void element_begin(reader *r, const char *name)
{
	if (strcmp(name, "p") == 0)
		paragraph_begin(r);
	else if (strcmp(name, "tbl") == 0)
		table_begin(r);
	else if (strcmp(name, "tc") == 0)
		cell_begin(r);
	else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
		gw_buf_addc(r->paragraph >= 0 ? &r->paragraphs[r->paragraph].text : r->out, '\n');
	else if (r->paragraph >= 0 && strcmp(name, "noBreakHyphen") == 0)
		gw_buf_addc(&r->paragraphs[r->paragraph].text, '-');
	/* among the properties of a paragraph it was passed over */
	else if (r->paragraph >= 0 && strcmp(name, "tab") == 0)
		gw_buf_addc(&r->paragraphs[r->paragraph].text, '\t');
	else if (strcmp(name, "t") == 0)
		r->in_text = true;
	else if (strcmp(name, "r") == 0)
		r->hidden = false;
	else if (strcmp(name, "footnoteReference") == 0 || strcmp(name, "endnoteReference") == 0)
		note_refer(r, *name == 'e');
	else if (strcmp(name, "footnote") == 0 || strcmp(name, "endnote") == 0)
		note_begin(r, *name == 'e');
	else
		property(r, name);
}

static void element_end(reader *r, const char *name)
{
	if (strcmp(name, "t") == 0) {
		r->in_text = false;
	} else if (strcmp(name, "r") == 0) {
		r->hidden = false;
	} else if (strcmp(name, "p") == 0) {
		paragraph_end(r);
	} else if (strcmp(name, "footnote") == 0 || strcmp(name, "endnote") == 0) {
		note_end(r);
	} else if (strcmp(name, "tc") == 0) {
		cell_end(r);
	} else if (strcmp(name, "tr") == 0) {
		row_end(r);
	} else if (strcmp(name, "tbl") == 0 && r->table >= 0) {
		r->table--;
	}
}

/* Subtrees that are no text: what was deleted or moved away, instructions of fields, the copy for older programs, and
 * the changes that are kept of properties. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = {"del", "moveFrom", "instrText", "delText", "Fallback", "pPrChange",
	        "rPrChange", "tcPrChange", "tabs", "sectPr", "object", "rt"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int next_node(reader *r, bool over)
{
	if (!over)
		return gw_xml_next(r->xml);
	return xmlTextReaderNext(r->xml);
}

static int body_read(reader *r)
{
	int got = next_node(r, false);
	while (got == 1 && !r->too_deep) {
		const char *name = (const char *)xmlTextReaderConstLocalName(r->xml);
		int type = xmlTextReaderNodeType(r->xml);
		bool over = false;
		if (type == XML_READER_TYPE_ELEMENT) {
			bool empty = xmlTextReaderIsEmptyElement(r->xml);
			over = is_left_out(name);
			if (!over) {
				element_begin(r, name);
				if (empty)
					element_end(r, name);
			}
		} else if (type == XML_READER_TYPE_END_ELEMENT) {
			element_end(r, name);
		} else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
		           type == XML_READER_TYPE_CDATA) {
			run_text(r, (const char *)xmlTextReaderConstValue(r->xml));
		}
		got = next_node(r, over);
	}
	return got;
}

/* One part, its text to r->out; what went wrong is reported. */
static gw_status part_take(reader *r, const part *p)
{
	const gw_format_job *job = r->job;
	r->table = r->paragraph = -1;
	r->xml = gw_xml_open(p->bytes, p->len);
	int got = r->xml ? body_read(r) : -1;
	xmlErrorPtr error = xmlGetLastError();
	gw_status status = GW_OK;
	if (r->too_deep)
		status = gw_format_fail(
		        job, GW_E_FORMAT_LIMIT, "tables or boxes in it are nested deeper than %d", NESTED_MOST);
	else if (got == -2)
		status = gw_format_fail(job, GW_E_FORMAT,
		        "the XML in it declares a document type, as none from an office program does; "
		        "entities are not read");
	else if (got < 0)
		status = gw_format_fail(job, GW_E_FORMAT, "the XML in it is damaged%s%s",
		        error && error->message ? ": " : "",
		        error && error->message ? gw_arena_printf(job->arena, "%.*s",
		                                          (int)strcspn(error->message, "\n"), error->message)
		                                : "");
	xmlFreeTextReader(r->xml);
	xmlResetLastError();
	return status;
}

static gw_status notes_take(reader *r, const part *parts, gw_buf *out)
{
	gw_status status = GW_OK;
	gw_buf text;
	gw_buf_init(&text);
	r->out = &text;
	for (int i = PART_FOOTNOTES; i <= PART_ENDNOTES && status == GW_OK; i++)
		if (parts[i].bytes)
			status = part_take(r, &parts[i]);
	gw_buf_release(&text);
	if (status == GW_OK)
		notes_write(r, out);
	return status;
}

static gw_status text_read(const gw_format_job *job, const part *parts, gw_buf *out)
{
	reader *r = GW_NEW(job->arena, reader);
	r->job = job;
	r->out = out;
	r->numbering.arena = job->arena;
	gw_docx_numbering_read(&r->numbering, parts[PART_NUMBERING].bytes, parts[PART_NUMBERING].len);
	gw_docx_styles_read(&r->numbering, parts[PART_STYLES].bytes, parts[PART_STYLES].len);
	gw_status status = part_take(r, &parts[PART_DOCUMENT]);
	if (status == GW_OK && r->referred.count)
		status = notes_take(r, parts, out);
	for (int i = 0; i < NESTED_MOST; i++) {
		gw_buf_release(&r->paragraphs[i].text);
		gw_buf_release(&r->tables[i].row);
		gw_buf_release(&r->tables[i].cell);
	}
	return status;
}

/* ---- the formats ---- */

static bool docx_is(const gw_format_job *job)
{
	static const char *const names[] = {"word/document.xml"};
	return is_zip(job) && has_one(job, names, 1) >= 0;
}

static gw_status docx_read(const gw_format_job *job, gw_buf *out)
{
	part parts[PARTS] = {{.name = "word/document.xml"}, {.name = "word/numbering.xml"},
	        {.name = "word/styles.xml"}, {.name = "word/footnotes.xml"}, {.name = "word/endnotes.xml"}};
	gw_status status = parts_read(job, parts, PARTS);
	if (status == GW_OK && !parts[PART_DOCUMENT].bytes)
		status = gw_format_fail(job, GW_E_FORMAT, "there is no document in it");
	return status == GW_OK ? text_read(job, parts, out) : status;
}

const gw_format gw_format_docx = {"DOCX", docx_is, docx_read, false};

/* Other documents in a ZIP: named, so that it is clear what to do. */
static const char *const others[] = {"xl/workbook.xml", "ppt/presentation.xml", "OFD.xml", "content.xml"};

static bool office_is(const gw_format_job *job)
{
	return is_zip(job) && has_one(job, others, 4) >= 0;
}

static gw_status office_read(const gw_format_job *job, gw_buf *out)
{
	static const char *const names[] = {
	        "an Excel workbook (XLSX)", "a presentation (PPTX)", "an OFD file", "an OpenDocument file"};
	(void)out;
	return gw_format_fail(
	        job, GW_E_FORMAT, "%s is not read here; save it as DOCX, PDF or text", names[has_one(job, others, 4)]);
}

const gw_format gw_format_office = {"office", office_is, office_read, false};
