/* The machine that runs one program at one place; match.c gives it places. */
#ifndef GW_GRAMMAR_MACHINE_H
#define GW_GRAMMAR_MACHINE_H

#include "grammar.h"

enum { GW_CAPTURES = 4096, GW_BRANCHES = 256 };

typedef struct gw_machine {
	const gw_program *prog;
	const gw_lattice *l;
	const uint32_t *ch;
	uint32_t begin, end; /* the paragraph */
	uint32_t steps;
	uint32_t stop;       /* where the match ended */
	gw_capture *captures;
	uint32_t count;
	uint32_t marks[GW_MARKS];
	uint32_t looks; /* how deep in look-arounds */
	/* Branches that this attempt has been through and that must have failed, or it would be over: words overlap, and a
	 * name is come by on many ways. A small table that forgets. */
	uint32_t round; /* of the attempt, and of its marks */
	struct branch {
		uint32_t round, pc, pos;
	} tried[GW_BRANCHES];
} gw_machine;

/* The tokens that begin (dir > 0) or end (dir < 0) at a position, as a range of an index. */
static inline uint32_t gw_tokens_here(const gw_lattice *l, uint32_t pos, int dir, uint32_t *to)
{
	uint32_t p = pos - l->base;
	const uint32_t *index = dir > 0 ? l->first : l->last;
	*to = index[p + 1];
	return index[p];
}

static inline const gw_token *gw_token_of(const gw_lattice *l, uint32_t i, int dir, uint32_t *index)
{
	*index = dir > 0 ? i : l->by_end[i];
	return &l->tokens[*index];
}

/* The classes of the tokens at a position, at a glance. */
static inline uint64_t gw_glance(const gw_lattice *l, uint32_t pos, int dir)
{
	return (dir > 0 ? l->begins : l->ends)[pos - l->base];
}

#define GW_NO_CHAR UINT32_MAX

/* The next character in the paragraph. */
static inline uint32_t gw_char_here(const gw_machine *m, uint32_t pos, int dir)
{
	if (dir > 0)
		return pos < m->end ? m->ch[pos] : GW_NO_CHAR;
	return pos > m->begin ? m->ch[pos - 1] : GW_NO_CHAR;
}

/* Runs m->prog from a place of the paragraph; prog, captures, count and steps are the caller's to set. When it matches, stop
 * says where it ended, and captures hold what was captured. */
bool gw_machine_run(gw_machine *m, uint32_t pos, int dir);

#endif
