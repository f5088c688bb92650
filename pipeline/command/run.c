/* gongwen run: reads all inputs, publishes a snapshot. */
#include "command.h"

#include <stdlib.h>

static int by_source_path(const void *a, const void *b)
{
	return strcmp(((const gw_input *)a)->source_path, ((const gw_input *)b)->source_path);
}

static bool listed(const gw_inputs *in, const char *source_path)
{
	gw_input key = {.source_path = source_path};
	return in->items.count && bsearch(&key, in->items.items, in->items.count, sizeof key, by_source_path);
}

static gw_status replay_line(gw_session *s, gw_str line, const gw_place *at, const gw_inputs *in, gw_inputs *more)
{
	gw_rows reject = {0};
	gw_status status = gw_reject_parse(&s->arena, line.ptr, line.len, at, &reject, &s->diag);
	if (status >= GW_FAILED)
		return status;
	/* What is among the inputs is read from there: it may have been mended since. */
	const char *source_path = gw_arena_str(&s->arena, reject.source_path).ptr;
	bool never_read = !reject.source_sha256.len;
	if (never_read && !listed(in, source_path)) {
		more->skipped++;
		gw_report(&s->diag, GW_E_INPUT_READ, at, "%s could not be read then and is not among the inputs now; skipped", source_path);
	} else if (!listed(in, source_path)) {
		gw_str raw = gw_arena_str(&s->arena, reject.raw);
		*GW_PUSH(&s->arena, &more->items) = (gw_input){
			.source_path = source_path, .content = raw.ptr, .content_len = raw.len, .size = raw.len};
	}
	return GW_OK;
}

/* Adds to the inputs what a quarantine file holds of sources that are no longer there. The other inputs stay: a
 * snapshot is the whole dataset, and one of the rejects alone would drop the rest of it. */
static gw_status replay_add(gw_session *s, const gw_config *c, const char *path, gw_inputs *in)
{
	gw_loaded file;
	bool piped = strcmp(path, "-") == 0;
	if (!gw_inputs_fetch(&s->arena, in))
		return gw_report(&s->diag, GW_E_INTERNAL, NULL, "the list of inputs cannot be read back from the temporary file");
	gw_status status = gw_file_load(piped ? "/dev/stdin" : path, UINT32_MAX - 1, &file, &s->diag);
	if (status >= GW_FAILED)
		return status;
	gw_inputs more = {.skipped = in->skipped, .spool = in->spool};
	gw_place at = {.path = piped ? "standard input" : path};
	const char *p = file.bytes, *end = file.bytes + file.len;
	while (p < end && status < GW_FAILED) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		at.line++;
		if (stop > p)
			status = replay_line(s, (gw_str){p, (uint32_t)(stop - p)}, &at, in, &more);
		p = stop + 1;
	}
	gw_file_unload(&file);
	gw_inputs_unpack(&s->arena, &c->archives, &c->exclude, &more);
	for (uint32_t i = 0; i < more.items.count; i++)
		*GW_PUSH(&s->arena, &in->items) = more.items.items[i];
	in->spool = more.spool;
	in->skipped = more.skipped;
	if (more.items.count && gw_inputs_sort(in, &s->diag) >= GW_FAILED)
		status = GW_FAILED;
	return status;
}

static gw_status feed(gw_job *job, void *ctx)
{
	const gw_inputs *in = ctx;
	gw_record_skipped(job->record, in->skipped);
	gw_record_threads(job->record, gw_batch_threads(job->config->jobs, gw_inputs_count(in)));
	job->total = gw_inputs_count(in);
	const gw_batch_use use = {job, gw_job_desk, gw_job_desk_free, gw_job_make, gw_job_take, job->publisher};
	return gw_batch_run(job->config, in, job->config->jobs, &use, &job->session->diag);
}

static int inputs_run(gw_session *s, gw_config *c, gw_inputs *in)
{
	/* An empty folder is an answer, none at all is a slip: it would publish an empty dataset. */
	if (!s->args.inputs.count && !c->inputs.count && !s->args.replay)
		return gw_session_usage(s, "no inputs: name files or folders with -i, or under `inputs` in %s", c->path);
	if (gw_session_inputs(s, c, in) >= GW_FAILED)
		return GW_EXIT_USAGE;
	if (s->args.replay && replay_add(s, c, s->args.replay, in) >= GW_FAILED)
		return GW_EXIT_USAGE;
	if (!gw_inputs_count(in))
		gw_report(&s->diag, GW_W_NO_INPUT, NULL, "the inputs hold no document; the dataset will be empty");
	/* What was said of the inputs comes before what is said of their contents. */
	gw_print_problems(&s->printer, &s->diag);
	gw_diag_clear(&s->diag);
	gw_session_put_away(s, in);
	return gw_job_run(s, c, feed, in);
}

static int work(gw_session *s, gw_config *c)
{
	gw_inputs in = {0};
	int status = inputs_run(s, c, &in);
	gw_inputs_release(&in);
	return status;
}

extern const gw_command gw_command_run;

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_run, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count)
		status = gw_session_usage(&s, "unexpected \"%s\"; inputs are given with -i", s.args.rest.items[0]);
	if (status == GW_GO_ON) {
		gw_config *c = gw_session_config(&s, GW_NEED_INPUTS);
		status = c ? work(&s, c) : GW_EXIT_USAGE;
		gw_config_free(c);
	}
	return gw_session_end(&s, status);
}

const gw_command gw_command_run = {
	.name = "run",
	.usage = "[-c CONFIG] [-i PATH]… [-o DIR] [-j N] [--full]",
	.summary = "Reads all inputs, publishes a snapshot, prints its version and a table of counts.",
	.options = "config input output dataset jobs full replay quiet verbose",
	.help = "Read are text, web pages, DOCX, PDF, XML and Markdown, each known by its content; ZIP, TAR, 7z and gzip files are "
		"folders.\n"
		"Inputs that are as they were are taken over from the latest snapshot; the result is that of --full, byte for byte.\n"
		"Exit status: 0 published, or nothing had changed; 1 failed, nothing published; 2 wrong usage or "
		"configuration;\n"
		"3 published, but some inputs went to quarantine; 75 another run holds the lock.\n\n"
		"example: gongwen run -i documents/ -o output/ -j 4\n",
	.run = run,
};
