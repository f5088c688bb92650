/* shim.c - makes the system fail where a test says so. Loaded into the program by LD_PRELOAD.
 *
 * Every call that touches something under FAULT_ROOT (nothing, where that is not set) is counted, and written to FAULT_LOG where that is set
 * ("17 write /tmp/x/data/tasks.csv"). The call number FAULT_AT then fails, by FAULT_MODE:
 *
 *   once    with FAULT_ERRNO; a close is done all the same, as Linux does it
 *   on      and so does every later call that needs room on the disk: it is full
 *   kill    the program is killed just before the call
 *   short   does not fail: this call and all later ones read and write a part only, as they may
 *
 * Syncs are counted, but not done: what is on the disk is no matter here, only what the program believes. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_ulong calls;

enum { READS = 1, NEEDS_ROOM = 2 }; /* what a call is */

static int mode_is(const char *word)
{
	const char *mode = getenv("FAULT_MODE");
	return mode && strcmp(mode, word) == 0;
}

static int is_below(const char *path)
{
	const char *root = getenv("FAULT_ROOT");
	size_t n = root ? strlen(root) : 0;
	return n && strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

static int of_fd(int fd, char path[PATH_MAX])
{
	char link[64];
	path[0] = 0;
	if (!getenv("FAULT_ROOT"))
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = 0;
	return is_below(path);
}

/* Paths are absolute, or below a folder that is open. */
static int of_name(int dir, const char *name, char path[PATH_MAX])
{
	size_t n = 0;
	if (name[0] != '/' && dir != AT_FDCWD) {
		of_fd(dir, path);
		n = strlen(path);
		path[n++] = '/';
	}
	snprintf(path + n, PATH_MAX - n, "%s", name);
	return is_below(path);
}

static void log_call(unsigned long number, const char *call, const char *path)
{
	const char *log = getenv("FAULT_LOG");
	char line[PATH_MAX + 64];
	int fd = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
	if (fd < 0)
		return;
	int n = snprintf(line, sizeof line, "%lu %s %s\n", number, call, path);
	syscall(SYS_write, fd, line, (size_t)n);
	syscall(SYS_close, fd);
}

/* Counts the call; true when it has to fail, with errno set. */
static int fails(const char *call, const char *path, int kind)
{
	const char *at_text = getenv("FAULT_AT"), *error = getenv("FAULT_ERRNO");
	unsigned long number = atomic_fetch_add(&calls, 1) + 1, at = at_text ? strtoul(at_text, NULL, 10) : 0;
	log_call(number, call, path);
	if (!at || number < at || mode_is("short"))
		return 0;
	if (number == at && mode_is("kill"))
		syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
	int now = mode_is("on") ? (kind & NEEDS_ROOM) != 0 : number == at;
	if (now)
		errno = error ? atoi(error) : EIO;
	return now;
}

static int fd_fails(const char *call, int fd, int kind)
{
	char path[PATH_MAX];
	return of_fd(fd, path) && fails(call, path, kind);
}

static int name_fails(const char *call, int dir, const char *name, int kind)
{
	char path[PATH_MAX];
	return of_name(dir, name, path) && fails(call, path, kind);
}

/* Two names in one line, as a rename is. */
static int names_fail(const char *call, const char *from, const char *to)
{
	char both[2 * PATH_MAX];
	snprintf(both, sizeof both, "%s %s", from, to);
	return is_below(to) && fails(call, both, NEEDS_ROOM);
}

static size_t part(int fd, size_t n)
{
	char path[PATH_MAX];
	return n > 1 && mode_is("short") && of_fd(fd, path) ? (n + 1) / 2 : n;
}

#define NEXT(name) ((__typeof__(&name))(size_t)dlsym(RTLD_NEXT, #name))

/* ---- names ---- */

static int open_at(const char *call, int dir, const char *name, int flags, mode_t mode)
{
	if (name_fails(call, dir, name, flags & O_CREAT ? NEEDS_ROOM : 0))
		return -1;
	return (int)syscall(SYS_openat, dir, name, flags, mode);
}

#define MODE_OF(flags, mode) \
	mode_t mode = 0; \
	if (flags & O_CREAT) { \
		va_list ap; \
		va_start(ap, flags); \
		mode = va_arg(ap, mode_t); \
		va_end(ap); \
	}

int open(const char *name, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at("open", AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at("open", AT_FDCWD, name, flags, mode);
}

int openat(int dir, const char *name, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at("openat", dir, name, flags, mode);
}

int openat64(int dir, const char *name, int flags, ...)
{
	MODE_OF(flags, mode)
	return open_at("openat", dir, name, flags, mode);
}

DIR *opendir(const char *name)
{
	return name_fails("opendir", AT_FDCWD, name, 0) ? NULL : NEXT(opendir)(name);
}

int mkdir(const char *name, mode_t mode)
{
	return name_fails("mkdir", AT_FDCWD, name, NEEDS_ROOM) ? -1 : NEXT(mkdir)(name, mode);
}

int rmdir(const char *name)
{
	return name_fails("rmdir", AT_FDCWD, name, 0) ? -1 : NEXT(rmdir)(name);
}

int unlink(const char *name)
{
	return name_fails("unlink", AT_FDCWD, name, 0) ? -1 : NEXT(unlink)(name);
}

int unlinkat(int dir, const char *name, int flags)
{
	return name_fails("unlinkat", dir, name, 0) ? -1 : NEXT(unlinkat)(dir, name, flags);
}

ssize_t readlink(const char *name, char *to, size_t n)
{
	return name_fails("readlink", AT_FDCWD, name, 0) ? -1 : NEXT(readlink)(name, to, n);
}

int symlink(const char *target, const char *name)
{
	return name_fails("symlink", AT_FDCWD, name, NEEDS_ROOM) ? -1 : NEXT(symlink)(target, name);
}

int rename(const char *from, const char *to)
{
	return names_fail("rename", from, to) ? -1 : NEXT(rename)(from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return names_fail("rename", from, to) ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
	return names_fail("link", from, to) ? -1 : NEXT(link)(from, to);
}

/* ---- open files ---- */

ssize_t read(int fd, void *to, size_t n)
{
	return fd_fails("read", fd, READS) ? -1 : syscall(SYS_read, fd, to, part(fd, n));
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
	return fd_fails("pread", fd, READS) ? -1 : syscall(SYS_pread64, fd, to, part(fd, n), at);
}

ssize_t write(int fd, const void *from, size_t n)
{
	return fd_fails("write", fd, NEEDS_ROOM) ? -1 : syscall(SYS_write, fd, from, part(fd, n));
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
	return fd_fails("pwrite", fd, NEEDS_ROOM) ? -1 : syscall(SYS_pwrite64, fd, from, part(fd, n), at);
}

ssize_t writev(int fd, const struct iovec *v, int count)
{
	return fd_fails("writev", fd, NEEDS_ROOM) ? -1 : NEXT(writev)(fd, v, count);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n, unsigned flags)
{
	return fd_fails("copy_file_range", to, NEEDS_ROOM) ? -1 : NEXT(copy_file_range)(from, from_at, to, to_at, n, flags);
}

int ftruncate(int fd, off_t size)
{
	return fd_fails("ftruncate", fd, NEEDS_ROOM) ? -1 : NEXT(ftruncate)(fd, size);
}

int fsync(int fd)
{
	return fd_fails("fsync", fd, NEEDS_ROOM) ? -1 : 0;
}

int fdatasync(int fd)
{
	return fd_fails("fdatasync", fd, NEEDS_ROOM) ? -1 : 0;
}

int syncfs(int fd)
{
	return fd_fails("syncfs", fd, NEEDS_ROOM) ? -1 : 0;
}

int close(int fd)
{
	int failed = fd_fails("close", fd, 0), error = errno;
	int closed = (int)syscall(SYS_close, fd);
	errno = failed ? error : errno;
	return failed ? -1 : closed;
}
