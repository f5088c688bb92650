/* Work aside: a thread where there is a core for it. */
#include "gw/aside.h"

#include "gw/base.h"

static void *run(void *arg)
{
	gw_aside *a = arg;
	a->work(a->ctx);
	return NULL;
}

void gw_aside_begin(gw_aside *a, void (*work)(void *ctx), void *ctx)
{
	*a = (gw_aside){.work = work, .ctx = ctx, .begun = true};
	a->running = gw_cores() > 1 && pthread_create(&a->thread, NULL, run, a) == 0;
}

void gw_aside_end(gw_aside *a)
{
	if (!a->begun)
		return;
	a->begun = false;
	if (a->running)
		pthread_join(a->thread, NULL);
	else
		a->work(a->ctx);
}
