/* evolution.h - what two versions of the schemas say differently. Inside publish/ only.
 *
 * Two snapshots are compared by what both have: columns of one name, as text where their types differ; tables whose keys
 * have other columns have no row in common. The rest is named, never guessed: a column that was renamed is one removed
 * and one added. */
#ifndef GW_PUBLISH_EVOLUTION_H
#define GW_PUBLISH_EVOLUTION_H

#include "gw/rows.h"

/* By the rule of schemas/CHANGES.md. SAME: no column differs; whether the versions do is another question. */
typedef enum gw_evolution_kind { GW_EVOLVED_SAME, GW_EVOLVED_MINOR, GW_EVOLVED_MAJOR } gw_evolution_kind;

typedef struct gw_table_evolution {
	gw_table_id id;
	bool table_added, table_removed; /* then nothing else is said */
	GW_LIST(const char *) added, removed;
	GW_LIST(uint32_t) retyped;       /* fields of the new table */
	bool key_changed;
} gw_table_evolution;

typedef struct gw_evolution {
	const gw_schema *was, *is;
	gw_evolution_kind kind;
	GW_LIST(gw_table_evolution) tables; /* those that differ, in the order of publication */
} gw_evolution;

/* Whether a snapshot's schema has the table: older ones may have fewer. */
bool gw_table_declared(const gw_table *t);
const char *gw_field_type_name(gw_field_type type); /* "string" … */
/* The columns of the key, by name and order. */
bool gw_keys_same(const gw_table *a, const gw_table *b);
void gw_evolution_find(gw_evolution *e, gw_arena *arena, const gw_schema *was, const gw_schema *is);
/* {"old": …, "new": …, "change": "none|patch|minor|major", "tables": {…}}. `was` and `is` are versions, or NULL. */
void gw_evolution_json(const gw_evolution *e, const char *was, const char *is, gw_buf *out);
/* Nothing where the versions are one. */
void gw_evolution_readable(const gw_evolution *e, const char *was, const char *is, gw_buf *out);

#endif
