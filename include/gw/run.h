/* gw/run.h - the configuration as a whole, the chain of stages, the batch. */
#ifndef GW_RUN_H
#define GW_RUN_H

#include "gw/file.h"
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
	int64_t max_file_bytes;       /* a larger file is not read at all */
	bool incremental;             /* what is unchanged is taken over from the latest snapshot */
	gw_archive_settings archives;
	gw_publish_settings publish;
	gw_place schemas_at;          /* of publish.schemas */
	GW_LIST(gw_chain_link) chain;
	gw_knowledge *knowledge;
	const gw_schema *schema;
	gw_arena schema_arena;
	char sha256[65];              /* of the configuration file */
} gw_config;

/* Loads and checks everything: settings, stages and their order, lexicons, rules, schemas. All problems in one go.
 * NULL after reports (exit 2). */
gw_config *gw_config_load(const char *path, gw_diag *diag);
/* The same, and reports every configured input path that does not exist, for where the command line gives no others. That
 * alone does not make it NULL: what is right can still be looked at. */
gw_config *gw_config_load_with_inputs(const char *path, gw_diag *diag);
/* The settings alone, for commands that only look at what was published: no stage is opened, no word is read. */
gw_config *gw_config_read(const char *path, gw_diag *diag);
extern const gw_option gw_config_options[];
void gw_config_free(gw_config *c); /* NULL is fine */
bool gw_dataset_name_good(const char *name);
/* How many rejects are allowed among so many sources; UINT64_MAX: any number. */
uint64_t gw_config_reject_limit(const gw_config *c, uint64_t sources);
/* Runs every `example` and `not` of every rule and cue through the chain. */
gw_status gw_rules_check_examples(const gw_config *c, gw_diag *diag);

/* Runs the chain on one source whose raw bytes are set. On GW_FAILED source->rejected is set. Thread-safe for
 * different sources. */
gw_status gw_chain_run(const gw_config *c, gw_source *s, gw_diag *diag);

/* One source through everything: loaded, hashed, run, made into rows. s and rows live in the arena; the raw bytes stay
 * in `file` until gw_file_unload (also after a failure). A reject gives GW_FAILED and rows->rejected. `reasons`: where to
 * note why decisions fell as they did; NULL when nobody asks. */
gw_status gw_source_run(const gw_config *c, const gw_input *in, gw_arena *arena, gw_reason_list *reasons, gw_source *s,
	gw_loaded *file, gw_rows *rows, gw_diag *diag);
/* The same for the next snapshot: a source that `before` (may be NULL) knows goes no further than its hash, and the rows
 * say that they are known. What is only of use on the way goes into the rooms and is gone afterwards, the lattices too. */
gw_status gw_source_run_after(const gw_config *c, const gw_input *in, const gw_publisher *before, gw_arena *arena, gw_rooms *rooms,
	gw_source *s, gw_loaded *file, gw_rows *rows, gw_diag *diag);

/* What is known of a source whose rows are gone. */
typedef struct gw_source_note {
	gw_str source_path;  /* of the input */
	char sha256[65];     /* "" when it could not be read */
	uint64_t bytes;
	uint32_t documents;
	bool known;          /* taken over from the latest snapshot */
	bool rejected;
	gw_code reject;      /* the first error */
} gw_source_note;
void gw_source_note_make(const gw_rows *rows, gw_source_note *out);

/* What a batch does with the rows of its sources. `make` is called by the workers, each with a desk of its own, and
 * puts what shall be kept of a source into `made` (empty); rows and source are gone afterwards. `take` is called for one
 * source after the other, in the order of the inputs. Either ends the batch by a status above GW_WARN. */
typedef struct gw_batch_use {
	void *ctx;
	void *(*desk_new)(void *ctx); /* NULL: `make` gets NULL */
	void (*desk_free)(void *desk);
	gw_status (*make)(void *ctx, void *desk, const gw_rows *rows, gw_buf *made, gw_diag *diag);
	gw_status (*take)(void *ctx, const gw_source_note *note, gw_buf *made, const gw_diag *problems);
	const gw_publisher *before; /* what it knows of the latest snapshot is not extracted: rows->known says so. NULL: nothing */
} gw_batch_use;

/* Runs over all inputs with `jobs` threads. What was made before its turn is held within 32 MiB a thread, and beyond
 * that in a temporary file: a large source does not keep the others waiting. */
gw_status gw_batch_run(const gw_config *c, const gw_inputs *in, int64_t jobs, const gw_batch_use *use, gw_diag *diag);

/* All that reaches the rows of a source besides the source: this program and its libraries, the stages with their
 * settings and the files these name, schemas, what is published of a document. */
void gw_run_key(const gw_config *c, char hex[65], gw_diag *diag);
/* The programs that take text out of files, as they are installed now. In the arena. */
gw_str gw_run_programs(const gw_config *c, gw_arena *arena);

/* How many threads that makes: 0 jobs are as many as there are cores, never more than sources, never none. */
uint32_t gw_batch_threads(int64_t jobs, uint32_t sources);

/* ---- the record of a run: runs/<run>.json, rewritten at the start and after every phase so that a failed or killed run
 * has one too, and run.prom for the monitoring. What differs from run to run (clock, durations, threads, run id) is
 * kept here and nowhere in a snapshot. ---- */
typedef struct gw_record gw_record;

/* Begins the record of `command` in <place>/runs/. NULL after a report: nothing is published without a record. */
gw_record *gw_record_begin(const gw_config *c, const char *command, const char *place, gw_diag *diag);
/* UTC time and a short hash: "20250131T093000Z-1a2b3c4d". */
const char *gw_record_id(const gw_record *r);
/* Ends the phase that ran and begins the next: "read", "publish". Writes the record. */
gw_status gw_record_phase(gw_record *r, const char *name, gw_diag *diag);
void gw_record_threads(gw_record *r, uint32_t threads);
/* Forgets the sources so far: they are read again. */
void gw_record_again(gw_record *r);
/* One source that went through, with its problems. */
void gw_record_source(gw_record *r, const gw_source_note *note, const gw_diag *problems);
void gw_record_skipped(gw_record *r, uint64_t skipped);
void gw_record_published(gw_record *r, const gw_published *p);
/* Writes the record and the metrics for the last time and frees it. problems: those of the run as a whole. What cannot be
 * written is reported; the run stays what it is. */
void gw_record_end(gw_record *r, int exit_status, const gw_diag *problems, gw_diag *diag);

/* ---- reference pages (Markdown), made from the tables that the program itself works by ---- */
/* "configuration", "diagnostics", "tables", "tables.zh", "<table>.schema", "document.schema"; false: no such page. */
bool gw_docs_write(const char *page, const gw_schema *schema, gw_buf *out);

/* ---- commands (pipeline/command/): each takes its own arguments and returns the exit status ---- */
typedef struct gw_command {
	const char *name, *usage, *summary;
	const char *options;  /* the long names it takes, parted by blanks; their help is made from one table */
	const char *help;     /* what is behind the options: an example */
	int (*run)(int argc, char **argv);
} gw_command;
extern const gw_command *const gw_commands[]; /* NULL at the end */

int gw_command_line(int argc, char **argv); /* picks the command; the exit status of the program */

enum gw_exit { GW_EXIT_DONE = 0, GW_EXIT_FAILED = 1, GW_EXIT_USAGE = 2, GW_EXIT_REJECTS = 3, GW_EXIT_BUSY = 75 };

#endif
