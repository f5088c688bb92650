/* The record of a run and its metrics. */
#include "gw/run.h"
#include "gw/tape.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LIST_ROOM = 256 * 1024 };

struct gw_record {
	gw_arena arena;
	const char *place, *path, *dataset;
	char id[32];
	json_t *root, *phases, *counts;
	/* JSON objects: there may be as many as there are sources, or more. */
	gw_tape inputs, problems;
	const char *phase;
	double started, phase_started; /* monotonic */
	uint64_t sources, documents, rejected, skipped, bytes, warnings, errors, taken_sources, taken_documents;
	gw_published published;
	bool has_published;
};

static double monotonic(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Milliseconds are enough, and keep the numbers short. */
static json_t *seconds(double s)
{
	return json_real((double)(int64_t)(s * 1000 + 0.5) / 1000);
}

static json_t *now_utc(void)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

/* Input paths are bytes; what is no UTF-8 must not make the whole record unwritable. */
static json_t *text_json(gw_str s)
{
	if (!s.ptr)
		return json_null();
	json_t *j = json_stringn(s.ptr, s.len);
	if (j)
		return j;
	gw_buf fixed;
	gw_buf_init(&fixed);
	const char *p = s.ptr, *end = s.ptr + s.len;
	while (p < end) {
		uint32_t cp = gw_utf8_next(&p, end);
		gw_buf_add_cp(&fixed, cp == UINT32_MAX ? 0xFFFD : cp);
	}
	j = json_stringn(fixed.ptr, fixed.len);
	gw_buf_release(&fixed);
	return j;
}

static json_t *int_json(uint64_t v)
{
	return json_integer((json_int_t)v);
}

/* ---- beginning ---- */

/* Sorts by time; the hash keeps two runs of one second apart. */
static void id_make(gw_record *r, const gw_config *c)
{
	struct timespec t;
	struct tm tm;
	char seed[160], hex[65];
	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	int n = snprintf(seed, sizeof seed, "%s %ld %ld %ld", c->sha256, (long)getpid(), (long)t.tv_sec, t.tv_nsec);
	gw_sha256_of(seed, (size_t)n, hex);
	size_t at = strftime(r->id, sizeof r->id, "%Y%m%dT%H%M%SZ-", &tm);
	memcpy(r->id + at, hex, 8);
}

static void root_fill(gw_record *r, const gw_config *c, const char *command)
{
	json_t *root = r->root;
	json_object_set_new(root, "run", json_string(r->id));
	json_object_set_new(root, "command", json_string(command));
	json_object_set_new(root, "status", json_string("running"));
	json_object_set_new(root, "dataset", json_string(c->dataset));
	json_object_set_new(root, "program", json_pack("{s:s,s:s}", "name", "gongwen", "version", GW_PROGRAM_VERSION));
	json_object_set_new(root, "schema_version", json_string(GW_SCHEMA_VERSION));
	if (c->knowledge) {
		char hex[65];
		gw_knowledge_version(c->knowledge, hex);
		json_object_set_new(root, "lexicon_sha256", json_string(hex));
	}
	json_t *config = json_object();
	json_object_set_new(config, "path", text_json(gw_str_of(c->path)));
	json_object_set_new(config, "sha256", json_string(c->sha256));
	json_object_set_new(root, "config", config);
	json_t *stages = json_array();
	for (uint32_t i = 0; i < c->chain.count; i++)
		json_array_append_new(stages, json_string(c->chain.items[i].stage->name));
	json_object_set_new(root, "stages", stages);
	json_object_set_new(root, "started", now_utc());
	json_object_set(root, "counts", r->counts);
	json_object_set(root, "phases", r->phases);
}

/* Takes the reference. */
static void line_add(gw_tape *list, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);
	const char *line = text ? text : "{}";
	gw_tape_add(list, line, strlen(line), NULL, 0);
	free(text);
	json_decref(object);
}

static void text_write(gw_writer *w, const char *text)
{
	gw_writer_put(w, text, strlen(text));
}

/* One object a line, with a comma before all but the first. */
static bool list_write(gw_writer *w, const char *name, const gw_tape *list)
{
	gw_tape_cursor c = {.t = NULL};
	gw_str line;
	text_write(w, ",\n \"");
	text_write(w, name);
	text_write(w, "\": [");
	gw_tape_rewind(&c, list);
	for (bool more = false; gw_tape_next(&c, &line); more = true) {
		text_write(w, more ? ",\n  " : "\n  ");
		gw_writer_put(w, line.ptr, line.len);
	}
	text_write(w, list->count ? "\n ]" : "]");
	bool good = !c.failed;
	gw_tape_cursor_release(&c);
	return good;
}

static gw_status record_write(gw_record *r, gw_diag *diag)
{
	char *text = json_dumps(r->root, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
	gw_replacement out;
	gw_status s = GW_FAILED;
	if (!text)
		return gw_report(diag, GW_E_INTERNAL, NULL, "the run record cannot be written as JSON");
	if (gw_replacement_open(&out, r->path, diag)) {
		gw_writer_put(out.w, text, strlen(text) - strlen("\n}"));
		bool whole = list_write(out.w, "problems", &r->problems) && list_write(out.w, "inputs", &r->inputs);
		text_write(out.w, "\n}\n");
		s = gw_replacement_close(&out, diag);
		if (!whole)
			s = gw_report(diag, GW_E_INTERNAL, NULL, "the run record is not whole: a temporary file cannot be read back");
	}
	free(text);
	return s;
}

static void record_free(gw_record *r)
{
	gw_tape_release(&r->inputs);
	gw_tape_release(&r->problems);
	json_decref(r->phases);
	json_decref(r->counts);
	json_decref(r->root);
	gw_arena_release(&r->arena);
	free(r);
}

gw_record *gw_record_begin(const gw_config *c, const char *command, const char *place, gw_diag *diag)
{
	gw_record *r = calloc(1, sizeof *r);
	if (!r)
		abort();
	gw_arena_init(&r->arena);
	gw_tape_init(&r->inputs, LIST_ROOM);
	gw_tape_init(&r->problems, LIST_ROOM);
	id_make(r, c);
	const char *folder = gw_path_join(&r->arena, place, "runs");
	r->place = gw_arena_str(&r->arena, gw_str_of(place)).ptr;
	r->dataset = gw_arena_str(&r->arena, gw_str_of(c->dataset)).ptr;
	r->path = gw_path_join(&r->arena, folder, gw_arena_printf(&r->arena, "%s.json", r->id));
	r->root = json_object();
	r->phases = json_object();
	r->counts = json_object();
	r->started = r->phase_started = monotonic();
	r->phase = "start";
	root_fill(r, c, command);
	/* The folder may be new: its name has to be on disk like the file in it. */
	if (gw_dir_make(folder, diag) == GW_OK && gw_dir_sync(place, diag) == GW_OK && record_write(r, diag) == GW_OK)
		return r;
	record_free(r);
	return NULL;
}

const char *gw_record_id(const gw_record *r)
{
	return r->id;
}

/* ---- on the way ---- */

/* Monotonic time: a clock that is set back must not give negative lengths. */
static void phase_end(gw_record *r)
{
	double now = monotonic();
	json_object_set_new(r->phases, r->phase, json_pack("{s:o}", "seconds", seconds(now - r->phase_started)));
	r->phase_started = now;
}

static void counts_fill(gw_record *r)
{
	json_object_set_new(r->counts, "sources", int_json(r->sources));
	json_object_set_new(r->counts, "source_bytes", int_json(r->bytes));
	json_object_set_new(r->counts, "documents", int_json(r->documents));
	json_object_set_new(r->counts, "rejected", int_json(r->rejected));
	json_object_set_new(r->counts, "skipped", int_json(r->skipped));
	json_object_set_new(r->counts, "sources_taken_over", int_json(r->taken_sources));
	json_object_set_new(r->counts, "documents_taken_over", int_json(r->taken_documents));
	json_object_set_new(r->counts, "warnings", int_json(r->warnings));
	json_object_set_new(r->counts, "errors", int_json(r->errors));
}

gw_status gw_record_phase(gw_record *r, const char *name, gw_diag *diag)
{
	phase_end(r);
	r->phase = name;
	counts_fill(r);
	json_object_set_new(r->root, "status", json_string("running"));
	json_object_set_new(r->root, "phase", json_string(name));
	return record_write(r, diag);
}

void gw_record_threads(gw_record *r, uint32_t threads)
{
	json_object_set_new(r->root, "threads", int_json(threads));
}

static void problems_add(gw_record *r, const gw_diag *problems, gw_str source_path)
{
	for (uint32_t i = 0; i < problems->problems.count; i++) {
		const gw_problem *p = &problems->problems.items[i];
		static const char *const words[] = {"note", "warning", "error"};
		json_t *j = json_object();
		json_object_set_new(j, "code", json_string(gw_code_name(p->code)));
		json_object_set_new(j, "severity", json_string(words[gw_code_severity(p->code)]));
		json_object_set_new(j, "source_path", text_json(source_path));
		json_object_set_new(j, "path", text_json(gw_str_of(p->place.path)));
		json_object_set_new(j, "line", p->place.line ? int_json(p->place.line) : json_null());
		json_object_set_new(j, "stage", text_json(gw_str_of(p->stage)));
		json_object_set_new(j, "message", text_json(gw_str_of(p->message)));
		line_add(&r->problems, j);
	}
	r->warnings += problems->warnings;
	r->errors += problems->errors;
}

/* Bytes and hash are told of rejects too, as far as they could be read. */
void gw_record_source(gw_record *r, const gw_source_note *note, const gw_diag *problems)
{
	json_t *j = json_object();
	json_object_set_new(j, "source_path", text_json(note->source_path));
	json_object_set_new(j, "sha256", *note->sha256 ? json_string(note->sha256) : json_null());
	json_object_set_new(j, "bytes", int_json(note->bytes));
	json_object_set_new(j, "documents", int_json(note->documents));
	if (note->rejected)
		json_object_set_new(j, "rejected", json_string(gw_code_name(note->reject)));
	line_add(&r->inputs, j);
	problems_add(r, problems, note->source_path);
	r->sources++;
	r->bytes += note->bytes;
	r->documents += note->documents;
	r->rejected += note->rejected;
	r->taken_sources += note->known;
	r->taken_documents += note->known ? note->documents : 0;
}

void gw_record_again(gw_record *r)
{
	gw_tape_clear(&r->inputs);
	gw_tape_clear(&r->problems);
	r->sources = r->documents = r->rejected = r->skipped = r->bytes = r->warnings = r->errors = 0;
	r->taken_sources = r->taken_documents = 0;
}

void gw_record_skipped(gw_record *r, uint64_t skipped)
{
	r->skipped += skipped;
}

/* JSON tells "none" from "empty"; C strings here do not. */
static json_t *or_null(const char *z)
{
	return z && *z ? json_string(z) : json_null();
}

void gw_record_published(gw_record *r, const gw_published *p)
{
	r->published = *p;
	r->has_published = true;
	json_t *j = json_object(), *rows = json_object();
	json_object_set_new(j, "changed", json_boolean(p->changed));
	json_object_set_new(j, "version", or_null(p->version));
	json_object_set_new(j, "previous", or_null(p->previous));
	json_object_set_new(j, "content_sha256", or_null(p->content_sha256));
	json_object_set_new(j, "payload_bytes", int_json(p->payload_bytes));
	json_object_set_new(j, "archive_bytes", int_json(p->archive_bytes));
	json_object_set_new(j, "archive_sha256", or_null(p->archive_sha256));
	json_object_set_new(j, "tar_sha256", or_null(p->tar_sha256));
	if (p->zip_path) {
		json_object_set_new(j, "zip", text_json(gw_str_of(p->zip_path)));
		json_object_set_new(j, "zip_bytes", int_json(p->zip_bytes));
		json_object_set_new(j, "zip_sha256", or_null(p->zip_sha256));
	}
	json_object_set_new(j, "snapshot", text_json(gw_str_of(p->snapshot_path)));
	json_object_set_new(j, "archive", text_json(gw_str_of(p->archive_path)));
	json_object_set_new(j, "quarantine", text_json(gw_str_of(p->quarantine_path)));
	for (uint32_t t = 0; t < GW_TABLES; t++)
		json_object_set_new(rows, gw_table_names[t], int_json(p->rows[t]));
	json_object_set_new(j, "rows", rows);
	json_object_set_new(r->root, "published", j);
}

/* ---- the end ---- */

static uint64_t peak_memory(void)
{
	struct rusage u;
	return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}

/* The text format wants each name introduced before its values. */
static void metric(gw_buf *out, const char *name, const char *type, const char *help)
{
	gw_buf_printf(out, "# HELP gongwen_%s %s\n# TYPE gongwen_%s %s\n", name, help, name, type);
}

static void gauge(gw_buf *out, const gw_record *r, const char *name, const char *help, uint64_t value)
{
	metric(out, name, "gauge", help);
	gw_buf_printf(out, "gongwen_%s{dataset=\"%s\"} %" PRIu64 "\n", name, r->dataset, value);
}

static void metrics_phases(gw_buf *out, const gw_record *r, double total)
{
	const char *phase;
	json_t *p;
	metric(out, "run_duration_seconds", "gauge", "How long the last run took.");
	gw_buf_printf(out, "gongwen_run_duration_seconds{dataset=\"%s\"} %.3f\n", r->dataset, total);
	metric(out, "phase_duration_seconds", "gauge", "How long each phase of the last run took.");
	json_object_foreach(r->phases, phase, p)
		gw_buf_printf(out, "gongwen_phase_duration_seconds{dataset=\"%s\",phase=\"%s\"} %.3f\n", r->dataset,
			phase, json_real_value(json_object_get(p, "seconds")));
}

/* Dataset names are plain ASCII (checked with the configuration), so labels need no escapes. */
static void metrics_write(gw_record *r, int exit_status, double total, gw_diag *diag)
{
	gw_buf out;
	gw_buf_init(&out);
	bool success = exit_status == GW_EXIT_DONE || exit_status == GW_EXIT_REJECTS;
	gauge(&out, r, "last_run_timestamp_seconds", "When the last run ended.", (uint64_t)time(NULL));
	if (success)
		gauge(&out, r, "last_success_timestamp_seconds", "When the last successful run ended.",
			(uint64_t)time(NULL));
	gauge(&out, r, "last_run_success", "Whether the last run published or found nothing changed.", success);
	gauge(&out, r, "last_run_exit_status", "Exit status of the last run.", (uint64_t)exit_status);
	metrics_phases(&out, r, total);
	gauge(&out, r, "sources_in", "Sources that the last run read.", r->sources);
	gauge(&out, r, "source_bytes_in", "Bytes in those sources.", r->bytes);
	/* What comes in goes out, or is rejected, or declared as skipped. */
	gauge(&out, r, "documents_in", "Documents that the last run found in its sources, with sources rejected and skipped.",
		r->documents + r->rejected + r->skipped);
	gauge(&out, r, "documents_out", "Documents in the dataset.", r->has_published ? r->published.documents : 0);
	gauge(&out, r, "documents_rejected", "Sources that went to quarantine.", r->rejected);
	gauge(&out, r, "documents_taken_over", "Documents that were as before and were not extracted again.", r->taken_documents);
	gauge(&out, r, "sources_skipped", "Special files and loops that were left out.", r->skipped);
	gauge(&out, r, "warnings", "Warnings of the last run.", r->warnings);
	gauge(&out, r, "peak_memory_bytes", "Largest resident size of the last run.", peak_memory());
	metric(&out, "rows", "gauge", "Rows in the dataset by table.");
	for (uint32_t t = 0; r->has_published && t < GW_TABLES; t++)
		gw_buf_printf(&out, "gongwen_rows{dataset=\"%s\",table=\"%s\"} %" PRIu64 "\n", r->dataset,
			gw_table_names[t], r->published.rows[t]);
	gw_file_replace(gw_path_join(&r->arena, r->place, "run.prom"), out.ptr, out.len, diag);
	gw_buf_release(&out);
}

/* "running" in a record that is not being written any more means: killed. */
static const char *status_word(const gw_record *r, int exit_status)
{
	if (exit_status != GW_EXIT_DONE && exit_status != GW_EXIT_REJECTS)
		return "failed";
	return r->has_published && !r->published.changed ? "unchanged" : "published";
}

void gw_record_end(gw_record *r, int exit_status, const gw_diag *problems, gw_diag *diag)
{
	double total = monotonic() - r->started;
	phase_end(r);
	problems_add(r, problems, (gw_str){NULL, 0});
	counts_fill(r);
	json_object_del(r->root, "phase");
	json_object_set_new(r->root, "status", json_string(status_word(r, exit_status)));
	json_object_set_new(r->root, "exit_status", json_integer(exit_status));
	json_object_set_new(r->root, "ended", now_utc());
	json_object_set_new(r->root, "seconds", seconds(total));
	json_object_set_new(r->root, "peak_memory_bytes", int_json(peak_memory()));
	record_write(r, diag);
	metrics_write(r, exit_status, total, diag);
	record_free(r);
}
