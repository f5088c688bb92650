/* Throws spoiled input at the whole program: documents, configuration, words, rules, NDJSON, rows, snapshots. Decoders and
 * readers by themselves are the matter of targets.c.
 *
 *   fuzz [-s SEED] [-t SECONDS] [-r ROUND] [-k FOLDER] CONFIG DOCUMENT...
 *
 * A round depends on seed and number alone, so a failing one can be done again with -r; -k keeps what it fed. Wrong is what
 * the sanitizers report, what takes too long, and what breaks a promise: rows that break their schema, that do not stand
 * where they say, or that do not come back from their lines as they went; a published snapshot that is not sound. */
#include "mutate.h"

#include "gw/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SEEDS_MAX = 256, DOCUMENT_MAX = 200000, ROUND_SECONDS = 60, BATCH = 6 };

typedef struct fuzz {
	gw_config *config;
	const char *config_dir, *work, *keep;
	gw_inputs files; /* of the configuration */
	gw_str seeds[SEEDS_MAX];
	uint32_t seed_count;
	gw_arena arena, run_arena; /* one round; all of them */
	gw_diag diag, run_diag;
	dice dice;
	gw_buf input;
	uint64_t problems, rejects; /* told by the program itself: what it is there for */
} fuzz;

/* For the handlers, which are given nothing. */
static uint64_t seed = 1, round_now;

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void tell_round(void)
{
	char line[120];
	int n = snprintf(line, sizeof line, "fuzz: that was round %llu; again: -s %llu -r %llu\n", (unsigned long long)round_now,
		(unsigned long long)seed, (unsigned long long)round_now);
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		_exit(1);
}

static void too_long(int signal)
{
	(void)signal;
	static const char what[] = "fuzz: a round takes too long\n";
	if (write(STDERR_FILENO, what, sizeof what - 1) >= 0)
		tell_round();
	abort();
}

static void broken(fuzz *f, const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	for (uint32_t i = 0; i < f->diag.problems.count && i < 10; i++) {
		gw_buf line;
		gw_buf_init(&line);
		gw_problem_format(&f->diag.problems.items[i], false, &line);
		fprintf(stderr, "      %s\n", line.ptr);
		gw_buf_release(&line);
	}
	tell_round();
	exit(1);
}

static const char *in_work(fuzz *f, const char *name)
{
	return gw_path_join(&f->arena, f->work, name);
}

static const char *put(fuzz *f, const char *path, const char *bytes, size_t n)
{
	gw_writer *w = gw_writer_open(path, &f->run_diag);
	if (!w)
		exit(2);
	gw_writer_put(w, bytes, n);
	if (gw_writer_close(w, false, NULL, NULL) != GW_OK)
		exit(2);
	return path;
}

static gw_str get(gw_arena *a, const char *path)
{
	gw_loaded file;
	gw_diag diag;
	gw_str s = {"", 0};
	gw_diag_init(&diag);
	if (gw_file_load(path, 1u << 30, &file, &diag) == GW_OK) {
		s = gw_arena_str(a, (gw_str){file.bytes, (uint32_t)file.len});
		gw_file_unload(&file);
	}
	gw_diag_release(&diag);
	return s;
}

/* ---- documents ---- */

/* Fills f->input with a spoiled document. */
static void make_document(fuzz *f)
{
	dice *d = &f->dice;
	gw_str from = f->seeds[dice_below(d, f->seed_count)], other = f->seeds[dice_below(d, f->seed_count)];
	gw_buf_clear(&f->input);
	if (dice_below(d, 8) == 0) {
		invent(d, &f->input, DOCUMENT_MAX);
		return;
	}
	/* Mostly a stretch of a seed: small inputs are many inputs. */
	uint32_t begin = dice_below(d, 3) ? dice_below(d, from.len) : 0;
	uint32_t n = dice_below(d, 4) ? 1 + dice_below(d, 6000) : from.len;
	gw_buf_add(&f->input, from.ptr + begin, n < from.len - begin ? n : from.len - begin);
	mutate(d, &f->input, other, DOCUMENT_MAX);
}

static void check_places(fuzz *f, const gw_table *t, const gw_cell *cells, const gw_rows *rows)
{
	uint32_t start = gw_table_field(t, "char_start"), end = gw_table_field(t, "char_end"), text = gw_table_field(t, "text");
	if (start == GW_NONE || end == GW_NONE || text == GW_NONE || cells[text].kind != GW_CELL_STR)
		return;
	const char *p = rows->text.ptr, *stop = p + rows->text.len, *from = NULL;
	for (int64_t at = 0; at < cells[end].i && p < stop; at++) {
		if (at == cells[start].i)
			from = p;
		gw_utf8_next(&p, stop);
	}
	if (from && !gw_str_eq((gw_str){from, (uint32_t)(p - from)}, cells[text].s))
		broken(f, "a row does not stand where it says");
}

static void check_lines(fuzz *f, const gw_rows *rows)
{
	gw_buf once, twice;
	gw_rows back = {0};
	gw_buf_init(&once);
	gw_buf_init(&twice);
	gw_rows_print(f->config->schema, rows, &once);
	gw_place at = {.path = "rows"};
	for (const char *p = once.ptr, *end = p + once.len; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		at.line++;
		if (gw_rows_parse_line(f->config->schema, &f->arena, p, (size_t)(newline - p), &at, &back, &f->diag) >= GW_FAILED)
			broken(f, "a line of rows cannot be read back");
		p = newline + 1;
	}
	gw_rows_print(f->config->schema, &back, &twice);
	if (once.len != twice.len || memcmp(once.ptr, twice.ptr, once.len) != 0)
		broken(f, "rows do not come back from their lines as they went");
	gw_buf_release(&once);
	gw_buf_release(&twice);
}

static void fuzz_document(fuzz *f)
{
	gw_source source;
	gw_rows rows;
	gw_loaded file;
	make_document(f);
	if (f->keep)
		put(f, gw_path_join(&f->arena, f->keep, "document.txt"), f->input.ptr, f->input.len);
	gw_input in = {.source_path = "document.txt", .content = f->input.ptr, .content_len = f->input.len};
	if (gw_source_run(f->config, &in, &f->arena, NULL, &source, &file, &rows, &f->diag) >= GW_FATAL)
		broken(f, "a row breaks its schema");
	f->problems += f->diag.problems.count;
	f->rejects += rows.rejected;
	gw_diag_clear(&f->diag);
	for (int t = 0; !rows.rejected && t < GW_TABLES; t++) {
		const gw_table *table = &f->config->schema->tables[t];
		for (uint32_t i = 0; i < rows.table[t].count; i++)
			if (i % 7 == 0 || rows.text.len < 5000)
				check_places(f, table, rows.table[t].items[i], &rows);
	}
	check_lines(f, &rows);
	gw_file_unload(&file);
}

/* ---- publishing ---- */

typedef struct taker {
	fuzz *f;
	gw_publisher *publisher;
	gw_buf *lines;
} taker;

static void *render_new(void *ctx)
{
	const fuzz *f = ((taker *)ctx)->f;
	return gw_render_new(f->config->schema, &f->config->publish);
}

static void render_free(void *render)
{
	gw_render_free(render);
}

/* The packet, and behind it the rows as lines. */
static gw_status make(void *ctx, void *render, const gw_rows *rows, gw_buf *made, gw_diag *diag)
{
	const taker *t = ctx;
	gw_status status = gw_render_rows(render, rows, made, diag);
	if (status == GW_OK)
		status = gw_publisher_put_files(t->publisher, render, diag);
	if (status == GW_OK)
		gw_rows_print(t->f->config->schema, rows, made);
	return status;
}

static gw_status take(void *ctx, const gw_source_note *note, gw_buf *made, const gw_diag *problems)
{
	taker *t = ctx;
	(void)note;
	t->f->problems += problems->problems.count;
	const char *lines = memmem(made->ptr, made->len, "{\"table\":", strlen("{\"table\":"));
	gw_buf_add(t->lines, lines, (size_t)(made->ptr + made->len - lines));
	return gw_publisher_take(t->publisher, made, &t->f->diag);
}

static gw_publisher *publisher_open(fuzz *f, const char *dataset)
{
	bool busy;
	gw_publisher *p = gw_publisher_open(f->work, dataset, f->config->schema, &f->config->publish, &busy, &f->diag);
	if (!p)
		broken(f, "the publisher cannot be opened");
	return p;
}

/* From rows in files to a snapshot. */
static gw_status publish_lines(fuzz *f, const char *path, gw_publisher *p, gw_published *out)
{
	gw_row_files *files = gw_row_files_open(f->config->schema, &path, 1, &f->diag);
	gw_status status = files ? GW_OK : GW_FAILED;
	bool end = false;
	while (status < GW_FAILED) {
		gw_rows rows = {0};
		status = gw_row_files_next(files, &f->arena, &rows, &end, &f->diag);
		if (status >= GW_FAILED || end)
			break;
		status = gw_publisher_add(p, &rows, &f->diag);
	}
	if (files)
		gw_row_files_close(files);
	return status < GW_FAILED ? gw_publisher_commit(p, "run", out, &f->diag) : status;
}

static void verify(fuzz *f, const char *snapshot)
{
	if (gw_snapshot_verify(snapshot, &f->diag) != GW_OK)
		broken(f, "a published snapshot is not sound");
}

/* Whoever spoils a row's text within its schema is believed by `publish`; `verify` is there to find it. */
static void verify_spoiled(fuzz *f, const char *snapshot)
{
	gw_snapshot_verify(snapshot, &f->diag);
	for (uint32_t i = 0; i < f->diag.problems.count; i++)
		if (!strstr(f->diag.problems.items[i].message, " stands \"") && !strstr(f->diag.problems.items[i].message, " is no stretch "))
			broken(f, "a snapshot of spoiled rows breaks more than positions");
	gw_diag_clear(&f->diag);
}

/* A file of rows, spoiled in a line or two: refused, or published soundly. */
static void publish_spoiled(fuzz *f, gw_buf *lines)
{
	gw_published again = {0};
	gw_str other = {lines->ptr, (uint32_t)lines->len};
	gw_buf copy;
	gw_buf_init(&copy);
	gw_buf_add(&copy, lines->ptr, lines->len);
	mutate(&f->dice, &copy, other, copy.len + 5000);
	gw_publisher *p = publisher_open(f, "spoiled");
	gw_status status = publish_lines(f, put(f, in_work(f, "spoiled.rows"), copy.ptr, copy.len), p, &again);
	f->problems += f->diag.problems.count;
	gw_diag_clear(&f->diag);
	if (status < GW_FAILED)
		verify_spoiled(f, again.snapshot_path);
	gw_publisher_close(p);
	gw_buf_release(&copy);
}

static void fuzz_publish(fuzz *f)
{
	gw_inputs in = {0};
	gw_buf lines;
	gw_published one = {0}, two = {0};
	gw_buf_init(&lines);
	for (int i = 0; i < BATCH; i++) {
		make_document(f);
		gw_input *item = GW_PUSH(&f->arena, &in.items);
		char *content = gw_arena_alloc(&f->arena, f->input.len + 1);
		memcpy(content, f->input.ptr, f->input.len);
		*item = (gw_input){.source_path = gw_arena_printf(&f->arena, "%d.txt", i), .content = content, .content_len = f->input.len};
		if (f->keep)
			put(f, gw_path_join(&f->arena, f->keep, item->source_path), content, f->input.len);
	}
	gw_publisher *p = publisher_open(f, "direct");
	taker t = {f, p, &lines};
	const gw_batch_use use = {&t, render_new, render_free, make, take, NULL};
	if (gw_batch_run(f->config, &in, 2, &use, &f->diag) >= GW_FAILED || gw_publisher_commit(p, "run", &one, &f->diag) >= GW_FAILED)
		broken(f, "documents cannot be published");
	verify(f, one.snapshot_path);
	gw_publisher *q = publisher_open(f, "lines");
	if (publish_lines(f, put(f, in_work(f, "all.rows"), lines.ptr, lines.len), q, &two) >= GW_FAILED)
		broken(f, "rows in a file cannot be published");
	if (strcmp(one.content_sha256, two.content_sha256) != 0)
		broken(f, "rows in a file are published otherwise than directly");
	gw_publisher_close(p);
	gw_publisher_close(q);
	publish_spoiled(f, &lines);
	gw_buf_release(&lines);
}

/* ---- snapshots read back ---- */

static const char *const members[] = {"data/documents.csv", "data/sections.csv", "data/agencies.jsonl", "data/tasks.csv",
	"data/datapackage.json", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bagit.txt", "bag-info.txt", "data/CHANGES.json",
	"data/schemas/targets.json"};

static void fuzz_snapshot(fuzz *f)
{
	gw_snapshot_list list = {0};
	if (gw_snapshots_list(&f->arena, in_work(f, "direct"), &list, &f->diag) >= GW_FAILED || list.count < 2)
		return;
	const gw_snapshot_info *newest = &list.items[list.count - 1], *before = &list.items[list.count - 2];
	bool packed = newest->archive && dice_below(&f->dice, 3) == 0;
	const char *path = packed ? newest->archive
				  : gw_path_join(&f->arena, newest->path, members[dice_below(&f->dice, sizeof members / sizeof *members)]);
	gw_str good = get(&f->arena, path);
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_add(&b, good.ptr, good.len);
	mutate(&f->dice, &b, good, good.len + 5000);
	put(f, path, b.ptr, b.len);
	const char *snapshot = packed ? path : newest->path;
	gw_diff_counts counts;
	gw_status status = gw_snapshot_verify(snapshot, &f->diag);
	/* The list of the lists' hashes is hashed by nobody: without its last line end it says the same. */
	bool same = strstr(path, "tagmanifest") && b.len <= good.len && b.len + 1 >= good.len && memcmp(b.ptr, good.ptr, b.len) == 0;
	same = same || (b.len == good.len && memcmp(b.ptr, good.ptr, b.len) == 0);
	if (status == GW_OK && !same && !packed)
		broken(f, "a spoiled snapshot passes for sound");
	gw_snapshot_diff(before->path, snapshot, NULL, NULL, 0, &counts, &f->diag);
	f->problems += f->diag.problems.count;
	gw_diag_clear(&f->diag);
	put(f, path, good.ptr, good.len);
	gw_buf_release(&b);
}

/* ---- configuration, words, rules, NDJSON ---- */

/* A copy of the configuration with one file spoiled: refused with words, or it works. */
static void fuzz_config(fuzz *f)
{
	const char *name = f->files.items.items[dice_below(&f->dice, f->files.items.count)].source_path;
	const char *path = gw_path_join(&f->arena, in_work(f, "config"), name);
	gw_str good = get(&f->arena, path);
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_add(&b, good.ptr, good.len);
	mutate(&f->dice, &b, good, good.len + 5000);
	put(f, path, b.ptr, b.len);
	if (f->keep)
		put(f, gw_path_join(&f->arena, f->keep, gw_path_base(name)), b.ptr, b.len);
	gw_config *whole = f->config, *c = gw_config_load(in_work(f, "config/pipeline.yaml"), &f->diag);
	if (!c && !f->diag.errors)
		broken(f, "a configuration is refused without a word");
	f->problems += f->diag.problems.count;
	gw_diag_clear(&f->diag);
	if (c) {
		f->config = c;
		fuzz_document(f);
		f->config = whole;
	}
	gw_config_free(c);
	put(f, path, good.ptr, good.len);
	gw_buf_release(&b);
}

static gw_status each(void *ctx, const gw_input *in, gw_diag *diag)
{
	(void)diag;
	*(uint64_t *)ctx += in->content_len + strlen(in->source_path);
	return GW_OK;
}

static void fuzz_ndjson(fuzz *f)
{
	gw_buf b;
	uint64_t bytes = 0;
	gw_buf_init(&b);
	for (int i = 0; i < 4; i++)
		gw_buf_printf(&b, "{\"source_path\": \"%d.txt\", \"%s}\n", i, i % 2 ? "content\": \"各\\u5c40\\n。\"" : "content_base64\": \"5YWz5LqO\"");
	mutate(&f->dice, &b, f->seeds[0], b.len + 5000);
	const char *path = put(f, in_work(f, "in.ndjson"), b.ptr, b.len);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	gw_ndjson_read(fd, each, &bytes, &f->diag);
	close(fd);
	f->problems += f->diag.problems.count;
	gw_buf_release(&b);
}

/* ---- rounds ---- */

static void round_run(fuzz *f)
{
	f->dice.state = seed * 0x100000001B3u + round_now * 0x9E3779B1u;
	gw_arena_reset(&f->arena);
	gw_diag_clear(&f->diag);
	alarm(ROUND_SECONDS);
	/* Snapshots want two that were published before. */
	uint32_t kind = round_now < 2 ? 0 : dice_below(&f->dice, 100);
	if (kind < 2)
		fuzz_publish(f);
	else if (kind < 8)
		fuzz_snapshot(f);
	else if (kind < 14)
		fuzz_config(f);
	else if (kind < 24)
		fuzz_ndjson(f);
	else
		fuzz_document(f);
	alarm(0);
}

static void copy_config(fuzz *f)
{
	if (gw_inputs_list(&f->run_arena, &f->config_dir, 1, NULL, &f->files, &f->diag) != GW_OK)
		broken(f, "the folder of the configuration cannot be read");
	gw_dir_make(in_work(f, "tests/data/samples"), &f->diag);
	for (uint32_t i = 0; i < f->files.items.count; i++) {
		const gw_input *in = &f->files.items.items[i];
		const char *to = gw_path_join(&f->arena, in_work(f, "config"), in->source_path);
		gw_str s = get(&f->arena, in->path);
		gw_dir_make(gw_path_dir(&f->arena, to), &f->diag);
		put(f, to, s.ptr, s.len);
	}
	if (symlink(f->config->publish.schemas, in_work(f, "schemas")) != 0)
		broken(f, "the schemas cannot be linked");
	gw_config *c = gw_config_load(in_work(f, "config/pipeline.yaml"), &f->diag);
	if (!c)
		broken(f, "the copy of the configuration is bad");
	gw_config_free(c);
}

static void open_all(fuzz *f, const char *config, char **documents, int count)
{
	gw_arena_init(&f->arena);
	gw_arena_init(&f->run_arena);
	gw_diag_init(&f->diag);
	gw_diag_init(&f->run_diag);
	gw_buf_init(&f->input);
	char *real = realpath(config, NULL);
	if (!real)
		broken(f, "the configuration is not there");
	f->config_dir = gw_path_dir(&f->run_arena, real);
	f->config = gw_config_load(real, &f->diag);
	free(real);
	if (!f->config)
		broken(f, "the configuration itself is bad");
	for (int i = 0; i < count && f->seed_count < SEEDS_MAX; i++) {
		gw_str s = get(&f->run_arena, documents[i]);
		if (s.len)
			f->seeds[f->seed_count++] = s;
	}
	if (!f->seed_count)
		broken(f, "no seeds");
	const char *tmp = getenv("TMPDIR");
	char *work = gw_arena_printf(&f->run_arena, "%s/gongwen-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(work))
		broken(f, "no place to work in");
	f->work = work;
	f->config->publish.keep = 3;
	copy_config(f);
}

static void close_all(fuzz *f)
{
	gw_dir_remove(f->work, &f->diag);
	gw_config_free(f->config);
	gw_buf_release(&f->input);
	gw_diag_release(&f->diag);
	gw_diag_release(&f->run_diag);
	gw_arena_release(&f->arena);
	gw_arena_release(&f->run_arena);
}

int main(int argc, char **argv)
{
	fuzz f = {0};
	long seconds = 60;
	int64_t only = -1;
	for (int o; (o = getopt(argc, argv, "s:t:r:k:")) != -1;) {
		if (o == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (o == 't')
			seconds = strtol(optarg, NULL, 10);
		else if (o == 'r')
			only = strtoll(optarg, NULL, 10);
		else if (o == 'k')
			f.keep = optarg;
		else
			return 2;
	}
	if (argc - optind < 2)
		return fputs("usage: fuzz [-s SEED] [-t SECONDS] [-r ROUND] [-k FOLDER] CONFIG DOCUMENT...\n", stderr), 2;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_round);
	signal(SIGALRM, too_long);
	open_all(&f, argv[optind], argv + optind + 1, argc - optind - 1);
	time_t end = time(NULL) + seconds;
	if (only >= 0) {
		for (round_now = 0; round_now < 2 && (int64_t)round_now < only; round_now++)
			round_run(&f);
		round_now = (uint64_t)only;
		round_run(&f);
	} else {
		for (; time(NULL) < end; round_now++)
			round_run(&f);
	}
	printf("fuzz: %llu rounds from seed %llu, %llu problems told, %llu documents rejected, nothing broke\n", (unsigned long long)round_now,
		(unsigned long long)seed, (unsigned long long)f.problems, (unsigned long long)f.rejects);
	close_all(&f);
	return 0;
}
