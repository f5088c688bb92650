/* The batch: many sources through one chain, by several threads, handed on in the order of the inputs.
 *
 *   inputs 0 1 2 3 4 5 …            a ring of slots; input i belongs to slot i % window
 *            |     |     |
 *          taken  next  taken + window
 *
 * Workers claim `next` as long as it is within the window; the calling thread takes finished slots one after the other.
 * So at most `window` sources are held in memory, and what is taken does not depend on which thread was faster. */
#include "gw/run.h"

#include <pthread.h>
#include <stdlib.h>

/* One slow source lets the other threads run ahead by this much before they wait. Measured on 2,600 documents: 4 is no
 * faster than 2 and holds twice the memory. */
enum { SLOTS_PER_THREAD = 2 };

/* gw_str and the spans count in 32 bits; the stage `decode` has its own, lower limit. */
#define LOAD_MAX ((uint64_t)UINT32_MAX - 1)

typedef struct slot {
	gw_arena arena;
	gw_diag diag;
	gw_source source;
	gw_loaded file;
	gw_rows rows;
	gw_status status;
	bool done;
} slot;

typedef struct batch {
	const gw_config *config;
	const gw_inputs *inputs;
	slot *slots;
	uint32_t window;
	pthread_mutex_t lock;
	pthread_cond_t room, finished;
	uint32_t next, taken; /* under the lock */
	bool stop;            /* under the lock */
} batch;

/* ---- one source ---- */

static gw_status source_load(const gw_config *c, const gw_input *in, gw_source *s, gw_loaded *file, gw_diag *diag)
{
	uint64_t most = c->max_file_bytes > 0 ? (uint64_t)c->max_file_bytes : LOAD_MAX;
	*file = (gw_loaded){.bytes = ""};
	if (in->path || in->spool) {
		gw_status status = in->path ? gw_file_load(in->path, most, file, diag) : gw_spool_load(in, file, diag);
		if (status >= GW_FAILED)
			return status;
		s->raw = file->bytes;
		s->raw_len = file->len;
	} else {
		s->raw = in->content ? in->content : "";
		s->raw_len = in->content_len;
		if (s->raw_len > LOAD_MAX) {
			gw_place at = {.path = in->source_path};
			return gw_report(diag, GW_E_INPUT_SIZE, &at, "the content is larger than 4 GiB");
		}
	}
	gw_sha256_of(s->raw, (size_t)s->raw_len, s->sha256);
	return GW_OK;
}

/* The first error is the cause; what follows is often its consequence. */
static const gw_problem *first_error(const gw_diag *diag)
{
	for (uint32_t i = 0; i < diag->problems.count; i++)
		if (gw_code_severity(diag->problems.items[i].code) == GW_ERROR)
			return &diag->problems.items[i];
	return NULL;
}

/* Rows of a source that failed half-way are dropped: nothing of it may be published. */
static void rows_reject(gw_rows *rows, const gw_diag *diag)
{
	const gw_problem *why = first_error(diag);
	memset(rows, 0, sizeof *rows);
	rows->rejected = true;
	rows->reject = why ? *why : (gw_problem){.code = GW_E_INTERNAL, .message = "rejected without a reason"};
}

/* No document can make a row break its schema, only a bug of ours can, or a schema that asks for what is not so. It
 * stops the run: rows that nobody has promised must not be published, and leaving the source out would hide the bug. */
static gw_status rows_check(const gw_config *c, const gw_source *s, const gw_rows *rows, gw_diag *diag)
{
	gw_status worst = GW_OK;
	for (gw_table_id t = 0; t < GW_TABLES; t++)
		for (uint32_t i = 0; i < rows->table[t].count && worst < GW_FAILED; i++)
			worst = gw_row_check(&c->schema->tables[t], rows->table[t].items[i], s->path.ptr, diag);
	return worst < GW_FAILED ? worst : GW_FATAL;
}

/* What was refused when the inputs were listed goes to quarantine with its bytes, as far as it has any of its own. */
static gw_status source_refuse(const gw_config *c, const gw_input *in, gw_source *s, gw_loaded *file, gw_diag *diag)
{
	gw_diag unheard;
	gw_place at = {.path = s->opened_as.ptr};
	diag->stage = "unpack";
	gw_status status = gw_report(diag, in->refused_code, &at, "%s", in->refused);
	diag->stage = NULL;
	gw_diag_init(&unheard);
	if (in->path || in->spool || in->content_len)
		source_load(c, in, s, file, &unheard);
	gw_diag_release(&unheard);
	return status;
}

gw_status gw_source_run(const gw_config *c, const gw_input *in, gw_arena *arena, gw_reason_list *reasons, gw_source *s,
	gw_loaded *file, gw_rows *rows, gw_diag *diag)
{
	memset(s, 0, sizeof *s);
	memset(rows, 0, sizeof *rows);
	s->arena = arena;
	s->reasons = reasons;
	s->path = gw_str_of(in->source_path);
	s->opened_as = gw_str_of(in->opened_as ? in->opened_as : in->path ? in->path : in->source_path);
	*file = (gw_loaded){.bytes = ""};
	gw_status status = in->refused ? source_refuse(c, in, s, file, diag) : source_load(c, in, s, file, diag);
	if (status < GW_FAILED)
		status = gw_chain_run(c, s, diag);
	if (status < GW_FAILED) {
		gw_tabulate(c->schema, c->knowledge, s, rows);
		status = rows_check(c, s, rows, diag);
	}
	if (status >= GW_FAILED)
		rows_reject(rows, diag);
	rows->source_path = s->path;
	rows->source_sha256 = gw_str_of(s->sha256);
	rows->raw = s->origin ? (gw_str){s->origin, (uint32_t)s->origin_len} : (gw_str){s->raw, (uint32_t)s->raw_len};
	return status;
}

/* ---- slots ---- */

/* The arena is reset when the slot is used again, not when its rows were taken: the rows live in it. */
static void slot_run(const batch *b, uint32_t input)
{
	slot *t = &b->slots[input % b->window];
	gw_arena_reset(&t->arena);
	gw_diag_clear(&t->diag);
	t->status = gw_source_run(
		b->config, &b->inputs->items.items[input], &t->arena, NULL, &t->source, &t->file, &t->rows, &t->diag);
}

/* What a rejected source leaves behind is a row like any other; only a fatal problem or the taker ends the batch. */
static gw_status slot_take(slot *t, gw_take_fn take, void *ctx, gw_diag *diag)
{
	gw_status status = GW_FATAL;
	if (t->status < GW_FATAL)
		status = take(ctx, &t->rows, &t->diag);
	else
		gw_diag_merge(diag, &t->diag);
	gw_file_unload(&t->file);
	return status > GW_WARN ? status : GW_OK;
}

static slot *slots_new(uint32_t n)
{
	slot *slots = calloc(n, sizeof *slots);
	if (!slots)
		abort();
	for (uint32_t i = 0; i < n; i++) {
		gw_arena_init(&slots[i].arena);
		gw_diag_init(&slots[i].diag);
	}
	return slots;
}

static void slots_free(slot *slots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		gw_file_unload(&slots[i].file);
		gw_diag_release(&slots[i].diag);
		gw_arena_release(&slots[i].arena);
	}
	free(slots);
}

/* ---- threads ---- */

/* A worker claims the next input within the window, works on it without the lock, and marks its slot as done. */
static void *work(void *arg)
{
	batch *b = arg;
	pthread_mutex_lock(&b->lock);
	for (;;) {
		while (!b->stop && b->next < b->inputs->items.count && b->next >= b->taken + b->window)
			pthread_cond_wait(&b->room, &b->lock);
		if (b->stop || b->next >= b->inputs->items.count)
			break;
		uint32_t input = b->next++;
		pthread_mutex_unlock(&b->lock);
		slot_run(b, input);
		pthread_mutex_lock(&b->lock);
		b->slots[input % b->window].done = true;
		pthread_cond_signal(&b->finished);
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Takes the slots in input order, waiting for each. Taking frees the slot for the input that is a window further on. */
static gw_status take_all(batch *b, gw_take_fn take, void *ctx, gw_diag *diag)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < b->inputs->items.count && status == GW_OK; i++) {
		slot *t = &b->slots[i % b->window];
		pthread_mutex_lock(&b->lock);
		while (!t->done)
			pthread_cond_wait(&b->finished, &b->lock);
		pthread_mutex_unlock(&b->lock);
		status = slot_take(t, take, ctx, diag);
		pthread_mutex_lock(&b->lock);
		t->done = false;
		b->taken++;
		b->stop = status != GW_OK;
		pthread_cond_broadcast(&b->room);
		pthread_mutex_unlock(&b->lock);
	}
	return status;
}

/* No threads at all with -j 1: the same work, easier to follow in a debugger. */
static gw_status run_alone(batch *b, gw_take_fn take, void *ctx, gw_diag *diag)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < b->inputs->items.count && status == GW_OK; i++) {
		slot_run(b, i);
		status = slot_take(&b->slots[i % b->window], take, ctx, diag);
	}
	return status;
}

static gw_status run_threads(batch *b, uint32_t threads, gw_take_fn take, void *ctx, gw_diag *diag)
{
	pthread_t *ids = calloc(threads, sizeof *ids);
	uint32_t started = 0;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->room, NULL);
	pthread_cond_init(&b->finished, NULL);
	while (ids && started < threads && pthread_create(&ids[started], NULL, work, b) == 0)
		started++;
	/* Fewer threads than asked for is slower, and where none is allowed this one does the work. */
	gw_status status = started ? take_all(b, take, ctx, diag) : run_alone(b, take, ctx, diag);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	free(ids);
	pthread_cond_destroy(&b->finished);
	pthread_cond_destroy(&b->room);
	pthread_mutex_destroy(&b->lock);
	return status;
}

uint32_t gw_batch_threads(int64_t jobs, uint32_t sources)
{
	int64_t threads = jobs > 0 ? jobs : gw_cores();
	if (threads > sources)
		threads = sources;
	return threads > 1 ? (uint32_t)threads : 1;
}

gw_status gw_batch_run(const gw_config *c, const gw_inputs *in, int64_t jobs, gw_take_fn take, void *ctx, gw_diag *diag)
{
	uint32_t threads = gw_batch_threads(jobs, in->items.count);
	batch b = {.config = c, .inputs = in, .window = threads > 1 ? threads * SLOTS_PER_THREAD : 1};
	b.slots = slots_new(b.window);
	gw_status status = threads > 1 ? run_threads(&b, threads, take, ctx, diag) : run_alone(&b, take, ctx, diag);
	slots_free(b.slots, b.window);
	return status;
}
