/* target.h - one target of the fuzzer `targets`: a decoder or a reader by itself, many small inputs a second. */
#ifndef GW_FUZZ_TARGET_H
#define GW_FUZZ_TARGET_H

#include "../../pipeline/ingest/decoders.h"
#include "mutate.h"

enum { TARGET_INPUT_MAX = 1 << 16 };

typedef struct target_case {
	dice dice;
	const gw_str *seeds; /* documents in UTF-8 */
	uint32_t seed_count;
	gw_arena arena; /* of this round */
	gw_diag diag;
	gw_buf input;
} target_case;

typedef struct target {
	const char *name;
	void (*round)(target_case *c); /* makes an input, feeds it, looks at what came out */
} target;

/* Ended by a name of NULL. */
extern const target targets_decoders[], targets_readers[];

/* A promise is not kept: says so, keeps the input where that was asked for, and ends the program. */
_Noreturn void target_broken(target_case *c, const char *what);
/* A stretch of a document, whole characters. */
gw_str target_stretch(target_case *c, uint32_t most);
/* The input at a place of its own, of its very size, so that the sanitizer sees a byte read too many. To be freed. */
char *target_copy(const gw_buf *b);

#endif
