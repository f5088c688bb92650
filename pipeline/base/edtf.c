/* edtf.c - dates, lengths of time and recurrences in their standard forms: EDTF (ISO 8601-2), ISO 8601, RFC 5545. */
#include "gw/read.h"

#include <stdio.h>

/* A date as EDTF writes it: -1 for a part that is not known or not given. */
typedef struct point {
	int year;
	unsigned mask; /* unknown digits of the year, bit 0 the last */
	int month, day;
} point;

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

int gw_days_in_month(int year, int month)
{
	static const uint8_t days[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12)
		return 31;
	return month == 2 && year >= 0 && !leap(year) ? 28 : days[month - 1];
}

/* The last day of a month; -1 for February of an unknown year, where it is not sure. */
static int last_day(const point *p)
{
	if (p->month == 2 && (p->year < 0 || p->mask))
		return -1;
	return gw_days_in_month(p->year, p->month);
}

/* ---- from a date to its first and last point ---- */

static point year_of(const gw_date *d)
{
	return (point){d->year, d->year < 0 ? 0 : d->year_mask, -1, -1};
}

static point first_point(const gw_date *d, gw_edge edge)
{
	point p = year_of(d);
	p.month = d->month;
	p.day = d->day;
	if (edge == GW_EDGE_START) {
		bool year = p.month < 0 && p.day < 0; /* 年初 is a year's first month, 月初 a month's first day */
		p.month = year ? 1 : p.month;
		p.day = year || p.day >= 0 ? p.day : 1;
	} else if (edge == GW_EDGE_MIDDLE && p.day < 0) {
		if (p.month < 0)
			p.month = 6;
		else if (d->month_to < 0)
			p.day = 11; /* the middle of a month is its 中旬 */
		else
			p.month += (d->month_to - p.month) / 2;
	}
	return p;
}

static point last_point(const gw_date *d, gw_edge edge)
{
	point p = first_point(d, edge);
	switch (edge) {
	case GW_EDGE_START:
		return p;
	case GW_EDGE_MIDDLE:
		if (p.day == 11 && d->day < 0)
			p.day = 20;
		return p;
	case GW_EDGE_WHOLE:
	case GW_EDGE_END:
		break;
	}
	p.month = d->month_to >= 0 ? d->month_to : p.month;
	if (d->decade)
		p.day = d->day_to; /* -1 for the end of February: the month is what is sure */
	if (edge == GW_EDGE_END && p.day < 0) {
		p.month = p.month < 0 ? 12 : p.month;
		p.day = last_day(&p);
	}
	return p;
}

/* The last day alone, where the end of a stretch is meant. */
static point lower_point(const gw_date *d, gw_edge edge)
{
	return edge == GW_EDGE_END ? last_point(d, edge) : first_point(d, edge);
}

static void two_digits(char out[2], unsigned v)
{
	out[0] = (char)('0' + v / 10 % 10);
	out[1] = (char)('0' + v % 10);
}

static int point_text(char out[32], const point *p)
{
	memcpy(out, "XXXX-XX", 8);
	if (p->year >= 0)
		for (int i = 3, rest = p->year; i >= 0; i--, rest /= 10)
			out[i] = (char)(p->mask >> (3 - i) & 1 ? 'X' : '0' + rest % 10);
	int len = p->month < 0 && p->day < 0 ? 4 : p->day < 0 ? 7 : 10;
	if (p->month >= 0)
		two_digits(out + 5, (unsigned)p->month);
	if (p->day >= 0) {
		out[7] = '-';
		two_digits(out + 8, (unsigned)p->day);
	}
	out[len] = '\0';
	return len;
}

static gw_str interval(gw_arena *a, const point *from, const point *to)
{
	char left[32], right[32];
	gw_str x = {left, (uint32_t)point_text(left, from)}, y = {right, (uint32_t)point_text(right, to)};
	return gw_str_eq(x, y) ? gw_arena_str(a, x) : GW_JOIN(a, x, GW_STR("/"), y);
}

gw_str gw_date_edtf(gw_arena *a, const gw_date *d, gw_edge edge)
{
	point from = lower_point(d, edge), to = last_point(d, edge);
	return interval(a, &from, &to);
}

/* ---- ranges ---- */

void gw_date_take_year(gw_date *d, const gw_date *from)
{
	if (d->year >= 0 || from->year < 0)
		return;
	d->year = from->year;
	d->year_mask = from->year_mask;
	if (d->month < 0)
		return;
	int most = gw_days_in_month(d->year_mask ? -1 : d->year, d->month);
	if (d->decade && d->day == 21 && !d->year_mask)
		d->day_to = (int8_t)most;
	else if (d->day > most)
		d->day = -1;
}

static void take_month(gw_date *d, const gw_date *from, int month)
{
	if (d->month >= 0 || d->day < 0 || month < 0)
		return;
	d->month = (int8_t)month;
	if (d->day > gw_days_in_month(from->year_mask ? -1 : from->year, month))
		d->day = -1;
}

/* Over New Year: 2024年11月至3月 ends in 2025, 11月至2025年3月 begins in 2024. Digits that are unknown stay so. */
static void share_year(gw_date *from, gw_date *to)
{
	gw_date *lacks = from->year < 0 ? from : to, *has = from->year < 0 ? to : from;
	if (has->year < 0 || lacks->year >= 0)
		return;
	gw_date model = *has;
	bool over = from->month > 0 && to->month > 0 && to->month < from->month;
	if (over && !has->year_mask)
		model.year = (int16_t)(model.year + (lacks == to ? 1 : -1));
	gw_date_take_year(lacks, &model);
}

gw_str gw_date_range_edtf(gw_arena *a, const gw_date *from, gw_edge from_edge, const gw_date *to, gw_edge to_edge)
{
	gw_date f = *from, t = *to;
	take_month(&t, &f, f.month);
	take_month(&f, &t, t.month);
	share_year(&f, &t);
	point lower = lower_point(&f, from_edge), upper = last_point(&t, to_edge);
	return interval(a, &lower, &upper);
}

/* ---- reading EDTF back ---- */

/* Digits with X for unknown ones: value with X as 0, and whether X was among them. */
static bool pattern_fits(const char *pattern, unsigned n, int value)
{
	for (unsigned i = n; i-- > 0; value /= 10)
		if (pattern[i] != 'X' && pattern[i] - '0' != value % 10)
			return false;
	return value == 0;
}

static bool is_pattern(const char *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (s[i] != 'X' && (s[i] < '0' || s[i] > '9'))
			return false;
	return true;
}

/* The longest that a month can be in any year that fits. */
static int longest_month(const char *year, int month)
{
	if (month != 2)
		return gw_days_in_month(-1, month);
	for (int y = 0; y < 10000; y += 4)
		if (leap(y) && pattern_fits(year, 4, y))
			return 29;
	return 28;
}

static bool day_possible(const char *year, const char *month, const char *day)
{
	for (int m = 1; m <= 12; m++) {
		if (!pattern_fits(month, 2, m))
			continue;
		if (!day)
			return true;
		for (int d = 1, most = longest_month(year, m); d <= most; d++)
			if (pattern_fits(day, 2, d))
				return true;
	}
	return false;
}

/* One side of an interval: YYYY, YYYY-MM or YYYY-MM-DD, perhaps with ? ~ %. Fills first and last day, "" when
 * they are not known. */
static bool read_side(gw_str s, char first[11], char last[11])
{
	first[0] = last[0] = '\0';
	if (s.len > 0 && memchr("?~%", s.ptr[s.len - 1], 3))
		s.len--;
	const char *p = s.ptr;
	if ((s.len != 4 && s.len != 7 && s.len != 10) || !is_pattern(p, 4))
		return false;
	const char *month = s.len >= 7 ? p + 5 : NULL, *day = s.len == 10 ? p + 8 : NULL;
	if (month && (p[4] != '-' || !is_pattern(month, 2) || (day && (p[7] != '-' || !is_pattern(day, 2)))))
		return false;
	if (month && !day_possible(p, month, day))
		return false;
	if (memchr(p, 'X', s.len))
		return true;
	int y = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
	int m = month ? (month[0] - '0') * 10 + (month[1] - '0') : 12;
	memcpy(first, "YYYY-01-01", 11);
	memcpy(first, p, s.len);
	memcpy(last, first, 11);
	two_digits(last + 5, (unsigned)m);
	if (!day)
		two_digits(last + 8, (unsigned)gw_days_in_month(y, m));
	return true;
}

static bool is_open(gw_str s)
{
	return gw_str_eq(s, GW_STR(".."));
}

bool gw_edtf_bounds(gw_str edtf, char start[11], char end[11])
{
	start[0] = end[0] = '\0';
	char other[11];
	const char *slash = edtf.len ? memchr(edtf.ptr, '/', edtf.len) : NULL;
	if (!slash)
		return read_side(edtf, start, end);
	gw_str left = {edtf.ptr, (uint32_t)(slash - edtf.ptr)}, right = {slash + 1, edtf.len - left.len - 1};
	bool good = (is_open(left) || read_side(left, start, other)) &&
	            (is_open(right) || read_side(right, other, end)) && !(is_open(left) && is_open(right)) &&
	            !(*start && *end && strcmp(start, end) > 0);
	if (!good)
		start[0] = end[0] = '\0';
	return good;
}

bool gw_edtf_valid(gw_str edtf)
{
	char start[11], end[11];
	return gw_edtf_bounds(edtf, start, end);
}

/* ---- durations ---- */

static bool whole(double x)
{
	return x >= 0 && x < 1e9 && x == (double)(int64_t)x;
}

/* The next smaller unit, for an amount that is not whole. */
static bool finer(double *amount, char *unit)
{
	static const struct {
		char from, to;
		int times;
	} steps[] = {{'Q', 'M', 3}, {'Y', 'M', 12}, {'W', 'D', 7}, {'D', 'H', 24}, {'H', 'm', 60}, {'m', 'S', 60}};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i].from == *unit && (*unit == 'Q' || !whole(*amount))) {
			*amount *= steps[i].times;
			*unit = steps[i].to;
			return true;
		}
	return false;
}

gw_str gw_duration_iso(gw_arena *a, const gw_duration *d)
{
	double amount = d->amount;
	char unit = d->unit == 'B' ? 'D' : d->unit;
	while (d->unit != 'B' && finer(&amount, &unit))
		;
	bool time = unit == 'H' || unit == 'm' || unit == 'S';
	const char *mark = unit == 'm' ? "M" : (const char[]){unit, '\0'};
	if (whole(amount))
		return gw_str_of(gw_arena_printf(a, "P%s%lld%s", time ? "T" : "", (long long)amount, mark));
	double months = (double)(int64_t)amount;
	if (unit == 'M' && amount - months == 0.5) /* half a month is 15 days */
		return gw_str_of(
		        months > 0 ? gw_arena_printf(a, "P%lldM15D", (long long)months) : gw_arena_printf(a, "P15D"));
	return gw_str_of(gw_arena_printf(a, "P%s%.*f%s", time ? "T" : "", whole(amount * 10) ? 1 : 2, amount, mark));
}

/* Digits, perhaps with decimals; *fraction is set when there are any. */
static uint32_t number_end(gw_str s, uint32_t p, bool *fraction)
{
	uint32_t q = p;
	while (q < s.len && s.ptr[q] >= '0' && s.ptr[q] <= '9')
		q++;
	*fraction = false;
	if (q > p && q + 1 < s.len && s.ptr[q] == '.' && s.ptr[q + 1] >= '0' && s.ptr[q + 1] <= '9') {
		*fraction = true;
		for (q++; q < s.len && s.ptr[q] >= '0' && s.ptr[q] <= '9';)
			q++;
	}
	return q;
}

bool gw_duration_valid(gw_str iso)
{
	const char *order = "YMWD";
	bool time = false, fraction = false, any = false;
	if (iso.len < 3 || iso.ptr[0] != 'P')
		return false;
	for (uint32_t p = 1; p < iso.len; p++) {
		if (iso.ptr[p] == 'T' && !time) {
			time = true;
			order = "HMS";
			any = false;
			continue;
		}
		bool last_fraction = fraction;
		uint32_t q = number_end(iso, p, &fraction);
		const char *at = q > p && q < iso.len ? memchr(order, iso.ptr[q], strlen(order)) : NULL;
		if (!at || last_fraction) /* only the smallest unit may have decimals */
			return false;
		order = at + 1;
		any = true;
		p = q;
	}
	return any;
}

/* ---- recurrence ---- */

static void add_list(gw_buf *b, const char *key, int from, int to)
{
	gw_buf_adds(b, key);
	for (int i = from; i <= to; i++)
		gw_buf_printf(b, i > from ? ",%d" : "%d", i);
}

gw_str gw_rrule_yearly(gw_arena *a, const gw_date *d, gw_edge edge)
{
	gw_date any = *d;
	any.year = -1;
	any.year_mask = 0;
	if (any.month < 0 && (any.day >= 0 || edge == GW_EDGE_WHOLE))
		return (gw_str){NULL, 0};
	point from = lower_point(&any, edge), to = last_point(&any, edge);
	gw_buf b;
	gw_buf_init(&b);
	add_list(&b, "FREQ=YEARLY;BYMONTH=", from.month, to.month < from.month ? from.month : to.month);
	if (from.day >= 0)
		add_list(&b, ";BYMONTHDAY=", from.day, to.day < 0 ? gw_days_in_month(-1, from.month) : to.day);
	else if (edge == GW_EDGE_END)
		gw_buf_adds(&b, ";BYMONTHDAY=-1"); /* February */
	gw_str out = gw_arena_str(a, (gw_str){b.ptr, (uint32_t)b.len});
	gw_buf_release(&b);
	return out;
}

static void add_bits(gw_buf *b, const char *key, uint32_t bits)
{
	gw_buf_adds(b, key);
	const char *comma = "";
	for (int i = 1; i < 32; i++)
		if (bits >> i & 1) {
			gw_buf_printf(b, "%s%d", comma, i);
			comma = ",";
		}
}

gw_str gw_rrule_on(gw_arena *a, uint32_t months, uint32_t days, bool last_day)
{
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_adds(&b, months ? "FREQ=YEARLY" : "FREQ=MONTHLY");
	if (months)
		add_bits(&b, ";BYMONTH=", months);
	if (last_day)
		gw_buf_adds(&b, ";BYMONTHDAY=-1");
	else if (days)
		add_bits(&b, ";BYMONTHDAY=", days);
	gw_str out = gw_arena_str(a, (gw_str){b.ptr, (uint32_t)b.len});
	gw_buf_release(&b);
	return out;
}

/* A list of whole numbers within limits; bit n of *seen for the positive ones. */
static bool int_list(gw_str s, int least, int most, bool list, uint32_t *seen)
{
	uint32_t p = 0;
	*seen = 0;
	for (;;) {
		int sign = 1, n = 0;
		uint32_t begin = p;
		if (p < s.len && s.ptr[p] == '-') {
			sign = -1;
			begin = ++p;
		}
		for (; p < s.len && s.ptr[p] >= '0' && s.ptr[p] <= '9' && n < 100000; p++)
			n = n * 10 + (s.ptr[p] - '0');
		if (p == begin || n == 0 || n * sign < least || n * sign > most)
			return false;
		*seen |= sign > 0 && n < 32 ? (uint32_t)1 << n : 1;
		if (p == s.len)
			return true;
		if (s.ptr[p++] != ',' || !list)
			return false;
	}
}

/* MO,WE or 1MO,-1FR */
static bool day_list(gw_str s)
{
	uint32_t p = 0;
	for (;;) {
		if (p < s.len && (s.ptr[p] == '-' || s.ptr[p] == '+'))
			p++;
		while (p < s.len && s.ptr[p] >= '0' && s.ptr[p] <= '9')
			p++;
		if (p + 2 > s.len)
			return false;
		const char *names = "MOTUWETHFRSASU";
		bool known = false;
		for (int i = 0; i < 14; i += 2)
			known |= memcmp(names + i, s.ptr + p, 2) == 0;
		p += 2;
		if (!known || (p < s.len && s.ptr[p] != ','))
			return false;
		if (p++ >= s.len)
			return true;
	}
}

static bool known_frequency(gw_str s)
{
	return gw_str_eq(s, GW_STR("YEARLY")) || gw_str_eq(s, GW_STR("MONTHLY")) || gw_str_eq(s, GW_STR("WEEKLY")) ||
	       gw_str_eq(s, GW_STR("DAILY"));
}

/* Some day of some month of the lists exists: not BYMONTH=2;BYMONTHDAY=30. */
static bool pair_exists(uint32_t months, uint32_t days)
{
	if (!months || !days || (days & 1))
		return true;
	for (int m = 1; m <= 12; m++)
		for (int d = 1; d <= gw_days_in_month(-1, m); d++)
			if (months >> m & days >> d & 1)
				return true;
	return false;
}

bool gw_rrule_valid(gw_str rrule)
{
	static const char *const keys[] = {"FREQ", "INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"};
	uint32_t seen = 0, months = 0, days = 0, none;
	for (uint32_t p = 0; p <= rrule.len;) {
		const char *part = rrule.ptr + p, *stop = p < rrule.len ? memchr(part, ';', rrule.len - p) : NULL;
		uint32_t n = stop ? (uint32_t)(stop - part) : rrule.len - p, k = 0;
		const char *is = n ? memchr(part, '=', n) : NULL;
		if (!is)
			return false;
		gw_str key = {part, (uint32_t)(is - part)}, value = {is + 1, n - key.len - 1};
		while (k < 7 && !gw_str_eq(key, gw_str_of(keys[k])))
			k++;
		if (k == 7 || (seen >> k & 1) || (k != 0 && !(seen & 1)))
			return false;
		seen |= (uint32_t)1 << k;
		bool good = k == 0   ? known_frequency(value)
		            : k <= 2 ? int_list(value, 1, 9999, false, &none)
		            : k == 3 ? int_list(value, 1, 12, true, &months)
		            : k == 4 ? int_list(value, -31, 31, true, &days)
		            : k == 5 ? day_list(value)
		                     : int_list(value, -366, 366, true, &none);
		if (!good)
			return false;
		p += n + 1;
	}
	return pair_exists(months, days);
}
