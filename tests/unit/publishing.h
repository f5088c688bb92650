/* publishing.h - sample sources published under a test's folder, as the dataset "sample". */
#ifndef GW_TEST_PUBLISHING_H
#define GW_TEST_PUBLISHING_H

#include "../../pipeline/publish/snapshot/publisher.h"
#include "desk.h"
#include "sample.h"

#include <dirent.h>

static const gw_publish_settings everything = {.csv = true, .jsonl = true, .json = true, .texts = true, .archive = true,
	.archive_level = 1, .title = "Sample", .licence_name = "CC0-1.0", .licence_path = ""};

static inline gw_publisher *start_with(desk *d, const gw_publish_settings *settings)
{
	bool busy;
	return gw_publisher_open(d->dir, "sample", d->schema, settings, &busy, &d->diag);
}

static inline gw_status add(desk *d, gw_publisher *p, const char *path)
{
	gw_rows r;
	gw_arena_reset(&d->document);
	sample_rows(d->schema, &d->document, path, &r);
	return gw_publisher_add(p, &r, &d->diag);
}

/* Publishes sources of these paths ("a b c"). */
static inline gw_published publish_with(desk *d, const char *paths, const gw_publish_settings *settings)
{
	gw_published out = {0};
	gw_publisher *p = start_with(d, settings);
	assert_non_null(p);
	char *copy = gw_arena_printf(&d->arena, "%s", paths), *save = NULL;
	for (char *path = strtok_r(copy, " ", &save); path; path = strtok_r(NULL, " ", &save))
		assert_int_equal(add(d, p, path), GW_OK);
	assert_int_equal(gw_publisher_commit(p, "run-1", &out, &d->diag), GW_OK);
	gw_publisher_close(p);
	assert_string_equal(desk_said(d), "");
	return out;
}

static inline gw_published publish(desk *d, const char *paths)
{
	return publish_with(d, paths, &everything);
}

static inline gw_str get(desk *d, const char *below)
{
	return desk_get(d, desk_path(d, gw_arena_printf(&d->arena, "sample/latest/%s", below)));
}

static inline const char *names_in(desk *d, const char *below)
{
	struct dirent **list;
	int n = scandir(desk_path(d, gw_arena_printf(&d->arena, "sample/%s", below)), &list, NULL, alphasort);
	gw_buf_clear(&d->said);
	gw_buf_adds(&d->said, "");
	for (int i = 0; i < n; i++) {
		if (strcmp(list[i]->d_name, ".") != 0 && strcmp(list[i]->d_name, "..") != 0)
			gw_buf_printf(&d->said, "%s%s", d->said.len ? " " : "", list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return d->said.ptr;
}

static inline int sh(desk *d, const char *command)
{
	return system(gw_arena_printf(&d->arena, "cd '%s/sample' && %s", d->dir, command));
}

#endif
