/* Problems: collected with their place, printed by the command line only. */
#include "gw/diag.h"

#include <stdio.h>

static const struct {
	const char *name;
	gw_severity severity;
	const char *meaning;
} codes[GW_CODE_COUNT] = {
#define X(symbol, code, severity, meaning) {code, severity, meaning},
	GW_CODES(X)
#undef X
};

const char *gw_code_name(gw_code c)
{
	return codes[c].name;
}

gw_severity gw_code_severity(gw_code c)
{
	return codes[c].severity;
}

const char *gw_code_meaning(gw_code c)
{
	return codes[c].meaning;
}

void gw_diag_init(gw_diag *d)
{
	memset(d, 0, sizeof *d);
	gw_arena_init(&d->arena);
}

void gw_diag_clear(gw_diag *d)
{
	gw_arena_reset(&d->arena);
	memset(&d->problems, 0, sizeof d->problems);
	d->errors = d->warnings = 0;
	d->stage = NULL;
}

void gw_diag_release(gw_diag *d)
{
	gw_arena_release(&d->arena);
	gw_diag_init(d);
}

static gw_status problem_add(gw_diag *d, gw_code code, const gw_place *place, const char *stage, const char *message)
{
	gw_problem *p = GW_PUSH(&d->arena, &d->problems);
	p->code = code;
	if (place) {
		p->place = *place;
		if (place->path)
			p->place.path = gw_arena_str(&d->arena, gw_str_of(place->path)).ptr;
	}
	p->stage = stage ? gw_arena_str(&d->arena, gw_str_of(stage)).ptr : NULL; /* it may be of a state that is let go */
	p->message = gw_arena_str(&d->arena, gw_str_of(message)).ptr;
	if (gw_code_severity(code) == GW_ERROR)
		d->errors++;
	else if (gw_code_severity(code) == GW_WARNING)
		d->warnings++;
	return gw_code_severity(code) == GW_ERROR ? GW_FAILED : GW_WARN;
}

gw_status gw_report(gw_diag *d, gw_code code, const gw_place *place, const char *fmt, ...)
{
	gw_buf message;
	gw_buf_init(&message);
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *room = gw_buf_reserve(&message, (size_t)(n < 0 ? 0 : n));
	vsnprintf(room, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
	va_end(again);
	gw_status s = problem_add(d, code, place, d->stage, message.ptr);
	gw_buf_release(&message);
	return s;
}

void gw_diag_merge(gw_diag *into, const gw_diag *from)
{
	for (uint32_t i = 0; i < from->problems.count; i++) {
		const gw_problem *p = &from->problems.items[i];
		problem_add(into, p->code, &p->place, p->stage ? p->stage : into->stage, p->message);
	}
}

void gw_problem_format(const gw_problem *p, bool colour, gw_buf *out)
{
	static const char *const words[] = {"note", "warning", "error"};
	static const char *const colours[] = {"\033[36m", "\033[33m", "\033[31m"};
	gw_severity s = gw_code_severity(p->code);
	if (p->place.path) {
		gw_buf_adds(out, p->place.path);
		if (p->place.line)
			gw_buf_printf(out, ":%u", p->place.line);
		if (p->place.line && p->place.column)
			gw_buf_printf(out, ":%u", p->place.column);
		gw_buf_adds(out, ": ");
	} else {
		gw_buf_adds(out, "gongwen: ");
	}
	gw_buf_printf(out, "%s%s[%s]%s: %s", colour ? colours[s] : "", words[s], gw_code_name(p->code), colour ? "\033[0m" : "",
		p->message);
}
