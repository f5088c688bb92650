/* One source through everything: loaded, hashed, run through the chain, made into rows. */
#include "gw/run.h"

/* gw_str and the spans count in 32 bits; the stage `decode` has its own, lower limit. */
#define LOAD_MAX ((uint64_t)UINT32_MAX - 1)

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
	for (gw_table_id t = 0; t < GW_TABLES; t++) {
		gw_cell *const *items = rows->table[t].items;
		for (uint32_t i = 0; i < rows->table[t].count && worst < GW_FAILED; i++)
			worst = gw_row_check_after(&c->schema->tables[t], i ? items[i - 1] : NULL, items[i], s->path.ptr, diag);
	}
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

static void source_begin(const gw_input *in, gw_arena *arena, gw_source *s, gw_loaded *file, gw_rows *rows)
{
	memset(s, 0, sizeof *s);
	memset(rows, 0, sizeof *rows);
	s->arena = arena;
	s->path = gw_str_of(in->source_path);
	s->opened_as = gw_str_of(in->opened_as ? in->opened_as : in->path ? in->path : in->source_path);
	*file = (gw_loaded){.bytes = ""};
}

static gw_status source_extract(const gw_config *c, gw_status status, gw_source *s, gw_rows *rows, gw_diag *diag)
{
	if (status < GW_FAILED)
		status = gw_chain_run(c, s, diag);
	if (status < GW_FAILED) {
		gw_tabulate(c->schema, c->knowledge, s, rows);
		status = rows_check(c, s, rows, diag);
		rows->checked = status < GW_FAILED;
	}
	if (status >= GW_FAILED)
		rows_reject(rows, diag);
	return status;
}

static gw_status source_run(const gw_config *c, const gw_input *in, const gw_publisher *before, gw_source *s, gw_loaded *file,
	gw_rows *rows, gw_diag *diag)
{
	gw_status status = in->refused ? source_refuse(c, in, s, file, diag) : source_load(c, in, s, file, diag);
	const gw_known *known = before && status == GW_OK ? gw_publisher_known(before, s->arena, s->path, s->sha256) : NULL;
	if (known)
		gw_known_recall(known, s->opened_as.ptr, rows, diag);
	else
		status = source_extract(c, status, s, rows, diag);
	rows->source_path = s->path;
	rows->opened_as = s->opened_as;
	rows->source_sha256 = gw_str_of(s->sha256);
	rows->raw = s->origin ? (gw_str){s->origin, (uint32_t)s->origin_len} : (gw_str){s->raw, (uint32_t)s->raw_len};
	rows->by_program = s->by_program;
	rows->problems = diag;
	return status;
}

gw_status gw_source_run(const gw_config *c, const gw_input *in, gw_arena *arena, gw_reason_list *reasons, gw_source *s,
	gw_loaded *file, gw_rows *rows, gw_diag *diag)
{
	source_begin(in, arena, s, file, rows);
	s->reasons = reasons;
	return source_run(c, in, NULL, s, file, rows, diag);
}

gw_status gw_source_run_after(const gw_config *c, const gw_input *in, const gw_publisher *before, gw_arena *arena, gw_rooms *rooms,
	gw_source *s, gw_loaded *file, gw_rows *rows, gw_diag *diag)
{
	source_begin(in, arena, s, file, rows);
	s->rooms = rooms;
	return source_run(c, in, before, s, file, rows, diag);
}

void gw_source_note_make(const gw_rows *rows, gw_source_note *out)
{
	*out = (gw_source_note){.source_path = rows->source_path, .bytes = rows->raw.len, .known = rows->known != NULL,
		.documents = rows->known ? rows->known_documents : rows->table[GW_T_DOCUMENTS].count, .rejected = rows->rejected, .reject = rows->reject.code};
	if (rows->source_sha256.len == sizeof out->sha256 - 1)
		memcpy(out->sha256, rows->source_sha256.ptr, sizeof out->sha256 - 1);
}
