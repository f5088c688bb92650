/* The growing byte buffer, and what strings need. */
#include "gw/base.h"

#include <stdio.h>
#include <stdlib.h>

int gw_str_cmp(gw_str a, gw_str b)
{
	uint32_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

void gw_buf_init(gw_buf *b)
{
	memset(b, 0, sizeof *b);
}

void gw_buf_clear(gw_buf *b)
{
	b->len = 0;
	if (b->ptr)
		b->ptr[0] = 0;
}

void gw_buf_release(gw_buf *b)
{
	free(b->ptr);
	gw_buf_init(b);
}

char *gw_buf_reserve(gw_buf *b, size_t more)
{
	if (b->cap - b->len <= more) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap - b->len <= more)
			cap *= 2;
		char *p = realloc(b->ptr, cap);
		if (!p) {
			fprintf(stderr, "gongwen: out of memory (a buffer of %zu bytes)\n", cap);
			exit(1);
		}
		b->ptr = p;
		b->cap = cap;
		b->ptr[b->len] = 0;
	}
	return b->ptr + b->len;
}

void gw_buf_add(gw_buf *b, const void *bytes, size_t n)
{
	char *p = gw_buf_reserve(b, n);
	if (n)
		memcpy(p, bytes, n);
	b->len += n;
	b->ptr[b->len] = 0;
}

void gw_buf_addc(gw_buf *b, char c)
{
	gw_buf_add(b, &c, 1);
}

void gw_buf_adds(gw_buf *b, const char *z)
{
	gw_buf_add(b, z, strlen(z));
}

void gw_buf_add_str(gw_buf *b, gw_str s)
{
	gw_buf_add(b, s.ptr, s.len);
}

void gw_buf_add_u64(gw_buf *b, uint64_t v)
{
	char room[20];
	gw_buf_add_str(b, gw_digits(room, v));
}

gw_str gw_digits(char room[20], uint64_t v)
{
	uint32_t n = 0;
	do
		room[20 - ++n] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	return (gw_str){room + 20 - n, n};
}

void gw_buf_add_cp(gw_buf *b, uint32_t code_point)
{
	char utf8[4];
	gw_buf_add(b, utf8, gw_utf8_put(utf8, code_point));
}

void gw_buf_printf(gw_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		char *p = gw_buf_reserve(b, (size_t)n);
		vsnprintf(p, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}
