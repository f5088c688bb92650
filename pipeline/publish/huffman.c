/* Prefix codes: Huffman's tree by two queues, then shortened to the limit; codes by RFC 1951, 3.2.2. */
#include "huffman.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOL_BITS = 9, NODES = 2 * GW_CODES_MAX };

static int by_weight(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The lighter of the next leaf and the next inner node. */
static uint32_t lightest(const uint64_t *weight, uint32_t leaves, uint32_t made, uint32_t *leaf, uint32_t *inner)
{
	bool take_leaf = *inner == made || (*leaf < leaves && weight[*leaf] <= weight[*inner]);
	return take_leaf ? (*leaf)++ : (*inner)++;
}

/* How many symbols get codes of each length; longer ones than the limit are counted there. */
static void lengths_count(const uint32_t *order, uint32_t leaves, unsigned limit, uint32_t count[GW_CODE_BITS_MAX + 1])
{
	uint64_t weight[NODES];
	uint32_t above[NODES], leaf = 0, inner = leaves, made = leaves;
	unsigned depth[NODES];
	for (uint32_t i = 0; i < leaves; i++)
		weight[i] = order[i] >> SYMBOL_BITS;
	for (; made < 2 * leaves - 1; made++) {
		uint32_t a = lightest(weight, leaves, made, &leaf, &inner), b = lightest(weight, leaves, made, &leaf, &inner);
		weight[made] = weight[a] + weight[b];
		above[a] = above[b] = made;
	}
	depth[made - 1] = 0;
	for (uint32_t i = made - 1; i-- > 0;) {
		depth[i] = depth[above[i]] + 1;
		if (i < leaves)
			count[depth[i] < limit ? depth[i] : limit]++;
	}
}

/* Makes room for codes that were cut short: a longest one joins a shorter one, which grows by a bit. */
static void lengths_fit(uint32_t *count, unsigned limit)
{
	uint32_t used = 0;
	for (unsigned n = 1; n <= limit; n++)
		used += count[n] << (limit - n);
	for (; used > UINT32_C(1) << limit; used--) {
		unsigned n = limit - 1;
		while (!count[n])
			n--;
		count[limit]--;
		count[n]--;
		count[n + 1] += 2;
	}
}

static uint16_t reversed(uint32_t code, unsigned count)
{
	uint32_t out = 0;
	for (; count; count--, code >>= 1)
		out = out << 1 | (code & 1);
	return (uint16_t)out;
}

static void codes_number(gw_code *out, uint32_t symbols)
{
	uint32_t count[GW_CODE_BITS_MAX + 1] = {0}, next[GW_CODE_BITS_MAX + 1] = {0};
	for (uint32_t i = 0; i < symbols; i++)
		count[out[i].count] += out[i].count != 0;
	for (unsigned n = 1; n < GW_CODE_BITS_MAX; n++)
		next[n + 1] = (next[n] + count[n]) << 1;
	for (uint32_t i = 0; i < symbols; i++)
		out[i].bits = reversed(next[out[i].count]++, out[i].count);
}

void gw_codes_make(const uint32_t *often, uint32_t symbols, unsigned limit, gw_code *out)
{
	uint32_t order[GW_CODES_MAX], leaves = 0, count[GW_CODE_BITS_MAX + 1] = {0};
	memset(out, 0, symbols * sizeof *out);
	for (uint32_t i = 0; i < symbols; i++)
		if (often[i])
			order[leaves++] = often[i] << SYMBOL_BITS | i;
	for (uint32_t i = 0; leaves < 2; i++)
		if (!often[i])
			order[leaves++] = i;
	qsort(order, leaves, sizeof *order, by_weight);
	lengths_count(order, leaves, limit, count);
	lengths_fit(count, limit);
	for (unsigned n = limit, i = 0; n > 0; n--)
		for (; count[n]; count[n]--)
			out[order[i++] & ((1 << SYMBOL_BITS) - 1)].count = (uint16_t)n;
	codes_number(out, symbols);
}
