/* What the commands share: the configuration they work by, messages, output. */
#include "command.h"

#include <errno.h>
#include <unistd.h>

/* A page of one and the same complaint hides the others. */
enum { SHOWN_PER_CODE = 10 };

/* ---- configuration ---- */

/* Here, else where it was installed, else beside the build. */
static const char *config_path(gw_arena *a)
{
	const char *here = "config/pipeline.yaml";
	if (gw_path_exists(here))
		return here;
#ifdef GW_DATADIR
	if (gw_path_exists(GW_DATADIR "/config/pipeline.yaml"))
		return GW_DATADIR "/config/pipeline.yaml";
#endif
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return here;
	self[n] = 0;
	const char *folder = gw_path_dir(a, gw_path_dir(a, self));
	static const char *const places[] = {"config/pipeline.yaml", "share/gongwen/config/pipeline.yaml"};
	for (int i = 0; i < 2; i++) {
		const char *path = gw_path_join(a, folder, places[i]);
		if (gw_path_exists(path))
			return path;
	}
	return here;
}

gw_config *gw_session_config(gw_session *s, gw_need need)
{
	const char *path = s->args.config ? s->args.config : config_path(&s->arena);
	gw_config *c;
	if (need == GW_NEED_SETTINGS)
		c = gw_config_read(path, &s->diag);
	else if (need == GW_NEED_INPUTS && !s->args.inputs.count)
		c = gw_config_load_with_inputs(path, &s->diag);
	else
		c = gw_config_load(path, &s->diag);
	if (!c)
		return NULL;
	if (s->args.output)
		c->output = s->args.output;
	if (s->args.dataset && !gw_dataset_name_good(s->args.dataset)) {
		gw_session_usage(s, "--dataset: \"%s\" is no name for a folder", s->args.dataset);
		gw_config_free(c);
		return NULL;
	}
	if (s->args.dataset)
		c->dataset = s->args.dataset;
	if (s->args.jobs >= 0)
		c->jobs = s->args.jobs;
	return c;
}

static bool part_read(const char *text, unsigned *part, unsigned *parts)
{
	int end = 0;
	return sscanf(text, "%6u/%6u%n", part, parts, &end) == 2 && !text[end] && *part >= 1 && *part <= *parts;
}

static gw_status list_torn(gw_session *s)
{
	return gw_report(&s->diag, GW_E_INTERNAL, NULL, "the list of inputs cannot be read back from the temporary file");
}

/* Every N-th file, from the K-th on: neighbours are often of one size, so the parts are about equal. */
static gw_status part_keep(gw_session *s, gw_inputs *in)
{
	unsigned part, parts;
	if (!s->args.part)
		return GW_OK;
	if (!part_read(s->args.part, &part, &parts)) {
		gw_session_usage(s, "--part: \"%s\" is no K/N with K from 1 to N", s->args.part);
		return GW_FAILED;
	}
	return gw_inputs_keep_part(in, part, parts) ? GW_OK : list_torn(s);
}

/* Archives are opened only now, so that a slip in the names is told at once. */
static gw_status inputs_open(gw_session *s, const gw_config *c, const char *const *paths, uint32_t count,
	gw_inputs *out)
{
	gw_status status = gw_inputs_list_away(&s->inputs, paths, count, &c->exclude, out, &s->diag);
	if (status >= GW_FAILED || part_keep(s, out) >= GW_FAILED)
		return GW_FAILED;
	if (!gw_inputs_unpack(&s->inputs, &c->archives, &c->exclude, out))
		return list_torn(s);
	return gw_inputs_sort(out, &s->diag) >= GW_FAILED ? GW_FAILED : status;
}

gw_status gw_session_inputs(gw_session *s, const gw_config *c, gw_inputs *out)
{
	*out = (gw_inputs){0};
	if (s->args.inputs.count)
		return inputs_open(s, c, s->args.inputs.items, s->args.inputs.count, out);
	/* Those that do not exist were reported with the configuration. */
	if (s->diag.errors)
		return GW_FAILED;
	return c->inputs.count ? inputs_open(s, c, c->inputs.items, c->inputs.count, out) : GW_OK;
}

void gw_session_put_away(gw_session *s, gw_inputs *in)
{
	if (gw_inputs_put_away(in))
		gw_arena_release(&s->inputs);
}

/* ---- messages ---- */

/* A message must not be glued to the progress line. */
static void line_close(gw_printer *p)
{
	if (p->line_open)
		fputs("\r\033[K", stderr);
	p->line_open = false;
}

/* Errors are always said; --quiet takes warnings away, --verbose adds notes. */
static bool wanted(const gw_printer *p, gw_severity severity)
{
	if (severity == GW_ERROR)
		return true;
	return !p->quiet && (severity == GW_WARNING || p->verbose);
}

void gw_print_problems(gw_printer *p, const gw_diag *diag)
{
	gw_buf line;
	gw_buf_init(&line);
	for (uint32_t i = 0; i < diag->problems.count; i++) {
		const gw_problem *problem = &diag->problems.items[i];
		if (!wanted(p, gw_code_severity(problem->code)))
			continue;
		/* Problems of the configuration are to be mended in one go: all of them are shown. */
		if (!p->verbose && problem->code >= GW_E_INPUT_MISSING && p->shown[problem->code] >= SHOWN_PER_CODE) {
			p->hidden[problem->code]++;
			continue;
		}
		p->shown[problem->code]++;
		line_close(p);
		gw_buf_clear(&line);
		gw_problem_format(problem, p->colour, &line);
		gw_buf_addc(&line, '\n');
		fwrite(line.ptr, 1, line.len, stderr);
	}
	gw_buf_release(&line);
}

void gw_print_hidden(gw_printer *p)
{
	line_close(p);
	for (int c = 0; c < GW_CODE_COUNT; c++) {
		if (p->hidden[c])
			fprintf(stderr, "gongwen: \xE2\x80\xA6 and %u more of %s (%s); --verbose shows them\n",
				p->hidden[c], gw_code_name((gw_code)c), gw_code_meaning((gw_code)c));
		p->hidden[c] = 0;
	}
}

void gw_print_progress(gw_printer *p, uint64_t done, uint64_t total)
{
	/* Writing to a terminal is slow; a hundredth more is news enough. */
	if (!p->progress || (done != total && done % (total / 100 + 1) != 0))
		return;
	fprintf(stderr, "\r%llu of %llu sources", (unsigned long long)done, (unsigned long long)total);
	p->line_open = true;
	if (done == total)
		line_close(p);
}

/* The lexicon version is a hash over the words, so the configuration has to be opened for it. */
void gw_print_version(void)
{
	gw_arena arena;
	gw_diag quiet;
	gw_arena_init(&arena);
	gw_diag_init(&quiet);
	const char *path = config_path(&arena);
	gw_config *c = gw_config_load(path, &quiet);
	printf("gongwen %s\nschema %s\n", GW_PROGRAM_VERSION, GW_SCHEMA_VERSION);
	if (c) {
		char hex[65];
		gw_knowledge_version(c->knowledge, hex);
		printf("lexicon %.12s (%s)\n", hex, path);
	} else {
		printf("lexicon unknown (%s cannot be used; see gongwen check)\n", path);
	}
	gw_config_free(c);
	gw_diag_release(&quiet);
	gw_arena_release(&arena);
}

void gw_print_commands(FILE *out)
{
	fputs("gongwen reads Chinese policy documents and publishes what they order as checked tables.\n\n"
	      "usage: gongwen COMMAND [OPTION]…\n\ncommands:\n",
		out);
	for (uint32_t i = 0; gw_commands[i]; i++)
		fprintf(out, "  %-8s %s\n", gw_commands[i]->name, gw_commands[i]->summary);
	fputs("\ngongwen COMMAND --help shows the options of a command and an example; gongwen --version the "
	      "versions.\n"
	      "example: gongwen run -i documents/ -o output/\n",
		out);
}

/* ---- standard output ---- */

static void stdout_complain(void)
{
	/* A reader that has gone away (| head) is no news. */
	if (errno != EPIPE)
		fprintf(stderr, "gongwen: error[%s]: standard output: %s\n", gw_code_name(GW_E_OUTPUT_WRITE),
			strerror(errno));
}

bool gw_stdout_write(const void *bytes, size_t n)
{
	if (fwrite(bytes, 1, n, stdout) == n)
		return true;
	stdout_complain();
	return false;
}

int gw_stdout_finish(int status)
{
	bool failed = ferror(stdout);
	if (fflush(stdout) != 0) {
		failed = true;
		stdout_complain();
	}
	return failed && status == GW_EXIT_DONE ? GW_EXIT_FAILED : status;
}
