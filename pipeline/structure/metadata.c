/* What a document says about itself: the table of a web page, the notes below the title, the signature, the clause on
 * its effect. Sources of a value are asked in a fixed order, the more exact first. */
#include "structure.h"
#include "gw/fold.h"

enum { TABLE_LINES = 80, NOTE_LINES = 8, SIGNATURE_MAX = 60, PRINTED_LINES = 6, BYLINE_MAX = 30, ORGAN_MAX = 40 };

static gw_str edtf(const gw_lines *l, const gw_date *d)
{
	return gw_date_edtf(l->arena, d, GW_EDGE_WHOLE);
}

/* The first source to know a value is believed; those behind it are not asked. */
static void set(gw_str *field, gw_str value)
{
	if (!field->len && value.len)
		*field = value;
}

/* ---- the table: labels and values ---- */

typedef struct found_label {
	gw_label kind;
	gw_span label, value;
} found_label;

/* The label that ends at a colon. It must begin the line, or stand behind a blank or a sign: 印发时间 is not 时间. */
static bool label_before(const gw_lines *l, gw_span line, uint32_t colon, found_label *out)
{
	uint32_t best = 0;
	for (int k = 0; k < GW_LABELS; k++) {
		uint32_t n = gw_words_end(&l->words->labels[k], l->text->ch, (gw_span){line.begin, colon});
		if (n > best) {
			best = n;
			out->kind = (gw_label)k;
		}
	}
	out->label = (gw_span){colon - best, colon};
	return best && (out->label.begin == line.begin || gw_text_gap(l->text, out->label.begin) ||
	                       !gw_is_han(l->text->ch[out->label.begin - 1]));
}

/* Cells of a table come with its rules, and a bracket may open the next cell. */
static gw_span trimmed(const gw_text *t, gw_span s)
{
	while (s.begin < s.end && (t->ch[s.begin] == ' ' || t->ch[s.begin] == '|'))
		s.begin++;
	while (s.end > s.begin && (t->ch[s.end - 1] == ' ' || t->ch[s.end - 1] == '|' || t->ch[s.end - 1] == '['))
		s.end--;
	return s;
}

/* Labels may share a line: 发布时间:… 来源:…. Each value reaches to the next label. */
static uint32_t labels_of(const gw_lines *l, gw_span line, found_label out[8])
{
	uint32_t n = 0;
	for (uint32_t p = line.begin + 1; p < line.end && n < 8; p++)
		if (l->text->ch[p] == ':' && label_before(l, line, p, &out[n])) {
			out[n].value = (gw_span){p + 1, line.end};
			if (n)
				out[n - 1].value.end = out[n].label.begin;
			n++;
		}
	for (uint32_t i = 0; i < n; i++)
		out[i].value = trimmed(l->text, out[i].value);
	return n;
}

/* A value that is not of its label's kind (无, -) is none, so that the text itself is asked. */
static void take_value(gw_lines *l, gw_document *d, gw_label kind, gw_span value)
{
	gw_date date;
	gw_str text = gw_span_source(l->arena, l->text, value);
	bool has_date = gw_find_date(l->text, value, &date);
	if (gw_span_len(value) < 2)
		return;
	switch (kind) {
	case GW_LABEL_TITLE:
		if (gw_span_empty(d->title))
			d->title = value;
		break;
	case GW_LABEL_ISSUER:
		set(&d->issuer, text);
		break;
	case GW_LABEL_NUMBER:
		if (gw_is_digit(l->text->ch[value.end - 2]))
			set(&d->number, text);
		break;
	case GW_LABEL_WRITTEN:
		if (has_date)
			set(&d->issued_on, edtf(l, &date));
		break;
	case GW_LABEL_PUBLISHED:
		if (has_date)
			set(&l->published, edtf(l, &date));
		break;
	case GW_LABEL_EFFECTIVE:
		if (has_date)
			set(&d->effective_on, edtf(l, &date));
		break;
	default:
		break;
	}
}

/* A value may stand on the line below its label. The last label of a table often has none, and then the line below is
 * the document's first; so a label that we do not need takes a line only if another label follows. */
static bool value_below(const gw_lines *l, uint32_t i, gw_label kind)
{
	found_label other[8];
	if (i + 1 >= l->list.count || labels_of(l, l->list.items[i + 1].span, other))
		return false;
	gw_span next = l->list.items[i + 1].span;
	if (l->text->ch[next.end - 1] == ':')
		return false;
	return kind != GW_LABEL_OTHER || (i + 2 < l->list.count && labels_of(l, l->list.items[i + 2].span, other) > 0);
}

void gw_metadata_table(gw_lines *l, gw_document *d)
{
	for (uint32_t i = 0; i < l->list.count && i < TABLE_LINES; i++) {
		gw_line *line = &l->list.items[i];
		found_label found[8];
		uint32_t n = labels_of(l, line->span, found);
		if (n == 0) {
			/* A dash may begin the line below a title that says where a report was given. */
			gw_style marker = line->marker.style;
			if (l->text->ch[line->span.end - 1] == 0x3002 ||
			        (marker != GW_STYLE_NONE && marker != GW_STYLE_DASH))
				return;
			continue;
		}
		line->role = GW_LINE_LABEL;
		if (gw_span_empty(found[n - 1].value) && value_below(l, i, found[n - 1].kind)) {
			found[n - 1].value = line[1].span;
			line[1].role = GW_LINE_LABEL;
			i++;
		}
		for (uint32_t k = 0; k < n; k++)
			take_value(l, d, found[k].kind, found[k].value);
	}
}

/* ---- names of organs ---- */

/* A name put together from a stretch without what only counts in it: 第五届, 2026年. Stops at the first word of `stops`
 * (may be NULL). Empty unless it ends like an organ. */
static gw_str organ_of(const gw_lines *l, gw_span s, bool stops)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	uint32_t *name = GW_NEW_N(l->arena, uint32_t, gw_span_len(s) + 1), n = 0;
	for (uint32_t p = s.begin; p < s.end; p++) {
		gw_date year;
		gw_span terms = gw_words_find(&w->terms, ch, (gw_span){p, s.end < p + 8 ? s.end : p + 8});
		if (gw_words_begin(&w->counts, ch, (gw_span){p, s.end}) && !gw_span_empty(terms)) {
			p = terms.end - 1; /* 第 … 届 */
			continue;
		}
		if (gw_read_date(ch, l->text->len, p, &year) && year.span.end <= s.end) {
			p = year.span.end - 1;
			continue;
		}
		gw_span rest = {p, s.end};
		if (stops && (gw_words_begin(&w->between, ch, rest) || gw_words_begin(&w->counts, ch, rest) ||
		                     gw_words_begin(&w->adopted, ch, rest) || gw_words_begin(&w->issued, ch, rest)))
			break;
		if (ch[p] != '\n' && ch[p] != ' ' && ch[p] != '(')
			name[n++] = ch[p];
	}
	uint32_t ending = gw_issuer_end(w, name, (gw_span){0, n}, true);
	return ending && ending < n + (n > 2) ? gw_fold_to_utf8(l->arena, name, n) : (gw_str){0};
}

/* 国务院办公厅 关于 …; 平原县财政局 20xx年 …. `strong`: by its ending alone, without a word like 关于 behind it. */
static gw_str issuer_in_title(const gw_lines *l, gw_span title, bool strong)
{
	const uint32_t *ch = l->text->ch;
	if (!strong) {
		gw_span opener = gw_words_find(&l->words->openers, ch, title);
		gw_span name = {title.begin, opener.begin};
		return gw_span_empty(opener) || gw_span_len(name) < 3 || ch[title.begin] == 0x300A
		               ? (gw_str){0}
		               : organ_of(l, name, false);
	}
	for (uint32_t p = title.begin + 4; p < title.end; p++)
		if (gw_issuer_end(l->words, ch, (gw_span){title.begin, p}, false))
			return organ_of(l, (gw_span){title.begin, p}, false);
	return (gw_str){0};
}

/* ---- notes below the title ---- */

typedef struct notes {
	gw_str adopted, issued, effective, given, dated; /* EDTF */
	gw_str adopter, issuer, speaker, number;
} notes;

/* 国务院令第252号 before 发布: the number of the order that made it known. */
static gw_str order_in(const gw_lines *l, gw_span clause)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	for (uint32_t p = clause.begin; p < clause.end; p++) {
		uint32_t order = gw_words_begin(&w->orders, ch, (gw_span){p, clause.end}), q = p + order;
		uint32_t count = order ? gw_words_begin(&w->counts, ch, (gw_span){q, clause.end}) : 0, digits = 0;
		for (q += count; count && q < clause.end && gw_is_digit(ch[q]); q++)
			digits++;
		uint32_t unit = digits ? gw_words_begin(&w->number_units, ch, (gw_span){q, clause.end}) : 0;
		if (unit)
			return gw_span_source(l->arena, l->text, trimmed(l->text, (gw_span){clause.begin, q + unit}));
	}
	return (gw_str){0};
}

/* What stands behind a date says what was done then, and by whom before it says what. */
static void take_clause(const gw_lines *l, const gw_date *date, gw_span clause, notes *n)
{
	const gw_words *w = l->words;
	bool adopted = gw_line_says(&w->adopted, l->text->ch, clause);
	if (adopted) {
		n->adopted = edtf(l, date); /* the last one: so the text came to be as it stands */
		set(&n->adopter, organ_of(l, clause, true));
	}
	if (gw_line_says(&w->issued, l->text->ch, clause)) {
		n->issued = edtf(l, date);
		n->number = order_in(l, clause);
		set(&n->issuer, organ_of(l, clause, true));
	} else if (!adopted && gw_line_says(&w->effective, l->text->ch, clause)) {
		n->effective = edtf(l, date);
	} else if (!adopted && gw_line_says(&w->delivered, l->text->ch, clause)) {
		n->given = edtf(l, date);
	}
}

/* A note may tell of many dates; what each is for stands behind it. Other documents' names, 《…》, are left out. */
static void take_note(const gw_lines *l, gw_span s, notes *n)
{
	const gw_text *t = l->text;
	gw_date date = {0}, next;
	uint32_t depth = 0;
	bool have = false;
	for (uint32_t p = s.begin; p < s.end; p++) {
		if (t->ch[p] == 0x300A)
			depth++;
		else if (t->ch[p] == 0x300B && depth)
			depth--;
		if (depth || !gw_date_at(t, p, s.end, &next))
			continue;
		if (have)
			take_clause(l, &date, (gw_span){date.span.end, p}, n);
		date = next;
		have = true;
		p = date.span.end - 1;
	}
	if (have)
		take_clause(l, &date, (gw_span){date.span.end, s.end}, n);
}

/* A bracket that opens on one line may close on a later one. */
static gw_span note_span(const gw_lines *l, uint32_t i, uint32_t *lines)
{
	gw_span s = l->list.items[i].span;
	*lines = 1;
	if (l->text->ch[s.begin] != '(')
		return s;
	for (uint32_t k = i; k < l->list.count && k < i + 5; k++) {
		gw_span end = l->list.items[k].span;
		if (l->text->ch[end.end - 1] == ')') {
			*lines = k - i + 1;
			return (gw_span){s.begin, end.end};
		}
	}
	return s;
}

/* 国办发[2020]53号, …令第707号, and 第707号 below a line that ends with 令. */
static bool is_number(const gw_lines *l, uint32_t i, gw_span *out)
{
	const uint32_t *ch = l->text->ch;
	gw_span s = l->list.items[i].span;
	uint32_t unit = gw_words_end(&l->words->number_units, ch, s), p = s.end - unit, digits = 0;
	*out = s;
	while (p > s.begin && (gw_is_digit(ch[p - 1]) || ch[p - 1] == 'x' || ch[p - 1] == 'X')) {
		p--;
		digits++;
	}
	if (!unit || !digits || gw_span_len(s) > 40)
		return false;
	if (p > s.begin && gw_words_end(&l->words->counts, ch, (gw_span){s.begin, p})) {
		p -= gw_words_end(&l->words->counts, ch, (gw_span){s.begin, p});
		gw_span before = p > s.begin ? (gw_span){s.begin, p} : i ? l->list.items[i - 1].span : s;
		if (gw_words_end(&l->words->orders, ch, before)) {
			out->begin = before.begin;
			return true;
		}
	}
	return p > s.begin + 6 && (ch[p - 1] == ']' || ch[p - 1] == ')') && (ch[p - 6] == '[' || ch[p - 6] == '(');
}

/* Notes stand above the text; below a title that stands in the text (an order brings a regulation with it) they are
 * looked for in the next lines as well. They number no sections, whatever they begin with. */
static void read_notes(gw_lines *l, gw_document *d, notes *n)
{
	uint32_t to = l->title_end ? l->title_end + NOTE_LINES : 0, lines;
	for (uint32_t i = 0; i < l->list.count && (i < l->body || i < to); i++) {
		gw_line *line = &l->list.items[i];
		gw_span number, note = note_span(l, i, &lines);
		gw_date date;
		if (line->role != GW_LINE_TEXT)
			continue;
		if (gw_line_is_note(l, note)) {
			take_note(l, note, n);
		} else if (is_number(l, i, &number)) {
			set(&d->number, gw_span_source(l->arena, l->text, number));
			lines = 1;
		} else if (i < l->body && gw_line_is_date(l, line->span, &date)) {
			set(&n->dated, edtf(l, &date));
			lines = 1;
		} else {
			if (i >= l->body && i >= l->title_end)
				return;
			/* 某省人民政府省长 某某: who gave the report */
			gw_span post = gw_words_find(&l->words->posts, l->text->ch, line->span);
			if (l->title_end && i < l->body && gw_span_len(line->span) <= BYLINE_MAX &&
			        !gw_span_empty(post))
				set(&n->speaker, organ_of(l, (gw_span){line->span.begin, post.begin}, false));
			continue;
		}
		for (; lines; lines--, i++) {
			l->list.items[i].role = GW_LINE_NOTE;
			l->list.items[i].marker.style = GW_STYLE_NONE;
		}
		i--;
	}
}

/* ---- what the text begins with ---- */

enum { LETTER_LINES = 3, SPEECH_LINES = 8 };

/* 《…规则》已经2004年6月16日…会议通过,现予印发: when was adopted what this brings into force. */
static gw_str adopted_before(const gw_lines *l)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	for (uint32_t i = l->body; i < l->list.count && i < l->body + LETTER_LINES; i++) {
		gw_span s = l->list.items[i].span;
		uint32_t p = s.begin, stop = s.begin;
		gw_date date;
		while (stop < s.end && ch[stop] != 0x3002)
			stop++;
		while (p < stop && ch[p] != 0x300B)
			p++;
		if (ch[s.begin] != 0x300A || p == stop)
			continue;
		uint32_t passed = gw_words_begin(&w->passed, ch, (gw_span){p + 1, stop}), q = p + 1 + passed;
		if (!passed || !gw_date_at(l->text, q, stop, &date))
			continue;
		gw_span adopted = gw_words_find(&w->adopted, ch, (gw_span){date.span.end, stop});
		if (!gw_span_empty(adopted) && gw_line_says(&w->issued, ch, (gw_span){adopted.end, stop}))
			return edtf(l, &date);
	}
	return (gw_str){0};
}

/* 我代表国务院,向大会作政府工作报告: whose report it is. And what a meeting decides is the word of what met. */
static gw_str issuer_in_text(const gw_lines *l)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	for (uint32_t i = 0; i < l->list.count && i < l->body + SPEECH_LINES; i++) {
		const gw_line *line = &l->list.items[i];
		gw_span s = line->span, word = gw_words_find(&w->speaks_for, ch, s);
		if (line->role != GW_LINE_TEXT)
			continue;
		uint32_t p = gw_span_empty(word) ? s.begin : word.end;
		if (gw_span_empty(word) && !gw_words_begin(&w->counts, ch, s))
			continue;
		for (uint32_t q = p; q < s.end && q < p + ORGAN_MAX; q++) {
			bool ends = gw_span_empty(word) ? gw_words_begin(&w->meets, ch, (gw_span){q, s.end}) != 0
			                                : ch[q] == ',' || gw_words_begin(&w->to_whom, ch, (gw_span){q, s.end});
			gw_str name = ends ? organ_of(l, (gw_span){p, q}, gw_span_empty(word)) : (gw_str){0};
			if (name.len)
				return name;
		}
	}
	return (gw_str){0};
}

/* ---- the signature: names above a date, behind the text ---- */

/* Names of organs end like organs; a person signs with the post. Neither ends a sentence. */
static bool signs(const gw_lines *l, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	if (gw_span_len(s) > SIGNATURE_MAX || gw_ends_sentence(ch[s.end - 1]))
		return false;
	return gw_issuer_end(l->words, ch, s, true) || !gw_span_empty(gw_words_find(&l->words->posts, ch, s));
}

/* The first one: what follows it are annexes, signed by others perhaps. */
static gw_str find_signature(gw_lines *l, gw_str *issuer)
{
	for (uint32_t i = l->body + 1; i < l->list.count; i++) {
		const gw_line *line = &l->list.items[i];
		gw_date date;
		if (line->role != GW_LINE_TEXT || gw_span_len(line->span) > SIGNATURE_MAX ||
		        !gw_find_date(l->text, line->span, &date))
			continue;
		gw_span name = line[-1].span, rest = {date.span.begin, line->span.end};
		uint32_t from = i - 1;
		if (!gw_line_is_date(l, rest, &date))
			continue;
		if (date.span.begin > line->span.begin) { /* name and date on one line */
			name = (gw_span){line->span.begin, date.span.begin};
			from = i;
		} else if (line[-1].role != GW_LINE_TEXT || line[-1].marker.style != GW_STYLE_NONE) {
			continue;
		}
		if (!signs(l, name))
			continue;
		while (from > l->body && from < i && signs(l, l->list.items[from - 1].span) &&
		        l->list.items[from - 1].role == GW_LINE_TEXT)
			name = l->list.items[--from].span; /* several sign: the first is named first */
		if (gw_issuer_end(l->words, l->text->ch, name, true))
			*issuer = gw_span_source(l->arena, l->text, trimmed(l->text, name));
		l->signed_off = true;
		l->sign_from = from;
		l->sign_to = i + 1;
		return edtf(l, &date);
	}
	return (gw_str){0};
}

/* ---- taking effect ---- */

/* 自2019年1月1日起施行, 自发布之日起施行: p is behind 自. */
static gw_str effect_at(const gw_lines *l, const gw_document *d, gw_span s)
{
	const uint32_t *ch = l->text->ch;
	const gw_words *w = l->words;
	gw_date date;
	gw_str when = {0};
	uint32_t verb;
	if (gw_read_date(ch, l->text->len, s.begin, &date) && date.span.end <= s.end && date.year != -1) {
		when = edtf(l, &date);
		s.begin = date.span.end;
	} else if ((verb = gw_words_begin(&w->issued, ch, s)) != 0) {
		when = d->issued_on;
		s.begin += verb + gw_words_begin(&w->effect_day, ch, (gw_span){s.begin + verb, s.end});
	} else if ((verb = gw_words_begin(&w->adopted, ch, s)) != 0) {
		when = d->adopted_on;
		s.begin += verb + gw_words_begin(&w->effect_day, ch, (gw_span){s.begin + verb, s.end});
	}
	uint32_t since = when.len ? gw_words_begin(&w->effect_since, ch, s) : 0;
	if (!since || !gw_words_begin(&w->effective, ch, (gw_span){s.begin + since, s.end}))
		return (gw_str){0};
	return when;
}

/* The document must speak of itself: 本条例自…, or of what it brings into force: 现将…公布,自…. */
static bool speaks_of_itself(const gw_lines *l, gw_span before)
{
	const uint32_t *ch = l->text->ch;
	uint32_t begin = before.end;
	while (begin > before.begin && ch[begin - 1] != 0x3002 && ch[begin - 1] != ';')
		begin--;
	gw_span s = {begin, before.end};
	if (gw_words_begin(&l->words->self, ch, s) && gw_span_len(s) <= 20)
		return true;
	return !gw_span_empty(s) && ch[s.end - 1] == ',' && gw_line_says(&l->words->issued, ch, s);
}

/* The last such clause counts: it stands among the final provisions, before it perhaps in the order above them. */
static void find_effect(const gw_lines *l, gw_document *d)
{
	const uint32_t *ch = l->text->ch;
	gw_str last = {0};
	for (uint32_t i = l->body; i < l->list.count; i++) {
		const gw_line *line = &l->list.items[i];
		if (line->role != GW_LINE_TEXT)
			continue;
		gw_span rest = {line->marker.body, line->span.end}, from;
		for (; !gw_span_empty(from = gw_words_find(&l->words->effect_from, ch, rest)); rest.begin = from.begin + 1) {
			if (!speaks_of_itself(l, (gw_span){line->marker.body, from.begin}))
				continue;
			gw_str when = effect_at(l, d, (gw_span){from.end, line->span.end});
			if (when.len)
				last = when;
		}
	}
	set(&d->effective_on, last);
}

/* (来源:《人民日报》2023年10月25日第5版) below the text. */
static gw_str find_printed(const gw_lines *l)
{
	uint32_t n = l->list.count;
	for (uint32_t i = n > PRINTED_LINES ? n - PRINTED_LINES : 0; i < n; i++) {
		gw_span s = l->list.items[i].span;
		gw_date date;
		gw_span word = gw_words_find(&l->words->printed, l->text->ch, s);
		if (!gw_span_empty(word) && word.begin < s.begin + 3 && gw_find_date(l->text, s, &date))
			return edtf(l, &date);
	}
	return (gw_str){0};
}

/* ---- all together ---- */

void gw_metadata_notes(gw_lines *l, gw_document *d)
{
	notes n = {0};
	gw_str signer = {0};
	read_notes(l, d, &n);
	gw_str signed_on = find_signature(l, &signer);
	/* By now the table has set what it knows. */
	set(&d->adopted_on, n.adopted);
	set(&d->adopted_on, adopted_before(l));
	set(&d->number, n.number);
	/* A text that was changed after it was first published is not the one published then. */
	if (!n.adopted.len || gw_str_cmp(n.issued, n.adopted) >= 0)
		set(&d->issued_on, n.issued);
	set(&d->issued_on, signed_on);
	set(&d->issued_on, n.dated);
	set(&d->issued_on, n.given);
	set(&d->issued_on, l->published);
	set(&d->issued_on, find_printed(l));
	set(&d->effective_on, n.effective);
	find_effect(l, d);
	/* A name before 关于 is the issuer's beyond doubt; a signature may be the printer's, a bare ending is a guess.
	 */
	set(&d->issuer, issuer_in_title(l, d->title, false));
	set(&d->issuer, n.issuer);
	set(&d->issuer, n.adopter);
	set(&d->issuer, signer);
	set(&d->issuer, issuer_in_title(l, d->title, true));
	set(&d->issuer, n.speaker);
	set(&d->issuer, issuer_in_text(l));
}
