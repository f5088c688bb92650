/* What a match of a pattern begins with, goes on with behind that and wants before it: trigger.c asks it of a place before
 * any program runs there. */
#include "pattern.h"

/* ---- what a part can begin with ---- */

/* Adds what a node can begin with (end with, to the left); returns whether what follows counts too: the node can be
 * empty. What must stand ahead is what a match begins with, however wide the part behind it is. */
static bool find_first(const gw_knowledge *k, const gw_pattern_node *n, int dir, gw_first_set *f)
{
	const gw_pattern_node *a, *b;
	switch (n->kind) {
	case N_CHAR:
		*GW_PUSH(f->arena, &f->chars) = n->ch;
		return false;
	case N_SET: {
		const gw_char_set *s = &k->parts.sets.items[n->index];
		f->anywhere |= s->negative;
		for (uint32_t i = 0; i < s->count && !s->negative; i++)
			*GW_PUSH(f->arena, &f->chars) = s->chars[i];
		return false;
	}
	case N_TOKEN:
		for (size_t i = 0; i < gw_bit_words(k->class_names.count); i++)
			f->classes[i] |= k->parts.class_sets.items[n->index].classes[i];
		return false;
	case N_NOT:
	case N_ANY:
		f->anywhere = true;
		return false;
	case N_SEQ:
		a = dir > 0 ? n->left : n->right;
		b = dir > 0 ? n->right : n->left;
		return find_first(k, a, dir, f) && find_first(k, b, dir, f);
	case N_ALT: {
		bool left = find_first(k, n->left, dir, f), right = find_first(k, n->right, dir, f);
		return left || right;
	}
	case N_REPEAT: return find_first(k, n->left, dir, f) || n->min == 0;
	case N_CAPTURE: return find_first(k, n->left, dir, f);
	case N_LOOK: return n->negative || n->dir != dir || find_first(k, n->left, dir, f);
	case N_BEGIN:
		f->edge |= dir < 0;
		return dir > 0;
	case N_END:
		f->edge |= dir > 0;
		return dir < 0;
	default: return true;
	}
}

static bool can_be_empty(const gw_pattern_node *n)
{
	switch (n->kind) {
	case N_CHAR:
	case N_SET:
	case N_TOKEN:
	case N_NOT:
	case N_ANY: return false;
	case N_SEQ: return can_be_empty(n->left) && can_be_empty(n->right);
	case N_ALT: return can_be_empty(n->left) || can_be_empty(n->right);
	case N_REPEAT: return n->min == 0 || can_be_empty(n->left);
	case N_CAPTURE: return can_be_empty(n->left);
	default: return true;
	}
}

static void first_set_init(const gw_knowledge *k, gw_arena *arena, gw_first_set *f)
{
	*f = (gw_first_set){.arena = arena};
	f->classes = GW_NEW_N(arena, uint64_t, gw_bit_words(k->class_names.count) + 1);
}

/* ---- what a match goes on with behind its first element ----
 * Most attempts fail there; to know it beforehand saves them. */

static void add_all(const gw_knowledge *k, gw_first_set *to, const gw_first_set *from)
{
	for (uint32_t i = 0; i < from->chars.count; i++)
		*GW_PUSH(to->arena, &to->chars) = from->chars.items[i];
	for (size_t i = 0; i < gw_bit_words(k->class_names.count); i++)
		to->classes[i] |= from->classes[i];
	to->anywhere |= from->anywhere;
	to->edge |= from->edge;
}

/* What can stand where n begins, given what can stand behind it. */
static void begin_with(const gw_knowledge *k, const gw_pattern_node *n, int dir, const gw_first_set *next,
	gw_first_set *out)
{
	if (find_first(k, n, dir, out))
		add_all(k, out, next);
}

/* Adds to `out` what can follow those first elements of n that are tokens, or those that are characters; returns whether
 * n can be empty. */
static bool find_second(const gw_knowledge *k, const gw_pattern_node *n, int dir, bool tokens, const gw_first_set *next,
	gw_first_set *out)
{
	const gw_pattern_node *a = dir > 0 ? n->left : n->right, *b = dir > 0 ? n->right : n->left;
	gw_first_set then;
	switch (n->kind) {
	case N_CHAR:
	case N_SET:
	case N_TOKEN:
		if (tokens == (n->kind == N_TOKEN))
			add_all(k, out, next);
		return false;
	case N_NOT:
	case N_ANY: add_all(k, out, next); return false;
	case N_SEQ:
		first_set_init(k, out->arena, &then);
		begin_with(k, b, dir, next, &then);
		return find_second(k, a, dir, tokens, &then, out) && find_second(k, b, dir, tokens, next, out);
	case N_ALT: {
		bool left = find_second(k, n->left, dir, tokens, next, out);
		return find_second(k, n->right, dir, tokens, next, out) || left;
	}
	case N_REPEAT:
		first_set_init(k, out->arena, &then);
		begin_with(k, n->left, dir, next, &then);
		add_all(k, &then, next);
		return find_second(k, n->left, dir, tokens, &then, out) || n->min == 0;
	case N_CAPTURE: return find_second(k, n->left, dir, tokens, next, out);
	case N_LOOK:
		/* The triggers come from what it sees, not from what is matched. */
		out->anywhere |= !n->negative && n->dir == dir;
		return true;
	default: return true;
	}
}

/* Out of the scratch arena. */
static gw_first_set first_set_keep(const gw_knowledge *k, const gw_first_set *f)
{
	gw_first_set kept;
	first_set_init(k, k->arena, &kept);
	memcpy(kept.classes, f->classes, gw_bit_words(k->class_names.count) * sizeof *kept.classes);
	kept.chars.items = GW_NEW_N(k->arena, uint32_t, f->chars.count);
	kept.chars.count = kept.chars.cap = f->chars.count;
	if (f->chars.count)
		memcpy(kept.chars.items, f->chars.items, f->chars.count * sizeof *kept.chars.items);
	kept.anywhere = f->anywhere;
	kept.edge = f->edge;
	return kept;
}

/* Of the look-arounds that a pattern begins with, the first that wants something on its other side; NULL when there is none.
 * `more`: n was nothing but look-arounds. */
static const gw_pattern_node *look_before(const gw_pattern_node *n, int dir, bool *more)
{
	if (n->kind == N_SEQ) {
		const gw_pattern_node *found = look_before(dir > 0 ? n->left : n->right, dir, more);
		return found || !*more ? found : look_before(dir > 0 ? n->right : n->left, dir, more);
	}
	*more = n->kind == N_LOOK;
	return *more && !n->negative && n->dir != dir ? n : NULL;
}

bool gw_program_find_first(gw_knowledge *k, gw_arena *scratch, gw_program *prog, const gw_pattern_node *tree)
{
	gw_first_set end, first, second;
	first_set_init(k, scratch, &end);
	first_set_init(k, scratch, &first);
	end.anywhere = true;
	bool open = find_first(k, tree, prog->dir, &first);
	first.anywhere |= open;
	prog->first = first_set_keep(k, &first);
	for (int token = 0; token < 2; token++) {
		first_set_init(k, scratch, &second);
		find_second(k, tree, prog->dir, token, &end, &second);
		prog->second[token] = first_set_keep(k, &second);
	}
	bool more;
	const gw_pattern_node *look = look_before(tree, prog->dir, &more);
	gw_first_set before;
	first_set_init(k, scratch, &before);
	open = !look || find_first(k, look->left, look->dir, &before);
	before.anywhere |= open;
	prog->before = first_set_keep(k, &before);
	prog->edge = k->parts.code.items[prog->begin].op == (prog->dir > 0 ? GW_I_BEGIN : GW_I_END);
	return can_be_empty(tree);
}
