/* Texts with gaps, in the syntax of Mustache (mustache(5)): the pages of Markdown that the program writes are files in
 * schemas/pages/, this fills them.
 *
 *   {{name}}                        the value; nothing when there is none
 *   {{#name}}…{{/name}}             once if the value is true, a number or a text that is not empty; once for each item of a list
 *   {{^name}}…{{/name}}             when it is not so
 *   {{.}}                           the item itself
 *   {{! a remark }}
 *
 * A line that holds nothing but one tag of the last kinds leaves no line. Names are looked for in the item, then in what is
 * round it. Other than in Mustache nothing is escaped, and a name that the page has no value for is an error. */
#ifndef GW_TEMPLATE_H
#define GW_TEMPLATE_H

#include "gw/base.h"
#include "gw/diag.h"

#include <jansson.h>

typedef struct gw_template gw_template;

/* `text` and the template live as long as the arena. `known`: all names that values can have, NULL behind the last.
 * NULL after reports, each with line and column. */
const gw_template *gw_template_parse(gw_arena *arena, const char *path, gw_str text, const char *const known[], gw_diag *diag);
void gw_template_fill(const gw_template *t, const json_t *values, gw_buf *out);

#endif
