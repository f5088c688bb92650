/* Pieces lie in the file one behind the other; when the last of them was fetched it begins anew, so its size is that of
 * the longest jam. */
#include "spill.h"
#include "gw/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct gw_spill {
	pthread_mutex_t lock;
	int fd;
	bool failed; /* it was tried, and will not be again */
	uint64_t end;
	uint32_t pieces;
};

gw_spill *gw_spill_open(void)
{
	gw_spill *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	pthread_mutex_init(&s->lock, NULL);
	s->fd = -1;
	return s;
}

void gw_spill_close(gw_spill *s)
{
	if (s->fd >= 0)
		close(s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int file_without_name(void)
{
	const char *folder = getenv("TMPDIR");
	return open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* Room for a piece; false where there can be no file. */
static bool reserve(gw_spill *s, uint64_t size, uint64_t *at)
{
	pthread_mutex_lock(&s->lock);
	if (s->fd < 0 && !s->failed) {
		s->fd = file_without_name();
		s->failed = s->fd < 0;
	}
	bool good = s->fd >= 0 && !s->failed;
	if (good) {
		*at = s->end;
		s->end += size;
		s->pieces++;
	}
	pthread_mutex_unlock(&s->lock);
	return good;
}

static void give_back(gw_spill *s, bool failed)
{
	pthread_mutex_lock(&s->lock);
	s->failed = s->failed || failed;
	if (--s->pieces == 0) {
		s->end = 0;
		/* The pages go; a failure here costs room, nothing else. */
		if (ftruncate(s->fd, 0) != 0)
			s->failed = true;
	}
	pthread_mutex_unlock(&s->lock);
}

bool gw_spill_put(gw_spill *s, gw_buf *bytes, gw_spilled *where)
{
	uint64_t at;
	if (!bytes->len || !reserve(s, bytes->len, &at))
		return false;
	if (!gw_write_at(s->fd, bytes->ptr, bytes->len, at)) {
		give_back(s, true);
		return false;
	}
	*where = (gw_spilled){at, bytes->len};
	gw_buf_release(bytes);
	return true;
}

bool gw_spill_get(gw_spill *s, gw_spilled *where, gw_buf *bytes, gw_diag *diag)
{
	char *to = where->size ? gw_buf_reserve(bytes, where->size) : NULL;
	if (to && !gw_read_at(s->fd, to, where->size, where->at)) {
		gw_report(diag, GW_E_INTERNAL, NULL, "rows cannot be read back from the temporary file: %s",
			errno ? strerror(errno) : "it was cut short");
		return false;
	}
	if (where->size) {
		bytes->len = where->size;
		bytes->ptr[bytes->len] = 0;
		*where = (gw_spilled){0};
		give_back(s, false);
	}
	return true;
}
