/* read_chars.h - the numerals and the window of text that the readers of this folder share. */
#ifndef GW_READ_CHARS_H
#define GW_READ_CHARS_H

#include "gw/read.h"

/* A look at the text from one position on: reads 0 behind the end and beyond GW_READ_MAX characters. */
typedef struct view {
	const uint32_t *ch;
	uint32_t begin; /* where reading began; what stands before it may be looked at too */
	uint32_t end;
} view;

static inline view view_at(const uint32_t *ch, uint32_t len, uint32_t pos)
{
	uint32_t rest = pos < len ? len - pos : 0;
	return (view){ch, pos, pos < len ? pos + (rest < GW_READ_MAX ? rest : GW_READ_MAX) : pos};
}
static inline uint32_t at(const view *v, uint32_t p) { return p < v->end ? v->ch[p] : 0; }
/* The n-th character before the begin, 0 before the text. */
static inline uint32_t before(const view *v, uint32_t n) { return v->begin >= n ? v->ch[v->begin - n] : 0; }

static inline bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static inline bool is_letter(uint32_t c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static inline bool is_zero(uint32_t c) { return c == U'零' || c == U'〇'; }
/* Ideographs; enough to tell a word that goes on from its end. */
static inline bool is_han(uint32_t c) { return (c >= 0x3400 && c <= 0x9fff) || c == U'〇' || c >= 0x20000; }

/* 一 to 九 and the forms used on cheques; 两 counts as 2. -1 for anything else, zero included. */
static inline int han_digit(uint32_t c)
{
	switch (c) {
	case U'一': case U'壹': return 1;
	case U'二': case U'贰': case U'貳': case U'两': case U'兩': return 2;
	case U'三': case U'叁': case U'參': return 3;
	case U'四': case U'肆': return 4;
	case U'五': case U'伍': return 5;
	case U'六': case U'陆': case U'陸': return 6;
	case U'七': case U'柒': return 7;
	case U'八': case U'捌': return 8;
	case U'九': case U'玖': return 9;
	default: return -1;
	}
}

/* 十 百 千, 0 for anything else. */
static inline uint64_t small_unit(uint32_t c)
{
	switch (c) {
	case U'十': case U'拾': return 10;
	case U'百': case U'佰': return 100;
	case U'千': case U'仟': return 1000;
	default: return 0;
	}
}

/* 1 for 万, 2 for 亿: the power of 10000; 0 for anything else. */
static inline unsigned big_unit(uint32_t c)
{
	return c == U'万' || c == U'萬' ? 1 : c == U'亿' || c == U'億' ? 2 : 0;
}

static inline bool is_numeral(uint32_t c)
{
	return han_digit(c) > 0 || is_zero(c) || small_unit(c) || big_unit(c);
}

/* A digit whose place is known but whose value is not: 20xx, 20××, 20**. */
static inline bool is_masked(uint32_t c) { return c == 'x' || c == 'X' || c == U'×' || c == '*'; }

#endif
