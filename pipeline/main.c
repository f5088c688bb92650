/* The program is the command line of the library. */
#include "gw/run.h"

#include <malloc.h>

/* What is freed comes back soon, by the next file or document: given back to the system each time, it would have to be
 * filled in anew page by page, a third of what starting costs. */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

int main(int argc, char **argv)
{
	keep_freed_memory();
	return gw_command_line(argc, argv);
}
