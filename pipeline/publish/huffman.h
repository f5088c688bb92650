/* huffman.h - prefix codes for deflate. Inside publish/ only. */
#ifndef GW_PUBLISH_HUFFMAN_H
#define GW_PUBLISH_HUFFMAN_H

#include <stdint.h>

enum { GW_CODES_MAX = 286, GW_CODE_BITS_MAX = 15 };
typedef struct gw_code {
	uint16_t bits;  /* as they go into the stream, the first the lowest */
	uint16_t count; /* 0: the symbol does not occur */
} gw_code;

/* The best codes of at most `limit` bits for symbols that occur so often (each less than 2^23 times). At least two get
 * one, so that the code is complete. The same on every machine. */
void gw_codes_make(const uint32_t *often, uint32_t symbols, unsigned limit, gw_code *out);

#endif
