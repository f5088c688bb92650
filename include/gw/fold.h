/* gw/fold.h - the one folding of characters, used on documents and on the words of the lexicons alike.
 *
 * Full width becomes half width (U+FF01..U+FF5E, U+3000), brackets come down to ( ) and [ ], double quotes to
 * the ASCII one, dashes to '-', colons to ':', and compatibility forms, CJK radicals and what GBK once had in the
 * private use area to the plain character; traditional characters become simplified ones. Letters keep their case. */
#ifndef GW_FOLD_H
#define GW_FOLD_H

#include "gw/base.h"

/* What becomes of one source character. */
typedef enum gw_fold_class {
	GW_FOLD_KEEP,   /* one character, out[0] */
	GW_FOLD_MORE,   /* several characters, out[0..n) */
	GW_FOLD_BLANK,  /* white space that is no line end */
	GW_FOLD_BREAK,  /* a line end: LF, VT, FF, NEL, U+2028, U+2029; CR too */
	GW_FOLD_NOTHING /* zero-width, soft hyphen, variation selectors, other controls */
} gw_fold_class;

gw_fold_class gw_fold(uint32_t code_point, uint32_t out[4], unsigned *n);

extern const uint32_t gw_fold_han_bits[656];
/* A unified ideograph that stays as it is: nearly all of a simplified text, decided without a call. */
static inline bool gw_fold_keeps(uint32_t c)
{
	uint32_t i = c - 0x4E00;
	return i < 0x5200 && !(gw_fold_han_bits[i >> 5] >> (i & 31) & 1);
}

/* Folds a short UTF-8 text (a lexicon word, a pattern literal): blanks and breaks are dropped. Result in arena,
 * as code points; *n their number. */
uint32_t *gw_fold_text(gw_arena *a, gw_str utf8, uint32_t *n);
/* Whether all of a text are ideographs that stay as they are: then it is folded already. */
bool gw_fold_keeps_all(gw_str utf8);
gw_str gw_fold_to_utf8(gw_arena *a, const uint32_t *ch, uint32_t n);

bool gw_is_han(uint32_t folded);     /* a Han character, 〇 included */
bool gw_is_digit(uint32_t folded);   /* 0 to 9 */
bool gw_is_letter(uint32_t folded);  /* a to z, A to Z */

#endif
