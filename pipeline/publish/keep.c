/* Taking over from the latest snapshot what an unchanged source gave: its stretch of every table, its files, what it
 * said of organs.
 *
 * Only what its state vouches for is taken: every byte is read once and held against its CRC-32 on the way, so a
 * snapshot that somebody has touched is never copied on. Then the publisher is stale, and the run begins anew with
 * nothing known. Neighbours are copied in one go, several files at a time; files of documents become hard links. */
#include "publisher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEP = 256 * 1024, LINKS_A_PIECE = 64 };

/* Below this a thread costs more than it spares. */
static const uint64_t alone_below = 1 << 20;

static gw_form form_read(const gw_publisher *p)
{
	return p->settings.csv ? GW_FORM_CSV : GW_FORM_JSONL;
}

gw_form gw_keep_form(const gw_publisher *p)
{
	return form_read(p);
}

static gw_writer *writer_of(const gw_table_out *o, gw_form form)
{
	return form == GW_FORM_CSV ? o->csv : form == GW_FORM_JSONL ? o->jsonl : o->excel;
}

/* ---- opening ---- */

static gw_status set_aside(gw_diag *diag, const char *path, const char *why)
{
	gw_place at = {.path = path};
	return gw_report(diag, GW_W_STATE, &at, "%s; everything is extracted again", why);
}

/* Do the files of the snapshot have the sizes that its state says? Their bytes are looked at when they are copied. */
static bool sizes_fit(gw_publisher *p, const gw_state *s, const char *from)
{
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		for (gw_form form = 0; form < GW_FORMS; form++) {
			if (!writer_of(&p->tables[id], form) || id == GW_T_ORGANIZATIONS)
				continue;
			uint32_t at = gw_state_place(form, id);
			uint64_t size = 0;
			const char *path = gw_path_join(&p->scratch, from, gw_table_path(&p->scratch, form, id));
			if (!gw_file_size(path, &size) || size != s->ends[at] || s->heads[at] != p->keep.ends[at])
				return false;
		}
	}
	return true;
}

static const char *state_path(gw_publisher *p, const char *version)
{
	return gw_arena_printf(&p->arena, "%s/state/%s.state", p->place, version);
}

static void old_open(gw_publisher *p, gw_str programs, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	char version[96], content[65];
	uint64_t sequence;
	const char *why;
	gw_diag quiet; /* a broken `latest` is told by the commit */
	gw_diag_init(&quiet);
	gw_status s = gw_latest_read(p->place, version, content, &sequence, &quiet);
	gw_diag_release(&quiet);
	if (s != GW_OK || !*version)
		return;
	const char *path = state_path(p, version);
	k->from = gw_arena_printf(&p->arena, "%s/snapshots/%s", p->place, version);
	gw_state *old = gw_state_load(path, &why);
	if (why)
		set_aside(diag, path, why);
	if (old && strcmp(old->key, k->head.key) == 0 && !sizes_fit(p, old, k->from)) {
		set_aside(diag, path, "the tables of the latest snapshot have other sizes than their run wrote");
	} else if (old && strcmp(old->key, k->head.key) == 0) {
		k->old = old;
		k->programs_same = gw_str_eq(old->programs, programs);
		k->taken = GW_NEW_N(&p->arena, bool, old->sources.count);
		k->row_of = GW_NEW_N(&p->arena, uint32_t, old->organ_rows.count);
		memset(k->row_of, 0xFF, sizeof *k->row_of * old->organ_rows.count);
		return;
	}
	gw_state_free(old);
}

void gw_publisher_resume(gw_publisher *p, const char key[65], gw_str programs, bool full, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	k->on = true;
	memcpy(k->head.key, key, 64);
	k->head.programs = gw_arena_str(&p->arena, programs);
	for (int i = 0; i < GW_STATE_FILES; i++)
		k->head.heads[i] = k->ends[i];
	gw_buf_init(&k->out.sources);
	if (!full)
		old_open(p, programs, diag);
}

void gw_keep_release(gw_publisher *p)
{
	gw_state_free(p->keep.old);
	p->keep.old = NULL;
	gw_buf_release(&p->keep.out.sources);
}

bool gw_publisher_stale(const gw_publisher *p)
{
	return p->keep.stale;
}

const gw_known *gw_publisher_known(const gw_publisher *p, gw_str source_path, const char sha256[65])
{
	const gw_known *k = p->keep.old ? gw_state_find(p->keep.old, source_path) : NULL;
	bool same = k && memcmp(k->sha256, sha256, 64) == 0 && (p->keep.programs_same || !k->by_program);
	return same ? k : NULL;
}

void gw_known_recall(const gw_known *k, const char *opened_as, gw_rows *rows, gw_diag *problems)
{
	rows->known = k;
	rows->known_documents = k->rows[GW_T_DOCUMENTS];
	for (uint32_t i = 0; i < k->problem_count; i++) {
		const gw_problem *was = &k->problems[i];
		gw_place at = was->place;
		at.path = at.path ? at.path : opened_as;
		problems->stage = was->stage;
		gw_report(problems, was->code, &at, "%s", was->message);
	}
	problems->stage = NULL;
}

/* ---- a source that is extracted ---- */

gw_status gw_keep_begin(gw_publisher *p, gw_diag *diag)
{
	p->keep.organs.count = 0;
	return gw_keep_flush(p, diag);
}

void gw_keep_organ(gw_publisher *p, uint32_t row, int64_t mentions, int64_t documents)
{
	gw_keep *k = &p->keep;
	if (k->on)
		*GW_PUSH(&p->arena, &k->organs) = (gw_state_organ){row, (uint64_t)mentions, (uint64_t)documents};
}

/* Neighbours are one stretch: they are read in one go. */
static void fresh_add(gw_publisher *p, gw_table_id id, const gw_stretch *s)
{
	gw_keep *k = &p->keep;
	gw_stretch *last = k->fresh[id].count ? &k->fresh[id].items[k->fresh[id].count - 1] : NULL;
	if (last && last->begin + last->size == s->begin)
		last->size += s->size;
	else if (s->size)
		*GW_PUSH(&p->arena, &k->fresh[id]) = *s;
}

static void stretches_make(gw_publisher *p, const gw_packet *packet, gw_stretch *out)
{
	gw_keep *k = &p->keep;
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_packet_table *t = &packet->table[id];
		uint64_t sizes[GW_FORMS] = {[GW_FORM_CSV] = t->csv.len, [GW_FORM_JSONL] = t->jsonl.len, [GW_FORM_EXCEL] = t->excel.len};
		for (gw_form form = 0; form < GW_FORMS; form++) {
			uint32_t at = gw_state_place(form, id);
			out[at] = (gw_stretch){k->ends[at], sizes[form], t->crc[form]};
			k->ends[at] += sizes[form];
		}
		fresh_add(p, id, &out[gw_state_place(form_read(p), id)]);
	}
}

static gw_state_file *files_make(gw_publisher *p, const gw_packet *packet)
{
	gw_state_file *files = GW_NEW_N(&p->scratch, gw_state_file, packet->file_count);
	for (uint64_t i = 0; i < packet->file_count; i++) {
		const gw_packet_file *f = &packet->files[i];
		files[i] = (gw_state_file){.path = f->path, .size = f->size, .crc = (uint32_t)f->crc};
		memcpy(files[i].sha256, f->sha256, sizeof files[i].sha256);
	}
	return files;
}

void gw_keep_end(gw_publisher *p, const gw_packet *packet)
{
	gw_keep *k = &p->keep;
	gw_stretch stretches[GW_STATE_FILES];
	if (!k->on)
		return;
	gw_known now = {.path = packet->source_path, .memo = {packet->memo.ptr, (uint32_t)packet->memo.len}, .stretches = stretches};
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		now.rows[id] = (uint32_t)packet->table[id].rows;
		now.guarded[id] = (uint32_t)packet->table[id].guarded;
	}
	stretches_make(p, packet, stretches);
	now.files = files_make(p, packet);
	now.file_count = (uint32_t)packet->file_count;
	now.organs = k->organs.items;
	now.organ_count = k->organs.count;
	k->fresh_sources++;
	gw_state_add(&k->out, &now);
}

/* ---- a source that is taken over ---- */

static void organs_take(gw_publisher *p, gw_known *now)
{
	gw_keep *k = &p->keep;
	for (uint32_t i = 0; i < now->organ_count; i++) {
		gw_state_organ *o = &now->organs[i];
		uint32_t *row = &k->row_of[o->row];
		if (*row == GW_NONE)
			*row = gw_organs_row(&p->organs, k->old->organ_rows.items[o->row]);
		if (*row == GW_NONE) {
			k->stale = true;
			return;
		}
		o->row = *row;
		gw_organs_count(&p->organs, *row, (int64_t)o->mentions, (int64_t)o->documents);
	}
}

/* The entry of the old state becomes that of the new one: only the numbers of its organ rows are others. */
gw_status gw_keep_take(gw_publisher *p, uint64_t at, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	uint32_t index = (uint32_t)at;
	gw_known *now = &k->old->sources.items[index];
	if (k->count && index != k->first + k->count && gw_keep_flush(p, diag) != GW_OK)
		return GW_FATAL;
	if (!k->count)
		k->first = index;
	k->count++;
	k->taken[index] = true;
	k->taken_sources++;
	k->taken_documents += now->rows[GW_T_DOCUMENTS];
	p->documents += now->rows[GW_T_DOCUMENTS];
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		p->tables[id].rows += id == GW_T_ORGANIZATIONS ? 0 : now->rows[id];
		p->tables[id].guarded += now->guarded[id];
	}
	organs_take(p, now);
	gw_state_add(&k->out, now);
	if (!k->stale)
		return GW_OK;
	set_aside(diag, k->from, "the organs in its state cannot be read");
	return GW_FATAL;
}

bool gw_keep_is_all(const gw_publisher *p)
{
	const gw_keep *k = &p->keep;
	return k->old && k->fresh_sources == 0 && k->taken_sources == k->old->sources.count && k->count == k->taken_sources;
}

/* ---- copying ---- */

typedef struct to_link {
	const gw_state_file *file;
} to_link;

typedef struct crew {
	gw_publisher *p;
	GW_LIST(to_link) links;
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

static bool read_at(int fd, char *to, size_t n, uint64_t at)
{
	while (n) {
		ssize_t did = pread(fd, to, n, (off_t)at);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return false;
		to += did;
		n -= (size_t)did;
		at += (uint64_t)did;
	}
	return true;
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
	const gw_keep *k = &c->p->keep;
	const gw_known *first = &k->old->sources.items[k->first], *last = first + k->count - 1;
	uint64_t at = first->stretches[file].begin, end = last->stretches[file].begin + last->stretches[file].size;
	checker sums = {first, first + k->count, file, 0, first->stretches[file].size};
	char *room = malloc(STEP);
	bool good = room != NULL;
	while (good && at < end && !atomic_load(&c->failed)) {
		size_t n = end - at < STEP ? (size_t)(end - at) : STEP;
		good = read_at(fd, room, n, at) && check(&sums, room, n);
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
	gw_writer *w = writer_of(&c->p->tables[id], form);
	if (!w || id == GW_T_ORGANIZATIONS)
		return true;
	gw_arena_init(&a);
	const char *path = gw_table_path(&a, form, id);
	int fd = open(gw_path_join(&a, c->p->keep.from, path), O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && stretch_copy(c, fd, w, gw_state_place(form, id));
	if (fd >= 0)
		close(fd);
	gw_arena_release(&a);
	return good ? gw_writer_ok(w) : give_up(c, gw_table_names[id], 0);
}

static bool is_text(const char *path)
{
	return strncmp(path, GW_TEXT_FOLDER, sizeof GW_TEXT_FOLDER - 1) == 0;
}

/* Where the file system knows no links, or has no more of them, the bytes are written: they are at hand. */
static bool bytes_write(const char *to, const char *bytes, size_t n)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
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

static bool file_take(crew *c, const gw_state_file *f, gw_arena *a, gw_buf *room)
{
	const char *from = gw_path_join(a, c->p->keep.from, f->path), *to = gw_path_join(a, c->p->bag, f->path);
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	gw_buf_clear(room);
	uint64_t size = 0;
	bool good = fd >= 0 && gw_file_size(from, &size) && size == f->size &&
		    read_at(fd, gw_buf_reserve(room, (size_t)f->size), (size_t)f->size, 0) &&
		    libdeflate_crc32(0, room->ptr, (size_t)f->size) == f->crc;
	if (fd >= 0)
		close(fd);
	if (!good)
		return give_up(c, f->path, 0);
	/* A text that a source extracted meanwhile has too is there already: its name is its hash. */
	if (link(from, to) == 0 || (errno == EEXIST && is_text(f->path)) || bytes_write(to, room->ptr, (size_t)f->size))
		return true;
	return (errno == EEXIST && is_text(f->path)) || give_up(c, f->path, errno ? errno : EIO);
}

static void links_make(crew *c, uint32_t piece)
{
	gw_arena a;
	gw_buf room;
	gw_arena_init(&a);
	gw_buf_init(&room);
	uint32_t from = piece * LINKS_A_PIECE, to = from + LINKS_A_PIECE;
	for (uint32_t i = from; i < to && i < c->links.count && !atomic_load(&c->failed); i++) {
		gw_arena_reset(&a);
		file_take(c, c->links.items[i].file, &a, &room);
	}
	gw_buf_release(&room);
	gw_arena_release(&a);
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
	uint32_t cores = gw_cores(), more = bytes < alone_below ? 0 : cores < 16 ? cores - 1 : 15, started = 0;
	while (started < more && pthread_create(&ids[started], NULL, crew_work, c) == 0)
		started++;
	crew_work(c);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
}

/* Enters the files of the pending sources in the manifest. Two sources may share a text: it is there once. */
static uint64_t files_list(gw_publisher *p, crew *c)
{
	uint64_t bytes = 0;
	for (uint32_t i = p->keep.first; i < p->keep.first + p->keep.count; i++) {
		const gw_known *k = &p->keep.old->sources.items[i];
		for (uint32_t j = 0; j < k->file_count; j++) {
			const gw_state_file *f = &k->files[j];
			uint32_t *seen = is_text(f->path) ? gw_map_put(&p->texts, gw_str_of(f->path)) : NULL;
			if (seen && *seen != GW_NONE)
				continue;
			if (seen)
				*seen = 1;
			bytes += f->size;
			*GW_PUSH(&p->scratch, &c->links) = (to_link){f};
			gw_member *m = GW_PUSH(&p->arena, &p->payload);
			*m = (gw_member){.path = f->path, .size = f->size};
			memcpy(m->sha256, f->sha256, sizeof m->sha256);
		}
		for (int file = 0; file < GW_STATE_FILES; file++)
			bytes += k->stretches[file].size;
	}
	return bytes;
}

gw_status gw_keep_flush(gw_publisher *p, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	if (!k->count)
		return GW_OK;
	crew c = {.p = p};
	pthread_mutex_init(&c.lock, NULL);
	uint64_t bytes = files_list(p, &c);
	c.jobs = GW_STATE_FILES + (c.links.count + LINKS_A_PIECE - 1) / LINKS_A_PIECE;
	crew_run(&c, bytes);
	pthread_mutex_destroy(&c.lock);
	const gw_known *first = &k->old->sources.items[k->first], *last = first + k->count - 1;
	for (int i = 0; i < GW_STATE_FILES; i++)
		k->ends[i] += last->stretches[i].begin + last->stretches[i].size - first->stretches[i].begin;
	k->count = 0;
	if (!atomic_load(&c.failed))
		return GW_OK;
	gw_place at = {.path = k->from};
	if (c.error)
		gw_report(diag, GW_E_OUTPUT_WRITE, &at, "%s cannot be taken over: %s", c.what, strerror(c.error));
	k->stale = c.what && !c.error;
	if (k->stale)
		gw_report(diag, GW_W_STATE, &at, "%s is not what its run wrote; everything is extracted again", c.what);
	return GW_FATAL;
}

/* ---- what can have changed ---- */

static gw_status rows_load(const char *path, const gw_stretch *parts, uint32_t count, gw_loaded *out, gw_diag *diag)
{
	gw_buf b;
	gw_buf_init(&b);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0;
	for (uint32_t i = 0; good && i < count; i++) {
		good = read_at(fd, gw_buf_reserve(&b, (size_t)parts[i].size), (size_t)parts[i].size, parts[i].begin);
		b.len += (size_t)parts[i].size;
	}
	if (fd >= 0)
		close(fd);
	gw_place at = {.path = path};
	if (!good) {
		gw_buf_release(&b);
		return gw_report(diag, GW_E_SNAPSHOT, &at, "cannot be read back");
	}
	*out = (gw_loaded){.bytes = b.ptr ? b.ptr : "", .len = b.len, .handle = b.ptr};
	return GW_OK;
}

gw_status gw_keep_rows(gw_publisher *p, bool old, gw_table_id id, gw_loaded *out, gw_diag *diag)
{
	const gw_keep *k = &p->keep;
	uint32_t file = gw_state_place(form_read(p), id);
	gw_arena a;
	gw_arena_init(&a);
	const char *path = gw_path_join(&a, old ? k->from : p->bag, gw_table_path(&a, form_read(p), id));
	GW_LIST(gw_stretch) parts = {0};
	*GW_PUSH(&a, &parts) = (gw_stretch){0, k->head.heads[file], 0};
	for (uint32_t i = 0; old && i < k->old->sources.count; i++)
		if (!k->taken[i] && k->old->sources.items[i].stretches[file].size)
			*GW_PUSH(&a, &parts) = k->old->sources.items[i].stretches[file];
	for (uint32_t i = 0; !old && i < k->fresh[id].count; i++)
		*GW_PUSH(&a, &parts) = k->fresh[id].items[i];
	gw_status s = id == GW_T_ORGANIZATIONS ? gw_file_load(path, UINT64_MAX, out, diag)
	                                       : rows_load(path, parts.items, parts.count, out, diag);
	gw_arena_release(&a);
	return s;
}

/* ---- the state for the next run ---- */

/* One is enough: that of the latest snapshot. */
void gw_keep_tidy(gw_publisher *p, const char *version)
{
	const char *path = state_path(p, version), *folder = gw_path_dir(&p->arena, path), *name = gw_path_base(path);
	DIR *dir = p->keep.on ? opendir(folder) : NULL;
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.' && strcmp(e->d_name, name) != 0)
			unlink(gw_path_join(&p->scratch, folder, e->d_name));
	closedir(dir);
}

void gw_keep_save(gw_publisher *p, const char *version, gw_diag *diag)
{
	gw_keep *k = &p->keep;
	gw_diag quiet;
	if (!k->on)
		return;
	for (uint32_t i = 0; i < p->organs.rows.count; i++)
		*GW_PUSH(&p->arena, &k->head.organ_rows) = p->organs.rows.items[i].packed;
	const char *path = state_path(p, version), *folder = gw_path_dir(&p->arena, path);
	gw_diag_init(&quiet);
	gw_status s = gw_dir_make(folder, &quiet);
	if (s == GW_OK)
		s = gw_state_write(path, &k->head, &k->out, &quiet);
	if (s != GW_OK)
		set_aside(diag, path, quiet.problems.count ? quiet.problems.items[0].message : "cannot be kept");
	gw_diag_release(&quiet);
}
