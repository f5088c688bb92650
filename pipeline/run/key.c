/* The key of a run: what must be the same for a source to give the same rows. Anything that is left out here would be a
 * row that stays wrong after a change, so rather too much goes in than too little; only paths do not, so that a
 * configuration may move. */
#include "gw/run.h"

#include <link.h>
#include <stdlib.h>

static void add(gw_sha256 *h, const char *bytes, size_t n)
{
	uint64_t length = n;
	gw_sha256_add(h, &length, sizeof length);
	gw_sha256_add(h, bytes, n);
}

static void add_text(gw_sha256 *h, const char *z)
{
	add(h, z ? z : "", z ? strlen(z) : 0);
}

static void add_int(gw_sha256 *h, int64_t v)
{
	add(h, (const char *)&v, sizeof v);
}

/* ---- the program ---- */

/* What the linker wrote into a library to tell its builds apart (ld --build-id), else its name. */
static int library_add(struct dl_phdr_info *info, size_t size, void *ctx)
{
	gw_sha256 *h = ctx;
	(void)size;
	if (!info->dlpi_name[0] || strncmp(gw_path_base(info->dlpi_name), "linux-", 6) == 0) /* the program, the kernel's */
		return 0;
	add_text(h, gw_path_base(info->dlpi_name));
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type == PT_NOTE)
			add(h, (const char *)(uintptr_t)(info->dlpi_addr + p->p_vaddr), p->p_memsz);
	}
	return 0;
}

/* Every build is another program, whatever its version says. */
static void program_add(gw_sha256 *h, gw_diag *diag)
{
	gw_loaded file;
	char hex[65];
	add_text(h, GW_PROGRAM_VERSION);
	if (gw_file_load("/proc/self/exe", UINT64_MAX, &file, diag) == GW_OK) {
		gw_sha256_of(file.bytes, file.len, hex);
		add_text(h, hex);
		gw_file_unload(&file);
	}
	dl_iterate_phdr(library_add, h);
}

/* ---- the settings ---- */

static void node_add(gw_sha256 *h, const gw_node *n)
{
	add_int(h, n ? (int64_t)n->kind : -1);
	if (!n)
		return;
	add_int(h, n->quoted);
	add(h, n->text.ptr, n->text.len);
	for (uint32_t i = 0; i < n->items.count; i++)
		node_add(h, n->items.items[i]);
	for (uint32_t i = 0; i < n->pairs.count; i++) {
		node_add(h, n->pairs.items[i].key);
		node_add(h, n->pairs.items[i].value);
	}
}

static void file_add(gw_sha256 *h, const gw_config *c, const char *path)
{
	const char *hash = gw_knowledge_file(c->knowledge, path);
	add_text(h, hash ? hash : path);
}

static void strings_add(gw_sha256 *h, const gw_config *c, const gw_strings *list, bool files)
{
	add_int(h, list->count);
	for (uint32_t i = 0; i < list->count; i++) {
		if (files)
			file_add(h, c, list->items[i]);
		else
			add_text(h, list->items[i]);
	}
}

static void option_add(gw_sha256 *h, const gw_config *c, const gw_option *o, const void *settings)
{
	const void *field = (const char *)settings + o->offset;
	add_text(h, o->name);
	switch (o->kind) {
	case GW_OPT_BOOL: add_int(h, *(const bool *)field); break;
	case GW_OPT_INT: add_int(h, *(const int64_t *)field); break;
	case GW_OPT_NUMBER: add(h, field, sizeof(double)); break;
	case GW_OPT_CHOICE: add_int(h, *(const int *)field); break;
	case GW_OPT_STRING:
	case GW_OPT_PATH: add_text(h, *(const char *const *)field); break;
	case GW_OPT_FILE: file_add(h, c, *(const char *const *)field); break;
	case GW_OPT_STRINGS:
	case GW_OPT_PATHS: strings_add(h, c, field, false); break;
	case GW_OPT_FILES: strings_add(h, c, field, true); break;
	case GW_OPT_NODE: node_add(h, *(gw_node *const *)field); break;
	case GW_OPT_PLACED: add_text(h, ((const gw_placed *)field)->text); break;
	}
}

static void schema_add(gw_sha256 *h, const gw_schema *schema)
{
	add_text(h, schema->version);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		add(h, schema->tables[id].json, schema->tables[id].json_len);
}

void gw_run_key(const gw_config *c, char hex[65], gw_diag *diag)
{
	gw_sha256 h;
	gw_sha256_init(&h);
	program_add(&h, diag);
	for (uint32_t i = 0; i < c->chain.count; i++) {
		const gw_chain_link *link = &c->chain.items[i];
		add_text(&h, link->stage->name);
		for (const gw_option *o = link->stage->options; o && o->name; o++)
			option_add(&h, c, o, link->settings);
	}
	char version[65];
	gw_knowledge_version(c->knowledge, version);
	add_text(&h, version);
	schema_add(&h, c->schema);
	const gw_publish_settings *p = &c->publish;
	const bool forms[] = {p->csv, p->excel, p->jsonl, p->json, p->texts};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		add_int(&h, forms[i]);
	gw_sha256_hex(&h, hex);
}

gw_str gw_run_programs(const gw_config *c, gw_arena *arena)
{
	gw_buf b;
	gw_buf_init(&b);
	for (uint32_t i = 0; i < c->chain.count; i++)
		if (c->chain.items[i].stage == &gw_stage_convert)
			gw_convert_programs(c->chain.items[i].state, &b);
	gw_str programs = gw_arena_str(arena, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len});
	gw_buf_release(&b);
	return programs;
}
