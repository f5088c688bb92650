/* The stage `convert`: files that are no text (DOCX, PDF, DOC) become the text in them. */
#include "format/format.h"

#include "gw/stage.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct convert_settings {
	int64_t max_bytes, seconds, memory;
	const char *pdf;
	gw_placed converter;
} convert_settings;

static const gw_option options[] = {
        {"max_bytes", GW_OPT_INT, offsetof(convert_settings, max_bytes), "64M", 1, 1 << 30, NULL,
                "A file whose text, or whose parts when unpacked, are larger is rejected."},
        {"pdf", GW_OPT_STRING, offsetof(convert_settings, pdf), "pdftotext", 0, 0, NULL,
                "The program that reads PDF (pdftotext of poppler-utils), by name or path; where it is not there, PDF "
                "files are rejected. pdftocairo of the same package is looked for beside it: it tells of the rules of "
                "tables."},
        {"converter", GW_OPT_PLACED, offsetof(convert_settings, converter), "auto", 0, 0, NULL,
                "The command that reads DOC and WPS: standard input to text in UTF-8, or to DOCX, on standard output; "
                "{} is replaced by the path of a file with the input, {out} by that of a folder for the answer. auto: "
                "soffice, catdoc, antiword, whichever is installed, in this order until one finds a text; none: such "
                "files are rejected."},
        {"seconds", GW_OPT_INT, offsetof(convert_settings, seconds), "60", 1, 86400, NULL,
                "How long such a program may work on one file."},
        {"memory", GW_OPT_INT, offsetof(convert_settings, memory), "2G", 1 << 20, 1e12, NULL,
                "How much memory (address space) such a program may take."},
        {0},
};

/* By preference: soffice knows all dialects and keeps tables and numbers, though it takes seconds (and Writer may not be
 * installed with it); catdoc keeps the rows of tables, antiword breaks them. */
static const char *converter_find(gw_arena *arena)
{
	static const char *const known[][2] = {
	        {"soffice", "-env:UserInstallation=file://{}.profile --headless --convert-to docx --outdir {out} {}"},
	        {"catdoc", "-d utf-8 -w"}, {"antiword", "-m UTF-8.txt -w 0 -"}};
	const char *found = "";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const char *path = gw_program_find(arena, known[i][0]);
		if (path)
			found = gw_arena_printf(arena, "%s%s%s %s", found, *found ? "\n" : "", path, known[i][1]);
	}
	return found;
}

/* A command that is named must be there; one that is only looked for need not. */
static gw_status converter_read(const gw_placed *set, gw_convert *st, gw_arena *arena, gw_diag *diag)
{
	const char *text = set->text;
	st->converter = "";
	if (strcmp(text, "none") == 0)
		return GW_OK;
	if (strcmp(text, "auto") == 0) {
		st->converter = converter_find(arena);
		return GW_OK;
	}
	size_t n = strcspn(text, " ");
	const char *path = gw_program_find(arena, gw_arena_printf(arena, "%.*s", (int)n, text));
	if (!path)
		return gw_report(diag, GW_E_CONFIG_PATH, &set->at, "converter: there is no program %.*s", (int)n, text);
	st->converter = gw_arena_printf(arena, "%s%s", path, text + n);
	return GW_OK;
}

/* Both programs are of one package. */
static const char *rules_find(gw_arena *arena, const char *pdf)
{
	const char *slash = strrchr(pdf, '/');
	const char *path = slash ? gw_program_find(arena, gw_arena_printf(arena, "%.*s/pdftocairo", (int)(slash - pdf), pdf))
	                         : NULL;
	return path ? path : "";
}

static gw_status convert_open(const void *settings, gw_knowledge *k, gw_arena *run_arena, void **state, gw_diag *diag)
{
	(void)k;
	const convert_settings *set = settings;
	gw_convert *st = GW_NEW(run_arena, gw_convert);
	*state = st;
	xmlInitParser(); /* once, before there are threads */
	st->max_bytes = set->max_bytes;
	st->seconds = set->seconds;
	st->memory = set->memory;
	st->pdf = gw_program_find(run_arena, set->pdf);
	if (!st->pdf)
		st->pdf = "";
	st->rules = rules_find(run_arena, st->pdf);
	return converter_read(&set->converter, st, run_arena, diag);
}

static gw_status convert_source(const void *state, gw_source *s, gw_diag *diag)
{
	gw_format_job job = {.bytes = s->raw,
	        .len = (size_t)s->raw_len,
	        .path = s->path.ptr ? gw_arena_str(s->arena, s->path).ptr : "",
	        .arena = s->arena,
	        .diag = diag,
	        .convert = state};
	job.at.path = s->opened_as.ptr ? gw_arena_str(s->arena, s->opened_as).ptr : job.path;
	const gw_format *const *f = gw_formats_packed;
	while (*f && !(*f)->is(&job))
		f++;
	if (!*f)
		return GW_OK;
	gw_buf out;
	gw_buf_init(&out);
	gw_status status = (*f)->read(&job, &out);
	if (status < GW_FAILED && out.len > (size_t)job.convert->max_bytes)
		status = gw_format_fail(&job, GW_E_FORMAT_LIMIT,
		        "the text in it is larger than convert.max_bytes (%lld)", (long long)job.convert->max_bytes);
	if (status < GW_FAILED) {
		/* A mark says beyond doubt that this is UTF-8, whatever it looks like. */
		char *text = gw_arena_alloc(s->arena, out.len + 4);
		memcpy(text, "\xEF\xBB\xBF", 3);
		memcpy(text + 3, out.ptr ? out.ptr : "", out.len);
		s->origin = s->raw;
		s->origin_len = s->raw_len;
		s->raw = text;
		s->raw_len = out.len + 3;
	}
	gw_buf_release(&out);
	s->by_program = (*f)->by_program;
	return status;
}

/* A program that is replaced by another one has another size, time or place. */
static void program_note(const char *command, gw_buf *out)
{
	gw_arena a;
	struct stat st;
	gw_arena_init(&a);
	char *path = realpath(gw_arena_printf(&a, "%.*s", (int)strcspn(command, " \n"), command), NULL);
	gw_buf_printf(out, "%.*s\n", (int)strcspn(command, "\n"), command);
	if (path && stat(path, &st) == 0)
		gw_buf_printf(out, "%s %lld %lld.%09ld\n", path, (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		        st.st_mtim.tv_nsec);
	free(path);
	gw_arena_release(&a);
}

void gw_convert_programs(const void *state, gw_buf *out)
{
	const gw_convert *set = state;
	program_note(set->pdf, out);
	program_note(set->rules, out);
	for (const char *p = set->converter;; p += strcspn(p, "\n") + 1) {
		program_note(p, out);
		if (!p[strcspn(p, "\n")])
			break;
	}
}

const gw_stage gw_stage_convert = {
        .name = "convert",
        .summary = "Takes the text out of files that are none: DOCX, PDF with a text layer, and by a converter DOC and "
                   "WPS.",
        .reads = GW_HAS_RAW,
        .writes = GW_HAS_CONTENT,
        .options = options,
        .settings_size = sizeof(convert_settings),
        .open = convert_open,
        .source = convert_source,
};
