/* ingest/lanes.h - sixteen bytes at once, for passes over a text that look for what is rare in it.
 *
 * The compiler makes of it what the processor has (SSE2, NEON); what a pass finds in a block is then looked at byte by
 * byte, so the loops stay as plain as their twins would be. */
#ifndef GW_INGEST_LANES_H
#define GW_INGEST_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t gw_lanes __attribute__((vector_size(16)));
enum { GW_LANES = 16, GW_BLOCK = 4 * GW_LANES };

static inline gw_lanes gw_lanes_load(const char *p)
{
	gw_lanes v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline bool gw_lanes_any(gw_lanes v)
{
	uint64_t half[2];
	memcpy(half, &v, sizeof v);
	return (half[0] | half[1]) != 0;
}

/* Moves p over all blocks in which MASK, an expression of `at`, is nothing but zeros. MASK may read up to two bytes
 * behind a block. What is left begins with a block that is not so, or is the end. */
#define GW_LANES_SKIP(p, end, MASK) \
	while ((end) - (p) >= GW_BLOCK + 2) { \
		gw_lanes found_ = {0}; \
		for (const char *at = (p); at < (p) + GW_BLOCK; at += GW_LANES) \
			found_ |= (gw_lanes)(MASK); \
		if (gw_lanes_any(found_)) \
			break; \
		(p) += GW_BLOCK; \
	}

/* The begin of U+9200 to U+947F. */
#define GW_LANES_METAL(at) ((gw_lanes_load(at) == 0xE9) & (gw_lanes_load((at) + 1) - 0x88 < 10))

/* Where to stop looking closely. */
static inline const char *gw_lanes_stop(const char *p, const char *end)
{
	return end - p < GW_BLOCK ? end : p + GW_BLOCK;
}

#endif
