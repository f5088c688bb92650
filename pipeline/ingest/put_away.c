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

static void input_put(gw_tape *t, const gw_input *in, gw_buf *record)
{
	const char *const texts[] = {in->path, in->source_path, in->opened_as, in->refused};
	head h = {.size = in->size, .offset = in->offset, .refused_code = in->refused_code, .spooled = in->spool != NULL};
	gw_buf_clear(record);
	for (int i = 0; i < 4; i++) {
		h.lens[i] = texts[i] ? (uint32_t)strlen(texts[i]) : GW_NONE;
		if (texts[i])
			gw_buf_add(record, texts[i], h.lens[i] + 1);
	}
	gw_tape_add(t, &h, sizeof h, record->ptr, record->len);
}

bool gw_inputs_put_away(gw_inputs *in)
{
	gw_buf record;
	for (uint32_t i = 0; i < in->items.count; i++)
		if (in->items.items[i].content)
			return false;
	gw_tape_init(&in->tape, ROOM);
	gw_buf_init(&record);
	for (uint32_t i = 0; i < in->items.count; i++)
		input_put(&in->tape, &in->items.items[i], &record);
	gw_buf_release(&record);
	memset(&in->items, 0, sizeof in->items);
	in->put_away = true;
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
