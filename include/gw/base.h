/* gw/base.h - the words every module shares: status, spans, strings, arenas.
 *
 * Three lifetimes of memory exist in the program, and every header names the one it uses:
 *   run       configuration and knowledge; written while opening, frozen before the first document
 *   document  an arena that is reset between sources; all that hangs on a gw_source lives in it
 *   call      a scratch arena or a local buffer; gone when the function returns
 */
#ifndef GW_BASE_H
#define GW_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define GW_PROGRAM_VERSION "0.1.0"
#define GW_SCHEMA_VERSION "1.0.1"

/* What the caller may still do after a call, in the manner of libarchive:
 * OK go on; WARN it went on, something was reported; FAILED this item is unusable, the next is not touched;
 * FATAL the run cannot go on. Every value above OK has been reported to the gw_diag that was passed. */
typedef enum gw_status { GW_OK = 0, GW_WARN = 1, GW_FAILED = 2, GW_FATAL = 3 } gw_status;

/* "No index": references between parts of a document are uint32_t indexes, never pointers. */
#define GW_NONE UINT32_MAX

/* A half-open range. The unit (folded characters, source characters, bytes) is said where it is used;
 * without a word it is folded characters (gw/source.h). */
typedef struct gw_span {
	uint32_t begin, end;
} gw_span;

static inline uint32_t gw_span_len(gw_span s) { return s.end - s.begin; }
static inline bool gw_span_empty(gw_span s) { return s.end <= s.begin; }
static inline bool gw_span_within(gw_span in, gw_span out) { return in.begin >= out.begin && in.end <= out.end; }
static inline bool gw_span_meets(gw_span a, gw_span b) { return a.begin < b.end && b.begin < a.end; }

/* UTF-8 bytes with a length; not owned, not terminated unless said. {NULL,0} is "no value" (null in JSON),
 * {non-NULL,0} is the empty string. */
typedef struct gw_str {
	const char *ptr;
	uint32_t len;
} gw_str;

#define GW_STR(literal) ((gw_str){("" literal), (uint32_t)(sizeof(literal) - 1)})
static inline gw_str gw_str_of(const char *z) { return (gw_str){z, z ? (uint32_t)strlen(z) : 0}; }
static inline bool gw_str_eq(gw_str a, gw_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
/* Order by bytes, which for UTF-8 is the order of code points. */
int gw_str_cmp(gw_str a, gw_str b);

/* ---- arena: allocation by bumping a pointer, freed all at once ----
 * Memory comes zeroed and aligned for any type. Out of memory ends the process with a message: a batch that
 * cannot get memory cannot keep its promises. Pointers stay valid until reset/release. Not thread-safe. */
typedef struct gw_arena {
	struct gw_arena_block *head; /* newest block first */
	struct gw_arena_block *large; /* pieces of 4 MiB and more have a block each: they grow without being copied */
	size_t used, cap;            /* in the newest block */
	size_t total;                /* bytes handed out since the last reset, for the run record */
} gw_arena;

void gw_arena_init(gw_arena *a);
/* Room for so many bytes to come, at once instead of in growing blocks: what is not used of it costs little. */
void gw_arena_reserve(gw_arena *a, size_t size);
void *gw_arena_alloc(gw_arena *a, size_t size);
void *gw_arena_raw(gw_arena *a, size_t size);               /* not zeroed: for what is written before it is read, and large */
/* Grows an allocation (copying unless it was the last one). old_size bytes are kept, the rest is zero. */
void *gw_arena_grow(gw_arena *a, void *old, size_t old_size, size_t new_size);
gw_str gw_arena_str(gw_arena *a, gw_str s);                 /* copy, NUL-terminated behind its end */
gw_str gw_arena_join(gw_arena *a, const gw_str *parts, size_t n); /* one behind the other, NUL-terminated: printf is slow */
#define GW_JOIN(arena, ...) \
	gw_arena_join((arena), (const gw_str[]){__VA_ARGS__}, sizeof((const gw_str[]){__VA_ARGS__}) / sizeof(gw_str))
char *gw_arena_printf(gw_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void gw_arena_reset(gw_arena *a);                           /* keeps one block for reuse */
void gw_arena_release(gw_arena *a);
#define GW_NEW(arena, type) ((type *)gw_arena_alloc((arena), sizeof(type)))
#define GW_NEW_N(arena, type, n) ((type *)gw_arena_alloc((arena), sizeof(type) * (size_t)(n)))
#define GW_RAW_N(arena, type, n) ((type *)gw_arena_raw((arena), sizeof(type) * (size_t)(n)))

/* ---- growing arrays in an arena ----
 *   GW_LIST(gw_section) sections;   then   gw_section *s = GW_PUSH(arena, &sections);  (zeroed) */
#define GW_LIST(type) \
	struct { \
		type *items; \
		uint32_t count, cap; \
	}
#define GW_PUSH(arena, list) \
	(((list)->count == (list)->cap ? gw_list_grow_((arena), (void **)&(list)->items, &(list)->cap, sizeof *(list)->items) : (void)0), \
	 &(list)->items[(list)->count++])
void gw_list_grow_(gw_arena *a, void **items, uint32_t *cap, size_t item_size);

/* ---- buf: a growing byte buffer on the heap ----
 * Invariant: ptr[len] is NUL whenever ptr is not NULL. init/release pair; clear keeps the memory. */
typedef struct gw_buf {
	char *ptr;
	size_t len, cap;
} gw_buf;

void gw_buf_init(gw_buf *b);
void gw_buf_clear(gw_buf *b);
void gw_buf_release(gw_buf *b);
char *gw_buf_reserve(gw_buf *b, size_t more); /* room for `more` bytes behind len; returns ptr + len */
void gw_buf_add(gw_buf *b, const void *bytes, size_t n);
void gw_buf_addc(gw_buf *b, char c);
void gw_buf_adds(gw_buf *b, const char *z);
void gw_buf_add_str(gw_buf *b, gw_str s);
void gw_buf_add_u64(gw_buf *b, uint64_t v);
gw_str gw_digits(char room[20], uint64_t v); /* its decimal digits, in the room */
void gw_buf_add_cp(gw_buf *b, uint32_t code_point); /* as UTF-8 */
void gw_buf_printf(gw_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms) ---- */
/* Reads one code point; *p advances. On a bad byte returns UINT32_MAX and advances over the maximal
 * subpart (Unicode 15, section 3.9, "Best Practices for Using U+FFFD"), so one call is one replacement. */
uint32_t gw_utf8_next(const char **p, const char *end);
unsigned gw_utf8_put(char out[4], uint32_t code_point); /* bytes written, 1 to 4 */
size_t gw_utf8_count(const char *p, size_t bytes);      /* code points in valid UTF-8 */
bool gw_utf8_valid(const char *p, size_t bytes);

/* ---- hashing ---- */
uint64_t gw_hash64(const void *bytes, size_t n); /* same value on every machine; for tables, never for content ids */

/* A map from byte strings to uint32_t, insertion-ordered, in an arena. */
typedef struct gw_map {
	gw_arena *arena;
	struct gw_map_slot *slots;
	uint32_t mask, count;
} gw_map;
void gw_map_init(gw_map *m, gw_arena *arena);
/* Returns the value's place, made with GW_NONE in it when the key is new. The key is copied. The place is
 * valid until the next put. */
uint32_t *gw_map_put(gw_map *m, gw_str key);
uint32_t gw_map_get(const gw_map *m, gw_str key); /* GW_NONE when absent */

/* The cores that this process may use (taskset, containers), at least 1. */
uint32_t gw_cores(void);

/* SHA-256 (FIPS 180-4) by libcrypto. */
typedef struct gw_sha256 {
	void *ctx;
} gw_sha256;
void gw_sha256_init(gw_sha256 *h);
void gw_sha256_add(gw_sha256 *h, const void *bytes, size_t n);
void gw_sha256_hex(gw_sha256 *h, char out[65]); /* ends and releases; lower-case hex, NUL-terminated */
void gw_sha256_peek(const gw_sha256 *h, char out[65]); /* of what was added so far; more may be added */
void gw_sha256_of(const void *bytes, size_t n, char out[65]);

#endif
