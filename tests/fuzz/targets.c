/* Throws spoiled input at every decoder and every reader of a format by itself.
 *
 *   targets [-s SEED] [-t SECONDS | -n ROUNDS] [-T TARGET] [-r ROUND] [-k FILE] DOCUMENT...
 *
 * SECONDS are for all targets together, ROUNDS for each. A round depends on seed, target and number alone, so one that
 * failed is done again by -T and -r; -k keeps what it fed. Wrong is what the sanitizers report, what takes too long,
 * and what breaks a promise of the target (decoder_targets.c, reader_targets.c). */
#include "target.h"

#include "gw/file.h"

#include <libxml/parser.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SEEDS_MAX = 256, ROUND_SECONDS = 20 };

typedef struct plan {
	uint64_t seed, rounds, only;
	double seconds;
	bool has_only;
	const char *target, *keep;
} plan;

/* For the handlers, which are given nothing. */
static plan p = {.seed = 1, .seconds = 60};
static const char *target_now = "";
static uint64_t round_now;

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void tell_round(void)
{
	char line[200];
	int n = snprintf(line, sizeof line, "targets: that was %s, round %llu; again: -s %llu -T %s -r %llu\n", target_now,
	        (unsigned long long)round_now, (unsigned long long)p.seed, target_now, (unsigned long long)round_now);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		_exit(1);
}

static void too_long(int signal)
{
	(void)signal;
	static const char what[] = "targets: a round takes too long\n";
	if (write(STDERR_FILENO, what, sizeof what - 1) >= 0)
		tell_round();
	abort();
}

static void input_keep(const target_case *c)
{
	FILE *f = p.keep ? fopen(p.keep, "wb") : NULL;
	if (!f)
		return;
	fwrite(c->input.ptr ? c->input.ptr : "", 1, c->input.len, f);
	fclose(f);
}

_Noreturn void target_broken(target_case *c, const char *what)
{
	fprintf(stderr, "targets: %s\n", what);
	input_keep(c);
	tell_round();
	exit(1);
}

gw_str target_stretch(target_case *c, uint32_t most)
{
	gw_str s = c->seeds[dice_below(&c->dice, c->seed_count)];
	uint32_t from = dice_below(&c->dice, s.len), n = 1 + dice_below(&c->dice, most);
	while (from < s.len && ((unsigned char)s.ptr[from] & 0xC0) == 0x80)
		from++;
	n = n > s.len - from ? s.len - from : n;
	while (from + n < s.len && ((unsigned char)s.ptr[from + n] & 0xC0) == 0x80)
		n++;
	return (gw_str){s.ptr + from, n};
}

char *target_copy(const gw_buf *b)
{
	char *copy = malloc(b->len ? b->len : 1);
	if (!copy)
		exit(2);
	memcpy(copy, b->ptr ? b->ptr : "", b->len);
	return copy;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void round_run(const target *t, target_case *c)
{
	c->dice.state = p.seed * 0x100000001B3u + round_now * 0x9E3779B1u + gw_hash64(t->name, strlen(t->name));
	gw_arena_reset(&c->arena);
	gw_diag_clear(&c->diag);
	gw_buf_clear(&c->input);
	alarm(ROUND_SECONDS);
	t->round(c);
	alarm(0);
}

/* Returns how many rounds there were. */
static uint64_t target_run(const target *t, target_case *c, double seconds)
{
	double end = now() + seconds;
	target_now = t->name;
	round_now = p.only;
	if (p.has_only) {
		round_run(t, c);
		input_keep(c);
		return 1;
	}
	for (round_now = 0; p.rounds ? round_now < p.rounds : now() < end; round_now++)
		round_run(t, c);
	return round_now;
}

static bool options_read(int argc, char **argv)
{
	for (int o; (o = getopt(argc, argv, "s:t:n:T:r:k:")) != -1;) {
		if (o == 's')
			p.seed = strtoull(optarg, NULL, 10);
		else if (o == 't')
			p.seconds = strtod(optarg, NULL);
		else if (o == 'n')
			p.rounds = strtoull(optarg, NULL, 10);
		else if (o == 'T')
			p.target = optarg;
		else if (o == 'r')
			p.only = strtoull(optarg, NULL, 10);
		else if (o == 'k')
			p.keep = optarg;
		else
			return false;
		p.has_only |= o == 'r';
	}
	return optind < argc;
}

static uint32_t seeds_load(char **paths, int count, gw_arena *arena, gw_str *seeds)
{
	uint32_t n = 0;
	gw_diag diag;
	gw_diag_init(&diag);
	for (int i = 0; i < count && n < SEEDS_MAX; i++) {
		gw_loaded file;
		if (gw_file_load(paths[i], 1u << 24, &file, &diag) >= GW_FAILED)
			continue;
		if (file.len && gw_utf8_valid(file.bytes, file.len))
			seeds[n++] = gw_arena_str(arena, (gw_str){file.bytes, (uint32_t)file.len});
		gw_file_unload(&file);
	}
	gw_diag_release(&diag);
	return n;
}

static const target *const lists[] = {targets_decoders, targets_readers};

static unsigned targets_count(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const target *t = lists[i]; t->name; t++)
			n += !p.target || strcmp(p.target, t->name) == 0;
	return n;
}

int main(int argc, char **argv)
{
	static gw_str seeds[SEEDS_MAX];
	gw_arena arena;
	gw_arena_init(&arena);
	target_case c = {.seeds = seeds};
	if (!options_read(argc, argv) || !targets_count())
		return fputs("usage: targets [-s SEED] [-t SECONDS | -n ROUNDS] [-T TARGET] [-r ROUND] [-k FILE] DOCUMENT...\n", stderr), 2;
	c.seed_count = seeds_load(argv + optind, argc - optind, &arena, seeds);
	if (!c.seed_count)
		return fputs("targets: no documents in UTF-8\n", stderr), 2;
	gw_arena_init(&c.arena);
	gw_diag_init(&c.diag);
	gw_buf_init(&c.input);
	xmlInitParser();
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_round);
	signal(SIGALRM, too_long);
	uint64_t rounds = 0;
	unsigned count = targets_count();
	for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const target *t = lists[i]; t->name; t++)
			if (!p.target || strcmp(p.target, t->name) == 0)
				rounds += target_run(t, &c, p.seconds / count);
	printf("targets: %llu rounds over %u targets from seed %llu, nothing broke\n", (unsigned long long)rounds, count,
	        (unsigned long long)p.seed);
	gw_buf_release(&c.input);
	gw_diag_release(&c.diag);
	gw_arena_release(&c.arena);
	gw_arena_release(&arena);
	xmlCleanupParser();
	return 0;
}
