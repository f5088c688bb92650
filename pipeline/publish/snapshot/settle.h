/* settle.h - files brought to disk on the way. Inside publish/ only. */
#ifndef GW_PUBLISH_SETTLE_H
#define GW_PUBLISH_SETTLE_H

#include "gw/base.h"

typedef struct gw_settler gw_settler;

/* `folder` is open until close, and lies in the file system that all files go to. */
gw_settler *gw_settler_open(int folder);
/* So many bytes more were written. */
void gw_settler_note(gw_settler *s, uint64_t bytes);
/* Something that takes a while comes now: what has been written can go to disk meanwhile. Nothing where little has been. */
void gw_settler_go_on(gw_settler *s);
/* Everything written so far is on disk, or an error is returned: the first that any file of the file system has met
 * since the folder was opened (Linux 5.8 and later). One call for all: an fsync a file takes a journal commit each. */
int gw_settler_finish(gw_settler *s);
void gw_settler_close(gw_settler *s); /* NULL is fine */

#endif
