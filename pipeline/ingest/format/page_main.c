/* What of a page is the document.
 *
 * Ids and classes tell most: content systems of public bodies use a few dozen (config/structure/pages.yaml). Where none
 * of them holds the text, the tree does: from the body downwards, into the child that holds nearly all of the prose,
 * until none does. Prose is text with sentences' punctuation, outside of links. */
#include "page.h"

/* ---- prose ---- */

static bool is_stop(uint32_t c)
{
	return c == 0x3002 || c == 0xFF0C || c == 0xFF1B || c == 0x3001 || c == 0xFF1A || c == ',' || c == ';';
}

static uint32_t prose_of(gw_str s)
{
	uint32_t chars = 0, stops = 0;
	for (const char *p = s.ptr, *end = p + s.len; p < end;) {
		uint32_t c = gw_utf8_next(&p, end);
		chars += c > ' ' && c != 0xA0 && c != 0x3000;
		stops += is_stop(c);
	}
	return stops || chars >= 20 ? chars + 10 * stops : chars / 2;
}

/* Children stand behind their parents, so one walk from the end sums up. */
static void sum_up(gw_page *page)
{
	for (uint32_t i = 0; i < page->nodes.count; i++)
		page->nodes.items[i].good = 0;
	for (uint32_t i = page->nodes.count; i-- > 1;) {
		gw_node_html *n = &page->nodes.items[i];
		if (n->dropped)
			continue;
		if (n->kind == GW_TAG_TEXT)
			n->good = prose_of(n->text);
		if (n->kind == GW_TAG_LINK)
			n->good /= 8;
		if (n->kind != GW_TAG_TITLE)
			page->nodes.items[n->parent].good += n->good;
	}
}

/* ---- names ---- */

static bool whole_name(const gw_map *words, const char *names)
{
	for (const char *p = names; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		if (gw_map_get(words, (gw_str){p, (uint32_t)n}) != GW_NONE)
			return true;
		p += n;
	}
	return false;
}

/* share-box, m_share: a word of a name, parted by - or _. */
static bool part_of_name(const gw_map *words, const char *names)
{
	for (const char *p = names; p && *p; p += strspn(p, " -_")) {
		size_t n = strcspn(p, " -_");
		if (gw_map_get(words, (gw_str){p, (uint32_t)n}) != GW_NONE)
			return true;
		p += n;
	}
	return false;
}

static bool is_container(const gw_page_words *words, const gw_node_html *n)
{
	return n->names && n->kind != GW_TAG_META && whole_name(&words->containers, n->names);
}

/* Furniture by its name, unless it holds the text: a name may be badly chosen. */
static void furniture_drop(gw_page *page, const gw_page_words *words)
{
	uint32_t all = page->nodes.items[0].good;
	bool *holds = GW_NEW_N(page->arena, bool, page->nodes.count);
	for (uint32_t i = page->nodes.count; i-- > 1;) {
		const gw_node_html *n = &page->nodes.items[i];
		holds[i] = holds[i] || (is_container(words, n) && n->good * 4 > all);
		holds[n->parent] = holds[n->parent] || holds[i];
	}
	for (uint32_t i = 1; i < page->nodes.count; i++) {
		gw_node_html *n = &page->nodes.items[i];
		if (page->nodes.items[n->parent].dropped)
			n->dropped = true;
		else if (!holds[i] && n->names && n->kind != GW_TAG_META && n->kind != GW_TAG_TEXT &&
		         n->good * 2 <= all &&
		         (whole_name(&words->furniture, n->names) || part_of_name(&words->furniture, n->names)))
			n->dropped = true;
	}
}

/* ---- the main node ---- */

static uint32_t best_child(const gw_page *page, uint32_t i)
{
	uint32_t best = GW_NONE;
	for (uint32_t c = page->nodes.items[i].first; c != GW_NONE; c = page->nodes.items[c].next)
		if (!page->nodes.items[c].dropped &&
		        (best == GW_NONE || page->nodes.items[c].good > page->nodes.items[best].good))
			best = c;
	return best;
}

/* A cell or a table is as far down as it goes: the rows of a table belong together. */
static uint32_t by_density(const gw_page *page)
{
	uint32_t at = 0;
	for (;;) {
		uint32_t next = best_child(page, at);
		if (next == GW_NONE)
			return at;
		gw_tag_kind kind = page->nodes.items[next].kind;
		bool holds_more = kind == GW_TAG_BLOCK || kind == GW_TAG_INLINE || kind == GW_TAG_TABLE ||
		                  kind == GW_TAG_ROW || kind == GW_TAG_CELL;
		if (!holds_more ||
		        (uint64_t)page->nodes.items[next].good * 100 < (uint64_t)page->nodes.items[at].good * 80)
			break;
		at = next;
	}
	/* a single paragraph is not a page's text; its neighbours belong to it */
	while (at && page->nodes.items[at].kind != GW_TAG_BLOCK)
		at = page->nodes.items[at].parent;
	return at;
}

static uint32_t by_name(const gw_page *page, const gw_page_words *words)
{
	uint32_t best = GW_NONE;
	for (uint32_t i = 1; i < page->nodes.count; i++) {
		const gw_node_html *n = &page->nodes.items[i];
		if (!n->dropped && is_container(words, n) && n->good &&
		        (best == GW_NONE || (uint64_t)n->good * 100 > (uint64_t)page->nodes.items[best].good * 97))
			best = i;
	}
	return best != GW_NONE && page->nodes.items[best].good * 3 > page->nodes.items[0].good ? best : GW_NONE;
}

void gw_page_find_main(gw_page *page, const gw_page_words *words)
{
	sum_up(page);
	furniture_drop(page, words);
	sum_up(page);
	page->main = by_name(page, words);
	if (page->main == GW_NONE)
		page->main = by_density(page);
	for (uint32_t i = page->main; i < page->nodes.count; i++) {
		gw_node_html *n = &page->nodes.items[i];
		n->main = i == page->main ||
		          (n->parent != GW_NONE && n->parent >= page->main && page->nodes.items[n->parent].main);
	}
}
