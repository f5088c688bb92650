/* Arenas and the lists in them. */
#include "gw/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* A block is at least this big; larger requests get a block of their own size. Measured on 30 KB documents:
 * one block holds everything, so a reset is two stores. */
enum { BLOCK_MIN = 256 * 1024, BLOCK_MAX = 16 << 20, ALIGN = 16, LARGE = 4 << 20, LARGE_PAGE = 2 << 20 };

/* With the address sanitizer a gap that nobody may touch lies behind every piece, so that it sees a write beyond one
 * although the block goes on. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
enum { GAP = 0 };
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

struct gw_arena_block {
	struct gw_arena_block *next;
	size_t cap;
	bool pages; /* of the system, else of malloc */
	bool zero;  /* what was not handed out yet is */
	_Alignas(16) char bytes[];
};

static void out_of_memory(size_t size)
{
	fprintf(stderr, "gongwen: out of memory (%zu bytes more were needed)\n", size);
	exit(1);
}

void gw_arena_init(gw_arena *a)
{
	memset(a, 0, sizeof *a);
}

static size_t whole_pages(size_t size)
{
	return (size + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
}

/* Zeroed pages of the system, large ones where it has them: a page fault for 4 KiB costs as much as filling them. */
static void *pages_new(size_t size)
{
	char *p = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		out_of_memory(size);
	size_t ahead = whole_pages((uintptr_t)p) - (uintptr_t)p;
	if (ahead)
		munmap(p, ahead);
	munmap(p + ahead + size, LARGE_PAGE - ahead);
	madvise(p + ahead, size, MADV_HUGEPAGE);
	return p + ahead;
}

static struct gw_arena_block *block_new(size_t whole)
{
	bool pages = whole >= LARGE_PAGE;
	whole = pages ? whole_pages(whole) : whole;
	struct gw_arena_block *b = pages ? pages_new(whole) : malloc(whole);
	if (!b)
		out_of_memory(whole);
	b->next = NULL;
	b->cap = whole - sizeof *b;
	b->pages = b->zero = pages;
	return b;
}

static void block_add(gw_arena *a, size_t size)
{
	/* Doubling keeps the number of blocks logarithmic for large documents; with its head a block is a power of two. */
	struct gw_arena_block *b;
	size_t whole = a->head ? (a->head->cap + sizeof *b) * 2 : BLOCK_MIN;
	if (whole > BLOCK_MAX)
		whole = BLOCK_MAX;
	if (whole < size + sizeof *b)
		whole = size + sizeof *b;
	b = block_new(whole);
	b->next = a->head;
	a->head = b;
	a->used = 0;
	a->cap = b->cap;
}

static void block_free(struct gw_arena_block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->cap);
	if (b->pages)
		munmap(b, b->cap + sizeof *b);
	else
		free(b);
}

/* ---- large pieces ----
 * Straight from the system, which gives zeroed pages as they are touched: what such a piece has room for and does not use
 * costs nothing. */

static void large_fence(struct gw_arena_block *b, size_t wanted)
{
	ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->cap);
	if (GAP)
		ASAN_POISON_MEMORY_REGION(b->bytes + wanted, b->cap - wanted);
}

static void *large_new(gw_arena *a, size_t wanted)
{
	struct gw_arena_block *b = block_new(wanted + sizeof *b);
	b->next = a->large;
	a->large = b;
	a->total += b->cap;
	large_fence(b, wanted);
	return b->bytes;
}

static void large_free(gw_arena *a)
{
	for (struct gw_arena_block *b = a->large, *next; b; b = next) {
		next = b->next;
		block_free(b);
	}
	a->large = NULL;
}

/* NULL when it is no such piece. */
static void *large_grow(gw_arena *a, const void *old, size_t wanted)
{
	struct gw_arena_block **at = &a->large;
	while (*at && (const void *)(*at)->bytes != old)
		at = &(*at)->next;
	struct gw_arena_block *b = *at;
	if (!b)
		return NULL;
	if (wanted > b->cap) {
		size_t whole = whole_pages(wanted + sizeof *b);
		ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->cap);
		b = mremap(b, b->cap + sizeof *b, whole, MREMAP_MAYMOVE);
		if (b == MAP_FAILED)
			out_of_memory(wanted);
		madvise(b, whole, MADV_HUGEPAGE);
		a->total += whole - sizeof *b - b->cap;
		b->cap = whole - sizeof *b;
		*at = b;
	}
	large_fence(b, wanted);
	return b->bytes;
}

/* ---- arenas ---- */

void gw_arena_reserve(gw_arena *a, size_t size)
{
	if (a->cap - a->used < size)
		block_add(a, size);
}

void *gw_arena_raw(gw_arena *a, size_t wanted)
{
	if (wanted >= LARGE)
		return large_new(a, wanted);
	size_t size = ((wanted + ALIGN - 1) & ~(size_t)(ALIGN - 1)) + GAP;
	if (a->cap - a->used < size)
		block_add(a, size);
	char *p = a->head->bytes + a->used;
	a->used += size;
	a->total += size;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	if (GAP)
		ASAN_POISON_MEMORY_REGION(p + wanted, size - wanted);
	return p;
}

void *gw_arena_alloc(gw_arena *a, size_t size)
{
	void *p = gw_arena_raw(a, size);
	return size >= LARGE || a->head->zero ? p : memset(p, 0, size); /* large pieces come zeroed */
}

void *gw_arena_grow(gw_arena *a, void *old, size_t old_size, size_t new_size)
{
	size_t padded = (old_size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	size_t want = (new_size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *large = old_size >= LARGE ? large_grow(a, old, new_size) : NULL;
	if (large)
		return large;
	/* The last allocation grows in place: lists that are pushed to in turn cost no copies. */
	if (!GAP && old && a->head && new_size < LARGE && (char *)old + padded == a->head->bytes + a->used && a->cap - a->used >= want - padded) {
		if (!a->head->zero)
			memset(a->head->bytes + a->used, 0, want - padded);
		a->used += want - padded;
		a->total += want - padded;
		return old;
	}
	void *p = gw_arena_alloc(a, new_size);
	if (old_size)
		memcpy(p, old, old_size);
	return p;
}

gw_str gw_arena_str(gw_arena *a, gw_str s)
{
	char *p = gw_arena_alloc(a, (size_t)s.len + 1);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	return (gw_str){p, s.len};
}

gw_str gw_arena_join(gw_arena *a, const gw_str *parts, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += parts[i].len;
	char *text = gw_arena_alloc(a, len + 1), *p = text;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].len)
			memcpy(p, parts[i].ptr, parts[i].len);
		p += parts[i].len;
	}
	return (gw_str){text, (uint32_t)len};
}

char *gw_arena_printf(gw_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = gw_arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	vsnprintf(p, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
	va_end(again);
	return p;
}

void gw_arena_reset(gw_arena *a)
{
	large_free(a);
	a->total = 0;
	if (!a->head)
		return;
	/* The newest block is the largest: keep that one. */
	struct gw_arena_block *b = a->head->next;
	while (b) {
		struct gw_arena_block *next = b->next;
		block_free(b);
		b = next;
	}
	a->head->next = NULL;
	a->head->zero = false;
	ASAN_POISON_MEMORY_REGION(a->head->bytes, a->head->cap);
	a->used = 0;
}

void gw_arena_release(gw_arena *a)
{
	large_free(a);
	struct gw_arena_block *b = a->head;
	while (b) {
		struct gw_arena_block *next = b->next;
		block_free(b);
		b = next;
	}
	gw_arena_init(a);
}

void gw_list_grow_(gw_arena *a, void **items, uint32_t *cap, size_t item_size)
{
	uint32_t more = *cap ? *cap * 2 : 8;
	if (more < *cap)
		out_of_memory(item_size * (size_t)*cap * 2);
	*items = gw_arena_grow(a, *items, (size_t)*cap * item_size, (size_t)more * item_size);
	*cap = more;
}
