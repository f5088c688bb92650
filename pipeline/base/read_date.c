/* read_date.c - calendar expressions: 2025年8月31日 and all its relatives, whole or damaged.
 *
 * A date is read from left to right in parts: year, then month, quarter or half-year, then day or 旬, then hour.
 * Each part takes a position and gives the position behind it, or the same one when it is not there.
 *
 * Pages lose 年, 月 and 日 when styles are stripped: 2015626日, 2015年626日, 二二三年 (2023, its 〇 lost). All ways to
 * cut the digits are tried; one that leaves exactly one valid date gives it, otherwise only the year is kept. */
#include "read_chars.h"

const char gw_read_starts[] =
        "0123456789〇零一二三四五六七八九十百千万亿两兩几幾半数壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億廿"
        "负負第前上下元xX×*";

enum { FIRST_YEAR = 1900, LAST_YEAR = 2100, OLDEST = 1840 }; /* older years only where 年 is written */

typedef struct year {
	int value;
	uint8_t mask;
	bool han, damaged;
} year;

static uint32_t skip_blank(const view *v, uint32_t p)
{
	return p + (at(v, p) == ' ');
}

static bool year_in(int y, int first)
{
	return y >= first && y <= LAST_YEAR;
}

static unsigned digit_run(const view *v, uint32_t p)
{
	unsigned n = 0;
	while (n < 16 && is_digit(at(v, p + n)))
		n++;
	return n;
}

static int digits_at(const view *v, uint32_t p, unsigned n)
{
	int x = 0;
	for (unsigned i = 0; i < n; i++)
		x = x * 10 + (int)(at(v, p + i) - '0');
	return x;
}

/* ---- years ---- */

/* 〇 within a year of Chinese digits; letters and Greek O stand in for it on many pages. */
static int year_digit(uint32_t c)
{
	if (is_zero(c) || c == '0' || c == 'O' || c == 'o' || c == 0x39f || c == 0x41e)
		return 0;
	return c == U'两' || c == U'兩' ? -1 : han_digit(c);
}

/* Two readings of a year: digits on which they differ are unknown. */
static void agree(year *y, int other)
{
	for (int i = 3, unit = 1000; i >= 0; i--, unit /= 10) {
		if (y->value / unit == other / unit)
			continue;
		y->mask = (uint8_t)(y->mask | ((1u << (i + 1)) - 1));
		y->value -= y->value % (unit * 10);
		return;
	}
}

/* 二二三: one 〇 was lost. Puts it back everywhere. */
static bool restore_zero(const int *d, year *y)
{
	*y = (year){.value = -1, .han = true, .damaged = true};
	for (unsigned hole = 1; hole <= 3; hole++) {
		int value = 0;
		for (unsigned i = 0; i < 3; i++)
			value = (i == hole ? value * 10 : value) * 10 + d[i];
		value = hole == 3 ? value * 10 : value;
		if (!year_in(value, FIRST_YEAR))
			continue;
		if (y->value < 0)
			y->value = value;
		else if (y->value != value)
			agree(y, value);
	}
	return y->value >= 0;
}

static uint32_t han_year(const view *v, uint32_t p, year *y)
{
	int d[4], n = 0;
	while (n < 4 && (d[n] = year_digit(at(v, p + (uint32_t)n))) >= 0)
		n++;
	if (n < 3 || is_digit(at(v, p)) || year_digit(at(v, p + (uint32_t)n)) >= 0 ||
	        small_unit(at(v, p + (uint32_t)n)))
		return p;
	if (n == 3)
		return at(v, p + 3) == U'年' && restore_zero(d, y) ? p + 3 : p;
	*y = (year){.value = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], .han = true};
	return year_in(y->value, OLDEST) ? p + 4 : p;
}

/* 25年10月: 2025 or so; only where a month follows, for 25年 alone is a length. */
static uint32_t short_year(const view *v, uint32_t p, year *y)
{
	int value = digits_at(v, p, digit_run(v, p) == 2 ? 2 : 0);
	unsigned n = digit_run(v, p + 3);
	if (value < 10 || value > 40 || at(v, p + 2) != U'年' || n < 1 || n > 2 || at(v, p + 3 + n) != U'月')
		return p;
	*y = (year){.value = 2000 + value};
	return p + 2;
}

/* 20xx 201x 20×× 20〇〇 xxxx; xx alone only before 年. */
static uint32_t masked_year(const view *v, uint32_t p, year *y)
{
	unsigned digits = digit_run(v, p), n = digits;
	if (digits > 3)
		return p;
	while (n < 5 && (is_masked(at(v, p + n)) || (digits == 2 && at(v, p + n) == U'〇')))
		n++;
	bool whole = n == 4 && digits > 0 && (at(v, p) == '1' || at(v, p) == '2');
	bool blind = digits == 0 && (n == 2 || n == 4) && at(v, p + n) == U'年' && !is_letter(before(v, 1));
	if (!whole && !blind)
		return p;
	*y = (year){.mask = (uint8_t)((1u << (4 - digits)) - 1)};
	y->value = digits_at(v, p, digits);
	for (unsigned i = digits; i < 4; i++)
		y->value *= 10;
	return p + n;
}

/* 二〇××年: the same in Chinese digits. */
static uint32_t masked_han_year(const view *v, uint32_t p, year *y)
{
	unsigned known = 0, n;
	int value = 0, d;
	while (known < 3 && (d = year_digit(at(v, p + known))) >= 0 && !is_digit(at(v, p + known))) {
		value = value * 10 + d;
		known++;
	}
	for (n = known; n < 5 && is_masked(at(v, p + n)); n++)
		value *= 10;
	if (known == 0 || n != 4 || known == n || value < 1000 || value > LAST_YEAR || at(v, p + n) != U'年')
		return p;
	*y = (year){.value = value, .mask = (uint8_t)((1u << (4 - known)) - 1), .han = true};
	return p + n;
}

/* Four places that are a year, with no 年 asked for. */
static uint32_t year_number(const view *v, uint32_t p, year *y)
{
	if (digit_run(v, p) == 4) {
		*y = (year){.value = digits_at(v, p, 4)};
		return year_in(y->value, OLDEST) ? p + 4 : p;
	}
	uint32_t q = han_year(v, p, y);
	if (q == p)
		q = short_year(v, p, y);
	if (q == p)
		q = masked_han_year(v, p, y);
	return q > p ? q : masked_year(v, p, y);
}

static void set_year(gw_date *d, const year *y)
{
	d->year = (int16_t)y->value;
	d->year_mask = y->mask;
	d->han |= y->han;
	d->damaged |= y->damaged;
}

/* ---- months and days ---- */

/* 一 to 三十一, also 廿. Gives the position behind it. */
static uint32_t han_small(const view *v, uint32_t p, int *value)
{
	int tens = 0, d = han_digit(at(v, p));
	if (at(v, p) == U'两')
		return p;
	if (at(v, p) == U'廿') {
		tens = 2;
		p++;
	} else if (at(v, p + (d > 0)) == U'十') {
		tens = d > 0 ? d : 1;
		p += d > 0 ? 2 : 1;
	} else if (d > 0) {
		*value = d;
		return p + 1;
	} else {
		return p;
	}
	d = han_digit(at(v, p));
	*value = tens * 10 + (d > 0 ? d : 0);
	return p + (d > 0);
}

/* A number of one or two places from 1 to most. */
static uint32_t small_number(const view *v, uint32_t p, int most, int *value)
{
	unsigned n = digit_run(v, p);
	uint32_t end = p + n;
	if (n > 2)
		return p;
	if (n)
		*value = digits_at(v, p, n);
	else
		end = han_small(v, p, value);
	return end > p && *value >= 1 && *value <= most ? end : p;
}

/* A sign that makes a range; 到 and 至 too. Gives the position behind it. */
static uint32_t range_sign(const view *v, uint32_t p)
{
	uint32_t q = skip_blank(v, p), c = at(v, q);
	if (c != '-' && c != '~' && c != U'至' && c != U'到')
		return p;
	q += 1u + (c == '-' && at(v, q + 1) == '-');
	return skip_blank(v, q);
}

/* Whether behind p the other end of a range says the mark: -7月 behind 5. */
static bool range_says(const view *v, uint32_t p, int most, uint32_t mark)
{
	int value;
	uint32_t q = range_sign(v, p), r;
	if (q == p && (at(v, p) != U'、' || mark == U'月'))
		return false;
	q += q == p;
	r = small_number(v, q, most, &value);
	return r > q && at(v, r) == mark;
}

/* xx月, x日: said to be there, not which. */
static uint32_t masked_part(const view *v, uint32_t p, uint32_t mark)
{
	uint32_t q = p;
	while (q < p + 2 && is_masked(at(v, q)))
		q++;
	return q > p && at(v, q) == mark ? q + 1 : p;
}

/* 上旬, 下旬, 中下旬: from the begin of the first to the end of the last. */
static void set_decade(gw_date *d, uint32_t first, uint32_t last)
{
	d->decade = true;
	d->day = first == U'上' ? 1 : first == U'中' ? 11 : 21;
	d->day_to = last == U'上' ? 10 : last == U'中' ? 20 : -1;
	bool sure = d->month != 2 || (d->year >= 0 && !d->year_mask);
	if (last == U'下' && sure)
		d->day_to = (int8_t)gw_days_in_month(d->year_mask ? -1 : d->year, d->month);
}

static uint32_t take_decade(const view *v, uint32_t p, gw_date *d)
{
	uint32_t c = at(v, p), next = at(v, p + 1);
	bool two = (c == U'上' && next == U'中') || (c == U'中' && next == U'下');
	if ((c != U'上' && c != U'中' && c != U'下') || at(v, p + 1 + two) != U'旬')
		return p;
	set_decade(d, c, two ? next : c);
	return p + 2 + two;
}

/* A day that the month does not have leaves the month. */
static void set_day(gw_date *d, int day)
{
	if (d->month < 0 || day <= gw_days_in_month(d->year_mask ? -1 : d->year, d->month))
		d->day = (int8_t)day;
}

/* 日 lost at the end of a line or bracket: 2015年6月26). */
static bool ends_here(uint32_t c)
{
	return c == 0 || c == '\n' || c == ')' || c == ']' || c == U'。' || c == ';';
}

/* 31日, 31号, 下旬, 中下旬, xx日, 1 of 1-5日 */
static uint32_t take_day(const view *v, uint32_t p, gw_date *d)
{
	uint32_t q = skip_blank(v, p), end = take_decade(v, q, d);
	int day;
	if (end > q)
		return end;
	end = masked_part(v, q, U'日');
	if (end > q)
		return end;
	end = small_number(v, q, 31, &day);
	if (end == q)
		return p;
	uint32_t mark = skip_blank(v, end);
	if (at(v, mark) == U'日' || (at(v, mark) == U'号' && mark == end)) {
		set_day(d, day);
		return mark + 1;
	}
	bool ranged = range_says(v, end, 31, U'日');
	if (!ranged && !(d->year >= 0 && is_digit(at(v, q)) && q == p && ends_here(at(v, end)) && end < v->end))
		return p;
	set_day(d, day);
	d->bare = ranged;
	d->damaged |= !ranged;
	return end;
}

/* 5、6月: months one behind the other. 1、2月 at the begin of a line is an item's number and a month. */
static uint32_t take_months(const view *v, uint32_t p, uint32_t end, int month, gw_date *d)
{
	int last = month, next = 0;
	uint32_t prev = before(v, 1);
	if (p == v->begin && (prev == 0 || prev == '\n' || prev == ' '))
		return end;
	for (uint32_t q = end; at(v, q) == U'、';) {
		uint32_t r = small_number(v, q + 1, 12, &next);
		if (r == q + 1 || next != last + 1)
			return end;
		last = next;
		q = r;
		if (at(v, q) != U'月')
			continue;
		d->month = (int8_t)month;
		d->month_to = (int8_t)last;
		return q + 1 + (at(v, q + 1) == U'份');
	}
	return end;
}

/* 8月, 元月, xx月, 5 of 5-7月; 8月份. Not 6月龄. */
static uint32_t take_month(const view *v, uint32_t p, gw_date *d)
{
	int month = 1;
	uint32_t q = skip_blank(v, p), end = masked_part(v, q, U'月');
	if (end > q && d->year_mask)
		return take_day(v, end, d);
	end = at(v, q) == U'元' ? q + 1 : small_number(v, q, 12, &month);
	if (end == q)
		return p;
	uint32_t mark = skip_blank(v, end), list = take_months(v, p, end, month, d);
	if (list > end)
		return list;
	if (at(v, mark) != U'月') {
		if (at(v, q) == U'元' || !range_says(v, end, 12, U'月'))
			return p;
		d->bare = true;
		d->month = (int8_t)month;
		return end;
	}
	if (at(v, mark + 1) == U'龄')
		return p;
	d->month = (int8_t)month;
	d->han |= !is_digit(at(v, q));
	mark++;
	return at(v, mark) == U'份' ? mark + 1 : take_day(v, mark, d);
}

static bool opens_line(uint32_t c)
{
	return c == 0 || c == '\n' || c == ' ' || c == U'。' || c == ';' || c == ':';
}

/* The number of a quarter, 0 for none. */
static int quarter_at(const view *v, uint32_t p)
{
	int n = is_digit(at(v, p)) ? (int)(at(v, p) - '0') : at(v, p) == U'两' ? 2 : han_digit(at(v, p));
	return n >= 1 && n <= 4 ? n : 0;
}

/* 第一季度, 一季度, 前三季度, 一、二季度, 上半年 */
static uint32_t take_season(const view *v, uint32_t p, gw_date *d)
{
	uint32_t c = at(v, p);
	if ((c == U'上' || c == U'下') && at(v, p + 1) == U'半' && at(v, p + 2) == U'年') {
		d->month = c == U'上' ? 1 : 7;
		d->month_to = (int8_t)(d->month + 5);
		return p + 3;
	}
	uint32_t first = p + (c == U'第' || c == U'前'), q = first;
	int n = quarter_at(v, q), last = n, next;
	bool row = n > 0, gap = false;
	while (row && at(v, q + 1) == U'、') {
		q += at(v, q + 2) == U'第' ? 3 : 2;
		next = quarter_at(v, q);
		gap |= next != last + 1;
		row = next > last;
		last = next;
	}
	if (!row || at(v, q + 1) != U'季' || at(v, q + 2) != U'度')
		return p;
	bool marker = p == v->begin && c != U'第' && opens_line(before(v, 1)); /* 一、三季度工作情况 */
	if (gap && (c == U'前' || marker))
		return p;
	if (gap) /* 第一、三季度: the first alone */
		last = n;
	d->bare = gap;
	d->month = (int8_t)(c == U'前' ? 1 : n * 3 - 2);
	d->month_to = (int8_t)(last * 3);
	return gap ? first + 1 : q + 3;
}

/* ---- hours ---- */
static uint32_t clock_time(const view *v, uint32_t p, gw_date *d)
{
	unsigned n = digit_run(v, p);
	if (n < 1 || n > 2 || at(v, p + n) != ':' || digit_run(v, p + n + 1) != 2)
		return p;
	int hour = digits_at(v, p, n), minute = digits_at(v, p + n + 1, 2);
	if (hour > 24 || minute > 59)
		return p;
	d->hour = (int8_t)hour;
	d->minute = (int8_t)minute;
	p += n + 3;
	return at(v, p) == ':' && digit_run(v, p + 1) == 2 ? p + 3 : p;
}

/* 上午, 下午, 凌晨, 晚上, 晚: the part of the day before an hour. Gives the position behind it. */
static uint32_t part_of_day(const view *v, uint32_t p, bool *later)
{
	uint32_t c = at(v, p), next = at(v, p + 1);
	*later = c == U'晚' || (c == U'下' && next == U'午') || (c == U'傍' && next == U'晚');
	if (next == U'午' && (c == U'上' || c == U'下' || c == U'中'))
		return p + 2;
	if (*later && c == U'傍')
		return p + 2;
	if (next == U'晨' && (c == U'凌' || c == U'清'))
		return p + 2;
	if (c == U'晚' || c == U'早')
		return p + 1 + (next == U'上' || (c == U'早' && next == U'晨'));
	return p;
}

/* 18时, 18时30分, 下午5时, 晚8时, 18:00 behind a day. */
static uint32_t take_hour(const view *v, uint32_t p, gw_date *d)
{
	bool later;
	uint32_t q = part_of_day(v, skip_blank(v, p), &later);
	int hour = 0, minute = 0;
	uint32_t end = clock_time(v, q, d);
	if (end == q) {
		bool zero = is_zero(at(v, q)) || (at(v, q) == '0' && !is_digit(at(v, q + 1)));
		end = zero ? q + 1 : small_number(v, q, 24, &hour);
		if (end == q || (at(v, end) != U'时' && at(v, end) != U'点'))
			return p;
		uint32_t r = small_number(v, ++end, 59, &minute);
		if (r > end && at(v, r) == U'分')
			end = r + 1;
		else
			minute = 0;
		d->hour = (int8_t)hour;
		d->minute = (int8_t)minute;
	}
	d->has_hour = true;
	if (later && d->hour < 12)
		d->hour = (int8_t)(d->hour + 12);
	return end;
}

/* ---- damaged dates ---- */

/* Cuts n digits into month and day. Padding has to be the same on both sides: 105 is 10-5, not 1-05. */
static unsigned cut_digits(const view *v, uint32_t p, unsigned n, int year_or_any, gw_date *d)
{
	unsigned found = 0;
	for (unsigned m = 1; m <= 2; m++) {
		unsigned k = n - m;
		if (n <= m || k > 2)
			continue;
		bool padded_month = at(v, p) == '0', padded_day = at(v, p + m) == '0';
		int month = digits_at(v, p, m), day = digits_at(v, p + m, k);
		if ((padded_day && (k == 1 || m == 1)) || (padded_month && (m == 1 || k == 1)))
			continue;
		if (month < 1 || month > 12 || day < 1 || day > gw_days_in_month(year_or_any, month))
			continue;
		found++;
		d->month = (int8_t)month;
		d->day = (int8_t)day;
	}
	if (found != 1)
		d->month = d->day = -1;
	return found;
}

/* Digits up to 日 behind a year: 626日. */
static uint32_t take_lost_month(const view *v, uint32_t p, gw_date *d)
{
	unsigned n = digit_run(v, p);
	if (n < 2 || n > 4 || at(v, p + n) != U'日' || at(v, p + n + 1) == U'元')
		return p;
	if (!cut_digits(v, p, n, d->year_mask ? -1 : d->year, d) && at(v, p - 1) == U'年')
		return p; /* 2015年30日: the year is whole without it */
	d->damaged = true;
	return p + n + 1;
}

/* 2015626日, 20156月26日, 20xx118日: p is behind the year. */
static uint32_t take_lost_year_mark(const view *v, uint32_t p, gw_date *d)
{
	uint32_t end = take_lost_month(v, p, d);
	if (end > p || !is_digit(at(v, p)))
		return end;
	unsigned n = digit_run(v, p);
	if (n > 2 || at(v, p + n) != U'月')
		return p;
	end = take_month(v, p, d);
	d->damaged |= end > p;
	return end;
}

/* ---- dates in signs ---- */

/* 2025-08-31, 2025.8.31, 2025/8/31; 2025-08. p is behind the year. */
static uint32_t take_signs(const view *v, uint32_t p, gw_date *d)
{
	uint32_t sign = at(v, p);
	unsigned m = digit_run(v, p + 1), k = 0;
	if ((sign != '-' && sign != '.' && sign != '/') || m < 1 || m > 2)
		return p;
	int month = digits_at(v, p + 1, m), day = 0;
	uint32_t end = p + 1 + m;
	if (month < 1 || month > 12)
		return p;
	if (at(v, end) == sign) {
		k = digit_run(v, end + 1);
		day = digits_at(v, end + 1, k > 2 ? 0 : k);
		if (k < 1 || k > 2 || day < 1 || day > 31)
			return p;
		end += 1 + k;
	}
	uint32_t next = at(v, end);
	if (k == 0 && (sign != '-' || m != 2 || d->year_mask))
		return p; /* 2025.8 and 2025/8 are numbers */
	if ((next == sign && is_digit(at(v, end + 1))) || next == '%')
		return p; /* a longer row: 2025.8.31.1 */
	d->month = (int8_t)month;
	if (k)
		set_day(d, day);
	return end;
}

/* ---- the whole ---- */

/* A year with no 年 is one only where the other end of the range is a year: 2020 of 2020-2025年. */
static bool year_in_range(const view *v, uint32_t p, uint32_t end, const year *y)
{
	year other;
	uint32_t q = range_sign(v, end);
	if (q > end && year_number(v, q, &other) > q && !is_digit(at(v, q + 4)) &&
	        (other.mask || y->mask || other.value > y->value))
		return !is_letter(before(v, 1)) && !(before(v, 1) == ' ' && is_letter(before(v, 2)));
	uint32_t c = before(v, 1), back = c == '-' && before(v, 2) == '-' ? 6 : 5;
	if ((c != '-' && c != '~' && c != U'至') || p < back || is_digit(before(v, back + 1)))
		return false;
	view left = {v->ch, p - back, p - back + 4};
	return year_number(&left, p - back, &other) > p - back && (other.mask || y->mask || other.value < y->value) &&
	       at(v, end) != '.' && at(v, end) != '-' && !is_letter(at(v, end)) && !is_letter(before(v, back + 1));
}

/* 2024 of 2024、2025年: the last of the list says 年 for all. */
static bool year_in_list(const view *v, uint32_t end, const year *y)
{
	int last = y->value;
	uint32_t p = end;
	while (at(v, p) == U'、' || at(v, p) == U'和') {
		year other;
		uint32_t q = year_number(v, p + 1, &other);
		if (q == p + 1 || other.value <= last || y->mask)
			return false;
		last = other.value;
		p = q;
	}
	return p > end && at(v, p) == U'年' && !is_letter(before(v, 1));
}

static uint32_t take_parts(const view *v, uint32_t p, gw_date *d)
{
	uint32_t q = take_month(v, p, d);
	if (q == p)
		q = take_season(v, skip_blank(v, p), d);
	if (q == skip_blank(v, p))
		q = p;
	return q;
}

/* Dates that begin with a year. Gives the position behind, or p. */
static uint32_t dated_year(const view *v, uint32_t p, gw_date *d)
{
	year y = {.value = -1};
	uint32_t end = year_number(v, p, &y), q;
	if (end == p && digit_run(v, p) > 4 && digit_run(v, p) <= 8) { /* digits of month and day cling to it */
		y.value = digits_at(v, p, 4);
		end = p + 4;
		set_year(d, &y);
		q = year_in(y.value, FIRST_YEAR) ? take_lost_year_mark(v, end, d) : end;
		return q > end ? q : p;
	}
	if (end == p)
		return p;
	set_year(d, &y);
	uint32_t mark = skip_blank(v, end);
	if (at(v, mark) == U'年') {
		mark++;
		q = take_parts(v, mark, d);
		return q > mark ? q : take_lost_month(v, mark, d);
	}
	if (!year_in(y.value, FIRST_YEAR) && !y.mask)
		return p;
	q = take_signs(v, end, d);
	if (q == end && y.mask)
		q = take_lost_year_mark(v, end, d);
	if (q > end)
		return q;
	d->bare = year_in_range(v, p, end, &y) || year_in_list(v, end, &y);
	return d->bare ? end : p;
}

/* 1.2026年6月底前, 3.6月底前: the number of an item clings to its date. A month must say more to be told from 3.6. */
static bool numbered(const view *v)
{
	unsigned n = digit_run(v, v->begin);
	uint32_t mark = at(v, v->begin + n), next = at(v, v->begin + n + 1);
	if (before(v, 1) != '.' || !is_digit(before(v, 2)) ||
	        !opens_line(before(v, is_digit(before(v, 3)) ? 4 : 3)))
		return false;
	if (n == 4)
		return mark == U'年';
	bool more = is_digit(next) || next == U'底' || next == U'前' || next == U'末' || next == U'份';
	return n < 3 && mark == U'月' && more;
}

/* Not in the middle of a longer number or date. */
static bool begins(const view *v)
{
	uint32_t c = at(v, v->begin), prev = before(v, 1), prev2 = before(v, 2);
	if ((prev == U'年' || prev == U'月') && (is_digit(prev2) || is_numeral(prev2) || is_masked(prev2)))
		return digit_run(v, v->begin) >= 4; /* the month of a year, the day of a month */
	if (is_digit(c) || is_masked(c))
		return !is_digit(prev) && !is_masked(prev) && (!(prev == '.' && is_digit(prev2)) || numbered(v));
	if (c == U'上' || c == U'下')
		return prev != U'以';
	if (c == U'元') /* 美元月均, 5元月租 */
		return prev != U'美' && prev != U'欧' && prev != U'港' && prev != U'日' && !is_numeral(prev) &&
		       !is_digit(prev);
	if (c == U'第' || c == U'前')
		return true;
	return !is_numeral(prev) && !is_digit(prev) && prev != U'第' && prev != U'前';
}

static bool may_begin(uint32_t c)
{
	return is_digit(c) || han_digit(c) > 0 || c == U'十' || c == U'第' || c == U'上' || c == U'下' || c == U'前' ||
	       c == U'元' || is_masked(c);
}

static gw_date no_date(uint32_t pos)
{
	return (gw_date){.span = {pos, pos},
	        .year = -1,
	        .month = -1,
	        .day = -1,
	        .month_to = -1,
	        .day_to = -1,
	        .hour = -1,
	        .minute = -1};
}

bool gw_read_date(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out)
{
	view v = view_at(ch, len, pos);
	if (!may_begin(at(&v, pos)) || !begins(&v))
		return false;
	gw_date d = no_date(pos);
	uint32_t end = dated_year(&v, pos, &d);
	if (end == pos) {
		d = no_date(pos);
		end = take_parts(&v, pos, &d);
	}
	if (end == pos)
		return false;
	if (d.day > 0 && !d.decade && !d.bare)
		end = take_hour(&v, end, &d);
	d.span.end = end;
	*out = d;
	return true;
}

bool gw_read_day(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out)
{
	view v = view_at(ch, len, pos);
	uint32_t c = at(&v, pos);
	if ((!is_digit(c) && han_digit(c) <= 0 && c != U'十' && c != U'廿') || !begins(&v) || is_letter(before(&v, 1)))
		return false;
	gw_date d = no_date(pos);
	int day = 0;
	unsigned n = digit_run(&v, pos);
	uint32_t end = small_number(&v, pos, 31, &day);
	if (end > pos) {
		d.day = (int8_t)day;
		d.han = n == 0;
	} else if ((n == 3 || n == 4) && cut_digits(&v, pos, n, -1, &d) == 1) {
		d.damaged = true;
		end = pos + n;
	}
	if (end == pos || (at(&v, end) != U'日' && (at(&v, end) != U'号' || d.damaged || before(&v, 1) == U'第')))
		return false;
	d.span.end = take_hour(&v, end + 1, &d);
	*out = d;
	return true;
}

bool gw_read_dotted(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out)
{
	view v = view_at(ch, len, pos);
	uint32_t sign = at(&v, pos + 4);
	unsigned m = sign == '.' || sign == '/' ? digit_run(&v, pos + 5) : 0;
	if (m < 1 || m > 2 || digit_run(&v, pos) != 4 || !begins(&v) || is_letter(before(&v, 1)))
		return false;
	uint32_t end = pos + 5 + m, next = at(&v, end);
	int value = digits_at(&v, pos, 4), month = digits_at(&v, pos + 5, m);
	if (!year_in(value, FIRST_YEAR) || month < 1 || month > 12)
		return false;
	if (next == '.' || next == '/' || next == '%' || next == U'万' || next == U'亿' || next == U'元' || is_letter(next))
		return false;
	*out = no_date(pos);
	out->year = (int16_t)value;
	out->month = (int8_t)month;
	out->span.end = end;
	return true;
}
