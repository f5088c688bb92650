/* Inputs that wait for their turn: a list of millions of paths need not stand in memory while documents are worked on. */
#include "inputs.h"

/* What stands before the texts of an input. A length of GW_NONE: there is none. */
typedef struct head {
	uint64_t size, offset;
	uint32_t lens[4];
	gw_code refused_code;
	bool spooled;
} head;

enum { ROOM = 256 * 1024 };

uint32_t gw_inputs_count(const gw_inputs *in)
{
	return in->put_away ? (uint32_t)in->tape.count : in->items.count;
}

void gw_inputs_away_add(gw_inputs *list, const gw_input *in, gw_buf *record)
{
	const char *const texts[] = {in->path, in->source_path, in->opened_as, in->refused};
	head h = {.size = in->size, .offset = in->offset, .refused_code = in->refused_code, .spooled = in->spool != NULL};
	gw_buf_clear(record);
	for (int i = 0; i < 4; i++) {
		h.lens[i] = texts[i] ? (uint32_t)strlen(texts[i]) : GW_NONE;
		if (texts[i])
			gw_buf_add(record, texts[i], h.lens[i] + 1);
	}
	gw_tape_add(&list->tape, &h, sizeof h, record->ptr, record->len);
}

void gw_inputs_away_begin(gw_inputs *in)
{
	gw_tape_init(&in->tape, ROOM);
	in->put_away = true;
}

bool gw_inputs_put_away(gw_inputs *in)
{
	gw_buf record;
	for (uint32_t i = 0; i < in->items.count; i++)
		if (in->items.items[i].content)
			return false;
	if (in->put_away)
		return true;
	gw_inputs_away_begin(in);
	gw_buf_init(&record);
	for (uint32_t i = 0; i < in->items.count; i++)
		gw_inputs_away_add(in, &in->items.items[i], &record);
	gw_buf_release(&record);
	memset(&in->items, 0, sizeof in->items);
	return true;
}

void gw_inputs_begin(gw_inputs_reader *r, const gw_inputs *in)
{
	*r = (gw_inputs_reader){.in = in};
	if (in->put_away)
		gw_tape_rewind(&r->cursor, &in->tape);
}

static void input_get(const gw_inputs *in, gw_str record, gw_buf *room, gw_input *out)
{
	head h;
	const char **texts[] = {&out->path, &out->source_path, &out->opened_as, &out->refused};
	memcpy(&h, record.ptr, sizeof h);
	gw_buf_clear(room);
	gw_buf_add(room, record.ptr + sizeof h, record.len - sizeof h);
	*out = (gw_input){.size = h.size, .offset = h.offset, .refused_code = h.refused_code, .spool = h.spooled ? in->spool : NULL};
	const char *at = room->ptr;
	for (int i = 0; i < 4; i++) {
		if (h.lens[i] == GW_NONE)
			continue;
		*texts[i] = at;
		at += h.lens[i] + 1;
	}
}

bool gw_inputs_next(gw_inputs_reader *r, gw_buf *room, gw_input *out)
{
	gw_str record;
	if (!r->in->put_away) {
		if (r->next == r->in->items.count)
			return false;
		*out = r->in->items.items[r->next++];
		return true;
	}
	if (!gw_tape_next(&r->cursor, &record))
		return false;
	r->next++;
	input_get(r->in, record, room, out);
	return true;
}

void gw_inputs_end(gw_inputs_reader *r)
{
	gw_tape_cursor_release(&r->cursor);
}

/* ---- and back ---- */

static const char *kept(gw_arena *a, const char *text)
{
	return text ? gw_arena_str(a, gw_str_of(text)).ptr : NULL;
}

gw_input gw_input_copy(gw_arena *a, const gw_input *in)
{
	gw_input copy = *in;
	copy.path = kept(a, in->path);
	copy.opened_as = kept(a, in->opened_as);
	copy.refused = kept(a, in->refused);
	/* Mostly the published path is the end of the other one, and no string of its own. */
	size_t n = in->path ? strlen(in->path) : 0, m = strlen(in->source_path);
	bool same_end = m <= n && strcmp(in->path + n - m, in->source_path) == 0;
	copy.source_path = same_end ? copy.path + n - m : kept(a, in->source_path);
	return copy;
}

/* Reads the list anew, each input into `take`. False when it cannot be read back. */
static bool each(gw_inputs *in, void (*take)(void *ctx, uint32_t index, const gw_input *one), void *ctx)
{
	gw_inputs_reader r;
	gw_buf room;
	gw_input one;
	gw_buf_init(&room);
	gw_inputs_begin(&r, in);
	while (gw_inputs_next(&r, &room, &one))
		take(ctx, r.next - 1, &one);
	bool whole = r.next == gw_inputs_count(in);
	gw_inputs_end(&r);
	gw_buf_release(&room);
	return whole;
}

typedef struct rest {
	gw_arena *arena;
	gw_inputs list;
	gw_buf record;
	uint32_t part, parts;
} rest;

static void take_back(void *ctx, uint32_t index, const gw_input *one)
{
	rest *r = ctx;
	(void)index;
	*GW_PUSH(r->arena, &r->list.items) = gw_input_copy(r->arena, one);
}

bool gw_inputs_fetch(gw_arena *a, gw_inputs *in)
{
	rest r = {.arena = a};
	if (!in->put_away)
		return true;
	if (!each(in, take_back, &r))
		return false;
	gw_tape_release(&in->tape);
	in->put_away = false;
	in->items.items = r.list.items.items;
	in->items.count = r.list.items.count;
	in->items.cap = r.list.items.cap;
	return true;
}

static void take_part(void *ctx, uint32_t index, const gw_input *one)
{
	rest *r = ctx;
	if (index % r->parts == r->part - 1)
		gw_inputs_away_add(&r->list, one, &r->record);
}

bool gw_inputs_keep_part(gw_inputs *in, uint32_t part, uint32_t parts)
{
	rest r = {.part = part, .parts = parts};
	uint32_t kept = 0;
	for (uint32_t i = part - 1; i < in->items.count; i += parts)
		in->items.items[kept++] = in->items.items[i];
	in->items.count = kept;
	if (!in->put_away)
		return true;
	gw_inputs_away_begin(&r.list);
	bool whole = each(in, take_part, &r);
	gw_buf_release(&r.record);
	gw_tape_release(&in->tape);
	in->tape = r.list.tape;
	return whole;
}
