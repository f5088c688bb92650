/* Markdown: known by its name only, since any text is Markdown too. The signs of headings, emphasis, links, quotations
 * and code are taken away, rows of tables get tabs; lines stay lines. */
#include "format.h"

typedef struct line {
	const char *p, *end;
} line;

static bool markdown_is(const gw_format_job *job)
{
	return gw_format_ends_with(job->path, ".md|.markdown|.mkd");
}

static bool all_of(line l, const char *set, unsigned least)
{
	unsigned n = 0;
	for (const char *p = l.p; p < l.end; p++) {
		if (*p == ' ')
			continue;
		if (!strchr(set, *p))
			return false;
		n++;
	}
	return n >= least;
}

static line trimmed(line l)
{
	while (l.p < l.end && (*l.p == ' ' || *l.p == '\t'))
		l.p++;
	while (l.end > l.p && (l.end[-1] == ' ' || l.end[-1] == '\t' || l.end[-1] == '\r'))
		l.end--;
	return l;
}

/* [text](address): the end of all of it, or NULL; the text between. */
static const char *link_at(const char *p, const char *end, line *text)
{
	unsigned depth = 0;
	const char *q = p;
	if (p == end || *p != '[')
		return NULL;
	for (; q < end; q++) {
		depth += *q == '[';
		if (*q == ']' && --depth == 0)
			break;
	}
	if (q >= end || q + 1 >= end || q[1] != '(')
		return NULL;
	const char *close = memchr(q + 2, ')', (size_t)(end - q - 2));
	*text = (line){p + 1, q};
	return close ? close + 1 : NULL;
}

/* The text of a line without the signs within it. `deep`: links within links are left as they are. */
static void inline_add(gw_buf *out, line l, bool deep)
{
	static const char escapable[] = "\\`*_{}[]()#+-.!|<>~";
	for (const char *p = l.p; p < l.end;) {
		line text;
		const char *image = *p == '!' ? link_at(p + 1, l.end, &text) : NULL,
		           *link = deep ? NULL : link_at(p, l.end, &text);
		const char *code = *p == '`' ? memchr(p + 1, '`', (size_t)(l.end - p - 1)) : NULL;
		if (code) { /* as it stands */
			gw_buf_add(out, p + 1, (size_t)(code - p - 1));
			p = code + 1;
		} else if (image) {
			p = image;
		} else if (link) {
			inline_add(out, text, true);
			p = link;
		} else if (*p == '\\' && p + 1 < l.end && strchr(escapable, p[1])) {
			gw_buf_addc(out, p[1]);
			p += 2;
		} else if (l.end - p > 1 && ((p[0] == '*' && p[1] == '*') || (p[0] == '_' && p[1] == '_') ||
		                                    (p[0] == '~' && p[1] == '~'))) {
			p += 2;
		} else if (*p == '`' || (*p == '*' && p + 1 < l.end && p[1] != ' ')) {
			p++;
		} else if (*p == '*' && p > l.p && p[-1] != ' ') {
			p++;
		} else {
			gw_buf_addc(out, *p++);
		}
	}
}

static void row_add(gw_buf *out, line l)
{
	bool first = true;
	l.p += *l.p == '|';
	l.end -= l.end > l.p && l.end[-1] == '|';
	while (l.p <= l.end) {
		const char *bar = memchr(l.p, '|', (size_t)(l.end - l.p));
		line cell = trimmed((line){l.p, bar ? bar : l.end});
		if (!first)
			gw_buf_addc(out, '\t');
		first = false;
		inline_add(out, cell, false);
		if (!bar)
			break;
		l.p = bar + 1;
	}
}

/* Signs at the begin of a line: headings, quotations, bullets. */
static line without_signs(line l)
{
	l = trimmed(l);
	while (l.p < l.end && *l.p == '>')
		l = trimmed((line){l.p + 1, l.end});
	const char *p = l.p;
	while (p < l.end && *p == '#')
		p++;
	if (p > l.p && p - l.p <= 6 && (p == l.end || *p == ' ')) {
		l = trimmed((line){p, l.end});
		while (l.end > l.p && l.end[-1] == '#')
			l.end--;
		return trimmed(l);
	}
	if (l.end - l.p > 1 && (*l.p == '-' || *l.p == '*' || *l.p == '+') && l.p[1] == ' ')
		return trimmed((line){l.p + 2, l.end});
	return l;
}

static gw_status markdown_read(const gw_format_job *job, gw_buf *out)
{
	bool code = false;
	for (const char *p = job->bytes, *end = p + job->len; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		line l = {p, stop ? stop : end}, t = trimmed(l);
		p = stop ? stop + 1 : end;
		if (t.end - t.p >= 3 && (memcmp(t.p, "```", 3) == 0 || memcmp(t.p, "~~~", 3) == 0)) {
			code = !code;
			continue;
		}
		/* rules, underlines of headings, the line below the head of a table */
		if (!code && (all_of(t, "-", 3) || all_of(t, "=", 2) || all_of(t, "*", 3) || all_of(t, "|:-", 3)))
			continue;
		if (code)
			gw_buf_add(out, t.p, (size_t)(t.end - t.p));
		else if (t.end - t.p > 1 && *t.p == '|')
			row_add(out, t);
		else
			inline_add(out, without_signs(l), false);
		gw_buf_addc(out, '\n');
	}
	return GW_OK;
}

const gw_format gw_format_markdown = {"Markdown", markdown_is, markdown_read, false};
