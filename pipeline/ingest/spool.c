/* The spool: what came out of archives, back to back in a temporary file without a name. Nothing in it outlives the
 * program, however that ends, and no name from an archive ever reaches the file system. */
#include "inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int file_without_name(void)
{
	const char *folder = getenv("TMPDIR");
	if (!folder || !*folder)
		folder = "/tmp";
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* file systems that know no O_TMPFILE */
	char *name;
	if (asprintf(&name, "%s/gongwen-XXXXXX", folder) < 0)
		return -1;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}

gw_spool *gw_spool_open(void)
{
	gw_spool *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->fd = file_without_name();
	s->error = s->fd < 0 ? errno : 0;
	return s;
}

void gw_spool_close(gw_spool *s)
{
	if (s && s->fd >= 0)
		close(s->fd);
	free(s);
}

bool gw_spool_add(gw_spool *s, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n && !s->error) {
		ssize_t did = pwrite(s->fd, p, n, (off_t)s->used);
		if (did < 0 && errno != EINTR)
			s->error = errno;
		if (did <= 0)
			continue;
		p += did;
		n -= (size_t)did;
		s->used += (uint64_t)did;
	}
	return !s->error;
}

size_t gw_spool_read(const gw_spool *s, uint64_t offset, void *to, size_t n)
{
	size_t have = 0;
	while (have < n) {
		ssize_t did = pread(s->fd, (char *)to + have, n - have, (off_t)(offset + have));
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			break;
		have += (size_t)did;
	}
	return have;
}

gw_status gw_spool_load(const gw_input *in, gw_loaded *out, gw_diag *diag)
{
	gw_place at = {.path = in->opened_as ? in->opened_as : in->source_path};
	char *bytes = malloc((size_t)in->size + 1);
	*out = (gw_loaded){.bytes = ""};
	if (!bytes || gw_spool_read(in->spool, in->offset, bytes, (size_t)in->size) != in->size) {
		free(bytes);
		return gw_report(diag, GW_E_INPUT_READ, &at, "cannot be read back from the temporary file");
	}
	bytes[in->size] = 0;
	*out = (gw_loaded){.bytes = bytes, .len = (size_t)in->size, .handle = bytes};
	return GW_OK;
}
