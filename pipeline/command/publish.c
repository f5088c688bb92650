/* gongwen publish: row files in, a snapshot out. The second half of `run`. */
#include "command.h"

static gw_status feed(gw_job *job, void *ctx)
{
	gw_row_files *files = ctx;
	gw_diag *diag = &job->session->diag;
	gw_arena arena;
	gw_diag none; /* problems were told by the `map` that met them */
	gw_buf packet;
	void *desk = gw_job_desk(job);
	gw_arena_init(&arena);
	gw_diag_init(&none);
	gw_buf_init(&packet);
	gw_status status = GW_OK;
	bool end = false;
	while (status < GW_FAILED) {
		gw_rows rows = {0};
		gw_arena_reset(&arena);
		status = gw_row_files_next(files, &arena, &rows, &end, diag);
		if (status >= GW_FAILED || end)
			break;
		gw_source_note note;
		gw_source_note_make(&rows, &note);
		status = gw_job_make(job, desk, &rows, &packet, diag);
		if (status < GW_FAILED)
			status = gw_job_take(job, &note, &packet, &none);
	}
	gw_buf_release(&packet);
	gw_job_desk_free(desk);
	gw_diag_release(&none);
	gw_arena_release(&arena);
	return status;
}

/* A name that leads nowhere is wrong usage, as with the inputs of `run`. */
static bool all_there(gw_session *s)
{
	uint32_t errors = s->diag.errors;
	for (uint32_t i = 0; i < s->args.rest.count; i++) {
		gw_place at = {.path = s->args.rest.items[i]};
		if (strcmp(at.path, "-") != 0 && !gw_path_exists(at.path))
			gw_report(&s->diag, GW_E_INPUT_MISSING, &at, "the row file does not exist");
	}
	return s->diag.errors == errors;
}

/* A folder stands for the files below it. Engines put their marks and what was not finished beside the rows, under names
 * with _ (_SUCCESS, _temporary): these are left out, as the engines themselves do. */
static void folder_open(gw_session *s, const char *path, gw_words *out)
{
	const char *marks = "_*";
	const gw_strings left_out = {.items = &marks, .count = 1};
	gw_inputs in;
	gw_diag diag;
	gw_place at = {.path = path};
	gw_diag_init(&diag);
	gw_inputs_list(&s->arena, &path, 1, &left_out, &in, &diag);
	/* A wrong folder must not publish an empty dataset. */
	if (in.items.count || diag.errors)
		gw_diag_merge(&s->diag, &diag);
	else
		gw_report(&s->diag, GW_E_INPUT_MISSING, &at, "the folder holds no row file");
	gw_diag_release(&diag);
	for (uint32_t i = 0; i < in.items.count; i++)
		*GW_PUSH(&s->arena, out) = in.items.items[i].path;
	gw_inputs_release(&in);
}

static bool folders_open(gw_session *s, gw_words *out)
{
	uint32_t errors = s->diag.errors;
	for (uint32_t i = 0; i < s->args.rest.count; i++) {
		const char *path = s->args.rest.items[i];
		if (strcmp(path, "-") != 0 && gw_path_is_dir(path))
			folder_open(s, path, out);
		else
			*GW_PUSH(&s->arena, out) = path;
	}
	return s->diag.errors == errors;
}

static int work(gw_session *s, gw_config *c)
{
	gw_words paths = {0};
	if (!all_there(s) || !folders_open(s, &paths))
		return GW_EXIT_USAGE;
	c->schema = gw_schema_load(&c->arena, c->publish.schemas, GW_SCHEMA_VERSION, &s->diag);
	if (!c->schema)
		return GW_EXIT_USAGE;
	gw_row_files *files = gw_row_files_open(c->schema, paths.items, paths.count, &s->diag);
	if (!files)
		return GW_EXIT_FAILED;
	int status = gw_job_run(s, c, feed, files);
	gw_row_files_close(files);
	return status;
}

extern const gw_command gw_command_publish;

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_publish, argc, argv);
	if (status == GW_GO_ON && !s.args.rest.count)
		status = gw_session_usage(&s, "no row file is named");
	if (status == GW_GO_ON) {
		gw_config *c = gw_session_config(&s, GW_NEED_SETTINGS);
		status = c ? work(&s, c) : GW_EXIT_USAGE;
		gw_config_free(c);
	}
	return gw_session_end(&s, status);
}

const gw_command gw_command_publish = {
	.name = "publish",
	.usage = "[-c CONFIG] [-o DIR] ROWS…",
	.summary = "Publishes row files made by map (plain or gzip, or folders of them, any order) as a snapshot.",
	.options = "config output dataset quiet verbose",
	.help = "The snapshot is that of `run` over the same documents, byte for byte. - stands for standard input,\n"
		"a folder for the files below it; names that begin with _ or . are left out. Exit status as for run.\n\n"
		"example: gongwen map < part-1.ndjson | gzip > rows-1.gz; gongwen publish -o output/ rows-*.gz\n",
	.run = run,
};
