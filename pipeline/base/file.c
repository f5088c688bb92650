/* Files: reading whole, the hashing writer, replacing in one step, locks. */
#include "gw/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Smaller files are read: a mapping costs page faults, and a file that somebody cuts short while it is mapped would end the
 * program by a signal. Only row files come so large that a copy hurts more. */
enum { MAP_FROM = 64 << 20, WRITER_ROOM = 128 * 1024, PUSH = 16 << 20 };

static gw_status trouble(gw_diag *diag, gw_code code, const char *path, const char *what, int error)
{
	gw_place at = {.path = path};
	return gw_report(diag, code, &at, "%s: %s", what, strerror(error));
}

/* ---- reading ---- */

static gw_status too_large(gw_diag *diag, const char *path, uint64_t max_bytes)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_E_INPUT_SIZE, &at, "the file is larger than the limit of %llu bytes",
		(unsigned long long)max_bytes);
}

/* Pipes have no size and files may grow while they are read: the limit is held on the way, not before. */
static gw_status read_all(int fd, const char *path, size_t expected, uint64_t max_bytes, gw_loaded *out, gw_diag *diag)
{
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_reserve(&b, expected + 1);
	for (;;) {
		size_t room = b.cap - b.len - 1;
		if (room == 0) {
			gw_buf_reserve(&b, 64 * 1024);
			continue;
		}
		ssize_t n = read(fd, b.ptr + b.len, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			break;
		if (n > 0)
			b.len += (size_t)n;
		if (n > 0 && b.len <= max_bytes)
			continue;
		gw_status s = n < 0 ? trouble(diag, GW_E_INPUT_READ, path, "cannot be read", errno)
				    : too_large(diag, path, max_bytes);
		gw_buf_release(&b);
		return s;
	}
	b.ptr[b.len] = 0;
	*out = (gw_loaded){.bytes = b.ptr, .len = b.len, .handle = b.ptr};
	return GW_OK;
}

static gw_status load_fd(int fd, const char *path, uint64_t max_bytes, gw_loaded *out, gw_diag *diag)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return trouble(diag, GW_E_INPUT_READ, path, "cannot be read", errno);
	if (S_ISDIR(st.st_mode))
		return trouble(diag, GW_E_INPUT_READ, path, "cannot be read", EISDIR);
	uint64_t size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	if (size > max_bytes)
		return too_large(diag, path, max_bytes);
	if (size >= MAP_FROM) {
		void *p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED) {
			*out = (gw_loaded){.bytes = p, .len = (size_t)size, .mapped = true, .handle = p};
			return GW_OK;
		}
	}
	return read_all(fd, path, (size_t)size, max_bytes, out, diag);
}

gw_status gw_file_load(const char *path, uint64_t max_bytes, gw_loaded *out, gw_diag *diag)
{
	*out = (gw_loaded){.bytes = ""};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return trouble(diag, errno == ENOENT ? GW_E_INPUT_MISSING : GW_E_INPUT_READ, path, "cannot be opened", errno);
	gw_status s = load_fd(fd, path, max_bytes, out, diag);
	close(fd);
	return s;
}

gw_status gw_file_map(const char *path, gw_loaded *out, gw_diag *diag)
{
	struct stat st;
	*out = (gw_loaded){.bytes = ""};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool opened = fd >= 0 && fstat(fd, &st) == 0;
	void *p = opened && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	gw_status s = !opened || p == MAP_FAILED ? trouble(diag, GW_E_INPUT_READ, path, "cannot be read", errno) : GW_OK;
	if (s == GW_OK && p)
		*out = (gw_loaded){.bytes = p, .len = (size_t)st.st_size, .mapped = true, .handle = p};
	if (fd >= 0)
		close(fd);
	return s;
}

gw_status gw_file_load_as(gw_code code, const char *path, uint64_t max_bytes, gw_loaded *out, gw_diag *diag)
{
	gw_diag inner;
	gw_diag_init(&inner);
	gw_status s = gw_file_load(path, max_bytes, out, &inner);
	if (s > GW_WARN) {
		gw_place at = {.path = path};
		s = gw_report(diag, code, &at, "%s", inner.problems.count ? inner.problems.items[0].message : "cannot be read");
	}
	gw_diag_release(&inner);
	return s;
}

void gw_file_unload(gw_loaded *f)
{
	if (f->mapped)
		munmap(f->handle, f->len);
	else
		free(f->handle);
	*f = (gw_loaded){.bytes = ""};
}

/* ---- writing ---- */

struct gw_writer {
	int fd;
	gw_diag *diag;
	char *path;
	gw_sha256 hash;
	uint64_t size, written, pushed;
	size_t used;
	gw_status status;
	char room[WRITER_ROOM];
};

static void writer_fail(gw_writer *w, int error)
{
	if (w->status == GW_OK)
		w->status = trouble(w->diag, GW_E_OUTPUT_WRITE, w->path, "cannot be written", error);
}

gw_writer *gw_writer_open(const char *path, gw_diag *diag)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		trouble(diag, GW_E_OUTPUT_WRITE, path, "cannot be made", errno);
		return NULL;
	}
	gw_writer *w = malloc(sizeof *w);
	char *copy = strdup(path);
	if (!w || !copy) {
		fputs("gongwen: out of memory (a file to be written)\n", stderr);
		exit(1);
	}
	w->fd = fd;
	w->diag = diag;
	w->path = copy;
	w->size = w->written = w->pushed = 0;
	w->used = 0;
	w->status = GW_OK;
	gw_sha256_init(&w->hash);
	return w;
}

/* 0, or the error. */
static int write_bytes(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t did = write(fd, bytes, n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return errno;
		bytes += did;
		n -= (size_t)did;
	}
	return 0;
}

static void write_all(gw_writer *w, const char *bytes, size_t n)
{
	int error = w->status == GW_OK ? write_bytes(w->fd, bytes, n) : 0;
	if (error)
		writer_fail(w, error);
	w->written += n;
	/* Advice to begin with the disk now: what comes later need not wait for so much. */
	if (w->written - w->pushed >= PUSH) {
		sync_file_range(w->fd, (off_t)w->pushed, (off_t)(w->written - w->pushed), SYNC_FILE_RANGE_WRITE);
		w->pushed = w->written;
	}
}

static void writer_flush(gw_writer *w)
{
	gw_sha256_add(&w->hash, w->room, w->used);
	write_all(w, w->room, w->used);
	w->used = 0;
}

void gw_writer_put(gw_writer *w, const void *bytes, size_t n)
{
	if (w->status != GW_OK)
		return;
	w->size += n;
	if (n > WRITER_ROOM - w->used)
		writer_flush(w);
	if (n > WRITER_ROOM) {
		gw_sha256_add(&w->hash, bytes, n);
		write_all(w, bytes, n);
		return;
	}
	if (n)
		memcpy(w->room + w->used, bytes, n);
	w->used += n;
}

bool gw_writer_ok(const gw_writer *w)
{
	return w->status == GW_OK;
}

void gw_writer_digest(gw_writer *w, char sha256[65])
{
	writer_flush(w);
	gw_sha256_peek(&w->hash, sha256);
}

gw_status gw_writer_close(gw_writer *w, bool sync, uint64_t *size, char sha256[65])
{
	char hex[65];
	writer_flush(w);
	if (w->status == GW_OK && sync && fsync(w->fd) != 0)
		writer_fail(w, errno);
	/* Network file systems tell of a full disk only here. */
	if (close(w->fd) != 0)
		writer_fail(w, errno);
	gw_sha256_hex(&w->hash, hex);
	if (sha256)
		memcpy(sha256, hex, sizeof hex);
	if (size)
		*size = w->size;
	gw_status status = w->status;
	free(w->path);
	free(w);
	return status;
}

gw_status gw_file_create(int at, const char *folder, const char *path, const void *bytes, size_t n, bool shared, gw_diag *diag)
{
	int fd = openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), error = errno;
	if (fd < 0 && error == EEXIST && shared)
		return GW_OK;
	const char *what = fd < 0 ? "cannot be made" : "cannot be written";
	if (fd >= 0) {
		error = write_bytes(fd, bytes, n);
		if (close(fd) != 0 && !error)
			error = errno;
	}
	if (!error)
		return GW_OK;
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = trouble(diag, GW_E_OUTPUT_WRITE, gw_path_join(&a, folder, path), what, error);
	gw_arena_release(&a);
	return s;
}

/* A name in the same folder, so that the rename stays within one file system. */
static char *beside(gw_arena *a, const char *path)
{
	char *name = gw_arena_printf(a, ".tmp-%s-%ld", gw_path_base(path), (long)getpid());
	return gw_path_join(a, gw_path_dir(a, path), name);
}

static gw_status move_into_place(const char *from, const char *path, gw_arena *a, gw_diag *diag)
{
	if (rename(from, path) != 0)
		return trouble(diag, GW_E_OUTPUT_WRITE, path, "cannot be replaced", errno);
	return gw_dir_sync(gw_path_dir(a, path), diag);
}

gw_status gw_file_move(const char *from, const char *path, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_status s = move_into_place(from, path, &a, diag);
	gw_arena_release(&a);
	return s;
}

bool gw_replacement_open(gw_replacement *r, const char *path, gw_diag *diag)
{
	gw_arena_init(&r->arena);
	r->path = path;
	r->tmp = beside(&r->arena, path);
	r->w = gw_writer_open(r->tmp, diag);
	if (!r->w)
		gw_arena_release(&r->arena);
	return r->w != NULL;
}

gw_status gw_replacement_close(gw_replacement *r, gw_diag *diag)
{
	gw_status s = gw_writer_close(r->w, true, NULL, NULL);
	if (s == GW_OK)
		s = move_into_place(r->tmp, r->path, &r->arena, diag);
	if (s != GW_OK)
		unlink(r->tmp);
	gw_arena_release(&r->arena);
	return s;
}

gw_status gw_file_replace(const char *path, const void *bytes, size_t n, gw_diag *diag)
{
	gw_replacement r;
	if (!gw_replacement_open(&r, path, diag))
		return GW_FAILED;
	gw_writer_put(r.w, bytes, n);
	return gw_replacement_close(&r, diag);
}

gw_status gw_link_replace(const char *path, const char *target, gw_diag *diag)
{
	gw_arena a;
	gw_arena_init(&a);
	char *tmp = beside(&a, path);
	gw_status s;
	unlink(tmp); /* of a killed run that had our number */
	if (symlink(target, tmp) != 0)
		s = trouble(diag, GW_E_OUTPUT_WRITE, tmp, "the link cannot be made", errno);
	else
		s = move_into_place(tmp, path, &a, diag);
	if (s != GW_OK)
		unlink(tmp);
	gw_arena_release(&a);
	return s;
}

/* ---- locks ---- */

static int lock_now(int fd, bool shared)
{
	int failed;
	do
		failed = flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB);
	while (failed && errno == EINTR);
	return failed ? errno : 0;
}

int gw_dir_lock(const char *path, bool shared)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || lock_now(fd, shared) != EWOULDBLOCK)
		return fd < 0 ? -1 : fd;
	close(fd);
	return -2;
}

int gw_lock_take(const char *path, bool shared, gw_diag *diag)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	/* Readers may stand before a folder that they may not write. */
	if (fd < 0 && shared)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		trouble(diag, GW_E_OUTPUT_DIR, path, "the lock file cannot be opened", errno);
		return -1;
	}
	int error = lock_now(fd, shared);
	if (!error)
		return fd;
	close(fd);
	if (error == EWOULDBLOCK)
		return -2;
	trouble(diag, GW_E_OUTPUT_DIR, path, "the lock cannot be taken", error);
	return -1;
}

void gw_lock_drop(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool gw_read_at(int fd, void *to, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t did = pread(fd, (char *)to + done, n - done, (off_t)(at + done));
		if (did < 0 && errno == EINTR)
			continue;
		if (did == 0)
			errno = 0;
		if (did <= 0)
			return false;
		done += (size_t)did;
	}
	return true;
}

bool gw_write_at(int fd, const void *from, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t did = pwrite(fd, (const char *)from + done, n - done, (off_t)(at + done));
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return false;
		done += (size_t)did;
	}
	return true;
}
