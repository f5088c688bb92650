/* The table of commands, and the choice among them. A new command gets its line here. */
#include "command.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

extern const gw_command gw_command_run, gw_command_map, gw_command_publish, gw_command_check, gw_command_verify,
	gw_command_diff, gw_command_show, gw_command_eval, gw_command_list, gw_command_prune,
	gw_command_unpack;

const gw_command *const gw_commands[] = {&gw_command_run, &gw_command_map, &gw_command_publish, &gw_command_check,
	&gw_command_verify, &gw_command_diff, &gw_command_show, &gw_command_eval, &gw_command_list, &gw_command_prune,
	&gw_command_unpack, NULL};

static int top_option(const char *word)
{
	if (strcmp(word, "--version") == 0)
		gw_print_version();
	else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		gw_print_commands(stdout);
	else
		return GW_GO_ON;
	return GW_EXIT_DONE;
}

static const gw_command *command_find(const char *name)
{
	for (uint32_t i = 0; gw_commands[i]; i++)
		if (strcmp(gw_commands[i]->name, name) == 0)
			return gw_commands[i];
	return NULL;
}

/* A file opened while 0, 1 or 2 is closed would take its place, and what is printed would go there. The wrong way round,
 * so that reading or writing it still fails. */
static void standard_files_hold(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int gw_command_line(int argc, char **argv)
{
	standard_files_hold();
	/* Writing to a closed pipe, or beyond the size that files may have, is told by the write. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		gw_print_commands(stderr);
		return GW_EXIT_USAGE;
	}
	int status = top_option(argv[1]);
	if (status == GW_GO_ON) {
		const gw_command *command = command_find(argv[1]);
		if (!command) {
			fprintf(stderr, "gongwen: error[%s]: no command \"%s\"; see gongwen --help\n",
				gw_code_name(GW_E_USAGE), argv[1]);
			return GW_EXIT_USAGE;
		}
		status = command->run(argc - 1, argv + 1);
	}
	return gw_stdout_finish(status);
}
