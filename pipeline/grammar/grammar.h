/* Inside of gw_knowledge: the lexicon, the trie over it, the compiled patterns and the cues.
 *
 *   *.lex --lexicon.c--> entries --trie.c--> double array --scan.c, lattice.c--> lattice of a document
 *   *.yaml --rulefile.c--> patterns --pattern.c--> trees --compile.c--> programs --glance.c--> programs that look ahead
 *                     \--> cues --cue.c--> decisions
 *   trees --first.c, need.c--> what a match begins with and needs --trigger.c--> places worth an attempt
 *   lattice --overview.c--> what paragraphs have and call for
 *   programs and places --match.c, machine.c--> matches
 */
#ifndef GW_GRAMMAR_GRAMMAR_H
#define GW_GRAMMAR_GRAMMAR_H

#include "gw/aside.h"
#include "gw/fold.h"
#include "gw/knowledge.h"

enum { GW_NO_NAME = UINT16_MAX, GW_NO_CLASS = UINT16_MAX, GW_KNOWLEDGE_FILE_MAX = 64 << 20 };

/* ---- trie: a double array (Aoe 1989) over dense character symbols ----
 * child(n, s) = base[n] + s when check[base[n] + s] == n. Symbol 0 is "no character of any word". */
enum { GW_ENTRIES_BEYOND = 4 }; /* so many can be read behind the last entry */

typedef struct gw_trie {
	uint16_t *symbol; /* [65536] for the BMP; words hold no other characters */
	struct gw_char_known {
		uint16_t kind;    /* its number among those that patterns name, 0 for all others */
	} *chars;         /* [65536] */
	uint32_t symbols;
	/* All of a cell in one cache line; a step that fails touches nothing else. See gw_node_… */
	struct gw_trie_cell {
		int32_t base, check;
	} *cells;
	uint32_t root;      /* the root's child for a symbol is the cell root + symbol */
	uint32_t *word;     /* by node that has both a word and children: the first entry of the word */
	uint32_t size;
	/* The entries of each word by class, then entry: what a token holds behind its ends. The first one has how many there
	 * are, and whether one makes the word a shield. Some can be read beyond the last. */
	struct gw_word_entry {
		uint16_t cls, flags;
		uint32_t entry;
	} *entries;
	/* By symbol, all that a scan asks of a character, in one cache line: most positions need nothing else. Characters
	 * that are in no word but that patterns name have symbols too, behind the others. */
	struct gw_first {
		struct gw_word_entry entries[GW_ENTRIES_BEYOND]; /* of the word that the character is by itself: the first ones */
		uint64_t bits;      /* of that word's classes */
		int32_t base, node; /* of the root's child; no cell has this node above it where there is none */
		uint32_t entry;     /* the first entry of that word */
		uint16_t count, kind; /* its entries; the kind of the character */
		bool shield;
	} *firsts;
	uint32_t no_word; /* an entry that counts none */
	uint64_t *pairs;  /* a bit for the first two symbols of each word: a miss is certain, a hit is not */
} gw_trie;

/* The base of a cell: in the lowest bits whether a word ends here and whether it goes on; above them where the children
 * stand or, of a word without any, its first entry. */
static inline bool gw_node_is_word(int32_t base) { return base & 1; }
static inline bool gw_node_goes_on(int32_t base) { return base & 2; }
static inline uint32_t gw_node_children(int32_t base) { return (uint32_t)base >> 2; }
static inline uint32_t gw_node_entry(const gw_trie *t, uint32_t node, int32_t base)
{
	return gw_node_goes_on(base) ? t->word[node] : (uint32_t)base >> 2;
}
enum { GW_WORD_SHIELD = 0x8000, GW_WORD_COUNT = 0x7FFF }; /* flags of a word's first entry */

/* ---- compiled patterns ---- */
enum { GW_MARKS = 8 }; /* places that a program can note */

typedef enum gw_op_code {
	GW_I_CHAR,    /* x: the character */
	GW_I_STRING,  /* x: offset in strings, y: length */
	GW_I_SET,     /* x: set */
	GW_I_WORDS,   /* x: first of the words, y: how many. Each in turn */
	GW_I_SPAN,    /* x: loop over single characters */
	GW_I_TOKEN,   /* x: class set; name: capture or GW_NO_NAME. Each token in turn */
	GW_I_NOT,     /* x: class set: one character at which none of these begins (ends, to the left) */
	GW_I_ANY,
	GW_I_BEGIN,   /* the paragraph's begin */
	GW_I_END,
	GW_I_ALT,     /* x: first of the branches, y: how many. Each in turn */
	GW_I_COUNT,   /* x: loop over what stands behind, up to AGAIN; y: behind that */
	GW_I_AGAIN,   /* x: its COUNT */
	GW_I_JUMP,    /* x */
	GW_I_OPEN,    /* name */
	GW_I_CLOSE,   /* name */
	GW_I_LOOK,    /* x: first instruction behind the inner program; inner starts at pc + 1 */
	GW_I_MARK,    /* x: mark to set to this place */
	GW_I_LATER,   /* as LOOK, from the place of mark y */
	GW_I_MATCH
} gw_op_code;

typedef struct gw_inst {
	uint8_t op;
	bool back : 1;     /* LOOK: to the left */
	bool negative : 1;
	bool flat : 1;     /* LOOK: each way through the inner program is one instruction */
	uint16_t name;
	uint32_t x, y;
	uint32_t guard; /* WORDS: what they begin with. LOOK, COUNT: what the inner part does */
	uint32_t after; /* WORDS, SPAN, TOKEN, COUNT: what can stand behind */
} gw_inst;

/* What a part of a pattern can begin with, and what stands at a place, as two small bit sets (glance.c): where they have
 * nothing in common the part cannot begin; where they have it may. */
typedef struct gw_guard {
	uint64_t chars, classes;
} gw_guard;

/* Of the bits of characters: those that no pattern names, and that there is none: the paragraph ends. */
#define GW_OTHER_CHAR ((uint64_t)1)
#define GW_NO_CHAR ((uint64_t)1 << 63)
/* Of the bits of classes: all those that no pattern names. */
#define GW_OTHER_CLASS ((uint64_t)1 << 63)
#define GW_ANYTHING ((gw_guard){UINT64_MAX, UINT64_MAX})

static inline bool gw_meets(const gw_guard *wants, gw_guard has)
{
	return ((wants->chars & has.chars) | (wants->classes & has.classes)) != 0;
}

typedef struct gw_branch {
	uint32_t pc, guard;
} gw_branch;

/* One of the words of an alternative; those of one begin stand together, in the order of the pattern. */
typedef struct gw_literal {
	uint32_t first; /* its first character */
	uint32_t at, len; /* in strings, in the order of reading */
} gw_literal;

/* SPAN: one character, again and again: SET, ANY, NOT. COUNT: anything, counted in one of a few places. */
enum { GW_COUNTS = 4 };
typedef struct gw_loop {
	uint8_t what, lazy;
	uint8_t shift; /* COUNT: of its eight bits in the machine's counts */
	uint32_t x;    /* SPAN: that of the instruction */
	uint32_t min, max;
} gw_loop;

typedef struct gw_char_set {
	const uint64_t *kinds; /* bit set over the kinds of characters that fit, negative or not */
	uint64_t glance;       /* the bits of those */
	uint32_t *chars;       /* as written, sorted */
	uint32_t count;
	uint32_t uses;         /* how often patterns name it */
	bool negative, wide;   /* wide: some have no kind, being beyond the BMP */
} gw_char_set;

typedef struct gw_class_set {
	uint64_t *classes; /* bit set over class ids */
	uint64_t *entries; /* bit set over entries, NULL: all */
	uint64_t glance;   /* k->class_bits of all of them */
	uint32_t uses;     /* how often patterns name it */
	bool exact;        /* where the glance says yes one of them stands: no other class shares their bits */
} gw_class_set;

/* Classes and characters one of which every match holds or sees. */
typedef struct gw_need {
	uint64_t *classes; /* bit set */
	GW_LIST(uint32_t) chars;
	uint32_t size, at; /* how wide it is; its place in the pattern */
} gw_need;
typedef GW_LIST(gw_need) gw_need_list;

/* A part of a need: bits of one word of gw_lattice.present. */
typedef struct gw_need_check {
	uint64_t mask;
	uint32_t word;
	bool last; /* of its need */
} gw_need_check;

/* What a part of a pattern can begin with, in full: of guards there are many, of these a few a program. */
typedef struct gw_first_set {
	gw_arena *arena;
	GW_LIST(uint32_t) chars;
	uint64_t *classes; /* bit set */
	bool anywhere, edge; /* edge: the paragraph may end there */
} gw_first_set;

/* What programs are made of lies together, and what is the same is there once: an attempt is over in a few instructions, and
 * would spend most of its time on fetching them. */
typedef struct gw_parts {
	GW_LIST(gw_inst) code;
	GW_LIST(uint32_t) strings;
	GW_LIST(gw_char_set) sets;
	GW_LIST(gw_class_set) class_sets;
	GW_LIST(gw_branch) branches;
	GW_LIST(gw_literal) words;
	GW_LIST(gw_loop) loops;
	GW_LIST(gw_guard) guards; /* the first is GW_ANYTHING */
	GW_LIST(gw_need_check) checks;
	/* Each is there once: by its contents; class sets by what stands in <…>, macros bring the same again and again. */
	gw_map set_ids, class_set_ids, guard_ids;
} gw_parts;

typedef struct gw_program {
	uint32_t begin, end; /* its code */
	int dir; /* +1 from the left, -1 from the right */
	/* what a match can begin with (end with, for dir -1) */
	gw_first_set first;
	bool edge; /* it starts with ^ (ends with $, to the left): one attempt a paragraph */
	gw_first_set second[2]; /* what it can go on with when its first element is a character [0], or a token [1] */
	gw_first_set before;    /* what must stand before it, seen from its begin */
	gw_need_list needs;
	uint32_t checks, check_count; /* the same as gw_parts.checks */
} gw_program;

typedef struct gw_rule {
	gw_rule_info info;
	gw_str match;
	gw_place match_at;
	bool from_right;
	gw_program program;
	const gw_node *examples, *nots; /* lists of strings, or NULL */
} gw_rule;

/* What a character or token says of rules, a bit for each: they begin with it; they go on with it behind a first character, or
 * behind a first token; they want it before their begin. */
enum gw_saying { GW_BEGINS, GW_BEHIND_CHAR, GW_BEHIND_TOKEN, GW_BEFORE, GW_SAYINGS };
typedef struct gw_sayings {
	uint64_t of[GW_SAYINGS];
} gw_sayings;

/* Up to 64 rules of a group that run the same way, and what brings them up. */
typedef struct gw_rule_slice {
	struct gw_member {
		uint32_t rule, begin, checks, check_count; /* of its program: all that an attempt asks for */
	} rules[64];
	uint32_t count, first; /* how many there are; they are counted from here in the group */
	uint32_t call;  /* its number in gw_lattice.calls */
	bool back;
	const gw_sayings *rows;
	uint16_t *kind_rows, *class_rows; /* by kind of character, and one more for the paragraph's end, and by class: their row */
	uint64_t anywhere, edge; /* those that may begin at any place, and those that do at the paragraph's edge alone */
} gw_rule_slice;

/* All rules that emit the same thing. */
typedef struct gw_rule_group {
	gw_str emits;
	GW_LIST(uint32_t) rules;
	GW_LIST(gw_rule_slice) slices;
} gw_rule_group;

/* ---- cues ---- */
typedef enum gw_cue_place {
	GW_CUE_ALWAYS, GW_CUE_LEFT, GW_CUE_RIGHT, GW_CUE_INSIDE, GW_CUE_CLAUSE, GW_CUE_SENTENCE, GW_CUE_PARAGRAPH,
	GW_CUE_HEADING, GW_CUE_TITLE, GW_CUE_TYPE, GW_CUE_SECTION, GW_CUE_EXTRA, GW_CUE_PLACES
} gw_cue_place;

typedef struct gw_cue {
	gw_str id;
	uint32_t value;        /* of its decision */
	double weight;
	gw_cue_place place;
	uint32_t within;       /* characters between, for LEFT and RIGHT */
	bool in_clause;        /* not beyond the fact's clause */
	uint16_t *classes;
	uint32_t class_count;
	gw_str *words;         /* for TYPE, SECTION, EXTRA */
	uint32_t word_count;
	gw_str *rules;         /* rule ids or prefixes ended by '.'; none: any */
	uint32_t rule_count;
	uint64_t *rule_bits;   /* the same as a bit set over rules */
	gw_place at;
} gw_cue;

typedef GW_LIST(uint32_t) gw_cue_list; /* of a decision, by index */

struct gw_decision {
	gw_str name;
	GW_LIST(gw_str) values;
	GW_LIST(gw_cue) cues;
	/* by class: cues that look for it */
	uint32_t *class_first, *class_cues;
	gw_cue_list plain;              /* those that ask for no token but the type or section, or for nothing */
	gw_map extra_ids;               /* words of the stage, to extra_cues */
	GW_LIST(gw_cue_list) extra_cues; /* the cues that want it */
	bool looks_in_paragraph, looks_in_heading, looks_in_title;
	uint64_t *in_paragraph; /* bit set of the classes that are looked for there */
};

typedef struct gw_file_known {
	gw_str path, name;
	char sha256[65];
} gw_file_known;

/* A rule file as a tree, with what there was to say of it. */
typedef struct gw_rule_file {
	gw_str path;
	gw_status status;  /* of the loading */
	char sha256[65];
	gw_node *root;     /* NULL: no YAML */
	gw_diag diag;
} gw_rule_file;

typedef struct gw_ahead {
	gw_aside aside;
	gw_arena arena; /* of the trees */
	GW_LIST(gw_rule_file) files;
} gw_ahead;

struct gw_knowledge {
	gw_arena *arena;
	gw_arena trie_arena; /* the trie is built while patterns are compiled */
	gw_ahead ahead;
	GW_LIST(gw_file_known) files;
	gw_map class_ids;
	GW_LIST(const char *) class_names;
	GW_LIST(gw_entry) entries;
	/* The first entry of each class and word; open addressing, entry GW_NONE: free. */
	struct gw_entry_slot {
		uint32_t hash, entry;
	} *entry_slots;
	uint32_t entry_mask, entry_words;
	uint32_t groups;
	uint32_t *class_first, *class_entries; /* the entries of class c: class_entries[class_first[c]] … [class_first[c + 1] - 1] */
	GW_LIST(gw_rule) rules;
	gw_map rule_ids;
	gw_map macros;         /* name -> index in macro_texts */
	GW_LIST(gw_str) macro_texts;
	gw_parts parts;        /* of their programs */
	gw_map names;          /* capture names */
	GW_LIST(gw_str) name_texts;
	GW_LIST(gw_rule_group) rule_groups;
	uint32_t kinds;          /* of characters that patterns name, 0 included */
	/* By kind and by class: their bits in glances. */
	uint64_t *kind_bits, *class_bits;
	uint32_t slices; /* of all groups */
	gw_calls *kind_calls, *class_calls; /* by kind and by class: the slices of rules (modulo 64) that they call for */
	GW_LIST(gw_decision) decisions;
	gw_trie trie;
	uint16_t shield;       /* the class whose words hide the words inside them */
};

static inline bool gw_bit(const uint64_t *bits, uint32_t i) { return bits[i >> 6] >> (i & 63) & 1; }
static inline void gw_bit_set(uint64_t *bits, uint32_t i) { bits[i >> 6] |= (uint64_t)1 << (i & 63); }

/* lexicon.c */
gw_status gw_lexicon_parse(gw_knowledge *k, const char *path, gw_str bytes, gw_diag *diag);
/* Adds one word to a class; used for the words that cues bring along. */
void gw_entry_add(gw_knowledge *k, uint16_t cls, gw_str surface, gw_str canonical, const gw_attr *attrs, uint32_t attr_count, uint32_t group);
/* trie.c */
/* From the entries, into k->trie; touches nothing else that changes. */
void gw_trie_build(gw_knowledge *k);
/* scan.c: behind the glances */
void gw_scan_build(gw_knowledge *k);
/* ahead.c */
void gw_rule_file_read(gw_arena *a, gw_rule_file *f);
/* The file as it was read ahead; NULL when it was not. */
gw_rule_file *gw_ahead_take(gw_knowledge *k, gw_str path);
void gw_ahead_release(gw_ahead *ahead);
/* rulefile.c */
gw_status gw_rulefile_take(gw_knowledge *k, const gw_node *root, gw_diag *diag);
/* pattern.c */
gw_status gw_pattern_compile(gw_knowledge *k, gw_arena *scratch, gw_rule *rule, gw_diag *diag);
uint16_t gw_name_intern(gw_knowledge *k, gw_str name);
/* glance.c: once all patterns are compiled */
void gw_glances_build(gw_knowledge *k);
/* need.c: behind the glances */
void gw_needs_build(gw_knowledge *k);
bool gw_needs_met(const gw_need_check *checks, uint32_t count, const uint64_t *present);
size_t gw_presence_words(const gw_knowledge *k); /* of a row of gw_lattice.present */
/* trigger.c: behind the glances and needs */
void gw_rule_groups_build(gw_knowledge *k);
/* overview.c: what paragraphs have and call for; tokens are added to it in order of their begins. */
void gw_overview_build(const gw_knowledge *k, gw_document *d);
void gw_overview_add(gw_document *d, const gw_token *tokens, uint32_t count);
/* Whether a token of any of some classes may begin in a paragraph. */
bool gw_paragraph_has(const gw_knowledge *k, const gw_document *d, uint32_t paragraph, const uint64_t *classes);
/* cue.c */
void gw_decisions_build(gw_knowledge *k);
/* lattice.c */
bool gw_token_sorts_before(const gw_token *x, const gw_token *y);
/* Room by position for a stretch of text; the scanner fills tokens, first[], kinds[] and the bits by position, and
 * counts in last[p - base + 1] the tokens that end at p. */
void gw_lattice_open(const gw_knowledge *k, gw_arena *a, gw_lattice *l, gw_span span);
/* The rest of the indexes. */
void gw_lattice_index(gw_arena *a, gw_lattice *l);
/* By begin, then as gw_token_sorts_before: for qsort. */
int gw_token_order(const void *x, const void *y);

#endif
