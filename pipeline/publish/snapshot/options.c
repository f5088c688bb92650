/* The `publish:` part of the configuration. */
#include "gw/publish.h"

#define AT(field) offsetof(gw_publish_settings, field)

const gw_option gw_publish_options[] = {
	{"csv", GW_OPT_NODE, AT(csv_node), "true", 0, 0, NULL,
		"Tables as CSV: true, false, or {excel: true} for a second copy in excel/ that spreadsheets open as it is meant. Commas, "
		"quotes and line ends are those that outside tools agree on, and not for setting."},
	{"jsonl", GW_OPT_BOOL, AT(jsonl), "true", 0, 0, NULL, "Tables as JSON lines."},
	{"json", GW_OPT_BOOL, AT(json), "true", 0, 0, NULL, "One nested JSON file a document."},
	{"texts", GW_OPT_BOOL, AT(texts), "true", 0, 0, NULL, "The decoded sources, in which the positions count."},
	{"archive", GW_OPT_NODE, AT(archive_node), "true", 0, 0, NULL,
		"The snapshot as one file too: true (.tar.gz), false, or {tar: true, zip: true, level: 6}."},
	{"archive_level", GW_OPT_INT, AT(archive_level), "1", 1, 9, NULL,
		"How hard to pack archives, if `archive` does not say: 1 fast, 9 small."},
	{"keep", GW_OPT_INT, AT(keep), "0", 0, 1000000, NULL, "Snapshots kept, with their archives; 0 keeps all."},
	{"schemas", GW_OPT_PATH, AT(schemas), "../schemas", 0, 0, NULL, "Folder of the schemas."},
	{"title", GW_OPT_STRING, AT(title), "", 0, 0, NULL, "Title of the dataset, for datapackage.json and croissant.json."},
	{"description", GW_OPT_STRING, AT(description), "", 0, 0, NULL, "What the dataset is, in a sentence or two."},
	{"homepage", GW_OPT_STRING, AT(homepage), "", 0, 0, NULL, "The address of the dataset's own page."},
	{"creator", GW_OPT_STRING, AT(creator), "", 0, 0, NULL, "The organisation that publishes it."},
	{"licence_name", GW_OPT_STRING, AT(licence_name), "", 0, 0, NULL, "Licence of the dataset, such as CC-BY-4.0."},
	{"licence_path", GW_OPT_STRING, AT(licence_path), "", 0, 0, NULL, "Where the licence can be read."},
	{"sources", GW_OPT_NODE, AT(sources), "", 0, 0, NULL,
		"Where the documents come from: a list of maps with title, path, email."},
	{0},
};

static bool complain(const gw_node *n, gw_diag *diag, gw_code code, const char *what)
{
	gw_report(diag, code, &n->at, "%s", what);
	return false;
}

static bool read_bool(const gw_node *n, bool *out)
{
	bool yes = gw_str_eq(n->text, GW_STR("true"));
	if (n->kind != GW_NODE_SCALAR || n->quoted || (!yes && !gw_str_eq(n->text, GW_STR("false"))))
		return false;
	*out = yes;
	return true;
}

static bool read_csv(gw_publish_settings *s, gw_diag *diag)
{
	const gw_node *n = s->csv_node;
	if (n->kind != GW_NODE_MAP)
		return read_bool(n, &s->csv) || complain(n, diag, GW_E_CONFIG_TYPE, "csv: expected true, false or {excel: true}");
	s->csv = true;
	bool good = true;
	for (uint32_t i = 0; i < n->pairs.count; i++) {
		const gw_pair *pair = &n->pairs.items[i];
		if (!gw_str_eq(pair->key->text, GW_STR("excel")))
			good = complain(pair->key, diag, GW_E_CONFIG_KEY, "csv: unknown key; expected excel");
		else if (!read_bool(pair->value, &s->excel))
			good = complain(pair->value, diag, GW_E_CONFIG_TYPE, "excel: expected true or false");
	}
	return good;
}

static bool read_level(const gw_node *n, int64_t *out)
{
	if (n->kind != GW_NODE_SCALAR || n->quoted || n->text.len != 1 || n->text.ptr[0] < '1' || n->text.ptr[0] > '9')
		return false;
	*out = n->text.ptr[0] - '0';
	return true;
}

static bool read_archive(gw_publish_settings *s, gw_diag *diag)
{
	const gw_node *n = s->archive_node;
	if (n->kind != GW_NODE_MAP)
		return read_bool(n, &s->archive) ||
		       complain(n, diag, GW_E_CONFIG_TYPE, "archive: expected true, false or {tar: true, zip: true, level: 6}");
	s->archive = true;
	bool good = true;
	for (uint32_t i = 0; i < n->pairs.count; i++) {
		const gw_pair *pair = &n->pairs.items[i];
		gw_str key = pair->key->text;
		bool level = gw_str_eq(key, GW_STR("level")), zip = gw_str_eq(key, GW_STR("zip"));
		if (!level && !zip && !gw_str_eq(key, GW_STR("tar")))
			good = complain(pair->key, diag, GW_E_CONFIG_KEY, "archive: unknown key; expected tar, zip or level");
		else if (level && !read_level(pair->value, &s->archive_level))
			good = complain(pair->value, diag, GW_E_CONFIG_RANGE, "level: expected a number from 1 (fast) to 9 (small)");
		else if (!level && !read_bool(pair->value, zip ? &s->zip : &s->archive))
			good = complain(pair->value, diag, GW_E_CONFIG_TYPE, zip ? "zip: expected true or false" : "tar: expected true or false");
	}
	return good;
}

static bool check_source(const gw_node *n, gw_diag *diag)
{
	if (n->kind != GW_NODE_MAP)
		return complain(n, diag, GW_E_CONFIG_TYPE, "sources: expected maps with title, path, email");
	bool good = true;
	for (uint32_t i = 0; i < n->pairs.count; i++) {
		const gw_pair *pair = &n->pairs.items[i];
		gw_str key = pair->key->text;
		if (!gw_str_eq(key, GW_STR("title")) && !gw_str_eq(key, GW_STR("path")) && !gw_str_eq(key, GW_STR("email")))
			good = complain(pair->key, diag, GW_E_CONFIG_KEY, "sources: unknown key; expected title, path or email");
		else if (pair->value->kind != GW_NODE_SCALAR)
			good = complain(pair->value, diag, GW_E_CONFIG_TYPE, "sources: expected a text");
	}
	if (!gw_node_get(n, "title"))
		good = complain(n, diag, GW_E_CONFIG_MISSING, "sources: the key \"title\" is missing");
	return good;
}

static bool check_sources(const gw_node *n, gw_diag *diag)
{
	if (n->kind != GW_NODE_LIST)
		return complain(n, diag, GW_E_CONFIG_TYPE, "sources: expected a list of maps");
	bool good = true;
	for (uint32_t i = 0; i < n->items.count; i++)
		good = check_source(n->items.items[i], diag) && good;
	return good;
}

bool gw_publish_settings_finish(gw_publish_settings *s, gw_diag *diag)
{
	bool good = !s->archive_node || read_archive(s, diag);
	good = (!s->csv_node || read_csv(s, diag)) && good;
	if (good && !s->csv && !s->jsonl) {
		gw_report(diag, GW_E_CONFIG_RANGE, s->csv_node ? &s->csv_node->at : NULL,
			"csv and jsonl are both off: a snapshot needs its tables in one of the two");
		good = false;
	}
	return (!s->sources || check_sources(s->sources, diag)) && good;
}
