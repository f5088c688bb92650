/* The configuration file: its keys, its checks, and everything it names opened. */
#include "chain.h"
#include "gw/aside.h"

#include <stdlib.h>
#include <string.h>

typedef struct file_settings {
	const char *dataset;
	gw_strings inputs, exclude;
	const char *output;
	int64_t jobs;
	const char *max_rejects;
	int64_t max_file_bytes;
	bool incremental;
	gw_node *archives, *stages, *publish;
} file_settings;

const gw_option gw_config_options[] = {
	{"dataset", GW_OPT_STRING, offsetof(file_settings, dataset), NULL, 0, 0, NULL,
		"Name of the dataset and of its folder under `output`: a to z, 0 to 9, and - . _ inside."},
	{"inputs", GW_OPT_PATHS, offsetof(file_settings, inputs), "", 0, 0, NULL,
		"Files and folders (read with all below them) to be read; `-i` on the command line replaces the list."},
	{"exclude", GW_OPT_STRINGS, offsetof(file_settings, exclude), "", 0, 0, NULL,
		"Patterns of source paths to leave out: `*` and `?` within a part, `**` over parts."},
	{"output", GW_OPT_PATH, offsetof(file_settings, output), "", 0, 0, NULL,
		"Folder under which the dataset is published; `-o` replaces it. With neither it is `output` in the current folder."},
	{"jobs", GW_OPT_INT, offsetof(file_settings, jobs), "0", 0, 1024, NULL,
		"Threads to work with, 0 for as many as there are cores; `-j` replaces it."},
	{"max_rejects", GW_OPT_STRING, offsetof(file_settings, max_rejects), "", 0, 0, NULL,
		"Rejected inputs beyond which nothing is published: a number (`10`), a share (`5%`), or empty for no "
		"limit."},
	{"max_file_bytes", GW_OPT_INT, offsetof(file_settings, max_file_bytes), "256M", 1, 4294967294, NULL,
		"A larger file is not read at all: it is rejected, and quarantine names it without its bytes. What is read takes up to "
		"forty times its size of memory for a while. Archives are opened whatever their size."},
	{"incremental", GW_OPT_BOOL, offsetof(file_settings, incremental), "true", 0, 0, NULL,
		"Whether `run` takes over from the latest snapshot what unchanged inputs gave, by the state that it keeps under "
		"`state/` beside the snapshots. The result is the same, byte for byte; `--full` extracts all again once."},
	{"archives", GW_OPT_NODE, offsetof(file_settings, archives), "", 0, 0, NULL,
		"How archives among the inputs are opened, see below."},
	{"stages", GW_OPT_NODE, offsetof(file_settings, stages), NULL, 0, 0, NULL,
		"The stages that a document passes through, in order: a name, or a name with options under it."},
	{"publish", GW_OPT_NODE, offsetof(file_settings, publish), "", 0, 0, NULL, "What is written, see below."},
	{.name = NULL},
};

/* ---- checks that a table cannot express ---- */

bool gw_dataset_name_good(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";
	size_t n = strlen(name);
	return n && n <= 64 && strspn(name, letters) == n && name[0] != '.' && name[0] != '-';
}

static void dataset_check(const gw_node *map, const char *name, gw_diag *diag)
{
	if (!gw_dataset_name_good(name))
		gw_report(diag, GW_E_CONFIG_RANGE, &gw_node_get(map, "dataset")->at,
			"dataset: \"%s\" is no name for a folder, expected a to z, 0 to 9 and - . _ inside", name);
}

/* The number in "10" or "5%"; false when it is neither. */
static bool limit_parse(const char *text, double *number, bool *share)
{
	char *end;
	*number = strtod(text, &end);
	*share = *end == '%';
	return text[0] >= '0' && text[0] <= '9' && strspn(text, "0123456789.%") == strlen(text) && end[*share] == 0 &&
	       (!*share || *number <= 100);
}

static void rejects_check(const gw_node *map, const char *text, gw_diag *diag)
{
	double number;
	bool share;
	if (*text && !limit_parse(text, &number, &share))
		gw_report(diag, GW_E_CONFIG_RANGE, &gw_node_get(map, "max_rejects")->at,
			"max_rejects: \"%s\" is neither a number nor a share such as 5%%", text);
}

/* A share is of the sources that were read, so that it is decided when all are. */
uint64_t gw_config_reject_limit(const gw_config *c, uint64_t sources)
{
	double number;
	bool share;
	if (!c->max_rejects || !limit_parse(c->max_rejects, &number, &share))
		return UINT64_MAX;
	/* 29 % of 100 are 29, and not 28 for want of the last bit. */
	return (uint64_t)(share ? number * (double)sources / 100 + 1e-6 : number);
}

/* ---- loading ---- */

/* The bytes that are parsed are the bytes that are hashed: the record must name what was really in force. */
static gw_node *file_read(gw_config *c, const char *path, gw_diag *diag)
{
	gw_loaded file;
	c->path = gw_arena_str(&c->arena, gw_str_of(path)).ptr;
	gw_place at = {.path = path};
	if (!gw_path_exists(path) || gw_path_is_dir(path)) {
		gw_report(diag, GW_E_CONFIG_FILE, &at,
			gw_path_is_dir(path) ? "a folder; the configuration is a file" : "the configuration file does not exist");
		return NULL;
	}
	if (gw_file_load_as(GW_E_CONFIG_FILE, path, (uint64_t)64 << 20, &file, diag) >= GW_FAILED)
		return NULL;
	gw_sha256_of(file.bytes, file.len, c->sha256);
	gw_node *map = gw_yaml_parse(&c->arena, c->path, file.bytes, file.len, diag);
	gw_file_unload(&file);
	return map;
}

/* What was read wrongly stays zero and is checked no further; the rest is, for its own problems. */
static void settings_apply(gw_config *c, const gw_node *map, gw_diag *diag)
{
	file_settings f = {0};
	gw_options_read(gw_config_options, map, &f, &c->arena, diag);
	c->dataset = f.dataset;
	c->inputs = f.inputs;
	c->exclude = f.exclude;
	c->output = f.output && *f.output ? f.output : "output";
	c->jobs = f.jobs;
	c->max_rejects = f.max_rejects;
	c->max_file_bytes = f.max_file_bytes;
	c->incremental = f.incremental;
	gw_options_read(gw_archive_options, f.archives, &c->archives, &c->arena, diag);
	if (f.dataset)
		dataset_check(map, f.dataset, diag);
	if (f.max_rejects)
		rejects_check(map, f.max_rejects, diag);
	/* Defaults that are paths count from the folder of the file: an empty map knows it. */
	gw_node *empty = GW_NEW(&c->arena, gw_node);
	*empty = (gw_node){.kind = GW_NODE_MAP, .at = map->at};
	const gw_node *publish = f.publish ? f.publish : empty, *schemas = gw_node_get(publish, "schemas");
	c->schemas_at = schemas ? schemas->at : publish->at;
	if (!gw_options_read(gw_publish_options, publish, &c->publish, &c->arena, diag))
		c->publish.jsonl = true; /* not read, perhaps: nothing is to be concluded from its being off */
	gw_publish_settings_finish(&c->publish, diag);
	if (f.stages && gw_chain_read(c, f.stages, gw_stages, diag))
		gw_chain_check(c, gw_stages, diag);
}

static gw_config *config_begin(const char *path, gw_diag *diag)
{
	gw_config *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	gw_arena_init(&c->arena);
	gw_arena_init(&c->schema_arena);
	gw_node *map = file_read(c, path, diag);
	if (map && map->kind != GW_NODE_MAP)
		gw_report(diag, GW_E_CONFIG_TYPE, &map->at, "expected a map (key: value), found %s",
			gw_node_kind_name(map->kind));
	else if (map)
		settings_apply(c, map, diag);
	return c;
}

gw_config *gw_config_read(const char *path, gw_diag *diag)
{
	uint32_t errors = diag->errors;
	gw_config *c = config_begin(path, diag);
	if (diag->errors == errors)
		return c;
	gw_config_free(c);
	return NULL;
}

/* By their place in the file; gw_inputs_list would only know the paths. */
static void inputs_check(const gw_config *c, gw_diag *diag)
{
	for (uint32_t i = 0; i < c->inputs.count; i++)
		if (strcmp(c->inputs.items[i], "-") != 0 && !gw_path_exists(c->inputs.items[i]))
			gw_report(diag, GW_E_CONFIG_PATH, &c->inputs.at[i], "inputs: %s does not exist",
				c->inputs.items[i]);
}

/* One message at the key, not one for each schema that is not in there. */
static bool schemas_exist(gw_config *c, gw_diag *diag)
{
	if (!c->publish.schemas || !*c->publish.schemas)
		return false;
	const char *folder = gw_path_join(&c->arena, c->publish.schemas, GW_SCHEMA_VERSION);
	if (gw_path_is_dir(folder))
		return true;
	gw_report(diag, GW_E_CONFIG_PATH, &c->schemas_at, "schemas: the folder %s does not exist",
		gw_path_is_dir(c->publish.schemas) ? folder : c->publish.schemas);
	return false;
}

/* The schemas are read aside, into an arena of their own, while words and rules are. */
typedef struct schema_task {
	gw_config *c;
	gw_diag diag;
} schema_task;

static void schema_load(void *ctx)
{
	schema_task *t = ctx;
	t->c->schema = gw_schema_load(&t->c->schema_arena, t->c->publish.schemas, GW_SCHEMA_VERSION, &t->diag);
}

/* With wrong settings what can be opened is opened all the same, for its messages: all problems in one go, those of the
 * schemas first. */
static gw_status all_open(gw_config *c, gw_diag *diag)
{
	schema_task schemas = {.c = c};
	gw_aside aside = {0};
	gw_diag own;
	gw_diag_init(&schemas.diag);
	gw_diag_init(&own);
	if (schemas_exist(c, diag))
		gw_aside_begin(&aside, schema_load, &schemas);
	gw_status opened = gw_chain_open(c, &own);
	gw_aside_end(&aside);
	gw_diag_merge(diag, &schemas.diag);
	gw_diag_merge(diag, &own);
	gw_diag_release(&schemas.diag);
	gw_diag_release(&own);
	return opened;
}

static gw_config *config_load(const char *path, bool inputs, gw_diag *diag)
{
	uint32_t errors = diag->errors;
	gw_config *c = config_begin(path, diag);
	bool good = diag->errors == errors;
	if (inputs)
		inputs_check(c, diag);
	errors = diag->errors;
	gw_status opened = all_open(c, diag);
	if (good && opened < GW_FAILED && diag->errors == errors)
		return c;
	gw_config_free(c);
	return NULL;
}

gw_config *gw_config_load(const char *path, gw_diag *diag)
{
	return config_load(path, false, diag);
}

gw_config *gw_config_load_with_inputs(const char *path, gw_diag *diag)
{
	return config_load(path, true, diag);
}

void gw_config_free(gw_config *c)
{
	if (!c)
		return;
	gw_chain_close(c);
	gw_schema_release(c->schema);
	gw_arena_release(&c->schema_arena);
	gw_arena_release(&c->arena);
	free(c);
}
