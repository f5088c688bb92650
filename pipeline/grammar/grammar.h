/* Inside of gw_knowledge: the lexicon, the trie over it, the compiled patterns and the cues.
 *
 *   *.lex --lexicon.c--> entries --trie.c--> double array --scan.c, lattice.c--> lattice of a document
 *   *.yaml --rulefile.c--> patterns --pattern.c--> trees --compile.c--> programs --match.c--> matches
 *                     \--> cues --cue.c--> decisions
 */
#ifndef GW_GRAMMAR_GRAMMAR_H
#define GW_GRAMMAR_GRAMMAR_H

#include "gw/fold.h"
#include "gw/knowledge.h"

enum { GW_NO_NAME = UINT16_MAX, GW_NO_CLASS = UINT16_MAX };

/* ---- trie: a double array (Aoe 1989) over dense character symbols ----
 * child(n, s) = base[n] + s when check[base[n] + s] == n. Symbol 0 is "no character of any word". */
typedef struct gw_trie {
	uint16_t *symbol;   /* [65536] for the BMP; words hold no other characters */
	uint32_t symbols;
	/* Both numbers of a cell in one cache line; a step that fails (most do) touches nothing else. */
	struct gw_trie_cell {
		int32_t base, check;
	} *cells;
	uint32_t *word;     /* word that ends at a node, GW_NONE */
	uint32_t *root;     /* [65536]: the root's child for a character, 0 for none */
	uint64_t *begins;   /* bit set over characters: those that begin a word; 8 KB */
	uint32_t size;
	uint32_t *first_entry; /* word w: entries word_entries[first_entry[w] .. first_entry[w+1]) */
	uint32_t *word_entries;
	uint16_t *word_classes; /* of word_entries, so that the scanner need not visit the entries */
	uint64_t *shields;     /* bit set over words */
	uint32_t words;
} gw_trie;

/* ---- compiled patterns ---- */
enum { GW_MARKS = 8 }; /* places that a program can note */

typedef enum gw_op_code {
	GW_I_STRING,  /* x: offset in strings, y: length */
	GW_I_SET,     /* x: set */
	GW_I_TOKEN,   /* x: class set; name: capture or GW_NO_NAME */
	GW_I_NOT,     /* x: class set: one character at which none of these begins (ends, to the left) */
	GW_I_ANY,
	GW_I_BEGIN,   /* the paragraph's begin */
	GW_I_END,
	GW_I_SPLIT,   /* first x, then y */
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
	int8_t dir;    /* LOOK: +1 ahead, -1 behind */
	uint8_t negative;
	uint16_t name;
	uint32_t x, y;
	uint32_t guard; /* SPLIT: what x can begin with; GW_NONE: anything */
} gw_inst;

/* What a part of a pattern can begin with, as two small bit sets: a miss is certain, a hit is not. */
typedef struct gw_guard {
	uint64_t chars, classes;
} gw_guard;

static inline uint64_t gw_char_bit(uint32_t c) { return (uint64_t)1 << (c * 0x9E3779B1u >> 26); }
/* Of the 64 bits by position in a lattice, the lowest say for which groups of rules the character is a trigger. */
enum { GW_GROUP_BITS = 8 };
static inline uint64_t gw_class_bit(uint32_t cls) { return (uint64_t)1 << (GW_GROUP_BITS + cls % (64 - GW_GROUP_BITS)); }
static inline uint8_t gw_group_bit(uint32_t group) { return (uint8_t)(1u << group % GW_GROUP_BITS); }

typedef struct gw_char_set {
	uint32_t *chars; /* sorted */
	uint32_t count;
	bool negative;
} gw_char_set;

typedef struct gw_class_set {
	uint64_t *classes; /* bit set over class ids */
	uint64_t *entries; /* bit set over entries, NULL: all */
	uint64_t glance;   /* gw_class_bit of all of them */
} gw_class_set;

typedef struct gw_program {
	GW_LIST(gw_inst) code;
	GW_LIST(uint32_t) strings;
	GW_LIST(gw_char_set) sets;
	GW_LIST(gw_class_set) class_sets;
	GW_LIST(gw_guard) guards;
	int dir; /* +1 from the left, -1 from the right */
	/* what a match can begin with (end with, for dir -1) */
	bool anywhere;
	bool edge; /* it starts with ^ (ends with $, to the left): one attempt a paragraph */
	GW_LIST(uint32_t) first_chars;
	uint64_t *first_classes; /* bit set */
	uint32_t second; /* guard: what it can go on with behind its first character or token; GW_NONE: anything */
} gw_program;

typedef struct gw_rule {
	gw_rule_info info;
	gw_str match;
	gw_place match_at;
	bool from_right;
	gw_program program;
	const gw_node *examples, *nots; /* lists of strings, or NULL */
} gw_rule;

/* A rule, and what must stand behind the class or character that brings it up. */
typedef struct gw_trigger {
	uint32_t rule; /* of the group */
	gw_guard next; /* all bits: anything */
} gw_trigger;

/* All rules that emit the same thing, with their triggers. */
typedef struct gw_rule_group {
	gw_str emits;
	GW_LIST(uint32_t) rules;
	/* for each direction (0: from the left, 1: from the right) */
	struct gw_triggers {
		uint32_t *class_first; /* by class: class_rules[class_first[c] .. class_first[c+1]) */
		gw_trigger *class_rules;
		uint64_t glance;       /* gw_class_bit of all classes that trigger something */
		uint64_t mask;         /* glance, and the group's bit when characters trigger something */
		GW_LIST(uint32_t) anywhere;
		GW_LIST(uint32_t) edge;
		struct gw_char_list {
			GW_LIST(gw_trigger) rules;
		} *char_lists;
		uint16_t *char_index; /* [65536]: 1 + list, 0 for none */
		uint32_t char_count, char_cap;
		bool used;
	} triggers[2];
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
	gw_place at;
} gw_cue;

struct gw_decision {
	gw_str name;
	GW_LIST(gw_str) values;
	GW_LIST(gw_cue) cues;
	/* by class: cues that look for it */
	uint32_t *class_first, *class_cues;
	bool looks_wide; /* some cue looks at the paragraph, heading or title */
};

typedef struct gw_file_known {
	gw_str path, name;
	char sha256[65];
} gw_file_known;

struct gw_knowledge {
	gw_arena *arena;
	GW_LIST(gw_file_known) files;
	gw_map class_ids;
	GW_LIST(const char *) class_names;
	GW_LIST(gw_entry) entries;
	gw_map entry_ids;      /* "<class>\t<surface>" -> first entry */
	uint32_t groups;
	uint32_t *class_first, *class_entries; /* the entries of class c: class_entries[class_first[c]] … [class_first[c + 1] - 1] */
	GW_LIST(gw_rule) rules;
	gw_map rule_ids;
	gw_map macros;         /* name -> index in macro_texts */
	GW_LIST(gw_str) macro_texts;
	gw_map names;          /* capture names */
	GW_LIST(gw_str) name_texts;
	GW_LIST(gw_rule_group) rule_groups;
	uint8_t *char_groups[2]; /* by character below 65536: gw_group_bit of the groups that it triggers, by direction */
	GW_LIST(gw_decision) decisions;
	gw_trie trie;
	uint16_t shield;       /* the class whose words hide the words inside them */
};

static inline bool gw_bit(const uint64_t *bits, uint32_t i) { return bits[i >> 6] >> (i & 63) & 1; }
static inline void gw_bit_set(uint64_t *bits, uint32_t i) { bits[i >> 6] |= (uint64_t)1 << (i & 63); }

/* gw_class_bit of all classes of a set. */
static inline uint64_t gw_classes_glance(const uint64_t *classes, uint32_t count)
{
	uint64_t glance = 0;
	for (uint32_t word = 0; word * 64 < count; word++)
		for (uint64_t bits = classes[word]; bits; bits &= bits - 1)
			glance |= gw_class_bit(word * 64 + (uint32_t)__builtin_ctzll(bits));
	return glance;
}

/* lexicon.c */
gw_status gw_lexicon_parse(gw_knowledge *k, const char *path, gw_str bytes, gw_diag *diag);
/* Adds one word to a class; used for the words that cues bring along. */
void gw_entry_add(gw_knowledge *k, uint16_t cls, gw_str surface, gw_str canonical, const gw_attr *attrs, uint32_t attr_count, uint32_t group);
/* trie.c */
gw_status gw_trie_build(gw_knowledge *k, gw_diag *diag);
/* rulefile.c */
gw_status gw_rulefile_parse(gw_knowledge *k, const char *path, gw_str bytes, gw_diag *diag);
/* pattern.c */
gw_status gw_pattern_compile(gw_knowledge *k, gw_arena *scratch, gw_rule *rule, gw_diag *diag);
uint16_t gw_name_intern(gw_knowledge *k, gw_str name);
/* match.c */
void gw_rule_groups_build(gw_knowledge *k);
/* cue.c */
void gw_decisions_build(gw_knowledge *k);
/* lattice.c */
bool gw_token_sorts_before(const gw_token *x, const gw_token *y);
/* Room by position for a stretch of text; the scanner fills tokens, first[] and the group bits. */
void gw_lattice_open(gw_arena *a, gw_lattice *l, gw_span span);
/* The rest of the indexes, once tokens and first[] stand. */
void gw_lattice_index(gw_arena *a, gw_lattice *l);
/* By begin, then as gw_token_sorts_before: for qsort. */
int gw_token_order(const void *x, const void *y);

#endif
