/* The members of an archive, by what is in them: so that the next archive need not pack the same bytes again. */
#include "blocks.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "gongwen blocks 2";
/* EACH: blocks that are read at a time. */
enum { DIGEST = 64, HEAD = sizeof magic + sizeof((gw_blocks){0}.key) + sizeof((gw_blocks){0}.mac), EACH = 64 };

EVP_MAC_CTX *gw_tags_open(void)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "GMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	return ctx;
}

bool gw_tag_make(EVP_MAC_CTX *ctx, const unsigned char key[16], const char *bytes, size_t n, unsigned char tag[16])
{
	char cipher[] = "AES-128-GCM";
	unsigned char iv[12] = {0}; /* the tags are no secret, the key is */
	size_t got = 0;
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("cipher", cipher, 0),
		OSSL_PARAM_construct_octet_string("iv", iv, sizeof iv), OSSL_PARAM_construct_end()};
	return ctx && EVP_MAC_init(ctx, key, 16, params) == 1 && EVP_MAC_update(ctx, (const unsigned char *)bytes, n) == 1 &&
	       EVP_MAC_final(ctx, tag, &got, 16) == 1 && got == 16;
}

void gw_blocks_init(gw_blocks *b, const char *key, const gw_blocks *old)
{
	memset(b, 0, sizeof *b);
	b->made = gw_sorter_new(0);
	b->fd = b->list = -1;
	snprintf(b->key, sizeof b->key, "%s", key);
	if (old)
		memcpy(b->mac, old->mac, sizeof b->mac);
	else
		b->useless = RAND_bytes(b->mac, sizeof b->mac) != 1;
}

void gw_blocks_release(gw_blocks *b)
{
	if (b->fd > 0)
		close(b->fd);
	if (b->list > 0)
		close(b->list);
	gw_sorter_free(b->made);
	free(b->tags);
	memset(b, 0, sizeof *b);
	b->fd = b->list = -1;
}

/* ---- the list as a file: magic, key, key of the tags, blocks by tag, SHA-256 ---- */

gw_status gw_blocks_save(const gw_blocks *b, const char *path, gw_diag *diag)
{
	gw_replacement out;
	gw_sorted r;
	char hex[65];
	if (!gw_replacement_open(&out, path, diag))
		return GW_FAILED;
	gw_writer_put(out.w, magic, sizeof magic);
	gw_writer_put(out.w, b->key, sizeof b->key);
	gw_writer_put(out.w, b->mac, sizeof b->mac);
	gw_sorter_rewind(b->made);
	while (gw_sorter_next(b->made, &r))
		gw_writer_put(out.w, r.value.ptr, r.value.len);
	gw_writer_digest(out.w, hex);
	hex[0] = gw_sorter_failed(b->made) ? '!' : hex[0]; /* then nobody will use it */
	gw_writer_put(out.w, hex, DIGEST);
	return gw_replacement_close(&out, diag);
}

static uint64_t tag_head(const unsigned char tag[16])
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | tag[i];
	return v;
}

/* The blocks, and their hash on the way. They are in the order of their tags, or a search finds less. */
static bool blocks_scan(gw_blocks *b, gw_sha256 *hash)
{
	gw_block page[EACH];
	b->tags = calloc(b->count / EACH + 1, sizeof *b->tags);
	for (uint32_t i = 0; b->tags && i < b->count; i += EACH) {
		size_t n = b->count - i < EACH ? b->count - i : EACH;
		if (!gw_read_at(b->list, page, n * sizeof *page, HEAD + (uint64_t)i * sizeof *page))
			return false;
		gw_sha256_add(hash, page, n * sizeof *page);
		b->tags[i / EACH] = tag_head(page[0].tag);
	}
	return b->tags != NULL;
}

/* The key is part of what is compared: members of another program or level are of no use. */
static bool list_take(gw_blocks *b, uint64_t size)
{
	char head[HEAD], digest[DIGEST], hex[65];
	gw_sha256 hash;
	if (size < HEAD + DIGEST || (size - HEAD - DIGEST) % sizeof(gw_block) || (size - HEAD - DIGEST) / sizeof(gw_block) >= GW_NONE ||
		!gw_read_at(b->list, head, HEAD, 0) || !gw_read_at(b->list, digest, DIGEST, size - DIGEST))
		return false;
	b->count = (uint32_t)((size - HEAD - DIGEST) / sizeof(gw_block));
	memcpy(b->mac, head + sizeof magic + sizeof b->key, sizeof b->mac);
	gw_sha256_init(&hash);
	gw_sha256_add(&hash, head, HEAD);
	bool good = blocks_scan(b, &hash);
	gw_sha256_hex(&hash, hex);
	return good && memcmp(head, magic, sizeof magic) == 0 && memcmp(head + sizeof magic, b->key, sizeof b->key) == 0 &&
	       memcmp(digest, hex, DIGEST) == 0;
}

bool gw_blocks_load(gw_blocks *b, const char *path, const char *gz, const char *key)
{
	struct stat st;
	memset(b, 0, sizeof *b);
	snprintf(b->key, sizeof b->key, "%s", key);
	b->fd = open(gz, O_RDONLY | O_CLOEXEC);
	b->list = open(path, O_RDONLY | O_CLOEXEC);
	if (b->fd >= 0 && b->list >= 0 && fstat(b->list, &st) == 0 && list_take(b, (uint64_t)st.st_size))
		return true;
	gw_blocks_release(b);
	return false;
}

/* ---- blocks ---- */

bool gw_blocks_at(const gw_blocks *b, uint32_t i, gw_block *out)
{
	return i < b->count && gw_read_at(b->list, out, sizeof *out, HEAD + (uint64_t)i * sizeof *out);
}

/* The last page that begins before the tag, as its first bytes tell: it may be the page before those that are alike. */
static uint32_t page_of(const gw_blocks *b, uint64_t head)
{
	uint32_t low = 0, high = (b->count + EACH - 1) / EACH;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (b->tags[middle] < head)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool gw_blocks_find(const gw_blocks *b, const unsigned char tag[16], size_t raw_size, gw_block *out)
{
	gw_block page[EACH];
	uint64_t head = tag_head(tag);
	for (uint32_t at = b->count ? page_of(b, head) * EACH : 0; at < b->count && b->tags[at / EACH] <= head; at += EACH) {
		uint32_t n = b->count - at < EACH ? b->count - at : EACH;
		if (!gw_read_at(b->list, page, n * sizeof *page, HEAD + (uint64_t)at * sizeof *page))
			return false;
		for (uint32_t i = 0; i < n; i++) {
			if (memcmp(page[i].tag, tag, 16) != 0 || page[i].raw_size != raw_size)
				continue;
			*out = page[i];
			return true;
		}
	}
	return false;
}

bool gw_block_read(const gw_blocks *b, const gw_block *member, gw_buf *out)
{
	gw_buf_clear(out);
	char *to = gw_buf_reserve(out, member->size);
	if (!gw_read_at(b->fd, to, member->size, member->at))
		return false;
	out->len = member->size;
	return libdeflate_crc32(0, to, member->size) == member->crc;
}

void gw_block_note(gw_blocks *b, const unsigned char tag[16], size_t raw_size, uint64_t at, const gw_buf *member)
{
	gw_block m = {.at = at, .raw_size = (uint32_t)raw_size, .size = (uint32_t)member->len,
		.crc = libdeflate_crc32(0, member->ptr, member->len)};
	memcpy(m.tag, tag, sizeof m.tag);
	gw_sorter_add(b->made, (gw_str){(const char *)tag, sizeof m.tag}, &m, sizeof m);
	b->count++;
}
