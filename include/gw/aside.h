/* gw/aside.h - one piece of work in a thread of its own, while the caller does another. */
#ifndef GW_ASIDE_H
#define GW_ASIDE_H

#include <pthread.h>
#include <stdbool.h>

typedef struct gw_aside {
	void (*work)(void *ctx);
	void *ctx;
	pthread_t thread;
	bool begun, running;
} gw_aside;

/* `work` must touch nothing that the caller does before gw_aside_end. */
void gw_aside_begin(gw_aside *a, void (*work)(void *ctx), void *ctx);
/* Waits for it; does the work now where there was no thread or no second core for it. Any number of times; nothing for one
 * that was never begun (zeroed). */
void gw_aside_end(gw_aside *a);

#endif
