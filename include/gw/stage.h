/* gw/stage.h - the contract of a stage, on one screen.
 *
 * A stage is a static const gw_stage in one file of its folder, with one line in run/stages.c. It says what it reads and
 * writes; the chain proves before the first document that every need is met by an earlier stage. Its state is
 * const while documents run, so sources can be worked on in any order and by any number of threads. */
#ifndef GW_STAGE_H
#define GW_STAGE_H

#include "gw/knowledge.h"

/* What stages hand to each other. */
enum gw_part_of_document {
	GW_HAS_RAW = 1 << 0,        /* source.raw, path, sha256 */
	GW_HAS_TEXT = 1 << 1,       /* text.bytes … line_count */
	GW_HAS_FOLDED = 1 << 2,     /* text.ch, src, len */
	GW_HAS_DOCUMENTS = 1 << 3,  /* source.documents: span, part, id */
	GW_HAS_SECTIONS = 1 << 4,   /* metadata, furniture, sections, paragraphs */
	GW_HAS_LATTICE = 1 << 5,    /* lattice, numbers, dates, durations */
	GW_HAS_TIMES = 1 << 6,
	GW_HAS_AGENCIES = 1 << 7,
	GW_HAS_QUANTITIES = 1 << 8,
	GW_HAS_DUTIES = 1 << 9,
	GW_HAS_LINKS = 1 << 10,     /* tasks, organizations, due */
	GW_HAS_CONTENT = 1 << 11,   /* source.raw is the text of files that were none (DOCX, PDF) */
	GW_HAS_PLAIN = 1 << 12      /* text.bytes without markup */
};

typedef struct gw_stage {
	const char *name;           /* as in the configuration: "extract-agencies" */
	const char *summary;        /* one sentence for help and docs */
	uint32_t reads, writes;     /* needed, made */
	uint32_t uses;              /* read if there, fine without */
	const gw_option *options;   /* ended by name == NULL; may be NULL */
	size_t settings_size;
	/* Reads settings, adds lexicons and rules to the knowledge. *state is const afterwards. */
	gw_status (*open)(const void *settings, gw_knowledge *k, gw_arena *run_arena, void **state, gw_diag *diag);
	/* After the knowledge is built: looks up classes, rules, decisions. May be NULL. */
	gw_status (*bind)(void *state, const gw_knowledge *k, gw_diag *diag);
	/* Exactly one of the two. GW_FAILED puts the whole source into quarantine. */
	gw_status (*source)(const void *state, gw_source *s, gw_diag *diag);
	gw_status (*document)(const void *state, gw_document *d, gw_diag *diag);
	void (*close)(void *state); /* may be NULL */
} gw_stage;


extern const gw_stage gw_stage_convert, gw_stage_decode, gw_stage_markup, gw_stage_normalize, gw_stage_split, gw_stage_structure, gw_stage_scan, gw_stage_extract_deadlines,
	gw_stage_extract_agencies, gw_stage_extract_targets, gw_stage_extract_responsibilities, gw_stage_link;

#endif
