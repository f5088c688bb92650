/* The batch: many sources through one chain, by several threads, handed on in the order of the inputs.
 *
 *   inputs 0 1 2 3 4 5 …            a ring of slots; input i belongs to slot i % window
 *            |     |     |
 *          taken  next  taken + window
 *
 * Workers claim `next` as long as it is within the window; the calling thread takes finished slots one after the other.
 * A worker keeps of a source only what was made of it, so the window is wide: while a large source is worked on, the
 * others run ahead. What they make beyond the memory allowed for it waits in a file (spill.c). What is taken does not
 * depend on which thread was faster. */
#include "spill.h"

#include "gw/run.h"

#include <pthread.h>
#include <stdlib.h>

/* A large source is worth thousands of small ones. */
enum { SLOTS_PER_THREAD = 256, SLOTS_AT_LEAST = 8192 };
/* Made and not yet taken, a thread. */
#define HELD_PER_THREAD ((uint64_t)32 << 20)

typedef struct slot {
	gw_input in;
	gw_buf in_room; /* of its texts */
	gw_source_note note;
	gw_buf made;
	gw_spilled spilled; /* in the place of `made` */
	gw_diag diag;
	gw_status status;
	bool done;
} slot;

/* What a worker has for itself. */
typedef struct desk {
	gw_arena arena;
	gw_rooms rooms;
	void *own; /* of `make` */
} desk;

typedef struct batch {
	const gw_config *config;
	const gw_batch_use *use;
	slot *slots;
	uint32_t window;
	gw_spill *spill;
	uint64_t held_max;
	pthread_mutex_t lock;
	pthread_cond_t room, finished;
	/* under the lock */
	gw_inputs_reader inputs_left;
	uint32_t count, next, taken;
	uint64_t held;
	bool stop;
} batch;

/* ---- one source ---- */

static void desk_open(const batch *b, desk *d)
{
	gw_arena_init(&d->arena);
	gw_arena_init(&d->rooms.document);
	gw_arena_init(&d->rooms.stage);
	d->own = b->use->desk_new ? b->use->desk_new(b->use->ctx) : NULL;
}

static void desk_close(const batch *b, desk *d)
{
	if (b->use->desk_free)
		b->use->desk_free(d->own);
	gw_arena_release(&d->rooms.stage);
	gw_arena_release(&d->rooms.document);
	gw_arena_release(&d->arena);
}

/* A rejected source gives rows like any other; only a fatal problem ends the batch. */
static void slot_run(const batch *b, desk *d, uint32_t input)
{
	slot *t = &b->slots[input % b->window];
	gw_source source;
	gw_loaded file;
	gw_rows rows;
	gw_arena_reset(&d->arena);
	const gw_input *in = &t->in;
	t->status = gw_source_run_after(b->config, in, b->use->before, &d->arena, &d->rooms, &source, &file, &rows, &t->diag);
	gw_source_note_make(&rows, &t->note);
	t->note.source_path = gw_str_of(in->source_path);
	if (t->status < GW_FATAL) {
		gw_status made = b->use->make(b->use->ctx, d->own, &rows, &t->made, &t->diag);
		t->status = made > GW_WARN ? GW_FATAL : GW_OK;
	}
	gw_file_unload(&file);
}

static gw_status slot_take(batch *b, slot *t, gw_diag *diag)
{
	gw_status status = t->status;
	if (status < GW_FATAL && !gw_spill_get(b->spill, &t->spilled, &t->made, diag))
		status = GW_FATAL;
	else if (status < GW_FATAL)
		status = b->use->take(b->use->ctx, &t->note, &t->made, &t->diag);
	else
		gw_diag_merge(diag, &t->diag);
	gw_diag_release(&t->diag);
	gw_diag_init(&t->diag);
	return status > GW_WARN ? status : GW_OK;
}

static slot *slots_new(uint32_t n)
{
	slot *slots = calloc(n, sizeof *slots);
	if (!slots)
		abort();
	for (uint32_t i = 0; i < n; i++)
		gw_diag_init(&slots[i].diag);
	return slots;
}

static void slots_free(slot *slots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		gw_diag_release(&slots[i].diag);
		gw_buf_release(&slots[i].made);
		gw_buf_release(&slots[i].in_room);
	}
	free(slots);
}

/* ---- threads ---- */

/* What is waited for is kept, whatever it takes; what lies ahead as far as there is memory for it. */
static void slot_hold(batch *b, uint32_t input)
{
	slot *t = &b->slots[input % b->window];
	bool fits = b->held + t->made.cap <= b->held_max || input == b->taken;
	if (fits) {
		b->held += t->made.cap;
		return;
	}
	pthread_mutex_unlock(&b->lock);
	bool put = gw_spill_put(b->spill, &t->made, &t->spilled);
	pthread_mutex_lock(&b->lock);
	b->held += put ? 0 : t->made.cap;
}

/* No room for more: the window is full, or a full disk keeps everything in memory. */
static bool must_wait(const batch *b)
{
	return b->next >= b->taken + b->window || (b->held > b->held_max && b->next > b->taken);
}

/* The next input into its slot. Under the lock. */
static bool slot_claim(batch *b, uint32_t input)
{
	slot *t = &b->slots[input % b->window];
	if (gw_inputs_next(&b->inputs_left, &t->in_room, &t->in))
		return true;
	t->status = gw_report(&t->diag, GW_E_INTERNAL, NULL, "the list of inputs cannot be read back from the temporary file");
	t->status = GW_FATAL;
	return false;
}

/* A worker claims the next input within the window, works on it without the lock, and marks its slot as done. */
static void *work(void *arg)
{
	batch *b = arg;
	desk d;
	desk_open(b, &d);
	pthread_mutex_lock(&b->lock);
	for (;;) {
		while (!b->stop && b->next < b->count && must_wait(b))
			pthread_cond_wait(&b->room, &b->lock);
		if (b->stop || b->next >= b->count)
			break;
		uint32_t input = b->next++;
		if (slot_claim(b, input)) {
			pthread_mutex_unlock(&b->lock);
			slot_run(b, &d, input);
			pthread_mutex_lock(&b->lock);
			slot_hold(b, input);
		}
		b->slots[input % b->window].done = true;
		if (input == b->taken)
			pthread_cond_signal(&b->finished);
	}
	pthread_mutex_unlock(&b->lock);
	desk_close(b, &d);
	return NULL;
}

/* Takes the slots in input order, waiting for each. Taking frees the slot for the input that is a window further on. */
static gw_status take_all(batch *b, gw_diag *diag)
{
	gw_status status = GW_OK;
	for (uint32_t i = 0; i < b->count && status == GW_OK; i++) {
		slot *t = &b->slots[i % b->window];
		pthread_mutex_lock(&b->lock);
		while (!t->done)
			pthread_cond_wait(&b->finished, &b->lock);
		uint64_t held = t->spilled.size ? 0 : t->made.cap;
		pthread_mutex_unlock(&b->lock);
		status = slot_take(b, t, diag);
		gw_buf_release(&t->made);
		pthread_mutex_lock(&b->lock);
		t->done = false;
		b->taken++;
		b->held -= held;
		b->stop = status != GW_OK;
		pthread_cond_broadcast(&b->room);
		pthread_mutex_unlock(&b->lock);
	}
	return status;
}

/* No threads at all with -j 1: the same work, easier to follow in a debugger. */
static gw_status run_alone(batch *b, gw_diag *diag)
{
	gw_status status = GW_OK;
	desk d;
	desk_open(b, &d);
	for (uint32_t i = 0; i < b->count && status == GW_OK; i++) {
		slot *t = &b->slots[i % b->window];
		gw_buf_clear(&t->made);
		if (slot_claim(b, i))
			slot_run(b, &d, i);
		status = slot_take(b, t, diag);
	}
	desk_close(b, &d);
	return status;
}

static gw_status run_threads(batch *b, uint32_t threads, gw_diag *diag)
{
	pthread_t *ids = calloc(threads, sizeof *ids);
	uint32_t started = 0;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->room, NULL);
	pthread_cond_init(&b->finished, NULL);
	while (ids && started < threads && pthread_create(&ids[started], NULL, work, b) == 0)
		started++;
	/* Fewer threads than asked for is slower, and where none is allowed this one does the work. */
	gw_status status = started ? take_all(b, diag) : run_alone(b, diag);
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

static uint32_t window_of(uint32_t threads, uint32_t inputs)
{
	uint32_t slots = threads * SLOTS_PER_THREAD > SLOTS_AT_LEAST ? threads * SLOTS_PER_THREAD : SLOTS_AT_LEAST;
	return threads == 1 ? 1 : slots < inputs ? slots : inputs;
}

gw_status gw_batch_run(const gw_config *c, const gw_inputs *in, int64_t jobs, const gw_batch_use *use, gw_diag *diag)
{
	uint32_t threads = gw_batch_threads(jobs, gw_inputs_count(in));
	batch b = {.config = c, .count = gw_inputs_count(in), .use = use, .window = window_of(threads, gw_inputs_count(in)),
		.held_max = threads * HELD_PER_THREAD, .spill = gw_spill_open()};
	b.slots = slots_new(b.window);
	gw_inputs_begin(&b.inputs_left, in);
	gw_status status = threads > 1 ? run_threads(&b, threads, diag) : run_alone(&b, diag);
	slots_free(b.slots, b.window);
	gw_spill_close(b.spill);
	gw_inputs_end(&b.inputs_left);
	return status;
}
