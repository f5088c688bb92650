/* gw/run.h - the configuration as a whole, the chain of stages, the batch. */
#ifndef GW_RUN_H
#define GW_RUN_H

#include "gw/ingest.h"
#include "gw/publish.h"
#include "gw/stage.h"

extern const gw_stage *const gw_stages[]; /* all there are, in the order of the flow, NULL at the end */

typedef struct gw_chain_link {
	const gw_stage *stage;
	void *settings;
	void *state;
	gw_place at;
} gw_chain_link;

typedef struct gw_config {
	gw_arena arena;
	const char *path;
	const char *dataset;
	gw_strings inputs, exclude;
	const char *output;
	int64_t jobs;                 /* 0: as many as there are cores */
	const char *max_rejects;      /* "", "10" or "5%" */
	gw_publish_settings publish;
	GW_LIST(gw_chain_link) chain;
	gw_knowledge *knowledge;
	const gw_schema *schema;
	char sha256[65];              /* of the configuration file */
} gw_config;

/* Loads and checks everything: settings, stages and their order, lexicons, rules, schemas. All problems in one go.
 * NULL after reports (exit 2). */
gw_config *gw_config_load(const char *path, gw_diag *diag);
void gw_config_free(gw_config *c);

/* Runs the chain on one source whose raw bytes are set. On GW_FAILED source->rejected is set. Thread-safe for
 * different sources. */
gw_status gw_chain_run(const gw_config *c, gw_source *s, gw_diag *diag);

/* Runs over all inputs with `jobs` threads and hands the rows to `take` in input order, one call at a time. */
typedef gw_status (*gw_take_fn)(void *ctx, const gw_rows *rows, const gw_diag *problems);
gw_status gw_batch_run(const gw_config *c, const gw_inputs *in, int64_t jobs, gw_take_fn take, void *ctx, gw_diag *diag);

/* ---- commands (pipeline/command/): each takes its own arguments and returns the exit status ---- */
typedef struct gw_command {
	const char *name, *usage, *summary, *help; /* help: options and an example */
	int (*run)(int argc, char **argv);
} gw_command;
extern const gw_command *const gw_commands[]; /* NULL at the end */

enum gw_exit { GW_EXIT_DONE = 0, GW_EXIT_FAILED = 1, GW_EXIT_USAGE = 2, GW_EXIT_REJECTS = 3, GW_EXIT_BUSY = 75 };

#endif
