/* The declared tables: Frictionless table schemas from schemas/<version>/, read once, then const. */
#include "evolution.h"
#include "out.h"
#include "pages.h"
#include "shape.h"
#include "gw/file.h"

#include <jansson.h>
#include <regex.h>

const char *const gw_table_names[GW_TABLES] = {"documents", "sections", "agencies", "organizations", "deadlines", "dates",
	"targets", "quantities", "responsibilities", "tasks"};

static const char *const type_names[] = {"string", "integer", "number", "boolean", "date"};

const char *gw_field_type_name(gw_field_type type)
{
	return type_names[type];
}

/* The columns that the program makes. A schema file may order, describe and constrain them as it likes; one that
 * names others would give a column that is empty for ever, one that leaves some out would lose facts in silence. */
#define PLACE " document_id section_id line char_start char_end text rule"
#define TIME PLACE " role relation edtf date_start date_end duration rrule anchor"
#define AMOUNT PLACE " role indicator op value value2 unit change base per deadline_id"
static const char *const made[GW_TABLES] = {
	"document_id source_path part source_sha256 source_bytes encoding encoding_source encoding_errors title document_type "
	"issuer issuer_id region_code region document_number adopted_on issued_on effective_on line char_start char_end "
	"char_count section_count json_path text_path",
	"parent_id depth kind marker ordinal heading" PLACE,
	"mention_id agency_id generic" PLACE,
	"agency_id name aliases kind level region_code region mention_count document_count",
	"deadline_id" TIME,
	"date_id" TIME,
	"target_id" AMOUNT,
	"quantity_id" AMOUNT,
	"responsibility_id task_id role label unit agency_id deadline_id" PLACE,
	"task_id marker title lead_units responsible_units support_units due_text due due_date rrule target_count targets "
	"deadline_id" PLACE,
};

uint32_t gw_table_field(const gw_table *t, const char *name)
{
	for (uint32_t i = 0; i < t->field_count; i++)
		if (strcmp(t->fields[i].name, name) == 0)
			return i;
	return GW_NONE;
}

/* What the readers of one file share. */
typedef struct reader {
	gw_arena *arena;
	gw_diag *diag;
	const char *path;
	gw_schema *schema;
	gw_table *table;
	bool exact; /* tables and columns are those of this program */
} reader;

static bool bad(const reader *r, const char *where, const char *what)
{
	gw_place at = {.path = r->path};
	gw_report(r->diag, GW_E_SCHEMA, &at, "%s%s%s", where, *where ? ": " : "", what);
	return false;
}

static const char *keep(const reader *r, const char *z)
{
	return gw_arena_str(r->arena, gw_str_of(z)).ptr;
}

/* ---- fields ---- */

static bool read_type(const reader *r, gw_field *f, const json_t *field)
{
	const char *type = json_string_value(json_object_get(field, "type"));
	for (unsigned i = 0; type && i < sizeof type_names / sizeof *type_names; i++) {
		if (strcmp(type, type_names[i]) == 0) {
			f->type = (gw_field_type)i;
			return true;
		}
	}
	return bad(r, f->name, "\"type\" must be string, integer, number, boolean or date");
}

static bool read_bound(const reader *r, const gw_field *f, const json_t *value, bool *has, double *bound)
{
	if (!value)
		return true;
	if (!json_is_number(value) || (f->type != GW_F_INTEGER && f->type != GW_F_NUMBER))
		return bad(r, f->name, "\"minimum\" and \"maximum\" are numbers, for integer and number fields");
	*has = true;
	*bound = json_number_value(value);
	return true;
}

static bool read_enum(const reader *r, gw_field *f, const json_t *list)
{
	if (!list)
		return true;
	if (!json_is_array(list) || json_array_size(list) == 0 || f->type != GW_F_STRING)
		return bad(r, f->name, "\"enum\" is a list of texts, for string fields");
	f->choice_count = (uint32_t)json_array_size(list);
	f->choices = GW_NEW_N(r->arena, const char *, f->choice_count);
	for (uint32_t i = 0; i < f->choice_count; i++) {
		const char *choice = json_string_value(json_array_get(list, i));
		if (!choice)
			return bad(r, f->name, "\"enum\" holds something that is no text");
		f->choices[i] = keep(r, choice);
	}
	return true;
}

static bool read_pattern(const reader *r, gw_field *f, const json_t *pattern)
{
	if (!pattern)
		return true;
	if (!json_is_string(pattern) || f->type != GW_F_STRING)
		return bad(r, f->name, "\"pattern\" is a text, for string fields");
	f->pattern = keep(r, json_string_value(pattern));
	f->shape = gw_shape_make(r->arena, f->pattern);
	if (f->shape)
		return true;
	regex_t *compiled = GW_NEW(r->arena, regex_t);
	int error = regcomp(compiled, f->pattern, REG_EXTENDED | REG_NOSUB);
	if (error) {
		char why[128];
		regerror(error, compiled, why, sizeof why);
		return bad(r, f->name, gw_arena_printf(r->arena, "the pattern \"%s\" cannot be used: %s", f->pattern, why));
	}
	f->compiled = compiled;
	return true;
}

static bool read_field(const reader *r, gw_field *f, const json_t *field)
{
	static const char known[] = " required enum pattern minimum maximum ";
	const char *name = json_string_value(json_object_get(field, "name"));
	if (!name || !*name)
		return bad(r, "fields", "a field without \"name\"");
	if (gw_table_field(r->table, name) != GW_NONE)
		return bad(r, name, "the field stands twice");
	f->name = keep(r, name);
	if (!read_type(r, f, field))
		return false;
	json_t *constraints = json_object_get(field, "constraints");
	/* A constraint that nobody checks would be a promise that nobody keeps. */
	const char *key;
	json_t *value;
	json_object_foreach(constraints, key, value)
	{
		const char *at = strstr(known, key);
		if (!at || at[-1] != ' ' || at[strlen(key)] != ' ')
			return bad(r, name, gw_arena_printf(r->arena, "the constraint \"%s\" is not known", key));
	}
	f->required = json_is_true(json_object_get(constraints, "required"));
	/* The pattern last: it alone holds memory that has to be freed, and a field that fails is forgotten. */
	return read_enum(r, f, json_object_get(constraints, "enum")) &&
	       read_bound(r, f, json_object_get(constraints, "minimum"), &f->has_min, &f->min) &&
	       read_bound(r, f, json_object_get(constraints, "maximum"), &f->has_max, &f->max) &&
	       read_pattern(r, f, json_object_get(constraints, "pattern"));
}

static bool read_fields(const reader *r, const json_t *root)
{
	const json_t *fields = json_object_get(root, "fields");
	if (!json_is_array(fields) || json_array_size(fields) == 0)
		return bad(r, "fields", "missing, or no list");
	r->table->fields = GW_NEW_N(r->arena, gw_field, json_array_size(fields));
	bool good = true;
	for (size_t i = 0; i < json_array_size(fields); i++) {
		gw_field *f = &r->table->fields[r->table->field_count];
		memset(f, 0, sizeof *f);
		if (read_field(r, f, json_array_get(fields, i)))
			r->table->field_count++;
		else
			good = false;
	}
	return good;
}

/* ---- keys ---- */

/* One or two field names: a text, or a list. `out` is the last part, `within` the one before it. */
static bool read_key(const reader *r, const gw_table *t, const json_t *key, const char *what, uint32_t *out, uint32_t *within)
{
	const char *names[2] = {NULL, NULL};
	size_t n = json_is_array(key) ? json_array_size(key) : 1;
	for (size_t i = 0; i < n && n <= 2; i++)
		names[i] = json_string_value(json_is_array(key) ? json_array_get(key, i) : key);
	if (n == 0 || n > 2 || !names[n - 1] || !names[0])
		return bad(r, what, "expected one or two field names");
	*within = n == 2 ? gw_table_field(t, names[0]) : GW_NONE;
	*out = gw_table_field(t, names[n - 1]);
	if (*out == GW_NONE || (n == 2 && *within == GW_NONE))
		return bad(r, what, gw_arena_printf(r->arena, "names no field of %s", t->name));
	return true;
}

static bool read_foreign(const reader *r, gw_foreign *f, const json_t *key)
{
	const json_t *reference = json_object_get(key, "reference");
	const char *resource = json_string_value(json_object_get(reference, "resource"));
	gw_table_id id = 0;
	while (resource && id < GW_TABLES && strcmp(resource, gw_table_names[id]) != 0)
		id++;
	if (!resource || (id == GW_TABLES && r->exact))
		return bad(r, "foreignKeys", "\"resource\" names no table");
	if (id == GW_TABLES) { /* of a newer schema, of which this program cannot know the keys */
		r->table->foreign_count--;
		return true;
	}
	f->table = id;
	const gw_table *to = &r->schema->tables[id];
	if (!read_key(r, r->table, json_object_get(key, "fields"), "foreignKeys", &f->field, &f->within) ||
		!read_key(r, to, json_object_get(reference, "fields"), "foreignKeys", &f->to, &f->to_within))
		return false;
	if (f->to != to->primary || f->to_within != to->primary_within || (f->within == GW_NONE) != (f->to_within == GW_NONE))
		return bad(r, "foreignKeys", gw_arena_printf(r->arena, "must point at the whole primary key of %s", to->name));
	return true;
}

/* A section's parent is a section of its document. It cannot be declared: readers of table schemas take a key of two
 * fields with one of them empty for a broken one. */
static void add_parent(gw_table *t)
{
	uint32_t parent = gw_table_field(t, "parent_id");
	if (t->id == GW_T_SECTIONS && parent != GW_NONE)
		t->foreign[t->foreign_count++] = (gw_foreign){.field = parent, .table = t->id, .to = t->primary,
			.within = t->primary_within, .to_within = t->primary_within};
}

static bool read_foreigns(const reader *r, const json_t *root)
{
	const json_t *list = json_object_get(root, "foreignKeys");
	r->table->foreign = GW_NEW_N(r->arena, gw_foreign, json_array_size(list) + 1);
	bool good = true;
	for (size_t i = 0; i < json_array_size(list); i++)
		good = read_foreign(r, &r->table->foreign[r->table->foreign_count++], json_array_get(list, i)) && good;
	add_parent(r->table);
	return good;
}

/* ---- a table, all tables ---- */

static bool word_in(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

/* The columns of the file are those that the program makes. */
static bool columns_fit(const reader *r)
{
	bool good = true;
	const gw_table *t = r->table;
	for (uint32_t i = 0; i < t->field_count; i++)
		if (!word_in(made[t->id], t->fields[i].name))
			good = bad(r, t->fields[i].name, "the program makes no such column");
	for (const char *p = made[t->id]; *p; p += strspn(p, " ")) {
		char name[64] = "";
		size_t n = strcspn(p, " ");
		memcpy(name, p, n);
		p += n;
		if (gw_table_field(t, name) == GW_NONE)
			good = bad(r, name, "the column is missing");
	}
	return good;
}

static bool load_bytes(reader *r, const char *folder, const char *name, const char **bytes, size_t *len)
{
	gw_loaded file;
	r->path = gw_path_join(r->arena, folder, name);
	if (!gw_path_exists(r->path))
		return bad(r, "", "the schema file does not exist");
	if (gw_file_load(r->path, 1 << 20, &file, r->diag) != GW_OK)
		return false;
	char *copy = gw_arena_alloc(r->arena, file.len + 1);
	memcpy(copy, file.bytes, file.len);
	*bytes = copy;
	*len = file.len;
	gw_file_unload(&file);
	return true;
}

static json_t *parse(const reader *r, const char *bytes, size_t len)
{
	json_error_t error;
	json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		gw_place at = {.path = r->path, .line = (uint32_t)error.line, .column = (uint32_t)error.column};
		gw_report(r->diag, GW_E_SCHEMA, &at, "not JSON: %s", error.text);
	} else if (!json_is_object(root)) {
		bad(r, "", "expected an object");
		json_decref(root);
		root = NULL;
	}
	return root;
}

/* Fields and primary key; foreign keys need the other tables and come in a second round. A snapshot may be older than
 * the table; documents were there from the first. */
static bool load_table(reader *r, const char *folder, gw_table_id id, json_t **root)
{
	gw_table *t = r->table = &r->schema->tables[id];
	t->id = id;
	t->name = gw_table_names[id];
	if (!r->exact && id != GW_T_DOCUMENTS && !gw_path_exists(gw_path_join(r->arena, folder, gw_arena_printf(r->arena, "%s.json", t->name))))
		return true;
	if (!load_bytes(r, folder, gw_arena_printf(r->arena, "%s.json", t->name), &t->json, &t->json_len) ||
		(*root = parse(r, t->json, t->json_len)) == NULL || !read_fields(r, *root))
		return false;
	gw_json_names *names = GW_NEW(r->arena, gw_json_names);
	gw_json_names_make(r->arena, t, names);
	t->names = names;
	bool good = read_key(r, t, json_object_get(*root, "primaryKey"), "primaryKey", &t->primary, &t->primary_within);
	return (!r->exact || columns_fit(r)) && good;
}

const gw_schema *gw_schema_load(gw_arena *arena, const char *folder, const char *version, gw_diag *diag)
{
	gw_schema *s = GW_NEW(arena, gw_schema);
	reader r = {.arena = arena, .diag = diag, .schema = s, .exact = version != NULL};
	json_t *roots[GW_TABLES] = {NULL};
	s->version = gw_arena_str(arena, gw_str_of(version ? version : "")).ptr;
	s->folder = version ? gw_path_join(arena, folder, version) : gw_arena_printf(arena, "%s", folder);
	bool good = !version || gw_pages_load(arena, gw_path_join(arena, folder, "pages"), s->pages, diag);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		good = load_table(&r, s->folder, id, &roots[id]) && good;
	for (gw_table_id id = 0; good && id < GW_TABLES; id++) {
		r.table = &s->tables[id];
		r.path = gw_path_join(arena, s->folder, gw_arena_printf(arena, "%s.json", gw_table_names[id]));
		good = read_foreigns(&r, roots[id]);
	}
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		json_decref(roots[id]);
	if (!good)
		gw_schema_release(s);
	return good ? s : NULL;
}

void gw_schema_release(const gw_schema *s)
{
	for (gw_table_id id = 0; s && id < GW_TABLES; id++)
		for (uint32_t i = 0; i < s->tables[id].field_count; i++)
			if (s->tables[id].fields[i].compiled)
				regfree(s->tables[id].fields[i].compiled);
}
