/* A pattern as a tree: what pattern.c reads and compile.c makes a program of. */
#ifndef GW_GRAMMAR_PATTERN_H
#define GW_GRAMMAR_PATTERN_H

#include "grammar.h"

typedef enum gw_pattern_kind {
	N_EMPTY, N_CHAR, N_SET, N_TOKEN, N_NOT, N_ANY, N_BEGIN, N_END, N_SEQ, N_ALT, N_REPEAT, N_CAPTURE, N_LOOK
} gw_pattern_kind;

typedef struct gw_pattern_node {
	gw_pattern_kind kind;
	struct gw_pattern_node *left, *right; /* SEQ and ALT: two; REPEAT, CAPTURE, LOOK: left */
	uint32_t ch;               /* CHAR */
	uint32_t index;            /* SET, TOKEN, NOT: in the program's sets */
	uint32_t min, max;         /* REPEAT; max GW_NONE: no limit */
	bool lazy, negative;
	int dir;                   /* LOOK */
	uint16_t name;             /* CAPTURE, TOKEN */
} gw_pattern_node;

/* Words of 64 bits for so many bits. */
static inline size_t gw_bit_words(uint32_t bits) { return (bits + 63) / 64; }

/* Its index in k->parts, where each set is kept once. Its characters are the set's own, in any order; they are sorted. */
uint32_t gw_char_set_keep(gw_knowledge *k, gw_arena *scratch, gw_char_set set);
/* compile.c: makes the instructions of the tree, in the program's direction. false: there would be too many. */
bool gw_program_emit(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree);
/* first.c: notes what a match can begin with; returns whether it can be empty. */
bool gw_program_find_first(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree);
/* need.c: notes what no match can do without; after gw_program_find_first. */
void gw_program_find_needs(gw_knowledge *k, gw_program *prog, const gw_pattern_node *tree);

#endif
