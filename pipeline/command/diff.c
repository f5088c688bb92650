/* gongwen diff: what changed between two snapshots. */
#include "command.h"

extern const gw_command gw_command_diff;

/* Of each list of rows; --verbose shows all. --json has all in any case. */
enum { SHOWN_ROWS = 20 };

static bool any_change(const gw_diff_counts *n)
{
	for (int t = 0; t < GW_TABLES; t++)
		if (n->added[t] || n->removed[t] || n->changed[t])
			return true;
	return n->schema > 0;
}

static int work(gw_session *s, const char *old_snapshot, const char *new_snapshot)
{
	gw_diff_counts counts = {0};
	gw_buf out;
	gw_buf_init(&out);
	gw_status status = gw_snapshot_diff(old_snapshot, new_snapshot, s->args.json ? &out : NULL, s->args.json ? NULL : &out,
		s->args.verbose ? UINT32_MAX : SHOWN_ROWS, &counts, &s->diag);
	/* 1 is kept for "they differ". */
	int end = status >= GW_FAILED ? GW_EXIT_USAGE : any_change(&counts) ? GW_EXIT_FAILED : GW_EXIT_DONE;
	if (status < GW_FAILED && !s->args.quiet)
		gw_stdout_write(out.ptr, out.len);
	gw_buf_release(&out);
	return end;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_diff, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count != 2)
		status = gw_session_usage(&s, "name two snapshots, the older one first");
	if (status == GW_GO_ON)
		status = work(&s, s.args.rest.items[0], s.args.rest.items[1]);
	return gw_session_end(&s, status);
}

const gw_command gw_command_diff = {
	.name = "diff",
	.usage = "OLD NEW [--json]",
	.summary = "Lists the rows added, removed and changed between two snapshots (folders or archives).",
	.options = "json quiet verbose",
	.help = "Rows are told apart by their primary keys. Of each table twenty rows of a kind are shown, all with --verbose and in "
		"--json.\n"
		"Snapshots of different schemas are compared by the columns that both have; what else differs is named first.\n"
		"Exit status: 0 no row and no column differs; 1 they differ; 2 wrong usage, or a snapshot cannot be read.\n\n"
		"example: gongwen diff output/gongwen/snapshots/" GW_SCHEMA_VERSION "-000001-* output/gongwen/latest\n",
	.run = run,
};
