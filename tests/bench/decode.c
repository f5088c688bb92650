/* The stage `decode` (detection, decoding, lines, what had been decoded wrongly) against iconv(3) on the same bytes.
 *
 *   decode ENCODING PATH      prints one JSON object: seconds of both, and how many times as fast the stage is
 *
 * All files are in memory before the clock starts. Each round does all of them by the one and then by the other; what
 * counts is the median of the rounds' ratios, since a busy machine slows down both. */
#include "gw/ingest.h"
#include "gw/run.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15 };

typedef struct bench {
	gw_arena run, document;
	gw_diag diag;
	gw_inputs in;
	gw_loaded *files;
	void *state; /* of the stage */
	iconv_t cd;
	char *room;
	size_t room_len, bytes, made;
} bench;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool files_load(bench *b, const char *path)
{
	size_t most = 0;
	if (gw_inputs_list(&b->run, &path, 1, NULL, &b->in, &b->diag) >= GW_FAILED)
		return false;
	b->files = GW_NEW_N(&b->run, gw_loaded, b->in.items.count);
	for (uint32_t i = 0; i < b->in.items.count; i++) {
		if (gw_file_load(b->in.items.items[i].path, UINT32_MAX - 1, &b->files[i], &b->diag) >= GW_FAILED)
			return false;
		b->bytes += b->files[i].len;
		most = b->files[i].len > most ? b->files[i].len : most;
	}
	b->room_len = 3 * most + 16;
	b->room = malloc(b->room_len);
	return b->room != NULL;
}

static bool stage_open(bench *b)
{
	const gw_stage *st = &gw_stage_decode;
	gw_node *map = gw_yaml_parse(&b->run, "bench", "{}", 2, &b->diag);
	void *settings = gw_arena_alloc(&b->run, st->settings_size);
	return gw_options_read(st->options, map, settings, &b->run, &b->diag) &&
	       st->open(settings, NULL, &b->run, &b->state, &b->diag) == GW_OK;
}

/* Bytes of text of one file; 0 when it did not go as it should. */
static size_t stage_one(bench *b, uint32_t i)
{
	gw_source s = {.arena = &b->document,
	        .path = gw_str_of(b->in.items.items[i].source_path),
	        .raw = b->files[i].bytes,
	        .raw_len = b->files[i].len};
	gw_arena_reset(&b->document);
	return gw_stage_decode.source(b->state, &s, &b->diag) == GW_OK ? s.text.byte_len : 0;
}

static size_t iconv_one(bench *b, uint32_t i)
{
	char *in = (char *)(uintptr_t)b->files[i].bytes, *out = b->room; /* iconv(3) does not write there */
	size_t in_left = b->files[i].len, out_left = b->room_len;
	iconv(b->cd, NULL, NULL, NULL, NULL);
	return iconv(b->cd, &in, &in_left, &out, &out_left) == (size_t)-1 ? 0 : b->room_len - out_left;
}

/* Seconds for all files; the same text must come out of both. */
static double round_run(bench *b, size_t (*one)(bench *, uint32_t))
{
	double from = now();
	size_t made = 0;
	for (uint32_t i = 0; i < b->in.items.count; i++)
		made += one(b, i);
	double seconds = now() - from;
	if (b->made && made != b->made) {
		fprintf(stderr, "decode: %zu bytes of text here, %zu there\n", made, b->made);
		exit(1);
	}
	b->made = made;
	return seconds;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof *values, by_size);
	return values[ROUNDS / 2];
}

static void compare(bench *b, const char *name)
{
	double stage[ROUNDS], other[ROUNDS], ratio[ROUNDS];
	round_run(b, stage_one); /* the pages come into memory */
	round_run(b, iconv_one);
	for (int i = 0; i < ROUNDS; i++) {
		stage[i] = round_run(b, stage_one);
		other[i] = round_run(b, iconv_one);
		ratio[i] = other[i] / stage[i];
	}
	double mb = (double)b->made / 1e6;
	printf("{\"encoding\": \"%s\", \"mb\": %.1f, \"seconds\": %.6f, \"iconv_seconds\": %.6f, \"ratio\": %.3f}\n", name, mb,
	        median(stage), median(other), median(ratio));
}

int main(int argc, char **argv)
{
	static bench b;
	if (argc != 3)
		return fputs("usage: decode ENCODING PATH\n", stderr), 2;
	gw_arena_init(&b.run);
	gw_arena_init(&b.document);
	gw_diag_init(&b.diag);
	b.cd = iconv_open("UTF-8", argv[1]);
	if (b.cd == (iconv_t)-1 || !files_load(&b, argv[2]) || !stage_open(&b))
		return fputs("decode: no such encoding, or no such files\n", stderr), 1;
	compare(&b, argv[1]);
	for (uint32_t i = 0; i < b.in.items.count; i++)
		gw_file_unload(&b.files[i]);
	iconv_close(b.cd);
	free(b.room);
	gw_diag_release(&b.diag);
	gw_arena_release(&b.document);
	gw_arena_release(&b.run);
	return 0;
}
