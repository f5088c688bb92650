/* One row against its table: types, required, enums, ranges, patterns. Run on every row that is published. */
#include "shape.h"
#include "gw/rows.h"

#include <math.h>
#include <regex.h>

static gw_status broken(const gw_table *t, const gw_cell *cells, const gw_field *f, const char *source_path, gw_diag *diag,
	const char *what)
{
	const gw_cell *key = &cells[t->primary];
	gw_place at = {.path = source_path};
	return gw_report(diag, GW_E_ROW, &at, "%s, row %.*s, %s: %s", t->name, key->kind == GW_CELL_STR ? (int)key->s.len : 1,
		key->kind == GW_CELL_STR ? key->s.ptr : "?", f->name, what);
}

static bool digits(const char *p, unsigned n)
{
	while (n--)
		if (p[n] < '0' || p[n] > '9')
			return false;
	return true;
}

/* YYYY-MM-DD of the Gregorian calendar, year 1 to 9999. */
static bool is_date(gw_str s)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *p = s.ptr;
	if (s.len != 10 || p[4] != '-' || p[7] != '-' || !digits(p, 4) || !digits(p + 5, 2) || !digits(p + 8, 2))
		return false;
	int year = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
	int month = (p[5] - '0') * 10 + (p[6] - '0'), day = (p[8] - '0') * 10 + (p[9] - '0');
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] || (month == 2 && leap && day == 29);
}

static bool has_type(const gw_field *f, const gw_cell *c)
{
	switch (f->type) {
	case GW_F_STRING: return c->kind == GW_CELL_STR && c->s.len > 0;
	case GW_F_INTEGER: return c->kind == GW_CELL_INT;
	case GW_F_NUMBER: return (c->kind == GW_CELL_NUM && isfinite(c->n)) || c->kind == GW_CELL_INT;
	case GW_F_BOOLEAN: return c->kind == GW_CELL_BOOL;
	case GW_F_DATE: return c->kind == GW_CELL_STR && is_date(c->s);
	}
	return false;
}

static bool is_choice(const gw_field *f, gw_str s)
{
	for (uint32_t i = 0; i < f->choice_count; i++)
		if (strncmp(f->choices[i], s.ptr, s.len) == 0 && !f->choices[i][s.len])
			return true;
	return false;
}

static bool fits_pattern(const gw_field *f, gw_str s)
{
	if (f->shape)
		return gw_shape_fits(f->shape, s);
	if (!f->compiled)
		return true;
	/* REG_STARTEND: cells are not terminated. A NUL in a cell is a byte like any other. */
	regmatch_t at = {.rm_so = 0, .rm_eo = (regoff_t)s.len};
	return regexec(f->compiled, s.ptr, 1, &at, REG_STARTEND) == 0;
}

static const char *fault(const gw_field *f, const gw_cell *c)
{
	if (c->kind == GW_CELL_NULL)
		return f->required ? "is required, but there is no value" : NULL;
	if (!has_type(f, c)) {
		static const char *const wrong[] = {"is no text, or an empty one", "is no whole number", "is no finite number",
			"is neither true nor false", "is no date of the form YYYY-MM-DD"};
		return wrong[f->type];
	}
	double n = c->kind == GW_CELL_NUM ? c->n : (double)c->i;
	if ((f->has_min && n < f->min) || (f->has_max && n > f->max))
		return "is out of range";
	if (f->choices && !is_choice(f, c->s))
		return "is none of the declared values";
	if (!fits_pattern(f, c->s))
		return "does not have the declared form";
	return NULL;
}

/* The value, for the message: what is wrong is seen best with what stands there. */
static void value_add(const gw_cell *c, gw_buf *out)
{
	enum { SHOWN = 60 };
	if (c->kind == GW_CELL_STR) {
		const char *p = c->s.ptr, *end = p + (c->s.len < SHOWN ? c->s.len : SHOWN), *at = p;
		while (p < end && (gw_utf8_next(&p, c->s.ptr + c->s.len), p <= end))
			at = p;
		gw_buf_printf(out, " (\"%.*s\"%s)", (int)(at - c->s.ptr), c->s.ptr, at < c->s.ptr + c->s.len ? "…" : "");
	} else if (c->kind == GW_CELL_INT) {
		gw_buf_printf(out, " (%lld)", (long long)c->i);
	} else if (c->kind == GW_CELL_NUM) {
		gw_buf_printf(out, " (%g)", c->n);
	}
}

/* One text in both, not two that are alike: neighbours mostly have their document and their section in common. */
static bool same_cell(const gw_cell *a, const gw_cell *b)
{
	return a->kind == b->kind && (a->kind == GW_CELL_NULL || (a->kind == GW_CELL_STR && a->s.ptr == b->s.ptr && a->s.len == b->s.len));
}

gw_status gw_row_check(const gw_table *t, const gw_cell *cells, const char *source_path, gw_diag *diag)
{
	return gw_row_check_after(t, NULL, cells, source_path, diag);
}

gw_status gw_row_check_after(const gw_table *t, const gw_cell *before, const gw_cell *cells, const char *source_path, gw_diag *diag)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < t->field_count; i++) {
		if (before && same_cell(&before[i], &cells[i]))
			continue;
		const char *what = fault(&t->fields[i], &cells[i]);
		if (!what)
			continue;
		gw_buf message;
		gw_buf_init(&message);
		gw_buf_adds(&message, what);
		value_add(&cells[i], &message);
		status = broken(t, cells, &t->fields[i], source_path, diag, message.ptr);
		gw_buf_release(&message);
	}
	return status;
}
