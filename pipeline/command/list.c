/* gongwen list: the snapshots of the datasets under a folder. */
#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

extern const gw_command gw_command_list;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The datasets of an output folder: whatever holds a folder of snapshots. */
static gw_status datasets_find(gw_session *s, const char *output, gw_words *out)
{
	DIR *dir = opendir(output);
	if (!dir) {
		gw_place at = {.path = output};
		return gw_report(&s->diag, GW_E_SNAPSHOT_NONE, &at, "%s", strerror(errno));
	}
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		const char *name = gw_arena_printf(&s->arena, "%s", e->d_name);
		const char *place = gw_path_join(&s->arena, output, name);
		if (name[0] != '.' && gw_path_is_dir(gw_path_join(&s->arena, place, "snapshots")))
			*GW_PUSH(&s->arena, out) = name;
	}
	closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_name);
	return GW_OK;
}

/* Paths are printed whole, to be copied into the next command. */
static gw_status dataset_list(gw_session *s, const char *output, const char *dataset, gw_grid *g)
{
	gw_snapshot_list list = {0};
	gw_status status = gw_snapshots_list(&s->arena, gw_path_join(&s->arena, output, dataset), &list, &s->diag);
	for (uint32_t i = 0; i < list.count; i++) {
		const gw_snapshot_info *info = &list.items[i];
		gw_grid_add(g, gw_str_of(dataset));
		gw_grid_add(g, gw_str_of(info->version));
		gw_grid_add(g, info->latest ? GW_STR("latest") : GW_STR(""));
		gw_grid_add(g, gw_str_of(info->path));
		gw_grid_add(g, info->archive ? gw_str_of(info->archive) : GW_STR("-"));
	}
	return status;
}

static int print_list(gw_session *s, const char *output, const char *dataset)
{
	gw_words datasets = {0};
	gw_status status = GW_OK;
	if (dataset)
		*GW_PUSH(&s->arena, &datasets) = dataset;
	else
		status = datasets_find(s, output, &datasets);
	gw_grid g = {.arena = &s->arena, .align = "lllll"};
	static const char *const head[] = {"dataset", "version", "", "snapshot", "archive"};
	for (int i = 0; i < 5; i++)
		gw_grid_add(&g, gw_str_of(head[i]));
	for (uint32_t i = 0; i < datasets.count && status < GW_FAILED; i++)
		status = dataset_list(s, output, datasets.items[i], &g);
	if (status >= GW_FAILED)
		return GW_EXIT_FAILED;
	if (g.cells.count == 5) {
		gw_place at = {.path = dataset ? gw_path_join(&s->arena, output, dataset) : output};
		gw_report(&s->diag, GW_E_SNAPSHOT_NONE, &at, "no snapshot has been published there");
		return GW_EXIT_FAILED;
	}
	gw_buf out;
	gw_buf_init(&out);
	gw_grid_print(&g, &out);
	gw_stdout_write(out.ptr, out.len);
	gw_buf_release(&out);
	return GW_EXIT_DONE;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_list, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count)
		status = gw_session_usage(&s, "unexpected \"%s\"", s.args.rest.items[0]);
	if (status == GW_GO_ON && s.args.output) {
		/* Any folder can be looked at, without a configuration. */
		status = print_list(&s, s.args.output, s.args.dataset);
	} else if (status == GW_GO_ON) {
		gw_config *c = gw_session_config(&s, GW_NEED_SETTINGS);
		status = c ? print_list(&s, c->output, s.args.dataset) : GW_EXIT_USAGE;
		gw_config_free(c);
	}
	return gw_session_end(&s, status);
}

const gw_command gw_command_list = {
	.name = "list",
	.usage = "[-c CONFIG] [-o DIR] [--dataset NAME]",
	.summary = "Lists the snapshots of the datasets under the output folder, oldest first.",
	.options = "config output dataset quiet verbose",
	.help = "Exit status: 0 done; 1 nothing has been published there; 2 wrong usage or configuration.\n\n"
		"example: gongwen list -o output/\n",
	.run = run,
};
