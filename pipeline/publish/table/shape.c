/* A pattern becomes a table of states in two steps: every character and set in it is a place, and what a text may go on
 * with behind each place is known while the pattern is read (Glushkov 1961); a state is then a set of places, found from
 * the first one on. {n,m} reads its atom again so often. */
#include "shape.h"

enum { PLACES = 64, STATES = 256 };

typedef struct maker {
	const char *p;       /* where reading stands */
	uint64_t at[256];    /* by byte: the places that it fits */
	uint64_t behind[PLACES]; /* by place: those that may follow */
	unsigned places;
	bool foreign;        /* the pattern is none of ours */
} maker;

/* A part of the pattern: the places that it may begin and end with, and whether it may be empty. */
typedef struct part {
	uint64_t first, last;
	bool empty;
} part;

static part either(maker *m);

static part leave(maker *m)
{
	m->foreign = true;
	return (part){0, 0, false};
}

static part place_new(maker *m, const bool fits[256])
{
	if (m->places == PLACES)
		return leave(m);
	uint64_t bit = (uint64_t)1 << m->places++;
	for (unsigned c = 0; c < 256; c++)
		m->at[c] |= fits[c] ? bit : 0;
	return (part){bit, bit, false};
}

/* Behind the [: plain bytes and ranges. Classes with names and what is not ASCII depend on the locale and are left. */
static part set(maker *m)
{
	bool fits[256] = {false}, negative = *m->p == '^';
	m->p += negative;
	const char *begin = m->p;
	do {
		unsigned char from = (unsigned char)*m->p, to = from;
		if (!from || from >= 128 || (from == '[' && strchr(".:=", m->p[1])) || (from == '-' && m->p != begin && m->p[1] != ']'))
			return leave(m);
		if (m->p[1] == '-' && m->p[2] != ']') {
			to = (unsigned char)m->p[2];
			m->p += 2;
		}
		if (to < from || to >= 128)
			return leave(m);
		for (unsigned c = from; c <= to; c++)
			fits[c] = true;
		m->p++;
	} while (*m->p != ']');
	m->p++;
	for (unsigned c = 0; c < 256; c++)
		fits[c] ^= negative;
	return place_new(m, fits);
}

static part atom(maker *m)
{
	bool fits[256] = {false};
	unsigned char c = (unsigned char)*m->p;
	if (!c)
		return leave(m);
	m->p++;
	if (c == '[')
		return set(m);
	if (c == '(') {
		part inner = either(m);
		if (m->foreign || *m->p++ != ')')
			return leave(m);
		return inner;
	}
	if (c == '.')
		memset(fits + 1, true, 255);
	else if (c == '\\' && *m->p && strchr("^.[$()|*+?{\\", *m->p))
		fits[(unsigned char)*m->p++] = true;
	else if (c < 128 && !strchr("^$|)*+?{}]\\", c))
		fits[c] = true;
	else
		return leave(m);
	return place_new(m, fits);
}

static part joined(maker *m, part a, part b)
{
	for (unsigned i = 0; i < m->places; i++)
		if (a.last >> i & 1)
			m->behind[i] |= b.first;
	return (part){a.first | (a.empty ? b.first : 0), b.last | (b.empty ? a.last : 0), a.empty && b.empty};
}

static part repeated(maker *m, part a)
{
	joined(m, a, a);
	return a;
}

/* {n}, {n,} and {n,m}; with other words, or more than there are places, the pattern is left. */
static bool counts(maker *m, unsigned *least, unsigned *most)
{
	unsigned n[2] = {0, 0}, digits[2] = {0, 0}, i = 0;
	for (m->p++; *m->p && *m->p != '}'; m->p++) {
		if (*m->p == ',' && i == 0) {
			i = 1;
			continue;
		}
		if (*m->p < '0' || *m->p > '9' || n[i] > PLACES)
			return false;
		n[i] = n[i] * 10 + (unsigned)(*m->p - '0');
		digits[i]++;
	}
	*least = n[0];
	*most = i == 0 ? n[0] : digits[1] ? n[1] : PLACES + 1;
	return *m->p++ == '}' && digits[0] && *most >= *least && *most > 0 && (i == 0 || !digits[1] || *most <= PLACES);
}

/* The atom from `begin` on so often; without an upper bound the last one may come again and again. */
static part counted(maker *m, const char *begin, part one, unsigned least, unsigned most)
{
	const char *end = m->p;
	bool endless = most > PLACES;
	unsigned times = endless ? (least ? least : 1) : most;
	part whole = one, next = one;
	if (endless && times == 1)
		repeated(m, one);
	whole.empty |= least == 0;
	for (unsigned i = 1; i < times && !m->foreign; i++) {
		m->p = begin;
		next = atom(m);
		next.empty |= i >= least;
		if (endless && i + 1 == times)
			repeated(m, next);
		whole = joined(m, whole, next);
	}
	m->p = end;
	return whole;
}

static part piece(maker *m)
{
	const char *begin = m->p;
	part a = atom(m);
	unsigned least, most;
	if (m->foreign)
		return a;
	switch (*m->p) {
	case '*': case '+': case '?':
		if (*m->p != '?')
			repeated(m, a);
		a.empty |= *m->p++ != '+';
		break;
	case '{':
		a = counts(m, &least, &most) ? counted(m, begin, a, least, most) : leave(m);
		break;
	default:
		return a;
	}
	return *m->p && strchr("*+?{", *m->p) ? leave(m) : a; /* a** means different things to different readers */
}

static part sequence(maker *m)
{
	part whole = piece(m);
	while (!m->foreign && *m->p && *m->p != '|' && *m->p != ')' && !(*m->p == '$' && !m->p[1]))
		whole = joined(m, whole, piece(m));
	return whole;
}

static part either(maker *m)
{
	part whole = sequence(m);
	while (!m->foreign && *m->p == '|') {
		m->p++;
		part other = sequence(m);
		whole = (part){whole.first | other.first, whole.last | other.last, whole.empty || other.empty};
	}
	return whole;
}

/* ---- states ---- */

/* Numbers the kinds of bytes; returns how many there are, and of each one byte. */
static unsigned kinds_find(const maker *m, uint8_t kind[256], uint8_t sample[256])
{
	unsigned n = 0;
	for (unsigned c = 0; c < 256; c++) {
		unsigned k = 0;
		while (k < n && m->at[sample[k]] != m->at[c])
			k++;
		if (k == n)
			sample[n++] = (uint8_t)c;
		kind[c] = (uint8_t)k;
	}
	return n;
}

/* The number of a set of places, a new one if need be; STATES when there are too many. */
static unsigned state_of(uint64_t sets[STATES], unsigned *count, uint64_t set)
{
	unsigned s = 0;
	while (s < *count && (sets[s] != set || s == 1)) /* the first state is no set: nothing leads back to it */
		s++;
	if (s == *count && s < STATES)
		sets[(*count)++] = set;
	return s;
}

static uint64_t follow(const maker *m, uint64_t set)
{
	uint64_t all = 0;
	for (unsigned i = 0; i < m->places; i++)
		all |= set >> i & 1 ? m->behind[i] : 0;
	return all;
}

static const gw_shape *shape_of(gw_arena *arena, const maker *m, part whole)
{
	gw_shape *f = GW_NEW(arena, gw_shape);
	uint8_t sample[256], *next;
	uint64_t sets[STATES] = {0};
	unsigned count = 2;
	f->kinds = kinds_find(m, f->kind, sample);
	f->next = next = GW_NEW_N(arena, uint8_t, STATES * f->kinds);
	bool *ends = GW_NEW_N(arena, bool, STATES);
	for (unsigned s = 1; s < count; s++) {
		uint64_t may = s == 1 ? whole.first : follow(m, sets[s]);
		ends[s] = s == 1 ? whole.empty : (sets[s] & whole.last) != 0;
		for (unsigned k = 0; k < f->kinds; k++) {
			unsigned to = state_of(sets, &count, may & m->at[sample[k]]);
			if (to == STATES)
				return NULL;
			next[s * f->kinds + k] = (uint8_t)to;
		}
	}
	f->ends = ends;
	return f;
}

const gw_shape *gw_shape_make(gw_arena *arena, const char *pattern)
{
	maker m = {.p = pattern + 1};
	if (*pattern != '^')
		return NULL;
	part whole = sequence(&m);
	if (m.foreign || strcmp(m.p, "$") != 0)
		return NULL;
	return shape_of(arena, &m, whole);
}
