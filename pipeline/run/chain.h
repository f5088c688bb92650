/* Inside of run: the list of stages as configured. */
#ifndef GW_RUN_CHAIN_H
#define GW_RUN_CHAIN_H

#include "gw/run.h"

/* Reads the `stages:` list: names, options. All problems are reported. false if anything was. */
bool gw_chain_read(gw_config *c, const gw_node *list, const gw_stage *const *known, gw_diag *diag);
/* Proves that every need is met by an earlier stage, and that rows can be made at the end. */
bool gw_chain_check(const gw_config *c, const gw_stage *const *known, gw_diag *diag);
/* Opens the stages, builds the knowledge, binds. What was opened is closed by gw_chain_close. */
gw_status gw_chain_open(gw_config *c, gw_diag *diag);
void gw_chain_close(gw_config *c);
/* "the folded text and the documents" */
void gw_parts_name(uint32_t parts, gw_buf *out);

#endif
