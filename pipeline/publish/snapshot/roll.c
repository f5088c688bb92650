/* All files of a bag in order: a few that are held in memory, and those of the sources, which are too many for that. */
#include "publisher.h"

#include <stdlib.h>

/* What is kept of a source's file behind its path. */
typedef struct kept {
	uint64_t size;
	uint32_t crc, linked;
	char sha256[64];
} kept;

void gw_roll_add(gw_sorter *many, const gw_member *m)
{
	kept k = {.size = m->size, .crc = m->crc, .linked = m->linked};
	memcpy(k.sha256, m->sha256, sizeof k.sha256);
	gw_sorter_add(many, gw_str_of(m->path), &k, sizeof k);
}

/* Folders are walked by name, each entered where it stands: as if '/' came before every other byte. */
int gw_path_walk_order(const char *x, const char *y)
{
	const unsigned char *a = (const unsigned char *)x, *b = (const unsigned char *)y;
	while (*a && *a == *b) {
		a++;
		b++;
	}
	int m = *a == '/' ? 1 : *a ? *a + 1 : 0, n = *b == '/' ? 1 : *b ? *b + 1 : 0;
	return m - n;
}

static int by_path(const void *a, const void *b)
{
	return strcmp((*(gw_member *const *)a)->path, (*(gw_member *const *)b)->path);
}

static int by_walk(const void *a, const void *b)
{
	return gw_path_walk_order((*(gw_member *const *)a)->path, (*(gw_member *const *)b)->path);
}

static void kept_read(gw_roll_call *c, const gw_sorted *r)
{
	kept k;
	memcpy(&k, r->value.ptr, sizeof k);
	c->one = (gw_member){.size = k.size, .crc = k.crc, .linked = k.linked != 0};
	memcpy(c->one.sha256, k.sha256, sizeof k.sha256);
	gw_buf_clear(&c->path);
	gw_buf_add_str(&c->path, r->key);
	c->one.path = c->path.ptr;
}

/* Two sources may have one text: it is there once, and looked at if one of them has it by a link. */
static void one_next(gw_roll_call *c)
{
	c->has_one = c->has_head;
	if (!c->has_one)
		return;
	kept_read(c, &c->head);
	while ((c->has_head = gw_sorter_next(c->many, &c->head)) && gw_str_eq(c->head.key, (gw_str){c->path.ptr, (uint32_t)c->path.len})) {
		kept k;
		memcpy(&k, c->head.value.ptr, sizeof k);
		c->one.linked = c->one.linked || k.linked;
	}
}

void gw_roll_begin(gw_roll_call *c, const gw_roll *roll, bool walk)
{
	uint32_t count = 0;
	memset(c, 0, sizeof *c);
	gw_arena_init(&c->arena);
	c->many = roll->many;
	c->walk = walk;
	for (uint32_t i = 0; i < roll->list_count; i++)
		count += roll->lists[i].count;
	c->few = GW_NEW_N(&c->arena, const gw_member *, count);
	for (uint32_t i = 0; i < roll->list_count; i++)
		for (uint32_t j = 0; j < roll->lists[i].count; j++)
			c->few[c->few_count++] = &roll->lists[i].items[j];
	if (count)
		qsort(c->few, count, sizeof *c->few, walk ? by_walk : by_path);
	if (!c->many)
		return;
	gw_sorter_rewind(c->many);
	c->has_head = gw_sorter_next(c->many, &c->head);
	one_next(c);
}

const gw_member *gw_roll_next(gw_roll_call *c)
{
	if (c->given)
		one_next(c);
	c->given = false;
	const gw_member *few = c->next < c->few_count ? c->few[c->next] : NULL;
	c->given = c->has_one && (!few || (c->walk ? gw_path_walk_order(c->one.path, few->path) : strcmp(c->one.path, few->path)) < 0);
	if (c->given)
		return &c->one;
	c->next += few != NULL;
	return few;
}

bool gw_roll_end(gw_roll_call *c)
{
	gw_buf_release(&c->path);
	gw_arena_release(&c->arena);
	return !c->many || !gw_sorter_failed(c->many);
}
