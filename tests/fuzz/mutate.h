/* mutate.h - the dice of the fuzzer and what they do to bytes. */
#ifndef GW_FUZZ_MUTATE_H
#define GW_FUZZ_MUTATE_H

#include "gw/base.h"

/* splitmix64: one state a round, so that any round can be done again alone. */
typedef struct dice {
	uint64_t state;
} dice;
uint64_t dice_roll(dice *d);
uint32_t dice_below(dice *d, uint32_t n); /* 0 for n == 0 */

/* Changes a few things in place: bits, bytes, stretches doubled, dropped, moved or cut off, signs of official prose and
 * pieces of `other` (not of b itself) put in. Never more than `limit` bytes. */
void mutate(dice *d, gw_buf *b, gw_str other, size_t limit);

/* Text made of nothing but the signs that the stages look for. */
void invent(dice *d, gw_buf *b, size_t limit);

#endif
