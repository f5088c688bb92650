/* One source's part of a snapshot as one string of bytes: a head of lengths, then the pieces in its order. Numbers are
 * the machine's own; a packet does not leave it. */
#include "publisher.h"

typedef struct head {
	uint64_t source_path, reject, rejected, known, memo, documents, organs, file_count;
	struct {
		uint64_t csv, jsonl, excel, rows, guarded;
		uint32_t crc[GW_FORMS];
	} table[GW_TABLES];
} head;

static void piece_add(gw_buf *out, gw_bytes s)
{
	gw_buf_add(out, s.ptr, s.len);
}

static size_t whole_size(const gw_packet *p)
{
	size_t n = sizeof(head) + 8 + p->source_path.len + p->reject.len + p->memo.len + p->organs.len;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		n += p->table[id].csv.len + p->table[id].jsonl.len + p->table[id].excel.len;
	return n + (size_t)p->file_count * sizeof(gw_packet_file);
}

void gw_packet_write(const gw_packet *p, gw_buf *out)
{
	head h = {.source_path = p->source_path.len, .reject = p->reject.len, .rejected = p->reject.ptr != NULL,
		.known = p->known, .memo = p->memo.len,
		.documents = p->documents, .organs = p->organs.len, .file_count = p->file_count};
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_packet_table *t = &p->table[id];
		h.table[id].csv = t->csv.len;
		h.table[id].jsonl = t->jsonl.len;
		h.table[id].excel = t->excel.len;
		h.table[id].rows = t->rows;
		h.table[id].guarded = t->guarded;
		memcpy(h.table[id].crc, t->crc, sizeof t->crc);
	}
	gw_buf_clear(out);
	gw_buf_reserve(out, whole_size(p));
	gw_buf_add(out, &h, sizeof h);
	gw_buf_add(out, p->files, (size_t)p->file_count * sizeof *p->files);
	gw_buf_add_str(out, p->source_path);
	gw_buf_addc(out, 0); /* names in messages end with a NUL */
	piece_add(out, p->reject);
	piece_add(out, p->memo);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		piece_add(out, p->table[id].csv);
		piece_add(out, p->table[id].jsonl);
		piece_add(out, p->table[id].excel);
	}
	piece_add(out, p->organs);
}

static gw_bytes piece(const char **at, uint64_t n)
{
	gw_bytes s = {*at, n};
	*at += n;
	return s;
}

void gw_packet_read(const gw_buf *bytes, gw_packet *out)
{
	head h;
	memcpy(&h, bytes->ptr, sizeof h);
	memset(out, 0, sizeof *out);
	out->known = h.known;
	out->documents = h.documents;
	out->file_count = h.file_count;
	out->files = (const gw_packet_file *)(const void *)(bytes->ptr + sizeof h);
	const char *at = bytes->ptr + sizeof h + h.file_count * sizeof *out->files;
	out->source_path = (gw_str){at, (uint32_t)h.source_path};
	at += h.source_path + 1;
	out->reject = piece(&at, h.reject);
	if (!h.rejected)
		out->reject.ptr = NULL;
	out->memo = piece(&at, h.memo);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		gw_packet_table *t = &out->table[id];
		t->csv = piece(&at, h.table[id].csv);
		t->jsonl = piece(&at, h.table[id].jsonl);
		t->excel = piece(&at, h.table[id].excel);
		t->rows = h.table[id].rows;
		t->guarded = h.table[id].guarded;
		memcpy(t->crc, h.table[id].crc, sizeof t->crc);
	}
	out->organs = piece(&at, h.organs);
}

/* ---- cells ---- */

/* A kind, and a number or a length and a text. */
void gw_packet_cells_add(gw_buf *out, const gw_cell *cells, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const gw_cell *c = &cells[i];
		gw_buf_addc(out, (char)c->kind);
		if (c->kind == GW_CELL_STR) {
			gw_buf_add(out, &c->s.len, sizeof c->s.len);
			gw_buf_add_str(out, c->s);
		} else if (c->kind == GW_CELL_NUM) {
			gw_buf_add(out, &c->n, sizeof c->n);
		} else if (c->kind != GW_CELL_NULL) {
			gw_buf_add(out, &c->i, sizeof c->i);
		}
	}
}

static void read_bytes(gw_bytes *rest, void *to, uint32_t n)
{
	memcpy(to, rest->ptr, n);
	*rest = (gw_bytes){rest->ptr + n, rest->len - n};
}

bool gw_packet_cells(gw_bytes *rest, gw_cell *cells, uint32_t count)
{
	if (!rest->len)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		gw_cell *c = &cells[i];
		char kind;
		read_bytes(rest, &kind, 1);
		*c = (gw_cell){.kind = (gw_cell_kind)kind};
		if (c->kind == GW_CELL_STR) {
			read_bytes(rest, &c->s.len, sizeof c->s.len);
			c->s.ptr = rest->ptr;
			*rest = (gw_bytes){rest->ptr + c->s.len, rest->len - c->s.len};
		} else if (c->kind == GW_CELL_NUM) {
			read_bytes(rest, &c->n, sizeof c->n);
		} else if (c->kind != GW_CELL_NULL) {
			read_bytes(rest, &c->i, sizeof c->i);
		}
	}
	return true;
}
