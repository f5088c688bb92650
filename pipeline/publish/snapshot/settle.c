/* Bringing a large snapshot to disk while it is still being made: what is written while the processors are busy need not
 * be waited for at the end. A thread of its own calls syncfs whenever so many bytes are new; commit calls it once more,
 * through the same open folder, so that no error of a file's writeback is lost between the two. */
#include "settle.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Small snapshots are settled once, at the end. */
#define STEP ((uint64_t)64 << 20)

struct gw_settler {
	int folder;
	uint64_t fresh; /* of the thread that notes */
	bool running;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	/* under the lock */
	bool wanted, stop;
	int error;
};

gw_settler *gw_settler_open(int folder)
{
	gw_settler *s = calloc(1, sizeof *s);
	if (!s) {
		fputs("gongwen: out of memory (the snapshot)\n", stderr);
		exit(1);
	}
	s->folder = folder;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->more, NULL);
	return s;
}

static void *work(void *arg)
{
	gw_settler *s = arg;
	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		if (!s->wanted) {
			pthread_cond_wait(&s->more, &s->lock);
			continue;
		}
		s->wanted = false;
		pthread_mutex_unlock(&s->lock);
		int error = syncfs(s->folder) != 0 ? errno : 0;
		pthread_mutex_lock(&s->lock);
		s->error = s->error ? s->error : error;
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

void gw_settler_go_on(gw_settler *s)
{
	if (!s->running)
		return;
	pthread_mutex_lock(&s->lock);
	s->wanted = true;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
}

void gw_settler_note(gw_settler *s, uint64_t bytes)
{
	s->fresh += bytes;
	if (s->fresh < STEP)
		return;
	s->fresh = 0;
	if (!s->running && pthread_create(&s->thread, NULL, work, s) != 0)
		return; /* all at the end, then */
	s->running = true;
	gw_settler_go_on(s);
}

static void stop(gw_settler *s)
{
	if (!s->running)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->more);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	s->running = false;
}

int gw_settler_finish(gw_settler *s)
{
	stop(s);
	if (!s->error && syncfs(s->folder) != 0)
		s->error = errno;
	return s->error;
}

void gw_settler_close(gw_settler *s)
{
	if (!s)
		return;
	stop(s);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
}
