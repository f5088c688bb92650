/* gongwen prune: removes old snapshots, never the latest. */
#include "command.h"

extern const gw_command gw_command_prune;

/* Under the lock: a run that is publishing must not see its predecessor go. */
static int prune(gw_session *s, const gw_config *c)
{
	const char *place = gw_path_join(&s->arena, c->output, c->dataset);
	if (!gw_path_is_dir(place)) {
		gw_place at = {.path = place};
		gw_report(&s->diag, GW_E_SNAPSHOT_NONE, &at, "no dataset there");
		return GW_EXIT_FAILED;
	}
	int lock = gw_lock_take(gw_path_join(&s->arena, place, ".lock"), false, &s->diag);
	if (lock == -2) {
		gw_place at = {.path = place};
		gw_report(&s->diag, GW_E_OUTPUT_LOCK, &at, "another run holds the lock; try again later");
		return GW_EXIT_BUSY;
	}
	if (lock < 0)
		return GW_EXIT_FAILED;
	uint32_t removed = 0;
	gw_status status = gw_snapshots_prune(place, s->args.keep, &removed, &s->diag);
	gw_lock_drop(lock);
	if (!s->args.quiet)
		printf("%s: removed %u snapshots\n", place, removed);
	return status >= GW_FAILED ? GW_EXIT_FAILED : GW_EXIT_DONE;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_prune, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count)
		status = gw_session_usage(&s, "unexpected \"%s\"", s.args.rest.items[0]);
	if (status == GW_GO_ON && s.args.keep < 1)
		status = gw_session_usage(&s, "--keep N says how many of the newest snapshots stay, at least 1");
	if (status == GW_GO_ON) {
		gw_config *c = gw_session_config(&s, GW_NEED_SETTINGS);
		status = c ? prune(&s, c) : GW_EXIT_USAGE;
		gw_config_free(c);
	}
	return gw_session_end(&s, status);
}

const gw_command gw_command_prune = {
	.name = "prune",
	.usage = "--keep N [-c CONFIG] [-o DIR] [--dataset NAME]",
	.summary = "Removes all but the newest snapshots and their archives; never the latest one.",
	.options = "keep config output dataset quiet verbose",
	.help = "Exit status: 0 done; 1 failed; 2 wrong usage or configuration; 75 another run holds the lock.\n\n"
		"example: gongwen prune --keep 10 -o output/\n",
	.run = run,
};
