/* Times each stage by itself: one thread, one pass over the inputs, a clock round every stage.
 *
 *   stages CONFIG PATH      prints one JSON object: seconds of every step, bytes, characters, sources, facts
 *
 * The chain is walked as gw_chain_run does it; what lies around it (loading with SHA-256, rows, their NDJSON) is
 * timed too, so that the steps add up to what `gongwen map` does. */
#include "gw/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { STEPS_MAX = 32 };

typedef struct bench {
	gw_config *config;
	gw_arena arena;
	gw_diag diag;
	const char *names[STEPS_MAX];
	double seconds[STEPS_MAX];
	uint32_t steps;
	uint64_t bytes, chars, documents, facts;
} bench;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void count(bench *b, const char *name, uint32_t step, double from)
{
	b->names[step] = name;
	b->seconds[step] += now() - from;
	if (step >= b->steps)
		b->steps = step + 1;
}

static gw_status stage_run(const gw_chain_link *link, gw_source *s, gw_diag *diag)
{
	if (link->stage->source)
		return link->stage->source(link->state, s, diag);
	gw_status worst = GW_OK;
	for (uint32_t i = 0; i < s->documents.count && worst < GW_FAILED; i++) {
		gw_status status = link->stage->document(link->state, &s->documents.items[i], diag);
		worst = status > worst ? status : worst;
	}
	return worst;
}

static void facts_count(bench *b, const gw_source *s)
{
	b->chars += s->text.char_count;
	b->documents += s->documents.count;
	for (uint32_t i = 0; i < s->documents.count; i++) {
		const gw_document *d = &s->documents.items[i];
		b->facts += d->times.count + d->agencies.count + d->quantities.count + d->duties.count;
	}
}

static bool source_bench(bench *b, const gw_input *in, gw_buf *out)
{
	gw_loaded file = {0};
	gw_source s = {.arena = &b->arena, .path = gw_str_of(in->source_path), .opened_as = gw_str_of(in->path)};
	gw_rows rows = {0};
	uint32_t step = 0;
	double from = now();
	if (gw_file_load(in->path, UINT32_MAX - 1, &file, &b->diag) >= GW_FAILED)
		return false;
	s.raw = file.bytes;
	s.raw_len = file.len;
	gw_sha256_of(s.raw, (size_t)s.raw_len, s.sha256);
	count(b, "load", step++, from);
	for (uint32_t i = 0; i < b->config->chain.count; i++) {
		const gw_chain_link *link = &b->config->chain.items[i];
		from = now();
		gw_status status = stage_run(link, &s, &b->diag);
		count(b, link->stage->name, step++, from);
		if (status >= GW_FAILED)
			return false;
	}
	from = now();
	gw_tabulate(b->config->schema, b->config->knowledge, &s, &rows);
	count(b, "tabulate", step++, from);
	from = now();
	gw_buf_clear(out);
	gw_rows_print(b->config->schema, &rows, out);
	count(b, "rows-print", step++, from);
	b->bytes += file.len;
	facts_count(b, &s);
	gw_file_unload(&file);
	return true;
}

static void result_print(const bench *b)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	printf("{\"bytes\": %" PRIu64 ", \"chars\": %" PRIu64 ", \"documents\": %" PRIu64 ", \"facts\": %" PRIu64 ", \"peak_kb\": %ld, \"steps\": {",
		b->bytes, b->chars, b->documents, b->facts, use.ru_maxrss);
	for (uint32_t i = 0; i < b->steps; i++)
		printf("%s\"%s\": %.6f", i ? ", " : "", b->names[i], b->seconds[i]);
	printf("}}\n");
}

static bool problems_print(const gw_diag *diag)
{
	gw_buf line;
	gw_buf_init(&line);
	for (uint32_t i = 0; i < diag->problems.count && i < 20; i++) {
		gw_buf_clear(&line);
		gw_problem_format(&diag->problems.items[i], false, &line);
		fprintf(stderr, "%s\n", line.ptr);
	}
	gw_buf_release(&line);
	return false;
}

static bool bench_run(bench *b, const char *path)
{
	gw_inputs in = {0};
	gw_arena list;
	gw_buf out;
	gw_arena_init(&list);
	gw_buf_init(&out);
	bool good = gw_inputs_list(&list, &path, 1, NULL, &in, &b->diag) < GW_FAILED;
	for (uint32_t i = 0; good && i < in.items.count; i++) {
		gw_arena_reset(&b->arena);
		good = source_bench(b, &in.items.items[i], &out);
	}
	gw_buf_release(&out);
	gw_arena_release(&list);
	return good || problems_print(&b->diag);
}

int main(int argc, char **argv)
{
	static bench b;
	if (argc != 3) {
		fprintf(stderr, "usage: stages CONFIG PATH\n");
		return 2;
	}
	gw_arena_init(&b.arena);
	gw_diag_init(&b.diag);
	b.config = gw_config_load(argv[1], &b.diag);
	bool good = b.config ? bench_run(&b, argv[2]) : problems_print(&b.diag);
	if (good)
		result_print(&b);
	gw_config_free(b.config);
	gw_diag_release(&b.diag);
	gw_arena_release(&b.arena);
	return good ? 0 : 1;
}
