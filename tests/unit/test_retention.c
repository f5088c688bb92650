/* publish: which snapshots stay, and what is left of runs that were killed. */
#include "publishing.h"
#include "../../pipeline/publish/review/read.h"

static void old_snapshots_are_pruned(void **state)
{
	desk *d = *state;
	gw_publish_settings s = everything;
	s.keep = 2;
	publish_with(d, "a.txt", &s);
	gw_published two = publish_with(d, "a.txt b.txt", &s), three = publish_with(d, "b.txt", &s);
	assert_string_equal(names_in(d, "snapshots"), gw_arena_printf(&d->arena, "%s %s", two.version, three.version));
	assert_string_equal(names_in(d, "archives"),
		gw_arena_printf(&d->arena, "sample-%s.tar.gz sample-%s.tar.gz", two.version, three.version));
	uint32_t removed;
	assert_int_equal(gw_snapshots_prune(desk_path(d, "sample"), 0, &removed, &d->diag), GW_OK);
	assert_int_equal(removed, 1);
	assert_string_equal(names_in(d, "snapshots"), three.version);
}

/* Newer ones than the latest, which was set back by hand, count among the newest. */
static void the_latest_stays_wherever_it_stands(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	publish(d, "a.txt b.txt");
	gw_published three = publish(d, "b.txt");
	assert_int_equal(sh(d, gw_arena_printf(&d->arena, "ln -sfn snapshots/%s latest", one.version)), 0);
	uint32_t removed;
	assert_int_equal(gw_snapshots_prune(desk_path(d, "sample"), 1, &removed, &d->diag), GW_OK);
	assert_int_equal(removed, 1);
	assert_string_equal(names_in(d, "snapshots"), gw_arena_printf(&d->arena, "%s %s", one.version, three.version));
	assert_string_equal(names_in(d, "latest"), "bag-info.txt bagit.txt data manifest-sha256.txt tagmanifest-sha256.txt");
	/* The next one follows on the latest, with a number that none has had. */
	gw_published next = publish(d, "c.txt");
	assert_string_equal(next.previous, one.version);
	assert_non_null(strstr(next.version, "-000004-"));
}

static void a_snapshot_that_is_read_stays(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt"), two = publish(d, "b.txt"), three = publish(d, "c.txt");
	gw_fileset reader;
	uint32_t removed;
	const char *place = desk_path(d, "sample"), *path = gw_arena_printf(&d->arena, "%s/snapshots/%s", place, one.version);
	assert_int_equal(gw_fileset_open(&reader, path, &d->diag), GW_OK);
	assert_int_equal(gw_snapshots_prune(place, 1, &removed, &d->diag), GW_WARN);
	assert_int_equal(removed, 1);
	assert_string_equal(desk_said(d), gw_arena_printf(&d->arena, "sample/snapshots/%s: warning[GW512]: the snapshot is being read and "
		"stays; a later run or prune removes it\n", one.version));
	assert_string_equal(names_in(d, "snapshots"), gw_arena_printf(&d->arena, "%s %s", one.version, three.version));
	assert_int_equal(gw_path_exists(gw_arena_printf(&d->arena, "%s/archives/sample-%s.tar.gz", place, one.version)), true);
	(void)two;
	gw_fileset_close(&reader);
	/* The run that keeps so many removes it, even one that publishes nothing. */
	gw_publish_settings s = everything;
	s.keep = 1;
	publish_with(d, "c.txt", &s);
	assert_string_equal(names_in(d, "snapshots"), three.version);
	assert_string_equal(names_in(d, "archives"), gw_arena_printf(&d->arena, "sample-%s.tar.gz", three.version));
}

static void what_is_being_removed_is_not_read(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	const char *path = desk_path(d, gw_arena_printf(&d->arena, "sample/snapshots/%s", one.version));
	gw_fileset reader;
	int lock = gw_dir_lock(path, false);
	assert_true(lock >= 0);
	assert_int_equal(gw_fileset_open(&reader, path, &d->diag), GW_FAILED);
	gw_fileset_close(&reader);
	assert_string_equal(desk_said(d), gw_arena_printf(&d->arena, "sample/snapshots/%s: error[GW511]: the snapshot has just been removed\n",
		one.version));
	gw_lock_drop(lock);
	assert_int_equal(gw_dir_lock(desk_path(d, "none"), true), -1);
}

/* All files are of one snapshot, wherever `latest` leads meanwhile. */
static void a_switch_of_latest_does_not_mix_snapshots(void **state)
{
	desk *d = *state;
	gw_fileset reader;
	gw_loaded file;
	publish(d, "a.txt");
	gw_str before = get(d, "data/documents.csv");
	assert_int_equal(gw_fileset_open(&reader, desk_path(d, "sample/latest/"), &d->diag), GW_OK);
	publish(d, "b.txt c.txt");
	const gw_fileset_file *f = gw_fileset_find(&reader, "data/documents.csv");
	assert_int_equal(gw_fileset_load(&reader, f, &file, &d->diag), GW_OK);
	assert_true(gw_str_eq(before, (gw_str){file.bytes, (uint32_t)file.len}));
	gw_file_unload(&file);
	gw_fileset_close(&reader);
}

/* ---- after a kill between the renames ---- */

static void what_never_became_the_latest_is_taken_back(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt"), two = publish(d, "b.txt");
	assert_int_equal(sh(d, gw_arena_printf(&d->arena, "ln -sfn snapshots/%s latest && mkdir .tmp-1 && printf %%s %s >.tmp-1/intent",
		one.version, two.version)), 0);
	assert_false(publish(d, "a.txt").changed);
	assert_string_equal(names_in(d, "snapshots"), one.version);
	assert_string_equal(names_in(d, "archives"), gw_arena_printf(&d->arena, "sample-%s.tar.gz", one.version));
	assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
}

static void an_intent_that_was_done_or_is_broken_takes_nothing_back(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	const char *const intents[] = {one.version, "", "1.0.0-0000", "../../../etc", "..-000001-0123456789ab/../x-000001-0123456789ab"};
	for (unsigned i = 0; i < sizeof intents / sizeof *intents; i++) {
		assert_int_equal(sh(d, gw_arena_printf(&d->arena, "mkdir .tmp-1 && printf %%s '%s' >.tmp-1/intent", intents[i])), 0);
		assert_false(publish(d, "a.txt").changed);
		assert_string_equal(names_in(d, "snapshots"), one.version);
		assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
	}
}

/* Where somebody is unpacking at the moment nothing is cleared away. */
static void a_folder_that_is_locked_is_no_left_over(void **state)
{
	desk *d = *state;
	publish(d, "a.txt");
	assert_int_equal(sh(d, "mkdir archives/.tmp-x runs runs/.tmp-y && touch .tmp-z"), 0);
	int lock = gw_dir_lock(desk_path(d, "sample/archives/.tmp-x"), false);
	publish(d, "a.txt");
	assert_int_equal(sh(d, "test -d archives/.tmp-x && test ! -e runs/.tmp-y && test ! -e .tmp-z"), 0);
	gw_lock_drop(lock);
	publish(d, "a.txt");
	assert_int_equal(sh(d, "test ! -e archives/.tmp-x"), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)
int main(void)
{
	unsetenv("SOURCE_DATE_EPOCH");
	const struct CMUnitTest tests[] = {
		T(old_snapshots_are_pruned),
		T(the_latest_stays_wherever_it_stands),
		T(a_snapshot_that_is_read_stays),
		T(what_is_being_removed_is_not_read),
		T(a_switch_of_latest_does_not_mix_snapshots),
		T(what_never_became_the_latest_is_taken_back),
		T(an_intent_that_was_done_or_is_broken_takes_nothing_back),
		T(a_folder_that_is_locked_is_no_left_over),
	};
	return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
