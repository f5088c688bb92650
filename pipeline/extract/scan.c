/* Stage `scan`: one pass for everything that later stages look at - the words of the lexicons and what the
 * readers make of numbers, dates and lengths of time. */
#include "gw/fold.h"
#include "gw/read.h"
#include "gw/stage.h"

typedef struct scan_settings {
	gw_strings lexicons;
} scan_settings;

static const gw_option options[] = {
	{"lexicons", GW_OPT_FILES, offsetof(scan_settings, lexicons), NULL, 0, 0, ".lex", "Lexicon files, or folders of them."},
	{0}};

typedef struct scan_state {
	const gw_knowledge *k;
	uint64_t starts[65536 / 64]; /* characters at which a reader may find something */
	uint16_t number[6], scaled, date[9], duration[9];
} scan_state;

static const char *const number_classes[] = {"number", "number.percent", "number.ratio", "number.fraction", "number.masked", "number.ordinal"};
static const char *const date_classes[] = {"date.y", "date.ym", "date.ymd", "date.m", "date.md", "date.part", "date.bare", "date.day",
	"date.dotted"};
static const char *const duration_classes[] = {"duration.year", "duration.quarter", "duration.month", "duration.week", "duration.day",
	"duration.workday", "duration.hour", "duration.minute", "duration.second"};
static const char duration_units[] = "YQMWDBHmS"; /* in the order of duration_classes */

static gw_status scan_open(const void *settings, gw_knowledge *k, gw_arena *arena, void **state, gw_diag *diag)
{
	const scan_settings *s = settings;
	gw_status worst = GW_OK;
	for (uint32_t i = 0; i < s->lexicons.count; i++) {
		gw_status one = gw_knowledge_add_lexicon(k, s->lexicons.items[i], diag);
		worst = one > worst ? one : worst;
	}
	*state = GW_NEW(arena, scan_state);
	return worst;
}

static void find_classes(const gw_knowledge *k, const char *const *names, size_t n, uint16_t *ids)
{
	for (size_t i = 0; i < n; i++)
		ids[i] = gw_class_id(k, names[i]);
}

static gw_status scan_bind(void *state, const gw_knowledge *k, gw_diag *diag)
{
	(void)diag;
	scan_state *s = state;
	s->k = k;
	const char *p = gw_read_starts, *end = p + strlen(p);
	while (p < end) {
		uint32_t c = gw_utf8_next(&p, end);
		if (c <= 0xFFFF)
			s->starts[c >> 6] |= (uint64_t)1 << (c & 63);
	}
	find_classes(k, number_classes, 6, s->number);
	s->scaled = gw_class_id(k, "number.scaled");
	find_classes(k, date_classes, 9, s->date);
	find_classes(k, duration_classes, 9, s->duration);
	return GW_OK;
}

typedef GW_LIST(gw_token) token_list;

static unsigned number_class(const gw_number *n)
{
	return n->ordinal ? 5 : n->masked ? 4 : n->fraction ? 3 : n->ratio ? 2 : n->percent ? 1 : 0;
}

static unsigned date_class(const gw_date *d)
{
	if (d->bare)
		return 6;
	if (d->month_to >= 0 || d->day_to >= 0)
		return 5;
	if (d->year >= 0 || d->year_mask)
		return d->day > 0 ? 2 : d->month > 0 ? 1 : 0;
	return d->day > 0 ? 4 : 3;
}

static void token_add(gw_arena *a, token_list *out, gw_span span, uint16_t cls, uint32_t entry)
{
	*GW_PUSH(a, out) = (gw_token){span.begin, span.end, cls, 0, entry};
}

static void read_here(const scan_state *s, gw_document *d, uint32_t pos, token_list *out)
{
	gw_arena *a = d->source->arena, *room = gw_stage_room(d);
	const uint32_t *ch = d->source->text.ch;
	gw_number n;
	gw_date date;
	gw_duration len;
	bool number = gw_read_number(ch, d->span.end, pos, &n);
	if (number) {
		token_add(room, out, n.span, s->number[number_class(&n)], d->numbers.count);
		if (n.scale > 1 && number_class(&n) == 0)
			token_add(room, out, n.span, s->scaled, d->numbers.count); /* 17.8万 may do without a unit */
		*GW_PUSH(a, &d->numbers) = n;
	}
	if (gw_read_date(ch, d->span.end, pos, &date)) {
		token_add(room, out, date.span, s->date[date_class(&date)], d->dates.count);
		*GW_PUSH(a, &d->dates) = date;
	} else if (gw_read_dotted(ch, d->span.end, pos, &date)) {
		token_add(room, out, date.span, s->date[8], d->dates.count);
		*GW_PUSH(a, &d->dates) = date;
	}
	if (gw_read_day(ch, d->span.end, pos, &date)) {
		token_add(room, out, date.span, s->date[7], d->dates.count);
		*GW_PUSH(a, &d->dates) = date;
	}
	if (gw_read_duration_of(ch, d->span.end, pos, number ? &n : NULL, &len)) {
		const char *unit = strchr(duration_units, len.unit);
		token_add(room, out, len.span, s->duration[unit ? unit - duration_units : 4], d->durations.count);
		*GW_PUSH(a, &d->durations) = len;
	}
}

static gw_status scan_document(const void *state, gw_document *d, gw_diag *diag)
{
	(void)diag;
	const scan_state *s = state;
	const uint32_t *ch = d->source->text.ch;
	token_list read = {0};
	for (uint32_t p = d->span.begin; p < d->span.end; p++)
		if (ch[p] <= 0xFFFF && s->starts[ch[p] >> 6] >> (ch[p] & 63) & 1)
			read_here(s, d, p, &read);
	gw_scan(s->k, d, read.items, read.count);
	return GW_OK;
}

const gw_stage gw_stage_scan = {
	.name = "scan",
	.summary = "Finds every known word, number, date and length of time in one pass.",
	.reads = GW_HAS_FOLDED | GW_HAS_DOCUMENTS,
	.writes = GW_HAS_LATTICE,
	.options = options,
	.settings_size = sizeof(scan_settings),
	.open = scan_open,
	.bind = scan_bind,
	.document = scan_document,
};
