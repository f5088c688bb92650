/* Texts of several pieces as one cell. */
#include "out.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

gw_str gw_line_join(gw_arena *arena, gw_str s)
{
	if (!s.ptr || (!memchr(s.ptr, '\n', s.len) && !memchr(s.ptr, '\r', s.len)))
		return s;
	char *to = gw_arena_alloc(arena, (size_t)s.len + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s.len;) {
		uint32_t end = i;
		bool broken = false;
		for (; end < s.len && is_blank(s.ptr[end]); end++)
			broken = broken || s.ptr[end] == '\n' || s.ptr[end] == '\r';
		if (end == i) {
			to[n++] = s.ptr[i++];
			continue;
		}
		/* Blanks between words stay as they are. */
		for (; !broken && i < end; i++)
			to[n++] = s.ptr[i];
		i = end;
	}
	return (gw_str){to, n};
}

void gw_list_begin(gw_list *l, gw_arena *arena)
{
	gw_buf_init(&l->text);
	gw_map_init(&l->seen, arena);
}

void gw_list_join(gw_list *l, gw_str item)
{
	if (!item.len)
		return;
	uint32_t *seen = gw_map_put(&l->seen, item);
	if (*seen != GW_NONE)
		return;
	*seen = 1;
	if (l->text.len)
		gw_buf_addc(&l->text, ';');
	gw_buf_add_str(&l->text, item);
}
