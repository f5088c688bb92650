/* Options: one table for all commands; a command names those it takes. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum flag_kind { FLAG_YES, FLAG_TEXT, FLAG_LIST, FLAG_COUNT } flag_kind;

typedef struct flag {
	const char *name;
	char letter;
	flag_kind kind;
	size_t offset;            /* in gw_args */
	const char *value, *help; /* help NULL: not shown */
} flag;

#define AT(field) offsetof(gw_args, field)
static const flag flags[] = {
	{"config", 'c', FLAG_TEXT, AT(config), "FILE",
		"the configuration (default: config/pipeline.yaml, else the installed one)"},
	{"input", 'i', FLAG_LIST, AT(inputs), "PATH",
		"a file, a folder or an archive to read, - for standard input; may be given again"},
	{"output", 'o', FLAG_TEXT, AT(output), "DIR", "the folder that datasets stand under, or that is unpacked into"},
	{"dataset", 0, FLAG_TEXT, AT(dataset), "NAME", "the dataset, instead of the configured one"},
	{"part", 0, FLAG_TEXT, AT(part), "K/N", "the K-th of N parts of the inputs only, for N processes that share a folder"},
	{"jobs", 'j', FLAG_COUNT, AT(jobs), "N", "threads, 0 for as many as there are cores"},
	{"full", 0, FLAG_YES, AT(full), NULL, "extract every input again, also those that are as they were"},
	{"replay", 0, FLAG_TEXT, AT(replay), "FILE",
		"a quarantine file, - for standard input: its inputs are tried again along with the others"},
	{"gold", 0, FLAG_TEXT, AT(gold), "DIR", "folder of NAME.gold.jsonl and docs/NAME.txt"},
	{"min", 0, FLAG_LIST, AT(mins), "KIND=F1", "fail when this measure is below; may be given again"},
	{"keep", 0, FLAG_COUNT, AT(keep), "N", "how many of the newest snapshots stay"},
	{"examples", 0, FLAG_YES, AT(examples), NULL, "also try every example and counter-example of every rule"},
	{"explain", 0, FLAG_YES, AT(explain), NULL, "also list every fact with its rule and where that stands, and the cues that decided"},
	{"docs", 0, FLAG_TEXT, AT(docs), "PAGE", NULL},
	{"json", 0, FLAG_YES, AT(json), NULL, "print JSON"},
	{"quiet", 'q', FLAG_YES, AT(quiet), NULL, "errors only; no colour, no progress"},
	{"verbose", 'v', FLAG_YES, AT(verbose), NULL, "every message, notes too"},
	{"help", 'h', FLAG_YES, AT(help), NULL, "this help"},
	{"version", 0, FLAG_YES, AT(version), NULL, "versions of program, schema and lexicon"},
};
enum { FLAGS = sizeof flags / sizeof flags[0] };

/* Is `name` one of the words in `list`? help and version belong to every command. */
static bool takes(const char *list, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = list; (p = strstr(p, name)) != NULL; p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0))
			return true;
	return strcmp(name, "help") == 0 || strcmp(name, "version") == 0;
}

static void usage_line(const gw_command *c, FILE *out)
{
	fprintf(out, "usage: gongwen %s%s%s\n", c->name, *c->usage ? " " : "", c->usage);
}

static void help_print(const gw_command *c)
{
	usage_line(c, stdout);
	printf("\n%s\n\noptions:\n", c->summary);
	for (int i = 0; i < FLAGS; i++) {
		const flag *f = &flags[i];
		if (!f->help || !takes(c->options, f->name))
			continue;
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", f->name, f->value ? " " : "", f->value ? f->value : "");
		if (f->letter)
			printf("  -%c, %-18s %s\n", f->letter, left, f->help);
		else
			printf("      %-18s %s\n", left, f->help);
	}
	printf("\n%s", c->help);
}

/* Whole names only: an abbreviation would change its meaning when an option is added. */
static const flag *flag_find(const gw_command *c, const char *name, size_t len, char letter)
{
	for (int i = 0; i < FLAGS; i++) {
		const flag *f = &flags[i];
		bool same = letter ? f->letter == letter : strlen(f->name) == len && memcmp(f->name, name, len) == 0;
		if (same && takes(c->options, f->name))
			return f;
	}
	return NULL;
}

/* The table knows the type of the field behind the offset. */
static int flag_set(gw_session *s, const flag *f, const char *value)
{
	char *field = (char *)&s->args + f->offset, *end;
	long long n;
	switch (f->kind) {
	case FLAG_YES:
		*(bool *)(void *)field = true;
		break;
	case FLAG_TEXT:
		*(const char **)(void *)field = value;
		break;
	case FLAG_LIST:
		*GW_PUSH(&s->arena, (gw_words *)(void *)field) = value;
		break;
	case FLAG_COUNT:
		errno = 0;
		n = strtoll(value, &end, 10);
		if (errno || end == value || *end || n < 0 || n > 1000000)
			return gw_session_usage(s, "--%s: \"%s\" is no number", f->name, value);
		*(int64_t *)(void *)field = n;
		break;
	}
	return GW_GO_ON;
}

/* One argument that begins with '-'; *i moves on when its value is the next one. */
static int argument(gw_session *s, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *value = NULL;
	const flag *f;
	if (arg[1] == '-') {
		size_t len = strcspn(arg + 2, "=");
		f = flag_find(s->command, arg + 2, len, 0);
		value = arg[2 + len] ? arg + 3 + len : NULL;
	} else {
		f = flag_find(s->command, NULL, 0, arg[1]);
		value = arg[2] ? arg + 2 : NULL;
	}
	if (!f)
		return gw_session_usage(s, "unknown option %s", arg);
	if (f->kind == FLAG_YES && value)
		return gw_session_usage(s, "--%s takes no value", f->name);
	if (f->kind != FLAG_YES && !value) {
		if (*i + 1 >= argc)
			return gw_session_usage(s, "--%s needs a value: %s", f->name, f->value);
		value = argv[++*i];
	}
	return flag_set(s, f, value);
}

/* Options and names may be mixed; behind -- all are names. A lone - is one too: standard input. */
static int arguments(gw_session *s, int argc, char **argv)
{
	bool options = true;
	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			int status = argument(s, argc, argv, &i);
			if (status != GW_GO_ON)
				return status;
		} else {
			*GW_PUSH(&s->arena, &s->args.rest) = argv[i];
		}
	}
	return GW_GO_ON;
}

/* NO_COLOR counts when it is not empty (no-color.org). */
static bool terminal_colours(bool quiet)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	return !quiet && !(none && *none) && !(term && strcmp(term, "dumb") == 0) && isatty(STDERR_FILENO);
}

int gw_session_begin(gw_session *s, const gw_command *command, int argc, char **argv)
{
	memset(s, 0, sizeof *s);
	s->command = command;
	gw_arena_init(&s->arena);
	gw_arena_init(&s->inputs);
	gw_diag_init(&s->diag);
	s->args.jobs = s->args.keep = -1;
	int status = arguments(s, argc, argv);
	s->printer.quiet = s->args.quiet;
	s->printer.verbose = s->args.verbose;
	s->printer.colour = terminal_colours(s->args.quiet);
	s->printer.progress = !s->args.quiet && isatty(STDERR_FILENO);
	if (status != GW_GO_ON)
		return status;
	if (s->args.help)
		help_print(command);
	else if (s->args.version)
		gw_print_version();
	return s->args.help || s->args.version ? GW_EXIT_DONE : GW_GO_ON;
}

int gw_session_end(gw_session *s, int status)
{
	gw_print_problems(&s->printer, &s->diag);
	gw_print_hidden(&s->printer);
	gw_diag_release(&s->diag);
	gw_arena_release(&s->inputs);
	gw_arena_release(&s->arena);
	return status;
}

int gw_session_usage(gw_session *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	gw_report(
		&s->diag, GW_E_USAGE, NULL, "%s: %s; see gongwen %s --help", s->command->name, text, s->command->name);
	return GW_EXIT_USAGE;
}
