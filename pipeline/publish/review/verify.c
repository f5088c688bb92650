/* Verifying a snapshot, first half: the bag (RFC 8493) and the data package's descriptor. */
#include "verify.h"
#include "gw/publish.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MAX = 100 };

void gw_verify_begin(gw_verify *v, const char *file)
{
	v->file = file;
	v->in_file = 0;
}

void gw_verify_problem(gw_verify *v, uint32_t line, const char *fmt, ...)
{
	v->broken = true;
	if (++v->in_file > TOLD_MAX)
		return;
	char message[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	gw_place at = {.path = gw_fileset_shown(&v->m, v->file), .line = line};
	gw_report(v->diag, GW_E_SNAPSHOT, &at, "%s", message);
}

void gw_verify_end(gw_verify *v)
{
	if (v->in_file <= TOLD_MAX)
		return;
	gw_place at = {.path = gw_fileset_shown(&v->m, v->file)};
	gw_report(v->diag, GW_E_SNAPSHOT, &at, "and %llu more problems of this file",
		(unsigned long long)(v->in_file - TOLD_MAX));
}

/* ---- files ---- */

typedef struct bag {
	gw_verify *v;
	char (*hash)[65]; /* of each member, in their order */
} bag;

static bool is_payload(const char *path)
{
	return strncmp(path, "data/", 5) == 0;
}

static bool load(gw_verify *v, const char *path, gw_loaded *out)
{
	const gw_fileset_file *f = gw_fileset_find(&v->m, path);
	if (!f)
		gw_verify_problem(v, 0, "the file is missing");
	else if (gw_fileset_load(&v->m, f, out, v->diag) == GW_OK)
		return true;
	v->broken = true;
	return false;
}

/* An archive was hashed when it was listed. */
static void hash_all(bag *b)
{
	gw_fileset *m = &b->v->m;
	b->hash = gw_arena_alloc(&m->arena, sizeof *b->hash * m->items.count);
	for (uint32_t i = 0; i < m->items.count; i++) {
		gw_loaded file;
		if (m->items.items[i].sha256) {
			memcpy(b->hash[i], m->items.items[i].sha256, sizeof b->hash[i]);
		} else if (gw_fileset_load(m, &m->items.items[i], &file, b->v->diag) == GW_OK) {
			gw_sha256_of(file.bytes, file.len, b->hash[i]);
			gw_file_unload(&file);
		} else {
			b->v->broken = true;
		}
	}
}

static const char *hash_of(const bag *b, const gw_fileset_file *f)
{
	return b->hash[f - b->v->m.items.items];
}

/* The next line of a file without its end; false behind the last one. */
static bool line_next(const char **at, const char *end, gw_str *line)
{
	if (*at == end)
		return false;
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));
	*line = (gw_str){*at, (uint32_t)((lf ? lf : end) - *at)};
	*at = lf ? lf + 1 : end;
	return true;
}

/* ---- manifests ---- */

static bool is_hex(const char *p, size_t n)
{
	return strspn(p, "0123456789abcdef") >= n;
}

static void manifest_line(bag *b, gw_str line, uint32_t number, bool payload, gw_map *seen)
{
	gw_verify *v = b->v;
	const char *text = gw_arena_str(&v->m.arena, line).ptr;
	if (line.len < 67 || !is_hex(text, 64) || text[64] != ' ' || text[65] != ' ') {
		gw_verify_problem(v, number, "expected a SHA-256 in lower case, two blanks and a path");
		return;
	}
	const char *path = text + 66;
	uint32_t *place = gw_map_put(seen, gw_str_of(path));
	if (*place != GW_NONE)
		gw_verify_problem(v, number, "%s stands twice, first in line %u", path, *place);
	*place = number;
	const gw_fileset_file *f = gw_fileset_find(&v->m, path);
	if (is_payload(path) != payload)
		gw_verify_problem(v, number, "%s does not belong into this manifest", path);
	else if (!f)
		gw_verify_problem(v, number, "%s is missing", path);
	else if (strncmp(hash_of(b, f), text, 64) != 0)
		gw_verify_problem(v, number, "%s has changed: its SHA-256 is %s", path, hash_of(b, f));
}

static void manifest_check(bag *b, const char *name, bool payload)
{
	gw_verify *v = b->v;
	gw_loaded file;
	gw_verify_begin(v, name);
	if (load(v, name, &file)) {
		gw_map seen;
		gw_map_init(&seen, &v->m.arena);
		const char *at = file.bytes, *end = at + file.len;
		gw_str line;
		for (uint32_t number = 1; line_next(&at, end, &line); number++)
			manifest_line(b, line, number, payload, &seen);
		for (uint32_t i = 0; i < v->m.items.count; i++) {
			const char *path = v->m.items.items[i].path;
			if (is_payload(path) == payload && strcmp(path, "tagmanifest-sha256.txt") != 0 &&
				gw_map_get(&seen, gw_str_of(path)) == GW_NONE)
				gw_verify_problem(v, 0, "%s is not listed", path);
		}
		gw_file_unload(&file);
	}
	gw_verify_end(v);
}

/* ---- the other tag files ---- */

static void declaration_check(gw_verify *v)
{
	static const char *const good[] = {"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
		"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"};
	gw_loaded file;
	gw_verify_begin(v, "bagit.txt");
	if (load(v, "bagit.txt", &file)) {
		bool same = false;
		for (size_t i = 0; i < sizeof good / sizeof *good; i++)
			same = same || (file.len == strlen(good[i]) && memcmp(file.bytes, good[i], file.len) == 0);
		if (!same)
			gw_verify_problem(v, 1, "expected \"BagIt-Version: 1.0\" and \"Tag-File-Character-Encoding: UTF-8\", without a BOM");
		gw_file_unload(&file);
	}
	gw_verify_end(v);
}

/* Payload-Oxum: bytes, a point, files. */
static void info_check(gw_verify *v)
{
	static const char label[] = "Payload-Oxum: ";
	unsigned long long bytes = 0, files = 0;
	for (uint32_t i = 0; i < v->m.items.count; i++)
		if (is_payload(v->m.items.items[i].path)) {
			bytes += v->m.items.items[i].size;
			files++;
		}
	gw_loaded file;
	gw_verify_begin(v, "bag-info.txt");
	if (load(v, "bag-info.txt", &file)) {
		const char *expected = gw_arena_printf(&v->m.arena, "%s%llu.%llu", label, bytes, files);
		const char *at = file.bytes, *end = at + file.len;
		gw_str line;
		unsigned found = 0;
		for (uint32_t number = 1; line_next(&at, end, &line); number++) {
			if (line.len < sizeof label - 1 || memcmp(line.ptr, label, sizeof label - 1) != 0)
				continue;
			if (found++ || !gw_str_eq(line, gw_str_of(expected)))
				gw_verify_problem(v, number, "expected \"%s\" once, found \"%.*s\"", expected, (int)line.len, line.ptr);
		}
		if (!found)
			gw_verify_problem(v, 0, "there is no Payload-Oxum");
		gw_file_unload(&file);
	}
	gw_verify_end(v);
}

/* ---- datapackage.json ---- */

static void resource_check(bag *b, const json_t *resource, size_t index, gw_map *seen)
{
	gw_verify *v = b->v;
	const char *path = json_string_value(json_object_get(resource, "path"));
	const char *hash = json_string_value(json_object_get(resource, "hash"));
	const json_t *bytes = json_object_get(resource, "bytes");
	if (!path || !json_is_string(json_object_get(resource, "name"))) {
		gw_verify_problem(v, 0, "resource %zu has no name or no path", index + 1);
		return;
	}
	*gw_map_put(seen, gw_str_of(path)) = 1;
	const gw_fileset_file *f = gw_fileset_find(&v->m, gw_path_join(&v->m.arena, "data", path));
	if (!f) {
		gw_verify_problem(v, 0, "the resource %s is missing", path);
		return;
	}
	if (json_integer_value(bytes) != (json_int_t)f->size)
		gw_verify_problem(v, 0, "%s: bytes are not %llu", path, (unsigned long long)f->size);
	if (!hash || strncmp(hash, "sha256:", 7) != 0 || strcmp(hash + 7, hash_of(b, f)) != 0)
		gw_verify_problem(v, 0, "%s: the hash is not sha256:%s", path, hash_of(b, f));
}

/* Tables stand directly in data/. */
static bool is_table_file(const char *path)
{
	size_t n = strlen(path);
	return is_payload(path) && !strchr(path + 5, '/') &&
	       ((n > 4 && strcmp(path + n - 4, ".csv") == 0) || (n > 6 && strcmp(path + n - 6, ".jsonl") == 0));
}

static void resources_check(bag *b, const json_t *root)
{
	gw_verify *v = b->v;
	const json_t *list = json_object_get(root, "resources");
	if (!json_is_array(list) || json_array_size(list) == 0)
		gw_verify_problem(v, 0, "there are no resources");
	gw_map seen;
	gw_map_init(&seen, &v->m.arena);
	for (size_t i = 0; i < json_array_size(list); i++)
		resource_check(b, json_array_get(list, i), i, &seen);
	for (uint32_t i = 0; i < v->m.items.count; i++) {
		const char *path = v->m.items.items[i].path;
		if (is_table_file(path) && gw_map_get(&seen, gw_str_of(path + 5)) == GW_NONE)
			gw_verify_problem(v, 0, "the table %s is no resource", path + 5);
	}
}

/* The version is made from the content: the manifest's lines but for the files that name the version. */
static void content_check(bag *b, const json_t *root)
{
	static const char *const naming[] = {"data/CHANGES.json", "data/README.md", "data/croissant.json", "data/datapackage.json"};
	gw_verify *v = b->v;
	const char *version = json_string_value(json_object_get(root, "version"));
	const char *said = json_string_value(json_object_get(json_object_get(root, "gongwen"), "content_sha256"));
	gw_sha256 hash;
	gw_sha256_init(&hash);
	for (uint32_t i = 0; i < v->m.items.count; i++) {
		const char *path = v->m.items.items[i].path;
		bool names = !is_payload(path);
		for (size_t k = 0; k < sizeof naming / sizeof *naming; k++)
			names = names || strcmp(path, naming[k]) == 0;
		if (names)
			continue;
		gw_sha256_add(&hash, b->hash[i], 64);
		gw_sha256_add(&hash, "  ", 2);
		gw_sha256_add(&hash, path, strlen(path));
		gw_sha256_add(&hash, "\n", 1);
	}
	char hex[65];
	gw_sha256_hex(&hash, hex);
	if (!version)
		gw_verify_problem(v, 0, "there is no version");
	if (!said) /* by another program perhaps; the manifest still holds */
		return;
	if (strcmp(said, hex) != 0)
		gw_verify_problem(v, 0, "content_sha256 is not %s", hex);
	size_t n = version ? strlen(version) : 0;
	if (n < 13 || version[n - 13] != '-' || strncmp(version + n - 12, said, 12) != 0)
		gw_verify_problem(v, 0, "the version %s does not end with the content's hash %.12s", version ? version : "", said);
}

static void descriptor_check(bag *b)
{
	gw_verify *v = b->v;
	gw_loaded file;
	gw_verify_begin(v, "data/datapackage.json");
	if (load(v, v->file, &file)) {
		json_error_t error;
		json_t *root = json_loadb(file.bytes, file.len, JSON_REJECT_DUPLICATES, &error);
		if (root) {
			resources_check(b, root);
			content_check(b, root);
		} else {
			gw_verify_problem(v, (uint32_t)error.line, "not JSON: %s", error.text);
		}
		json_decref(root);
		gw_file_unload(&file);
	}
	gw_verify_end(v);
}

/* ---- croissant.json ---- */

/* A file of the distribution; sets of files have no hash. */
static void distribution_check(bag *b, const json_t *object)
{
	const char *path = json_string_value(json_object_get(object, "contentUrl"));
	const char *hash = json_string_value(json_object_get(object, "sha256"));
	if (!path)
		return;
	const gw_fileset_file *f = gw_fileset_find(&b->v->m, gw_path_join(&b->v->m.arena, "data", path));
	if (!f)
		gw_verify_problem(b->v, 0, "the file %s is missing", path);
	else if (!hash || strcmp(hash, hash_of(b, f)) != 0)
		gw_verify_problem(b->v, 0, "%s: sha256 is not %s", path, hash_of(b, f));
}

/* Snapshots of before 1.0.1 have none. */
static void croissant_check(bag *b)
{
	gw_verify *v = b->v;
	gw_loaded file;
	gw_verify_begin(v, "data/croissant.json");
	if (gw_fileset_find(&v->m, v->file) && load(v, v->file, &file)) {
		json_error_t error;
		json_t *root = json_loadb(file.bytes, file.len, JSON_REJECT_DUPLICATES, &error), *object;
		size_t i;
		if (!root)
			gw_verify_problem(v, (uint32_t)error.line, "not JSON: %s", error.text);
		json_array_foreach(json_object_get(root, "distribution"), i, object)
		{
			distribution_check(b, object);
		}
		json_decref(root);
		gw_file_unload(&file);
	}
	gw_verify_end(v);
}

void gw_verify_bag(gw_verify *v)
{
	bag b = {.v = v};
	hash_all(&b);
	declaration_check(v);
	info_check(v);
	manifest_check(&b, "manifest-sha256.txt", true);
	manifest_check(&b, "tagmanifest-sha256.txt", false);
	descriptor_check(&b);
	croissant_check(&b);
}

gw_status gw_snapshot_verify(const char *snapshot, gw_diag *diag)
{
	gw_verify v = {.diag = diag};
	uint32_t before = diag->errors;
	if (gw_fileset_open(&v.m, snapshot, diag) == GW_OK) {
		gw_verify_bag(&v);
		const gw_schema *schema = gw_fileset_schema(&v.m, diag);
		if (schema)
			gw_verify_tables(&v, schema);
		gw_schema_release(schema);
	}
	gw_fileset_close(&v.m);
	return v.broken || diag->errors > before ? GW_FAILED : GW_OK;
}
