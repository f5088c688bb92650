/* XML that is no page: the text of its elements, a line each. Tags within a sentence break no line. What declares a
 * document type is refused: entities could be declared in it, of which a few lines can unfold to gigabytes. */
#include "docx.h"

static bool xml_is(const gw_format_job *job)
{
	const char *p = job->bytes, *end = p + job->len;
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return end - p > 6 && memcmp(p, "<?xml", 5) == 0;
}

/* A tag that stands right behind text stands in a sentence; else a new line begins. */
static void tag_met(gw_buf *out)
{
	char last = out->len ? out->ptr[out->len - 1] : '\n';
	if (last == ' ')
		out->ptr[out->len - 1] = '\n';
}

static void text_met(gw_buf *out, const char *text)
{
	size_t n = strlen(text), blanks = strspn(text, " \t\r\n");
	if (blanks && out->len && out->ptr[out->len - 1] != '\n')
		gw_buf_addc(out, blanks == n || memchr(text, '\n', blanks) ? '\n' : ' ');
	gw_text_add_squeezed(out, text, n);
	if (blanks < n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		gw_buf_addc(out, text[n - 1]);
}

/* The declaration names the encoding that the bytes had: they are UTF-8 by now. */
static xmlTextReader *open_behind_declaration(const gw_format_job *job)
{
	const char *p = memmem(job->bytes, job->len, "?>", 2);
	return p ? gw_xml_open(p + 2, job->len - (size_t)(p + 2 - job->bytes)) : NULL;
}

static gw_status xml_read(const gw_format_job *job, gw_buf *out)
{
	xmlTextReader *r = open_behind_declaration(job);
	int got = -1;
	while (r && (got = gw_xml_next(r)) == 1) {
		int type = xmlTextReaderNodeType(r);
		if (type == XML_READER_TYPE_ELEMENT || type == XML_READER_TYPE_END_ELEMENT)
			tag_met(out);
		else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
		         type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE || type == XML_READER_TYPE_WHITESPACE)
			text_met(out, (const char *)xmlTextReaderConstValue(r));
	}
	xmlFreeTextReader(r);
	xmlResetLastError();
	if (got == -2)
		return gw_format_fail(job, GW_E_FORMAT, "XML with a document type: entities are not read");
	if (got < 0)
		return gw_format_fail(job, GW_E_FORMAT, "damaged XML");
	if (!out->len)
		return gw_format_fail(job, GW_E_FORMAT, "XML without text");
	return GW_OK;
}

const gw_format gw_format_xml = {"XML", xml_is, xml_read, false};
