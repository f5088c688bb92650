/* A bench for tests of what is found in a text: the chain as it is configured, one source at a time. */
#ifndef GW_TESTS_BENCH_H
#define GW_TESTS_BENCH_H

#include "gw/run.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

typedef struct bench {
	gw_config *config;
	gw_diag diag;
	gw_arena arena;
	gw_source source;
} bench;

static inline int bench_open(void **state)
{
	bench *b = calloc(1, sizeof *b);
	gw_diag_init(&b->diag);
	gw_arena_init(&b->arena);
	b->config = gw_config_load("config/pipeline.yaml", &b->diag);
	*state = b;
	return b->config ? 0 : -1;
}

static inline int bench_close(void **state)
{
	bench *b = *state;
	gw_config_free(b->config);
	gw_diag_release(&b->diag);
	gw_arena_release(&b->arena);
	free(b);
	return 0;
}

/* The one document of a text that lives as long as the bench is not used again. */
static inline const gw_document *bench_read(bench *b, const char *text)
{
	b->source = (gw_source){.arena = &b->arena, .path = GW_STR("t"), .opened_as = GW_STR("t"), .raw = text, .raw_len = strlen(text)};
	gw_sha256_of(text, strlen(text), b->source.sha256);
	assert_true(gw_chain_run(b->config, &b->source, &b->diag) <= GW_WARN); /* a text without a title is worth a warning */
	assert_int_equal(b->source.documents.count, 1);
	return &b->source.documents.items[0];
}

#endif
