/* What the commands share: options, messages, aligned tables. Private to this folder. */
#ifndef GW_COMMAND_COMMAND_H
#define GW_COMMAND_COMMAND_H

#include "gw/run.h"

#include <stdio.h>

typedef GW_LIST(const char *) gw_words;

typedef struct gw_args {
	const char *config, *output, *dataset, *replay, *gold, *docs, *part;
	gw_words inputs, mins, rest; /* rest: what is no option */
	int64_t jobs, keep;          /* -1: not given */
	bool quiet, verbose, full, json, examples, explain, help, version;
} gw_args;

/* Problems go to stderr as they come, in input order; of each code only the first few. */
typedef struct gw_printer {
	bool colour, quiet, verbose, progress;
	bool line_open; /* a progress line stands on the terminal */
	uint32_t shown[GW_CODE_COUNT], hidden[GW_CODE_COUNT];
} gw_printer;

/* One call of one command. */
typedef struct gw_session {
	const gw_command *command;
	gw_arena arena;
	gw_arena inputs; /* what gw_session_inputs lists */
	gw_diag diag; /* problems of the command as a whole */
	gw_args args;
	gw_printer printer;
} gw_session;

enum { GW_GO_ON = -1 };
/* Reads the options. GW_GO_ON, or the status to end with (--help, --version, wrong usage). End it in any case. */
int gw_session_begin(gw_session *s, const gw_command *command, int argc, char **argv);
/* Prints what is left to be said, releases, returns the status. */
int gw_session_end(gw_session *s, int status);
/* Complains with the usage; returns GW_EXIT_USAGE. */
int gw_session_usage(gw_session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The configuration with -o, -j, --dataset applied; NULL after reports. */
typedef enum gw_need { GW_NEED_SETTINGS, GW_NEED_STAGES, GW_NEED_INPUTS } gw_need;
gw_config *gw_session_config(gw_session *s, gw_need need);
/* Lists -i, or else the configured inputs; of these the files of --part only, archives as one. */
gw_status gw_session_inputs(gw_session *s, const gw_config *c, gw_inputs *out);
/* Takes the list out of memory as far as that can be, before the work begins. */
void gw_session_put_away(gw_session *s, gw_inputs *in);

void gw_print_problems(gw_printer *p, const gw_diag *diag);
void gw_print_progress(gw_printer *p, uint64_t done, uint64_t total);
void gw_print_hidden(gw_printer *p); /* "… and N more" */
void gw_print_version(void);
void gw_print_commands(FILE *out); /* the help of the program as a whole */
/* Writes to stdout; false when that failed. */
bool gw_stdout_write(const void *bytes, size_t n);
/* Flushes. A reader that has gone away (| head) is no news, everything else is reported. The status to end with. */
int gw_stdout_finish(int status);

/* ---- what `run` and `publish` have in common: lock, record, sources, commit, report ---- */
typedef struct gw_job {
	gw_session *session;
	gw_config *config;
	gw_publisher *publisher;
	gw_record *record;
	uint64_t sources, rejects, total; /* total: for the progress line, 0 when not known */
} gw_job;
typedef gw_status (*gw_feed_fn)(gw_job *job, void *ctx);
/* The parts of a gw_batch_use, ctx is the job: rows become a packet and files; message, record, publisher. */
void *gw_job_desk(void *job);
void gw_job_desk_free(void *desk);
gw_status gw_job_make(void *job, void *desk, const gw_rows *rows, gw_buf *packet, gw_diag *diag);
gw_status gw_job_take(void *job, const gw_source_note *note, gw_buf *packet, const gw_diag *problems);
/* Everything round the feeding of sources; the exit status. */
int gw_job_run(gw_session *s, gw_config *c, gw_feed_fn feed, void *ctx);

/* ---- aligned tables; a Han character is two columns wide ---- */
typedef struct gw_grid {
	gw_arena *arena;
	const char *align;     /* 'l' or 'r' for each column */
	const uint8_t *limits; /* columns wider than this are wrapped; NULL or 0: never */
	GW_LIST(gw_str) cells; /* row by row, the first row is the head */
} gw_grid;
void gw_grid_add(gw_grid *g, gw_str cell);
void gw_grid_add_u64(gw_grid *g, uint64_t v);
void gw_grid_print(const gw_grid *g, gw_buf *out);
uint32_t gw_text_width(gw_str s);

#endif
