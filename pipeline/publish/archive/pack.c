/* Deflating by libdeflate, many blocks at a time.
 *
 * Blocks are gzip members of their own; RFC 1952 (2.2) joins members by writing one behind the other. The caller says
 * where the cuts lie, so the bytes do not depend on the number of threads. Each thread reads its block, looks for it in
 * the earlier file or packs it, and takes the next; the calling one hashes and writes them in order. */
#include "pack.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>

enum { BLOCKS_PER_THREAD = 3 };

typedef struct block {
	gw_piece piece;
	gw_arena arena;       /* of the piece */
	unsigned char *plain; /* GW_PIECE_MAX bytes */
	gw_buf packed;
	unsigned char tag[16];
	gw_diag diag;
	bool tagged, failed, done;
} block;

typedef struct packer {
	const gw_pack_source *source;
	const gw_blocks *old;
	gw_blocks *made;
	int level;
	uint64_t written; /* of the calling thread */
	block *blocks;   /* a ring */
	uint32_t window;
	pthread_mutex_t lock;
	pthread_cond_t room, finished;
	/* under the lock */
	uint32_t next, taken;
	bool stop, ended; /* ended: there is no piece `next` */
} packer;

/* What a thread works with. */
typedef struct tools {
	struct libdeflate_compressor *compressor;
	EVP_MAC_CTX *tags;
} tools;

static void tools_open(const packer *p, tools *t)
{
	t->compressor = libdeflate_alloc_compressor(p->level);
	t->tags = p->made ? gw_tags_open() : NULL;
}

static void tools_close(tools *t)
{
	EVP_MAC_CTX_free(t->tags);
	libdeflate_free_compressor(t->compressor);
}

static bool deflated(struct libdeflate_compressor *c, block *b, size_t n)
{
	size_t room = libdeflate_gzip_compress_bound(c, n);
	gw_buf_clear(&b->packed);
	b->packed.len = libdeflate_gzip_compress(c, b->plain, n, gw_buf_reserve(&b->packed, room), room);
	return b->packed.len != 0;
}

static bool used_again(const packer *p, block *b, size_t n)
{
	gw_block known;
	return p->old && b->tagged && gw_blocks_find(p->old, b->tag, n, &known) && gw_block_read(p->old, &known, &b->packed);
}

static void block_make(const packer *p, const tools *t, block *b)
{
	const gw_piece *piece = &b->piece;
	b->failed = !p->source->fill(p->source->ctx, piece, b->plain, &b->diag);
	if (b->failed)
		return;
	b->tagged = p->made && piece->comes_again && gw_tag_make(t->tags, p->made->mac, (const char *)b->plain, piece->size, b->tag);
	if (!used_again(p, b, piece->size) && (!t->compressor || !deflated(t->compressor, b, piece->size))) {
		gw_report(&b->diag, GW_E_OUTPUT_WRITE, NULL, "the archive cannot be written: not enough memory to pack it");
		b->failed = true;
	}
}

/* Hashes and writes a finished block. */
static gw_status block_take(packer *p, block *b, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	if (b->failed) {
		gw_diag_merge(diag, &b->diag);
		return GW_FAILED;
	}
	gw_sha256_add(hash, b->plain, b->piece.size);
	if (b->tagged)
		gw_block_note(p->made, b->tag, b->piece.size, p->written, &b->packed);
	gw_writer_put(gz, b->packed.ptr, b->packed.len);
	p->written += b->packed.len;
	return gw_writer_ok(gz) ? GW_OK : GW_FATAL;
}

static bool block_next(const packer *p, block *b)
{
	gw_arena_reset(&b->arena);
	return p->source->next(p->source->pieces, &b->arena, &b->piece);
}

/* ---- threads ---- */

/* Claims the next piece within the window; NULL where there is none any more. Under the lock. */
static block *claim(packer *p)
{
	while (!p->stop && !p->ended && p->next >= p->taken + p->window)
		pthread_cond_wait(&p->room, &p->lock);
	if (p->stop || p->ended)
		return NULL;
	block *b = &p->blocks[p->next % p->window];
	p->ended = !block_next(p, b);
	if (p->ended) {
		pthread_cond_broadcast(&p->room);
		pthread_cond_signal(&p->finished);
		return NULL;
	}
	p->next++;
	return b;
}

static void *work(void *arg)
{
	packer *p = arg;
	tools t;
	tools_open(p, &t);
	pthread_mutex_lock(&p->lock);
	for (block *b; (b = claim(p)) != NULL;) {
		pthread_mutex_unlock(&p->lock);
		block_make(p, &t, b);
		pthread_mutex_lock(&p->lock);
		b->done = true;
		if (b == &p->blocks[p->taken % p->window])
			pthread_cond_signal(&p->finished);
	}
	pthread_mutex_unlock(&p->lock);
	tools_close(&t);
	return NULL;
}

static gw_status take_all(packer *p, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	gw_status status = GW_OK;
	pthread_mutex_lock(&p->lock);
	for (uint32_t i = 0; status == GW_OK; i++) {
		block *b = &p->blocks[i % p->window];
		while (!b->done && !(p->ended && i == p->next))
			pthread_cond_wait(&p->finished, &p->lock);
		if (!b->done)
			break;
		pthread_mutex_unlock(&p->lock);
		status = block_take(p, b, hash, gz, diag);
		pthread_mutex_lock(&p->lock);
		b->done = false;
		p->taken++;
		p->stop = status != GW_OK;
		pthread_cond_broadcast(&p->room);
	}
	pthread_mutex_unlock(&p->lock);
	return status;
}

static gw_status run_alone(packer *p, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	gw_status status = GW_OK;
	tools t;
	tools_open(p, &t);
	for (block *b = p->blocks; status == GW_OK && block_next(p, b);) {
		block_make(p, &t, b);
		status = block_take(p, b, hash, gz, diag);
	}
	tools_close(&t);
	return status;
}

static gw_status run_threads(packer *p, uint32_t threads, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	pthread_t *ids = calloc(threads, sizeof *ids);
	uint32_t started = 0;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_cond_init(&p->finished, NULL);
	while (ids && started < threads && pthread_create(&ids[started], NULL, work, p) == 0)
		started++;
	gw_status status = started ? take_all(p, hash, gz, diag) : run_alone(p, hash, gz, diag);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	free(ids);
	pthread_cond_destroy(&p->finished);
	pthread_cond_destroy(&p->room);
	pthread_mutex_destroy(&p->lock);
	return status;
}

static void blocks_open(packer *p, gw_arena *plain)
{
	p->blocks = calloc(p->window, sizeof *p->blocks);
	if (!p->blocks)
		abort();
	for (uint32_t i = 0; i < p->window; i++) {
		gw_diag_init(&p->blocks[i].diag);
		gw_arena_init(&p->blocks[i].arena);
		p->blocks[i].plain = gw_arena_alloc(plain, GW_PIECE_MAX);
	}
}

static void blocks_close(packer *p)
{
	for (uint32_t i = 0; i < p->window; i++) {
		gw_diag_release(&p->blocks[i].diag);
		gw_arena_release(&p->blocks[i].arena);
		gw_buf_release(&p->blocks[i].packed);
	}
	free(p->blocks);
}

gw_status gw_pack(const gw_pack_source *source, int level, uint32_t threads, const gw_blocks *old, gw_blocks *made, gw_writer *gz,
	char plain_sha256[65], gw_diag *diag)
{
	packer p = {.source = source, .level = level, .old = old, .made = made && !made->useless ? made : NULL};
	gw_arena plain;
	gw_sha256 hash;
	p.window = threads > 1 ? threads * BLOCKS_PER_THREAD : 1;
	gw_arena_init(&plain);
	blocks_open(&p, &plain);
	gw_sha256_init(&hash);
	gw_status status = threads > 1 ? run_threads(&p, threads, &hash, gz, diag) : run_alone(&p, &hash, gz, diag);
	gw_sha256_hex(&hash, plain_sha256);
	blocks_close(&p);
	gw_arena_release(&plain);
	return status;
}
