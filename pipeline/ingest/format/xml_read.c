/* XML of office files, read as a stream. libxml2 holds depth (256) and the length of a text (10 MB) by itself. */
#include "docx.h"

xmlTextReader *gw_xml_open(const char *bytes, size_t n)
{
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
	return n <= INT32_MAX ? xmlReaderForMemory(bytes, (int)n, NULL, NULL, options) : NULL;
}

int gw_xml_next(xmlTextReader *r)
{
	int got = xmlTextReaderRead(r);
	if (got == 1 && (xmlTextReaderNodeType(r) == XML_READER_TYPE_DOCUMENT_TYPE ||
	                        xmlTextReaderNodeType(r) == XML_READER_TYPE_ENTITY_REFERENCE))
		return -2;
	return got;
}

bool gw_xml_is(xmlTextReader *r, const char *local_name)
{
	const char *name = (const char *)xmlTextReaderConstLocalName(r);
	return name && strcmp(name, local_name) == 0;
}

const char *gw_xml_attribute(xmlTextReader *r, const char *local_name, gw_arena *a)
{
	const char *found = NULL;
	for (int more = xmlTextReaderMoveToFirstAttribute(r); more == 1 && !found;
	        more = xmlTextReaderMoveToNextAttribute(r))
		if (gw_xml_is(r, local_name))
			found = gw_arena_str(a, gw_str_of((const char *)xmlTextReaderConstValue(r))).ptr;
	xmlTextReaderMoveToElement(r);
	return found;
}
