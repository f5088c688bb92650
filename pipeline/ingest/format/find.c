/* Which format a file is in: asked in this order. */
#include "format.h"

const gw_format *const gw_formats_packed[] = {&gw_format_docx, &gw_format_office, &gw_format_pdf, &gw_format_ole, NULL};
const gw_format *const gw_formats_markup[] = {&gw_format_markdown, &gw_format_html, &gw_format_xml, NULL};
