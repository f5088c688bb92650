/* The machine that runs one program at one place; match.c gives it places. */
#ifndef GW_GRAMMAR_MACHINE_H
#define GW_GRAMMAR_MACHINE_H

#include "grammar.h"

enum { GW_STEPS = 20000, GW_CAPTURES = 4096, GW_CHOICES = 256 };

/* What a capture's token says besides: it was opened or closed here; no document has that many tokens. */
#define GW_OPENED (GW_NONE - 1)
#define GW_CLOSED (GW_NONE - 2)

typedef struct gw_machine {
	const gw_parts *parts;
	const gw_inst *code; /* of parts, and its guards */
	const gw_guard *guards;
	const gw_token *tokens;
	const uint32_t *by_end;
	const uint64_t *kind_bits;
	/* By position in the text; where there are two, ahead and back. */
	const uint32_t *ch;
	const uint16_t *kinds;
	const uint64_t *glances[2];
	const uint32_t *indexes[2];
	uint32_t begin, end; /* the paragraph */
	uint32_t steps;
	uint32_t stop;       /* where the match ended */
	gw_capture *captures; /* of GW_CAPTURES: tokens, begins and ends as they were come by */
	uint32_t count;
	uint32_t marks[GW_MARKS];
	/* Of GW_STEPS: where there is another way to go on, should this one fail. */
	struct gw_choice {
		uint32_t pc, pos, counts;
		uint16_t count; /* of captures */
		uint16_t next; /* which of the ways, never 0 */
	} *choices;
	uint32_t depth;
	uint32_t counts; /* of the loops that are being gone through: eight bits each, 0 outside */
	/* Choices that this attempt has been at and that must have failed, or it would be over: words overlap, and a name is
	 * come by on many ways. A small table that forgets. Each look-around is an attempt of its own. */
	uint32_t round, rounds;
	struct gw_been {
		uint32_t round, pc, pos, counts;
	} been[GW_CHOICES];
} gw_machine;

/* The tokens that begin (end, to the left) at a position, as a range of an index. */
static inline uint32_t gw_tokens_here(const gw_machine *m, uint32_t pos, bool back, uint32_t *to)
{
	const uint32_t *index = m->indexes[back] + pos;
	*to = index[1];
	return index[0];
}

static inline const gw_token *gw_token_of(const gw_machine *m, uint32_t i, bool back, uint32_t *index)
{
	*index = back ? m->by_end[i] : i;
	return &m->tokens[*index];
}

/* What stands at a place of the paragraph, at a glance. */
static inline gw_guard gw_see(const gw_machine *m, uint32_t pos, bool back)
{
	bool some = back ? pos > m->begin : pos < m->end;
	return (gw_guard){some ? m->kind_bits[m->kinds[back ? pos - 1 : pos]] : GW_NO_CHAR, m->glances[back][pos]};
}

/* Binds a machine to a document; captures, choices and the paragraph stay the caller's to set. */
void gw_machine_bind(gw_machine *m, const gw_knowledge *k, const gw_document *d);
/* Runs the program that begins at an instruction from a place of the paragraph; steps are the caller's to set. When it matches, stop says where it ended, and
 * captures hold what was captured. */
bool gw_machine_run(gw_machine *m, uint32_t begin, uint32_t pos, bool back);

#endif
