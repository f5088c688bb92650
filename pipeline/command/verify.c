/* gongwen verify: is a snapshot what it says it is? */
#include "command.h"

extern const gw_command gw_command_verify;

/* Nothing there is a slip of the caller, something broken is a finding: other statuses. */
static bool only_missing(const gw_diag *diag)
{
	for (uint32_t i = 0; i < diag->problems.count; i++)
		if (diag->problems.items[i].code == GW_E_SNAPSHOT_NONE)
			return true;
	return false;
}

static int work(gw_session *s, const char *snapshot)
{
	if (gw_snapshot_verify(snapshot, &s->diag) >= GW_FAILED)
		return only_missing(&s->diag) ? GW_EXIT_USAGE : GW_EXIT_FAILED;
	if (!s->args.quiet)
		printf("%s: sound; every hash, row, key and position was checked\n", snapshot);
	return GW_EXIT_DONE;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_verify, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count != 1)
		status = gw_session_usage(&s, "name one snapshot or archive");
	if (status == GW_GO_ON)
		status = work(&s, s.args.rest.items[0]);
	return gw_session_end(&s, status);
}

const gw_command gw_command_verify = {
	.name = "verify",
	.usage = "SNAPSHOT|ARCHIVE",
	.summary = "Checks every hash, every row against its schema, every key, and that each text stands at its "
		   "position.",
	.options = "quiet verbose",
	.help = "Exit status: 0 sound; 1 broken; 2 wrong usage, or nothing there.\n\n"
		"example: gongwen verify output/gongwen/latest\n",
	.run = run,
};
