/* The table of stages, in the order in which a document passes through them. A new stage gets its line here. */
#include "gw/run.h"

const gw_stage *const gw_stages[] = {
	&gw_stage_convert,
	&gw_stage_decode,
	&gw_stage_markup,
	&gw_stage_normalize,
	&gw_stage_split,
	&gw_stage_structure,
	&gw_stage_scan,
	&gw_stage_extract_deadlines,
	&gw_stage_extract_agencies,
	&gw_stage_extract_targets,
	&gw_stage_extract_responsibilities,
	&gw_stage_link,
	NULL,
};
