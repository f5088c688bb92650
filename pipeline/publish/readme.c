/* README.md of a snapshot: what a reader who has only the snapshot has to know, in English and Chinese. */
#include "publisher.h"

#include <stdio.h>

typedef struct page {
	const gw_publisher *p;
	const gw_edition *e;
	json_t *declared[GW_TABLES];
	bool chinese;
	gw_buf *out;
} page;

/* The one of two texts that the page's language asks for. */
static const char *pick(const page *r, const char *english, const char *chinese)
{
	return r->chinese ? chinese : english;
}

static void say(const page *r, const char *english, const char *chinese)
{
	gw_buf_adds(r->out, pick(r, english, chinese));
}

/* "title" or "description" of a table. */
static const char *said(const page *r, gw_table_id id, const char *key)
{
	char own[32];
	snprintf(own, sizeof own, "%s_zh", key);
	const json_t *d = r->declared[id];
	const char *z = r->chinese ? json_string_value(json_object_get(json_object_get(d, "gongwen"), own)) : NULL;
	z = z ? z : json_string_value(json_object_get(d, key));
	return z ? z : "";
}

static bool given(const char *z)
{
	return z && *z;
}

static const char *title_of(const gw_publisher *p)
{
	return given(p->settings.title) ? p->settings.title : p->dataset;
}

/* ---- what it is ---- */

static void head_add(const page *r)
{
	const gw_publish_settings *s = &r->p->settings;
	unsigned long long documents = r->p->documents;
	gw_buf_printf(r->out, r->chinese ? "版本 `%s`" : "Version `%s`", r->e->version);
	if (*r->e->previous)
		gw_buf_printf(r->out, r->chinese ? "，上一版本 `%s`" : ", the one after `%s`", r->e->previous);
	gw_buf_printf(r->out,
		r->chinese ? "。本数据集提取自 %llu "
			     "份公文：提及的机构、完成时限、量化指标、责任单位，以及把它们联系起来的任务台账。\n\n"
			   : ".\nWhat %llu Chinese policy documents order, as tables: which agencies are named, what "
			     "is due when, how much is "
			     "demanded,\nwho answers for it, and the ledger of tasks that ties them together.\n\n",
		documents);
	if (given(s->description))
		gw_buf_printf(r->out, "%s\n\n", s->description);
	if (given(s->licence_name) || given(s->licence_path))
		gw_buf_printf(r->out, "%s%s%s%s%s\n\n", pick(r, "Licence: ", "许可："),
			given(s->licence_name) ? s->licence_name : "",
			given(s->licence_name) && given(s->licence_path) ? " <" : "",
			given(s->licence_path) ? s->licence_path : "",
			given(s->licence_name) && given(s->licence_path) ? ">" : "");
}

static void key_add(const page *r, const gw_table *t)
{
	if (t->primary_within != GW_NONE)
		gw_buf_printf(r->out, "`%s`%s", t->fields[t->primary_within].name, pick(r, ", ", "、"));
	gw_buf_printf(r->out, "`%s`", t->fields[t->primary].name);
}

static void tables_add(const page *r)
{
	say(r, "## Tables\n\n| table | rows | key | one row |\n| --- | ---: | --- | --- |\n",
		"## 数据表\n\n| 表 | 行数 | 主键 | 每行内容 |\n| --- | ---: | --- | --- |\n");
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &r->p->schema->tables[id];
		gw_buf_printf(r->out, "| [%s](schemas/%s.json)%s%s | %llu | ", t->name, t->name, r->chinese ? " " : "",
			r->chinese ? said(r, id, "title") : "", (unsigned long long)r->p->tables[id].rows);
		key_add(r, t);
		gw_buf_printf(r->out, " | %s |\n", said(r, id, "description"));
	}
	say(r,
		"\nEvery column, with its type, meaning and values, stands in the table's schema (the name is a link). "
		"Rows of facts belong to\n"
		"a document by `document_id` and to a section by `document_id` and `section_id`; ids are the same in "
		"every version as long as\n"
		"the document is. An empty cell is \"no value\"; there are no empty texts. Dates are EDTF "
		"(`20XX-12-31`: the year is not\n"
		"known), lengths ISO 8601, repetitions RFC 5545.\n\n",
		"\n各字段的类型、含义与取值见该表的结构文件（点击表名）。各行以 `document_id` 归属文件，以 "
		"`document_id` 与 `section_id`\n"
		"归属章节；文件不变，编号在各版本中也不变。空单元格表示“无值”，不存在空文本。日期用 "
		"EDTF（`20XX-12-31`：年份未知），\n"
		"时长用 ISO 8601，周期用 RFC 5545。\n\n");
	say(r,
		"`char_start` and `char_end` count Unicode code points in the decoded source, from 0, the end not "
		"included; `text` is that\n"
		"very stretch. `line` counts from 1. `rule` names the rule that found the row.\n\n",
		"`char_start` 与 `char_end` 以 Unicode 码点计，从 0 起，不含末位；`text` 即解码原文中的这一段。`line` "
		"从 1 起。\n"
		"`rule` 为识别出该行的规则。\n\n");
}

static void file_add(const page *r, bool there, const char *name, const char *english, const char *chinese)
{
	if (there)
		gw_buf_printf(r->out, "* `%s`%s%s\n", name, pick(r, ": ", "："), pick(r, english, chinese));
}

static void files_add(const page *r)
{
	const gw_publish_settings *s = &r->p->settings;
	say(r, "## Files\n\n", "## 文件\n\n");
	file_add(r, s->csv, "<table>.csv", "the tables, in UTF-8 without a mark, commas, LF, quotes by RFC 4180",
		"数据表，UTF-8 无 BOM，逗号分隔，LF 换行，引号依 RFC 4180");
	file_add(r, s->jsonl, "<table>.jsonl", "the same rows as JSON lines; every record has every key",
		"同样的行，JSON Lines 格式；每条记录含全部键");
	file_add(r, s->excel, "excel/<table>.csv", "the tables for spreadsheets; see below",
		"供电子表格打开的副本，见下文");
	file_add(r, s->json, "documents/<hash>.json",
		"each document with its sections and facts, nested; `documents.json_path` tells which",
		"每份文件一个，章节与事实嵌套；对应关系见 `documents.json_path`");
	file_add(r, s->texts, "text/<hash>.txt",
		"the decoded sources that positions count in; `documents.text_path` tells which",
		"计算位置所依据的解码原文；对应关系见 `documents.text_path`");
	file_add(r, true, "schemas/",
		"what every row keeps to: Frictionless table schemas, and JSON Schemas of records and documents",
		"每一行所符合的结构：Frictionless 表结构，记录与文件的 JSON Schema");
	file_add(r, true, "datapackage.json", "the description for programs (Frictionless Data Package)",
		"供程序读取的描述（Frictionless Data Package）");
	file_add(r, true, "croissant.json", "the same for search engines and loaders (schema.org, Croissant 1.0)",
		"供数据检索与加载工具读取的描述（schema.org、Croissant 1.0）");
	file_add(r, true, "CHANGES.json", "rows added, removed and changed since the version before, by table and key",
		"与上一版本相比新增、删除、变更的行，按表与主键列出");
	say(r, "\n", "\n");
}

/* ---- how to read it ---- */

static const char pandas_csv[] =
	"```python\n"
	"import json, pandas\n"
	"package = json.load(open(\"datapackage.json\", encoding=\"utf-8\"))\n"
	"types = {\"string\": \"string\", \"integer\": \"Int64\", \"number\": \"Float64\", \"boolean\": \"boolean\", "
	"\"date\": \"string\"}\n"
	"def table(name):\n"
	"    r = next(r for r in package[\"resources\"] if r[\"name\"] == name)\n"
	"    dtype = {f[\"name\"]: types[f[\"type\"]] for f in r[\"schema\"][\"fields\"]}\n"
	"    return pandas.read_csv(r[\"path\"], dtype=dtype, keep_default_na=False, na_values=[\"\"])\n"
	"tasks = table(\"tasks\").merge(table(\"documents\")[[\"document_id\", \"title\", \"issuer\"]], "
	"on=\"document_id\", suffixes=(\"\", \"_of_document\"))\n"
	"```\n";
static const char pandas_jsonl[] =
	"```python\n"
	"import pandas\n"
	"tasks = pandas.read_json(\"tasks.jsonl\", lines=True, dtype=False, convert_dates=False)\n"
	"```\n";
static const char duckdb_csv[] =
	"```sql\n"
	"-- DuckDB: all_varchar keeps codes and section numbers as they are; cast what you count with\n"
	"SELECT t.due, t.title, t.lead_units, d.issuer\n"
	"FROM read_csv('tasks.csv', all_varchar = true) t JOIN read_csv('documents.csv', all_varchar = true) d USING "
	"(document_id)\n"
	"WHERE CAST(t.due_date AS DATE) < DATE '2030-01-01' ORDER BY t.due_date;\n"
	"```\n";
static const char duckdb_jsonl[] = "```sql\n"
				   "-- DuckDB\n"
				   "SELECT due, title, lead_units FROM read_json('tasks.jsonl', format = "
				   "'newline_delimited') WHERE due IS NOT NULL ORDER BY due;\n"
				   "```\n";
static const char r_csv[] = "```r\n"
			    "library(readr)\n"
			    "tasks <- read_csv(\"tasks.csv\", na = \"\", col_types = cols(.default = col_character(), "
			    "due_date = col_date(), target_count = col_integer()))\n"
			    "```\n";
static const char r_jsonl[] = "```r\n"
			      "tasks <- jsonlite::stream_in(file(\"tasks.jsonl\", encoding = \"UTF-8\"))\n"
			      "```\n";

static void excel_add(const page *r)
{
	const gw_publisher *p = r->p;
	unsigned long long guarded = 0;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		guarded += p->tables[id].guarded;
	if (!p->settings.excel) {
		say(r,
			"Spreadsheets guess the encoding of a CSV and take some texts for formulas. Read the files by "
			"*Data, From Text/CSV* as UTF-8\n"
			"with all columns as text, or have a copy for spreadsheets published (`csv: {excel: "
			"true}`).\n\n",
			"直接双击 CSV，Excel 会误判编码并把某些文本当作公式。请用“数据 → 从文本/CSV”导入，编码选 "
			"UTF-8，各列按文本；\n"
			"或在配置中设 `csv: {excel: true}`，另外发布供电子表格使用的副本。\n\n");
		return;
	}
	say(r,
		"Spreadsheets open `excel/<table>.csv` as it is meant: UTF-8 with a mark, CR LF. A `'` stands before "
		"texts that would be\n"
		"taken for formulas (they begin with `= + - @`, a tab or a line end, in full width too). ",
		"Excel、WPS 可直接打开 `excel/<table>.csv`：UTF-8 带 BOM，CR LF 换行。以 `= + - "
		"@`、制表符或换行开头（含全角）的文本\n"
		"会被当作公式，故在其前加 `'`。");
	gw_buf_printf(r->out, r->chinese ? "共改动 %llu 个单元格。\n" : "Cells so changed: %llu.\n", guarded);
	say(r, "Section numbers and codes are still taken for numbers; where they matter, import the columns as text.\n\n",
		"章节编号与代码仍会被当作数字；需要保持原样时，请把这些列按文本导入。\n\n");
}

static void loading_add(const page *r)
{
	bool csv = r->p->settings.csv;
	say(r, "## Reading it\n\nIn this folder:\n\n", "## 读取方法\n\n在本文件夹中：\n\n");
	gw_buf_adds(r->out, csv ? pandas_csv : pandas_jsonl);
	gw_buf_adds(r->out, csv ? duckdb_csv : duckdb_jsonl);
	gw_buf_adds(r->out, csv ? r_csv : r_jsonl);
	say(r,
		"\nReaders that guess types (pandas and DuckDB left alone, loaders of Croissant) take codes and "
		"section numbers for numbers:\n"
		"`1.10` is a section, not 1.1.\n\n",
		"\n不要让工具自行猜测类型（pandas、DuckDB 的默认方式以及 Croissant "
		"加载工具都会猜测），否则代码与章节编号会变成数字：\n"
		"`1.10` 是章节编号，不是 1.1。\n\n");
	excel_add(r);
}

static void checking_add(const page *r)
{
	say(r, "## Checking it\n\nThe folder above this one is a BagIt bag (RFC 8493):\n\n",
		"## 校验\n\n本文件夹的上一级是一个 BagIt 包（RFC 8493）：\n\n");
	gw_buf_adds(r->out, "```\n"
			    "sha256sum -c manifest-sha256.txt       # every file\n"
			    "bagit.py --validate .                  # the bag\n"
			    "gongwen verify .                       # every hash, row, key and position\n"
			    "```\n");
}

static void page_add(page *r, bool chinese)
{
	r->chinese = chinese;
	head_add(r);
	tables_add(r);
	files_add(r);
	loading_add(r);
	checking_add(r);
}

gw_status gw_readme_put(gw_publisher *p, const gw_edition *e)
{
	gw_buf out;
	gw_buf_init(&out);
	page r = {.p = p, .e = e, .out = &out};
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		r.declared[id] = json_loadb(p->schema->tables[id].json, p->schema->tables[id].json_len, 0, NULL);
	gw_buf_printf(&out, "# %s\n\n[中文说明](#中文说明)\n\n", title_of(p));
	page_add(&r, false);
	gw_buf_adds(&out, "\n# 中文说明\n\n");
	page_add(&r, true);
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		json_decref(r.declared[id]);
	gw_status s = gw_bag_put(p, &p->payload, "data/README.md", out.ptr, out.len);
	gw_buf_release(&out);
	return s;
}
