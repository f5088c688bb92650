/* Copying from the latest snapshot: neighbours in one go, several files at a time; files of documents become hard links.
 *
 * Only what the state vouches for is taken: every byte is read once and held against its CRC-32 on the way, that of
 * linked files when the archive is made. So a snapshot that somebody has touched is never copied on. */
#include "../snapshot/publisher.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* PART: sources that are copied together. */
enum { STEP = 256 * 1024, LINKS_A_PIECE = 64, PART = 1024 };

/* Below this a thread costs more than it spares. */
static const uint64_t alone_below = 1 << 20;

static bool is_text(const char *path)
{
	return strncmp(path, GW_TEXT_FOLDER, sizeof GW_TEXT_FOLDER - 1) == 0;
}

typedef struct crew {
	gw_publisher *p;
	gw_arena arena;        /* of the sources at hand */
	gw_known *sources;     /* neighbours */
	uint32_t count;
	GW_LIST(const gw_state_file *) links;
	atomic_uint next;      /* job: files of tables first, then links by the handful */
	uint32_t jobs;
	atomic_bool failed;
	pthread_mutex_t lock;
	const char *what;      /* under the lock: the file that is not what the state says */
	int error;             /* under the lock: writing failed */
} crew;

static bool give_up(crew *c, const char *what, int error)
{
	pthread_mutex_lock(&c->lock);
	if (!c->what) {
		c->what = what;
		c->error = error;
	}
	pthread_mutex_unlock(&c->lock);
	atomic_store(&c->failed, true);
	return false;
}

/* Holds what was read against the checksums of the sources that it belongs to. */
typedef struct checker {
	const gw_known *at, *end;
	uint32_t file, crc;
	uint64_t left; /* of the source at hand */
} checker;

static bool check(checker *c, const char *bytes, size_t n)
{
	while (n || (c->at < c->end && !c->left)) {
		size_t piece = n < c->left ? n : (size_t)c->left;
		c->crc = libdeflate_crc32(c->crc, bytes, piece);
		bytes += piece;
		n -= piece;
		c->left -= piece;
		if (c->left)
			return true;
		if (c->crc != c->at->stretches[c->file].crc)
			return false;
		c->crc = 0;
		if (++c->at == c->end)
			return n == 0;
		c->left = c->at->stretches[c->file].size;
	}
	return true;
}

static bool stretch_copy(crew *c, int fd, gw_writer *w, uint32_t file)
{
	const gw_known *first = c->sources, *last = first + c->count - 1;
	uint64_t at = first->stretches[file].begin, end = last->stretches[file].begin + last->stretches[file].size;
	checker sums = {first, first + c->count, file, 0, first->stretches[file].size};
	char *room = malloc(STEP);
	bool good = room != NULL;
	while (good && at < end && !atomic_load(&c->failed)) {
		size_t n = end - at < STEP ? (size_t)(end - at) : STEP;
		good = gw_read_at(fd, room, n, at) && check(&sums, room, n);
		if (good)
			gw_writer_put(w, room, n);
		at += n;
	}
	free(room);
	return good;
}

static bool table_copy(crew *c, gw_form form, gw_table_id id)
{
	gw_arena a;
	gw_writer *w = gw_table_writer(&c->p->tables[id], form);
	if (!w || id == GW_T_ORGANIZATIONS)
		return true;
	gw_arena_init(&a);
	const char *path = gw_table_path(&a, form, id);
	int fd = openat(c->p->keep.from_folder, path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && stretch_copy(c, fd, w, gw_state_place(form, id));
	if (fd >= 0)
		close(fd);
	gw_arena_release(&a);
	return good ? gw_writer_ok(w) : give_up(c, gw_table_names[id], 0);
}

/* Where the file system knows no links, or has no more of them, the bytes are written: they are at hand. */
static bool bytes_write(int folder, const char *path, const char *bytes, size_t n)
{
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool good = fd >= 0;
	for (size_t done = 0; good && done < n;) {
		ssize_t did = write(fd, bytes + done, n - done);
		good = did >= 0 || errno == EINTR;
		done += did > 0 ? (size_t)did : 0;
	}
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good;
}

/* The bytes of a file of the latest snapshot, if they are what its state says. */
static bool file_read(const crew *c, const gw_state_file *f, gw_buf *room)
{
	struct stat st;
	int fd = openat(c->p->keep.from_folder, f->path, O_RDONLY | O_CLOEXEC);
	gw_buf_clear(room);
	bool good = fd >= 0 && fstat(fd, &st) == 0 && (uint64_t)st.st_size == f->size &&
		    gw_read_at(fd, gw_buf_reserve(room, (size_t)f->size), (size_t)f->size, 0) &&
		    libdeflate_crc32(0, room->ptr, (size_t)f->size) == f->crc;
	if (fd >= 0)
		close(fd);
	return good;
}

/* A text that another source has too is there already: its name is its hash. */
static bool there_already(const gw_state_file *f)
{
	return errno == EEXIST && is_text(f->path);
}

/* Without an archive nobody else would look at the bytes. */
static bool file_take(crew *c, const gw_state_file *f, gw_buf *room)
{
	int to = c->p->bag_folder;
	bool read = !c->p->settings.archive;
	if (read && !file_read(c, f, room))
		return give_up(c, f->path, 0);
	if (linkat(c->p->keep.from_folder, f->path, to, f->path, 0) == 0 || there_already(f))
		return true;
	if (!read && !file_read(c, f, room))
		return give_up(c, f->path, 0);
	return bytes_write(to, f->path, room->ptr, (size_t)f->size) || there_already(f) || give_up(c, f->path, errno ? errno : EIO);
}

static void links_make(crew *c, uint32_t piece)
{
	gw_buf room;
	gw_buf_init(&room);
	uint32_t from = piece * LINKS_A_PIECE, to = from + LINKS_A_PIECE;
	for (uint32_t i = from; i < to && i < c->links.count && !atomic_load(&c->failed); i++)
		file_take(c, c->links.items[i], &room);
	gw_buf_release(&room);
}

static void *crew_work(void *arg)
{
	crew *c = arg;
	for (uint32_t job; !atomic_load(&c->failed) && (job = atomic_fetch_add(&c->next, 1)) < c->jobs;) {
		if (job < GW_STATE_FILES) {
			if (!table_copy(c, (gw_form)(job / GW_TABLES), (gw_table_id)(job % GW_TABLES)))
				atomic_store(&c->failed, true);
		} else {
			links_make(c, job - GW_STATE_FILES);
		}
	}
	return NULL;
}

static void crew_run(crew *c, uint64_t bytes)
{
	pthread_t ids[16];
	int64_t jobs = c->p->settings.jobs > 0 ? c->p->settings.jobs : gw_cores();
	uint32_t more = bytes < alone_below ? 0 : jobs < 16 ? (uint32_t)jobs - 1 : 15, started = 0;
	while (started < more && pthread_create(&ids[started], NULL, crew_work, c) == 0)
		started++;
	crew_work(c);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}

/* Enters the files of the sources at hand in the manifest. */
static uint64_t files_list(gw_publisher *p, crew *c)
{
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < c->count; i++) {
		const gw_known *k = &c->sources[i];
		for (uint32_t j = 0; j < k->file_count; j++) {
			const gw_state_file *f = &k->files[j];
			gw_member m = {.path = f->path, .size = f->size, .linked = p->settings.archive, .crc = f->crc};
			memcpy(m.sha256, f->sha256, sizeof m.sha256);
			gw_roll_add(p->files, &m);
			bytes += f->size;
			*GW_PUSH(&c->arena, &c->links) = f;
		}
		for (int file = 0; file < GW_STATE_FILES; file++)
			bytes += k->stretches[file].size;
	}
	return bytes;
}

/* Copies neighbours, from the source `first` of the old state. */
static bool part_copy(crew *c, uint32_t first, uint32_t count)
{
	gw_keep *k = &c->p->keep;
	gw_arena_reset(&c->arena);
	c->sources = GW_NEW_N(&c->arena, gw_known, count);
	c->count = count;
	memset(&c->links, 0, sizeof c->links);
	for (uint32_t i = 0; i < count; i++)
		if (!gw_state_read(k->old, &k->copying, first + i, &c->arena, &c->sources[i]))
			return give_up(c, "its state", 0);
	uint64_t bytes = files_list(c->p, c);
	c->jobs = GW_STATE_FILES + (c->links.count + LINKS_A_PIECE - 1) / LINKS_A_PIECE;
	atomic_store(&c->next, 0);
	crew_run(c, bytes);
	gw_settler_note(c->p->settler, bytes);
	for (uint32_t i = 0; i < count; i++) {
		for (int j = 0; j < GW_STATE_FILES; j++)
			k->ends[j] += c->sources[i].stretches[j].size;
		gw_cuts_add(c->p, c->sources[i].path, k->ends);
	}
	return !atomic_load(&c->failed);
}

static gw_status outcome(crew *c, gw_diag *diag)
{
	const char *from = c->p->keep.from;
	gw_place at = {.path = from};
	if (!atomic_load(&c->failed))
		return GW_OK;
	if (c->error)
		gw_report(diag, GW_E_OUTPUT_WRITE, &at, "%s cannot be taken over: %s", c->what, strerror(c->error));
	return c->what && !c->error ? gw_keep_stale(c->p, c->what, diag) : GW_FATAL;
}

gw_status gw_keep_flush(gw_publisher *p, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	if (!k->count)
		return GW_OK;
	crew c = {.p = p};
	pthread_mutex_init(&c.lock, NULL);
	gw_arena_init(&c.arena);
	for (uint32_t done = 0; done < k->count; done += PART)
		if (!part_copy(&c, k->first + done, k->count - done < PART ? k->count - done : PART))
			break;
	k->count = 0;
	gw_status s = outcome(&c, diag);
	pthread_mutex_destroy(&c.lock);
	gw_arena_release(&c.arena);
	return s;
}

gw_status gw_keep_stale(gw_publisher *p, const char *what, gw_diag *diag)
{
	gw_place at = {.path = p->keep.from};
	p->keep.stale = true;
	gw_report(diag, GW_W_STATE, &at, "%s is not what its run wrote; everything is extracted again", what);
	return GW_FATAL;
}
