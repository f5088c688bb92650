/* gw/settings.h - YAML (by libyaml) as a tree that keeps its marks, and option tables that read it.
 *
 * The option table of a module is the only description of its settings: parsing, errors, `gongwen check` and
 * docs/configuration.md are made from it. All problems of a file are reported in one go. Lifetime: run. */
#ifndef GW_SETTINGS_H
#define GW_SETTINGS_H

#include "gw/diag.h"

typedef enum gw_node_kind { GW_NODE_SCALAR, GW_NODE_LIST, GW_NODE_MAP, GW_NODE_NULL } gw_node_kind;

typedef struct gw_node gw_node;
typedef struct gw_pair {
	gw_node *key, *value; /* key is a scalar */
} gw_pair;

struct gw_node {
	gw_node_kind kind;
	bool quoted;          /* a scalar in quotes is never a number, boolean or null */
	gw_place at;          /* path, 1-based line and column of its first character */
	gw_str text;          /* scalar: its value, NUL-terminated */
	GW_LIST(gw_node *) items;
	GW_LIST(gw_pair) pairs;
};

/* Reads a file whole. Duplicate keys, aliases to unknown anchors and syntax errors are reported with their place.
 * Returns NULL when there is no usable tree; an empty file is an empty map. One document a file. */
gw_node *gw_yaml_load(gw_arena *arena, const char *path, gw_diag *diag);
gw_node *gw_yaml_parse(gw_arena *arena, const char *path, const char *bytes, size_t n, gw_diag *diag);
gw_node *gw_node_get(const gw_node *map, const char *key); /* NULL when absent or not a map */
const char *gw_node_kind_name(gw_node_kind k);

typedef enum gw_option_kind {
	GW_OPT_BOOL,    /* bool */
	GW_OPT_INT,     /* int64_t, within [min,max]; accepts suffixes K M G (powers of 1024) */
	GW_OPT_NUMBER,  /* double, within [min,max] */
	GW_OPT_STRING,  /* const char * */
	GW_OPT_CHOICE,  /* int: index in `choices`, words parted by '|' */
	GW_OPT_FILE,    /* const char *: an existing file, resolved against the folder of the YAML file */
	GW_OPT_PATH,    /* const char *: resolved likewise, need not exist */
	GW_OPT_STRINGS, /* gw_strings */
	GW_OPT_PATHS,   /* gw_strings: resolved like PATH, need not exist; "-" stays */
	GW_OPT_FILES,   /* gw_strings: existing files; a folder stands for its files with the option's `choices` as ending, sorted */
	GW_OPT_NODE,    /* gw_node *: the raw subtree, for the module to read itself */
	GW_OPT_PLACED   /* gw_placed: a text with its place, for what only the module can check */
} gw_option_kind;

typedef struct gw_strings {
	const char **items;
	gw_place *at; /* where each one stands */
	uint32_t count, cap;
} gw_strings;

typedef struct gw_placed {
	const char *text;
	gw_place at;
} gw_placed;

typedef struct gw_option {
	const char *name;
	gw_option_kind kind;
	size_t offset;       /* of the field in the settings struct */
	const char *preset;  /* the default, in YAML; NULL: required; "": none (texts and paths "", nodes NULL) */
	double min, max;     /* INT and NUMBER; both 0: no limits */
	const char *choices; /* CHOICE: "a|b|c"; FILES: an ending such as ".lex" */
	const char *help;    /* one sentence */
} gw_option;

/* Fills *settings by the table (ended by name == NULL) from a map node (NULL or null: all defaults).
 * Reports every unknown key, wrong type, value out of range, missing file and missing key.
 * false if anything was reported. */
bool gw_options_read(const gw_option *table, const gw_node *map, void *settings, gw_arena *arena, gw_diag *diag);
/* Appends a Markdown table of the options, for the reference page. */
void gw_options_document(const gw_option *table, gw_buf *out);

#endif
