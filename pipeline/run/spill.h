/* spill.h - buffers that wait in a file without a name because memory is promised to others. Inside run/ only. */
#ifndef GW_RUN_SPILL_H
#define GW_RUN_SPILL_H

#include "gw/diag.h"

/* May be used by many threads. */
typedef struct gw_spill gw_spill;

/* Where a buffer went; size 0: nowhere. */
typedef struct gw_spilled {
	uint64_t at, size;
} gw_spilled;

gw_spill *gw_spill_open(void); /* the file is made when it is first needed */
void gw_spill_close(gw_spill *s);
/* Moves the bytes into the file and releases the buffer. False, and nothing has changed, where that cannot be. */
bool gw_spill_put(gw_spill *s, gw_buf *bytes, gw_spilled *where);
/* Brings them back, if they are there. False after a report. */
bool gw_spill_get(gw_spill *s, gw_spilled *where, gw_buf *bytes, gw_diag *diag);

#endif
