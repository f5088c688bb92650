/* The members of an archive, by what is in them: so that the next archive need not pack the same bytes again. */
#include "blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <unistd.h>

static const char magic[] = "gongwen blocks 1";
enum { DIGEST = 64 };

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
	gw_arena_init(&b->arena);
	gw_map_init(&b->by_tag, &b->arena);
	b->fd = -1;
	snprintf(b->key, sizeof b->key, "%s", key);
	if (old)
		memcpy(b->mac, old->mac, sizeof b->mac);
	else
		b->useless = RAND_bytes(b->mac, sizeof b->mac) != 1;
}

void gw_blocks_release(gw_blocks *b)
{
	if (b->fd >= 0)
		close(b->fd);
	gw_arena_release(&b->arena);
	b->fd = -1;
}

gw_status gw_blocks_save(const gw_blocks *b, const char *path, gw_diag *diag)
{
	gw_buf out;
	char hex[65];
	gw_buf_init(&out);
	gw_buf_add(&out, magic, sizeof magic);
	gw_buf_add(&out, b->key, sizeof b->key);
	gw_buf_add(&out, b->mac, sizeof b->mac);
	gw_buf_add(&out, b->items.items, b->items.count * sizeof *b->items.items);
	gw_sha256_of(out.ptr, out.len, hex);
	gw_buf_add(&out, hex, DIGEST);
	gw_status s = gw_file_replace(path, out.ptr, out.len, diag);
	gw_buf_release(&out);
	return s;
}

/* The key is part of what is compared: members of another program or level are of no use. */
static bool take_all(gw_blocks *b, const gw_loaded *file)
{
	const char *at = file->bytes;
	size_t head = sizeof magic + sizeof b->key + sizeof b->mac;
	char hex[65];
	if (file->len < head + DIGEST || (file->len - head - DIGEST) % sizeof(gw_block))
		return false;
	gw_sha256_of(file->bytes, file->len - DIGEST, hex);
	if (memcmp(at, magic, sizeof magic) != 0 || memcmp(at + sizeof magic, b->key, sizeof b->key) != 0 ||
		memcmp(at + file->len - DIGEST, hex, DIGEST) != 0)
		return false;
	memcpy(b->mac, at + sizeof magic + sizeof b->key, sizeof b->mac);
	for (at += head; at < file->bytes + file->len - DIGEST; at += sizeof(gw_block)) {
		gw_block *item = GW_PUSH(&b->arena, &b->items);
		memcpy(item, at, sizeof *item);
		*gw_map_put(&b->by_tag, (gw_str){(const char *)item->tag, sizeof item->tag}) = b->items.count - 1;
	}
	return true;
}

bool gw_blocks_load(gw_blocks *b, const char *path, const char *gz, const char *key)
{
	gw_loaded file;
	gw_diag quiet;
	gw_blocks_init(b, key, NULL);
	b->fd = open(gz, O_RDONLY | O_CLOEXEC);
	if (b->fd < 0)
		return false;
	gw_diag_init(&quiet);
	bool good = gw_file_load(path, UINT64_MAX, &file, &quiet) == GW_OK;
	if (good) {
		good = take_all(b, &file);
		gw_file_unload(&file);
	}
	gw_diag_release(&quiet);
	return good;
}

const gw_block *gw_blocks_find(const gw_blocks *b, const unsigned char tag[16], size_t raw_size)
{
	uint32_t i = gw_map_get(&b->by_tag, (gw_str){(const char *)tag, 16});
	return i != GW_NONE && b->items.items[i].raw_size == raw_size ? &b->items.items[i] : NULL;
}

bool gw_block_read(const gw_blocks *b, const gw_block *member, gw_buf *out)
{
	gw_buf_clear(out);
	char *to = gw_buf_reserve(out, member->size);
	for (size_t done = 0; done < member->size;) {
		ssize_t n = pread(b->fd, to + done, member->size - done, (off_t)(member->at + done));
		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	out->len = member->size;
	return libdeflate_crc32(0, to, member->size) == member->crc;
}

void gw_block_note(gw_blocks *b, const unsigned char tag[16], size_t raw_size, uint64_t at, const gw_buf *member)
{
	gw_block *m = GW_PUSH(&b->arena, &b->items);
	memcpy(m->tag, tag, sizeof m->tag);
	m->at = at;
	m->raw_size = (uint32_t)raw_size;
	m->size = (uint32_t)member->len;
	m->crc = libdeflate_crc32(0, member->ptr, member->len);
}
