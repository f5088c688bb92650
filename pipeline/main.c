/* The program is the command line of the library. */
#include "gw/run.h"

int main(int argc, char **argv)
{
	return gw_command_line(argc, argv);
}
