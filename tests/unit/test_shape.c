/* publish: the automata of declared patterns, held against regexec. */
#include "../../pipeline/publish/table/shape.h"
#include "desk.h"

#include <regex.h>

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void same_as_regexec(const gw_shape *shape, const regex_t *theirs, const char *pattern, gw_str text)
{
	regmatch_t at = {.rm_so = 0, .rm_eo = (regoff_t)text.len};
	bool fits = regexec(theirs, text.ptr, 1, &at, REG_STARTEND) == 0;
	if (gw_shape_fits(shape, text) != fits)
		fail_msg("%s, %.*s: %d", pattern, (int)text.len, text.ptr, fits);
}

/* Texts of the pattern's own characters, so that many fit nearly; every now and then another byte. */
static void try_texts(const gw_shape *shape, const regex_t *theirs, const char *pattern, uint64_t *seed)
{
	char text[128];
	size_t n = strlen(pattern);
	for (int i = 0; i < 3000; i++) {
		unsigned len = (unsigned)(next_random(seed) % (i % 4 ? 12 : 80));
		for (unsigned c = 0; c < len; c++)
			text[c] = next_random(seed) % 30 ? pattern[next_random(seed) % n] : (char)next_random(seed);
		same_as_regexec(shape, theirs, pattern, (gw_str){text, len});
	}
}

static void try_pattern(desk *d, const char *pattern, bool ours, uint64_t *seed)
{
	regex_t theirs;
	const gw_shape *shape = gw_shape_make(&d->arena, pattern);
	if ((shape != NULL) != ours)
		fail_msg("%s", pattern);
	if (!shape)
		return;
	assert_int_equal(regcomp(&theirs, pattern, REG_EXTENDED | REG_NOSUB), 0);
	try_texts(shape, &theirs, pattern, seed);
	regfree(&theirs);
}

static void shapes_are_those_of_regexec(void **state)
{
	static const char *const patterns[] = {"^a$", "^[ab]+$", "^[^ab]*$", "^a?b?c?$", "^(ab|ba|c)*c$", "^(a(b(c)?)+){2}$",
		"^[0-9a-f]{64}$", "^a{2,4}b{0,2}c{3,}$", "^(ab?){2,3}$", "^(a?b?){2,}c$", "^.a.$", "^\\.\\[a\\*$", "^[]a]+$", "^[a-c-]+$", "^[-a]b{1}$",
		"^((a|b)(c|a))*$", "^[.*?$]+$", "^(a*)*b$"};
	desk *d = *state;
	uint64_t seed = 3;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		try_pattern(d, patterns[i], true, &seed);
}

/* All that the project declares is ours: no row waits for regexec. */
static void the_project_schemas_need_no_regexec(void **state)
{
	desk *d = *state;
	uint64_t seed = 5;
	for (gw_table_id id = 0; id < GW_TABLES; id++)
		for (uint32_t i = 0; i < d->schema->tables[id].field_count; i++)
			if (d->schema->tables[id].fields[i].pattern)
				try_pattern(d, d->schema->tables[id].fields[i].pattern, true, &seed);
}

static void other_patterns_are_left(void **state)
{
	static const char *const patterns[] = {"", "a", "^a", "a$", "^a|b$", "^(a|)$", "^()$", "^(a$", "^a)$", "^[a$", "^[$", "^[]$", "^[a-$", "^[c-a]$",
		"^[[:digit:]]+$", "^[a\x80]$", "^\xe4$", "^a{$", "^a{1$", "^a{,2}$", "^a{2,1}$", "^a{0}$", "^a{1,999}$", "^a{65}$", "^a**$", "^*a$", "^a\\$",
		"^\\1$", "^a^b$", "^a$b$", "^(a|b)*a(a|b){9}$", "^(^a)$", "^$"};
	desk *d = *state;
	uint64_t seed = 7;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		try_pattern(d, patterns[i], false, &seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shapes_are_those_of_regexec, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(the_project_schemas_need_no_regexec, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(other_patterns_are_left, desk_open, desk_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
