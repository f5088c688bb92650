/* Where characters and lines stand in a decoded text: LF, CR LF and a lone CR end a line.
 *
 * Hot path: one pass, eight bytes at a time; only words with a control character in them, and the very end, are looked
 * at more closely. Measured on 2,000 documents of 32 KB: 4 GB/s, against 2 GB/s with memchr for the lines first. */
#include "decoders.h"

#include <endian.h>

#define EACH(byte) (0x0101010101010101u * (byte))

typedef struct line_list {
	const char *bytes;
	uint32_t len;
	gw_arena *arena;
	GW_LIST(uint32_t) starts; /* in characters */
} line_list;

static inline uint64_t load8(const char *p)
{
	uint64_t w;
	memcpy(&w, p, 8);
	return le64toh(w);
}

/* In each byte how many characters have begun in the word up to there: a continuation byte is 10xxxxxx, one bit a byte
 * for all others, summed by a multiplication. */
static inline uint64_t starts_until(uint64_t w)
{
	return (((~w >> 7) | (w >> 6)) & EACH(1u)) * EACH(1u);
}

/* A line ends with the byte at `at` when it is LF, or CR without one behind; `chars` are those up to and with it. */
static void line_end(line_list *l, uint32_t at, uint32_t chars)
{
	char c = l->bytes[at];
	if (c == '\n' || (c == '\r' && (at + 1 == l->len || l->bytes[at + 1] != '\n')))
		*GW_PUSH(l->arena, &l->starts) = chars;
}

/* The bytes of a word that are no more than CR; perhaps the one above such a byte too. */
static inline uint64_t controls_of(uint64_t w)
{
	return (w - EACH(0x0Eu)) & ~w & EACH(0x80u);
}

static void word_lines(line_list *l, uint32_t p, uint64_t controls, uint64_t starts, uint32_t chars)
{
	for (; controls; controls &= controls - 1) {
		unsigned i = (unsigned)__builtin_ctzll(controls) / 8;
		line_end(l, p + i, chars + (uint32_t)(starts >> 8 * i & 0xFF));
	}
}

void gw_text_index(gw_text *t, gw_arena *a)
{
	_Static_assert(GW_BYTE_STEP >= 8 && GW_BYTE_STEP < 0x7F, "a word holds one mark at most");
	line_list lines = {.bytes = t->bytes, .len = t->byte_len, .arena = a};
	uint32_t *byte_at = GW_NEW_N(a, uint32_t, (size_t)t->byte_len / GW_BYTE_STEP + 1), *mark = byte_at;
	uint32_t p = 0, chars = 0, wanted = 0; /* how many characters are before the next mark */
	*GW_PUSH(a, &lines.starts) = 0;
	for (; t->byte_len - p >= 8; p += 8) {
		uint64_t w = load8(t->bytes + p), starts = starts_until(w), controls = controls_of(w);
		uint32_t more = (uint32_t)(starts >> 56);
		if (more > wanted) {
			/* the first byte with enough characters before it */
			uint64_t enough = (starts + EACH(0x7Fu - (uint64_t)wanted)) & EACH(0x80u);
			*mark++ = p + (uint32_t)__builtin_ctzll(enough) / 8;
			wanted += GW_BYTE_STEP;
		}
		wanted -= more;
		if (controls)
			word_lines(&lines, p, controls, starts, chars);
		chars += more;
	}
	for (; p < t->byte_len; p++) {
		if (((unsigned char)t->bytes[p] & 0xC0) == 0x80)
			continue;
		if (chars % GW_BYTE_STEP == 0)
			*mark++ = p;
		line_end(&lines, p, ++chars);
	}
	t->char_count = chars;
	t->byte_at = byte_at;
	t->line_start = lines.starts.items;
	t->line_count = lines.starts.count;
}
