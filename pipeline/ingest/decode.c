/* The stage `decode`: raw bytes to UTF-8 with its lines. */
#include "decoders.h"

#include "gw/file.h"
#include "gw/fold.h"
#include "gw/stage.h"

typedef struct decode_settings {
	gw_placed encoding;
	gw_node *encodings;
	int64_t max_bytes;
	int mojibake;
} decode_settings;

static const gw_option options[] = {
        {"encoding", GW_OPT_PLACED, offsetof(decode_settings, encoding), "auto", 0, 0, NULL,
                "The encoding of all inputs (UTF-8, GB18030, Big5, UTF-16LE, UTF-16BE, UTF-32LE, UTF-32BE, HZ-GB-2312, "
                "ISO-2022-CN), or auto."},
        {"encodings", GW_OPT_NODE, offsetof(decode_settings, encodings), "", 0, 0, NULL,
                "A list of {glob, encoding}: the first glob that matches the source path fixes its encoding."},
        {"max_bytes", GW_OPT_INT, offsetof(decode_settings, max_bytes), "256M", 1, 1 << 30, NULL,
                "A larger input is rejected."},
        {"mojibake", GW_OPT_CHOICE, offsetof(decode_settings, mojibake), "repair", 0, 0, "repair|report",
                "What is done with text that had been decoded wrongly before it came here: repaired where that is certain, "
                "or reported only."},
        {0},
};

typedef struct encoding_rule {
	const char *glob, *encoding;
	const gw_decoder *decoder;
} encoding_rule;

static const gw_option rule_options[] = {
        {"glob", GW_OPT_STRING, offsetof(encoding_rule, glob), NULL, 0, 0, NULL, "Matched against the source path."},
        {"encoding", GW_OPT_STRING, offsetof(encoding_rule, encoding), NULL, 0, 0, NULL, "Its encoding."},
        {0},
};

typedef struct decode_state {
	const gw_decoder *fixed; /* NULL: auto */
	GW_LIST(encoding_rule) rules;
	uint64_t max_bytes;
	bool repair;
} decode_state;

static gw_status unknown(gw_diag *diag, const gw_place *at, const char *name)
{
	gw_buf names;
	gw_buf_init(&names);
	for (const gw_decoder *const *d = gw_decoders; *d; d++)
		gw_buf_printf(&names, "%s%s", names.len ? ", " : "", (*d)->name);
	gw_status s = gw_report(diag, GW_E_CONFIG_RANGE, at, "no encoding \"%s\"; known are %s", name, names.ptr);
	gw_buf_release(&names);
	return s;
}

static gw_status rules_read(decode_state *st, const gw_node *list, gw_arena *arena, gw_diag *diag)
{
	gw_status worst = GW_OK;
	if (list->kind != GW_NODE_LIST)
		return gw_report(diag, GW_E_CONFIG_TYPE, &list->at,
		        "encodings is %s; a list of {glob, encoding} was expected", gw_node_kind_name(list->kind));
	for (uint32_t i = 0; i < list->items.count; i++) {
		const gw_node *item = list->items.items[i];
		encoding_rule *r = GW_PUSH(arena, &st->rules);
		if (!gw_options_read(rule_options, item, r, arena, diag)) {
			worst = GW_FAILED;
			continue;
		}
		r->decoder = gw_decoder_find(r->encoding);
		if (!r->decoder)
			worst = unknown(diag, &gw_node_get(item, "encoding")->at, r->encoding);
	}
	return worst;
}

static gw_status decode_open(const void *settings, gw_knowledge *k, gw_arena *run_arena, void **state, gw_diag *diag)
{
	(void)k;
	const decode_settings *set = settings;
	decode_state *st = GW_NEW(run_arena, decode_state);
	gw_status worst = GW_OK;
	*state = st;
	st->max_bytes = (uint64_t)set->max_bytes;
	st->repair = set->mojibake == 0;
	if (strcmp(set->encoding.text, "auto") != 0) {
		st->fixed = gw_decoder_find(set->encoding.text);
		if (!st->fixed)
			worst = unknown(diag, &set->encoding.at, set->encoding.text);
	}
	if (set->encodings && rules_read(st, set->encodings, run_arena, diag) > GW_WARN)
		worst = GW_FAILED;
	return worst;
}

/* ---- a source ---- */

static gw_place place_of(const gw_source *s)
{
	gw_str path = s->opened_as.ptr ? s->opened_as : s->path;
	return (gw_place){.path = path.ptr ? gw_arena_str(s->arena, path).ptr : NULL};
}

/* A glob without '/' is about the file's name, whatever its folder. */
static bool glob_fits(const char *glob, const char *path)
{
	return gw_glob_match(glob, path) || (!strchr(glob, '/') && gw_glob_match(glob, gw_path_base(path)));
}

/* The configuration is obeyed. Where the bytes are clearly something else somebody should know. */
static gw_detected as_configured(const gw_decoder *d, const gw_source *s)
{
	gw_detected r = {.decoder = d, .source = "config"};
	const gw_decoder *other = gw_decoder_guess(s->raw, s->raw_len);
	/* both by what comes out, for ASCII the same */
	if (other && other != d &&
	        gw_bid_by_text(other, s->raw, s->raw_len) > gw_bid_by_text(d, s->raw, s->raw_len) + 150)
		r.configured = other;
	return r;
}

static gw_detected choose(const decode_state *st, const gw_source *s)
{
	gw_detected r = {.source = "bom"};
	r.decoder = gw_detect_mark(s->raw, s->raw_len, &r.skip);
	if (r.decoder)
		return r;
	const char *path = s->path.ptr ? gw_arena_str(s->arena, s->path).ptr : "";
	for (uint32_t i = 0; i < st->rules.count; i++)
		if (glob_fits(st->rules.items[i].glob, path))
			return as_configured(st->rules.items[i].decoder, s);
	return st->fixed ? as_configured(st->fixed, s) : gw_detect(s->raw, s->raw_len);
}

/* The first replacement in the text, so that somebody can go and look. */
static void place_of_first_bad(const gw_text *t, gw_place *at)
{
	const char *hit = memmem(t->bytes, t->byte_len, "\xEF\xBF\xBD", 3);
	if (!hit)
		return;
	at->byte_offset = (uint64_t)(hit - t->bytes);
	uint32_t c = (uint32_t)gw_utf8_count(t->bytes, (size_t)(hit - t->bytes)), line = 0;
	while (line + 1 < t->line_count && t->line_start[line + 1] <= c)
		line++;
	at->line = line + 1;
	at->column = c - t->line_start[line] + 1;
}

static bool is_blank(const gw_text *t)
{
	const char *p = t->bytes, *end = p + t->byte_len;
	uint32_t out[4];
	unsigned n;
	while (p < end) {
		gw_fold_class c = gw_fold(gw_utf8_next(&p, end), out, &n);
		if (c == GW_FOLD_KEEP || c == GW_FOLD_MORE)
			return false;
	}
	return true;
}

/* What can be said of a text once it is there. */
static gw_status report_doubts(gw_source *s, const gw_detected *how, gw_diag *diag)
{
	gw_status worst = GW_OK;
	gw_place at = place_of(s);
	if (how->configured)
		worst = gw_report(diag, GW_W_INPUT_DECLARED, &at, "configured as %s, but the bytes look like %s",
		        s->encoding, how->configured->name);
	else if (how->declared.ptr)
		worst = gw_report(diag, GW_W_INPUT_DECLARED, &at, "declared as \"%.*s\", but the bytes are %s",
		        (int)how->declared.len, how->declared.ptr, s->encoding);
	if (s->encoding_errors) {
		gw_place bad = at;
		place_of_first_bad(&s->text, &bad);
		worst = gw_report(diag, GW_W_INPUT_BYTES, &bad, "%u stretches of bytes that are no %s became U+FFFD",
		        s->encoding_errors, s->encoding);
	}
	if (is_blank(&s->text))
		worst = gw_report(diag, GW_W_INPUT_EMPTY, &at, "the input holds no text");
	return worst;
}

static gw_status worse(gw_status a, gw_status b)
{
	return a > b ? a : b;
}

/* Decodes, line by line where not all lines are in one encoding. */
static gw_status decode_bytes(gw_source *s, const gw_detected *how, const char **bytes, size_t *n, gw_diag *diag)
{
	if (how->whole)
		return GW_OK;
	const char *raw = *bytes;
	size_t raw_len = *n;
	gw_status status = how->decoder->decode(raw, raw_len, s->arena, bytes, n, &s->encoding_errors, diag);
	if (status > GW_WARN || (how->decoder == &gw_decoder_utf8 && !s->encoding_errors))
		return status;
	gw_mixed m = gw_mixed_decode(how->decoder, raw, raw_len, s->arena, bytes, n, &s->encoding_errors);
	if (!m.lines)
		return status;
	gw_place at = place_of(s);
	at.line = m.first_line;
	return gw_report(diag, GW_W_INPUT_MIXED, &at, "%u lines are not in %s as the rest is; this is the first, in %s",
	        m.lines, s->encoding, m.other);
}

static gw_status report_mojibake(const gw_source *s, const gw_mojibake *m, gw_diag *diag)
{
	gw_status worst = GW_OK;
	gw_place at = place_of(s);
	if (m->repaired || m->seen) {
		at.byte_offset = m->first;
		at.line = m->first_line;
		worst = gw_report(diag, GW_W_INPUT_MOJIBAKE, &at,
		        "%s had been shown as %s: %u stretches repaired, %u left as they are", m->really, m->shown,
		        m->repaired, m->seen);
	}
	if (m->lost) {
		at.byte_offset = m->first_lost;
		at.line = m->first_lost_line;
		worst = gw_report(diag, GW_W_INPUT_LOST, &at, 
		        "%u times U+FFFD or half a character had been shown as GBK; what stood there is gone", m->lost);
	}
	return worst;
}

static gw_status decode_source(const void *state, gw_source *s, gw_diag *diag)
{
	const decode_state *st = state;
	gw_text *t = &s->text;
	if (s->raw_len > st->max_bytes) {
		gw_place at = place_of(s);
		return gw_report(diag, GW_E_INPUT_SIZE, &at, "%llu bytes are more than max_bytes (%llu)",
		        (unsigned long long)s->raw_len, (unsigned long long)st->max_bytes);
	}
	gw_detected how = choose(st, s);
	if (!how.decoder) {
		gw_place at = place_of(s);
		if (how.binary)
			return gw_report(diag, GW_E_INPUT_BINARY, &at, "not text: this is %s", how.binary);
		if (how.foreign)
			return gw_report(diag, GW_E_INPUT_ENCODING, &at,
			        "the bytes seem to be %s, which is not read here", how.foreign);
		return gw_report(diag, GW_E_INPUT_ENCODING, &at, "the bytes are in no encoding that is known here");
	}
	const char *bytes = s->raw_len ? s->raw + how.skip : "";
	size_t n = s->raw_len - how.skip;
	s->encoding = how.decoder->name;
	s->encoding_source = how.source;
	gw_status worst = decode_bytes(s, &how, &bytes, &n, diag);
	if (worst > GW_WARN)
		return worst;
	gw_mojibake seen = gw_mojibake_mend(&bytes, &n, st->repair, s->arena);
	t->bytes = bytes;
	t->byte_len = (uint32_t)n;
	gw_text_index(t, s->arena);
	worst = worse(worst, report_mojibake(s, &seen, diag));
	return worse(worst, report_doubts(s, &how, diag));
}

const gw_stage gw_stage_decode = {
        .name = "decode",
        .summary = "Finds the encoding of an input and makes UTF-8 of it, with an index of its lines.",
        .reads = GW_HAS_RAW,
        .uses = GW_HAS_CONTENT,
        .writes = GW_HAS_TEXT,
        .options = options,
        .settings_size = sizeof(decode_settings),
        .open = decode_open,
        .source = decode_source,
};
