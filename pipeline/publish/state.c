/* The state of a run as a file: packing, unpacking, checking. keep.c says what it is for. */
#include "state.h"

#include "gw/file.h"

#include <stdlib.h>

static const char magic[] = "gongwen state 1\n";
enum { MAGIC = sizeof magic - 1, DIGEST = 64 };

/* ---- packing ---- */

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

void gw_state_add(gw_state_out *o, const gw_known *k)
{
	gw_buf *b = &o->sources;
	o->count++;
	put_str(b, k->path);
	put_str(b, k->memo);
	for (int t = 0; t < GW_TABLES; t++) {
		put(b, k->rows[t]);
		put(b, k->guarded[t]);
	}
	for (int i = 0; i < GW_STATE_FILES; i++)
		put_stretch(b, &k->stretches[i]);
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
}

gw_status gw_state_write(const char *path, const gw_state *head, const gw_state_out *o, gw_diag *diag)
{
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_add(&b, magic, MAGIC);
	gw_buf_add(&b, head->key, DIGEST);
	put_str(&b, head->programs);
	for (int i = 0; i < GW_STATE_FILES; i++)
		put(&b, head->heads[i]);
	put(&b, head->organ_rows.count);
	for (uint32_t i = 0; i < head->organ_rows.count; i++)
		put_str(&b, head->organ_rows.items[i]);
	put(&b, o->count);
	gw_buf_add(&b, o->sources.ptr, o->sources.len);
	char hex[65];
	gw_sha256_of(b.ptr, b.len, hex);
	gw_buf_add(&b, hex, DIGEST);
	gw_status s = gw_file_replace(path, b.ptr, b.len, diag);
	gw_buf_release(&b);
	return s;
}

/* ---- unpacking: whatever stands there, no byte beyond the end is read ---- */

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

static void take_source(reader *r, gw_state *s)
{
	gw_known *k = GW_PUSH(&s->arena, &s->sources);
	k->index = s->sources.count - 1;
	k->path = take_str(r);
	take_memo(r, k);
	for (int t = 0; t < GW_TABLES; t++) {
		k->rows[t] = (uint32_t)take(r);
		k->guarded[t] = (uint32_t)take(r);
	}
	take_stretches(r, k, s->ends);
	take_files(r, k);
	take_organs(r, k, s->organ_rows.count);
	/* The order is what the search and the stretches rely on. */
	const gw_known *before = s->sources.count > 1 ? &s->sources.items[s->sources.count - 2] : NULL;
	r->bad = r->bad || (before && gw_str_cmp(before->path, s->sources.items[s->sources.count - 1].path) >= 0);
}

static bool take_all(gw_state *s, const gw_loaded *file)
{
	reader r = {&s->arena, (const unsigned char *)file->bytes + MAGIC, (const unsigned char *)file->bytes + file->len - DIGEST, false};
	take_digest(&r, s->key);
	s->programs = take_str(&r);
	for (int i = 0; i < GW_STATE_FILES; i++)
		s->heads[i] = s->ends[i] = take(&r);
	uint32_t rows = take_count(&r, 1);
	for (uint32_t i = 0; i < rows && !r.bad; i++)
		*GW_PUSH(&s->arena, &s->organ_rows) = take_str(&r);
	uint32_t sources = take_count(&r, DIGEST);
	for (uint32_t i = 0; i < sources && !r.bad; i++)
		take_source(&r, s);
	return !r.bad && r.at == r.end;
}

static const char *fault(const gw_loaded *file)
{
	char hex[65];
	if (file->len < MAGIC + DIGEST || memcmp(file->bytes, magic, MAGIC) != 0)
		return "it is no state of this program";
	gw_sha256_of(file->bytes, file->len - DIGEST, hex);
	return memcmp(file->bytes + file->len - DIGEST, hex, DIGEST) == 0 ? NULL : "its checksum is wrong";
}

gw_state *gw_state_load(const char *path, const char **why)
{
	gw_loaded file;
	gw_diag quiet;
	*why = NULL;
	if (!gw_path_exists(path))
		return NULL;
	gw_diag_init(&quiet);
	gw_status loaded = gw_file_load(path, UINT64_MAX, &file, &quiet);
	gw_diag_release(&quiet);
	if (loaded != GW_OK) {
		*why = "it cannot be read";
		return NULL;
	}
	gw_state *s = NULL;
	*why = fault(&file);
	if (!*why) {
		s = calloc(1, sizeof *s);
		if (!s)
			abort();
		gw_arena_init(&s->arena);
		if (!take_all(s, &file)) {
			*why = "what it says does not fit together";
			gw_state_free(s);
			s = NULL;
		}
	}
	gw_file_unload(&file);
	return s;
}

void gw_state_free(gw_state *s)
{
	if (!s)
		return;
	gw_arena_release(&s->arena);
	free(s);
}

static int by_path(const void *key, const void *item)
{
	return gw_str_cmp(*(const gw_str *)key, ((const gw_known *)item)->path);
}

const gw_known *gw_state_find(const gw_state *s, gw_str source_path)
{
	return s->sources.count ? bsearch(&source_path, s->sources.items, s->sources.count, sizeof *s->sources.items, by_path) : NULL;
}
