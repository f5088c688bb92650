/* read_duration.c - lengths of time: an amount and a unit, the half that stands before or behind it, and the two
 * units of 一年零六个月. Dates look alike (2025年, 8月, 30日): a year of four places and a month without 个 are left to
 * gw_read_date; 30日 is read by both. */
#include "read_chars.h"

#include <uchar.h>

typedef struct unit_word {
	const char32_t *word;
	char unit;
	bool counted; /* needs 个 before it */
} unit_word;

/* Longer words before their beginnings. */
static const unit_word unit_words[] = {
        {U"工作日", 'B', false},
        {U"自然日", 'D', false},
        {U"日历天", 'D', false},
        {U"星期", 'W', false},
        {U"小时", 'H', false},
        {U"分钟", 'm', false},
        {U"秒钟", 'S', false},
        {U"季度", 'Q', true},
        {U"年度", 'Y', true},
        {U"月", 'M', true},
        {U"年", 'Y', false},
        {U"周", 'W', false},
        {U"天", 'D', false},
        {U"日", 'D', false},
        {U"秒", 'S', false},
};

static bool word_at(const view *v, uint32_t p, const char32_t *w)
{
	while (*w)
		if (at(v, p++) != *w++)
			return false;
	return true;
}

/* Words that begin like a unit: 年级, 90年代, 100周年, 周岁, 月龄, 日元, 天然气. */
static bool other_word(char unit, uint32_t next)
{
	switch (unit) {
	case 'Y':
		return next == U'级' || next == U'代' || next == U'龄' || next == U'份' || next == U'轻';
	case 'W':
		return next == U'年' || next == U'岁' || next == U'边' || next == U'期' || next == U'围' ||
		       next == U'长';
	case 'M':
		return next == U'龄';
	case 'D':
		return next == U'元' || next == U'圆' || next == U'均' || next == U'然' || next == U'津' ||
		       next == U'本';
	default:
		return false;
	}
}

/* The unit at p, behind 个 or not. Gives the position behind it, or p. */
static uint32_t take_unit(const view *v, uint32_t p, bool counted, char *unit)
{
	for (size_t i = 0; i < sizeof unit_words / sizeof *unit_words; i++) {
		const unit_word *w = &unit_words[i];
		uint32_t n = 0;
		if ((w->counted && !counted) || !word_at(v, p, w->word))
			continue;
		while (w->word[n])
			n++;
		if (other_word(w->unit, at(v, p + n)) || (counted && w->unit == 'Y' && n == 1))
			return p; /* 三个年度 is a length of time, 三个年轻人 is not */
		*unit = w->unit;
		return p + n;
	}
	return p;
}

static bool is_measure(uint32_t c)
{
	return c == U'个' || c == U'個';
}

/* 半年, 半个月, 半天, 半小时: the amount is the half. */
static uint32_t take_half(const view *v, uint32_t p, gw_duration *d)
{
	if (at(v, p) != U'半')
		return p;
	bool counted = is_measure(at(v, p + 1));
	uint32_t q = p + 1 + counted, end = take_unit(v, q, counted, &d->unit);
	if (end == q || !strchr("YMDHQ", d->unit) || (d->unit == 'D' && at(v, q) == U'日'))
		return p;
	d->amount += 0.5;
	d->half = true;
	return end;
}

/* 个半月, 个月, 年半, 天; p is behind the amount. */
static uint32_t take_measure(const view *v, uint32_t p, gw_duration *d)
{
	bool counted = is_measure(at(v, p));
	uint32_t q = p + counted;
	q += at(v, q) == U'多' || at(v, q) == U'余';
	bool half = counted && at(v, q) == U'半';
	q += half;
	uint32_t end = take_unit(v, q, counted, &d->unit);
	if (end == q || (half && !strchr("MHQ", d->unit)))
		return p;
	if (!half && at(v, end) == U'半' && strchr("YDH", d->unit) && at(v, end + 1) != U'以') {
		half = true; /* 一年半 */
		end++;
	}
	d->half = half;
	d->amount += half ? 0.5 : 0;
	return end;
}

/* 1年6个月, 两小时三十分钟: the second unit counts in the first one's parts. */
static uint32_t take_second(const view *v, uint32_t p, gw_duration *d)
{
	gw_number n;
	gw_duration part = {0};
	uint32_t q = p + (is_zero(at(v, p)) || at(v, p) == U'又');
	char want = d->unit == 'Y' ? 'M' : d->unit == 'H' ? 'm' : 0;
	/* read as a text of its own: 零 before it must not hide it */
	if (!want || d->half || q >= v->end || !gw_read_number(v->ch + q, v->end - q, 0, &n) || n.fraction)
		return p;
	uint32_t behind = q + n.span.end, end = take_measure(v, behind, &part);
	if (end == behind || part.unit != want)
		return p;
	d->amount = d->amount * (want == 'M' ? 12 : 60) + n.value + part.amount;
	d->unit = want;
	return end;
}

/* 1.2026: the number of an item and a year. No length of time has so many decimals. */
static bool many_decimals(const view *v, gw_span s)
{
	for (uint32_t p = s.begin; p < s.end; p++)
		if (at(v, p) == '.')
			return s.end - p > 3;
	return false;
}

/* 30 of 7x24小时, the year 2025年 and the second part of a date are no amounts. */
static bool is_amount(const view *v, const gw_number *n)
{
	uint32_t p = n->span.end, mark = at(v, p + (at(v, p) == ' ')), prev = before(v, 1);
	if (n->ordinal || n->fraction || n->ratio || n->percent || n->masked || n->value < 0 || n->value >= 10000)
		return false;
	if ((is_masked(prev) || prev == '.') && is_digit(before(v, 2)))
		return false;
	if (prev == U'月' && (is_digit(before(v, 2)) || is_numeral(before(v, 2))))
		return false;
	if (many_decimals(v, n->span))
		return false;
	if (mark == U'年' && n->value >= 1000 && n->value <= 2100 && n->scale == 1 && p == v->begin + 4)
		return false;
	return true;
}

static bool may_be_amount(uint32_t c)
{
	return is_digit(c) || is_numeral(c) || c == U'几' || c == U'数';
}

bool gw_read_duration_of(const uint32_t *ch, uint32_t len, uint32_t pos, const gw_number *amount, gw_duration *out)
{
	view v = view_at(ch, len, pos);
	gw_duration d = {.span = {pos, pos}};
	uint32_t c = at(&v, pos), end = pos;
	if (c == U'半' && !is_numeral(before(&v, 1)) && before(&v, 1) != U'上' && before(&v, 1) != U'下' &&
	        before(&v, 1) != U'个' && before(&v, 1) != U'年')
		end = take_half(&v, pos, &d);
	else if (amount && may_be_amount(c) && is_amount(&v, amount)) {
		uint32_t q = amount->span.end + (at(&v, amount->span.end) == ' ');
		d.amount = amount->value;
		end = take_measure(&v, q, &d);
		end = end == q ? pos : take_second(&v, end, &d);
	}
	if (end == pos)
		return false;
	d.span.end = end;
	*out = d;
	return true;
}

bool gw_read_duration(const uint32_t *ch, uint32_t len, uint32_t pos, gw_duration *out)
{
	gw_number n;
	return gw_read_duration_of(ch, len, pos, pos < len && may_be_amount(ch[pos]) && gw_read_number(ch, len, pos, &n) ? &n : NULL, out);
}
