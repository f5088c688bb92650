/* What the program knows of words: put together while opening, const afterwards. */
#include "grammar.h"
#include "gw/file.h"

#include <stdlib.h>

enum { CUES_MAX = 512, VALUES_MAX = 64 };

/* Classes that readers and stages make; patterns may name them although no lexicon does. */
static const char *const code_classes[] = {"number", "number.scaled", "number.percent", "number.ratio", "number.fraction", "number.masked",
	"number.ordinal", "date.y", "date.ym", "date.ymd", "date.m", "date.md", "date.part", "date.bare", "date.day", "date.dotted",
	"duration.year", "duration.quarter", "duration.month", "duration.week", "duration.day", "duration.workday", "duration.hour", "duration.minute",
	"duration.second", "time", "agency", "agency.modal", "unit-only", "quantity", "shield"};

gw_knowledge *gw_knowledge_new(gw_arena *run_arena)
{
	gw_knowledge *k = GW_NEW(run_arena, gw_knowledge);
	k->arena = run_arena;
	gw_map_init(&k->class_ids, run_arena);
	gw_map_init(&k->rule_ids, run_arena);
	gw_map_init(&k->macros, run_arena);
	gw_map_init(&k->names, run_arena);
	gw_map_init(&k->parts.set_ids, run_arena);
	gw_map_init(&k->parts.class_set_ids, run_arena);
	gw_map_init(&k->parts.guard_ids, run_arena);
	for (size_t i = 0; i < sizeof code_classes / sizeof *code_classes; i++)
		gw_class_intern(k, code_classes[i]);
	k->shield = gw_class_id(k, "shield");
	return k;
}

void gw_knowledge_free(gw_knowledge *k)
{
	gw_ahead_release(&k->ahead); /* all else lies in the run arena */
	gw_arena_release(&k->trie_arena);
}

static bool was_read(const gw_knowledge *k, const char *path)
{
	return gw_knowledge_file(k, path) != NULL;
}

/* Its hash goes into the lexicon version. */
static gw_file_known *file_note(gw_knowledge *k, const char *path)
{
	gw_file_known *known = GW_PUSH(k->arena, &k->files);
	known->path = gw_arena_str(k->arena, gw_str_of(path));
	known->name = gw_str_of(gw_path_base(known->path.ptr));
	return known;
}

/* Reads a file unless it was read before. */
static gw_status load_once(gw_knowledge *k, const char *path, gw_str *bytes, gw_diag *diag)
{
	*bytes = (gw_str){NULL, 0};
	if (was_read(k, path))
		return GW_OK;
	gw_loaded f;
	gw_status s = gw_file_load_as(GW_E_CONFIG_FILE, path, GW_KNOWLEDGE_FILE_MAX, &f, diag);
	if (s > GW_WARN)
		return s;
	gw_sha256_of(f.bytes, f.len, file_note(k, path)->sha256);
	*bytes = gw_arena_str(k->arena, (gw_str){f.len ? f.bytes : "", (uint32_t)f.len});
	gw_file_unload(&f);
	return GW_OK;
}

gw_status gw_knowledge_add_lexicon(gw_knowledge *k, const char *path, gw_diag *diag)
{
	gw_str bytes;
	gw_status s = load_once(k, path, &bytes, diag);
	return s > GW_WARN || !bytes.ptr ? s : gw_lexicon_parse(k, gw_arena_str(k->arena, gw_str_of(path)).ptr, bytes, diag);
}

gw_status gw_knowledge_note_file(gw_knowledge *k, const char *path, gw_diag *diag)
{
	gw_str bytes;
	return load_once(k, path, &bytes, diag);
}

gw_status gw_knowledge_add_rules(gw_knowledge *k, const char *path, gw_diag *diag)
{
	gw_rule_file now = {.path = gw_str_of(path)}, *f = gw_ahead_take(k, now.path);
	if (was_read(k, path))
		return GW_OK;
	gw_diag_init(&now.diag);
	if (!f)
		gw_rule_file_read(k->arena, f = &now);
	uint32_t before = diag->errors;
	gw_status s = f->status;
	gw_diag_merge(diag, &f->diag);
	if (s <= GW_WARN) {
		memcpy(file_note(k, path)->sha256, f->sha256, sizeof f->sha256);
		s = f->root ? gw_rulefile_take(k, f->root, diag) : GW_FAILED;
	}
	gw_diag_release(&now.diag);
	return s <= GW_WARN && diag->errors > before ? GW_FAILED : s;
}

static bool class_has_words(const gw_knowledge *k, uint16_t cls)
{
	return cls < sizeof code_classes / sizeof *code_classes || k->class_first[cls] < k->class_first[cls + 1];
}

static void check_cues(const gw_knowledge *k, gw_diag *diag)
{
	for (uint32_t i = 0; i < k->decisions.count; i++) {
		const gw_decision *d = &k->decisions.items[i];
		if (d->cues.count > CUES_MAX || d->values.count > VALUES_MAX)
			gw_report(diag, GW_E_CUE, NULL, "the decision `%s` has more than %d cues or %d values", d->name.ptr, CUES_MAX, VALUES_MAX);
		for (uint32_t q = 0; q < d->cues.count; q++)
			for (uint32_t c = 0; c < d->cues.items[q].class_count; c++)
				if (!class_has_words(k, d->cues.items[q].classes[c]))
					gw_report(diag, GW_E_CUE, &d->cues.items[q].at, "the cue `%s` looks for the class `%s`, which no lexicon or reader makes",
						d->cues.items[q].id.ptr, gw_class_name(k, d->cues.items[q].classes[c]));
	}
}

/* Counting sort of the entries by class. */
static void classes_index(gw_knowledge *k)
{
	uint32_t classes = k->class_names.count, *next = GW_NEW_N(k->arena, uint32_t, classes + 2);
	k->class_entries = GW_NEW_N(k->arena, uint32_t, k->entries.count + 1);
	for (uint32_t i = 0; i < k->entries.count; i++)
		next[k->entries.items[i].cls + 2]++;
	for (uint32_t c = 2; c < classes + 2; c++)
		next[c] += next[c - 1];
	for (uint32_t i = 0; i < k->entries.count; i++)
		k->class_entries[next[k->entries.items[i].cls + 1]++] = i;
	k->class_first = next; /* every begin has moved up to the next one's */
}

static void trie_build(void *ctx)
{
	gw_trie_build(ctx);
}

gw_status gw_knowledge_build(gw_knowledge *k, gw_diag *diag)
{
	uint32_t before = diag->errors;
	gw_arena scratch;
	gw_aside trie;
	gw_arena_init(&scratch);
	gw_aside_begin(&trie, trie_build, k);
	classes_index(k);
	for (uint32_t i = 0; i < k->rules.count; i++) {
		gw_pattern_compile(k, &scratch, &k->rules.items[i], diag);
		gw_arena_reset(&scratch);
	}
	gw_arena_release(&scratch);
	gw_aside_end(&trie);
	check_cues(k, diag);
	if (diag->errors > before)
		return GW_FAILED;
	gw_glances_build(k);
	gw_needs_build(k);
	gw_rule_groups_build(k);
	gw_scan_build(k);
	gw_decisions_build(k);
	return GW_OK;
}

const char *gw_knowledge_file(const gw_knowledge *k, const char *path)
{
	for (uint32_t i = 0; i < k->files.count; i++)
		if (gw_str_eq(k->files.items[i].path, gw_str_of(path)))
			return k->files.items[i].sha256;
	return NULL;
}

static int known_by_name(const void *a, const void *b)
{
	const gw_file_known *x = *(const gw_file_known *const *)a, *y = *(const gw_file_known *const *)b;
	int c = gw_str_cmp(x->name, y->name);
	return c ? c : strcmp(x->sha256, y->sha256);
}

void gw_knowledge_version(const gw_knowledge *k, char hex[65])
{
	const gw_file_known **files = calloc(k->files.count + 1u, sizeof *files);
	if (!files)
		abort();
	for (uint32_t i = 0; i < k->files.count; i++)
		files[i] = &k->files.items[i];
	qsort(files, k->files.count, sizeof *files, known_by_name);
	gw_sha256 h;
	gw_sha256_init(&h);
	for (uint32_t i = 0; i < k->files.count; i++) {
		gw_sha256_add(&h, files[i]->name.ptr, files[i]->name.len);
		gw_sha256_add(&h, files[i]->sha256, 64);
	}
	gw_sha256_hex(&h, hex);
	free(files);
}

/* ---- what others ask ---- */

uint16_t gw_class_id(const gw_knowledge *k, const char *name)
{
	uint32_t id = gw_map_get(&k->class_ids, gw_str_of(name));
	return id == GW_NONE ? GW_NO_CLASS : (uint16_t)id;
}

uint16_t gw_class_intern(gw_knowledge *k, const char *name)
{
	uint32_t *id = gw_map_put(&k->class_ids, gw_str_of(name));
	if (*id == GW_NONE) {
		*id = k->class_names.count;
		*GW_PUSH(k->arena, &k->class_names) = gw_arena_str(k->arena, gw_str_of(name)).ptr;
	}
	return (uint16_t)*id;
}

const char *gw_class_name(const gw_knowledge *k, uint16_t cls)
{
	return k->class_names.items[cls];
}

bool gw_class_is_used(const gw_knowledge *k, uint16_t cls)
{
	for (uint32_t i = 0; i < k->parts.class_sets.count; i++)
		if (gw_bit(k->parts.class_sets.items[i].classes, cls))
			return true;
	for (uint32_t i = 0; i < k->decisions.count; i++)
		if (k->decisions.items[i].class_first[cls] < k->decisions.items[i].class_first[cls + 1])
			return true;
	return false;
}

const gw_entry *gw_entry_at(const gw_knowledge *k, uint32_t entry)
{
	return &k->entries.items[entry];
}

uint32_t gw_entry_count(const gw_knowledge *k)
{
	return k->entries.count;
}

gw_str gw_token_attr(const gw_knowledge *k, const gw_token *t, const char *key)
{
	/* The entry of a number or a fact is an index of something else; no entry has its class. */
	bool word = t->entry < k->entries.count && k->entries.items[t->entry].cls == t->cls;
	return word ? gw_entry_attr(&k->entries.items[t->entry], key) : (gw_str){NULL, 0};
}

uint16_t gw_name_id(const gw_knowledge *k, const char *capture_name)
{
	uint32_t id = gw_map_get(&k->names, gw_str_of(capture_name));
	return id == GW_NONE ? GW_NO_NAME : (uint16_t)id;
}

const gw_rule_info *gw_rule_at(const gw_knowledge *k, uint32_t rule)
{
	return &k->rules.items[rule].info;
}

uint32_t gw_rule_count(const gw_knowledge *k)
{
	return k->rules.count;
}

uint32_t gw_rule_find(const gw_knowledge *k, const char *id)
{
	return gw_map_get(&k->rule_ids, gw_str_of(id));
}

gw_str gw_rule_field(const gw_knowledge *k, uint32_t rule, const char *key)
{
	const gw_rule_info *r = &k->rules.items[rule].info;
	for (uint32_t i = 0; i < r->field_count; i++)
		if (gw_str_eq(r->fields[i].key, gw_str_of(key)))
			return r->fields[i].value;
	return (gw_str){NULL, 0};
}

const gw_node *gw_rule_texts(const gw_knowledge *k, uint32_t rule, bool examples)
{
	return examples ? k->rules.items[rule].examples : k->rules.items[rule].nots;
}
