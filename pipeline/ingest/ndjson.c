/* Documents as NDJSON: one object a line, {"source_path", "content" | "content_base64"}. */
#include "gw/ingest.h"

#include <errno.h>
#include <jansson.h>
#include <unistd.h>

typedef struct reader {
	gw_input_fn each;
	void *ctx;
	gw_diag *diag;
	uint32_t line;
	gw_status worst; /* of the lines so far */
	gw_buf bytes;    /* decoded base64 */
} reader;

static gw_status bad_line(reader *r, uint32_t column, const char *what)
{
	gw_place at = {.path = "-", .line = r->line, .column = column};
	gw_report(r->diag, GW_E_INPUT_NDJSON, &at, "%s", what);
	return GW_WARN; /* this line is lost, the next is not touched */
}

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648, section 4. The padding may be missing; line ends within are tolerated, as older encoders write them. */
static bool base64_decode(const char *text, size_t n, gw_buf *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i = 0;
	gw_buf_clear(out);
	char *to = gw_buf_reserve(out, n / 4 * 3 + 4);
	for (; i < n && text[i] != '='; i++) {
		int v = base64_value((unsigned char)text[i]);
		if (v < 0 && (text[i] == '\n' || text[i] == '\r'))
			continue;
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*to++ = (char)(bits >> have & 0xFF);
		}
	}
	size_t padding = n - i;
	for (; i < n; i++)
		if (text[i] != '=')
			return false;
	out->len = (size_t)(to - out->ptr);
	*to = 0;
	return have < 6 && padding <= 2;
}

static gw_status read_object(reader *r, const json_t *o)
{
	json_t *path = json_object_get(o, "source_path");
	json_t *content = json_object_get(o, "content"), *coded = json_object_get(o, "content_base64");
	if (!json_is_object(o))
		return bad_line(r, 1, "expected an object {\"source_path\": …, \"content\": …}");
	if (!json_is_string(path) || json_string_length(path) == 0)
		return bad_line(r, 1, "expected a text \"source_path\"");
	if (strlen(json_string_value(path)) != json_string_length(path))
		return bad_line(r, 1, "\"source_path\" holds a NUL");
	if ((content != NULL) == (coded != NULL))
		return bad_line(r, 1, "expected one of \"content\" and \"content_base64\"");
	if (!json_is_string(content ? content : coded))
		return bad_line(r, 1, content ? "\"content\" is no text" : "\"content_base64\" is no text");
	gw_input in = {.source_path = json_string_value(path)};
	if (content) {
		in.content = json_string_value(content);
		in.content_len = json_string_length(content);
	} else {
		if (!base64_decode(json_string_value(coded), json_string_length(coded), &r->bytes))
			return bad_line(r, 1, "\"content_base64\" is not base64");
		in.content = r->bytes.ptr;
		in.content_len = r->bytes.len;
	}
	in.size = in.content_len;
	return r->each(r->ctx, &in, r->diag);
}

/* Above GW_WARN only when `each` says so. */
static gw_status read_line(reader *r, const char *p, size_t n)
{
	r->line++;
	if (r->line == 1 && n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
		p += 3;
		n -= 3;
	}
	while (n && (p[n - 1] == '\r' || p[n - 1] == '\t' || p[n - 1] == ' '))
		n--;
	if (n == 0)
		return GW_OK;
	json_error_t error;
	json_t *o = json_loadb(p, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
	if (!o) {
		/* jansson cuts the text near the error at a byte, so its message may end within a character */
		for (char *c = error.text; *c; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
		return bad_line(r, error.column > 0 ? (uint32_t)error.column : 1, error.text);
	}
	gw_status s = read_object(r, o);
	json_decref(o);
	return s;
}

/* Gives all whole lines of the buffer to read_line and keeps the rest; `from` is where the search for a line end goes
 * on. */
static gw_status take_lines(reader *r, gw_buf *b, size_t from)
{
	size_t begin = 0;
	for (const char *nl; (nl = memchr(b->ptr + from, '\n', b->len - from)) != NULL; from = begin) {
		size_t end = (size_t)(nl - b->ptr);
		gw_status s = read_line(r, b->ptr + begin, end - begin);
		if (s > r->worst)
			r->worst = s;
		if (s > GW_WARN)
			return s;
		begin = end + 1;
	}
	if (begin) {
		memmove(b->ptr, b->ptr + begin, b->len - begin);
		b->len -= begin;
	}
	return GW_OK;
}

static gw_status read_all(reader *r, int fd, gw_buf *b)
{
	for (;;) {
		size_t before = b->len;
		/* a long line is read in ever larger pieces, so its length costs no more than its bytes */
		size_t want = before > 65536 ? before : 65536;
		ssize_t n = read(fd, gw_buf_reserve(b, want), want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			gw_place at = {.path = "-"};
			return gw_report(r->diag, GW_E_INPUT_READ, &at, "%s", strerror(errno));
		}
		if (n == 0)
			break;
		b->len += (size_t)n;
		gw_status s = take_lines(r, b, before);
		if (s > GW_WARN)
			return s;
	}
	gw_status s = b->len ? read_line(r, b->ptr, b->len) : GW_OK;
	return s > r->worst ? s : r->worst;
}

gw_status gw_ndjson_read(int fd, gw_input_fn each, void *ctx, gw_diag *diag)
{
	reader r = {.each = each, .ctx = ctx, .diag = diag};
	gw_buf b;
	gw_buf_init(&b);
	gw_buf_init(&r.bytes);
	gw_status s = read_all(&r, fd, &b);
	gw_buf_release(&r.bytes);
	gw_buf_release(&b);
	return s;
}
