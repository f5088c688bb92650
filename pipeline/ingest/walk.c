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

/* A file, in as few bytes as can be: there may be millions, and all of them are listed before the first is read. */
typedef struct found {
	const char *path; /* NULL: standard input */
	const char *source_path;
	uint64_t size;
} found;

typedef struct walk {
	gw_arena *arena;
	const gw_strings *exclude;
	gw_inputs *out;
	found *files;
	uint32_t count, cap;
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

/* On the heap, where a large array grows without a copy of it left behind. */
static void add_found(walk *w, const char *path, const char *source_path, uint64_t size)
{
	if (w->count == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 64;
		w->files = realloc(w->files, w->cap * sizeof *w->files);
		if (!w->files)
			abort();
	}
	w->files[w->count++] = (found){path, source_path, size};
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

/* Mostly the published path is the end of the other one, and no string of its own. */
static const char *path_below(gw_arena *a, const char *below, const char *path, const char *source_path, const char *name)
{
	size_t n = strlen(path), m = strlen(source_path);
	bool same_end = m <= n && strcmp(path + n - m, source_path) == 0 && (m || n) && strlen(below) == n + 1 + strlen(name);
	return !same_end ? gw_path_join(a, source_path, name) : m ? below + n - m : below + n + 1;
}

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
	for (size_t at = 0; at < names.len; at += strlen(names.ptr + at) + 1) {
		const char *below = gw_path_join(w->arena, path, names.ptr + at);
		visit(w, below, path_below(w->arena, below, path, source_path, names.ptr + at), &here);
	}
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
	/* Mostly nothing has come between; sorting takes as much memory again. */
	if (!sorted(inputs))
		qsort(in, inputs->items.count, sizeof *in, by_source_path);
	for (uint32_t i = 1; i < inputs->items.count; i++)
		if (strcmp(in[i - 1].source_path, in[i].source_path) == 0) {
			gw_place at = {.path = shown(&in[i])};
			worst = gw_report(diag, GW_E_INPUT_TWICE, &at, "would be published as \"%s\", and so would %s",
			        in[i].source_path, shown(&in[i - 1]));
		}
	return worst;
}

static int by_place(const void *a, const void *b)
{
	return strcmp(((const found *)a)->source_path, ((const found *)b)->source_path);
}

/* The list as it is handed out, sorted before it takes its full size. */
static void inputs_make(walk *w)
{
	if (w->count > 1)
		qsort(w->files, w->count, sizeof *w->files, by_place);
	gw_inputs *out = w->out;
	out->items.items = GW_NEW_N(w->arena, gw_input, w->count);
	out->items.count = out->items.cap = w->count;
	for (uint32_t i = 0; i < w->count; i++) {
		const found *f = &w->files[i];
		out->items.items[i] = (gw_input){.path = f->path, .source_path = f->source_path, .size = f->size};
		if (!f->path) {
			out->items.items[i].content = w->content;
			out->items.items[i].content_len = f->size;
		}
	}
	free(w->files);
}

gw_status gw_inputs_list(gw_arena *arena, const char *const *paths, uint32_t count, const gw_strings *exclude,
        gw_inputs *out, gw_diag *diag)
{
	walk w = {.arena = arena, .exclude = exclude, .out = out, .diag = diag, .worst = GW_OK};
	memset(out, 0, sizeof *out);
	for (uint32_t i = 0; i < count; i++)
		add_input(&w, gw_arena_str(arena, gw_str_of(paths[i])).ptr, count == 1);
	inputs_make(&w);
	if (gw_inputs_sort(out, diag) > w.worst)
		w.worst = GW_FAILED;
	if (out->items.count == 0 && w.worst < GW_FAILED) {
		gw_report(diag, GW_W_NO_INPUT, NULL, "the inputs hold no document");
		w.worst = GW_WARN;
	}
	return w.worst;
}
