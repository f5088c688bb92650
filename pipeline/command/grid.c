/* Aligned tables for people. */
#include "command.h"

typedef struct range {
	uint32_t first, last;
} range;

/* East Asian Width W and F (Unicode 15, EastAsianWidth.txt), neighbours joined. */
static const range wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0xA4CF},
	{0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60},
	{0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

static uint32_t char_width(uint32_t cp)
{
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (cp >= wide[i].first && cp <= wide[i].last)
			return 2;
	return 1;
}

uint32_t gw_text_width(gw_str s)
{
	uint32_t width = 0;
	const char *p = s.ptr, *end = s.ptr + s.len;
	while (p < end)
		width += char_width(gw_utf8_next(&p, end));
	return width;
}

void gw_grid_add(gw_grid *g, gw_str cell)
{
	*GW_PUSH(g->arena, &g->cells) = cell.ptr ? cell : GW_STR("");
}

void gw_grid_add_u64(gw_grid *g, uint64_t v)
{
	gw_grid_add(g, gw_str_of(gw_arena_printf(g->arena, "%llu", (unsigned long long)v)));
}

/* Takes off as much as fits; at least one character, so that wrapping comes to an end. */
static gw_str piece_take(gw_str *rest, uint32_t width)
{
	const char *p = rest->ptr, *end = rest->ptr + rest->len;
	uint32_t used = 0;
	while (p < end) {
		const char *before = p;
		used += char_width(gw_utf8_next(&p, end));
		if (used > width && before > rest->ptr) {
			p = before;
			break;
		}
	}
	gw_str piece = {rest->ptr, (uint32_t)(p - rest->ptr)};
	*rest = (gw_str){p, (uint32_t)(end - p)};
	return piece;
}

static void blanks(gw_buf *out, uint32_t n)
{
	while (n--)
		gw_buf_addc(out, ' ');
}

/* Text from documents must not move the terminal's cursor. */
static void add_printable(gw_buf *out, gw_str s)
{
	for (uint32_t i = 0; i < s.len; i++)
		gw_buf_addc(out, (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F ? ' ' : s.ptr[i]);
}

static void cell_print(gw_str piece, uint32_t width, bool right, gw_buf *out)
{
	uint32_t pad = width - gw_text_width(piece);
	if (right)
		blanks(out, pad);
	add_printable(out, piece);
	if (!right)
		blanks(out, pad);
}

/* A row is as many lines as its longest cell needs. No blanks at line ends: output is compared and copied. */
static void row_print(const gw_grid *g, gw_str *cells, const uint32_t *widths, uint32_t columns, gw_buf *out)
{
	bool more;
	do {
		more = false;
		for (uint32_t c = 0; c < columns; c++) {
			cell_print(piece_take(&cells[c], widths[c]), widths[c], g->align[c] == 'r', out);
			gw_buf_adds(out, c + 1 < columns ? "  " : "");
			more = more || cells[c].len;
		}
		while (out->len && out->ptr[out->len - 1] == ' ')
			out->len--;
		gw_buf_addc(out, '\n');
	} while (more);
}

void gw_grid_print(const gw_grid *g, gw_buf *out)
{
	uint32_t columns = (uint32_t)strlen(g->align);
	uint32_t *widths = GW_NEW_N(g->arena, uint32_t, columns);
	for (uint32_t i = 0; i < g->cells.count; i++) {
		uint32_t width = gw_text_width(g->cells.items[i]), c = i % columns;
		if (g->limits && g->limits[c] && width > g->limits[c])
			width = g->limits[c];
		if (width > widths[c])
			widths[c] = width;
	}
	gw_str *row = GW_NEW_N(g->arena, gw_str, columns);
	for (uint32_t i = 0; i + columns <= g->cells.count; i += columns) {
		memcpy(row, &g->cells.items[i], columns * sizeof *row);
		row_print(g, row, widths, columns, out);
	}
}
