/* Lists that go to a file without a name when they grow. A record is its length, 32 bits of this machine, and its bytes. */
#include "gw/tape.h"
#include "gw/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEAD = sizeof(uint32_t), STEP = 64 * 1024 };

void gw_tape_init(gw_tape *t, size_t room)
{
	*t = (gw_tape){.room = room, .fd = -1};
}

void gw_tape_release(gw_tape *t)
{
	if (t->fd >= 0)
		close(t->fd);
	gw_buf_release(&t->tail);
	gw_tape_init(t, t->room);
}

void gw_tape_clear(gw_tape *t)
{
	gw_tape_release(t);
}

static int file_without_name(void)
{
	const char *folder = getenv("TMPDIR");
	return open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* What cannot be filed stays where it is, and no more is tried. */
static void tail_file(gw_tape *t)
{
	if (t->fd < 0)
		t->fd = file_without_name();
	t->full = t->fd < 0 || !gw_write_at(t->fd, t->tail.ptr, t->tail.len, t->filed);
	if (t->full)
		return;
	t->filed += t->tail.len;
	gw_buf_clear(&t->tail);
}

void gw_tape_add(gw_tape *t, const void *a, size_t an, const void *b, size_t bn)
{
	uint32_t n = (uint32_t)(an + bn);
	if (!t->full && t->tail.len && t->tail.len + HEAD + n > t->room)
		tail_file(t);
	gw_buf_reserve(&t->tail, HEAD + (size_t)n);
	gw_buf_add(&t->tail, &n, HEAD);
	gw_buf_add(&t->tail, a, an);
	gw_buf_add(&t->tail, b, bn);
	t->count++;
}

/* ---- reading ---- */

static void cursor_set(gw_tape_cursor *c, const gw_tape *t, uint64_t at, uint64_t end, size_t step)
{
	gw_buf_clear(&c->room);
	c->t = t;
	c->at = at;
	c->end = end;
	c->used = 0;
	c->step = step;
	c->failed = false;
}

void gw_tape_rewind(gw_tape_cursor *c, const gw_tape *t)
{
	cursor_set(c, t, 0, t->filed + t->tail.len, STEP);
}

void gw_tape_cursor_release(gw_tape_cursor *c)
{
	gw_buf_release(&c->room);
}

static bool fetch(const gw_tape *t, char *to, size_t n, uint64_t at)
{
	if (at >= t->filed) {
		memcpy(to, t->tail.ptr + (at - t->filed), n);
		return true;
	}
	size_t filed = t->filed - at < n ? (size_t)(t->filed - at) : n;
	if (!gw_read_at(t->fd, to, filed, at))
		return false;
	if (filed < n)
		memcpy(to + filed, t->tail.ptr, n - filed);
	return true;
}

/* At least n bytes at hand, behind what is used. */
static bool have(gw_tape_cursor *c, size_t n)
{
	size_t rest = c->room.len - c->used;
	if (rest >= n)
		return true;
	size_t want = n - rest > c->step ? n - rest : c->step;
	if (want > c->end - c->at)
		want = (size_t)(c->end - c->at);
	if (rest + want < n)
		return false;
	if (rest && c->used)
		memmove(c->room.ptr, c->room.ptr + c->used, rest);
	c->room.len = rest;
	c->used = 0;
	c->failed = !fetch(c->t, gw_buf_reserve(&c->room, want), want, c->at);
	if (c->failed)
		return false;
	c->room.len += want;
	c->at += want;
	return true;
}

bool gw_tape_next(gw_tape_cursor *c, gw_str *record)
{
	uint32_t n;
	if (c->failed || !have(c, HEAD))
		return false;
	memcpy(&n, c->room.ptr + c->used, HEAD);
	if (!have(c, HEAD + (size_t)n))
		return false;
	*record = (gw_str){c->room.ptr + c->used + HEAD, n};
	c->used += HEAD + (size_t)n;
	return true;
}

/* ---- records in order ----
 * In memory: records as on a tape, each with the length of its key before it, and a list of where they begin with the
 * first bytes of their keys, which settle most comparisons. */

typedef struct place {
	uint64_t prefix; /* the first eight bytes of the key, the first the highest */
	uint32_t at;     /* in gw_sorter.records */
} place;

typedef struct run {
	uint64_t begin, end; /* on the tape */
	gw_tape_cursor cursor;
	gw_sorted head;
} run;

struct gw_sorter {
	size_t room;
	gw_buf records;
	place *places;
	uint32_t count, cap;
	uint64_t total;
	gw_tape tape;        /* sorted runs, one behind the other */
	run *runs;
	uint32_t run_count;
	uint32_t *heap, heap_count; /* indexes of runs; the run with the smallest head on top */
	bool sorted, failed;
	bool moved;          /* the head of the run on top has been handed out */
	uint32_t next;       /* without runs: of places */
};

/* FAN: runs that are merged at once. More of them are merged to fewer first, so that the memory it takes has a bound. */
enum { ROOM = 1 << 20, MERGE_ROOM = 1 << 20, FAN = 128 };

gw_sorter *gw_sorter_new(size_t room)
{
	gw_sorter *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->room = room ? room : ROOM;
	gw_tape_init(&s->tape, s->room / 4);
	return s;
}

static void runs_free(gw_sorter *s)
{
	for (uint32_t i = 0; i < s->run_count; i++)
		gw_tape_cursor_release(&s->runs[i].cursor);
	free(s->runs);
	free(s->heap);
}

void gw_sorter_free(gw_sorter *s)
{
	if (!s)
		return;
	runs_free(s);
	gw_tape_release(&s->tape);
	gw_buf_release(&s->records);
	free(s->places);
	free(s);
}

uint64_t gw_sorter_count(const gw_sorter *s)
{
	return s->total;
}

bool gw_sorter_failed(const gw_sorter *s)
{
	return s->failed;
}

static void *grown(void *items, uint32_t *cap, size_t size)
{
	*cap = *cap ? *cap * 2 : 64;
	void *p = realloc(items, *cap * size);
	if (!p)
		abort();
	return p;
}

static gw_sorted record_read(const char *at, uint32_t n)
{
	uint32_t key;
	memcpy(&key, at, HEAD);
	return (gw_sorted){{at + HEAD, key}, {at + HEAD + key, n - HEAD - key}};
}

static gw_sorted record_at(const gw_sorter *s, uint32_t at)
{
	uint32_t n;
	memcpy(&n, s->records.ptr + at, HEAD);
	return record_read(s->records.ptr + at + HEAD, n);
}

static uint64_t prefix_of(gw_str key)
{
	uint64_t v = 0;
	for (uint32_t i = 0; i < 8; i++)
		v = v << 8 | (i < key.len ? (unsigned char)key.ptr[i] : 0);
	return v;
}

static int by_key(const void *x, const void *y, void *ctx)
{
	const place *a = x, *b = y;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	int order = gw_str_cmp(record_at(ctx, a->at).key, record_at(ctx, b->at).key);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void memory_sort(gw_sorter *s)
{
	if (s->count && !s->sorted)
		qsort_r(s->places, s->count, sizeof *s->places, by_key, s);
	s->sorted = true;
}

/* What is in memory becomes a run. */
static void run_file(gw_sorter *s)
{
	memory_sort(s);
	uint64_t begin = s->tape.filed + s->tape.tail.len;
	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t n;
		memcpy(&n, s->records.ptr + s->places[i].at, HEAD);
		gw_tape_add(&s->tape, s->records.ptr + s->places[i].at + HEAD, n, NULL, 0);
	}
	if ((s->run_count & (s->run_count - 1)) == 0) {
		run *p = realloc(s->runs, sizeof *p * (s->run_count ? s->run_count * 2 : 1));
		if (!p)
			abort();
		s->runs = p;
	}
	s->runs[s->run_count++] = (run){.begin = begin, .end = s->tape.filed + s->tape.tail.len};
	gw_buf_clear(&s->records);
	s->count = 0;
}

void gw_sorter_add(gw_sorter *s, gw_str key, const void *value, size_t n)
{
	uint32_t size = (uint32_t)(HEAD + key.len + n);
	if (s->count && s->records.len + HEAD + size + s->count * sizeof *s->places > s->room)
		run_file(s);
	if (s->count == s->cap)
		s->places = grown(s->places, &s->cap, sizeof *s->places);
	s->places[s->count++] = (place){prefix_of(key), (uint32_t)s->records.len};
	gw_buf_add(&s->records, &size, HEAD);
	gw_buf_add(&s->records, &key.len, HEAD);
	gw_buf_add_str(&s->records, key);
	gw_buf_add(&s->records, value, n);
	s->total++;
	s->sorted = false;
}

/* ---- merging ---- */

static bool run_advance(gw_sorter *s, run *r)
{
	gw_str record;
	if (!gw_tape_next(&r->cursor, &record)) {
		s->failed = s->failed || r->cursor.failed;
		return false;
	}
	r->head = record_read(record.ptr, record.len);
	return true;
}

/* Of equal keys that of the earlier run comes first. */
static bool before(const gw_sorter *s, uint32_t a, uint32_t b)
{
	int order = gw_str_cmp(s->runs[a].head.key, s->runs[b].head.key);
	return order < 0 || (order == 0 && a < b);
}

static void sink(gw_sorter *s, uint32_t at)
{
	for (;;) {
		uint32_t least = at, left = 2 * at + 1, right = left + 1, moved = s->heap[at];
		if (left < s->heap_count && before(s, s->heap[left], s->heap[least]))
			least = left;
		if (right < s->heap_count && before(s, s->heap[right], s->heap[least]))
			least = right;
		if (least == at)
			return;
		s->heap[at] = s->heap[least];
		s->heap[least] = moved;
		at = least;
	}
}

static void merge_begin(gw_sorter *s, uint32_t first, uint32_t count)
{
	size_t step = MERGE_ROOM / count;
	s->heap_count = 0;
	s->moved = false;
	for (uint32_t i = first; i < first + count; i++) {
		run *r = &s->runs[i];
		cursor_set(&r->cursor, &s->tape, r->begin, r->end, step > STEP ? STEP : step);
		if (run_advance(s, r))
			s->heap[s->heap_count++] = i;
	}
	for (uint32_t i = s->heap_count / 2; i-- > 0;)
		sink(s, i);
}

static bool merge_next(gw_sorter *s, gw_sorted *out)
{
	if (s->moved && s->heap_count) {
		if (!run_advance(s, &s->runs[s->heap[0]]))
			s->heap[0] = s->heap[--s->heap_count];
		sink(s, 0);
	}
	s->moved = true;
	if (s->failed || !s->heap_count)
		return false;
	*out = s->runs[s->heap[0]].head;
	return true;
}

/* Neighbours become one run, at the end of the tape; it stands where they stood in the order of runs. */
static run runs_join(gw_sorter *s, uint32_t first, uint32_t count)
{
	run joined = {.begin = s->tape.filed + s->tape.tail.len};
	gw_sorted r;
	merge_begin(s, first, count);
	while (merge_next(s, &r))
		gw_tape_add(&s->tape, r.key.ptr - HEAD, HEAD + (size_t)r.key.len + r.value.len, NULL, 0);
	for (uint32_t i = first; i < first + count; i++)
		gw_tape_cursor_release(&s->runs[i].cursor);
	joined.end = s->tape.filed + s->tape.tail.len;
	return joined;
}

static void runs_lessen(gw_sorter *s)
{
	uint32_t kept = 0;
	for (uint32_t i = 0, count; i < s->run_count; i += count) {
		count = s->run_count - i < FAN ? s->run_count - i : FAN;
		s->runs[kept++] = count > 1 ? runs_join(s, i, count) : s->runs[i];
	}
	s->run_count = kept;
}

/* Once there is a run, all is runs: the memory goes back. */
void gw_sorter_rewind(gw_sorter *s)
{
	s->next = 0;
	s->moved = s->failed = false;
	if (!s->run_count) {
		memory_sort(s);
		return;
	}
	if (s->count)
		run_file(s);
	gw_buf_release(&s->records);
	free(s->places);
	s->places = NULL;
	s->cap = 0;
	s->heap = s->heap ? s->heap : calloc(FAN, sizeof *s->heap);
	if (!s->heap)
		abort();
	while (s->run_count > FAN && !s->failed)
		runs_lessen(s);
	if (!s->failed)
		merge_begin(s, 0, s->run_count);
}

bool gw_sorter_next(gw_sorter *s, gw_sorted *out)
{
	if (!s->run_count) {
		if (s->next == s->count)
			return false;
		*out = record_at(s, s->places[s->next++].at);
		return true;
	}
	return merge_next(s, out);
}
