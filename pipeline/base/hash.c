/* Hashing: a 64-bit hash for tables, the insertion-ordered map, SHA-256 by libcrypto. */
#include "gw/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

/* Multiply and fold (as in wyhash); bytes are read little-endian by hand, so the value is the same everywhere. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide m = (wide)a * b;
	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t read64(const unsigned char *p, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint64_t gw_hash64(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0x9E3779B97F4A7C15u ^ n;
	for (; n > 8; p += 8, n -= 8)
		h = mix(h ^ read64(p, 8), 0xA0761D6478BD642Fu);
	return mix(h ^ read64(p, n), 0xE7037ED1A0B428DBu);
}

/* Open addressing; grown at three quarters. */
struct gw_map_slot {
	gw_str key; /* key.ptr == NULL: free */
	uint64_t hash;
	uint32_t value;
};

void gw_map_init(gw_map *m, gw_arena *arena)
{
	*m = (gw_map){.arena = arena};
}

static struct gw_map_slot *slot_find(const gw_map *m, gw_str key, uint64_t hash)
{
	for (uint32_t i = (uint32_t)hash & m->mask;; i = (i + 1) & m->mask) {
		struct gw_map_slot *s = &m->slots[i];
		if (!s->key.ptr || (s->hash == hash && gw_str_eq(s->key, key)))
			return s;
	}
}

static void map_grow(gw_map *m)
{
	gw_map old = *m;
	uint32_t cap = old.slots ? (old.mask + 1) * 2 : 16;
	m->slots = GW_NEW_N(m->arena, struct gw_map_slot, cap);
	m->mask = cap - 1;
	for (uint32_t i = 0; old.slots && i <= old.mask; i++)
		if (old.slots[i].key.ptr)
			*slot_find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

uint32_t *gw_map_put(gw_map *m, gw_str key)
{
	if (!m->slots || m->count * 4 >= (m->mask + 1) * 3)
		map_grow(m);
	uint64_t hash = gw_hash64(key.ptr, key.len);
	struct gw_map_slot *s = slot_find(m, key, hash);
	if (!s->key.ptr) {
		*s = (struct gw_map_slot){gw_arena_str(m->arena, key), hash, GW_NONE};
		m->count++;
	}
	return &s->value;
}

uint32_t gw_map_get(const gw_map *m, gw_str key)
{
	if (!m->slots)
		return GW_NONE;
	const struct gw_map_slot *s = slot_find(m, key, gw_hash64(key.ptr, key.len));
	return s->key.ptr ? s->value : GW_NONE;
}

/* SHA-256 needs no other ciphers, no openssl.cnf and no cleaning up: a millisecond of every start. */
static void libcrypto_begin(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
		OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT, NULL);
}

void gw_sha256_init(gw_sha256 *h)
{
	libcrypto_begin();
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
		fputs("gongwen: libcrypto has no SHA-256\n", stderr);
		exit(1);
	}
}

void gw_sha256_add(gw_sha256 *h, const void *bytes, size_t n)
{
	EVP_DigestUpdate(h->ctx, bytes, n);
}

void gw_sha256_hex(gw_sha256 *h, char out[65])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	EVP_DigestFinal_ex(h->ctx, digest, &n);
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
	for (unsigned i = 0; i < 32; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[64] = 0;
}

void gw_sha256_peek(const gw_sha256 *h, char out[65])
{
	gw_sha256 copy;
	gw_sha256_init(&copy);
	if (EVP_MD_CTX_copy_ex(copy.ctx, h->ctx) != 1)
		abort();
	gw_sha256_hex(&copy, out);
}

void gw_sha256_of(const void *bytes, size_t n, char out[65])
{
	gw_sha256 h;
	gw_sha256_init(&h);
	gw_sha256_add(&h, bytes, n);
	gw_sha256_hex(&h, out);
}
