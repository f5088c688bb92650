/* The bytes of row files: mapped, or unpacked into a spool and mapped from there. */
#include "row_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { MAP_FROM = 1 << 20, STEP = 256 * 1024 };

static gw_status trouble(gw_diag *diag, const char *path, const char *what, const char *why)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_ROWS_FILE, &at, "%s: %s", what, why);
}

/* ---- the spool ---- */

void gw_row_spool_init(gw_row_spool *s)
{
	*s = (gw_row_spool){.fd = -1};
}

/* A file without a name: it goes when it is closed, whatever becomes of us. */
static bool spool_open(gw_row_spool *s)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	if (s->fd >= 0)
		return true;
	if (snprintf(path, sizeof path, "%s/gongwen-rows-XXXXXX", folder && *folder ? folder : "/tmp") >= (int)sizeof path)
		return false;
	s->fd = mkostemp(path, O_CLOEXEC);
	if (s->fd >= 0)
		unlink(path);
	return s->fd >= 0;
}

static bool spool_add(gw_row_spool *s, const char *bytes, size_t n)
{
	while (n) {
		ssize_t did = write(s->fd, bytes, n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return false;
		bytes += did;
		n -= (size_t)did;
		s->len += (uint64_t)did;
	}
	return true;
}

/* zlib reads what is not packed as it is, so a file or standard input may be either. */
static gw_status unpack(gzFile from, gw_row_spool *s, const char *path, gw_diag *diag)
{
	char *room = malloc(STEP);
	gw_status status = GW_OK;
	gzbuffer(from, STEP);
	for (;;) {
		int n = room ? gzread(from, room, STEP) : -1, error;
		if (n < 0)
			status = trouble(diag, path, "cannot be unpacked", gzerror(from, &error));
		if (n <= 0)
			break;
		if (!spool_add(s, room, (size_t)n)) {
			status = trouble(diag, path, "cannot be unpacked into the folder for temporary files", strerror(errno));
			break;
		}
	}
	/* At the end of a file cut short, gzread says nothing; gzclose_r does. */
	if (gzclose_r(from) != Z_OK && status == GW_OK)
		status = trouble(diag, path, "cannot be unpacked", "the file ends too early");
	free(room);
	return status;
}

/* Takes the descriptor. */
static gw_status to_spool(gw_row_spool *s, int fd, const char *path, gw_row_file *out, gw_diag *diag)
{
	if (!spool_open(s)) {
		close(fd);
		return trouble(diag, path, "cannot be unpacked into the folder for temporary files", strerror(errno));
	}
	gzFile from = gzdopen(fd, "rb");
	if (!from) {
		close(fd);
		return trouble(diag, path, "cannot be opened", strerror(errno));
	}
	out->at = s->len;
	gw_status status = unpack(from, s, path, diag);
	out->len = (size_t)(s->len - out->at);
	return status;
}

gw_status gw_row_spool_map(gw_row_spool *s, gw_row_file *files, uint32_t count, gw_diag *diag)
{
	if (s->len) {
		void *p = mmap(NULL, (size_t)s->len, PROT_READ, MAP_PRIVATE, s->fd, 0);
		if (p == MAP_FAILED)
			return gw_report(diag, GW_E_ROWS_FILE, NULL, "the unpacked rows cannot be mapped: %s", strerror(errno));
		s->map = p;
	}
	for (uint32_t i = 0; i < count; i++)
		if (!files[i].mapped && files[i].len)
			files[i].bytes = s->map + files[i].at;
	return GW_OK;
}

static void *map_of(const gw_row_file *f)
{
	union { const char *read; void *map; } bytes = {f->bytes};
	return bytes.map;
}

void gw_row_spool_forget(const gw_row_spool *s, const gw_row_file *files, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (files[i].mapped)
			madvise(map_of(&files[i]), files[i].len, MADV_DONTNEED);
	if (s->map)
		madvise(s->map, (size_t)s->len, MADV_DONTNEED);
}

void gw_row_spool_release(gw_row_spool *s, gw_row_file *files, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (files[i].mapped)
			munmap(map_of(&files[i]), files[i].len);
	if (s->map)
		munmap(s->map, (size_t)s->len);
	if (s->fd >= 0)
		close(s->fd);
	gw_row_spool_init(s);
}

/* ---- files ---- */

static bool ends_in_gz(const char *path)
{
	size_t n = strlen(path);
	return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static bool packed(int fd)
{
	unsigned char head[2];
	return pread(fd, head, 2, 0) == 2 && head[0] == 0x1f && head[1] == 0x8b;
}

static bool map_alone(int fd, const struct stat *st, gw_row_file *out)
{
	if (!S_ISREG(st->st_mode) || st->st_size < MAP_FROM || packed(fd))
		return false;
	void *p = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) /* too many mappings: the spool takes it */
		return false;
	out->bytes = p;
	out->len = (size_t)st->st_size;
	out->mapped = true;
	return true;
}

static gw_status load_fd(gw_row_spool *s, int fd, const char *path, gw_row_file *out, gw_diag *diag)
{
	struct stat st;
	gw_status status = GW_OK;
	if (fstat(fd, &st) != 0)
		status = trouble(diag, path, "cannot be read", strerror(errno));
	else if (S_ISDIR(st.st_mode))
		status = trouble(diag, path, "cannot be read", strerror(EISDIR));
	else if (S_ISREG(st.st_mode) && ends_in_gz(path) && !packed(fd))
		status = trouble(diag, path, "is no gzip file", st.st_size < 2 ? "it ends too early" : "it begins otherwise");
	else if (!map_alone(fd, &st, out))
		return to_spool(s, fd, path, out, diag);
	close(fd);
	return status;
}

gw_status gw_row_file_load(gw_row_spool *s, const char *path, gw_row_file *out, gw_diag *diag)
{
	bool standard_input = strcmp(path, "-") == 0;
	*out = (gw_row_file){.path = standard_input ? "standard input" : path, .bytes = ""};
	int fd = standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return trouble(diag, out->path, "cannot be opened", strerror(errno));
	gw_status status = load_fd(s, fd, out->path, out, diag);
	if (status != GW_OK && !out->mapped)
		out->len = 0;
	return status;
}
