/* How many processor cores this process may use. */
#include "gw/base.h"

#include <sched.h>
#include <unistd.h>

uint32_t gw_cores(void)
{
	cpu_set_t allowed;
	long n = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (uint32_t)n : 1;
}
