/* CSV by RFC 4180. libcsv writes the cells that need quotes; it quotes whatever it is given, so the others, nearly
 * all, are copied as they are after one look. */
#include "out.h"

#include <csv.h>

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A cell that a reader could misread without quotes. Blanks at its edges are data, but some readers trim bare ones. */
static bool needs_quotes(gw_str s)
{
	if (s.len == 0)
		return false;
	if (blank(s.ptr[0]) || blank(s.ptr[s.len - 1]))
		return true;
	for (uint32_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '"' || c == ',' || c == '\n' || c == '\r')
			return true;
	}
	return false;
}

char *gw_csv_put(char *to, gw_str s)
{
	if (needs_quotes(s))
		return to + csv_write2(to, (size_t)s.len * GW_CSV_WORST + 2, s.ptr, s.len, '"');
	if (s.len)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

static void add_str(gw_buf *out, gw_str s)
{
	char *to = gw_buf_reserve(out, (size_t)s.len * GW_CSV_WORST + 2);
	out->len = (size_t)(gw_csv_put(to, s) - out->ptr);
	out->ptr[out->len] = 0;
}

static void add_cell(gw_buf *out, const gw_cell *c)
{
	if (c->kind == GW_CELL_STR)
		add_str(out, c->s);
	else if (c->kind != GW_CELL_NULL)
		gw_json_cell(out, c); /* numbers and booleans read alike in both */
}

void gw_csv_header(gw_buf *out, const gw_table *t, const char *line_end)
{
	for (uint32_t i = 0; i < t->field_count; i++) {
		if (i)
			gw_buf_addc(out, ',');
		add_str(out, gw_str_of(t->fields[i].name));
	}
	gw_buf_adds(out, line_end);
}

/* Spreadsheets take a text for a formula by its first character, in full width too. */
static bool like_formula(gw_str s)
{
	static const char wide[4][4] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}; /* = + - @ */
	if (s.len && strchr("=+-@\t\r\n", s.ptr[0]) && s.ptr[0])
		return true;
	for (unsigned i = 0; i < 4 && s.len >= 3; i++)
		if (memcmp(s.ptr, wide[i], 3) == 0)
			return true;
	return false;
}

uint32_t gw_csv_excel_row(gw_buf *out, const gw_table *t, const gw_cell *cells)
{
	uint32_t changed = 0;
	gw_buf guarded;
	gw_buf_init(&guarded);
	for (uint32_t i = 0; i < t->field_count; i++) {
		if (i)
			gw_buf_addc(out, ',');
		if (cells[i].kind == GW_CELL_STR && like_formula(cells[i].s)) {
			gw_buf_clear(&guarded);
			gw_buf_addc(&guarded, '\'');
			gw_buf_add_str(&guarded, cells[i].s);
			add_str(out, (gw_str){guarded.ptr, (uint32_t)guarded.len});
			changed++;
		} else {
			add_cell(out, &cells[i]);
		}
	}
	gw_buf_adds(out, "\r\n");
	gw_buf_release(&guarded);
	return changed;
}
