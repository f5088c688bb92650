/* The state of a run read back: whatever stands there, no byte beyond the end of a record is read. */
#include "state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAGIC = sizeof GW_STATE_MAGIC - 1, DIGEST = 64, LENGTH = sizeof(uint32_t), BLOCK = 32, STEP = 256 * 1024 };

/* ---- a record ---- */

typedef struct reader {
	gw_arena *arena;
	const unsigned char *at, *end;
	bool bad;
} reader;

static uint64_t take(reader *r)
{
	uint64_t v = 0;
	for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
		unsigned char c = *r->at++;
		v |= (uint64_t)(c & 127) << shift;
		if (c < 128)
			return v;
	}
	r->bad = true;
	return 0;
}

static const char *take_bytes(reader *r, uint64_t n)
{
	if (r->bad || n > (uint64_t)(r->end - r->at)) {
		r->bad = true;
		return NULL;
	}
	const char *bytes = (const char *)r->at;
	r->at += n;
	return bytes;
}

/* How many items follow, each of at least `least` bytes: what cannot be there is not made room for. */
static uint32_t take_count(reader *r, size_t least)
{
	uint64_t n = take(r);
	if (n > UINT32_MAX || n * least > (uint64_t)(r->end - r->at))
		r->bad = true;
	return r->bad ? 0 : (uint32_t)n;
}

static gw_str take_str(reader *r)
{
	uint32_t n = take_count(r, 1);
	const char *bytes = take_bytes(r, n);
	return bytes ? gw_arena_str(r->arena, (gw_str){bytes, n}) : GW_STR("");
}

static const char *take_text(reader *r)
{
	uint64_t n = take(r);
	const char *bytes = n ? take_bytes(r, n - 1) : NULL;
	return bytes ? gw_arena_str(r->arena, (gw_str){bytes, (uint32_t)n - 1}).ptr : NULL;
}

static void take_digest(reader *r, char hex[65])
{
	const char *bytes = take_bytes(r, DIGEST);
	if (bytes)
		memcpy(hex, bytes, DIGEST);
}

static uint32_t take_crc(reader *r)
{
	uint32_t crc = 0;
	const char *bytes = take_bytes(r, sizeof crc);
	if (bytes)
		memcpy(&crc, bytes, sizeof crc);
	return crc;
}

static void take_problem(reader *r, gw_problem *p)
{
	uint64_t code = take(r);
	p->code = code < GW_CODE_COUNT ? (gw_code)code : GW_E_INTERNAL;
	r->bad = r->bad || code >= GW_CODE_COUNT;
	p->place.path = take_text(r);
	p->place.line = (uint32_t)take(r);
	p->place.column = (uint32_t)take(r);
	p->place.byte_offset = take(r);
	p->stage = take_text(r);
	p->message = take_text(r);
	r->bad = r->bad || !p->message;
}

/* Sources stand in the files one behind the other, so where a stretch begins follows from those before it. */
static void take_stretches(reader *r, gw_known *k, uint64_t ends[GW_STATE_FILES])
{
	k->stretches = GW_NEW_N(r->arena, gw_stretch, GW_STATE_FILES);
	for (int i = 0; i < GW_STATE_FILES; i++) {
		gw_stretch *s = &k->stretches[i];
		s->begin = ends[i];
		s->size = take(r);
		s->crc = s->size ? take_crc(r) : 0;
		ends[i] += s->size;
	}
}

static void take_files(reader *r, gw_known *k)
{
	k->file_count = take_count(r, DIGEST);
	k->files = GW_NEW_N(r->arena, gw_state_file, k->file_count);
	for (uint32_t i = 0; i < k->file_count && !r->bad; i++) {
		k->files[i].path = take_text(r);
		k->files[i].size = take(r);
		take_digest(r, k->files[i].sha256);
		k->files[i].crc = take_crc(r);
		r->bad = r->bad || !k->files[i].path;
	}
}

static void take_organs(reader *r, gw_known *k, uint32_t rows)
{
	k->organ_count = take_count(r, 3);
	k->organs = GW_NEW_N(r->arena, gw_state_organ, k->organ_count);
	for (uint32_t i = 0; i < k->organ_count && !r->bad; i++) {
		uint64_t row = take(r);
		k->organs[i] = (gw_state_organ){.row = (uint32_t)row};
		k->organs[i].mentions = take(r);
		k->organs[i].documents = take(r);
		r->bad = r->bad || row >= rows;
	}
}

static void take_memo(reader *outer, gw_known *k)
{
	k->memo = take_str(outer);
	reader r = {outer->arena, (const unsigned char *)k->memo.ptr, (const unsigned char *)k->memo.ptr + k->memo.len, false};
	take_digest(&r, k->sha256);
	k->by_program = take(&r) != 0;
	k->problem_count = take_count(&r, 7);
	k->problems = GW_NEW_N(r.arena, gw_problem, k->problem_count);
	for (uint32_t i = 0; i < k->problem_count && !r.bad; i++)
		take_problem(&r, &k->problems[i]);
	outer->bad = outer->bad || r.bad || r.at != r.end;
}

static reader reader_of(gw_arena *arena, gw_str record)
{
	const unsigned char *at = (const unsigned char *)record.ptr;
	return (reader){arena, at, at + record.len, false};
}

/* What comes first tells where the next source begins. */
static gw_str path_peek(reader *r)
{
	uint32_t n = take_count(r, 1);
	const char *bytes = take_bytes(r, n);
	return (gw_str){bytes ? bytes : "", bytes ? n : 0};
}

static bool source_skip(gw_str record, uint64_t ends[GW_STATE_FILES])
{
	reader r = reader_of(NULL, record);
	path_peek(&r);
	for (int i = 0; i < GW_STATE_FILES; i++) {
		uint64_t size = take(&r);
		ends[i] += size;
		if (size)
			take_crc(&r);
	}
	return !r.bad;
}

static bool source_take(gw_arena *arena, gw_str record, gw_known *k, uint64_t ends[GW_STATE_FILES], uint32_t organ_rows)
{
	reader r = reader_of(arena, record);
	k->path = take_str(&r);
	take_stretches(&r, k, ends);
	take_memo(&r, k);
	for (int t = 0; t < GW_TABLES; t++) {
		k->rows[t] = (uint32_t)take(&r);
		k->guarded[t] = (uint32_t)take(&r);
	}
	take_files(&r, k);
	take_organs(&r, k, organ_rows);
	return !r.bad && r.at == r.end;
}

/* ---- the file ---- */

/* A stretch of the file that moves on over its records. */
typedef struct window {
	int fd;
	uint64_t at, end; /* of the bytes that were not fetched yet */
	gw_buf room;
	size_t used;
} window;

static bool window_have(window *w, size_t n)
{
	size_t rest = w->room.len - w->used;
	if (rest >= n)
		return true;
	size_t want = n - rest > STEP ? n - rest : STEP;
	if (want > w->end - w->at)
		want = (size_t)(w->end - w->at);
	if (rest + want < n)
		return false;
	if (rest)
		memmove(w->room.ptr, w->room.ptr + w->used, rest);
	w->room.len = rest;
	w->used = 0;
	if (!gw_read_at(w->fd, gw_buf_reserve(&w->room, want), want, w->at))
		return false;
	w->room.len += want;
	w->at += want;
	return true;
}

static bool record_next(window *w, gw_str *record)
{
	uint32_t n;
	if (!window_have(w, LENGTH))
		return false;
	memcpy(&n, w->room.ptr + w->used, LENGTH);
	if (!window_have(w, LENGTH + (size_t)n))
		return false;
	*record = (gw_str){w->room.ptr + w->used + LENGTH, n};
	w->used += LENGTH + (size_t)n;
	return true;
}

static uint64_t window_place(const window *w)
{
	return w->at - (w->room.len - w->used);
}

static bool head_take(gw_state *s, window *w)
{
	gw_str record;
	if (!record_next(w, &record))
		return false;
	reader r = reader_of(&s->arena, record);
	take_digest(&r, s->key);
	s->programs = take_str(&r);
	for (int i = 0; i < GW_STATE_FILES; i++)
		s->heads[i] = s->ends[i] = take(&r);
	return !r.bad && r.at == r.end;
}

static void block_note(gw_state *s, const gw_known *k, uint64_t at, const uint64_t ends[GW_STATE_FILES])
{
	gw_state_block *b = GW_PUSH(&s->arena, &s->blocks);
	b->path = gw_arena_str(&s->arena, k->path).ptr;
	b->at = at;
	memcpy(b->ends, ends, sizeof b->ends);
}

/* Sources are by path: that is what the search relies on. most_rows: what their organs ask for. */
static bool sources_take(gw_state *s, window *w, gw_arena *scratch, uint32_t *most_rows)
{
	gw_buf last;
	gw_buf_init(&last);
	bool good = true;
	for (gw_str record; good; s->count++) {
		uint64_t at = window_place(w), ends[GW_STATE_FILES];
		gw_known k = {.index = s->count};
		memcpy(ends, s->ends, sizeof ends);
		gw_arena_reset(scratch);
		good = record_next(w, &record);
		if (!good || !record.len)
			break;
		good = source_take(scratch, record, &k, s->ends, GW_NONE) && s->count < GW_NONE - 1 &&
		       (!s->count || gw_str_cmp((gw_str){last.ptr, (uint32_t)last.len}, k.path) < 0);
		for (uint32_t i = 0; good && i < k.organ_count; i++)
			*most_rows = k.organs[i].row >= *most_rows ? k.organs[i].row + 1 : *most_rows;
		if (good && s->count % BLOCK == 0)
			block_note(s, &k, at, ends);
		gw_buf_clear(&last);
		gw_buf_add_str(&last, k.path);
		s->sources_end = window_place(w);
	}
	gw_buf_release(&last);
	return good;
}

static bool rows_take(gw_state *s, window *w)
{
	gw_str record;
	while (record_next(w, &record)) {
		if (!record.len)
			return true;
		*GW_PUSH(&s->arena, &s->organ_rows) = gw_arena_str(&s->arena, record);
	}
	return false;
}

static bool take_all(gw_state *s, uint64_t size)
{
	window w = {.fd = s->fd, .at = MAGIC, .end = size - DIGEST};
	gw_arena scratch;
	uint32_t most_rows = 0;
	gw_arena_init(&scratch);
	bool good = head_take(s, &w) && sources_take(s, &w, &scratch, &most_rows) && rows_take(s, &w) &&
		    window_place(&w) == w.end && most_rows <= s->organ_rows.count;
	gw_arena_release(&scratch);
	gw_buf_release(&w.room);
	return good;
}

static const char *fault(int fd, uint64_t size)
{
	char magic[MAGIC], digest[DIGEST], hex[65];
	if (size < MAGIC + DIGEST || !gw_read_at(fd, magic, MAGIC, 0) || memcmp(magic, GW_STATE_MAGIC, MAGIC) != 0)
		return "it is no state of this program";
	gw_sha256 hash;
	char *room = malloc(STEP);
	bool good = room && gw_read_at(fd, digest, DIGEST, size - DIGEST);
	gw_sha256_init(&hash);
	for (uint64_t at = 0, end = size - DIGEST; good && at < end; at += STEP) {
		size_t n = end - at < STEP ? (size_t)(end - at) : STEP;
		good = gw_read_at(fd, room, n, at);
		gw_sha256_add(&hash, room, good ? n : 0);
	}
	gw_sha256_hex(&hash, hex);
	free(room);
	if (!good)
		return "it cannot be read";
	return memcmp(digest, hex, DIGEST) == 0 ? NULL : "its checksum is wrong";
}

gw_state *gw_state_load(const char *path, const char **why)
{
	struct stat st;
	*why = NULL;
	if (!gw_path_exists(path))
		return NULL;
	gw_state *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	gw_arena_init(&s->arena);
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0 || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
		*why = "it cannot be read";
	else
		*why = fault(s->fd, (uint64_t)st.st_size);
	if (!*why && !take_all(s, (uint64_t)st.st_size))
		*why = "what it says does not fit together";
	if (!*why)
		return s;
	gw_state_free(s);
	return NULL;
}

void gw_state_free(gw_state *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	gw_arena_release(&s->arena);
	free(s);
}

/* ---- sources ---- */

static bool block_load(const gw_state *s, gw_state_reader *r, uint32_t block)
{
	const gw_state_block *b = &s->blocks.items[block];
	uint64_t end = block + 1 < s->blocks.count ? s->blocks.items[block + 1].at : s->sources_end;
	size_t n = (size_t)(end - b->at);
	gw_buf_clear(&r->bytes);
	r->loaded = gw_read_at(s->fd, gw_buf_reserve(&r->bytes, n), n, b->at);
	r->bytes.len = r->loaded ? n : 0;
	r->block = block;
	r->next = block * BLOCK;
	r->at = 0;
	memcpy(r->ends, b->ends, sizeof r->ends);
	return r->loaded;
}

/* The record at hand. The file was whole when it was loaded; if somebody has written into it since, it is not used. */
static bool record_at(const gw_state_reader *r, gw_str *record)
{
	uint32_t n;
	if (r->bytes.len - r->at < LENGTH)
		return false;
	memcpy(&n, r->bytes.ptr + r->at, LENGTH);
	*record = (gw_str){r->bytes.ptr + r->at + LENGTH, n};
	return n <= r->bytes.len - r->at - LENGTH;
}

static bool at_next(gw_state_reader *r, gw_str record)
{
	r->at += LENGTH + (size_t)record.len;
	r->next++;
	return true;
}

bool gw_state_read(const gw_state *s, gw_state_reader *r, uint32_t index, gw_arena *arena, gw_known *out)
{
	gw_str record;
	bool there = r->loaded && r->block == index / BLOCK && r->next <= index;
	if (!there && !block_load(s, r, index / BLOCK))
		return false;
	for (; r->next < index; at_next(r, record))
		if (!record_at(r, &record) || !source_skip(record, r->ends))
			return r->loaded = false;
	*out = (gw_known){.index = index};
	if (!record_at(r, &record) || !source_take(arena, record, out, r->ends, s->organ_rows.count))
		return r->loaded = false;
	return at_next(r, record);
}

/* The last block that begins at or before the path. */
static uint32_t block_of(const gw_state *s, gw_str path)
{
	uint32_t low = 0, high = s->blocks.count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (gw_str_cmp(gw_str_of(s->blocks.items[middle].path), path) <= 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static const gw_known *block_find(const gw_state *s, gw_state_reader *r, gw_str path, gw_arena *arena)
{
	gw_known *k = GW_NEW(arena, gw_known);
	for (gw_str record; r->next < s->count && record_at(r, &record); at_next(r, record)) {
		reader peek = reader_of(arena, record);
		int order = gw_str_cmp(path_peek(&peek), path);
		if (peek.bad || order > 0)
			return NULL;
		k->index = r->next;
		if (order == 0)
			return source_take(arena, record, k, r->ends, s->organ_rows.count) ? k : NULL;
		if (!source_skip(record, r->ends))
			return NULL;
	}
	return NULL;
}

const gw_known *gw_state_find(const gw_state *s, gw_str source_path, gw_arena *arena)
{
	gw_state_reader r = {.loaded = false};
	const gw_known *k = NULL;
	if (s->blocks.count && block_load(s, &r, block_of(s, source_path)))
		k = block_find(s, &r, source_path, arena);
	gw_buf_release(&r.bytes);
	return k;
}
