/* read_number.c - numbers as Chinese documents write them.
 *
 * One machine reads Arabic, Chinese and mixed numbers. A number is a row of items, each a coefficient with a unit:
 *     一千零五十万    (1 千) (零 5 十) 万          25万6千    (25) 万 (6 千)
 * 十 百 千 collect in group[0]; 万 and 亿 lift what stands below them into group[1] and group[2], so that
 * 二十万亿 (20 x 10^4 x 10^8) and 五亿零六万 both come out right. The last coefficient may lack its unit: it then
 * counts the next lower one (13万2, 四百五) unless 零 stands before it (一千零五). An item that does not fit ends
 * the number before it. All sums are whole numbers, so 1.94 and 17.8万 become the nearest double, on every machine. */
#include "read_chars.h"

enum { BIGS = 4 }; /* ones, 万, 亿, 兆 */
static const uint64_t big_value[BIGS] = {1, 10000, 100000000, 1000000000000};
#define TOO_MUCH 1000000000000000000u /* 10^18: sums stay below, so that no product overflows */

static uint64_t pow10_of(unsigned n)
{
	uint64_t v = 1;
	while (n--)
		v *= 10;
	return v;
}

/* ---- Arabic digits ---- */
typedef struct arabic {
	uint64_t n; /* all digits, without the point */
	uint8_t digits, decimals;
	uint32_t end;
} arabic;

/* Exactly three digits behind a separator at p. */
static bool group_at(const view *v, uint32_t p, uint32_t separator)
{
	return at(v, p) == separator && is_digit(at(v, p + 1)) && is_digit(at(v, p + 2)) && is_digit(at(v, p + 3)) &&
	       !is_digit(at(v, p + 4));
}

static bool take_digits(const view *v, arabic *a, unsigned most)
{
	unsigned n = 0;
	for (; is_digit(at(v, a->end)); a->end++) {
		if (++n > most)
			return false;
		a->n = a->n * 10 + (at(v, a->end) - '0');
	}
	a->digits = (uint8_t)(a->digits + n);
	return n > 0;
}

/* 1,100,000 and 1 100 000. When a later group has not three digits (1,234,5678), nothing is joined. */
static void take_groups(const view *v, arabic *a, uint32_t begin)
{
	uint32_t separator = at(v, a->end);
	if (a->digits > 3 || at(v, begin) == '0' || (separator != ',' && separator != ' '))
		return;
	arabic joined = *a;
	while (group_at(v, joined.end, separator) && joined.digits <= 12) {
		joined.end++;
		take_digits(v, &joined, 3);
	}
	if (!(at(v, joined.end) == separator && is_digit(at(v, joined.end + 1)) && separator == ','))
		*a = joined;
}

/* No number when too long (an identity number) or a row of points (2025.8.31, 1.2.3). */
static bool read_arabic(const view *v, uint32_t p, bool point, arabic *a)
{
	*a = (arabic){.end = p};
	if (!take_digits(v, a, 15))
		return false;
	take_groups(v, a, p);
	if (!point || at(v, a->end) != '.' || !is_digit(at(v, a->end + 1)))
		return true;
	uint8_t whole = a->digits;
	a->end++;
	if (!take_digits(v, a, 18u - whole) || (at(v, a->end) == '.' && is_digit(at(v, a->end + 1))))
		return false;
	a->decimals = (uint8_t)(a->digits - whole);
	return true;
}

/* ---- the machine ---- */
typedef struct sum {
	uint64_t group[BIGS];
	uint64_t spread;    /* 两三百: 100, what the upper bound lies above */
	unsigned spread_at; /* the group it belongs to */
	uint64_t small;     /* last 十 百 千 of this section; 10000 at its begin */
	uint64_t last;      /* unit said last, 1 when none */
	uint64_t scale;
	unsigned decimals;
	bool more, pair;
	uint32_t end;
} sum;

typedef struct coefficient {
	uint64_t n, upto;
	unsigned digits, decimals;
	bool zero, arabic, several; /* 零 before it; 几 */
	uint32_t end;
} coefficient;

static uint64_t total(const sum *s)
{
	return s->group[0] + s->group[1] + s->group[2] + s->group[3];
}

/* 千瓦, 千米, 百帕 and 百分点 are words; the unit belongs to them. */
static bool unit_word(const view *v, uint32_t p)
{
	uint32_t c = at(v, p), next = at(v, p + 1);
	if (c == U'百')
		return next == U'帕' || (next == U'分' && at(v, p + 2) == U'点');
	if (c != U'千')
		return false;
	switch (next) {
	case U'瓦':
	case U'克':
	case U'米':
	case U'伏':
	case U'赫':
	case U'卡':
	case U'焦':
	case U'帕':
	case U'升':
	case U'乏':
		return true;
	case U'字':
		return at(v, p + 2) == U'节';
	default:
		return false;
	}
}

static uint64_t small_at(const view *v, uint32_t p)
{
	return unit_word(v, p) ? 0 : small_unit(at(v, p));
}

/* 兆 is 10^12 only between numerals (五兆六十二亿); elsewhere it is mega (兆瓦). */
static unsigned big_at(const view *v, uint32_t p)
{
	return at(v, p) == U'兆' && han_digit(at(v, p + 1)) > 0 ? 3 : big_unit(at(v, p));
}

/* The big unit at p lifts all that stands below it. False when it does not fit: 3万5万. */
static bool lift(sum *s, unsigned big)
{
	uint64_t below = 0;
	for (unsigned i = 0; i < big; i++)
		below += s->group[i];
	if (below == 0 && big == 1 && s->last == 10000) { /* 四万万 */
		below = s->group[1];
		s->group[1] = 0;
	}
	if (below == 0 || s->group[big] || below > TOO_MUCH / big_value[big])
		return false;
	bool alone = below == total(s);
	for (unsigned i = 0; i < big; i++)
		s->group[i] = 0;
	s->group[big] = below * big_value[big];
	if (s->spread && s->spread_at < big) {
		s->spread *= big_value[big];
		s->spread_at = big;
	}
	s->scale = alone ? s->scale * big_value[big] : 1;
	s->small = 10000;
	s->last = big_value[big];
	return true;
}

/* Big units behind what was read: 万, 亿, 万亿. One blank before the first is forgiven (1000 万). */
static void lift_all(const view *v, sum *s)
{
	uint32_t p = s->end + (at(v, s->end) == ' ');
	unsigned big;
	while ((big = big_at(v, p)) != 0 && lift(s, big))
		s->end = ++p;
}

/* Two neighbouring digits that name a stretch: 两三, 七八. A third digit makes it a plain run. */
static bool pair_at(const view *v, uint32_t p)
{
	int a = han_digit(at(v, p)), b = han_digit(at(v, p + 1));
	return a > 0 && b == a + 1 && han_digit(at(v, p + 2)) < 0 && !is_zero(at(v, p + 2));
}

/* A coefficient at s->end; with `first` none stands before it. */
static bool take_coefficient(const view *v, const sum *s, bool first, coefficient *c)
{
	uint32_t p = s->end;
	*c = (coefficient){.zero = is_zero(at(v, p)) && (!first || small_unit(at(v, p + 1)) == 10)};
	p += c->zero;
	uint32_t x = at(v, p);
	arabic a;
	if (is_digit(x)) {
		if (!read_arabic(v, p, first, &a))
			return false;
		*c = (coefficient){a.n, a.n, a.digits, a.decimals, c->zero, true, false, a.end};
		return true;
	}
	c->end = p + 1;
	c->digits = 1;
	if (x == U'几' || x == U'幾' || (x == U'数' && first)) {
		c->several = true;
		c->n = c->upto = first; /* 几十: ten at least; 十几: more than ten */
		return !first || small_at(v, p + 1) || big_at(v, p + 1);
	}
	if (pair_at(v, p)) {
		c->n = (uint64_t)han_digit(x);
		c->upto = c->n + 1;
		c->end++;
		return true;
	}
	if (small_at(v, p) == 10) { /* 十五: the unit stands for itself */
		c->n = c->upto = 1;
		c->end = p;
		return true;
	}
	int digit = is_zero(x) && first ? 0 : han_digit(x);
	c->n = c->upto = (uint64_t)(digit < 0 ? 0 : digit);
	return digit >= 0;
}

static void add(sum *s, const coefficient *c, uint64_t unit)
{
	s->group[0] += c->n * unit;
	if (c->upto > c->n) {
		s->spread = unit;
		s->spread_at = 0;
		s->pair = true;
	}
	s->more |= c->several;
	s->end = c->end;
	s->last = unit;
	s->scale = 1;
}

/* What a coefficient without a unit counts, 0 when it cannot stand here. */
static uint64_t tail_unit(const sum *s, const coefficient *c, bool first)
{
	if (first || c->several)
		return 1;
	uint64_t gap = s->last == 1 ? 0 : s->last;
	if (gap == 0)
		return 0;
	if (c->zero)
		return c->n < gap ? 1 : 0;
	if (c->arabic && c->digits > 1)
		return pow10_of(c->digits) == gap ? 1 : 0; /* 3万4000 */
	return gap / 10;
}

/* One item. False when it does not fit; then s is as before. */
static bool take_item(const view *v, sum *s, bool first, bool *ended)
{
	coefficient c;
	if (!take_coefficient(v, s, first, &c))
		return false;
	uint64_t unit = c.decimals ? 0 : small_at(v, c.end);
	if (unit && c.arabic && (unit == 10 || c.n >= 100))
		unit = 0;
	if (unit) {
		if (unit >= s->small)
			return false;
		c.end++;
		add(s, &c, unit);
		s->small = unit;
		return true;
	}
	unsigned big = big_at(v, c.end + (c.arabic && at(v, c.end) == ' '));
	bool opens = big && (s->small == 10000 || s->small == 10) && c.n < 10000; /* 万 of 1亿2000万, 五 of 二十五万 */
	uint64_t tail = opens && !first ? 1 : tail_unit(s, &c, first);
	if (!tail)
		return false;
	sum next = *s;
	next.decimals += c.decimals;
	add(&next, &c, tail);
	lift_all(v, &next);
	*ended = next.last < 10000 || c.decimals > 0;
	if (big && next.last < 10000)
		return false; /* 三万五万: the second 五 is another number's */
	*s = next;
	return true;
}

/* 多 余 几 behind a round number: 30多, 十余, 3400多万. Not 多元化, 多样, 余额. */
static void take_more(const view *v, sum *s)
{
	uint32_t c = at(v, s->end), next = at(v, s->end + 1);
	bool round = s->last >= 10 || (s->last == 1 && !s->decimals && total(s) >= 10 && total(s) % 10 == 0);
	if (!round || s->pair || s->more)
		return;
	if ((c == U'多' && next != U'样' && !(next == U'元' && at(v, s->end + 2) == U'化')) ||
	        (c == U'余' && next != U'额') || c == U'几') {
		s->more = true;
		s->end++;
		lift_all(v, s);
	}
}

/* 点 and Chinese digits: 三点五, 三点五亿. Not 三点二十 (分), 两点两. */
static void take_point(const view *v, sum *s)
{
	uint32_t p = s->end;
	if ((at(v, p) != U'点' && at(v, p) != U'點') || s->more || s->pair || total(s) > 1000000000000)
		return;
	uint64_t n = 0;
	unsigned k = 0;
	for (p++; k < 6; p++, k++) {
		uint32_t c = at(v, p);
		if (c == U'两' || c == U'兩' || (!is_zero(c) && han_digit(c) < 0))
			break;
		n = n * 10 + (uint64_t)(is_zero(c) ? 0 : han_digit(c));
	}
	if (k == 0 || small_unit(at(v, p)))
		return;
	for (unsigned i = 0; i < BIGS; i++)
		s->group[i] *= pow10_of(k);
	s->group[0] += n;
	s->decimals = k;
	s->end = p;
	if (total(s) < 10000 * pow10_of(k))
		lift_all(v, s);
}

/* 5k, and 1.2E+03 as spreadsheets write it. 4K, 10kV and 3km are words. */
static void take_exponent(const view *v, sum *s)
{
	uint32_t p = s->end, c = at(v, p), sign = at(v, p + 1);
	if (s->last != 1 || s->scale != 1 || is_letter(before(v, 1)))
		return;
	if (c == 'k' && !is_letter(sign) && !is_digit(sign) && s->group[0] < TOO_MUCH / 1000) {
		s->group[0] *= 1000;
		s->end++;
		return;
	}
	p += 1u + (sign == '+' || sign == '-');
	arabic a = {.end = p};
	if ((c | 32) != 'e' || !take_digits(v, &a, 2) || a.n > 14 || is_letter(at(v, a.end)))
		return;
	unsigned up = sign == '-' ? 0 : (unsigned)a.n, whole = up < s->decimals ? up : s->decimals;
	s->decimals = s->decimals - whole + (sign == '-' ? (unsigned)a.n : 0);
	if (s->decimals > 18 || s->group[0] > TOO_MUCH / pow10_of(up - whole))
		return;
	s->group[0] *= pow10_of(up - whole);
	s->end = a.end;
}

/* 百万, 千亿, 百三, 万亿, and near 近 超 上: 近百, 上千. Elsewhere a unit alone is part of a word. */
static bool leading_unit(const view *v, uint32_t p)
{
	uint32_t next = at(v, p + 1), prev = before(v, 1);
	unsigned big = big_unit(at(v, p));
	if ((prev == U'破' && before(v, 2) == U'突') || prev == U'近' || prev == U'超' || prev == U'逾' || prev == U'过' || prev == U'上')
		return !small_unit(next) && (!big_unit(next) || big < 2) && next != U'分' && !unit_word(v, p);
	if (big)
		return big == 1 && big_unit(next) == 2;
	return big_unit(next) || (han_digit(next) > 0 && han_digit(at(v, p + 2)) < 0 && !unit_word(v, p));
}

/* Digits said one by one: 二〇三五, 一九九八, 一〇一. 0 when there is no such run, its length else. */
static uint32_t spelled(const view *v, uint32_t p, uint64_t *n)
{
	uint32_t k = 0;
	bool zero = false;
	for (*n = 0;; k++) {
		uint32_t c = at(v, p + k);
		if ((!is_zero(c) && han_digit(c) < 0) || c == U'两' || k > 12)
			break;
		zero |= is_zero(c);
		*n = *n * 10 + (uint64_t)(is_zero(c) ? 0 : han_digit(c));
	}
	if (k == 2 && at(v, p + k) == U'折' && !is_zero(at(v, p)))
		return k; /* 八五折: the caller knows that it is 8.5 */
	bool year = k == 4 && (*n / 100 == 18 || *n / 100 == 19 || *n / 100 == 20 || *n / 100 == 21);
	if (k < 2 || k > 12 || is_zero(at(v, p)) || small_unit(at(v, p + k)) || big_unit(at(v, p + k)))
		return 0;
	return zero || year ? k : 0;
}

/* A whole number with its decimals, units and 多. */
static bool read_sum(const view *v, uint32_t p, sum *s)
{
	*s = (sum){.small = 10000, .last = 1, .scale = 1, .end = p};
	uint64_t n;
	uint32_t k = spelled(v, p, &n);
	if (k) {
		s->group[0] = n;
		s->end = p + k;
		s->decimals = at(v, s->end) == U'折';
		take_point(v, s);
		return true;
	}
	bool ended = false, first = true;
	uint64_t unit = small_at(v, p);
	unsigned big = big_unit(at(v, p));
	if ((unit > 10 || big) && leading_unit(v, p)) { /* 百万: the 1 is not said */
		s->group[0] = 1;
		if (big) {
			lift_all(v, s);
		} else {
			s->group[0] = s->last = s->small = unit;
			s->end++;
			lift_all(v, s);
		}
		first = false;
	}
	while (!ended && take_item(v, s, first, &ended)) {
		first = false;
		lift_all(v, s);
	}
	if (first || (!is_digit(at(v, s->end - 1)) && han_digit(at(v, s->end)) > 0 && han_digit(at(v, s->end - 1)) > 0))
		return false; /* 十三五, 一三: a plain run */
	if (!is_digit(at(v, p)))
		take_point(v, s);
	else
		take_exponent(v, s);
	take_more(v, s);
	return s->end < p + GW_READ_MAX - 1;
}

static double value_of(uint64_t n, unsigned decimals)
{
	return (double)n / (double)pow10_of(decimals);
}

static void fill(gw_number *o, const sum *s)
{
	o->value = value_of(total(s), s->decimals);
	o->upto = value_of(total(s) + s->spread, s->decimals);
	o->decimals = (uint8_t)s->decimals;
	o->scale = (double)s->scale;
	o->more = s->more;
	o->about = s->pair;
	o->span.end = s->end;
}

static void set_value(gw_number *o, double value)
{
	o->value = o->upto = value;
}

/* ---- what may stand round a number ---- */

/* 百分之五, 千分之三, 三分之二: p is behind the lower number. */
static bool take_fraction(const view *v, uint32_t p, double below, bool percent, gw_number *o)
{
	if (at(v, p) != U'分' || at(v, p + 1) != U'之' || below <= 0)
		return false;
	sum s;
	p += 2;
	bool minus = (at(v, p) == U'负' || at(v, p) == U'負') && at(v, p + 1) != 0;
	p += minus;
	if (at(v, p) == U'百' && !is_numeral(at(v, p + 1)))
		s = (sum){.group = {100}, .scale = 1, .end = p + 1}; /* 百分之百 */
	else if (!read_sum(v, p, &s))
		return false;
	fill(o, &s);
	double divisor = (percent ? 1 : below) * (minus ? -1 : 1);
	o->value /= divisor;
	o->upto /= divisor;
	o->percent = percent;
	o->fraction = !percent;
	return true;
}

/* 百分之, 千分之, 万分之: the unit alone is the lower number. */
static bool read_named_fraction(const view *v, uint32_t p, gw_number *o)
{
	uint64_t below = small_unit(at(v, p));
	unsigned big = big_unit(at(v, p));
	below = big ? big_value[big] : below;
	return below > 10 && take_fraction(v, p + 1, (double)below, below == 100, o);
}

/* 一又三分之二 */
static void take_mixed(const view *v, gw_number *o)
{
	sum s;
	gw_number part = *o;
	uint32_t p = o->span.end + 1;
	if (at(v, p - 1) != U'又' || o->about || !read_sum(v, p, &s))
		return;
	if (take_fraction(v, s.end, value_of(total(&s), s.decimals), false, &part)) {
		part.value += o->value;
		part.upto = part.value;
		*o = part;
	}
}

static bool word_ends(uint32_t c)
{
	return !is_han(c) || c == U'以' || c == U'左' || c == U'多' || c == U'的' || c == U'至' || c == U'到' ||
	       c == U'和';
}

/* 三成, 七成六, 三成半. Not 三成员, 一成不变. */
static void take_tenths(const view *v, gw_number *o, const sum *s)
{
	uint32_t p = o->span.end, digit = at(v, p + 1);
	if (at(v, p) != U'成' || total(s) > 10 * pow10_of(s->decimals) || s->scale > 1 || s->more)
		return;
	bool tail = digit == U'半' || (han_digit(digit) > 0 && s->decimals == 0);
	if (!word_ends(at(v, p + 1 + tail)))
		return;
	uint64_t unit = pow10_of(s->decimals);
	o->value = value_of(total(s) * 10, s->decimals) + (tail ? digit == U'半' ? 5 : han_digit(digit) : 0);
	o->upto = o->value + value_of(s->spread * 10, unit > 1 ? s->decimals : 0);
	o->percent = true;
	o->span.end = p + 1 + tail;
}

/* Service hours (8:30, 14:00) are no ratios. */
static bool is_clock(const arabic *left, const arabic *right, const view *v)
{
	if (left->decimals || right->decimals || right->digits != 2 || left->n > 24 || right->n > 59)
		return false;
	return at(v, right->end - 2) == '0' || left->n > 5 || left->digits > 1;
}

/* 1.94:1 and 1/3. left is the Arabic number that was read. */
static void take_ratio(const view *v, const arabic *left, gw_number *o)
{
	uint32_t sign = at(v, left->end);
	arabic right;
	if ((sign != ':' && sign != '/') || !read_arabic(v, left->end + 1, sign == ':', &right) || right.n == 0)
		return;
	uint32_t next = at(v, right.end), prev = before(v, 1);
	if (next == sign || is_letter(next) || next == U'年' || next == U'月' || next == U'日' || prev == sign ||
	        prev == '.')
		return;
	if (sign == ':') {
		if (is_clock(left, &right, v) || right.digits > 6)
			return;
		o->ratio = true;
	} else {
		/* 16/5 is a number, 5/1 is a day and 24/7 a service */
		bool improper = left->n >= right.n && left->digits <= 2 && right.n >= 2 && right.n <= 9 && !(left->n == 24 && right.n == 7);
		if (left->decimals || left->n == 0 || (left->n >= right.n && !improper) || right.n > 100 || next == '.' || prev == '-')
			return;
		o->fraction = true;
	}
	set_value(o, value_of(left->n, left->decimals) / value_of(right.n, right.decimals));
	o->span.end = right.end;
}

/* 10^4; exponents are small whole numbers. */
static void take_power(const view *v, const arabic *base, gw_number *o)
{
	uint32_t p = base->end, sign = at(v, p + 1);
	arabic exponent = {.end = p + 1 + (sign == '+' || sign == '-')};
	if (at(v, p) != '^' || !take_digits(v, &exponent, 2) || exponent.n > 30)
		return;
	double value = 1;
	for (uint64_t i = 0; i < exponent.n; i++)
		value *= value_of(base->n, base->decimals);
	if (value > 1e300 || (sign == '-' && value == 0))
		return; /* 999999^99: no number that could be said */
	set_value(o, sign == '-' ? 1 / value : value);
	o->span.end = exponent.end;
}

/* 20xx: a year or a number with unknown digits, four places. */
static bool read_masked(const view *v, uint32_t p, gw_number *o)
{
	uint32_t q = p;
	while (is_digit(at(v, q)))
		q++;
	uint32_t digits = q - p;
	while (is_masked(at(v, q)) && q < p + 5)
		q++;
	if (digits == 0 || digits > 3 || q - p != 4 || is_digit(at(v, q)) || is_letter(at(v, q)))
		return false;
	o->masked = true;
	set_value(o, 0);
	o->span.end = q;
	return true;
}

/* 一半, 半数. */
static bool read_half(const view *v, uint32_t p, gw_number *o)
{
	uint32_t next = at(v, p + 2);
	bool half = (at(v, p) == U'一' && at(v, p + 1) == U'半' && next != U'年' && next != U'天' && next != U'个') ||
	            (at(v, p) == U'半' && at(v, p + 1) == U'数' && !big_unit(next));
	bool tenth = at(v, p) == U'半' && at(v, p + 1) == U'成' && word_ends(next);
	bool price = at(v, p) == U'半' && at(v, p + 1) == U'折' && word_ends(next);
	if (!half && !tenth && !price)
		return false;
	o->fraction = half;
	o->percent = tenth || price; /* 半成 is 5 %, 半折 half the price */
	set_value(o, half ? 0.5 : price ? 50 : 5);
	o->span.end = p + 2;
	return true;
}

/* A number that goes on from the left does not begin here. 一 before it may end a word: 统一三项. */
static bool begins(const view *v)
{
	uint32_t c = at(v, v->begin), prev = before(v, 1);
	if (prev == U'之' && before(v, 2) == U'分')
		return !is_numeral(before(v, 3)) && !is_digit(before(v, 3)); /* the 五 of 百分之五 */
	if (is_digit(c)) {
		bool unit = big_unit(prev) || small_unit(prev) > 10;
		return !is_digit(prev) && !(prev == '.' && is_digit(before(v, 2))) && !(unit && is_digit(before(v, 2)));
	}
	if (is_digit(prev))
		return han_digit(c) > 0 || c == U'半';
	if (prev == U'一' && han_digit(c) > 0 && c != U'二')
		return !is_numeral(before(v, 2)) && !is_digit(before(v, 2));
	return !is_numeral(prev) || c == U'半';
}

/* Signs that are numerals only in company: 陆地, 队伍, 收拾, 放肆. */
static bool needs_company(uint32_t c)
{
	return c == U'陆' || c == U'陸' || c == U'伍' || c == U'肆' || c == U'拾' || c == U'參';
}

static bool read_plain(const view *v, uint32_t p, gw_number *o)
{
	arabic a;
	if (read_masked(v, p, o) || read_named_fraction(v, p, o) || read_half(v, p, o))
		return true;
	sum s;
	if (!read_sum(v, p, &s) || (s.end == p + 1 && needs_company(at(v, p))))
		return false;
	fill(o, &s);
	if (take_fraction(v, s.end, s.more || s.pair ? 0 : value_of(total(&s), s.decimals), false, o))
		return true;
	if (is_digit(at(v, p)) && read_arabic(v, p, true, &a) && a.end == s.end) {
		take_ratio(v, &a, o);
		take_power(v, &a, o);
		if (at(v, a.end) == U'折' && a.digits == 2 && !a.decimals)
			set_value(o, value_of(a.n, 1)); /* 75折 is 七五折 */
	}
	take_mixed(v, o);
	take_tenths(v, o, &s);
	return true;
}

/* 一百 五 十 二, 百 分 之 二: where blanks may part a number. Between two plain numerals they part two (一 二). */
static bool holds_together(uint32_t left, uint32_t right)
{
	bool joint = small_unit(left) > 1 || big_unit(left) || left == U'点' || left == U'又' || left == U'分' || left == U'之';
	bool numeral = is_numeral(right) || right == U'点' || right == U'又' || right == U'分' || right == U'之' || right == U'余' ||
	               right == U'多' || right == U'几';
	if (((left == U'之' || left == U'又') && is_digit(right)) || (left == U'成' && han_digit(right) > 0))
		return true;
	return numeral && (joint || small_unit(right) > 1 || big_unit(right) || !is_numeral(right));
}

/* The run of numerals from pos on without its blanks; `from` says where each stood. 0 where no blank was left out. */
static uint32_t run_together(const uint32_t *ch, uint32_t len, uint32_t pos, uint32_t *tight, uint32_t *from)
{
	enum { BLANKS = 2 };
	uint32_t n = 0;
	bool apart = false;
	for (uint32_t p = pos; p < len && n < GW_READ_MAX; p++) {
		uint32_t q = p;
		while (n && q < len && ch[q] == ' ' && q - p < BLANKS)
			q++;
		if (q > p && (q >= len || !holds_together(tight[n - 1], ch[q])))
			break;
		apart = apart || q > p;
		p = q;
		bool part = is_numeral(ch[p]) || is_digit(ch[p]) || ch[p] == '.' || ch[p] == U'成' || holds_together(0, ch[p]);
		if (!part)
			break;
		tight[n] = ch[p];
		from[n++] = p;
	}
	return apart ? n : 0;
}

static bool read_number(const uint32_t *ch, uint32_t len, uint32_t pos, gw_number *out)
{
	view v = view_at(ch, len, pos);
	uint32_t c = at(&v, pos), prev = before(&v, 1), p = pos;
	bool minus = c == U'负' || c == U'負';
	bool several = c == U'几' || c == U'幾' || c == U'数' || c == U'半';
	if (!is_digit(c) && !is_numeral(c) && !minus && !several)
		return false; /* most characters leave here */
	if (minus && (prev == U'减' || prev == U'担' || prev == U'胜' || ++p == v.end))
		return false;
	if (!minus && !begins(&v))
		return false;
	gw_number o = {.span = {pos, pos}, .scale = 1};
	if (!read_plain(&v, p, &o))
		return false;
	if (minus)
		set_value(&o, -o.value);
	o.han = !is_digit(at(&v, p));
	o.ordinal = prev == U'第';
	*out = o;
	return true;
}

/* Scraped and set text has blanks within numbers. The run is read without them, and only as a whole: 二十 三十 are two. */
bool gw_read_number(const uint32_t *ch, uint32_t len, uint32_t pos, gw_number *out)
{
	bool plain = read_number(ch, len, pos, out);
	uint32_t next = plain ? out->span.end : pos + 1;
	bool joint = plain && next + 1 < len && (ch[next] == U'点' || ch[next] == U'分') && ch[next + 1] == ' '; /* 四点 五 */
	bool apart = next < len && (ch[next] == ' ' || joint);
	if (!apart || (!plain && !is_numeral(ch[pos])))
		return plain;
	uint32_t tight[GW_READ_MAX], from[GW_READ_MAX], n = run_together(ch, len, pos, tight, from);
	gw_number o;
	if (!n || n == GW_READ_MAX || !read_number(tight, n, 0, &o) || o.span.end != n || from[n - 1] < next)
		return plain;
	o.span = (gw_span){pos, from[n - 1] + 1};
	o.ordinal = pos && ch[pos - 1] == U'第';
	*out = o;
	return true;
}
