/* gw/diag.h - problems: one list of codes, a place, a severity; collected, never printed on the way.
 *
 * Printed form (command line only):  path:line:col: error[GW203]: what is wrong, what was expected
 * A gw_diag is owned by one thread. The run gives each source one and merges them in input order, so that
 * the messages are the same whatever the threads. */
#ifndef GW_DIAG_H
#define GW_DIAG_H

#include "gw/base.h"

typedef enum gw_severity { GW_NOTE, GW_WARNING, GW_ERROR } gw_severity;

/* X(symbol, "code", severity, "meaning for docs/diagnostics.md"). Hundreds: 1 usage and configuration,
 * 2 words and rules, 3 input, 4 text and structure, 5 output, 6 schema, 9 inside. Codes are never reused. */
#define GW_CODES(X) \
	X(GW_E_USAGE, "GW100", GW_ERROR, "the command line is wrong") \
	X(GW_E_CONFIG_FILE, "GW101", GW_ERROR, "a configuration file cannot be read") \
	X(GW_E_CONFIG_SYNTAX, "GW102", GW_ERROR, "not YAML") \
	X(GW_E_CONFIG_KEY, "GW103", GW_ERROR, "an unknown key") \
	X(GW_E_CONFIG_TWICE, "GW104", GW_ERROR, "a key stands twice") \
	X(GW_E_CONFIG_TYPE, "GW105", GW_ERROR, "a value of the wrong type") \
	X(GW_E_CONFIG_RANGE, "GW106", GW_ERROR, "a value outside its range or choices") \
	X(GW_E_CONFIG_MISSING, "GW107", GW_ERROR, "a required key is missing") \
	X(GW_E_CONFIG_PATH, "GW108", GW_ERROR, "a file or folder that the configuration names does not exist") \
	X(GW_E_STAGE_UNKNOWN, "GW110", GW_ERROR, "no such stage") \
	X(GW_E_STAGE_ORDER, "GW111", GW_ERROR, "a stage needs what no earlier stage makes") \
	X(GW_E_STAGE_TWICE, "GW112", GW_ERROR, "a stage stands twice") \
	X(GW_E_LEXICON_LINE, "GW201", GW_ERROR, "a bad line in a lexicon") \
	X(GW_E_LEXICON_TWICE, "GW202", GW_ERROR, "a word stands twice in one class with other attributes") \
	X(GW_E_RULE_SYNTAX, "GW211", GW_ERROR, "a rule's pattern cannot be read") \
	X(GW_E_RULE_CLASS, "GW212", GW_ERROR, "a pattern names a class that no lexicon or reader makes") \
	X(GW_E_RULE_ID, "GW213", GW_ERROR, "a rule id stands twice") \
	X(GW_E_RULE_EXAMPLE, "GW214", GW_ERROR, "a rule's example does not do what it says") \
	X(GW_E_CUE, "GW221", GW_ERROR, "a cue that cannot be used") \
	X(GW_E_INPUT_MISSING, "GW301", GW_ERROR, "an input path does not exist") \
	X(GW_E_INPUT_READ, "GW302", GW_ERROR, "an input cannot be read") \
	X(GW_E_INPUT_LOOP, "GW303", GW_WARNING, "a link leads back into a folder already being read; skipped") \
	X(GW_E_INPUT_SPECIAL, "GW304", GW_WARNING, "not a regular file; skipped") \
	X(GW_E_INPUT_TWICE, "GW305", GW_ERROR, "two inputs have the same source path") \
	X(GW_E_INPUT_SIZE, "GW306", GW_ERROR, "an input is larger than max_file_bytes or max_bytes") \
	X(GW_E_INPUT_BINARY, "GW307", GW_ERROR, "an input is not text") \
	X(GW_E_INPUT_ENCODING, "GW308", GW_ERROR, "no encoding fits an input") \
	X(GW_E_INPUT_NDJSON, "GW309", GW_ERROR, "a line is not the JSON object that was expected") \
	X(GW_W_INPUT_BYTES, "GW310", GW_WARNING, "undecodable bytes were replaced by U+FFFD") \
	X(GW_W_INPUT_EMPTY, "GW311", GW_WARNING, "an input holds no text") \
	X(GW_W_INPUT_DECLARED, "GW312", GW_WARNING, "the declared encoding is not the one the bytes are in") \
	X(GW_W_NO_INPUT, "GW313", GW_WARNING, "the inputs hold no document") \
	X(GW_W_INPUT_MIXED, "GW314", GW_WARNING, "some lines are in another encoding than the rest; each was decoded in its own") \
	X(GW_W_INPUT_MOJIBAKE, "GW315", GW_WARNING, "a text had been decoded wrongly before it came here; repaired where that is certain") \
	X(GW_W_INPUT_LOST, "GW316", GW_WARNING, "characters were lost before the text came here") \
	X(GW_E_ROWS_FILE, "GW321", GW_ERROR, "a row file cannot be used") \
	X(GW_E_ARCHIVE, "GW331", GW_ERROR, "an archive cannot be read, or not to its end") \
	X(GW_E_ARCHIVE_FILE, "GW332", GW_ERROR, "a file in an archive cannot be taken: a link, a device, encrypted, a name that leads out") \
	X(GW_E_ARCHIVE_LIMIT, "GW333", GW_ERROR, "an archive holds more than its limits allow") \
	X(GW_E_FORMAT, "GW341", GW_ERROR, "a file is not what its format says, or no text can be had from it") \
	X(GW_E_FORMAT_LIMIT, "GW342", GW_ERROR, "a file goes beyond the limits of its format: size, depth, time") \
	X(GW_E_FORMAT_PROGRAM, "GW343", GW_ERROR, "a file needs a program that is not installed") \
	X(GW_W_NO_TITLE, "GW401", GW_NOTE, "no title was found") \
	X(GW_E_OUTPUT_DIR, "GW501", GW_ERROR, "the output folder cannot be made or written") \
	X(GW_E_OUTPUT_WRITE, "GW502", GW_ERROR, "a write failed") \
	X(GW_E_OUTPUT_LOCK, "GW503", GW_ERROR, "another run holds the lock") \
	X(GW_E_REJECTS, "GW504", GW_ERROR, "more inputs were rejected than max_rejects allows") \
	X(GW_E_SNAPSHOT, "GW510", GW_ERROR, "a snapshot is broken") \
	X(GW_E_SNAPSHOT_NONE, "GW511", GW_ERROR, "no snapshot there") \
	X(GW_W_SNAPSHOT_READ, "GW512", GW_WARNING, "an old snapshot is being read; it stays until a later run or prune removes it") \
	X(GW_W_STATE, "GW513", GW_WARNING, "what the last run left for this one cannot be used or kept; everything is extracted again") \
	X(GW_E_SCHEMA, "GW601", GW_ERROR, "a schema file cannot be used") \
	X(GW_E_ROW, "GW602", GW_ERROR, "a row breaks its schema: a bug, or a schema that asks too much; the run stops") \
	X(GW_W_TABLE_UNKNOWN, "GW603", GW_WARNING, "a snapshot of a newer program has a table that this one does not know; its rows are not looked at") \
	X(GW_E_INTERNAL, "GW900", GW_ERROR, "a promise inside the program is broken; please report it")

typedef enum gw_code {
#define X(symbol, code, severity, meaning) symbol,
	GW_CODES(X)
#undef X
	GW_CODE_COUNT
} gw_code;

const char *gw_code_name(gw_code c); /* "GW103" */
gw_severity gw_code_severity(gw_code c);
const char *gw_code_meaning(gw_code c);

/* Where: line and column are 1-based, 0 = not known; column counts characters. */
typedef struct gw_place {
	const char *path;
	uint32_t line, column;
	uint64_t byte_offset;
} gw_place;

typedef struct gw_problem {
	gw_code code;
	gw_place place;    /* path copied, owned by the gw_diag */
	const char *stage; /* static name of the stage, or NULL */
	const char *message;
} gw_problem;

typedef struct gw_diag {
	gw_arena arena;
	GW_LIST(gw_problem) problems;
	uint32_t errors, warnings;
	const char *stage; /* set by the chain around each stage */
} gw_diag;

void gw_diag_init(gw_diag *d);
void gw_diag_clear(gw_diag *d);
void gw_diag_release(gw_diag *d);
/* place may be NULL. Returns GW_WARN for notes and warnings, GW_FAILED for errors, so `return gw_report(…)` reads well. */
gw_status gw_report(gw_diag *d, gw_code code, const gw_place *place, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void gw_diag_merge(gw_diag *into, const gw_diag *from);
void gw_problem_format(const gw_problem *p, bool colour, gw_buf *out); /* one line without its end */

#endif
