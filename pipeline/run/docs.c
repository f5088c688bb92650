/* Reference pages made from the tables that the program itself works by, so that the two cannot disagree. */
#include "chain.h"

static void parts_line(const char *word, uint32_t parts, gw_buf *out)
{
	if (!parts)
		return;
	gw_buf_printf(out, "%s%s: ", out->ptr[out->len - 1] == '.' ? " " : "", word);
	gw_parts_name(parts, out);
	gw_buf_addc(out, '.');
}

static void stage_document(const gw_stage *s, gw_buf *out)
{
	gw_buf_printf(out, "\n### `%s`\n%s\n\n", s->name, s->summary);
	parts_line("Needs", s->reads, out);
	parts_line("Uses, where it is there", s->uses, out);
	parts_line("Makes", s->writes, out);
	gw_buf_adds(out, "\n\n");
	if (s->options && s->options->name)
		gw_options_document(s->options, out);
	else
		gw_buf_adds(out, "Nothing to set.\n");
}

static void configuration_page(gw_buf *out)
{
	gw_buf_adds(out,
		"# Configuration\n\n"
		"<!-- Made by `gongwen check --docs configuration`. -->\n\n"
		"One YAML file, `config/pipeline.yaml` where `-c` names no other. Relative paths in it begin at the "
		"folder of the\n"
		"file. Unknown keys, duplicate keys, wrong types, missing files and stages in the wrong order are "
		"errors with\n"
		"`path:line:column`; all of them are reported in one run, and nothing starts (exit status 2).\n\n"
		"## Top level\n");
	gw_options_document(gw_config_options, out);
	gw_buf_adds(out, "\n## `archives`\n"
			 "An archive among the inputs is a folder: `b.txt` in `a.zip` is the source `a.zip/b.txt`, in an "
			 "archive within it\n`a.zip/c.tar.gz/b.txt`. What an archive is, is seen from its content, not from its "
			 "name.\n\n");
	gw_options_document(gw_archive_options, out);
	gw_buf_adds(out, "\n## `stages`\n"
			 "A list in the order in which a document passes through. An item is a name, or a name with "
			 "its options under it:\n\n"
			 "```yaml\nstages:\n  - normalize\n  - scan: {lexicons: [lexicon, gazetteer]}\n```\n\n"
			 "Leaving an `extract-` stage out leaves its tables empty. What a stage needs must be made by "
			 "a stage before it.\n");
	for (uint32_t i = 0; gw_stages[i]; i++)
		stage_document(gw_stages[i], out);
	gw_buf_adds(out, "\n## `publish`\n");
	gw_options_document(gw_publish_options, out);
}

static void diagnostics_page(gw_buf *out)
{
	static const char *const words[] = {"note", "warning", "error"};
	gw_buf_adds(out, "# Diagnostics\n\n"
			 "<!-- Made by `gongwen check --docs diagnostics`. -->\n\n"
			 "A problem is printed to stderr as `path:line:column: error[GW203]: what is wrong, what was "
			 "expected`. Codes are never\n"
			 "reused. Hundreds: 1 usage and configuration, 2 words and rules, 3 input, 4 text and "
			 "structure, 5 output,\n"
			 "6 schema, 9 inside the program.\n\n"
			 "An error in a source sends that source to quarantine and the batch goes on; warnings and "
			 "notes reject nothing.\n\n"
			 "| code | severity | meaning |\n| --- | --- | --- |\n");
	for (int c = 0; c < GW_CODE_COUNT; c++)
		gw_buf_printf(out, "| `%s` | %s | %s |\n", gw_code_name((gw_code)c),
			words[gw_code_severity((gw_code)c)], gw_code_meaning((gw_code)c));
	gw_buf_adds(out,
		"\n## Exit status\n\n"
		"| status | meaning |\n| --- | --- |\n"
		"| 0 | done: published, or nothing had changed |\n"
		"| 1 | failed, nothing published; `verify`: broken; `diff`: they differ; `eval`: below `--min` |\n"
		"| 2 | wrong usage or configuration |\n"
		"| 3 | published, but some inputs went to quarantine |\n"
		"| 75 | another run holds the lock; try again later |\n");
}

/* "tasks.schema" and the like: the JSON Schema of a table's records, or of a nested document. */
static bool schema_page(const char *page, const gw_schema *schema, gw_buf *out)
{
	for (gw_table_id id = 0; id <= GW_TABLES; id++) {
		const char *name = id < GW_TABLES ? gw_table_names[id] : "document";
		size_t n = strlen(name);
		if (strncmp(page, name, n) == 0 && strcmp(page + n, ".schema") == 0) {
			gw_json_schema_print(schema, id, out);
			return true;
		}
	}
	return false;
}

bool gw_docs_write(const char *page, const gw_schema *schema, gw_buf *out)
{
	if (strcmp(page, "configuration") == 0)
		configuration_page(out);
	else if (strcmp(page, "diagnostics") == 0)
		diagnostics_page(out);
	else if (strcmp(page, "tables") == 0 || strcmp(page, "tables.zh") == 0)
		gw_dictionary_print(schema, page[6] != 0, out);
	else
		return schema_page(page, schema, out);
	return true;
}
