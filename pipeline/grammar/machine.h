/* The machine that runs one program at one place; match.c gives it places. */
#ifndef GW_GRAMMAR_MACHINE_H
#define GW_GRAMMAR_MACHINE_H

#include "grammar.h"

enum { GW_STEPS = 20000, GW_CAPTURES = 4096, GW_CHOICES = 256 };

/* What a capture's token says besides: it was opened or closed here; no document has that many tokens. */
#define GW_OPENED (GW_NONE - 1)
#define GW_CLOSED (GW_NONE - 2)

typedef struct gw_machine {
	const gw_program *prog;
	const gw_lattice *l;
	const uint32_t *ch;
	const gw_guard *guards;
	const uint64_t *kind_bits;
	uint32_t begin, end; /* the paragraph */
	uint32_t steps;
	uint32_t stop;       /* where the match ended */
	gw_capture *captures; /* of GW_CAPTURES: tokens, begins and ends as they were come by */
	uint32_t count;
	uint32_t marks[GW_MARKS];
	/* Of GW_STEPS: where there is another way to go on, should this one fail. */
	struct gw_choice {
		uint32_t pc, pos, count;
		uint32_t next; /* which of the ways, never 0 */
	} *choices;
	uint32_t depth;
	/* Choices that this attempt has been at and that must have failed, or it would be over: words overlap, and a name is
	 * come by on many ways. A small table that forgets. Each look-around is an attempt of its own. */
	uint32_t round, rounds;
	struct gw_been {
		uint32_t round, pc, pos;
	} been[GW_CHOICES];
} gw_machine;

/* The tokens that begin (end, to the left) at a position, as a range of an index. */
static inline uint32_t gw_tokens_here(const gw_lattice *l, uint32_t pos, bool back, uint32_t *to)
{
	const uint32_t *index = (back ? l->last : l->first) + (pos - l->base);
	*to = index[1];
	return index[0];
}

static inline const gw_token *gw_token_of(const gw_lattice *l, uint32_t i, bool back, uint32_t *index)
{
	*index = back ? l->by_end[i] : i;
	return &l->tokens[*index];
}

/* What stands at a place of the paragraph, at a glance. */
static inline gw_guard gw_see(const gw_machine *m, uint32_t pos, bool back)
{
	const gw_lattice *l = m->l;
	uint32_t p = pos - l->base;
	bool some = back ? pos > m->begin : pos < m->end;
	return (gw_guard){some ? m->kind_bits[l->kinds[back ? p - 1 : p]] : GW_NO_CHAR, (back ? l->ends : l->begins)[p]};
}

/* Runs m->prog from a place of the paragraph; prog, captures, choices and steps are the caller's to set. When it matches, stop
 * says where it ended, and captures hold what was captured. */
bool gw_machine_run(gw_machine *m, uint32_t pos, bool back);

#endif
