/* Lists the inputs: files, folders and standard input, sorted by the path under which they are published. */
#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folders that are being read, innermost first: a folder that is found again in there is a circle. */
typedef struct trail {
	dev_t device;
	ino_t inode;
	const struct trail *up;
} trail;

typedef struct walk {
	gw_arena *arena;     /* of what is few: names that have to be written otherwise, standard input */
	const gw_strings *exclude;
	gw_inputs *out;
	gw_sorter *found;    /* by source path, each with its size and its path: there may be millions */
	gw_buf room;
	const char *content; /* of standard input */
	gw_diag *diag;
	gw_status worst;
} walk;

static void report(walk *w, gw_code code, const char *path, const char *what)
{
	gw_place at = {.path = path};
	gw_report(w->diag, code, &at, "%s", what);
	if (w->worst < GW_WARN)
		w->worst = GW_WARN;
}

const char *gw_name_publishable(gw_arena *a, const char *path)
{
	size_t n = strlen(path);
	if (gw_utf8_valid(path, n))
		return path;
	char *out = gw_arena_alloc(a, 3 * n + 1), *to = out;
	for (const char *p = path, *end = path + n; p < end;) {
		const char *from = p;
		if (gw_utf8_next(&p, end) == UINT32_MAX) {
			for (; from < p; from++, to += 3)
				memcpy(to, gw_arena_printf(a, "%%%02X", (unsigned)(unsigned char)*from), 3);
		} else {
			memcpy(to, from, (size_t)(p - from));
			to += p - from;
		}
	}
	return out;
}

bool gw_name_excluded(const gw_strings *exclude, const char *source_path)
{
	for (uint32_t i = 0; exclude && i < exclude->count; i++) {
		const char *glob = exclude->items[i];
		if (gw_glob_match(glob, source_path) ||
		        (!strchr(glob, '/') && gw_glob_match(glob, gw_path_base(source_path))))
			return true;
	}
	return false;
}

/* path: NULL for standard input. */
static void add_found(walk *w, const char *path, const char *source_path, uint64_t size)
{
	gw_buf_clear(&w->room);
	gw_buf_add(&w->room, &size, sizeof size);
	if (path)
		gw_buf_add(&w->room, path, strlen(path) + 1);
	gw_sorter_add(w->found, gw_str_of(source_path), w->room.ptr, w->room.len);
}

static void add_file(walk *w, const char *path, const char *source_path, const struct stat *st)
{
	add_found(w, path, gw_name_publishable(w->arena, source_path), (uint64_t)st->st_size);
}

/* What cannot be opened is an input all the same: loading it fails, and it goes to quarantine with the reason. */
static void add_unreadable(walk *w, const char *path, const char *source_path)
{
	add_file(w, path, source_path, &(struct stat){0});
}

static void visit(walk *w, const char *path, const char *source_path, const trail *up);

static void visit_folder(walk *w, const char *path, const char *source_path, const struct stat *st, const trail *up)
{
	trail here = {st->st_dev, st->st_ino, up};
	for (const trail *t = up; t; t = t->up)
		if (t->device == here.device && t->inode == here.inode) {
			w->out->skipped++;
			report(w, GW_E_INPUT_LOOP, path, "leads back into a folder that is being read; skipped");
			return;
		}
	DIR *dir = opendir(path);
	if (!dir && !*source_path) { /* all there is to read: nothing can begin */
		report(w, GW_E_INPUT_READ, path, strerror(errno));
		w->worst = GW_FAILED;
		return;
	}
	if (!dir) {
		add_unreadable(w, path, source_path);
		return;
	}
	/* Names are taken first, so that only one folder is open at a time however deep the tree. */
	gw_buf names;
	gw_buf_init(&names);
	errno = 0;
	for (struct dirent *e; (e = readdir(dir)) != NULL; errno = 0)
		if (e->d_name[0] != '.')
			gw_buf_add(&names, e->d_name, strlen(e->d_name) + 1);
	int error = errno;
	closedir(dir);
	if (error) { /* nobody knows what is missing */
		report(w, GW_E_INPUT_READ, path, strerror(error));
		w->worst = GW_FAILED;
	}
	gw_arena paths;
	gw_arena_init(&paths);
	for (size_t at = 0; at < names.len; at += strlen(names.ptr + at) + 1) {
		const char *name = names.ptr + at;
		gw_arena_reset(&paths);
		visit(w, gw_path_join(&paths, path, name), gw_path_join(&paths, source_path, name), &here);
	}
	gw_arena_release(&paths);
	gw_buf_release(&names);
}

static void visit(walk *w, const char *path, const char *source_path, const trail *up)
{
	struct stat st;
	if (gw_name_excluded(w->exclude, source_path))
		return;
	bool there = stat(path, &st) == 0;
	if (!there && errno == ELOOP) {
		w->out->skipped++;
		report(w, GW_E_INPUT_LOOP, path, "a link that leads to itself; skipped");
	} else if (!there) {
		add_unreadable(w, path, source_path);
	} else if (S_ISDIR(st.st_mode)) {
		visit_folder(w, path, source_path, &st, up);
	} else if (S_ISREG(st.st_mode)) {
		add_file(w, path, source_path, &st);
	} else {
		w->out->skipped++;
		report(w, GW_E_INPUT_SPECIAL, path, "not a regular file; skipped");
	}
}

static void add_stdin(walk *w)
{
	gw_buf b;
	ssize_t n;
	gw_buf_init(&b);
	while ((n = read(STDIN_FILENO, gw_buf_reserve(&b, 65536), 65536)) != 0) {
		if (n > 0)
			b.len += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		report(w, GW_E_INPUT_READ, "-", strerror(errno));
	w->content = memcpy(gw_arena_alloc(w->arena, b.len + 1), b.ptr ? b.ptr : "", b.len);
	add_found(w, NULL, "-", b.len);
	gw_buf_release(&b);
}

/* The last component of an input path, also of "a/b/", "." and "..". */
static const char *last_component(gw_arena *a, const char *path)
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	const char *trimmed = gw_arena_printf(a, "%.*s", (int)n, path), *base = gw_path_base(trimmed);
	if (strcmp(base, ".") != 0 && strcmp(base, "..") != 0 && *base)
		return base;
	char *real = realpath(path, NULL);
	base = real ? gw_arena_str(a, gw_str_of(gw_path_base(real))).ptr : "";
	free(real);
	return base;
}

static void add_input(walk *w, const char *path, bool alone)
{
	struct stat st;
	if (strcmp(path, "-") == 0) {
		add_stdin(w);
	} else if (stat(path, &st) != 0) {
		gw_place at = {.path = path};
		gw_report(w->diag, errno == ENOENT || errno == ENOTDIR ? GW_E_INPUT_MISSING : GW_E_INPUT_READ, &at,
		        "%s", strerror(errno));
		w->worst = GW_FAILED;
	} else if (S_ISDIR(st.st_mode)) {
		visit_folder(w, path, alone ? "" : last_component(w->arena, path), &st, NULL);
	} else {
		visit(w, path, last_component(w->arena, path), NULL);
	}
}

static int by_source_path(const void *a, const void *b)
{
	const gw_input *x = a, *y = b;
	return strcmp(x->source_path, y->source_path);
}

static const char *shown(const gw_input *in)
{
	return in->opened_as ? in->opened_as : in->path ? in->path : "-";
}

static gw_status twice(const gw_input *before, const gw_input *in, gw_diag *diag)
{
	gw_place at = {.path = shown(in)};
	return gw_report(diag, GW_E_INPUT_TWICE, &at, "would be published as \"%s\", and so would %s", in->source_path, shown(before));
}

static bool sorted(const gw_inputs *inputs)
{
	for (uint32_t i = 1; i < inputs->items.count; i++)
		if (by_source_path(&inputs->items.items[i - 1], &inputs->items.items[i]) > 0)
			return false;
	return true;
}

gw_status gw_inputs_sort(gw_inputs *inputs, gw_diag *diag)
{
	gw_input *in = inputs->items.items;
	gw_status worst = GW_OK;
	/* Mostly nothing has come between; sorting takes as much memory again. A list that was put away is in order. */
	if (!sorted(inputs))
		qsort(in, inputs->items.count, sizeof *in, by_source_path);
	for (uint32_t i = 1; i < inputs->items.count; i++)
		if (strcmp(in[i - 1].source_path, in[i].source_path) == 0)
			worst = twice(&in[i - 1], &in[i], diag);
	return worst;
}

/* The next of what was found: its texts are there until the one after it. */
static bool found_next(walk *w, gw_buf *source_path, gw_input *out)
{
	gw_sorted r;
	if (!gw_sorter_next(w->found, &r))
		return false;
	gw_buf_clear(source_path);
	gw_buf_add_str(source_path, r.key);
	*out = (gw_input){.source_path = source_path->ptr, .path = r.value.len > sizeof out->size ? r.value.ptr + sizeof out->size : NULL};
	memcpy(&out->size, r.value.ptr, sizeof out->size);
	if (!out->path) {
		out->content = w->content;
		out->content_len = out->size;
	}
	return true;
}

/* The list as it is handed out. What stood on standard input cannot be put away. */
static void inputs_make(walk *w, bool away)
{
	gw_buf names[2] = {{0}, {0}}, record = {0}, path = {0};
	gw_input in;
	gw_sorter_rewind(w->found);
	if (away && !w->content)
		gw_inputs_away_begin(w->out);
	for (uint32_t i = 0; found_next(w, &names[i % 2], &in); i++) {
		if (i && strcmp(names[0].ptr, names[1].ptr) == 0) {
			const gw_input before = {.path = path.len ? path.ptr : NULL};
			w->worst = twice(&before, &in, w->diag);
		}
		gw_buf_clear(&path);
		gw_buf_adds(&path, in.path ? in.path : "");
		if (w->out->put_away)
			gw_inputs_away_add(w->out, &in, &record);
		else
			*GW_PUSH(w->arena, &w->out->items) = gw_input_copy(w->arena, &in);
	}
	if (gw_sorter_failed(w->found))
		w->worst = gw_report(w->diag, GW_E_INTERNAL, NULL, "the list of inputs cannot be read back from the temporary file");
	gw_buf_release(&names[0]);
	gw_buf_release(&names[1]);
	gw_buf_release(&record);
	gw_buf_release(&path);
}

static gw_status list(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, bool away, gw_inputs *out,
        gw_diag *diag)
{
	walk w = {.arena = arena, .exclude = exclude, .out = out, .diag = diag, .worst = GW_OK, .found = gw_sorter_new(0)};
	memset(out, 0, sizeof *out);
	for (uint32_t i = 0; i < count; i++)
		add_input(&w, gw_arena_str(arena, gw_str_of(paths[i])).ptr, count == 1);
	inputs_make(&w, away);
	gw_sorter_free(w.found);
	gw_buf_release(&w.room);
	if (gw_inputs_count(out) == 0 && w.worst < GW_FAILED) {
		gw_report(diag, GW_W_NO_INPUT, NULL, "the inputs hold no document");
		w.worst = GW_WARN;
	}
	return w.worst;
}

gw_status gw_inputs_list(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, gw_inputs *out, gw_diag *diag)
{
	return list(arena, paths, count, exclude, false, out, diag);
}

gw_status gw_inputs_list_away(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude, gw_inputs *out,
        gw_diag *diag)
{
	return list(arena, paths, count, exclude, true, out, diag);
}
