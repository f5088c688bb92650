/* gongwen unpack: an archive becomes a folder again. */
#include "command.h"

extern const gw_command gw_command_unpack;

static int work(gw_session *s, const char *archive)
{
	const char *path;
	const char *folder = s->args.output && *s->args.output ? s->args.output : ".";
	if (!gw_path_exists(archive) || gw_path_is_dir(archive)) {
		gw_place at = {.path = archive};
		gw_report(&s->diag, GW_E_SNAPSHOT_NONE, &at, gw_path_is_dir(archive) ? "a folder, not an archive" : "no such archive");
		return GW_EXIT_USAGE;
	}
	if (gw_archive_unpack(&s->arena, archive, folder, &path, &s->diag) >= GW_FAILED)
		return GW_EXIT_FAILED;
	if (!s->args.quiet)
		printf("%s\n", path);
	return GW_EXIT_DONE;
}

static int run(int argc, char **argv)
{
	gw_session s;
	int status = gw_session_begin(&s, &gw_command_unpack, argc, argv);
	if (status == GW_GO_ON && s.args.rest.count != 1)
		status = gw_session_usage(&s, "name one archive");
	if (status == GW_GO_ON)
		status = work(&s, s.args.rest.items[0]);
	return gw_session_end(&s, status);
}

const gw_command gw_command_unpack = {
	.name = "unpack",
	.usage = "ARCHIVE [-o DIR]",
	.summary = "Unpacks an archive (.tar.gz, .tar, .zip) into a folder of its name; checks every hash on the way.",
	.options = "output quiet verbose",
	.help = "Nothing is overwritten, and what is broken is not unpacked. The folder is seen when it is whole; it is below DIR, or "
		"here.\n"
		"Exit status: 0 done, the folder is printed; 1 broken, or the folder is there already; 2 wrong usage, or nothing there.\n\n"
		"example: gongwen unpack gongwen-1.0.0-000001-0a1b2c3d4e5f.tar.gz -o restored/\n",
	.run = run,
};
