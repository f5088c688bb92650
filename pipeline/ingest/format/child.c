/* Programs that read what libraries in this process should not: each gets its input as a file without a name, a pipe to
 * answer into, limits of time, memory and output, and is killed with all its children when it goes beyond them. */
#include "format.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *gw_program_find(gw_arena *a, const char *name)
{
	const char *p = getenv("PATH");
	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? gw_arena_str(a, gw_str_of(name)).ptr : NULL;
	while (p && *p) {
		size_t n = strcspn(p, ":");
		const char *path = gw_arena_printf(a, "%.*s/%s", (int)n, p, name);
		if (n && access(path, X_OK) == 0 && !gw_path_is_dir(path))
			return path;
		p += n + (p[n] == ':');
	}
	return NULL;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The input as a file that can be sought in, as readers of PDF do. */
static int input_file(const char *bytes, size_t n)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	while (n && fd >= 0) {
		ssize_t did = write(fd, bytes, n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0) {
			close(fd);
			return -1;
		}
		bytes += did;
		n -= (size_t)did;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static void limit(int what, int64_t most)
{
	struct rlimit r = {(rlim_t)most, (rlim_t)most};
	setrlimit((__rlimit_resource_t)what, &r);
}

/* In the child, between fork and exec: only what is safe there. */
static void child_become(const gw_child *c, int in, int out)
{
	static const char *const environment[] = {
	        "LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", NULL};
	setpgid(0, 0);
	int null = open("/dev/null", O_WRONLY);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	limit(RLIMIT_CPU, c->seconds);
	limit(RLIMIT_AS, c->memory);
	limit(RLIMIT_FSIZE, c->max_output);
	limit(RLIMIT_CORE, 0);
	execve(c->argv[0], (char *const *)(uintptr_t)c->argv, (char *const *)(uintptr_t)environment);
	_exit(127);
}

/* Reads until the end, the deadline or too much. */
static gw_child_end collect(const gw_child *c, int fd, int64_t deadline, gw_buf *out)
{
	size_t begin = out->len;
	for (;;) {
		int64_t left = deadline - now_ms();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (left <= 0)
			return GW_CHILD_TOO_LONG;
		int ready = poll(&p, 1, left > 1000 ? 1000 : (int)left);
		if (ready <= 0)
			continue;
		ssize_t n = read(fd, gw_buf_reserve(out, 65536), 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return GW_CHILD_DONE;
		out->len += (size_t)n;
		out->ptr[out->len] = 0;
		if (out->len - begin > (size_t)c->max_output)
			return GW_CHILD_TOO_MUCH;
	}
}

/* A program that has closed its output may still not end. */
static gw_child_end end_await(pid_t pid, int64_t deadline, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid)
			return WIFEXITED(*status) && WEXITSTATUS(*status) == 0 ? GW_CHILD_DONE : GW_CHILD_FAILED;
		if (got < 0 && errno != EINTR)
			return GW_CHILD_FAILED;
		if (now_ms() >= deadline)
			return GW_CHILD_TOO_LONG;
		poll(NULL, 0, 5);
	}
}

gw_child_end gw_child_run(const gw_child *c, gw_buf *out, int *status)
{
	int ends[2], in = input_file(c->bytes, c->len);
	*status = 0;
	if (in < 0 || pipe2(ends, O_CLOEXEC) != 0) {
		if (in >= 0)
			close(in);
		return GW_CHILD_NO_START;
	}
	int64_t deadline = now_ms() + c->seconds * 1000;
	pid_t pid = fork();
	if (pid == 0)
		child_become(c, in, ends[1]);
	close(in);
	close(ends[1]);
	gw_child_end end = pid < 0 ? GW_CHILD_NO_START : collect(c, ends[0], deadline, out);
	close(ends[0]);
	if (end == GW_CHILD_DONE)
		end = end_await(pid, deadline, status);
	if (end == GW_CHILD_TOO_LONG || end == GW_CHILD_TOO_MUCH) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		while (waitpid(pid, status, 0) < 0 && errno == EINTR)
			;
	}
	if (end == GW_CHILD_FAILED && WIFEXITED(*status) && WEXITSTATUS(*status) == 127)
		return GW_CHILD_NO_START;
	if (end == GW_CHILD_FAILED && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXCPU)
		return GW_CHILD_TOO_LONG;
	return end;
}
