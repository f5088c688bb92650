/* row_load.h - the bytes of row files, however many. Inside publish/ only.
 *
 * Large plain files are mapped where they stand. Packed ones, small ones and standard input go behind each other into one
 * temporary file without a name, which is mapped when all are in. So thousands of files cost neither memory nor mappings,
 * of which a process may have some ten thousand only. */
#ifndef GW_PUBLISH_ROW_LOAD_H
#define GW_PUBLISH_ROW_LOAD_H

#include "gw/base.h"
#include "gw/diag.h"

typedef struct gw_row_file {
	const char *path;  /* for messages */
	const char *bytes; /* set by gw_row_spool_map where they stand in the spool */
	size_t len;
	uint64_t at;       /* in the spool */
	bool mapped;       /* by itself */
} gw_row_file;

typedef struct gw_row_spool {
	int fd; /* -1: nothing in it yet */
	uint64_t len;
	char *map;
} gw_row_spool;

void gw_row_spool_init(gw_row_spool *s);
/* "-" is standard input. `out` is empty after a report. */
gw_status gw_row_file_load(gw_row_spool *s, const char *path, gw_row_file *out, gw_diag *diag);
/* After the last file: from here on all bytes are there. */
gw_status gw_row_spool_map(gw_row_spool *s, gw_row_file *files, uint32_t count, gw_diag *diag);
/* Gives the pages back that were read so far; the bytes stay where they are and are read again when they are needed. */
void gw_row_spool_forget(const gw_row_spool *s, const gw_row_file *files, uint32_t count);
void gw_row_spool_release(gw_row_spool *s, gw_row_file *files, uint32_t count);

#endif
