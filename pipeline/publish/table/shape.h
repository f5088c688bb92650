/* shape.h - the patterns that schemas declare for texts, as automata. Inside publish/ only.
 *
 * Every row is checked, so a check has to cost a few steps a byte: regexec takes a microsecond before it looks at the
 * first one. Anchored patterns of characters, sets, groups, alternatives and repetition become a table of states while
 * the schema is read; what else POSIX knows (and what would need too many states) stays with regexec. */
#ifndef GW_PUBLISH_SHAPE_H
#define GW_PUBLISH_SHAPE_H

#include "gw/base.h"

typedef struct gw_shape {
	uint8_t kind[256];   /* of a byte: bytes that no place of the pattern tells apart are of one kind */
	const uint8_t *next; /* by state, then kind; state 0 is the one that nothing leads out of, 1 the first */
	const bool *ends;    /* by state: a text may end here */
	uint32_t kinds;
} gw_shape;

/* In the arena; NULL for a pattern that has to be left to regexec, right or wrong. */
const gw_shape *gw_shape_make(gw_arena *arena, const char *pattern);

static inline bool gw_shape_fits(const gw_shape *f, gw_str s)
{
	uint32_t state = 1;
	for (uint32_t i = 0; i < s.len; i++)
		state = f->next[state * f->kinds + f->kind[(unsigned char)s.ptr[i]]];
	return f->ends[state];
}

#endif
