/* The data dictionary: every table, column and value with its meaning, from the declared tables. */
#include "evolution.h"
#include "publisher.h"

#include <stdio.h>
#include <stdlib.h>

/* What the page says of itself, in both languages. */
typedef struct words {
	const char *head, *keys, *refers, *columns, *and, *yes, *one_of, *from, *to, *colon, *stop, *next, *types[5];
} words;

static const words english = {
	.head = "# Tables and columns\n\n"
		"<!-- Made by `gongwen check --docs tables`. -->\n\n"
		"[中文](tables.zh.md) · What is declared in [schemas/](../schemas/), version $, and what every "
		"published row keeps to. An\n"
		"empty cell is \"no value\" (null in JSON lines, absent in nested JSON); there are no empty texts. "
		"Rows are ordered by\n"
		"document, then by position. `decoded_source[char_start:char_end] == text` holds in every row.\n\n"
		"| table | one row | key |\n| --- | --- | --- |\n",
	.keys = "Key: ",
	.refers = " Refers to:\n",
	.columns = "| column | type | always | meaning | example |\n| --- | --- | --- | --- | --- |\n",
	.and = " and ",
	.yes = "yes",
	.one_of = " One of: ",
	.from = ", from",
	.to = ", to",
	.colon = ": ",
	.stop = ".",
	.next = "; ",
	.types = {"text", "whole number", "number", "true or false", "date"},
};

static const words chinese = {
	.head = "# 数据表与字段\n\n"
		"<!-- Made by `gongwen check --docs tables.zh`. -->\n\n"
		"[English](tables.md) · 依据 [schemas/](../schemas/) 中声明的 $ 版结构，发布的每一行均符合这些约束。\n"
		"空单元格表示“无值”（JSON Lines 中为 null，嵌套 JSON "
		"中不出现），不存在空文本。各行先按文件、再按位置排列。\n"
		"每一行都满足 `decoded_source[char_start:char_end] == text`。\n\n"
		"| 表 | 每行内容 | 主键 |\n| --- | --- | --- |\n",
	.keys = "主键：",
	.refers = "引用：\n",
	.columns = "| 字段 | 类型 | 必填 | 含义 | 示例 |\n| --- | --- | --- | --- | --- |\n",
	.and = "、",
	.yes = "是",
	.one_of = "取值：",
	.from = "，不小于",
	.to = "，不大于",
	.colon = "：",
	.stop = "。",
	.next = "；",
	.types = {"文本", "整数", "数值", "真假", "日期"},
};

typedef struct page {
	const words *w;
	bool chinese;
	gw_buf *out;
} page;

/* "title" or "description" of a table or a column. */
static const char *said(const page *p, const json_t *declared, const char *key)
{
	char own[32];
	snprintf(own, sizeof own, "%s_zh", key);
	const char *z =
		p->chinese ? json_string_value(json_object_get(json_object_get(declared, "gongwen"), own)) : NULL;
	z = z ? z : json_string_value(json_object_get(declared, key));
	return z ? z : "";
}

/* Within a table of Markdown. */
static void cell_add(const page *p, const char *z)
{
	for (; *z; z++) {
		if (*z == '|')
			gw_buf_addc(p->out, '\\');
		gw_buf_addc(p->out, *z);
	}
}

static void code_add(const page *p, const char *z)
{
	gw_buf_addc(p->out, '`');
	cell_add(p, z);
	gw_buf_addc(p->out, '`');
}

static void key_add(const page *p, const gw_table *t)
{
	if (t->primary_within != GW_NONE) {
		code_add(p, t->fields[t->primary_within].name);
		gw_buf_adds(p->out, p->w->and);
	}
	code_add(p, t->fields[t->primary].name);
}

static void reference_add(const page *p, const gw_schema *schema, const gw_table *t, const gw_foreign *f)
{
	const gw_table *to = &schema->tables[f->table];
	gw_buf_adds(p->out, "\n* ");
	if (f->within != GW_NONE) {
		code_add(p, t->fields[f->within].name);
		gw_buf_adds(p->out, p->w->and);
	}
	code_add(p, t->fields[f->field].name);
	gw_buf_printf(p->out, " → [%s](#%s) ", to->name, to->name);
	key_add(p, to);
}

static void value_add(const page *p, const json_t *value)
{
	char *z = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
	if (value)
		code_add(p, z ? z : json_string_value(value));
	free(z);
}

/* The values of an enumeration with their meanings. */
static void choices_add(const page *p, const gw_field *f, const json_t *declared)
{
	const json_t *values = json_object_get(json_object_get(declared, "gongwen"), "values");
	if (!f->choices)
		return;
	gw_buf_adds(p->out, p->w->one_of);
	for (uint32_t i = 0; i < f->choice_count; i++) {
		const char *meaning =
			json_string_value(json_array_get(json_object_get(values, f->choices[i]), p->chinese));
		gw_buf_adds(p->out, i ? p->w->next : "");
		code_add(p, f->choices[i]);
		if (meaning) {
			gw_buf_addc(p->out, ' ');
			cell_add(p, meaning);
		}
	}
	gw_buf_adds(p->out, p->w->stop);
}

static void range_add(const page *p, const gw_field *f, const json_t *declared)
{
	const json_t *constraints = json_object_get(declared, "constraints");
	if (f->has_min)
		gw_buf_printf(p->out, "%s %g", p->w->from, f->min);
	if (f->has_max)
		gw_buf_printf(p->out, "%s %g", p->w->to, f->max);
	const char *pattern = json_string_value(json_object_get(constraints, "pattern"));
	if (pattern) {
		gw_buf_adds(p->out, "<br>");
		code_add(p, pattern);
	}
}

static void column_add(const page *p, const gw_field *f, const json_t *declared)
{
	gw_buf_adds(p->out, "| ");
	code_add(p, f->name);
	gw_buf_printf(p->out, " | %s", p->w->types[f->type]);
	range_add(p, f, declared);
	gw_buf_printf(p->out, " | %s | **", f->required ? p->w->yes : "");
	cell_add(p, said(p, declared, "title"));
	gw_buf_printf(p->out, "**%s", p->w->colon);
	cell_add(p, said(p, declared, "description"));
	choices_add(p, f, declared);
	gw_buf_adds(p->out, " | ");
	value_add(p, json_object_get(declared, "example"));
	gw_buf_adds(p->out, " |\n");
}

static void table_add(const page *p, const gw_schema *schema, const gw_table *t, const json_t *declared)
{
	gw_buf_printf(p->out, "\n## %s\n\n", t->name);
	gw_buf_printf(p->out, "**%s**%s%s\n\n%s", said(p, declared, "title"), p->w->colon,
		said(p, declared, "description"), p->w->keys);
	key_add(p, t);
	gw_buf_adds(p->out, p->w->stop);
	if (t->foreign_count)
		gw_buf_adds(p->out, p->w->refers);
	for (uint32_t i = 0; i < t->foreign_count; i++)
		reference_add(p, schema, t, &t->foreign[i]);
	gw_buf_printf(p->out, "\n\n%s", p->w->columns);
	for (uint32_t i = 0; i < t->field_count; i++)
		column_add(p, &t->fields[i], json_array_get(json_object_get(declared, "fields"), i));
}

/* $ stands for the version. */
static void head_add(const page *p, const char *version)
{
	const char *gap = strchr(p->w->head, '$');
	gw_buf_add(p->out, p->w->head, (size_t)(gap - p->w->head));
	gw_buf_adds(p->out, version);
	gw_buf_adds(p->out, gap + 1);
}

void gw_dictionary_print(const gw_schema *schema, bool in_chinese, gw_buf *out)
{
	page p = {.w = in_chinese ? &chinese : &english, .chinese = in_chinese, .out = out};
	json_t *declared[GW_TABLES];
	head_add(&p, schema->version);
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		const gw_table *t = &schema->tables[id];
		declared[id] = json_loadb(t->json, t->json_len, 0, NULL);
		gw_buf_printf(out, "| [%s](#%s) | %s | ", t->name, t->name, said(&p, declared[id], "description"));
		key_add(&p, t);
		gw_buf_adds(out, " |\n");
	}
	for (gw_table_id id = 0; id < GW_TABLES; id++) {
		table_add(&p, schema, &schema->tables[id], declared[id]);
		json_decref(declared[id]);
	}
}
