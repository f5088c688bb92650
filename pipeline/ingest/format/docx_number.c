/* The numbers of lists in DOCX: they stand nowhere in the text, the reading program counts them. Without them the
 * sections of a document that was numbered by its program would have no markers. */
#include "docx.h"

#include <stdlib.h>

static uint32_t number_of(const char *text, uint32_t otherwise)
{
	char *end;
	unsigned long v = text ? strtoul(text, &end, 10) : otherwise;
	return text && (end == text || v > 100000) ? otherwise : (uint32_t)v;
}

static const char *value_of(xmlTextReader *r, gw_arena *a)
{
	const char *v = gw_xml_attribute(r, "val", a);
	return v ? v : "";
}

/* ---- numbering.xml ---- */

static void level_begin(xmlTextReader *r, gw_arena *a, gw_docx_abstract *of, gw_docx_level **level)
{
	uint32_t i = number_of(gw_xml_attribute(r, "ilvl", a), 0);
	*level = i < GW_DOCX_LEVELS ? &of->level[i] : NULL;
	if (*level)
		**level = (gw_docx_level){.start = 1, .format = "decimal", .text = ""};
}

static void level_property(xmlTextReader *r, gw_arena *a, gw_docx_level *level)
{
	if (gw_xml_is(r, "start"))
		level->start = number_of(value_of(r, a), 1);
	else if (gw_xml_is(r, "numFmt"))
		level->format = value_of(r, a);
	else if (gw_xml_is(r, "lvlText"))
		level->text = value_of(r, a);
	else if (gw_xml_is(r, "isLgl"))
		level->plain = true;
}

static uint32_t abstract_find(const gw_docx_numbering *n, const char *id)
{
	for (uint32_t i = 0; i < n->abstracts.count; i++)
		if (strcmp(n->abstracts.items[i].id, id) == 0)
			return i;
	return GW_NONE;
}

void gw_docx_numbering_read(gw_docx_numbering *n, const char *xml, size_t len)
{
	xmlTextReader *r = gw_xml_open(xml, len);
	gw_docx_abstract *abstract = NULL;
	gw_docx_num *num = NULL;
	gw_docx_level *level = NULL;
	uint32_t overridden = 0;
	while (r && gw_xml_next(r) == 1) {
		const char *id;
		if (xmlTextReaderNodeType(r) != XML_READER_TYPE_ELEMENT)
			continue;
		if (gw_xml_is(r, "abstractNum") && (id = gw_xml_attribute(r, "abstractNumId", n->arena)) != NULL) {
			abstract = GW_PUSH(n->arena, &n->abstracts);
			abstract->id = id;
			num = NULL;
			level = NULL;
		} else if (gw_xml_is(r, "num") && (id = gw_xml_attribute(r, "numId", n->arena)) != NULL) {
			num = GW_PUSH(n->arena, &n->nums);
			*num = (gw_docx_num){.id = id, .abstract = GW_NONE};
			level = NULL;
		} else if (num && gw_xml_is(r, "abstractNumId")) {
			num->abstract = abstract_find(n, value_of(r, n->arena));
		} else if (num && gw_xml_is(r, "lvlOverride")) {
			overridden = number_of(gw_xml_attribute(r, "ilvl", n->arena), 0);
		} else if (num && gw_xml_is(r, "startOverride") && overridden < GW_DOCX_LEVELS) {
			num->restart[overridden] = number_of(value_of(r, n->arena), 1) + 1;
		} else if (!num && abstract && gw_xml_is(r, "lvl")) {
			level_begin(r, n->arena, abstract, &level);
		} else if (level) {
			level_property(r, n->arena, level);
		}
	}
	xmlFreeTextReader(r);
}

/* ---- styles.xml ---- */

void gw_docx_styles_read(gw_docx_numbering *n, const char *xml, size_t len)
{
	xmlTextReader *r = gw_xml_open(xml, len);
	gw_docx_style *style = NULL;
	while (r && gw_xml_next(r) == 1) {
		const char *id;
		if (xmlTextReaderNodeType(r) != XML_READER_TYPE_ELEMENT)
			continue;
		if (gw_xml_is(r, "style") && (id = gw_xml_attribute(r, "styleId", n->arena)) != NULL) {
			style = GW_PUSH(n->arena, &n->styles);
			style->id = id;
		} else if (style && gw_xml_is(r, "basedOn")) {
			style->based_on = value_of(r, n->arena);
		} else if (style && gw_xml_is(r, "numId")) {
			style->num = value_of(r, n->arena);
		} else if (style && gw_xml_is(r, "ilvl")) {
			style->level = number_of(value_of(r, n->arena), 0);
		}
	}
	xmlFreeTextReader(r);
}

/* ---- numbers as text ---- */

/* 一百零三, 十二: the way of 一、 and 第十二条. */
static void han_add(gw_buf *out, uint32_t v)
{
	static const uint32_t digits[] = {
	        0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
	static const uint32_t units[] = {0, 0x5341, 0x767E, 0x5343};
	bool any = false, zero = false;
	if (v == 0 || v > 9999) {
		gw_buf_add_u64(out, v);
		return;
	}
	for (int place = 3; place >= 0; place--) {
		uint32_t power = place == 3 ? 1000 : place == 2 ? 100 : place == 1 ? 10 : 1, digit = v / power % 10;
		if (!digit) {
			zero = any;
			continue;
		}
		if (zero)
			gw_buf_add_cp(out, digits[0]);
		zero = false;
		if (!(place == 1 && digit == 1 && !any))
			gw_buf_add_cp(out, digits[digit]);
		if (place)
			gw_buf_add_cp(out, units[place]);
		any = true;
	}
}

static void han_digits_add(gw_buf *out, uint32_t v)
{
	static const uint32_t digits[] = {
	        0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
	if (v >= 10)
		han_digits_add(out, v / 10);
	gw_buf_add_cp(out, digits[v % 10]);
}

static void roman_add(gw_buf *out, uint32_t v, bool upper)
{
	static const struct {
		uint32_t value;
		const char *text;
	} parts[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"},
	        {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts && v < 4000; i++)
		for (; v >= parts[i].value; v -= parts[i].value)
			for (const char *p = parts[i].text; *p; p++)
				gw_buf_addc(out, upper ? (char)(*p - 32) : *p);
}

static bool is_one_of(const char *word, const char *words)
{
	size_t n = strlen(word);
	while (*words) {
		size_t e = strcspn(words, "|");
		if (e == n && memcmp(word, words, n) == 0)
			return true;
		words += e + (words[e] == '|');
	}
	return false;
}

static void number_add(gw_buf *out, const char *format, uint32_t v)
{
	if (is_one_of(format, "chineseCounting|chineseCountingThousand|japaneseCounting|taiwaneseCounting|"
	                      "taiwaneseCountingThousand|"
	                      "japaneseDigitalTenThousand"))
		han_add(out, v);
	else if (is_one_of(format, "ideographDigital|taiwaneseDigital"))
		han_digits_add(out, v);
	else if (is_one_of(format, "decimalEnclosedCircle|decimalEnclosedCircleChinese") && v >= 1 && v <= 20)
		gw_buf_add_cp(out, 0x2460 + v - 1);
	else if (strcmp(format, "decimalEnclosedParen") == 0 && v >= 1 && v <= 20)
		gw_buf_add_cp(out, 0x2474 + v - 1);
	else if (strcmp(format, "ideographTraditional") == 0 && v >= 1 && v <= 10)
		gw_buf_add_cp(out, (const uint32_t[]){0x7532, 0x4E59, 0x4E19, 0x4E01, 0x620A, 0x5DF1, 0x5E9A, 0x8F9B,
		                           0x58EC, 0x7678}[v - 1]);
	else if (is_one_of(format, "upperLetter|lowerLetter") && v >= 1 && v <= 26)
		gw_buf_addc(out, (char)((*format == 'u' ? 'A' : 'a') + (int)v - 1));
	else if (is_one_of(format, "upperRoman|lowerRoman"))
		roman_add(out, v, *format == 'u');
	else
		gw_buf_printf(out, strcmp(format, "decimalZero") == 0 ? "%02u" : "%u", v);
}

/* ---- counting ---- */

/* The list of a paragraph that names none is that of its style, or of the style this one stands on. */
static const char *num_of_style(const gw_docx_numbering *n, const char *style, uint32_t *level)
{
	for (int depth = 0; style && depth < 12; depth++) {
		const gw_docx_style *s = NULL;
		for (uint32_t i = 0; i < n->styles.count && !s; i++)
			if (strcmp(n->styles.items[i].id, style) == 0)
				s = &n->styles.items[i];
		if (s && s->num) {
			*level = s->level;
			return s->num;
		}
		style = s ? s->based_on : NULL;
	}
	return NULL;
}

static void count_up(gw_docx_num *num, gw_docx_abstract *list, uint32_t level)
{
	if (num->restart[level]) {
		list->count[level] = num->restart[level] - 1;
		num->restart[level] = 0;
	} else {
		list->count[level] = list->count[level] ? list->count[level] + 1 : list->level[level].start;
	}
	for (uint32_t i = level + 1; i < GW_DOCX_LEVELS; i++)
		list->count[i] = 0;
	for (uint32_t i = 0; i < level; i++)
		if (!list->count[i])
			list->count[i] = list->level[i].start;
}

/* Bullets are mostly signs of a font of their own, in the private area: these say nothing as text. */
static bool is_sign_of_font(const char *text)
{
	const char *p = text;
	uint32_t c = gw_utf8_next(&p, text + strlen(text));
	return c >= 0xE000 && c <= 0xF8FF;
}

static const char *label_make(const gw_docx_numbering *n, const gw_docx_abstract *list, uint32_t level)
{
	const gw_docx_level *l = &list->level[level];
	gw_buf out;
	gw_buf_init(&out);
	for (const char *p = l->text; *p; p++) {
		uint32_t k = (uint32_t)(p[0] == '%' && p[1] >= '1' && p[1] <= '9' ? p[1] - '1' : GW_DOCX_LEVELS);
		if (k < GW_DOCX_LEVELS) {
			number_add(&out,
			        l->plain                ? "decimal"
			        : list->level[k].format ? list->level[k].format
			                                : "decimal",
			        list->count[k]);
			p++;
		} else {
			gw_buf_addc(&out, *p);
		}
	}
	/* 第一条 needs its blank, or it might be a reference; behind 1. and (一) none is written. */
	const char *text = out.ptr ? out.ptr : "", *end = text + out.len, *p = end;
	while (p > text && ((unsigned char)*--p & 0xC0) == 0x80)
		;
	uint32_t last = p < end ? gw_utf8_next(&p, end) : 0;
	if ((last >= 0x4E00 && last <= 0x9FFF) || (last >= '0' && last <= '9'))
		gw_buf_addc(&out, ' ');
	const char *label = gw_arena_str(n->arena, (gw_str){out.ptr ? out.ptr : "", (uint32_t)out.len}).ptr;
	gw_buf_release(&out);
	return label;
}

const char *gw_docx_label(gw_docx_numbering *n, const char *style, const char *num, uint32_t level)
{
	if (!num)
		num = num_of_style(n, style, &level);
	if (!num || level >= GW_DOCX_LEVELS)
		return "";
	for (uint32_t i = 0; i < n->nums.count; i++) {
		gw_docx_num *m = &n->nums.items[i];
		if (strcmp(m->id, num) != 0 || m->abstract == GW_NONE)
			continue;
		gw_docx_abstract *list = &n->abstracts.items[m->abstract];
		const gw_docx_level *l = &list->level[level];
		if (!l->text || (l->format && strcmp(l->format, "none") == 0))
			return "";
		count_up(m, list, level);
		return is_sign_of_font(l->text) ? "" : label_make(n, list, level);
	}
	return "";
}
