/* Measures of a snapshot against gold annotations. Private to this folder.
 *
 *   gold files --facts.c--> facts \
 *                                  score.c --> measures
 *   snapshot   --facts.c--> facts / */
#ifndef GW_COMMAND_SCORE_H
#define GW_COMMAND_SCORE_H

#include "command.h"

/* What both sides say of one stretch of text; texts that are not there are {NULL,0}. */
typedef struct gw_fact {
	uint32_t doc, begin, end; /* characters of the source, blanks at the edges taken off */
	gw_str role, edtf, duration, rrule, op, unit, indicator;
	gw_str task; /* gold: its heading; snapshot: the id of the task */
	double value, value2;
	bool has_value, has_value2, generic;
} gw_fact;
typedef GW_LIST(gw_fact) gw_fact_list;

typedef enum gw_gold_kind { GW_GOLD_AGENCY, GW_GOLD_TIME, GW_GOLD_QUANTITY, GW_GOLD_DUTY, GW_GOLD_KINDS } gw_gold_kind;

typedef struct gw_gold_source {
	gw_str name;
	uint32_t *ch; /* its characters */
	uint32_t len;
} gw_gold_source;

typedef struct gw_found_task {
	gw_str marker, title, text;
} gw_found_task;

typedef struct gw_score_data {
	gw_arena *arena;
	GW_LIST(gw_gold_source) sources;
	gw_map source_at; /* name to index */
	gw_fact_list gold[GW_GOLD_KINDS];
	gw_map document_at; /* document_id to source index; only those with gold */
	gw_fact_list found[GW_TABLES];
	gw_map task_at; /* task_id to index in tasks */
	GW_LIST(gw_found_task) tasks;
} gw_score_data;

gw_status gw_gold_read(gw_score_data *d, const char *folder, gw_diag *diag);
gw_status gw_found_read(gw_score_data *d, const char *snapshot, gw_diag *diag);

typedef struct gw_measure {
	const char *name;
	double precision, recall, f1;
	uint32_t gold, found;
} gw_measure;
typedef GW_LIST(gw_measure) gw_measure_list;
void gw_score(const gw_score_data *d, gw_measure_list *out);

#endif
