/* Test text for the readers: UTF-8 folded character by character, blanks kept. */
#ifndef READ_TEXT_H
#define READ_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <uchar.h>

#include <cmocka.h>

#include "gw/fold.h"
#include "gw/read.h"

typedef struct folded {
	uint32_t ch[512];
	uint32_t len;
} folded;

static inline folded fold_text(const char *utf8)
{
	folded f = {.len = 0};
	const char *p = utf8, *end = utf8 + strlen(utf8);
	while (p < end && f.len < 500) {
		uint32_t out[4];
		unsigned n = 0;
		switch (gw_fold(gw_utf8_next(&p, end), out, &n)) {
		case GW_FOLD_KEEP: f.ch[f.len++] = out[0]; break;
		case GW_FOLD_MORE:
			for (unsigned i = 0; i < n; i++)
				f.ch[f.len++] = out[i];
			break;
		case GW_FOLD_BLANK: f.ch[f.len++] = ' '; break;
		case GW_FOLD_BREAK: f.ch[f.len++] = '\n'; break;
		case GW_FOLD_NOTHING: break;
		}
	}
	return f;
}

/* Where the reading begins is marked by '|' in the text; without one, at its begin. */
static inline folded fold_marked(const char *utf8, uint32_t *pos)
{
	folded f = fold_text(utf8);
	*pos = 0;
	for (uint32_t i = 0; i < f.len; i++)
		if (f.ch[i] == '|') {
			*pos = i;
			memmove(f.ch + i, f.ch + i + 1, (f.len - i - 1) * sizeof *f.ch);
			f.len--;
		}
	return f;
}

/* A small generator: the same sequence on every machine. */
static inline uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Random text of what the readers look at, in an allocation of exactly its size so that ASan sees any step outside. */
static inline uint32_t *random_text(uint64_t *state, uint32_t len)
{
	static const char32_t alphabet[] =
		U"0123456789..,,::--/~xX×*eEk^% 〇零一二三四五六七八九十百千万亿兆两几数半多余点分之又成折第负壹拾"
		U"年月日号时上中下旬季度前至到、个工作周天小时分钟元廿O\n)。";
	uint32_t n = sizeof alphabet / sizeof *alphabet - 1, *ch = malloc(len * sizeof *ch);
	for (uint32_t i = 0; i < len; i++)
		ch[i] = next_random(state) % 50 == 0 ? next_random(state) % 0x110000 : alphabet[next_random(state) % n];
	return ch;
}

/* The text that a span covers, as UTF-8. */
static inline void span_text(const folded *f, gw_span s, char *out)
{
	uint32_t n = 0;
	for (uint32_t i = s.begin; i < s.end; i++)
		n += gw_utf8_put(out + n, f->ch[i]);
	out[n] = '\0';
}

#endif
