/* The state of a run as a file: writing it. keep.c says what it is for, state_read.c reads it. */
#include "state.h"

enum { DIGEST = 64 };

static void put(gw_buf *b, uint64_t v)
{
	for (; v >= 128; v >>= 7)
		gw_buf_addc(b, (char)(v | 128));
	gw_buf_addc(b, (char)v);
}

static void put_str(gw_buf *b, gw_str s)
{
	put(b, s.len);
	gw_buf_add_str(b, s);
}

/* A text that may be missing: 0, or its length and one more. */
static void put_text(gw_buf *b, const char *z)
{
	put(b, z ? strlen(z) + 1 : 0);
	if (z)
		gw_buf_adds(b, z);
}

/* A path that is the one under which the source was opened is left out: the next run may open it under another. */
static void put_problem(gw_buf *b, const gw_problem *p, gw_str opened_as)
{
	bool own = p->place.path && gw_str_eq(gw_str_of(p->place.path), opened_as);
	put(b, (uint64_t)p->code);
	put_text(b, own ? NULL : p->place.path);
	put(b, p->place.line);
	put(b, p->place.column);
	put(b, p->place.byte_offset);
	put_text(b, p->stage);
	put_text(b, p->message);
}

void gw_state_memo(const gw_rows *rows, gw_buf *out)
{
	gw_buf_add(out, rows->source_sha256.ptr, DIGEST);
	put(out, rows->by_program);
	put(out, rows->problems->problems.count);
	for (uint32_t i = 0; i < rows->problems->problems.count; i++)
		put_problem(out, &rows->problems->problems.items[i], rows->opened_as);
}

/* Nearly all sources have an empty stretch in some files: a stretch without bytes needs no checksum. */
static void put_stretch(gw_buf *b, const gw_stretch *s)
{
	put(b, s->size);
	if (s->size)
		gw_buf_add(b, &s->crc, sizeof s->crc);
}

/* ---- the file ---- */

static void record_put(gw_state_out *o)
{
	uint32_t n = (uint32_t)o->record.len;
	if (o->w) {
		gw_writer_put(o->w, &n, sizeof n);
		gw_writer_put(o->w, o->record.ptr, n);
	}
	gw_buf_clear(&o->record);
}

bool gw_state_begin(gw_state_out *o, const char *path, const gw_state *head, gw_diag *diag)
{
	o->w = gw_writer_open(path, diag);
	if (!o->w)
		return false;
	gw_writer_put(o->w, GW_STATE_MAGIC, sizeof GW_STATE_MAGIC - 1);
	gw_buf_add(&o->record, head->key, DIGEST);
	put_str(&o->record, head->programs);
	for (int i = 0; i < GW_STATE_FILES; i++)
		put(&o->record, head->heads[i]);
	record_put(o);
	return true;
}

void gw_state_add(gw_state_out *o, const gw_known *k)
{
	gw_buf *b = &o->record;
	o->count++;
	put_str(b, k->path);
	for (int i = 0; i < GW_STATE_FILES; i++)
		put_stretch(b, &k->stretches[i]);
	put_str(b, k->memo);
	for (int t = 0; t < GW_TABLES; t++) {
		put(b, k->rows[t]);
		put(b, k->guarded[t]);
	}
	put(b, k->file_count);
	for (uint32_t i = 0; i < k->file_count; i++) {
		put_text(b, k->files[i].path);
		put(b, k->files[i].size);
		gw_buf_add(b, k->files[i].sha256, DIGEST);
		gw_buf_add(b, &k->files[i].crc, sizeof k->files[i].crc);
	}
	put(b, k->organ_count);
	for (uint32_t i = 0; i < k->organ_count; i++) {
		put(b, k->organs[i].row);
		put(b, k->organs[i].mentions);
		put(b, k->organs[i].documents);
	}
	record_put(o);
}

gw_status gw_state_end(gw_state_out *o, const gw_state *head)
{
	char hex[65];
	gw_buf_clear(&o->record);
	record_put(o);
	for (uint32_t i = 0; i < head->organ_rows.count; i++) {
		gw_buf_add_str(&o->record, head->organ_rows.items[i]);
		record_put(o);
	}
	record_put(o);
	if (!o->w)
		return GW_FAILED;
	gw_writer_digest(o->w, hex);
	gw_writer_put(o->w, hex, DIGEST);
	gw_status s = gw_writer_close(o->w, true, NULL, NULL);
	o->w = NULL;
	return s;
}

void gw_state_drop(gw_state_out *o)
{
	if (o->w)
		gw_writer_close(o->w, false, NULL, NULL);
	o->w = NULL;
	gw_buf_release(&o->record);
}
