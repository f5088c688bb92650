/* The rules that are drawn on a page: what bounds the cells of a table.
 *
 * pdftotext does not tell of them. pdftocairo, of the same package, draws a page as SVG, where every path is listed; of
 * these count straight lines, level or upright, and bars so thin that they are lines to the eye. Letters are paths as
 * well: they have curves, or are uses of a symbol, and are short. */
#include "pdf.h"

#include <math.h>
#include <stdlib.h>

enum {
	RULES_MOST = 20000, /* a page with more of them is a drawing */
	POINTS_MOST = 64,   /* of a path; a longer one is no table's */
	SVG_MOST = 32 << 20 /* bytes of a page */
};
static const double thin = 3, short_most = 5, slope = 0.6; /* points */

typedef struct drawing {
	gw_pdf_rules *rules;
	gw_arena *arena;
	double matrix[6]; /* of the path that is read */
	bool filled;      /* else stroked */
	double x[POINTS_MOST], y[POINTS_MOST];
	uint32_t points;
} drawing;

static void rule_add(drawing *d, bool upright, double at, double from, double to)
{
	if (to - from >= short_most)
		*GW_PUSH(d->arena, d->rules) = (gw_pdf_rule){upright, at, from, to};
}

/* A bar is as good as a line; a wider area is a background. */
static void bar_add(drawing *d)
{
	double left = d->x[0], right = left, top = d->y[0], bottom = top;
	for (uint32_t i = 1; i < d->points; i++) {
		left = fmin(left, d->x[i]);
		right = fmax(right, d->x[i]);
		top = fmin(top, d->y[i]);
		bottom = fmax(bottom, d->y[i]);
	}
	if (bottom - top <= thin && right - left > thin)
		rule_add(d, false, (top + bottom) / 2, left, right);
	else if (right - left <= thin && bottom - top > thin)
		rule_add(d, true, (left + right) / 2, top, bottom);
}

static void subpath_end(drawing *d)
{
	if (d->filled && d->points)
		bar_add(d);
	for (uint32_t i = 1; !d->filled && i < d->points; i++) {
		double x0 = d->x[i - 1], x1 = d->x[i], y0 = d->y[i - 1], y1 = d->y[i];
		if (fabs(y1 - y0) < slope)
			rule_add(d, false, (y0 + y1) / 2, fmin(x0, x1), fmax(x0, x1));
		else if (fabs(x1 - x0) < slope)
			rule_add(d, true, (x0 + x1) / 2, fmin(y0, y1), fmax(y0, y1));
	}
	d->points = 0;
}

static bool point_add(drawing *d, double x, double y)
{
	const double *m = d->matrix;
	if (d->points == POINTS_MOST)
		return false;
	d->x[d->points] = m[0] * x + m[2] * y + m[4];
	d->y[d->points++] = m[1] * x + m[3] * y + m[5];
	return true;
}

/* "M 72 31 L 516 31 Z": a path with a curve has no rules, nor has one of very many points. */
static void path_read(drawing *d, const char *p)
{
	if (strpbrk(p, "CcSsQqTtAa"))
		return;
	for (d->points = 0; *p;) {
		char *end;
		char command = *p++;
		if (command == 'Z' && d->points && !point_add(d, 0, 0))
			return;
		if (command == 'Z' && d->points) { /* back to where it began */
			d->x[d->points - 1] = d->x[0];
			d->y[d->points - 1] = d->y[0];
		}
		if (command != 'M' && command != 'L')
			continue;
		if (command == 'M')
			subpath_end(d);
		double x = strtod(p, &end), y = strtod(end, &end);
		if (end == p || !point_add(d, x, y))
			return;
		p = end;
	}
	subpath_end(d);
}

static void matrix_read(double m[6], const char *text)
{
	static const double same[6] = {1, 0, 0, 1, 0, 0};
	memcpy(m, same, sizeof same);
	if (!text || strncmp(text, "matrix(", 7) != 0)
		return;
	char *end = (char *)(uintptr_t)(text + 7);
	for (int i = 0; i < 6; i++) {
		m[i] = strtod(end, &end);
		end += *end == ',';
	}
}

static void path_take(drawing *d, xmlTextReader *r, gw_arena *call)
{
	const char *style = gw_xml_attribute(r, "style", call), *fill = gw_xml_attribute(r, "fill", call),
	           *path = gw_xml_attribute(r, "d", call);
	d->filled = !(style && strstr(style, "fill:none")) && !(fill && strcmp(fill, "none") == 0);
	matrix_read(d->matrix, gw_xml_attribute(r, "transform", call));
	if (path && d->rules->count < RULES_MOST)
		path_read(d, path);
}

/* What stands in <defs> is shapes of letters and of areas that are cut out, not drawn. */
void gw_pdf_rules_of_svg(gw_arena *arena, const gw_buf *svg, gw_pdf_rules *out)
{
	drawing *d = GW_NEW(arena, drawing);
	gw_arena call;
	d->rules = out;
	d->arena = arena;
	gw_arena_init(&call);
	xmlTextReader *r = gw_xml_open(svg->ptr, svg->len);
	int got = r ? gw_xml_next(r) : 0;
	while (got == 1) {
		bool element = xmlTextReaderNodeType(r) == XML_READER_TYPE_ELEMENT;
		if (element && gw_xml_is(r, "path"))
			path_take(d, r, &call);
		got = element && gw_xml_is(r, "defs") ? xmlTextReaderNext(r) : gw_xml_next(r);
		gw_arena_reset(&call);
	}
	gw_arena_release(&call);
	xmlFreeTextReader(r);
	xmlResetLastError();
	if (out->count >= RULES_MOST)
		out->count = 0;
}

gw_status gw_pdf_rules_read(const gw_format_job *job, uint32_t page, int64_t seconds, gw_pdf_rules *out)
{
	const gw_convert *set = job->convert;
	const char *number = gw_arena_printf(job->arena, "%u", page + 1);
	const char *argv[] = {
	        set->rules, "-svg", "-f", number, "-l", number, "-noshrink", "-nocenter", "-", "-", NULL};
	gw_child child = {argv, job->bytes, job->len, seconds, set->memory, SVG_MOST};
	gw_buf svg;
	int code;
	gw_status status = GW_OK;
	if (!*set->rules)
		return GW_OK;
	gw_buf_init(&svg);
	gw_child_end end = gw_child_run(&child, &svg, &code);
	if (end == GW_CHILD_DONE)
		gw_pdf_rules_of_svg(job->arena, &svg, out);
	else if (end == GW_CHILD_TOO_LONG) /* else what is found would depend on the machine */
		status = gw_format_fail(job, GW_E_FORMAT_LIMIT, "reading the PDF took more than convert.seconds (%lld)",
		        (long long)set->seconds);
	gw_buf_release(&svg);
	return status;
}
