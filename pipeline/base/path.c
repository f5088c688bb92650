/* Paths and folders: joining, matching, making, removing. */
#include "gw/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static gw_status trouble(gw_diag *diag, gw_code code, const char *path, const char *what, int error)
{
	gw_place at = {.path = path};
	return gw_report(diag, code, &at, "%s: %s", what, strerror(error));
}

bool gw_path_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool gw_path_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool gw_file_size(const char *path, uint64_t *size)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*size = (uint64_t)st.st_size;
	return true;
}

char *gw_path_join(gw_arena *a, const char *dir, const char *name)
{
	size_t n = dir ? strlen(dir) : 0;
	if (n == 0 || name[0] == '/' || strcmp(dir, ".") == 0)
		return gw_arena_printf(a, "%s", name);
	return gw_arena_printf(a, "%s%s%s", dir, dir[n - 1] == '/' ? "" : "/", name);
}

const char *gw_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

char *gw_path_dir(gw_arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return gw_arena_printf(a, ".");
	while (slash > path && slash[-1] == '/')
		slash--;
	return gw_arena_printf(a, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Two places to go back to are enough, one for the last * and one for the last **: a later star can take over
 * whatever an earlier one could, so the time is the product of the two lengths at worst. */
bool gw_glob_match(const char *pat, const char *path)
{
	const char *one_pat = NULL, *one_at = NULL, *all_pat = NULL, *all_at = NULL;
	bool by_part = false;
	while (*path) {
		if (pat[0] == '*' && pat[1] == '*') {
			pat += 2;
			if (!*pat)
				return true;
			by_part = *pat == '/'; /* the parts before it may be none */
			pat += by_part;
			one_pat = NULL;
			all_pat = pat;
			all_at = path;
			continue;
		}
		if (*pat == '*') {
			one_pat = ++pat;
			one_at = path;
			continue;
		}
		if (*pat == '?' && *path != '/') {
			pat++;
			do
				path++;
			while (((unsigned char)*path & 0xC0) == 0x80);
			continue;
		}
		if (*pat == *path) {
			pat++;
			path++;
			continue;
		}
		if (one_pat && *one_at != '/') {
			path = ++one_at;
			pat = one_pat;
			continue;
		}
		if (!all_pat)
			return false;
		one_pat = NULL;
		while (by_part && *all_at && *all_at != '/')
			all_at++;
		if (!*all_at)
			return false;
		path = ++all_at;
		pat = all_pat;
	}
	while (*pat == '*')
		pat++;
	return !*pat;
}

gw_status gw_dir_make(const char *path, gw_diag *diag)
{
	gw_buf part;
	gw_buf_init(&part);
	gw_status status = GW_OK;
	for (const char *p = path; status == GW_OK && *p;) {
		const char *end = strchr(p, '/');
		end = end ? end + 1 : p + strlen(p);
		gw_buf_add(&part, p, (size_t)(end - p));
		p = end;
		/* Another run may make it in the same moment, so ask first and look afterwards. */
		int error = mkdir(part.ptr, 0777) == 0 ? 0 : errno;
		if (error && !gw_path_is_dir(part.ptr))
			status = trouble(diag, GW_E_OUTPUT_DIR, part.ptr, "the folder cannot be made", error);
	}
	gw_buf_release(&part);
	return status;
}

static int remove_below(int dir_fd, const char *name);

static int remove_entries(int fd)
{
	DIR *dir = fdopendir(fd);
	if (!dir) {
		int error = errno;
		close(fd);
		return error;
	}
	int error = 0;
	for (struct dirent *e; !error && (e = readdir(dir)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			error = remove_below(dirfd(dir), e->d_name);
	closedir(dir);
	return error;
}

/* By descriptors, so that a folder swapped for a link on the way leads nowhere else. */
static int remove_below(int dir_fd, const char *name)
{
	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return errno;
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno;
	int error = remove_entries(fd);
	if (!error && unlinkat(dir_fd, name, AT_REMOVEDIR) != 0)
		error = errno;
	return error;
}

gw_status gw_dir_remove(const char *path, gw_diag *diag)
{
	int error = remove_below(AT_FDCWD, path);
	return error ? trouble(diag, GW_E_OUTPUT_DIR, path, "the folder cannot be removed", error) : GW_OK;
}

gw_status gw_dir_sync(const char *path, gw_diag *diag)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return trouble(diag, GW_E_OUTPUT_DIR, path, "the folder cannot be opened", errno);
	/* Some file systems cannot sync a folder; they say EINVAL and need no sync. */
	int error = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
	close(fd);
	return error ? trouble(diag, GW_E_OUTPUT_WRITE, path, "the folder cannot be synced", error) : GW_OK;
}
