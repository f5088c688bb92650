/* The bag: the tag files of RFC 8493, and the content hash. */
#include "publisher.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

gw_status gw_bag_close(gw_publisher *p, gw_writer *w, const char *path)
{
	gw_member *m = GW_PUSH(&p->arena, &p->payload);
	m->path = path;
	/* Not synced one by one: commit syncs the file system once, which for thousands of small files is the difference
	 * between seconds and minutes. */
	return gw_writer_close(w, false, &m->size, m->sha256);
}

gw_status gw_bag_put(gw_publisher *p, gw_members *list, const char *path, const char *bytes, size_t n)
{
	gw_arena a;
	gw_arena_init(&a);
	gw_writer *w = gw_writer_open(gw_path_join(&a, p->bag, path), &p->own);
	gw_status s = GW_FAILED;
	if (w) {
		gw_writer_put(w, bytes, n);
		gw_member *m = GW_PUSH(&p->arena, list);
		m->path = path;
		s = gw_writer_close(w, false, &m->size, m->sha256);
	}
	gw_arena_release(&a);
	return s;
}

gw_status gw_bag_put_json(gw_publisher *p, const char *path, json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(2));
	gw_buf whole;
	gw_buf_init(&whole);
	gw_buf_adds(&whole, text ? text : "");
	gw_buf_addc(&whole, '\n');
	gw_status s = gw_bag_put(p, &p->payload, path, whole.ptr, whole.len);
	gw_buf_release(&whole);
	free(text);
	json_decref(root);
	return s;
}

const gw_member *gw_bag_find(const gw_publisher *p, const char *path)
{
	for (uint32_t i = 0; i < p->payload.count; i++)
		if (strcmp(p->payload.items[i].path, path) == 0)
			return &p->payload.items[i];
	return NULL;
}

/* "<sha256>  <path>" as sha256sum reads it. */
static void manifest_add(gw_buf *out, const gw_member *m)
{
	gw_buf_add(out, m->sha256, 64);
	gw_buf_add(out, "  ", 2);
	gw_buf_adds(out, m->path);
	gw_buf_addc(out, '\n');
}

static gw_status torn(gw_diag *diag)
{
	return gw_report(diag, GW_E_INTERNAL, NULL, "the list of files cannot be read back from the temporary file");
}

gw_status gw_content_hash(gw_publisher *p, char hex[65], gw_diag *diag)
{
	const gw_roll roll = {&p->payload, 1, p->files};
	gw_roll_call call;
	gw_sha256 hash;
	gw_buf line;
	gw_sha256_init(&hash);
	gw_buf_init(&line);
	p->file_count = p->file_bytes = 0;
	gw_roll_begin(&call, &roll, false);
	for (const gw_member *m; (m = gw_roll_next(&call)) != NULL;) {
		gw_buf_clear(&line);
		manifest_add(&line, m);
		gw_sha256_add(&hash, line.ptr, line.len);
		p->file_count += m == &call.one;
		p->file_bytes += m == &call.one ? m->size : 0;
	}
	gw_buf_release(&line);
	gw_sha256_hex(&hash, hex);
	return gw_roll_end(&call) ? GW_OK : torn(diag);
}

void gw_epoch_print(uint64_t epoch, bool with_time, char out[32])
{
	time_t t = (time_t)epoch;
	struct tm tm;
	gmtime_r(&t, &tm);
	strftime(out, 32, with_time ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d", &tm);
}

static gw_status manifest_put(gw_publisher *p, const gw_roll *roll, const char *path)
{
	gw_writer *w = gw_writer_open(gw_path_join(&p->scratch, p->bag, path), &p->own);
	gw_roll_call call;
	gw_buf line;
	if (!w)
		return GW_FAILED;
	gw_buf_init(&line);
	gw_roll_begin(&call, roll, false);
	for (const gw_member *m; (m = gw_roll_next(&call)) != NULL;) {
		gw_buf_clear(&line);
		manifest_add(&line, m);
		gw_writer_put(w, line.ptr, line.len);
	}
	gw_buf_release(&line);
	gw_status s = gw_roll_end(&call) ? GW_OK : torn(&p->own);
	gw_member *m = GW_PUSH(&p->arena, &p->tags);
	m->path = path;
	gw_status closed = gw_writer_close(w, false, &m->size, m->sha256);
	return s == GW_OK ? closed : s;
}

static gw_status info_put(gw_publisher *p, const gw_edition *e)
{
	uint64_t bytes = p->file_bytes;
	gw_buf text;
	gw_buf_init(&text);
	for (uint32_t i = 0; i < p->payload.count; i++)
		bytes += p->payload.items[i].size;
	if (p->has_epoch) {
		char day[32];
		gw_epoch_print(p->epoch, false, day);
		gw_buf_printf(&text, "Bagging-Date: %s\n", day);
	}
	gw_buf_printf(&text, "External-Identifier: %s-%s\n", p->dataset, e->version);
	gw_buf_printf(&text, "Payload-Oxum: %llu.%llu\n", (unsigned long long)bytes,
		(unsigned long long)(p->payload.count + p->file_count));
	gw_status s = gw_bag_put(p, &p->tags, "bag-info.txt", text.ptr, text.len);
	gw_buf_release(&text);
	return s;
}

gw_status gw_bag_finish(gw_publisher *p, const gw_edition *e)
{
	static const char declaration[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
	const gw_roll payload = {&p->payload, 1, p->files}, tags = {&p->tags, 1, NULL};
	gw_status s = gw_bag_put(p, &p->tags, "bagit.txt", declaration, sizeof declaration - 1);
	if (s == GW_OK)
		s = info_put(p, e);
	if (s == GW_OK)
		s = manifest_put(p, &payload, "manifest-sha256.txt");
	if (s == GW_OK)
		s = manifest_put(p, &tags, "tagmanifest-sha256.txt"); /* lists all tag files but itself, which comes after */
	return s;
}
