/* Tasks: the ledger's rows.
 *
 *   section with a list of units, a deadline or a target   -> one task, its marker and heading
 *   prose duty (X负责Y)                                     -> one task a verb phrase Y
 *
 * A due date governs its task: one behind 完成时间 for the whole section, else the first deadline of the section;
 * for prose and for quantities the deadline of the same sentence comes first. */
#include "link.h"

#include <stdlib.h>

/* Characters that name a paragraph's own item; from a unit to its bracket. */
enum { OPENING_LEAST = 4, BRACKET_MAX = 200 };

/* The tasks made so far: of a section, of a paragraph; GW_NONE where there is none. */
typedef struct task_map {
	uint32_t *of_section, *of_paragraph;
	bool *due_labelled; /* by section: its task is due as a label says */
} task_map;

/* First time at or behind a position. */
static uint32_t time_from(const gw_document *d, uint32_t pos)
{
	uint32_t lo = 0, hi = d->times.count;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (d->times.items[mid].span.begin < pos)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum { SENTENCE_MAX = 200 };

static bool is_due(const gw_time *t)
{
	return t->role == GW_TIME_DEADLINE;
}

/* Behind 完成时间:, or in a column below it. */
static bool has_due_label(const link_state *s, const gw_document *d, gw_span stretch, gw_span at)
{
	uint32_t p = at.begin;
	while (p > stretch.begin && (d->source->text.ch[p - 1] == ':' || d->source->text.ch[p - 1] == ' '))
		p--;
	if (p < at.begin && gw_token_before(&d->lattice, p, s->due_label))
		return true;
	const gw_table_cell *cell = gw_document_cell_at(d, at.begin);
	for (p = cell ? cell->header.begin : 0; cell && p < cell->header.end; p++)
		if (gw_token_at(&d->lattice, p, s->due_label))
			return true;
	return false;
}

/* The deadline of a stretch: one behind a label such as 完成时间 wins over the first. */
static uint32_t due_in(const link_state *s, const gw_document *d, gw_span at, bool *labelled)
{
	uint32_t first = GW_NONE;
	*labelled = false;
	for (uint32_t i = time_from(d, at.begin); i < d->times.count && d->times.items[i].span.begin < at.end; i++) {
		const gw_time *t = &d->times.items[i];
		if (!is_due(t))
			continue;
		if (has_due_label(s, d, at, t->span)) {
			*labelled = true;
			return i;
		}
		if (first == GW_NONE)
			first = i;
	}
	return first;
}

static bool governs(const gw_time *t)
{
	return is_due(t) || t->role == GW_TIME_SCHEDULE;
}

/* In a sentence a date governs what follows it until the next date; failing that, the first one behind. */
static uint32_t due_of_sentence(const gw_document *d, gw_span at)
{
	gw_span sentence = gw_document_sentence(d, at);
	uint32_t behind = time_from(d, at.begin + 1);
	for (uint32_t i = behind; i-- > 0 && d->times.items[i].span.begin >= sentence.begin;)
		if (governs(&d->times.items[i]))
			return i;
	for (uint32_t i = behind; i < d->times.count && d->times.items[i].span.begin < sentence.end; i++)
		if (governs(&d->times.items[i]))
			return i;
	return GW_NONE;
}

/* Where a heading is missing: the first words of the text, up to its 。 or 40 characters. */
static gw_span opening_words(const gw_document *d, gw_span text)
{
	const uint32_t *ch = d->source->text.ch;
	while (text.begin < text.end && (ch[text.begin] == 0x3002 || ch[text.begin] == '\n'))
		text.begin++; /* a text broken off before its first words */
	gw_span t = {text.begin, text.begin};
	while (t.end < text.end && t.end - t.begin < 40 && ch[t.end] != 0x3002 && ch[t.end] != '\n')
		t.end++;
	return t;
}

static gw_task *task_new(gw_document *d, gw_span span, uint32_t section, uint32_t rule)
{
	gw_task *t = GW_PUSH(d->source->arena, &d->tasks);
	*t = (gw_task){.span = span, .section = section, .rule = rule, .due = GW_NONE};
	return t;
}

/* The task of a section, made when first asked for. */
static uint32_t section_task(const link_state *s, gw_document *d, task_map *map, uint32_t section, uint32_t rule)
{
	if (section == GW_NONE || section >= d->sections.count)
		return GW_NONE;
	if (map->of_section[section] != GW_NONE)
		return map->of_section[section];
	const gw_section *sec = &d->sections.items[section];
	gw_span text = {sec->marker.end > sec->span.begin ? sec->marker.end : sec->span.begin, sec->span.end};
	gw_span title = gw_span_empty(sec->heading) ? opening_words(d, text) : sec->heading;
	/* The row stands where its heading stands; the whole text is the section's row. */
	gw_task *t = task_new(d, (gw_span){gw_span_empty(sec->marker) ? title.begin : sec->marker.begin, title.end}, section, rule);
	t->marker = sec->marker;
	t->title = title;
	t->due = due_in(s, d, sec->span, &map->due_labelled[section]);
	return map->of_section[section] = d->tasks.count - 1;
}

/* A section may run over several paragraphs, each with a list at its end: then each but the first is an item of its
 * own, named by its opening words. A list that has its paragraph to itself belongs to the section. */
static bool names_itself(const gw_document *d, const gw_duty *x, uint32_t p)
{
	const gw_section *sec = &d->sections.items[x->section];
	gw_span para = d->paragraphs.items[p];
	if (gw_document_cell_at(d, x->span.begin) || para.begin <= sec->span.begin || para.begin < sec->heading.end)
		return false;
	uint32_t list = x->label.begin < x->span.begin ? x->label.begin : x->span.begin;
	const uint32_t *ch = d->source->text.ch;
	for (uint32_t i = para.begin; i < list && i < para.end; i++)
		if (ch[i] == 0x3002 || ch[i] == '(' || ch[i] == '[')
			return i >= para.begin + OPENING_LEAST;
	return false;
}

static uint32_t paragraph_task(const link_state *s, gw_document *d, task_map *map, uint32_t p, const gw_duty *x)
{
	if (map->of_paragraph[p] == GW_NONE) {
		gw_span title = opening_words(d, d->paragraphs.items[p]);
		gw_task *t = task_new(d, title, x->section, x->rule);
		bool labelled;
		t->title = title;
		t->due = due_in(s, d, d->paragraphs.items[p], &labelled);
		map->of_paragraph[p] = d->tasks.count - 1;
	}
	return map->of_paragraph[p];
}

static bool opens(uint32_t c)
{
	return c == '(' || c == '[';
}

static bool closes(uint32_t c)
{
	return c == ')' || c == ']';
}

/* The deadline in the bracket that holds a list: (甲局负责,2025年底前完成). */
static uint32_t due_beside(const gw_document *d, gw_span unit)
{
	const uint32_t *ch = d->source->text.ch;
	uint32_t p = gw_document_paragraph_at(d, unit.begin);
	gw_span in = p == GW_NONE ? unit : d->paragraphs.items[p], at = unit;
	while (at.begin > in.begin && !opens(ch[at.begin - 1]) && unit.begin - at.begin < BRACKET_MAX)
		at.begin--;
	while (at.end < in.end && !closes(ch[at.end]) && at.end - unit.end < BRACKET_MAX)
		at.end++;
	if (at.begin == in.begin || !opens(ch[at.begin - 1]) || at.end == in.end || !closes(ch[at.end]))
		return GW_NONE;
	for (uint32_t i = time_from(d, at.begin); i < d->times.count && d->times.items[i].span.end <= at.end; i++)
		if (is_due(&d->times.items[i]))
			return i;
	return GW_NONE;
}

static void link_lists(const link_state *s, gw_document *d, task_map *map)
{
	uint32_t last = GW_NONE; /* the task of the unit before: one look a list */
	for (uint32_t i = 0; i < d->duties.count; i++) {
		gw_duty *x = &d->duties.items[i];
		if (x->prose || x->section >= d->sections.count)
			continue;
		uint32_t p = gw_document_paragraph_at(d, x->span.begin);
		bool own = p != GW_NONE && (map->of_paragraph[p] != GW_NONE || names_itself(d, x, p));
		x->task = own ? paragraph_task(s, d, map, p, x) : section_task(s, d, map, x->section, x->rule);
		uint32_t due = x->task == GW_NONE || x->task == last ? GW_NONE : due_beside(d, x->span);
		if (due != GW_NONE && (own || !map->due_labelled[x->section]))
			d->tasks.items[x->task].due = due;
		last = x->task;
	}
}

static gw_span duty_sentence(const gw_document *d, const gw_duty *x)
{
	gw_span at = x->span.begin < x->object.begin ? (gw_span){x->span.begin, x->object.end} : (gw_span){x->object.begin, x->span.end};
	gw_span sentence = gw_document_sentence(d, at);
	return gw_span_within(at, sentence) ? sentence : at;
}

typedef struct ordered {
	uint32_t span, title, index;
} ordered;

static int task_order(const void *x, const void *y)
{
	const ordered *a = x, *b = y;
	if (a->span != b->span)
		return a->span < b->span ? -1 : 1;
	if (a->title != b->title)
		return a->title < b->title ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* The objects of the prose duties by place, each with the task that it names; titles may lie within each other. */
typedef struct object_list {
	ordered *items; /* by begin: `index` is the task */
	uint32_t count;
	uint32_t *reach; /* the furthest end of those up to here */
} object_list;

/* Duties with one object are one task. */
static object_list link_prose(gw_document *d)
{
	gw_arena *a = d->source->arena;
	object_list o = {GW_NEW_N(a, ordered, d->duties.count + 1), 0, GW_NEW_N(a, uint32_t, d->duties.count + 1)};
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->duties.count; i++)
		if (d->duties.items[i].prose)
			o.items[n++] = (ordered){d->duties.items[i].object.begin, 0, i};
	if (n)
		qsort(o.items, n, sizeof *o.items, task_order);
	for (uint32_t i = 0; i < n; i++) {
		gw_duty *x = &d->duties.items[o.items[i].index];
		if (!o.count || o.items[o.count - 1].span != x->object.begin) {
			gw_task *t = task_new(d, duty_sentence(d, x), x->section, x->rule);
			t->title = x->object;
			uint32_t due = due_of_sentence(d, x->span);
			t->due = due != GW_NONE && is_due(&d->times.items[due]) ? due : GW_NONE;
			uint32_t before = o.count ? o.reach[o.count - 1] : 0;
			o.reach[o.count] = before > x->object.end ? before : x->object.end;
			o.items[o.count++] = (ordered){x->object.begin, 0, d->tasks.count - 1};
		}
		x->task = d->tasks.count - 1;
	}
	return o;
}

/* The task in whose words a stretch stands: of several the innermost. */
static uint32_t task_of_words(const gw_document *d, const object_list *o, gw_span at)
{
	uint32_t low = 0, high = o->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (o->items[middle].span <= at.begin)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && o->reach[low - 1] >= at.end) {
		low--;
		if (gw_span_within(at, d->tasks.items[o->items[low].index].title))
			return o->items[low].index;
	}
	return GW_NONE;
}

/* A target goes to the prose task whose words it stands in, else to its section. */
static uint32_t task_of_target(const link_state *s, gw_document *d, task_map *map, const object_list *o, const gw_quantity *q)
{
	uint32_t t = task_of_words(d, o, q->span), p = gw_document_paragraph_at(d, q->span.begin);
	if (t != GW_NONE)
		return t;
	if (p != GW_NONE && map->of_paragraph[p] != GW_NONE)
		return map->of_paragraph[p];
	return section_task(s, d, map, q->section, q->rule);
}

/* Tasks in text order; what points to them follows. */
static void order_tasks(gw_document *d, const task_map *map, uint32_t *of_target)
{
	gw_arena *a = d->source->arena;
	uint32_t n = d->tasks.count;
	ordered *order = GW_NEW_N(a, ordered, n + 1);
	uint32_t *place = GW_NEW_N(a, uint32_t, n + 1);
	gw_task *sorted = GW_NEW_N(a, gw_task, n + 1);
	for (uint32_t i = 0; i < n; i++)
		order[i] = (ordered){d->tasks.items[i].span.begin, d->tasks.items[i].title.begin, i};
	qsort(order, n, sizeof *order, task_order);
	for (uint32_t i = 0; i < n; i++) {
		sorted[i] = d->tasks.items[order[i].index];
		place[order[i].index] = i;
	}
	d->tasks.items = sorted;
	d->tasks.cap = n + 1;
	for (uint32_t i = 0; i < d->duties.count; i++)
		if (d->duties.items[i].task != GW_NONE)
			d->duties.items[i].task = place[d->duties.items[i].task];
	for (uint32_t i = 0; i < d->quantities.count; i++)
		if (of_target[i] != GW_NONE)
			of_target[i] = place[of_target[i]];
	for (uint32_t i = 0; i < d->sections.count; i++)
		if (map->of_section[i] != GW_NONE)
			map->of_section[i] = place[map->of_section[i]];
}

static bool comma_between(const gw_document *d, uint32_t from, uint32_t to)
{
	for (uint32_t p = from; p < to; p++)
		if (d->source->text.ch[p] == ',' || d->source->text.ch[p] == ';')
			return true;
	return false;
}

/* A day or year governs all that follows it; a length (5个工作日内) and what comes each year only their own phrase. */
static bool governs_from_afar(const gw_time *t)
{
	return governs(t) && t->edtf.len && !t->rrule.len;
}

/* The date that governs a number: the last before it in its sentence, past ; as well, else one behind it in its phrase. */
static uint32_t due_of_number(const gw_document *d, gw_span at)
{
	gw_span sentence = gw_document_sentence(d, at);
	uint32_t behind = time_from(d, at.begin + 1), p = gw_document_paragraph_at(d, at.begin);
	uint32_t begin = sentence.begin, low = p == GW_NONE ? begin : d->paragraphs.items[p].begin;
	while (begin > low && sentence.begin - begin < SENTENCE_MAX && d->source->text.ch[begin - 1] != 0x3002)
		begin--;
	for (uint32_t i = behind; i-- > 0 && d->times.items[i].span.begin >= begin;) {
		const gw_time *t = &d->times.items[i];
		if (governs_from_afar(t) ? t->span.begin >= sentence.begin || t->role != GW_TIME_SCHEDULE
		                         : governs(t) && !comma_between(d, t->span.end, at.begin))
			return i;
	}
	for (uint32_t i = behind; i < d->times.count && d->times.items[i].span.begin < sentence.end; i++)
		if (governs(&d->times.items[i]))
			return comma_between(d, at.end, d->times.items[i].span.begin) ? GW_NONE : i;
	return GW_NONE;
}

/* 到2030年,主要指标如下: the words that lead in a list of items are those of its section before the first of them. */
static uint32_t due_of_lead(const gw_document *d, uint32_t section)
{
	uint32_t parent = section < d->sections.count ? d->sections.items[section].parent : GW_NONE, due = GW_NONE;
	if (parent == GW_NONE)
		return GW_NONE;
	gw_span lead = d->sections.items[parent].span;
	uint32_t end = lead.end;
	while (end > lead.begin && (d->source->text.ch[end - 1] == '\n' || d->source->text.ch[end - 1] == ' '))
		end--;
	if (end == lead.begin || d->source->text.ch[end - 1] != ':')
		return GW_NONE;
	for (uint32_t i = time_from(d, lead.begin); i < d->times.count && d->times.items[i].span.begin < end; i++)
		due = is_due(&d->times.items[i]) && d->times.items[i].relation == GW_REL_BY ? i : due;
	return due;
}

/* The section's 完成时间 governs quantities whose own sentence names no date. */
static void link_due_of_quantities(const link_state *s, gw_document *d)
{
	uint32_t known = GW_NONE, due = GW_NONE; /* the section asked for last: quantities come in text order */
	for (uint32_t i = 0; i < d->quantities.count; i++) {
		gw_quantity *q = &d->quantities.items[i];
		if (!q->target || q->due != GW_NONE)
			continue;
		q->due = due_of_number(d, q->span);
		if (q->due != GW_NONE || q->section >= d->sections.count)
			continue;
		if (known != q->section) {
			bool labelled;
			due = due_in(s, d, d->sections.items[q->section].span, &labelled);
			due = labelled ? due : due_of_lead(d, q->section);
			known = q->section;
		}
		q->due = due;
	}
}

static void collect_members(gw_document *d, const uint32_t *target_task)
{
	gw_arena *a = d->source->arena;
	for (uint32_t i = 0; i < d->duties.count; i++) {
		gw_duty *x = &d->duties.items[i];
		if (x->task == GW_NONE)
			continue;
		gw_task *t = &d->tasks.items[x->task];
		*GW_PUSH(a, &t->duties) = i;
		t->duty_count++;
		if (x->due == GW_NONE)
			x->due = t->due;
	}
	for (uint32_t i = 0; i < d->quantities.count; i++) {
		if (target_task[i] == GW_NONE)
			continue;
		gw_task *t = &d->tasks.items[target_task[i]];
		*GW_PUSH(a, &t->targets) = i;
		t->target_count++;
	}
}

/* A deadline makes a task of its section, unless it stands in the words of a prose duty that it governs. */
static void link_deadlines(const link_state *s, gw_document *d, task_map *map, const object_list *o)
{
	for (uint32_t i = 0; i < d->times.count; i++) {
		const gw_time *t = &d->times.items[i];
		uint32_t p = gw_document_paragraph_at(d, t->span.begin);
		if (!is_due(t) || (p != GW_NONE && map->of_paragraph[p] != GW_NONE))
			continue;
		uint32_t prose = task_of_words(d, o, t->span);
		if (prose == GW_NONE || d->tasks.items[prose].due != i)
			section_task(s, d, map, t->section, t->rule);
	}
}

/* What a list says of an item goes for the items below it that name nobody: 完成时限 too. */
static void inherit(gw_document *d, const task_map *map)
{
	gw_arena *a = d->source->arena;
	uint32_t *giver = GW_NEW_N(a, uint32_t, d->sections.count + 1);
	for (uint32_t i = 0; i < d->sections.count; i++) {
		uint32_t up = d->sections.items[i].parent, own = map->of_section[i];
		giver[i] = up == GW_NONE ? GW_NONE : giver[up];
		if (own == GW_NONE)
			continue;
		gw_task *t = &d->tasks.items[own];
		if (t->duty_count) {
			giver[i] = i;
			continue;
		}
		if (giver[i] == GW_NONE)
			continue;
		const gw_task *from = &d->tasks.items[map->of_section[giver[i]]];
		for (uint32_t k = 0; k < from->duty_count; k++)
			*GW_PUSH(a, &t->duties) = from->duties.items[k];
		t->duty_count = from->duty_count;
		if (t->due == GW_NONE && map->due_labelled[giver[i]])
			t->due = from->due;
		giver[i] = i;
	}
}

/* 以上各项由甲局负责 goes for the items beside its own, up to it, that name nobody. */
static void inherit_above(const link_state *s, gw_document *d, const task_map *map)
{
	gw_arena *a = d->source->arena;
	bool *named = NULL; /* by section: its task had duties before */
	for (uint32_t i = 0; i < d->duties.count; i++) {
		const gw_duty *x = &d->duties.items[i];
		if (!x->prose || x->section >= d->sections.count || !gw_token_at(&d->lattice, x->object.begin, s->duty_above))
			continue;
		uint32_t parent = d->sections.items[x->section].parent;
		if (!named) {
			named = GW_NEW_N(a, bool, d->sections.count);
			for (uint32_t j = 0; j < d->sections.count; j++)
				named[j] = map->of_section[j] != GW_NONE && d->tasks.items[map->of_section[j]].duty_count;
		}
		for (uint32_t j = parent + 1; parent != GW_NONE && j <= x->section; j++) {
			if (d->sections.items[j].parent != parent || map->of_section[j] == GW_NONE || named[j])
				continue;
			gw_task *t = &d->tasks.items[map->of_section[j]];
			*GW_PUSH(a, &t->duties) = i;
			t->duty_count++;
		}
	}
}

void gw_link_tasks(const link_state *s, gw_document *d)
{
	gw_arena *a = d->source->arena;
	task_map map = {GW_NEW_N(a, uint32_t, d->sections.count + 1), GW_NEW_N(a, uint32_t, d->paragraphs.count + 1),
		GW_NEW_N(a, bool, d->sections.count + 1)};
	uint32_t *of_target = GW_NEW_N(a, uint32_t, d->quantities.count + 1);
	memset(map.of_section, 0xFF, (d->sections.count + 1) * sizeof *map.of_section);
	memset(map.of_paragraph, 0xFF, (d->paragraphs.count + 1) * sizeof *map.of_paragraph);
	memset(of_target, 0xFF, (d->quantities.count + 1) * sizeof *of_target);
	link_due_of_quantities(s, d);
	object_list objects = link_prose(d);
	link_lists(s, d, &map);
	link_deadlines(s, d, &map, &objects);
	for (uint32_t i = 0; i < d->quantities.count; i++)
		if (d->quantities.items[i].target)
			of_target[i] = task_of_target(s, d, &map, &objects, &d->quantities.items[i]);
	order_tasks(d, &map, of_target);
	collect_members(d, of_target);
	inherit_above(s, d, &map);
	inherit(d, &map);
}
