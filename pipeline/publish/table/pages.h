/* pages.h - the pages for people, and the values that fill them. Inside publish/ only. */
#ifndef GW_PUBLISH_PAGES_H
#define GW_PUBLISH_PAGES_H

#include "gw/rows.h"
#include "template.h"

/* All pages of a folder; false after reports. */
bool gw_pages_load(gw_arena *arena, const char *folder, const gw_template *pages[GW_PAGES], gw_diag *diag);
/* What is declared of the tables, in their order; the caller owns it. */
json_t *gw_page_tables(const gw_schema *schema);
void gw_page_put(json_t *to, const char *name, const char *z); /* NULL: "" */
void gw_page_put_bool(json_t *to, const char *name, bool value);

#endif
