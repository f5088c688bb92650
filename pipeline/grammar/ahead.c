/* Rule files read ahead: YAML takes as long as all the lexicons, and needs nothing of them. */
#include "grammar.h"
#include "gw/file.h"

#include <stdlib.h>

/* Hashed and parsed are the same bytes: the record must name what was in force. */
void gw_rule_file_read(gw_arena *a, gw_rule_file *f)
{
	gw_loaded file;
	f->status = gw_file_load_as(GW_E_CONFIG_FILE, f->path.ptr, GW_KNOWLEDGE_FILE_MAX, &file, &f->diag);
	if (f->status > GW_WARN)
		return;
	gw_sha256_of(file.bytes, file.len, f->sha256);
	f->root = gw_yaml_parse(a, f->path.ptr, file.len ? file.bytes : "", file.len, &f->diag);
	gw_file_unload(&file);
}

static void read_all(void *ctx)
{
	enum { TREES = 2 << 20 };
	gw_ahead *ahead = ctx;
	gw_arena_reserve(&ahead->arena, TREES);
	for (uint32_t i = 0; i < ahead->files.count; i++)
		gw_rule_file_read(&ahead->arena, &ahead->files.items[i]);
}

static gw_rule_file *find(const gw_ahead *ahead, gw_str path)
{
	for (uint32_t i = 0; i < ahead->files.count; i++)
		if (gw_str_eq(ahead->files.items[i].path, path))
			return &ahead->files.items[i];
	return NULL;
}

void gw_knowledge_read_ahead(gw_knowledge *k, const char *const *paths, uint32_t count)
{
	gw_ahead *ahead = &k->ahead;
	for (uint32_t i = 0; i < count; i++) {
		if (find(ahead, gw_str_of(paths[i])))
			continue;
		gw_rule_file *f = GW_PUSH(&ahead->arena, &ahead->files);
		f->path = gw_arena_str(&ahead->arena, gw_str_of(paths[i]));
		gw_diag_init(&f->diag);
	}
	gw_aside_begin(&ahead->aside, read_all, ahead);
}

gw_rule_file *gw_ahead_take(gw_knowledge *k, gw_str path)
{
	gw_aside_end(&k->ahead.aside);
	return find(&k->ahead, path);
}

void gw_ahead_release(gw_ahead *ahead)
{
	gw_aside_end(&ahead->aside);
	for (uint32_t i = 0; i < ahead->files.count; i++)
		gw_diag_release(&ahead->files.items[i].diag);
	gw_arena_release(&ahead->arena);
}
