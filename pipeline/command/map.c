/* gongwen map: documents in, rows out, one JSON object a line. The first half of `run` as a filter. */
#include "command.h"

#include <unistd.h>

/* Documents from a pipe are worked on by the handful: enough for all threads, little enough to hold. */
enum { HANDFUL = 256, HANDFUL_BYTES = 16 << 20 };

typedef struct map_run {
	gw_session *session;
	gw_config *config;
	gw_arena arena; /* of the handful */
	gw_inputs handful;
	size_t bytes;
} map_run;

static gw_status make(void *ctx, void *desk, const gw_rows *rows, gw_buf *made, gw_diag *diag)
{
	const map_run *m = ctx;
	(void)desk;
	(void)diag;
	gw_rows_print(m->config->schema, rows, made);
	return GW_OK;
}

static gw_status take(void *ctx, const gw_source_note *note, gw_buf *made, const gw_diag *problems)
{
	map_run *m = ctx;
	(void)note;
	gw_print_problems(&m->session->printer, problems);
	return gw_stdout_write(made->ptr, made->len) ? GW_OK : GW_FATAL;
}

static gw_status batch_run(map_run *m, const gw_inputs *in)
{
	const gw_batch_use use = {.ctx = m, .make = make, .take = take};
	return gw_batch_run(m->config, in, m->config->jobs, &use, &m->session->diag);
}

static gw_status handful_run(map_run *m)
{
	gw_inputs_unpack(&m->arena, &m->config->archives, &m->config->exclude, &m->handful);
	gw_status status = batch_run(m, &m->handful);
	gw_inputs_release(&m->handful);
	m->handful = (gw_inputs){0};
	m->bytes = 0;
	gw_arena_reset(&m->arena);
	/* A pipe's other end may be waiting for these rows before it sends more documents. */
	return status < GW_FAILED && fflush(stdout) != 0 ? GW_FATAL : status;
}

/* The reader's line is gone after the call, the batch comes later: a copy. */
static gw_status each(void *ctx, const gw_input *in, gw_diag *diag)
{
	map_run *m = ctx;
	(void)diag;
	gw_input *copy = GW_PUSH(&m->arena, &m->handful.items);
	char *content = gw_arena_alloc(&m->arena, in->content_len + 1);
	memcpy(content, in->content, in->content_len);
	*copy = *in;
	copy->content = content;
	copy->source_path = gw_arena_str(&m->arena, gw_str_of(in->source_path)).ptr;
	m->bytes += in->content_len;
	return m->handful.items.count >= HANDFUL || m->bytes >= HANDFUL_BYTES ? handful_run(m) : GW_OK;
}

static gw_status pipe_map(map_run *m)
{
	gw_status status = gw_ndjson_read(STDIN_FILENO, each, m, &m->session->diag);
	if (status >= GW_FATAL)
		return status;
	/* What came before a bad line is not lost with it. */
	gw_status last = handful_run(m);
	return last > status ? last : status;
}

static int work(gw_session *s, gw_config *c)
{
	map_run m = {.session = s, .config = c};
	gw_inputs in = {0};
	gw_status status;
	if (s->args.inputs.count && gw_session_inputs(s, c, &in) >= GW_FAILED) {
		gw_inputs_release(&in);
		return GW_EXIT_USAGE;
	}
	gw_arena_init(&m.arena);
	if (s->args.inputs.count)
		gw_session_put_away(s, &in);
	if (s->args.inputs.count)
		status = batch_run(&m, &in);
	else
		status = pipe_map(&m);
	gw_inputs_release(&in);
	gw_arena_release(&m.arena);
	/* Rejects are rows like others here; they count where they are published. */
	return status >= GW_FAILED || s->diag.errors ? GW_EXIT_FAILED : GW_EXIT_DONE;
}

extern const gw_command gw_command_map;

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_map, argc, argv);
	if (status == GW_GO_ON && s.args.part && !s.args.inputs.count)
		status = gw_session_usage(&s, "--part parts the inputs of -i, and none is given");
	if (status == GW_GO_ON && s.args.rest.count)
		status = gw_session_usage(&s, "unexpected \"%s\"; inputs are given with -i", s.args.rest.items[0]);
	if (status == GW_GO_ON) {
		gw_config *c = gw_session_config(&s, GW_NEED_STAGES);
		status = c ? work(&s, c) : GW_EXIT_USAGE;
		gw_config_free(c);
	}
	return gw_session_end(&s, status);
}

const gw_command gw_command_map = {
	.name = "map",
	.usage = "[-c CONFIG] [-i PATH]… [--part K/N] [-j N]",
	.summary = "Prints the rows of documents as NDJSON; without -i the documents come as NDJSON on standard input.",
	.options = "config input part jobs quiet verbose",
	.help = "A line of input is {\"source_path\": …, \"content\": …} or {\"source_path\": …, \"content_base64\": "
		"…}. Rows keep the order\n"
		"of the documents; a document that cannot be used gives a row of the table \"rejects\". Exit status: 0 "
		"done;\n"
		"1 failed (a line was no document, rows could not be written); 2 wrong usage or configuration.\n\n"
		"example: gongwen map < documents.ndjson > rows.ndjson\n"
		"         gongwen map -i documents/ --part 3/16 | gzip > rows-3.gz\n",
	.run = run,
};
