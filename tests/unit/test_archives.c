/* publish: archives written as ZIP, and archives of any make read where they stand. */
#include "publishing.h"
#include "../../pipeline/publish/review/read.h"

#include <fcntl.h>

/* Runs a few lines of Python in sample/ with the archive's name as its argument. */
static int python(desk *d, const char *archive, const char *lines)
{
	desk_put(d, "sample/x.py", lines);
	return sh(d, gw_arena_printf(&d->arena, "python3 x.py '%s'", archive));
}

static gw_published publish_zip(desk *d, const char *paths)
{
	gw_publish_settings s = everything;
	s.zip = true;
	return publish_with(d, paths, &s);
}

static char *zip_name(desk *d, const gw_published *p)
{
	return gw_arena_printf(&d->arena, "archives/sample-%s.zip", p->version);
}

/* ---- ZIP ---- */

static const char zip_check[] = "import sys, time, zipfile, tarfile, hashlib, os\n"
				"z = zipfile.ZipFile(sys.argv[1]); t = tarfile.open(sys.argv[1][:-4] + '.tar.gz')\n"
				"assert z.testzip() is None\n"
				"assert z.namelist() == [m.name + '/' * m.isdir() for m in t], z.namelist()\n"
				"for i, m in zip(z.infolist(), t):\n"
				"    assert i.date_time == time.gmtime(m.mtime - m.mtime % 2)[:6] and i.external_attr >> 16 & 0o777 == m.mode, i\n"
				"    assert i.is_dir() == m.isdir() and not i.extra and not i.comment\n"
				"    assert m.isdir() or z.read(i) == t.extractfile(m).read(), i\n";

static void a_zip_holds_what_the_tar_holds(void **state)
{
	desk *d = *state;
	gw_published one = publish_zip(d, "a.txt b.txt");
	assert_int_equal(python(d, zip_name(d, &one), zip_check), 0);
	assert_int_equal(sh(d, gw_arena_printf(&d->arena, "test $(sha256sum <%s | cut -c1-64) = %s && test $(stat -c %%s %s) = %llu",
		zip_name(d, &one), one.zip_sha256, zip_name(d, &one), (unsigned long long)one.zip_bytes)), 0);
	const char *zip = desk_path(d, gw_arena_printf(&d->arena, "sample/%s", zip_name(d, &one)));
	gw_diff_counts n;
	assert_int_equal(gw_snapshot_verify(zip, &d->diag), GW_OK);
	assert_int_equal(gw_snapshot_diff(zip, desk_path(d, "sample"), NULL, NULL, 0, &n, &d->diag), GW_OK);
	setenv("SOURCE_DATE_EPOCH", "1700000001", 1);
	gw_published two = publish_zip(d, "a.txt");
	unsetenv("SOURCE_DATE_EPOCH");
	assert_int_equal(python(d, zip_name(d, &two), zip_check), 0);
	/* And goes with it. */
	assert_int_equal(gw_snapshots_prune(desk_path(d, "sample"), 1, NULL, &d->diag), GW_OK);
	assert_string_equal(names_in(d, "archives"), gw_arena_printf(&d->arena, "sample-%s.tar.gz sample-%s.zip", two.version, two.version));
}

static void a_zip_alone_is_found(void **state)
{
	desk *d = *state;
	gw_publish_settings s = everything;
	s.zip = true;
	s.archive = false;
	gw_published out = publish_with(d, "a.txt", &s);
	gw_snapshot_list list;
	assert_string_equal(out.archive_sha256, "");
	assert_int_equal(gw_snapshots_list(&d->arena, desk_path(d, "sample"), &list, &d->diag), GW_OK);
	assert_string_equal(list.items[0].archive, desk_path(d, gw_arena_printf(&d->arena, "sample/%s", zip_name(d, &out))));
}

/* A folder with files of these sizes, of text that can be packed but not to nothing. */
static gw_members files_make(desk *d, const size_t *sizes, unsigned count)
{
	gw_members files = {0};
	for (unsigned i = 0; i < count; i++) {
		gw_buf text;
		gw_buf_init(&text);
		for (uint64_t n = i * 7919; text.len < sizes[i]; n += 37)
			gw_buf_printf(&text, "%llu,", (unsigned long long)(n * n));
		gw_member *m = GW_PUSH(&d->arena, &files);
		m->path = gw_arena_printf(&d->arena, "data/%02u.txt", i);
		m->size = sizes[i];
		const char *path = desk_path(d, gw_arena_printf(&d->arena, "sample/top/%s", m->path));
		gw_dir_make(gw_path_dir(&d->arena, path), &d->diag);
		assert_int_equal(gw_file_replace(path, text.len ? text.ptr : "", sizes[i], &d->diag), GW_OK);
		gw_buf_release(&text);
	}
	return files;
}

/* All members, from the last to the first and in another order, are what the files are. */
static void members_are_the_files(desk *d, const char *archive)
{
	gw_fileset m;
	assert_int_equal(gw_fileset_open(&m, desk_path(d, archive), &d->diag), GW_OK);
	assert_true(m.items.count > 0);
	for (uint32_t i = 0; i < m.items.count; i++) {
		const gw_fileset_file *f = &m.items.items[(i * 5 + m.items.count - 1) % m.items.count];
		gw_loaded member, file;
		assert_int_equal(gw_fileset_load(&m, f, &member, &d->diag), GW_OK);
		assert_int_equal(gw_file_load(desk_path(d, gw_arena_printf(&d->arena, "sample/top/%s", f->path)), UINT64_MAX, &file, &d->diag), GW_OK);
		assert_int_equal(member.len, file.len);
		assert_memory_equal(member.bytes, file.bytes, file.len);
		char hex[65];
		gw_sha256_of(file.bytes, file.len, hex);
		assert_string_equal(f->sha256, hex);
		gw_file_unload(&member);
		gw_file_unload(&file);
	}
	gw_fileset_close(&m);
	assert_string_equal(desk_said(d), "");
}

static const size_t sizes[] = {0, 1, 511, 512, 513, 70000, 300000, 1000000, 2500000, 12, 131072};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void archives_of_any_make_are_read(void **state)
{
	desk *d = *state;
	gw_members files = files_make(d, sizes, SIZES);
	gw_archive_info info;
	gw_zip_info zip;
	assert_int_equal(gw_archive_write(desk_path(d, "sample/own.tar.gz"), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 0, 1, 2, NULL, NULL, &info, &d->diag), GW_OK);
	members_are_the_files(d, "sample/own.tar.gz");
	/* In memory, and as they are read. */
	for (uint64_t in_memory = 600; in_memory <= 100000000; in_memory += 99999400) {
		assert_int_equal(gw_zip_write(desk_path(d, "sample/own.zip"), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 1700000000, 6, in_memory,
			&zip, &d->diag), GW_OK);
		members_are_the_files(d, "sample/own.zip");
		assert_int_equal(python(d, "own.zip", "import sys, zipfile; assert zipfile.ZipFile(sys.argv[1]).testzip() is None"), 0);
	}
	assert_int_equal(sh(d, "tar --format=ustar -cf x.tar top && gzip -9 <x.tar >x.tar.gz && "
			       "(head -c 700001 x.tar | gzip; tail -c +700002 x.tar | gzip -1) >two.tar.gz"), 0);
	members_are_the_files(d, "sample/x.tar");
	members_are_the_files(d, "sample/x.tar.gz");
	members_are_the_files(d, "sample/two.tar.gz");
	/* ZIP with numbers too large for their fields, or made so; with a comment; stored. */
	assert_int_equal(python(d, "p.zip", "import sys, zipfile, os\n"
					    "z = zipfile.ZipFile(sys.argv[1], 'w')\n"
					    "for i, n in enumerate(sorted(os.listdir('top/data'))):\n"
					    "    with z.open(zipfile.ZipInfo('top/data/' + n), 'w', force_zip64=i % 2 == 0) as f:\n"
					    "        f.write(open('top/data/' + n, 'rb').read())\n"
					    "z.comment = b'PK\\x05\\x06 a comment that looks like an end' + bytes(30)\n"
					    "z.close()\n"), 0);
	members_are_the_files(d, "sample/p.zip");
}

/* Not that large: but its directory says all numbers in the wide way. */
static void a_directory_with_wide_numbers_is_read(void **state)
{
	desk *d = *state;
	desk_put(d, "x.py", "import struct, sys, zlib\n"
			    "data, name, wide = b'hello', b'top/data/a', 0xffffffff\n"
			    "time, crc = 1 << 21 | 1 << 16, zlib.crc32(data)\n"
			    "local = struct.pack('<IHHHIIIIHH', 0x04034b50, 45, 0, 0, time, crc, 5, 5, len(name), 0) + name + data\n"
			    "extra = struct.pack('<HH', 77, 3) + b'abc' + struct.pack('<HHQQQ', 1, 24, 5, 5, 0)\n"
			    "entry = struct.pack('<IHHHHIIIIHHHHHII', 0x02014b50, 45, 45, 0, 0, time, crc, wide, wide, len(name), len(extra),\n"
			    "    0, 0, 0, 0, wide) + name + extra\n"
			    "end64 = struct.pack('<IQHHIIQQQQ', 0x06064b50, 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))\n"
			    "locator = struct.pack('<IIQI', 0x07064b50, 0, len(local) + len(entry), 1)\n"
			    "end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 0xffff, 0xffff, wide, wide, 0)\n"
			    "open(sys.argv[1], 'wb').write(local + entry + end64 + locator + end)\n");
	assert_int_equal(system(gw_arena_printf(&d->arena, "cd %s && python3 x.py w.zip", d->dir)), 0);
	gw_fileset m;
	gw_loaded file;
	assert_int_equal(gw_fileset_open(&m, desk_path(d, "w.zip"), &d->diag), GW_OK);
	assert_int_equal(gw_fileset_load(&m, gw_fileset_find(&m, "data/a"), &file, &d->diag), GW_OK);
	assert_string_equal(file.bytes, "hello");
	gw_file_unload(&file);
	gw_fileset_close(&m);
}

static void what_is_written_can_be_chosen(void **state)
{
	desk *d = *state;
	static const struct {
		const char *text, *said;
		bool tar, zip;
		int level;
	} cases[] = {{"archive: true", "", true, false, 1}, {"archive: false", "", false, false, 1}, {"archive: {zip: true}", "", true, true, 1},
		{"archive: {tar: false, zip: true, level: 6}", "", false, true, 6}, {"archive_level: 4", "", true, false, 4},
		{"archive: {level: 9}\narchive_level: 4", "", true, false, 9},
		{"archive: [zip]", "p:1:10: error[GW105]: archive: expected true, false or {tar: true, zip: true, level: 6}\n", false, false, 1},
		{"archive: {rar: true}", "p:1:11: error[GW103]: archive: unknown key; expected tar, zip or level\n", true, false, 1},
		{"archive: {level: 10}", "p:1:18: error[GW106]: level: expected a number from 1 (fast) to 9 (small)\n", true, false, 1},
		{"archive: {zip: perhaps}", "p:1:16: error[GW105]: zip: expected true or false\n", true, false, 1}};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		gw_publish_settings s = {0};
		gw_node *map = gw_yaml_parse(&d->arena, "p", cases[i].text, strlen(cases[i].text), &d->diag);
		gw_options_read(gw_publish_options, map, &s, &d->arena, &d->diag);
		assert_int_equal(gw_publish_settings_finish(&s, &d->diag), !*cases[i].said);
		assert_string_equal(desk_said(d), cases[i].said);
		assert_true(s.archive == cases[i].tar && s.zip == cases[i].zip && s.archive_level == cases[i].level);
	}
}

/* ---- damage ---- */

static void file_put(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* Every byte of a small archive in turn: it is refused, or what is read is what was there. */
static void no_damage_goes_unseen(void **state)
{
	desk *d = *state;
	static const size_t small[] = {0, 40, 900};
	static const char *const names[] = {"x.tar.gz", "x.zip"};
	gw_members files = files_make(d, small, 3);
	gw_archive_info info;
	gw_zip_info zip;
	assert_int_equal(gw_archive_write(desk_path(d, names[0]), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 0, 9, 2, NULL, NULL, &info, &d->diag), GW_OK);
	assert_int_equal(gw_zip_write(desk_path(d, names[1]), desk_path(d, "sample/top"), "top", &(gw_roll){&files, 1, NULL}, 0, 9, 600, &zip, &d->diag), GW_OK);
	for (unsigned k = 0; k < 2; k++) {
		gw_str whole = desk_get(d, desk_path(d, names[k]));
		char *bytes = gw_arena_alloc(&d->arena, whole.len);
		for (uint32_t at = 0; at < 2 * whole.len; at++) { /* one bit changed, then cut short */
			memcpy(bytes, whole.ptr, whole.len);
			bytes[at % whole.len] = (char)(bytes[at % whole.len] ^ 0x10);
			file_put(desk_path(d, "sample/y"), at < whole.len ? bytes : whole.ptr, at < whole.len ? whole.len : at - whole.len);
			gw_fileset m;
			gw_diag_clear(&d->diag);
			if (gw_fileset_open(&m, desk_path(d, "sample/y"), &d->diag) == GW_OK) {
				assert_true(at < whole.len); /* a time or a mode that nobody looks at */
				assert_int_equal(m.items.count, 3);
				gw_fileset_close(&m);
				members_are_the_files(d, "sample/y");
			} else {
				assert_true(d->diag.problems.count > 0);
				gw_fileset_close(&m);
			}
		}
	}
}

static void points_are_thinned(void **state)
{
	desk *d = *state;
	static const size_t large[] = {6000000};
	files_make(d, large, 1);
	assert_int_equal(sh(d, "gzip -1 <top/data/00.txt >x.gz && gzip -9 <top/data/00.txt >>x.gz"), 0);
	gw_str plain = desk_get(d, desk_path(d, "sample/top/data/00.txt"));
	gw_inflow *in = malloc(sizeof *in);
	gw_points points = {.most = 8};
	char *room = malloc(100000);
	int fd = open(desk_path(d, "sample/x.gz"), O_RDONLY | O_CLOEXEC);
	uint64_t end = (uint64_t)lseek(fd, 0, SEEK_END);
	gw_inflow_open(in, fd, GW_PACK_GZIP, 0, end, UINT64_MAX);
	in->points = &points;
	uint64_t total = 0;
	for (size_t n; (n = gw_inflow_read(in, room, 99991)) > 0; total += n)
		;
	assert_null(in->problem);
	gw_inflow_close(in);
	assert_int_equal(total, 12000000);
	assert_true(points.windows > 0 && points.windows <= 8 && points.step > 128 * 1024);
	for (uint64_t at = 11999990; at > 500000; at -= 423457) {
		size_t want = at + 5000 > total ? (size_t)(total - at) : 5000;
		gw_inflow_resume(in, fd, &points, end, at, 5000);
		assert_int_equal(gw_inflow_read(in, room, 99991), want);
		for (size_t i = 0; i < want; i++)
			if (room[i] != plain.ptr[(at + i) % 6000000])
				fail_msg("another byte at %llu", (unsigned long long)(at + i));
		gw_inflow_close(in);
	}
	gw_points_release(&points);
	free(room);
	free(in);
	close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_open, desk_close)
int main(void)
{
	unsetenv("SOURCE_DATE_EPOCH");
	const struct CMUnitTest tests[] = {
		T(a_zip_holds_what_the_tar_holds),
		T(a_zip_alone_is_found),
		T(archives_of_any_make_are_read),
		T(what_is_written_can_be_chosen),
		T(a_directory_with_wide_numbers_is_read),
		T(no_damage_goes_unseen),
		T(points_are_thinned),
	};
	return cmocka_run_group_tests_name("archives", tests, NULL, NULL);
}
