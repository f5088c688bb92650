/* Where tables are cut into members of the archive: behind the rows of some sources, chosen by their paths. So a source
 * that changes, comes or goes spoils the pieces it stands in and no others, and whoever makes the archive cuts alike. */
#include "../snapshot/publisher.h"

/* Pieces of about this size pack well and are not much to pack again. Of a very large table they are larger, so that there are
 * not more of them to be remembered than this. */
static const uint64_t piece_bytes = 256 * 1024;
enum { RANK_LEAST = 3, PIECES_MOST = 2048 };

static uint64_t rank_of(gw_str source_path)
{
	uint64_t hash = gw_hash64(source_path.ptr, source_path.len), rank = 0;
	while (rank < 32 && !(hash >> rank & 1))
		rank++;
	return rank;
}

/* The more sources make a piece, the rarer the cuts. */
static uint64_t rank_wanted(uint64_t size, uint64_t sources)
{
	uint64_t average = sources ? size / sources + 1 : 0, rank = RANK_LEAST;
	uint64_t piece = size / PIECES_MOST > piece_bytes ? size / PIECES_MOST : piece_bytes;
	while (rank < 32 && average << rank < piece)
		rank++;
	return rank;
}

/* A list that has become long loses what will hardly be asked for: cuts of half the distance that is wanted by now, and
 * less. */
static void cuts_thin(gw_table_out *o, gw_form form, uint64_t size, uint64_t sources)
{
	uint64_t least = rank_wanted(size, sources) - 1;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < o->cuts[form].count; i++)
		if (o->cuts[form].items[i].rank >= least)
			o->cuts[form].items[kept++] = o->cuts[form].items[i];
	o->cuts[form].count = kept;
}

void gw_cuts_add(gw_publisher *p, gw_str source_path, const uint64_t ends[GW_STATE_FILES])
{
	enum { MANY = 1024 };
	uint64_t rank = rank_of(source_path);
	p->used_sources++;
	for (gw_table_id id = 0; rank >= RANK_LEAST && id < GW_TABLES; id++) {
		for (gw_form form = 0; form < GW_FORMS; form++) {
			uint64_t end = ends[gw_state_place(form, id)];
			gw_table_out *o = &p->tables[id];
			if (o->cuts[form].count >= MANY && o->cuts[form].count == o->cuts[form].cap)
				cuts_thin(o, form, end, p->used_sources);
			if (end)
				*GW_PUSH(&p->arena, &o->cuts[form]) = (gw_cut){end, rank};
		}
	}
}

void gw_cuts_choose(gw_publisher *p, gw_form form, gw_table_id id, gw_member *m)
{
	const gw_cut *cuts = p->tables[id].cuts[form].items;
	uint32_t count = p->tables[id].cuts[form].count;
	uint64_t rank = rank_wanted(m->size, p->used_sources);
	if (m->size < 2 * piece_bytes || id == GW_T_ORGANIZATIONS)
		return;
	uint64_t *at = GW_NEW_N(&p->arena, uint64_t, count);
	m->cuts = at;
	for (uint32_t i = 0; i < count; i++)
		if (cuts[i].rank >= rank && cuts[i].at < m->size && (!m->cut_count || at[m->cut_count - 1] < cuts[i].at))
			at[m->cut_count++] = cuts[i].at;
}
