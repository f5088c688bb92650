/* The state of a run, and the members of an archive: what was written is read back; whatever else stands there is not used. */
#include "desk.h"

#include "../../pipeline/publish/archive/pack.h"
#include "../../pipeline/publish/keep/state.h"

#include <stdlib.h>
#include <zlib.h>

static const char digest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void rows_fill(gw_rows *rows, gw_diag *problems)
{
	gw_place at = {.path = "in/a.txt", .line = 7, .column = 2, .byte_offset = 300};
	gw_place elsewhere = {.path = "other"};
	problems->stage = "decode";
	gw_report(problems, GW_W_INPUT_BYTES, &at, "3 bytes");
	problems->stage = NULL;
	gw_report(problems, GW_W_NO_TITLE, &elsewhere, "none");
	gw_report(problems, GW_W_INPUT_EMPTY, NULL, "empty");
	*rows = (gw_rows){.source_sha256 = gw_str_of(digest), .by_program = true, .problems = problems, .opened_as = GW_STR("in/a.txt")};
}

static void state_save(desk *d, const char *path)
{
	gw_state head = {.programs = GW_STR("pdftotext 1\n")};
	gw_state_out out = {.count = 0};
	gw_diag problems;
	gw_rows rows;
	gw_buf memo;
	gw_stretch stretches[GW_STATE_FILES];
	gw_state_file files[] = {{"data/documents/x.json", 5, "", 6}, {"data/text/y.txt", 7, "", 8}};
	gw_state_organ organs[] = {{0, 3, 1}, {1, 1, 1}};
	memcpy(head.key, digest, 64);
	memcpy(files[0].sha256, digest, 64);
	memcpy(files[1].sha256, digest, 64);
	*GW_PUSH(&d->arena, &head.organ_rows) = GW_STR("one");
	*GW_PUSH(&d->arena, &head.organ_rows) = GW_STR("two");
	gw_diag_init(&problems);
	gw_buf_init(&memo);
	rows_fill(&rows, &problems);
	gw_state_memo(&rows, &memo);
	for (int i = 0; i < GW_STATE_FILES; i++) {
		head.heads[i] = (uint64_t)i;
		stretches[i] = (gw_stretch){0, i % 3 ? (uint64_t)i * 1000 : 0, i % 3 ? 77u + (uint32_t)i : 0};
	}
	assert_true(gw_state_begin(&out, path, &head, &d->diag));
	static const char *const paths[] = {"a.txt", "b/c.txt", "文件.txt"};
	for (int i = 0; i < 3; i++) {
		gw_known k = {.path = gw_str_of(paths[i]), .memo = {memo.ptr, (uint32_t)memo.len}, .rows = {1, 2}, .guarded = {[3] = 4},
			.stretches = stretches, .files = files, .file_count = 2, .organs = organs, .organ_count = 2};
		gw_state_add(&out, &k);
	}
	assert_int_equal(gw_state_end(&out, &head), GW_OK);
	gw_state_drop(&out);
	gw_buf_release(&memo);
	gw_diag_release(&problems);
}

static void a_state_is_read_back(void **ctx)
{
	desk *d = *ctx;
	const char *path = desk_path(d, "x.state"), *why;
	assert_null(gw_state_load(path, &why));
	assert_null(why);
	state_save(d, path);
	gw_state *s = gw_state_load(path, &why);
	assert_non_null(s);
	assert_string_equal(s->key, digest);
	assert_true(gw_str_eq(s->programs, GW_STR("pdftotext 1\n")));
	assert_int_equal(s->count, 3);
	assert_null(gw_state_find(s, GW_STR("b"), &d->arena));
	const gw_known *k = gw_state_find(s, GW_STR("b/c.txt"), &d->arena);
	assert_non_null(k);
	assert_int_equal(k->index, 1);
	assert_string_equal(k->sha256, digest);
	assert_true(k->by_program);
	assert_int_equal(k->rows[1], 2);
	assert_int_equal(k->guarded[3], 4);
	assert_int_equal(k->stretches[4].begin, 4 + 4000);
	assert_int_equal(k->stretches[4].size, 4000);
	assert_int_equal(k->stretches[4].crc, 81);
	assert_int_equal(s->ends[4], 4 + 3 * 4000);
	assert_string_equal(k->files[1].path, "data/text/y.txt");
	assert_int_equal(k->files[1].crc, 8);
	assert_int_equal(k->organs[0].mentions, 3);
	gw_rows rows = {.known = NULL};
	gw_diag told;
	gw_diag_init(&told);
	gw_known_recall(k, "elsewhere/a.txt", &rows, &told);
	assert_ptr_equal(rows.known, k);
	assert_int_equal(rows.known_documents, 1);
	assert_int_equal(told.problems.count, 3);
	assert_string_equal(told.problems.items[0].place.path, "elsewhere/a.txt");
	assert_int_equal(told.problems.items[0].place.line, 7);
	assert_string_equal(told.problems.items[0].stage, "decode");
	assert_string_equal(told.problems.items[1].place.path, "other");
	assert_int_equal(told.warnings, 2);
	gw_diag_release(&told);
	gw_state_free(s);
}

/* More than are read at once: each is found, and they may be read in any order. */
static void many_sources_are_found(void **ctx)
{
	enum { MANY = 300 };
	desk *d = *ctx;
	const char *path = desk_path(d, "many.state"), *why;
	gw_state head = {.programs = GW_STR("")};
	gw_state_out out = {.count = 0};
	gw_diag problems;
	gw_rows rows;
	gw_buf memo;
	gw_buf_init(&memo);
	gw_diag_init(&problems);
	rows_fill(&rows, &problems);
	gw_state_memo(&rows, &memo);
	memcpy(head.key, digest, 64);
	assert_true(gw_state_begin(&out, path, &head, &d->diag));
	for (uint32_t i = 0; i < MANY; i++) {
		gw_stretch stretches[GW_STATE_FILES] = {[0] = {0, i, i}};
		gw_known k = {.path = gw_str_of(gw_arena_printf(&d->arena, "%05u.txt", i)), .memo = {memo.ptr, (uint32_t)memo.len}, .stretches = stretches};
		gw_state_add(&out, &k);
	}
	assert_int_equal(gw_state_end(&out, &head), GW_OK);
	gw_state_drop(&out);
	gw_state *s = gw_state_load(path, &why);
	assert_non_null(s);
	assert_int_equal(s->count, MANY);
	gw_state_reader r = {.loaded = false};
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t at = i * 7 % MANY;
		gw_known k;
		assert_true(gw_state_read(s, &r, i < MANY / 2 ? i : at, &d->arena, &k));
		assert_int_equal(k.index, i < MANY / 2 ? i : at);
		assert_int_equal(k.stretches[0].begin, (uint64_t)k.index * (k.index - 1) / 2);
		const gw_known *found = gw_state_find(s, gw_str_of(gw_arena_printf(&d->arena, "%05u.txt", at)), &d->arena);
		assert_non_null(found);
		assert_int_equal(found->index, at);
		assert_int_equal(found->stretches[0].begin, (uint64_t)at * (at - 1) / 2);
		assert_null(gw_state_find(s, gw_str_of(gw_arena_printf(&d->arena, "%05u.txt0", at)), &d->arena));
	}
	gw_buf_release(&r.bytes);
	gw_buf_release(&memo);
	gw_diag_release(&problems);
	gw_state_free(s);
}

/* With a checksum that fits, so that the reader itself has to notice. Nothing may be read beyond the end. */
static void what_is_no_state_is_refused(void **ctx)
{
	desk *d = *ctx;
	const char *path = desk_path(d, "x.state"), *bad = desk_path(d, "bad.state"), *why;
	gw_loaded file;
	state_save(d, path);
	assert_int_equal(gw_file_load(path, UINT64_MAX, &file, &d->diag), GW_OK);
	srand(1);
	for (int i = 0; i < 600; i++) {
		gw_buf b;
		gw_buf_init(&b);
		size_t n = i % 2 ? (size_t)rand() % (file.len - 64) : file.len - 64;
		gw_buf_add(&b, file.bytes, n);
		for (int j = 0; n > 16 && j < i % 4; j++)
			b.ptr[16 + (size_t)rand() % (n - 16)] = (char)rand();
		char hex[65];
		gw_sha256_of(b.ptr ? b.ptr : "", b.len, hex);
		gw_buf_add(&b, hex, 64);
		assert_int_equal(gw_file_replace(bad, b.ptr, b.len, &d->diag), GW_OK);
		gw_state *s = gw_state_load(bad, &why);
		assert_true(s || why);
		assert_true(i % 2 == 0 || !s);
		gw_state_free(s);
		gw_buf_release(&b);
	}
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_add(&b, file.bytes, file.len);
	for (size_t i = 0; i < file.len; i += 37) {
		b.ptr[i] ^= 1;
		assert_int_equal(gw_file_replace(bad, b.ptr, b.len, &d->diag), GW_OK);
		assert_null(gw_state_load(bad, &why));
		assert_non_null(why);
		b.ptr[i] ^= 1;
	}
	gw_buf_release(&b);
	gw_file_unload(&file);
}

/* ---- members of archives ---- */

static uint32_t noise(uint32_t *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 16;
}

typedef GW_LIST(gw_piece) pieces;

typedef struct walk {
	const pieces *list;
	uint32_t next;
} walk;

static bool next(void *ctx, gw_arena *arena, gw_piece *out)
{
	walk *w = ctx;
	(void)arena;
	if (w->next == w->list->count)
		return false;
	*out = w->list->items[w->next++];
	return true;
}

static bool fill(const void *ctx, const gw_piece *piece, unsigned char *to, gw_diag *diag)
{
	(void)diag;
	memcpy(to, ((const gw_buf *)ctx)->ptr + piece->at, piece->size);
	return true;
}

static void piece_add(desk *d, pieces *list, const gw_buf *b, bool again)
{
	uint64_t begin = list->count ? list->items[list->count - 1].at + list->items[list->count - 1].size : 0;
	while (begin < b->len) {
		uint64_t left = b->len - begin;
		uint32_t size = left < GW_PIECE_MAX ? (uint32_t)left : GW_PIECE_MAX;
		*GW_PUSH(&d->arena, list) = (gw_piece){begin, size, again, NULL};
		begin += size;
	}
}

/* Pieces of many sizes; in piece `changed` one byte is another. */
static gw_status pack(desk *d, const char *name, int changed, const gw_blocks *old, gw_blocks *made, char sha256[65])
{
	gw_buf b;
	pieces list = {0};
	uint32_t x = 5;
	gw_buf_init(&b);
	for (int i = 0; i < 60; i++) {
		size_t n = i == 7 ? 3 * GW_PIECE_MAX + 17 : noise(&x) % 90000;
		for (size_t j = 0; j < n; j++)
			gw_buf_addc(&b, (char)(noise(&x) % 20 + (i == changed && j == 0)));
		piece_add(d, &list, &b, i % 5 != 0);
		gw_buf_add(&b, "head", (size_t)(i % 3));
		piece_add(d, &list, &b, false);
	}
	walk way = {&list, 0};
	const gw_pack_source source = {&way, next, &b, fill};
	gw_writer *w = gw_writer_open(desk_path(d, name), &d->diag);
	assert_int_equal(gw_pack(&source, 1, 1 + (uint32_t)(changed & 3), old, made, w, sha256, &d->diag), GW_OK);
	gw_buf_release(&b);
	return gw_writer_close(w, false, NULL, NULL);
}

static void same_bytes(desk *d, const char *a, const char *b)
{
	gw_loaded x, y;
	assert_int_equal(gw_file_load(desk_path(d, a), UINT64_MAX, &x, &d->diag), GW_OK);
	assert_int_equal(gw_file_load(desk_path(d, b), UINT64_MAX, &y, &d->diag), GW_OK);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.bytes, y.bytes, x.len);
	gw_file_unload(&x);
	gw_file_unload(&y);
}

static void byte_spoil(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	fseek(f, at, SEEK_SET);
	int c = fgetc(f);
	fseek(f, at, SEEK_SET);
	fputc(c ^ 1, f);
	fclose(f);
}

static void members_come_again(void **ctx)
{
	desk *d = *ctx;
	char first[65], second[65], plain[65], hash[65];
	gw_blocks made, old, newer;
	gw_blocks_init(&made, "key", NULL);
	assert_int_equal(pack(d, "one.gz", -1, NULL, &made, first), GW_OK);
	assert_true(made.count > 40);
	assert_int_equal(gw_blocks_save(&made, desk_path(d, "one.blocks"), &d->diag), GW_OK);
	assert_int_equal(pack(d, "two-plain.gz", 11, NULL, NULL, plain), GW_OK);
	assert_true(gw_blocks_load(&old, desk_path(d, "one.blocks"), desk_path(d, "one.gz"), "key"));
	assert_int_equal(old.count, made.count);
	gw_blocks_init(&newer, "key", &old);
	assert_int_equal(pack(d, "two.gz", 11, &old, &newer, second), GW_OK);
	assert_string_equal(second, plain);
	assert_string_not_equal(first, second);
	same_bytes(d, "two.gz", "two-plain.gz");
	assert_int_equal(newer.count, made.count);
	gw_blocks_release(&newer);
	/* A member that was touched is made anew. */
	for (uint32_t i = 0; i < old.count; i += 9) {
		gw_block b;
		assert_true(gw_blocks_at(&old, i, &b));
		byte_spoil(desk_path(d, "one.gz"), (long)(b.at + b.size / 2));
	}
	assert_int_equal(pack(d, "three.gz", 11, &old, NULL, second), GW_OK);
	same_bytes(d, "three.gz", "two-plain.gz");
	gw_blocks_init(&newer, "key", &old);
	assert_int_equal(pack(d, "four.gz", 11, &old, &newer, second), GW_OK);
	same_bytes(d, "four.gz", "two-plain.gz");
	gw_blocks_release(&newer);
	gw_blocks_release(&old);
	/* Another key, a damaged list, a list that is not there: nothing is used. */
	assert_false(gw_blocks_load(&old, desk_path(d, "one.blocks"), desk_path(d, "one.gz"), "other"));
	gw_blocks_release(&old);
	assert_false(gw_blocks_load(&old, desk_path(d, "one.blocks"), desk_path(d, "none.gz"), "key"));
	gw_blocks_release(&old);
	byte_spoil(desk_path(d, "one.blocks"), 400);
	assert_false(gw_blocks_load(&old, desk_path(d, "one.blocks"), desk_path(d, "one.gz"), "key"));
	assert_int_equal(old.count, 0);
	gw_blocks_release(&old);
	gw_blocks_release(&made);
	/* What was packed is what comes out. */
	gzFile gz = gzopen(desk_path(d, "two.gz"), "rb");
	static char room[1 << 16];
	gw_sha256 h;
	gw_sha256_init(&h);
	for (int n; (n = gzread(gz, room, sizeof room)) > 0;)
		gw_sha256_add(&h, room, (size_t)n);
	gzclose(gz);
	gw_sha256_hex(&h, hash);
	assert_string_equal(hash, plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_state_is_read_back, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(many_sources_are_found, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(what_is_no_state_is_refused, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(members_come_again, desk_open, desk_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
