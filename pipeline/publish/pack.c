/* Deflating by libdeflate, many blocks at a time.
 *
 * Blocks of fixed size are gzip members of their own; RFC 1952 (2.2) joins members by writing one behind the other. The
 * cuts lie at fixed places, so the bytes do not depend on the number of threads. Each thread reads its block, packs it
 * and takes the next; the calling one hashes and writes them in order. */
#include "pack.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>

enum { BLOCK = 1 << 20, BLOCKS_PER_THREAD = 3 };

typedef struct block {
	unsigned char *plain; /* BLOCK bytes */
	gw_buf packed;
	gw_diag diag;
	bool failed, done;
} block;

typedef struct packer {
	const gw_pack_source *source;
	int level;
	uint64_t count;  /* of blocks in all */
	block *blocks;   /* a ring */
	uint32_t window;
	pthread_mutex_t lock;
	pthread_cond_t room, finished;
	/* under the lock */
	uint64_t next, taken;
	bool stop;
} packer;

static size_t block_size(const packer *p, uint64_t index)
{
	uint64_t left = p->source->size - index * BLOCK;
	return left < BLOCK ? (size_t)left : BLOCK;
}

static bool deflated(struct libdeflate_compressor *c, block *b, size_t n)
{
	size_t room = libdeflate_gzip_compress_bound(c, n);
	gw_buf_clear(&b->packed);
	b->packed.len = libdeflate_gzip_compress(c, b->plain, n, gw_buf_reserve(&b->packed, room), room);
	return b->packed.len != 0;
}

static void block_make(const packer *p, struct libdeflate_compressor *c, uint64_t index)
{
	block *b = &p->blocks[index % p->window];
	size_t n = block_size(p, index);
	b->failed = !p->source->fill(p->source->ctx, index * BLOCK, b->plain, n, &b->diag);
	if (!b->failed && (!c || !deflated(c, b, n))) {
		gw_report(&b->diag, GW_E_OUTPUT_WRITE, NULL, "the archive cannot be written: not enough memory to pack it");
		b->failed = true;
	}
}

/* Hashes and writes a finished block. */
static gw_status block_take(const packer *p, uint64_t index, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	block *b = &p->blocks[index % p->window];
	if (b->failed) {
		gw_diag_merge(diag, &b->diag);
		return GW_FAILED;
	}
	gw_sha256_add(hash, b->plain, block_size(p, index));
	gw_writer_put(gz, b->packed.ptr, b->packed.len);
	return gw_writer_ok(gz) ? GW_OK : GW_FATAL;
}

/* ---- threads ---- */

static void *work(void *arg)
{
	packer *p = arg;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(p->level);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!p->stop && p->next < p->count && p->next >= p->taken + p->window)
			pthread_cond_wait(&p->room, &p->lock);
		if (p->stop || p->next >= p->count)
			break;
		uint64_t index = p->next++;
		pthread_mutex_unlock(&p->lock);
		block_make(p, c, index);
		pthread_mutex_lock(&p->lock);
		p->blocks[index % p->window].done = true;
		if (index == p->taken)
			pthread_cond_signal(&p->finished);
	}
	pthread_mutex_unlock(&p->lock);
	libdeflate_free_compressor(c);
	return NULL;
}

static gw_status take_all(packer *p, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	gw_status status = GW_OK;
	for (uint64_t i = 0; i < p->count && status == GW_OK; i++) {
		block *b = &p->blocks[i % p->window];
		pthread_mutex_lock(&p->lock);
		while (!b->done)
			pthread_cond_wait(&p->finished, &p->lock);
		pthread_mutex_unlock(&p->lock);
		status = block_take(p, i, hash, gz, diag);
		pthread_mutex_lock(&p->lock);
		b->done = false;
		p->taken++;
		p->stop = status != GW_OK;
		pthread_cond_broadcast(&p->room);
		pthread_mutex_unlock(&p->lock);
	}
	return status;
}

static gw_status run_alone(packer *p, gw_sha256 *hash, gw_writer *gz, gw_diag *diag)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(p->level);
	gw_status status = GW_OK;
	for (uint64_t i = 0; i < p->count && status == GW_OK; i++) {
		block_make(p, c, i);
		status = block_take(p, i, hash, gz, diag);
	}
	libdeflate_free_compressor(c);
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
		p->blocks[i].plain = gw_arena_alloc(plain, BLOCK);
	}
}

static void blocks_close(packer *p)
{
	for (uint32_t i = 0; i < p->window; i++) {
		gw_diag_release(&p->blocks[i].diag);
		gw_buf_release(&p->blocks[i].packed);
	}
	free(p->blocks);
}

gw_status gw_pack(const gw_pack_source *source, int level, uint32_t threads, gw_writer *gz, char plain_sha256[65], gw_diag *diag)
{
	packer p = {.source = source, .level = level, .count = (source->size + BLOCK - 1) / BLOCK};
	gw_arena plain;
	gw_sha256 hash;
	if (threads > p.count)
		threads = (uint32_t)p.count;
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
