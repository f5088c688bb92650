/* DOC and WPS, binary files of old word processors, and RTF, which bears their names at times. Read by a program where one is installed or named; else they are
 * rejected with the advice what to do. A program answers with text, or with a file in a folder; what it answers may be
 * DOCX, which keeps tables and numbers of lists and is read on here. */
#include "format.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS_MOST = 64 /* one in another, of what a program leaves behind */ };

static bool ole_is(const gw_format_job *job)
{
	return job->len >= 8 && (memcmp(job->bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0 ||
	                                memcmp(job->bytes, "{\\rtf", 5) == 0);
}

/* ---- the folder that a program works in ---- */

static void folder_remove(gw_arena *a, const char *path, int depth)
{
	DIR *dir = depth < FOLDERS_MOST ? opendir(path) : NULL;
	for (const struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
		struct stat st;
		const char *below = gw_arena_printf(a, "%s/%s", path, e->d_name);
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
			folder_remove(a, below, depth + 1);
		else
			unlink(below);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* A new folder with the file as in.doc and an empty folder out; NULL when that cannot be. */
static const char *folder_make(const gw_format_job *job)
{
	const char *tmp = getenv("TMPDIR");
	char *path = gw_arena_printf(job->arena, "%s/gongwen-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return NULL;
	FILE *f = fopen(gw_arena_printf(job->arena, "%s/in.doc", path), "wbe");
	bool good = f && fwrite(job->bytes, 1, job->len, f) == job->len;
	if (f)
		good = fclose(f) == 0 && good;
	if (good && mkdir(gw_arena_printf(job->arena, "%s/out", path), 0700) == 0)
		return path;
	folder_remove(job->arena, path, 0);
	return NULL;
}

/* The bytes of the one file that the program left in out/; of several the first by name. */
static bool answer_read(const gw_format_job *job, const char *folder, gw_buf *out)
{
	const char *inside = gw_arena_printf(job->arena, "%s/out", folder), *first = NULL;
	DIR *dir = opendir(inside);
	for (const struct dirent *e; dir && (e = readdir(dir)) != NULL;)
		if (*e->d_name != '.' && (!first || strcmp(e->d_name, first) < 0))
			first = gw_arena_printf(job->arena, "%s", e->d_name);
	if (dir)
		closedir(dir);
	FILE *f = first ? fopen(gw_arena_printf(job->arena, "%s/%s", inside, first), "rbe") : NULL;
	gw_buf_clear(out);
	while (f && out->len <= (size_t)job->convert->max_bytes) {
		size_t n = fread(gw_buf_reserve(out, 65536), 1, 65536, f);
		if (!n)
			break;
		out->len += n;
	}
	if (f)
		fclose(f);
	return f && out->len <= (size_t)job->convert->max_bytes;
}

/* ---- the command ---- */

/* Its words; {} within them becomes the path of the file, {out} that of the folder for the answer. */
static const char *const *words_of(gw_arena *a, const char *command, size_t len, const char *folder)
{
	GW_LIST(const char *) words = {0};
	for (const char *p = command, *end = command + len; p < end;) {
		size_t n = strcspn(p, " \n");
		n = n < (size_t)(end - p) ? n : (size_t)(end - p);
		gw_buf b;
		gw_buf_init(&b);
		for (size_t i = 0; i < n; i++) {
			bool out = n - i >= 5 && memcmp(p + i, "{out}", 5) == 0;
			if (out || (n - i >= 2 && memcmp(p + i, "{}", 2) == 0)) {
				gw_buf_printf(&b, "%s/%s", folder, out ? "out" : "in.doc");
				i += out ? 4 : 1;
			} else {
				gw_buf_addc(&b, p[i]);
			}
		}
		if (b.len)
			*GW_PUSH(a, &words) = gw_arena_str(a, (gw_str){b.ptr, (uint32_t)b.len}).ptr;
		gw_buf_release(&b);
		p += n + 1;
	}
	*GW_PUSH(a, &words) = NULL;
	return words.items;
}

static gw_status ended(const gw_format_job *job, gw_child_end end, const char *program)
{
	switch (end) {
	case GW_CHILD_DONE:
		return GW_OK;
	case GW_CHILD_TOO_LONG:
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "%s took more than convert.seconds (%lld)", program,
		        (long long)job->convert->seconds);
	case GW_CHILD_TOO_MUCH:
		return gw_format_fail(job, GW_E_FORMAT_LIMIT, "the text in it is larger than convert.max_bytes (%lld)",
		        (long long)job->convert->max_bytes);
	case GW_CHILD_NO_START:
		return gw_format_fail(job, GW_E_FORMAT_PROGRAM, "%s cannot be started", program);
	default:
		return gw_format_fail(job, GW_E_FORMAT, "%s could not read it", program);
	}
}

static bool is_blank(const gw_buf *b)
{
	return !b->len || strspn(b->ptr, " \t\r\n\f") == b->len;
}

/* What the program answered as text. */
static gw_status answer_take(const gw_format_job *job, const gw_buf *answer, const char *program, gw_buf *out)
{
	gw_format_job docx = *job;
	docx.bytes = answer->ptr ? answer->ptr : "";
	docx.len = answer->len;
	if (gw_format_docx.is(&docx))
		return gw_format_docx.read(&docx, out);
	size_t mark = answer->len >= 3 && memcmp(answer->ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	gw_buf_add(out, docx.bytes + mark, answer->len - mark);
	return is_blank(out) ? gw_format_fail(job, GW_E_FORMAT, "%s found no text in it", program) : GW_OK;
}

/* One command of len bytes. */
static gw_status program_try(const gw_format_job *job, const char *command, size_t len, gw_buf *out)
{
	const gw_convert *set = job->convert;
	bool in_folder = memmem(command, len, "{}", 2) || memmem(command, len, "{out}", 5);
	const char *folder = in_folder ? folder_make(job) : "";
	if (!folder)
		return gw_format_fail(job, GW_E_INPUT_READ, "cannot be written to a temporary folder");
	const char *const *argv = words_of(job->arena, command, len, folder);
	const char *program = gw_path_base(argv[0]);
	gw_child child = {argv, job->bytes, job->len, set->seconds, set->memory, set->max_bytes};
	gw_buf answer;
	int code;
	gw_buf_init(&answer);
	gw_status status = ended(job, gw_child_run(&child, &answer, &code), program);
	if (status == GW_OK && memmem(command, len, "{out}", 5) && !answer_read(job, folder, &answer))
		status = gw_format_fail(job, GW_E_FORMAT, "%s could not read it", program);
	if (status == GW_OK)
		status = answer_take(job, &answer, program, out);
	gw_buf_release(&answer);
	if (*folder)
		folder_remove(job->arena, folder, 0);
	return status;
}

/* Of several commands, a line each, the first that finds a text; one that takes too long is the last that is tried. */
static gw_status ole_read(const gw_format_job *job, gw_buf *out)
{
	const char *p = job->convert->converter;
	if (!*p)
		return gw_format_fail(job, GW_E_FORMAT_PROGRAM,
		        "a DOC, WPS or RTF file: install LibreOffice (Writer), catdoc or antiword, name a program "
		        "under convert.converter, or save it as DOCX");
	for (;;) {
		gw_diag tried;
		size_t n = strcspn(p, "\n");
		bool last = !p[n];
		gw_format_job attempt = *job;
		gw_diag_init(&tried);
		attempt.diag = last ? job->diag : &tried;
		gw_buf_clear(out);
		gw_status status = program_try(&attempt, p, n, out);
		bool over = status < GW_FAILED || last || tried.problems.items[0].code == GW_E_FORMAT_LIMIT;
		if (over && !last && status >= GW_FAILED)
			gw_diag_merge(job->diag, &tried);
		gw_diag_release(&tried);
		if (over)
			return status;
		p += n + 1;
	}
}

const gw_format gw_format_ole = {"DOC", ole_is, ole_read, true};
