/* gw/file.h - files: reading whole, writing so that nothing half-written is ever visible, locks.
 * All paths are bytes, '/' parts them. Errors are reported with the path and the system's word for it. */
#ifndef GW_FILE_H
#define GW_FILE_H

#include "gw/diag.h"

/* Reads a whole file into memory (mmap where it can be, else read). Release with gw_file_unload. */
typedef struct gw_loaded {
	const char *bytes;
	size_t len;
	bool mapped;
	void *handle;
} gw_loaded;
gw_status gw_file_load(const char *path, uint64_t max_bytes, gw_loaded *out, gw_diag *diag);
/* The same for files that are no inputs: whatever goes wrong is told with this code. */
gw_status gw_file_load_as(gw_code code, const char *path, uint64_t max_bytes, gw_loaded *out, gw_diag *diag);
/* Maps a regular file of any size: for those of our own, which nobody cuts short meanwhile. */
gw_status gw_file_map(const char *path, gw_loaded *out, gw_diag *diag);
void gw_file_unload(gw_loaded *f);

gw_status gw_dir_make(const char *path, gw_diag *diag); /* like mkdir -p, mode 0777 less the umask */
gw_status gw_dir_remove(const char *path, gw_diag *diag); /* with all below it; does not follow links */
gw_status gw_dir_sync(const char *path, gw_diag *diag);
bool gw_path_exists(const char *path);
bool gw_path_is_dir(const char *path);
bool gw_file_size(const char *path, uint64_t *size); /* false for what is no regular file */
char *gw_path_join(gw_arena *a, const char *dir, const char *name);
const char *gw_path_base(const char *path); /* points behind the last '/' */
char *gw_path_dir(gw_arena *a, const char *path); /* "." where there is none */
bool gw_glob_match(const char *pattern, const char *path); /* * and ? within a part, ** over parts */

/* A buffered writer that counts and hashes what passes through it. Every byte of a snapshot goes through one.
 * The first failure is kept and reported once; later writes do nothing; close returns it. */
typedef struct gw_writer gw_writer;
gw_writer *gw_writer_open(const char *path, gw_diag *diag); /* creates or truncates; NULL after a report */
void gw_writer_put(gw_writer *w, const void *bytes, size_t n);
bool gw_writer_ok(const gw_writer *w);
void gw_writer_digest(gw_writer *w, char sha256[65]); /* of what was put so far */
/* fsync, close, free. size and sha256 may be NULL. */
gw_status gw_writer_close(gw_writer *w, bool sync, uint64_t *size, char sha256[65]);

/* Creates a whole file below the open folder `at` (`folder` is its name, for messages). One that is there already is an
 * error unless `shared` says that it holds the same. Not synced. */
gw_status gw_file_create(int at, const char *folder, const char *path, const void *bytes, size_t n, bool shared, gw_diag *diag);
/* Replaces a small file in one step: written beside it as .tmp-…, fsync, rename, fsync of the folder. */
gw_status gw_file_replace(const char *path, const void *bytes, size_t n, gw_diag *diag);
/* The same for a file that is written piece by piece into `w`. */
typedef struct gw_replacement {
	gw_writer *w;
	gw_arena arena; /* inside */
	const char *path, *tmp;
} gw_replacement;
bool gw_replacement_open(gw_replacement *r, const char *path, gw_diag *diag); /* false after a report: nothing is to be closed */
gw_status gw_replacement_close(gw_replacement *r, gw_diag *diag);
/* Renames within a file system, and brings the name to disk. */
gw_status gw_file_move(const char *from, const char *path, gw_diag *diag);
/* Points a symbolic link at target in one step. */
gw_status gw_link_replace(const char *path, const char *target, gw_diag *diag);

/* flock on an open file. Returns the descriptor, -1 when it cannot be opened (reported), -2 when another holds it. */
int gw_lock_take(const char *path, bool shared, gw_diag *diag);
/* The same on a folder itself, for those who read it and those who would remove it. -1 without a report where it is not
 * there. Where the file system knows no such locks the folder is opened all the same. */
int gw_dir_lock(const char *path, bool shared);
void gw_lock_drop(int fd);

/* All n bytes from `at` on, or false with errno, 0 where the file ends before; the place in the file does not move. */
bool gw_read_at(int fd, void *to, size_t n, uint64_t at);
bool gw_write_at(int fd, const void *from, size_t n, uint64_t at);

#endif
