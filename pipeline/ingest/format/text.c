/* What the readers of formats share. */
#include "format.h"

#include <stdio.h>
#include <strings.h>

bool gw_format_ends_with(const char *path, const char *endings)
{
	size_t n = strlen(path);
	while (*endings) {
		size_t e = strcspn(endings, "|");
		if (n > e && strncasecmp(path + n - e, endings, e) == 0)
			return true;
		endings += e + (endings[e] == '|');
	}
	return false;
}

gw_status gw_format_fail(const gw_format_job *job, gw_code code, const char *fmt, ...)
{
	va_list args;
	char message[512];
	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	return gw_report(job->diag, code, &job->at, "%s", message);
}

/* From here on characters are set without blanks: Han, kana, full-width signs. */
static bool is_wide(uint32_t c)
{
	return c >= 0x2E80 && !(c >= 0xAC00 && c <= 0xD7FF);
}

static uint32_t last_char(const gw_buf *b)
{
	const char *end = b->ptr + b->len, *p = end;
	while (p > b->ptr && ((unsigned char)*--p & 0xC0) == 0x80)
		;
	return b->len ? gw_utf8_next(&p, end) : 0;
}

void gw_text_add_squeezed(gw_buf *out, const char *text, size_t n)
{
	const char *p = text, *end = text + n;
	bool blank = false, line = false, any = false;
	while (p < end) {
		const char *from = p;
		uint32_t c = gw_utf8_next(&p, end);
		if (c == '\n' || c == '\r')
			line = true;
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
			blank = true;
			continue;
		}
		if (blank && any && !(line && (is_wide(c) || is_wide(last_char(out)))))
			gw_buf_addc(out, ' ');
		gw_buf_add(out, from, (size_t)(p - from));
		blank = line = false;
		any = true;
	}
}
