/* Single tables of a snapshot, for commands that only look. */
#include "gw/publish.h"

#include "read.h"

static gw_status table_problem(gw_fileset *m, const char *path, uint32_t line, const char *what, gw_diag *diag)
{
	gw_place at = {.path = gw_fileset_shown(m, path), .line = line};
	return gw_report(diag, GW_E_SNAPSHOT, &at, "%s", what);
}

static gw_status table_rows(gw_fileset *m, const gw_table *t, gw_row_fn each, void *ctx, gw_diag *diag)
{
	const char *path = gw_arena_printf(&m->arena, "data/%s.csv", t->name);
	gw_row_format format = GW_ROWS_CSV;
	const gw_fileset_file *f = gw_fileset_find(m, path);
	if (!f) {
		path = gw_arena_printf(&m->arena, "data/%s.jsonl", t->name);
		format = GW_ROWS_JSONL;
		f = gw_fileset_find(m, path);
	}
	if (!f)
		return table_problem(
			m, path, 0, "the table is not in the snapshot, neither as CSV nor as JSON lines", diag);
	gw_loaded bytes;
	gw_status status = gw_fileset_load(m, f, &bytes, diag);
	if (status >= GW_FAILED)
		return status;
	gw_row_reader r;
	gw_row_state state = gw_row_reader_open(&r, t, format, bytes.bytes, bytes.len) ? GW_ROW_GOOD : GW_ROW_BAD;
	while (state == GW_ROW_GOOD && status < GW_FAILED) {
		state = gw_row_reader_next(&r);
		if (state == GW_ROW_GOOD)
			status = each(ctx, t, r.cells);
	}
	if (state == GW_ROW_BAD)
		status = table_problem(m, path, r.line, r.problem.ptr, diag);
	gw_row_reader_close(&r);
	gw_file_unload(&bytes);
	return status;
}

gw_status gw_snapshot_rows(const char *snapshot, gw_table_id table, gw_row_fn each, void *ctx, gw_diag *diag)
{
	gw_fileset m;
	gw_status status = gw_fileset_open(&m, snapshot, diag);
	if (status < GW_FAILED) {
		const gw_schema *schema = gw_fileset_schema(&m, diag);
		status = schema ? table_rows(&m, &schema->tables[table], each, ctx, diag) : GW_FAILED;
		gw_schema_release(schema);
	}
	gw_fileset_close(&m); /* what failed to open holds memory too */
	return status;
}
