/* What `run` and `publish` have in common. */
#include "command.h"

gw_status gw_job_take(void *ctx, const gw_source_note *note, gw_buf *packet, const gw_diag *problems)
{
	gw_job *job = ctx;
	gw_print_problems(&job->session->printer, problems);
	gw_record_source(job->record, note, problems);
	job->sources++;
	job->rejects += note->rejected;
	if (job->total)
		gw_print_progress(&job->session->printer, job->sources, job->total);
	return gw_publisher_take(job->publisher, packet, &job->session->diag);
}

void *gw_job_desk(void *ctx)
{
	const gw_job *job = ctx;
	return gw_render_new(job->config->schema, &job->config->publish);
}

void gw_job_desk_free(void *desk)
{
	gw_render_free(desk);
}

gw_status gw_job_make(void *ctx, void *desk, const gw_rows *rows, gw_buf *packet, gw_diag *diag)
{
	const gw_job *job = ctx;
	gw_status s = gw_render_rows(desk, rows, packet, diag);
	return s == GW_OK ? gw_publisher_put_files(job->publisher, desk, diag) : s;
}

/* The rejects are kept even though nothing is published: they are what has to be looked at. */
static bool too_many_rejects(gw_job *job)
{
	uint64_t limit = gw_config_reject_limit(job->config, job->sources);
	if (job->rejects <= limit)
		return false;
	const char *path = NULL;
	gw_publisher_quarantine(job->publisher, gw_record_id(job->record), &path, &job->session->diag);
	gw_place at = {.path = path};
	gw_report(&job->session->diag, GW_E_REJECTS, path ? &at : NULL,
		"%llu of %llu sources were rejected, max_rejects is %s; nothing was published",
		(unsigned long long)job->rejects, (unsigned long long)job->sources, job->config->max_rejects);
	return true;
}

static void line(const char *word, const char *value, gw_buf *out)
{
	if (value && *value)
		gw_buf_printf(out, "%-10s  %s\n", word, value);
}

/* The version comes first and alone with --quiet: scripts read that line. */
static void report_print(gw_job *job, const gw_published *p)
{
	gw_session *s = job->session;
	gw_buf out;
	gw_buf_init(&out);
	line(p->changed ? "published" : "unchanged", p->version, &out);
	if (!s->args.quiet) {
		line("before", p->changed ? p->previous : NULL, &out);
		if (p->taken_sources)
			gw_buf_printf(&out, "as before   %llu of %llu inputs\n", (unsigned long long)p->taken_sources,
				(unsigned long long)job->sources);
		line("snapshot", p->snapshot_path, &out);
		line("archive", p->archive_path, &out);
		line("", p->zip_path, &out);
		line("quarantine", p->quarantine_path, &out);
		gw_buf_addc(&out, '\n');
		gw_grid g = {.arena = &s->arena, .align = "lr"};
		gw_grid_add(&g, GW_STR("table"));
		gw_grid_add(&g, GW_STR("rows"));
		for (int t = 0; t < GW_TABLES; t++) {
			gw_grid_add(&g, gw_str_of(gw_table_names[t]));
			gw_grid_add_u64(&g, p->rows[t]);
		}
		if (p->rejects) {
			gw_grid_add(&g, GW_STR("rejected"));
			gw_grid_add_u64(&g, p->rejects);
		}
		gw_grid_print(&g, &out);
	}
	gw_stdout_write(out.ptr, out.len);
	gw_buf_release(&out);
}

/* Reads and publishes; the exit status. */
static int job_work(gw_job *job, gw_feed_fn feed, void *ctx)
{
	gw_diag *diag = &job->session->diag;
	gw_published published = {0};
	if (gw_record_phase(job->record, "read", diag) != GW_OK || feed(job, ctx) >= GW_FAILED || too_many_rejects(job) ||
		gw_record_phase(job->record, "publish", diag) != GW_OK)
		return GW_EXIT_FAILED;
	if (gw_publisher_commit(job->publisher, gw_record_id(job->record), &published, diag) >= GW_FAILED)
		return GW_EXIT_FAILED;
	gw_record_published(job->record, &published);
	report_print(job, &published);
	return job->rejects ? GW_EXIT_REJECTS : GW_EXIT_DONE;
}

/* Only what was extracted here can be known again: rows that come from files say nothing of what made them. */
static void resume(gw_job *job, bool full)
{
	const gw_config *c = job->config;
	char key[65];
	if (!c->incremental || !c->chain.count || !c->knowledge)
		return;
	gw_run_key(c, key, &job->session->diag);
	gw_publisher_resume(job->publisher, key, gw_run_programs(c, &job->session->arena), full, &job->session->diag);
}

static gw_publisher *publisher_open(gw_job *job, bool full, bool *busy)
{
	const gw_config *c = job->config;
	gw_diag *diag = &job->session->diag;
	job->publisher = gw_publisher_open(c->output, c->dataset, c->schema, &c->publish, busy, diag);
	if (job->publisher)
		resume(job, full);
	return job->publisher;
}

/* The latest snapshot is not what its run wrote: all over again, with nothing of it. */
static int work_again(gw_job *job, gw_feed_fn feed, void *ctx)
{
	bool busy = false;
	gw_publisher_close(job->publisher);
	gw_record_again(job->record);
	job->sources = job->rejects = 0;
	if (publisher_open(job, true, &busy))
		return job_work(job, feed, ctx);
	return busy ? GW_EXIT_BUSY : GW_EXIT_FAILED;
}

int gw_job_run(gw_session *s, gw_config *c, gw_feed_fn feed, void *ctx)
{
	bool busy = false;
	gw_job job = {.session = s, .config = c};
	c->publish.jobs = c->jobs;
	if (!publisher_open(&job, s->args.full, &busy))
		return busy ? GW_EXIT_BUSY : GW_EXIT_FAILED;
	job.record = gw_record_begin(c, s->command->name, gw_publisher_place(job.publisher), &s->diag);
	int status = GW_EXIT_FAILED;
	if (job.record) {
		status = job_work(&job, feed, ctx);
		if (status == GW_EXIT_FAILED && gw_publisher_stale(job.publisher))
			status = work_again(&job, feed, ctx);
		gw_record_end(job.record, status, &s->diag, &s->diag);
	}
	gw_publisher_close(job.publisher);
	return status;
}
