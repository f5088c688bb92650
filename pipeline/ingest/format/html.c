/* HTML: is it, and then tree, main text, lines. */
#include "page.h"

#include <strings.h>

enum { LOOK = 4096, ENDINGS_LEAST = 2 };

static const char *find(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);
	for (; (size_t)(end - p) >= n; p++)
		if (*p == *word && strncasecmp(p, word, n) == 0)
			return p;
	return NULL;
}

/* Behind blanks, comments and an XML declaration. */
static const char *first_tag(const char *p, const char *end)
{
	for (;;) {
		while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
			p++;
		const char *stop = NULL;
		if (end - p > 4 && memcmp(p, "<!--", 4) == 0)
			stop = find(p + 4, end, "-->");
		else if (end - p > 5 && memcmp(p, "<?xml", 5) == 0)
			stop = find(p + 5, end, "?>");
		if (!stop)
			return p;
		p = stop + (*stop == '-' ? 3 : 2);
	}
}

/* A text that was scraped may hold a stray tag or comment; a page begins with one of these, or is named as one and
 * holds ends of tags. */
static bool html_is(const gw_format_job *job)
{
	static const char *const begins[] = {"<!doctype html", "<html", "<head", "<body"};
	static const char *const endings[] = {
	        "</p>", "</div>", "</td>", "<br", "</span>", "</li>", "</h1>", "</a>", "</title>"};
	const char *p = job->bytes, *end = p + (job->len < LOOK ? job->len : LOOK);
	p = first_tag(p, end);
	if (p == end || *p != '<')
		return false;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if ((size_t)(end - p) >= strlen(begins[i]) && strncasecmp(p, begins[i], strlen(begins[i])) == 0)
			return true;
	unsigned found = 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		found += find(p, end, endings[i]) != NULL;
	return found >= ENDINGS_LEAST ||
	       (found && gw_format_ends_with(job->path, ".htm|.html|.shtml|.xhtml|.jsp|.asp|.aspx|.php|.do"));
}

static gw_status html_read(const gw_format_job *job, gw_buf *out)
{
	gw_page page = {0};
	gw_status status = gw_page_parse(job, &page);
	if (status >= GW_FAILED)
		return status;
	gw_page_find_main(&page, job->words);
	gw_page_write(&page, job->words, out);
	if (!out->len)
		return gw_format_fail(job, GW_E_FORMAT,
		        "a page without text: it is made by scripts perhaps, when a browser shows it");
	return GW_OK;
}

const gw_format gw_format_html = {"HTML", html_is, html_read, false};
