/* publish: from rows to a snapshot, and what happens when something goes wrong on the way. */
#include "publishing.h"

#include <fcntl.h>
#include <jansson.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static json_t *descriptor(desk *d)
{
	gw_str text = get(d, "data/datapackage.json");
	json_t *root = json_loadb(text.ptr, text.len, 0, NULL);
	assert_non_null(root);
	return root;
}

/* Names in a folder of the dataset, sorted, "a b c". */
/* ---- what is published ---- */

static void a_snapshot_is_published(void **state)
{
	desk *d = *state;
	gw_published out = publish(d, "a.txt b.txt");
	assert_true(out.changed);
	assert_int_equal(out.documents, 4);
	assert_int_equal(out.rows[GW_T_TASKS], 2);
	assert_int_equal(out.rows[GW_T_ORGANIZATIONS], 2);
	assert_string_equal(out.previous, "");
	assert_memory_equal(out.version, GW_SCHEMA_VERSION "-000001-", 13);
	assert_memory_equal(out.version + 13, out.content_sha256, 12);
	assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
	assert_string_equal(names_in(d, "latest"), "bag-info.txt bagit.txt data manifest-sha256.txt tagmanifest-sha256.txt");
	assert_string_equal(names_in(d, "snapshots"), out.version);
	/* One text, though two sources hold it. */
	assert_int_equal(strlen(names_in(d, "latest/data/text")), 36);
	assert_int_equal(sh(d, "cd latest && sha256sum --quiet -c manifest-sha256.txt && sha256sum --quiet -c tagmanifest-sha256.txt"), 0);
	assert_int_equal(gw_snapshot_verify(desk_path(d, "sample/latest"), &d->diag), GW_OK);
	assert_string_equal(desk_said(d), "");
}

static void the_content_hash_can_be_made_from_the_manifest(void **state)
{
	desk *d = *state;
	gw_published out = publish(d, "a.txt");
	assert_int_equal(sh(d, gw_arena_printf(&d->arena,
		"test $(grep -vE ' data/(datapackage.json|croissant.json|CHANGES.json|README.md)$' latest/manifest-sha256.txt | sha256sum | cut -c1-64) = %s",
		out.content_sha256)), 0);
}

static void the_descriptor_tells_what_is_there(void **state)
{
	desk *d = *state;
	gw_published out = publish(d, "a.txt");
	json_t *root = descriptor(d), *own = json_object_get(root, "gongwen"), *resource;
	size_t i;
	assert_string_equal(json_string_value(json_object_get(root, "version")), out.version);
	assert_string_equal(json_string_value(json_object_get(own, "content_sha256")), out.content_sha256);
	assert_int_equal(json_integer_value(json_object_get(own, "sequence")), 1);
	assert_true(json_is_null(json_object_get(own, "previous")));
	assert_null(json_object_get(root, "created"));
	assert_int_equal(json_array_size(json_object_get(root, "resources")), 2 * GW_TABLES);
	json_array_foreach(json_object_get(root, "resources"), i, resource)
	{
		gw_str file = get(d, gw_arena_printf(&d->arena, "data/%s", json_string_value(json_object_get(resource, "path"))));
		char hash[65];
		gw_sha256_of(file.ptr, file.len, hash);
		assert_int_equal(json_integer_value(json_object_get(resource, "bytes")), file.len);
		assert_string_equal(json_string_value(json_object_get(resource, "hash")) + 7, hash);
	}
	json_decref(root);
}

static void organs_are_merged_over_documents(void **state)
{
	desk *d = *state;
	publish(d, "a.txt b.txt");
	assert_string_equal(get(d, "data/organizations.csv").ptr,
		"agency_id,name,aliases,kind,level,region_code,region,mention_count,document_count\n"
		"330100:园林局,甲市园林局,,department,prefectural,330100,,2,2\n"
		"330100:林业局,甲市林业局,林业局|市林业局,department,prefectural,330100,,4,4\n");
}

static void the_nested_document_holds_all_rows(void **state)
{
	desk *d = *state;
	publish(d, "a.txt");
	char hash[65];
	gw_sha256_of("a.txt#1", 7, hash);
	gw_str text = get(d, gw_arena_printf(&d->arena, "data/documents/%.32s.json", hash));
	json_t *root = json_loadb(text.ptr, text.len, 0, NULL), *section, *item, *task;
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "document_id")), "a.txt#1");
	assert_int_equal(json_array_size(json_object_get(root, "sections")), 2);
	section = json_array_get(json_object_get(root, "sections"), 0);
	item = json_array_get(json_object_get(section, "sections"), 0);
	assert_string_equal(json_string_value(json_object_get(item, "section_id")), "1.1");
	assert_int_equal(json_array_size(json_object_get(item, "agencies")), 2);
	assert_null(json_object_get(item, "document_id"));
	task = json_array_get(json_object_get(root, "tasks"), 0);
	assert_int_equal(json_array_size(json_object_get(task, "responsibilities")), 2);
	assert_null(json_object_get(root, "responsibilities"));
	json_decref(root);
}

static void formats_can_be_left_out(void **state)
{
	desk *d = *state;
	gw_publish_settings s = everything;
	s.csv = s.json = s.texts = s.archive = false;
	publish_with(d, "a.txt", &s);
	assert_non_null(strstr(names_in(d, "latest/data"), "CHANGES.json README.md agencies.jsonl croissant.json datapackage.json dates.jsonl"));
	assert_null(strstr(d->said.ptr, "text"));
	assert_non_null(strstr(get(d, "data/documents.jsonl").ptr, "\"json_path\":null,\"text_path\":null}"));
	assert_string_equal(names_in(d, "archives"), "");
	s = everything;
	s.excel = true;
	publish_with(d, "a.txt", &s);
	assert_memory_equal(get(d, "data/excel/tasks.csv").ptr, "\xEF\xBB\xBFtask_id,", 11);
	s.csv = s.jsonl = false;
	assert_null(start_with(d, &s));
	assert_non_null(strstr(desk_said(d), "csv and jsonl are both off"));
}

static void nothing_at_all_can_be_published(void **state)
{
	desk *d = *state;
	gw_published out = publish(d, "");
	assert_true(out.changed);
	assert_int_equal(out.documents, 0);
	assert_null(strstr(names_in(d, "latest/data"), "text"));
	assert_int_equal(gw_snapshot_verify(desk_path(d, "sample/latest"), &d->diag), GW_OK);
}

/* ---- versions ---- */

static void the_same_content_publishes_nothing_new(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt b.txt"), two = publish(d, "a.txt b.txt");
	assert_false(two.changed);
	assert_string_equal(two.version, one.version);
	assert_string_equal(names_in(d, "snapshots"), one.version);
	assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
}

static void versions_count_up_and_name_the_one_before(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt"), two = publish(d, "a.txt b.txt"), three = publish(d, "a.txt");
	assert_memory_equal(two.version, GW_SCHEMA_VERSION "-000002-", 13);
	assert_string_equal(two.previous, one.version);
	assert_memory_equal(three.version, GW_SCHEMA_VERSION "-000003-", 13);
	assert_string_equal(three.content_sha256, one.content_sha256);
	json_t *root = descriptor(d);
	assert_string_equal(json_string_value(json_object_get(json_object_get(root, "gongwen"), "previous")), two.version);
	json_decref(root);
	gw_snapshot_list list;
	assert_int_equal(gw_snapshots_list(&d->arena, desk_path(d, "sample"), &list, &d->diag), GW_OK);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[1].version, two.version);
	assert_true(list.items[2].latest && !list.items[1].latest && list.items[0].archive);
}

static void versions_are_told_from_other_names(void **state)
{
	(void)state;
	uint64_t n = 0;
	assert_true(gw_version_parse("1.0.1-000012-0123456789ab", &n));
	assert_int_equal(n, 12);
	assert_false(gw_version_parse("1.0.0-12-0123456789ab", &n));
	assert_false(gw_version_parse("1.0.1-000012-0123456789AB", &n));
	assert_false(gw_version_parse("000012-0123456789ab", &n));
	assert_false(gw_version_parse(".tmp-12", &n));
	assert_false(gw_version_parse("", &n));
}

/* ---- the archive ---- */

static void the_archive_is_what_tar_makes(void **state)
{
	desk *d = *state;
	static const char *const epochs[] = {NULL, "1700000000"};
	for (unsigned i = 0; i < 2; i++) {
		if (epochs[i])
			setenv("SOURCE_DATE_EPOCH", epochs[i], 1);
		gw_published out = publish(d, i ? "a.txt b.txt" : "a.txt");
		unsetenv("SOURCE_DATE_EPOCH");
		assert_int_equal(sh(d, gw_arena_printf(&d->arena,
			"cp -r snapshots/%s sample-%s && LC_ALL=C tar --format=ustar --sort=name --mtime=@%s --owner=0 --group=0 --numeric-owner "
			"--mode=u=rwX,go=rX -cf tar.tar sample-%s && gzip -dc archives/sample-%s.tar.gz | cmp - tar.tar && "
			"test $(sha256sum <tar.tar | cut -c1-64) = %s && test $(sha256sum <archives/sample-%s.tar.gz | cut -c1-64) = %s",
			out.version, out.version, epochs[i] ? epochs[i] : "315532800", out.version, out.version, out.tar_sha256,
			out.version, out.archive_sha256)), 0);
		assert_true(i == 0 || strstr(get(d, "data/datapackage.json").ptr, "\"created\": \"2023-11-14T22:13:20Z\""));
		assert_int_equal(sh(d, "rm -rf sample-*"), 0);
	}
}

/* Names at the edges of what ustar holds, and a file that spans several blocks of the packer. */
static void long_names_and_large_files_are_packed_alike(void **state)
{
	desk *d = *state;
	char name[300];
	gw_members files = {0};
	static const int lengths[] = {1, 60, 90, 98, 99, 100};
	gw_dir_make(desk_path(d, "sample/top"), &d->diag);
	for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		memset(name, 'a' + (int)i, (size_t)lengths[i]);
		name[lengths[i]] = 0;
		gw_member *m = GW_PUSH(&d->arena, &files);
		m->path = gw_arena_printf(&d->arena, i % 2 ? "data.x/%s" : "data/%s", name);
		m->size = i == 3 ? 9 * 1024 * 1024 + 5 : i;
		char *path = desk_path(d, gw_arena_printf(&d->arena, "sample/top/%s", m->path));
		gw_dir_make(gw_path_dir(&d->arena, path), &d->diag);
		FILE *f = fopen(path, "w");
		for (uint64_t n = 0; n < m->size; n++)
			fputc((int)(n * n >> 7 & 0xff), f);
		fclose(f);
	}
	gw_archive_info info;
	static const int levels[] = {1, 9};
	for (unsigned i = 0; i < 2; i++) {
		char alone[65] = "";
		for (uint32_t threads = 1; threads <= 5; threads += 2) {
			assert_int_equal(gw_archive_write(desk_path(d, "sample/x.tar.gz"), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 5,
				levels[i], threads, NULL, NULL, &info, &d->diag), GW_OK);
			assert_true(threads == 1 || strcmp(alone, info.gz_sha256) == 0);
			memcpy(alone, info.gz_sha256, sizeof alone);
		}
		assert_int_equal(sh(d, "LC_ALL=C tar --format=ustar --sort=name --mtime=@5 --owner=0 --group=0 --numeric-owner "
				       "--mode=u=rwX,go=rX -cf x.tar top && gzip -t x.tar.gz && gzip -dc x.tar.gz | cmp - x.tar"), 0);
	}
	/* No '/' to cut at within the last hundred bytes. */
	gw_member *m = GW_PUSH(&d->arena, &files);
	memset(name, 'z', 120);
	name[120] = 0;
	m->path = gw_arena_printf(&d->arena, "data/%s", name);
	assert_int_equal(gw_archive_write(desk_path(d, "sample/x.tar.gz"), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 5, 1, 2, NULL, NULL,
		&info, &d->diag), GW_FAILED);
	assert_non_null(strstr(desk_said(d), "the ustar format cannot hold"));
}

static void the_same_snapshot_gives_the_same_archive(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	assert_int_equal(sh(d, "mv archives ../kept && rm -rf snapshots latest"), 0);
	gw_published two = publish(d, "a.txt");
	assert_string_equal(one.archive_sha256, two.archive_sha256);
	assert_int_equal(sh(d, "cmp archives/* ../kept/*"), 0);
}

/* ---- what is refused ---- */

static void a_broken_row_stops_everything(void **state)
{
	desk *d = *state;
	publish(d, "a.txt");
	gw_publisher *p = start_with(d, &everything);
	gw_rows r;
	assert_int_equal(add(d, p, "a.txt"), GW_OK);
	sample_rows(d->schema, &d->document, "b.txt", &r);
	const gw_table *t = &d->schema->tables[GW_T_TARGETS];
	r.table[GW_T_TARGETS].items[0][gw_table_field(t, "op")].s = GW_STR("=>");
	assert_int_equal(gw_publisher_add(p, &r, &d->diag), GW_FATAL);
	assert_string_equal(desk_said(d),
		"b.txt: error[GW602]: targets, row b.txt#1/g1, op: is none of the declared values (\"=>\")\n");
	gw_published out;
	assert_int_equal(gw_publisher_commit(p, "run-2", &out, &d->diag), GW_FATAL);
	gw_publisher_close(p);
	assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
	assert_int_equal(gw_snapshot_verify(desk_path(d, "sample/latest"), &d->diag), GW_OK);
}

static const char *add_changed(desk *d, gw_table_id id, uint32_t row, const char *field, gw_str value)
{
	gw_publisher *p = start_with(d, &everything);
	gw_rows r;
	sample_rows(d->schema, &d->document, "a.txt", &r);
	r.table[id].items[row][gw_table_field(&d->schema->tables[id], field)] = (gw_cell){.kind = GW_CELL_STR, .s = value};
	assert_int_equal(gw_publisher_add(p, &r, &d->diag), GW_FATAL);
	gw_publisher_close(p);
	return desk_said(d);
}

static void keys_must_hold(void **state)
{
	desk *d = *state;
	assert_string_equal(add_changed(d, GW_T_AGENCIES, 1, "mention_id", GW_STR("a.txt#1/a1")),
		"a.txt: error[GW602]: agencies, row a.txt#1/a1: the key stands twice\n");
	assert_string_equal(add_changed(d, GW_T_AGENCIES, 1, "mention_id", GW_STR("b.txt#1/a2")),
		"a.txt: error[GW602]: agencies, row b.txt#1/a2: the key does not begin with that of its document\n");
	assert_string_equal(add_changed(d, GW_T_AGENCIES, 1, "agency_id", GW_STR("x")),
		"a.txt: error[GW602]: agencies, row a.txt#1/a2: agency_id is no row of organizations: x\n");
	assert_string_equal(add_changed(d, GW_T_AGENCIES, 1, "section_id", GW_STR("7")),
		"a.txt: error[GW602]: agencies, row a.txt#1/a2: section_id is no row of sections: 7\n");
	assert_string_equal(add_changed(d, GW_T_SECTIONS, 1, "parent_id", GW_STR("9")),
		"a.txt: error[GW602]: sections, row 1.1: parent_id is no row of sections: 9\n");
	assert_string_equal(add_changed(d, GW_T_SECTIONS, 1, "parent_id", GW_STR("2")),
		"a.txt: error[GW602]: sections, row 1.1: its parent is not the section before it or one above\n");
	assert_string_equal(add_changed(d, GW_T_DOCUMENTS, 1, "json_path", GW_STR("documents/00000000000000000000000000000000.json")),
		"a.txt: error[GW602]: documents, row 2: json_path or text_path is not made from its id and text\n");
}

/* A packet is bytes alone: it may be put away, and what was made of the same rows at another time is the same. */
static void packets_hold_what_was_put_in(void **state)
{
	desk *d = *state;
	gw_cell cells[] = {{.kind = GW_CELL_STR, .s = GW_STR("市发改委")}, {0}, {.kind = GW_CELL_INT, .i = -7}, {.kind = GW_CELL_NUM, .n = 0.5},
		{.kind = GW_CELL_BOOL, .i = 1}, {.kind = GW_CELL_STR, .s = GW_STR("")}};
	enum { CELLS = sizeof cells / sizeof *cells };
	gw_cell back[CELLS];
	gw_buf b, once, again;
	gw_buf_init(&b);
	gw_buf_init(&once);
	gw_buf_init(&again);
	gw_packet_cells_add(&b, cells, CELLS);
	gw_packet_cells_add(&b, cells, CELLS);
	gw_bytes rest = {b.ptr, b.len};
	for (int row = 0; row < 2; row++) {
		assert_true(gw_packet_cells(&rest, back, CELLS));
		for (int i = 0; i < CELLS; i++)
			assert_true(back[i].kind == cells[i].kind && gw_str_eq(back[i].s, cells[i].s) && back[i].i == cells[i].i);
	}
	assert_false(gw_packet_cells(&rest, back, CELLS));

	gw_rows r;
	gw_render *render = gw_render_new(d->schema, &everything);
	sample_rows(d->schema, &d->document, "a.txt", &r);
	assert_int_equal(gw_render_rows(render, &r, &once, &d->diag), GW_OK);
	assert_int_equal(gw_render_rows(render, &r, &again, &d->diag), GW_OK);
	assert_int_equal(once.len, again.len);
	assert_memory_equal(once.ptr, again.ptr, once.len);
	gw_packet p;
	gw_packet_read(&once, &p);
	assert_string_equal(p.source_path.ptr, "a.txt");
	assert_int_equal(p.documents, 2);
	assert_int_equal(p.file_count, 3); /* two documents, their text */
	assert_int_equal(p.table[GW_T_TASKS].rows, r.table[GW_T_TASKS].count);
	gw_render_file f = {0};
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(gw_render_file_next(render, &f));
		assert_string_equal(f.is->path, p.files[i].path);
		assert_int_equal(i < 2 ? f.bytes[f.is->size - 1] : '\n', '\n');
	}
	assert_int_equal(f.is->size, r.text.len);
	assert_memory_equal(f.bytes, r.text.ptr, r.text.len);
	assert_false(gw_render_file_next(render, &f));
	gw_render_free(render);
	gw_buf_release(&b);
	gw_buf_release(&once);
	gw_buf_release(&again);
}

static void sources_must_come_in_order(void **state)
{
	desk *d = *state;
	static const char *const second[] = {"a.txt", "b.txt"};
	for (unsigned i = 0; i < 2; i++) {
		gw_publisher *p = start_with(d, &everything);
		assert_int_equal(add(d, p, "b.txt"), GW_OK);
		assert_int_equal(add(d, p, second[i]), GW_FATAL);
		assert_string_equal(desk_said(d), gw_arena_printf(&d->arena,
			"%s: error[GW900]: the source comes after b.txt, which is not the order of paths\n", second[i]));
		gw_publisher_close(p);
	}
}

static void names_and_times_must_be_usable(void **state)
{
	desk *d = *state;
	bool busy;
	static const char *const names[] = {"", "Upper", "a b", "../up", ".hidden", "数据"};
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		assert_null(gw_publisher_open(d->dir, names[i], d->schema, &everything, &busy, &d->diag));
		assert_non_null(strstr(desk_said(d), "error[GW106]: the dataset's name"));
	}
	setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
	assert_null(start_with(d, &everything));
	unsetenv("SOURCE_DATE_EPOCH");
	assert_string_equal(desk_said(d), "gongwen: error[GW106]: SOURCE_DATE_EPOCH is \"yesterday\", expected seconds since 1970\n");
}

/* ---- rejects ---- */

static gw_status add_reject(desk *d, gw_publisher *p, const char *path)
{
	gw_rows r = {.source_path = gw_str_of(path), .rejected = true, .source_sha256 = GW_STR("00"), .raw = GW_STR("\xff"),
		.reject = {.code = GW_E_INPUT_BINARY, .message = "no text"}};
	return gw_publisher_add(p, &r, &d->diag);
}

static void rejects_are_kept_even_when_nothing_changed(void **state)
{
	desk *d = *state;
	publish(d, "b.txt");
	assert_string_equal(names_in(d, "quarantine"), "");
	gw_publisher *p = start_with(d, &everything);
	gw_published out;
	assert_int_equal(add_reject(d, p, "a.bin"), GW_OK);
	assert_int_equal(add(d, p, "b.txt"), GW_OK);
	assert_int_equal(gw_publisher_commit(p, "run-2", &out, &d->diag), GW_OK);
	assert_false(out.changed);
	assert_int_equal(out.rejects, 1);
	assert_string_equal(desk_get(d, out.quarantine_path).ptr,
		"{\"source_path\":\"a.bin\",\"source_sha256\":\"00\",\"byte_offset\":0,\"line\":0,\"stage\":null,\"code\":\"GW307\","
		"\"message\":\"no text\",\"raw_encoding\":\"base64\",\"raw\":\"/w==\"}\n");
	gw_publisher_close(p);
	assert_string_equal(names_in(d, "quarantine"), "run-2.jsonl");
}

static void rejects_can_be_kept_of_a_run_that_fails(void **state)
{
	desk *d = *state;
	gw_publisher *p = start_with(d, &everything);
	const char *path;
	assert_int_equal(add_reject(d, p, "a.bin"), GW_OK);
	assert_int_equal(gw_publisher_quarantine(p, "run-1", &path, &d->diag), GW_OK);
	gw_publisher_close(p);
	assert_int_equal(desk_get(d, path).ptr[0], '{');
	assert_string_equal(names_in(d, ""), ".lock quarantine");
}

/* ---- locks, left-overs, failures ---- */

static void one_run_at_a_time(void **state)
{
	desk *d = *state;
	gw_publisher *p = start_with(d, &everything);
	bool busy = false;
	assert_null(gw_publisher_open(d->dir, "sample", d->schema, &everything, &busy, &d->diag));
	assert_true(busy);
	assert_string_equal(desk_said(d), "sample/.lock: error[GW503]: another run is publishing this dataset; try again later\n");
	assert_int_equal(add(d, p, "a.txt"), GW_OK); /* and the first one is not disturbed */
	gw_publisher_close(p);
	assert_string_equal(names_in(d, ""), ".lock");
}

static void left_overs_of_killed_runs_go(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	assert_int_equal(sh(d, "mkdir -p .tmp-1/bag/data snapshots/.tmp-old && touch .tmp-1/bag/data/x archives/.tmp-2 snapshots/.tmp-old/y"), 0);
	publish(d, "a.txt");
	assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
	assert_string_equal(names_in(d, "snapshots"), one.version);
	assert_string_equal(names_in(d, "archives"), gw_arena_printf(&d->arena, "sample-%s.tar.gz", one.version));
}

/* Killed between the renames: the snapshot is there, `latest` still says the one before. */
static void a_run_killed_before_the_switch_is_repeated(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt"), two = publish(d, "a.txt b.txt");
	assert_int_equal(sh(d, gw_arena_printf(&d->arena, "ln -sfn snapshots/%s latest && echo x >snapshots/%s/half && mkdir .tmp-1 && "
		"printf %%s %s >.tmp-1/intent", one.version, two.version, two.version)), 0);
	gw_published again = publish(d, "a.txt b.txt");
	assert_true(again.changed);
	assert_string_equal(again.version, two.version);
	assert_string_equal(again.archive_sha256, two.archive_sha256);
	assert_int_equal(gw_snapshot_verify(desk_path(d, "sample/latest"), &d->diag), GW_OK);
}

static void a_latest_that_leads_nowhere_is_reported(void **state)
{
	desk *d = *state;
	publish(d, "a.txt");
	assert_int_equal(sh(d, "ln -sfn elsewhere latest"), 0);
	gw_publisher *p = start_with(d, &everything);
	gw_published out;
	assert_int_equal(gw_publisher_commit(p, "r", &out, &d->diag), GW_FATAL);
	gw_publisher_close(p);
	assert_string_equal(desk_said(d), "sample/latest: error[GW510]: does not point at a snapshot\n");
}

static void an_output_that_cannot_be_made_is_reported(void **state)
{
	desk *d = *state;
	desk_put(d, "sample", "a file where the folder should be");
	assert_null(start_with(d, &everything));
	assert_string_equal(desk_said(d), "sample: error[GW501]: the folder cannot be made: File exists\n");
	/* Rights do not bind root, so that part is for other users only. */
	unlink(desk_path(d, "sample"));
	chmod(d->dir, 0555);
	if (geteuid() != 0) {
		assert_null(start_with(d, &everything));
		assert_non_null(strstr(desk_said(d), "error[GW501]"));
	}
	chmod(d->dir, 0755);
}

/* No room: files may not grow beyond some size. In a process of its own, since the limit cannot be lifted again. */
static void a_full_disk_leaves_the_old_snapshot(void **state)
{
	desk *d = *state;
	gw_published one = publish(d, "a.txt");
	static const rlim_t limits[] = {0, 20000, 60000};
	for (unsigned i = 0; i < 3; i++) {
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &(struct rlimit){limits[i], limits[i]});
			gw_publisher *p = start_with(d, &everything);
			gw_published out;
			bool good = p && add(d, p, "a.txt") == GW_OK && add(d, p, "b.txt") == GW_OK &&
				    gw_publisher_commit(p, "r", &out, &d->diag) == GW_OK;
			gw_publisher_close(p);
			_exit(good ? 0 : strstr(desk_said(d), "error[GW502]: cannot be written: File too large") ? 7 : 8);
		}
		int status;
		waitpid(child, &status, 0);
		assert_int_equal(WEXITSTATUS(status), 7);
		assert_string_equal(names_in(d, ""), ".lock archives latest snapshots");
		assert_string_equal(names_in(d, "snapshots"), one.version);
	}
	assert_int_equal(gw_snapshot_verify(desk_path(d, "sample/latest"), &d->diag), GW_OK);
}

/* ---- settings ---- */

static bool settings_from(desk *d, const char *yaml, gw_publish_settings *out)
{
	memset(out, 0, sizeof *out);
	gw_node *n = gw_yaml_parse(&d->arena, "p.yaml", yaml, strlen(yaml), &d->diag);
	bool read = gw_options_read(gw_publish_options, n, out, &d->arena, &d->diag);
	return gw_publish_settings_finish(out, &d->diag) && read;
}

static void settings_are_read(void **state)
{
	desk *d = *state;
	gw_publish_settings s;
	assert_true(settings_from(d, "", &s));
	assert_true(s.csv && s.jsonl && s.json && s.texts && s.archive && !s.excel);
	assert_true(settings_from(d, "csv: {excel: true}\nkeep: 3\nsources: [{title: t, path: p}]\n", &s));
	assert_true(s.csv && s.excel && s.keep == 3);
	assert_true(settings_from(d, "csv: false", &s));
	assert_false(s.csv);
	assert_string_equal(desk_said(d), "");
	assert_false(settings_from(d, "csv: {exel: true}\nsources: [{path: p, who: x}]", &s));
	assert_string_equal(desk_said(d), "p.yaml:1:7: error[GW103]: csv: unknown key; expected excel\n"
					  "p.yaml:2:21: error[GW103]: sources: unknown key; expected title, path or email\n"
					  "p.yaml:2:11: error[GW107]: sources: the key \"title\" is missing\n");
	assert_false(settings_from(d, "csv: maybe", &s));
	assert_string_equal(desk_said(d), "p.yaml:1:6: error[GW105]: csv: expected true, false or {excel: true}\n");
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)
int main(void)
{
	unsetenv("SOURCE_DATE_EPOCH");
	const struct CMUnitTest tests[] = {
		T(a_snapshot_is_published),
		T(the_content_hash_can_be_made_from_the_manifest),
		T(the_descriptor_tells_what_is_there),
		T(organs_are_merged_over_documents),
		T(the_nested_document_holds_all_rows),
		T(formats_can_be_left_out),
		T(nothing_at_all_can_be_published),
		T(the_same_content_publishes_nothing_new),
		T(versions_count_up_and_name_the_one_before),
		T(versions_are_told_from_other_names),
		T(the_archive_is_what_tar_makes),
		T(long_names_and_large_files_are_packed_alike),
		T(the_same_snapshot_gives_the_same_archive),
		T(a_broken_row_stops_everything),
		T(keys_must_hold),
		T(packets_hold_what_was_put_in),
		T(sources_must_come_in_order),
		T(names_and_times_must_be_usable),
		T(rejects_are_kept_even_when_nothing_changed),
		T(rejects_can_be_kept_of_a_run_that_fails),
		T(one_run_at_a_time),
		T(left_overs_of_killed_runs_go),
		T(a_run_killed_before_the_switch_is_repeated),
		T(a_latest_that_leads_nowhere_is_reported),
		T(an_output_that_cannot_be_made_is_reported),
		T(a_full_disk_leaves_the_old_snapshot),
		T(settings_are_read),
	};
	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
