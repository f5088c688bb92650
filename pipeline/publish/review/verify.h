/* verify.h - what the two halves of `verify` share: the files of the bag, and the rows in them. */
#ifndef GW_PUBLISH_VERIFY_H
#define GW_PUBLISH_VERIFY_H

#include "read.h"

typedef struct gw_verify {
	gw_fileset m;
	gw_diag *diag;
	const char *file;   /* that is being looked at, below the snapshot */
	uint64_t in_file;   /* problems of it so far */
	bool broken;
} gw_verify;

/* Problems are told between begin and end: of one file a hundred, then how many more there were. */
void gw_verify_begin(gw_verify *v, const char *file);
void gw_verify_problem(gw_verify *v, uint32_t line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void gw_verify_end(gw_verify *v);

/* Every file against the manifests and descriptors. */
void gw_verify_bag(gw_verify *v);
/* Rows against schemas, CSV against JSON lines, keys, and each text at its position. */
void gw_verify_tables(gw_verify *v, const gw_schema *schema);

#endif
