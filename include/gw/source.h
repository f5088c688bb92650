/* gw/source.h - a source and the documents in it: where all stages meet.
 *
 *   raw bytes --decode--> text (UTF-8 + lines) --normalize--> folded characters + map --split--> documents
 *   --structure--> metadata, sections --scan--> lattice --extract--> times, agencies, quantities, duties
 *   --link--> tasks, organizations --tabulate--> rows
 *
 * One input file is a gw_source; each document in it (usually one, several in a compilation) a gw_document.
 * Everything here lives in source->arena (lifetime: document), but for the lattice: gw_rooms. Unless said otherwise a gw_span counts folded
 * characters of the whole source, so a span means the same to every stage; gw_source_place turns it into
 * source positions. Every list is written once, by the stage that owns it, then only read. */
#ifndef GW_SOURCE_H
#define GW_SOURCE_H

#include "gw/diag.h"

/* ---- decoded and folded text ---- */
enum { GW_BYTE_STEP = 8 };

typedef struct gw_text {
	/* The decoded source, before any folding: valid UTF-8, BOM left out. */
	const char *bytes;
	uint32_t byte_len;
	uint32_t char_count;        /* code points in it */
	const uint32_t *byte_at;    /* byte offset of every 8th code point: byte_at[i] for character GW_BYTE_STEP * i */
	const uint32_t *line_start; /* character at which each line begins; LF ends a line, CR LF too; a lone CR does */
	uint32_t line_count;        /* at least 1 */

	/* The folded text: one code point an element. '\n' parts paragraphs; lines broken within a sentence are
	 * joined and blanks between Han characters are dropped, so a word is never interrupted. */
	const uint32_t *ch;
	const uint32_t *src; /* len + 1 source character positions, never falling; src[len] == char_count */
	uint32_t len;
	const uint64_t *signs; /* a bit for each of them that ends a sentence or is 《 or 》 (gw_text_signs) */
} gw_text;

typedef struct gw_place_in_text {
	uint32_t line;                /* 1-based line of the source */
	uint32_t char_start, char_end; /* code points of the decoded source */
	gw_str text;                  /* that very stretch; points into text->bytes */
} gw_place_in_text;

/* ---- structure ---- */
typedef enum gw_section_kind {
	GW_SEC_PREAMBLE, GW_SEC_CHAPTER, GW_SEC_ARTICLE, GW_SEC_PART, GW_SEC_ITEM, GW_SEC_POINT,
	GW_SEC_SUBPOINT, GW_SEC_DASH, GW_SEC_PARAGRAPH, GW_SEC_KINDS
} gw_section_kind;
extern const char *const gw_section_kind_names[GW_SEC_KINDS];

typedef struct gw_section {
	gw_str id;             /* "2.1.3"; "0" is the preamble */
	uint32_t parent;       /* index in document->sections, or GW_NONE */
	uint32_t depth;        /* 0 for top level */
	gw_section_kind kind;
	uint32_t ordinal;      /* the number its marker says, 0 for none */
	gw_span span;          /* its own text: from the marker to the next section of any depth */
	gw_span branch;        /* its own text and all below it */
	gw_span marker;        /* 第一条, 一、, (一) … ; may be empty */
	gw_span heading;       /* behind the marker: the line, or the run-in heading up to its 。 */
} gw_section;

/* A cell of a table whose cells stand each on a line of its own, or parted by tabs, wide blanks or '|'. A cell of several
 * paragraphs comes once for each. Empty cells, headers and the numbers of rows are no cells. */
typedef struct gw_table_cell {
	gw_span span;
	gw_span header;        /* what stands above its column */
	uint32_t section;      /* its row: a section of kind point */
} gw_table_cell;

/* ---- the lattice: every known word and every number, found once ---- */
typedef struct gw_token {
	uint32_t begin, end;
	uint16_t cls;   /* class id, gw/knowledge.h */
	uint16_t flags; /* for reader classes, see there */
	uint32_t entry; /* lexicon entry; for reader and fact classes an index into the list of that class */
} gw_token;

/* Bits for slices of rules that a character or token calls for, by whether they run ahead from its begin or back from its end. */
typedef struct gw_calls {
	uint64_t ahead, back;
} gw_calls;

typedef struct gw_lattice {
	gw_token *tokens;   /* by begin, then longer first, then class */
	uint32_t count;
	uint32_t *first;    /* first[p - base] .. first[p - base + 1]: the tokens that begin at p */
	uint32_t *by_end;   /* token indexes by end, then longer first */
	uint32_t *last;     /* last[p - base] .. last[p - base + 1]: entries of by_end that end at p */
	uint16_t *kinds;    /* by position: the number of the character among those that patterns name, 0 for all others */
	/* begins[p - base]: a bit for the class of every token that begins at p (classes share some); ends likewise, to the left: a
	 * glance that mostly saves the look at the tokens. */
	uint64_t *begins, *ends;
	const uint64_t *class_bits;    /* by class: what a token adds to them */
	const gw_calls *class_calls; /* … and to calls */
	/* NULL until rules are run. By paragraph, present_words each: bits for the classes and characters that stand in it
	 * (grammar/need.c). By slice of rules, call_words each: bits for the positions at which something calls for them
	 * (grammar/overview.c). */
	uint64_t *present, *calls;
	uint32_t present_words, call_words;
	uint32_t base, len; /* the stretch of folded text that it covers */
	uint32_t tokens_cap, by_end_cap;
} gw_lattice;

/* ---- values read from numbers and dates (extract/read) ---- */
typedef enum gw_op { GW_OP_EQ, GW_OP_GE, GW_OP_GT, GW_OP_LE, GW_OP_LT, GW_OP_ABOUT, GW_OP_RANGE, GW_OPS } gw_op;
extern const char *const gw_op_names[GW_OPS]; /* "=", ">=", ">", "<=", "<", "~", "range" */

typedef struct gw_number {
	gw_span span;
	double value;      /* 万 and 亿 multiplied in, as far as they belong to the number */
	uint8_t decimals;  /* digits behind the point, as written */
	bool more;         /* 多, 余, 几: "3400多万" */
	bool percent;      /* 百分之五: the value is 5 and the unit % is within the number */
	bool ordinal;      /* behind 第 or in a place where it numbers */
	bool ratio;        /* 1.94:1 */
	bool fraction;     /* 三分之二 */
	bool masked;       /* 20xx: no value */
	bool han;          /* written in Chinese numerals */
	bool about;        /* 两三, 七八十: somewhere from value to upto */
	double upto;       /* == value unless about */
	double scale;      /* what 万/亿 multiplied all of it by, 1 when none (and with 1亿2千) */
} gw_number;

/* A calendar expression. Unknown parts are -1 (not given) or hold X digits in `mask`. */
typedef struct gw_date {
	gw_span span;
	int16_t year;      /* -1: none. With year_mask bit i set, decimal digit i (0 = last) is unknown and counts 0 */
	uint8_t year_mask;
	int8_t month, day; /* -1: none */
	int8_t month_to, day_to; /* quarter, half-year, 上旬: the end of the stretch; -1: none */
	bool decade;       /* 上旬 中旬 下旬 */
	bool damaged;      /* 年 月 日 were lost on the way */
	bool bare;         /* the other side of a range says its 年, 月 or 日: 2020 of 2020-2025年 (gw/read.h) */
	bool han;          /* 二〇三五年 */
	bool has_hour;
	int8_t hour, minute;
} gw_date;

/* A length of time. */
typedef struct gw_duration {
	gw_span span;
	double amount;
	char unit;         /* Y M W D H (hours) m (minutes) S B (working days) Q (quarters) */
	bool half;         /* 半年 */
} gw_duration;

/* ---- facts ---- */
typedef enum gw_time_role {
	GW_TIME_DEADLINE, GW_TIME_SCHEDULE, GW_TIME_EFFECTIVE, GW_TIME_ADOPTED, GW_TIME_ISSUED, GW_TIME_PAST,
	GW_TIME_REFERENCE, GW_TIME_PERIOD, GW_TIME_LIMIT, GW_TIME_ROLES
} gw_time_role;
extern const char *const gw_time_role_names[GW_TIME_ROLES];

typedef enum gw_relation {
	GW_REL_NONE, GW_REL_BY, GW_REL_WITHIN, GW_REL_IN, GW_REL_FROM, GW_REL_UNTIL, GW_REL_AT, GW_REL_RANGE, GW_REL_AFTER, GW_RELS
} gw_relation;
extern const char *const gw_relation_names[GW_RELS]; /* "" for none */

typedef struct gw_time {
	gw_span span;
	uint32_t section, rule;
	gw_time_role role;
	gw_relation relation;
	gw_str edtf, start, end; /* start and end: ISO dates, {NULL,0} where a digit is unknown */
	gw_str duration, rrule, anchor;
} gw_time;

typedef struct gw_agency { /* a mention */
	gw_span span;
	uint32_t section, rule;
	bool generic;
	bool unit_only;         /* a unit of a list that is no organ (各镇(办、区)): a responsibility, not an agency row */
	gw_str name;            /* the surface, folded; for an elliptical one the names joined by 、 */
	gw_str *names;          /* names when elliptical, else NULL */
	uint32_t name_count;
	uint32_t entry;         /* lexicon entry where the whole name is known, else GW_NONE */
	uint32_t organization;  /* index in document->organizations, set by link */
	uint32_t short_for;     /* 1 + the mention that a short name defined in the document (以下简称…) stands for; 0: none */
} gw_agency;

typedef struct gw_quantity {
	gw_span span;
	uint32_t section, rule;
	bool target;            /* else status */
	gw_op op;
	double value, value2;   /* value2 with GW_OP_RANGE */
	gw_str unit, change, base, per; /* change: "increase", "decrease" or none */
	gw_span indicator;      /* verbatim in the text; may be empty */
	uint32_t due;           /* index in times, or GW_NONE */
} gw_quantity;

typedef enum gw_duty_role {
	GW_DUTY_LEAD, GW_DUTY_RESPONSIBLE, GW_DUTY_SUPPORT, GW_DUTY_MEMBER, GW_DUTY_SUPERVISE, GW_DUTY_INTERPRET, GW_DUTY_ROLES
} gw_duty_role;
extern const char *const gw_duty_role_names[GW_DUTY_ROLES];

typedef struct gw_duty { /* one unit answers for one task in one role */
	gw_span span;           /* the unit */
	uint32_t section, rule;
	gw_duty_role role;
	gw_span label;          /* the words that show the role */
	gw_str unit;            /* the unit, expanded when elliptical */
	uint32_t agency;        /* index in agencies, or GW_NONE */
	bool prose;             /* X负责Y: the task is the verb phrase */
	gw_span object;         /* with prose: that verb phrase */
	uint32_t due;           /* index in times, or GW_NONE */
	uint32_t task;          /* index in tasks, set by link */
} gw_duty;

typedef struct gw_task {
	gw_span span;           /* the item's marker and heading, or with prose the sentence */
	uint32_t section, rule;
	gw_span marker, title;
	uint32_t due;           /* index in times, or GW_NONE */
	uint32_t duty_count, target_count;
	GW_LIST(uint32_t) duties, targets; /* indexes, in order */
} gw_task;

typedef struct gw_organization { /* as one document sees it; publish merges them over all documents */
	gw_str id;              /* readable and stable: REGION:NAME, class:NAME */
	gw_str name, kind, level, region_code, region;
	GW_LIST(gw_str) aliases; /* surfaces other than the name, in order of appearance */
	uint32_t mentions;
} gw_organization;

/* ---- a document and its source ---- */
typedef struct gw_document {
	struct gw_source *source;
	gw_str id;              /* source_path#part */
	uint32_t part;          /* from 1 */
	gw_span span;           /* in the folded text */
	gw_span title;          /* over several lines perhaps; may be empty */
	gw_str title_text;      /* the title as one line, from the source, without line ends */
	gw_str type;            /* 决定, 意见 …; may be empty */
	gw_str issuer, issuer_id, region_code, region; /* region: its full name */
	gw_str number;          /* document number */
	gw_str adopted_on, issued_on, effective_on; /* EDTF */

	GW_LIST(gw_span) furniture; /* stretches that are the page's, not the document's: no facts there; by begin */
	GW_LIST(gw_section) sections;
	GW_LIST(gw_span) paragraphs; /* non-empty stretches between '\n', by begin */
	GW_LIST(uint32_t) paragraph_section; /* the section each paragraph belongs to */
	GW_LIST(gw_table_cell) cells;      /* of all tables, by begin */

	gw_lattice lattice;     /* gone once all stages have seen the document */
	GW_LIST(gw_number) numbers;
	GW_LIST(gw_date) dates;
	GW_LIST(gw_duration) durations;

	GW_LIST(gw_time) times;
	GW_LIST(gw_agency) agencies;
	GW_LIST(gw_quantity) quantities;
	GW_LIST(gw_duty) duties;
	GW_LIST(gw_task) tasks;
	GW_LIST(gw_organization) organizations;
} gw_document;

/* Why a decision fell as it did: the cues that fired, a line each. */
typedef struct gw_reason {
	gw_span span;           /* the fact */
	gw_str lines;
} gw_reason;
typedef GW_LIST(gw_reason) gw_reason_list;

/* Memory that ends before the source does, so that what a large one takes stays small: the lattice is of no use beyond its
 * document, what a stage puts together on the way of none beyond the stage. */
typedef struct gw_rooms {
	gw_arena document, stage;
} gw_rooms;

typedef struct gw_source {
	gw_arena *arena;        /* the worker's document arena */
	gw_rooms *rooms;        /* the worker's; NULL: all of it goes into the arena */
	gw_str path;            /* source_path as published */
	gw_str opened_as;       /* what was opened, for messages */
	const char *raw;        /* raw bytes; not owned */
	uint64_t raw_len;
	const char *origin;     /* the file's bytes, where `raw` is the text that was taken out of it; else NULL */
	uint64_t origin_len;
	char sha256[65];        /* of the file's bytes */
	bool by_program;        /* another program took the text out of the file */
	const char *encoding;   /* IANA name */
	const char *encoding_source; /* "bom", "declared", "detected", "config" */
	uint32_t encoding_errors;
	gw_text text;
	GW_LIST(gw_document) documents;
	bool rejected;          /* a stage returned GW_FAILED */
	gw_reason_list *reasons; /* where decisions are noted, in the order in which they fell; NULL: nobody asked */
} gw_source;

/* Where what lasts as long as the work on the document goes, and what lasts as long as a stage's. */
static inline gw_arena *gw_document_room(const gw_document *d)
{
	return d->source->rooms ? &d->source->rooms->document : d->source->arena;
}

static inline gw_arena *gw_stage_room(const gw_document *d)
{
	return d->source->rooms ? &d->source->rooms->stage : d->source->arena;
}

/* Source positions of a span. An empty span gives an empty text at its begin. */
gw_place_in_text gw_source_place(const gw_text *t, gw_span folded);
/* The same, quicker where it begins in this line of the source or in one of the next; 0: nobody knows. */
gw_place_in_text gw_source_place_near(const gw_text *t, gw_span folded, uint32_t line);
/* The decoded source between two characters. */
gw_str gw_source_slice(const gw_text *t, uint32_t char_start, uint32_t char_end);
uint32_t gw_source_line(const gw_text *t, uint32_t source_char); /* 1-based */
/* The first place in a stretch where a character stands; its end when there is none. In large steps: for what is rare. */
uint32_t gw_char_find(const uint32_t *ch, gw_span in, uint32_t c);
/* Makes text->signs, once the folded text stands; and the last (first) sign within a stretch, GW_NONE when there is none. */
const uint64_t *gw_text_signs(gw_arena *a, const uint32_t *ch, uint32_t len);
uint32_t gw_text_last_sign(const gw_text *t, gw_span in);
uint32_t gw_text_first_sign(const gw_text *t, gw_span in);
/* The folded text of a span as UTF-8, in the arena. */
gw_str gw_text_utf8(gw_arena *a, const gw_text *t, gw_span folded);
/* Index of the section / paragraph that holds a position, by binary search; GW_NONE outside. */
uint32_t gw_document_section_at(const gw_document *d, uint32_t pos);
uint32_t gw_document_paragraph_at(const gw_document *d, uint32_t pos);
/* The cell that holds a position, NULL outside of tables. */
const gw_table_cell *gw_document_cell_at(const gw_document *d, uint32_t pos);
/* The sentence (between 。！？；\n and the paragraph's edges) and the clause (also ，、 not inside brackets) round a span. */
gw_span gw_document_sentence(const gw_document *d, gw_span at);
/* How far a sentence may reach: the paragraph, and no further than a limit. */
gw_span gw_document_room_of_sentence(const gw_document *d, gw_span at);
gw_span gw_document_clause(const gw_document *d, gw_span at);
gw_span gw_document_clause_in(const gw_document *d, gw_span at, gw_span sentence); /* where that is known */

#endif
