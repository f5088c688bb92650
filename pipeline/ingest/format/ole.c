/* DOC and WPS: binary files of old word processors. Read by a program where one is installed or named; else they are
 * rejected with the advice what to do. */
#include "format.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool ole_is(const gw_format_job *job)
{
	return job->len >= 8 && memcmp(job->bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0;
}

/* The words of the command; {} within them becomes the path. */
static const char *const *words_of(gw_arena *a, const char *command, const char *path)
{
	GW_LIST(const char *) words = {0};
	for (const char *p = command + strspn(command, " "); *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		const char *word = gw_arena_printf(a, "%.*s", (int)n, p), *hole = strstr(word, "{}");
		*GW_PUSH(a, &words) =
		        hole ? gw_arena_printf(a, "%.*s%s%s", (int)(hole - word), word, path, hole + 2) : word;
		p += n;
	}
	*GW_PUSH(a, &words) = NULL;
	return words.items;
}

static const char *file_make(const gw_format_job *job)
{
	const char *folder = getenv("TMPDIR");
	char *path = gw_arena_printf(job->arena, "%s/gongwen-XXXXXX.doc", folder && *folder ? folder : "/tmp");
	int fd = mkostemps(path, 4, O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
	bool good = f && fwrite(job->bytes, 1, job->len, f) == job->len;
	if (f)
		good = fclose(f) == 0 && good;
	return good ? path : NULL;
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

static gw_status ole_read(const gw_format_job *job, gw_buf *out)
{
	const gw_convert *set = job->convert;
	const char *path = "";
	if (!*set->converter)
		return gw_format_fail(job, GW_E_FORMAT_PROGRAM,
		        "an old DOC or WPS file: install antiword, catdoc or LibreOffice, name "
		        "a program under convert.converter, or save it as DOCX");
	if (strstr(set->converter, "{}") && !(path = file_make(job)))
		return gw_format_fail(job, GW_E_INPUT_READ, "cannot be written to a temporary file");
	const char *const *argv = words_of(job->arena, set->converter, path);
	gw_child child = {argv, job->bytes, job->len, set->seconds, set->memory, set->max_bytes};
	int code;
	gw_status status = ended(job, gw_child_run(&child, out, &code), gw_path_base(argv[0]));
	if (*path)
		unlink(path);
	if (status == GW_OK && is_blank(out))
		status = gw_format_fail(job, GW_E_FORMAT, "%s found no text in it", gw_path_base(argv[0]));
	return status;
}

const gw_format gw_format_ole = {"DOC", ole_is, ole_read, true};
