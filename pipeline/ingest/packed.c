/* Archives by libarchive: ZIP, 7z, TAR, and what is packed as a stream. Which one it is, is decided here by the first
 * bytes and only that reader is switched on, so that a hostile file cannot choose among two dozen of them. */
#include "packed.h"

#include "decoders.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAMES_LOOKED_AT = 2000 };

gw_packing gw_packing_of(const char *head, size_t n)
{
	static const struct {
		const char *begin;
		unsigned len, at;
		gw_packing packing;
	} magic[] = {
	        {"PK\x03\x04", 4, 0, GW_PACKING_ZIP},
	        {"PK\x05\x06", 4, 0, GW_PACKING_ZIP}, /* with nothing in it */
	        {"7z\xBC\xAF\x27\x1C", 6, 0, GW_PACKING_7Z},
	        {"\x1F\x8B\x08", 3, 0, GW_PACKING_STREAM},
	        {"BZh", 3, 0, GW_PACKING_STREAM},
	        {"\xFD"
	         "7zXZ",
	                6, 0, GW_PACKING_STREAM},
	        {"\x28\xB5\x2F\xFD", 4, 0, GW_PACKING_STREAM},
	        {"ustar", 5, 257, GW_PACKING_TAR},
	};
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (n >= magic[i].at + magic[i].len && memcmp(head + magic[i].at, magic[i].begin, magic[i].len) == 0)
			return magic[i].packing;
	return GW_PACKING_NONE;
}

size_t gw_bytes_head(const gw_bytes *b, char *to, size_t n)
{
	if (n > b->size)
		n = (size_t)b->size;
	if (b->spool)
		return gw_spool_read(b->spool, b->offset, to, n);
	if (!b->path) {
		memcpy(to, b->memory, n);
		return n;
	}
	int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : pread(fd, to, n, 0);
	if (fd >= 0)
		close(fd);
	return got > 0 ? (size_t)got : 0;
}

/* ---- libarchive's reader over all three kinds of bytes ---- */

static la_ssize_t on_read(struct archive *a, void *ctx, const void **out)
{
	gw_packed *p = ctx;
	uint64_t left = p->bytes.size - p->at;
	size_t n = left < sizeof p->room ? (size_t)left : sizeof p->room;
	ssize_t got = (ssize_t)n;
	(void)a;
	if (p->bytes.memory) {
		*out = p->bytes.memory + p->at;
	} else {
		*out = p->room;
		do
			got = pread(p->fd, p->room, n, (off_t)(p->bytes.offset + p->at));
		while (got < 0 && errno == EINTR);
	}
	if (got > 0)
		p->at += (uint64_t)got;
	return got;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t n)
{
	gw_packed *p = ctx;
	uint64_t left = p->bytes.size - p->at;
	(void)a;
	if (n < 0 || (uint64_t)n > left)
		n = (la_int64_t)left;
	p->at += (uint64_t)n;
	return n;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
	gw_packed *p = ctx;
	la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)p->at : (la_int64_t)p->bytes.size;
	la_int64_t size = (la_int64_t)p->bytes.size;
	(void)a;
	if (offset < -from || offset > size - from)
		return ARCHIVE_FATAL;
	p->at = (uint64_t)(from + offset);
	return from + offset;
}

static void switch_on(struct archive *a, gw_packing packing)
{
	if (packing == GW_PACKING_ZIP)
		archive_read_support_format_zip(a);
	if (packing == GW_PACKING_7Z)
		archive_read_support_format_7zip(a);
	if (packing == GW_PACKING_TAR || packing == GW_PACKING_STREAM)
		archive_read_support_format_tar(a);
	if (packing != GW_PACKING_STREAM)
		return;
	archive_read_support_format_raw(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
}

gw_packed *gw_packed_open(const gw_bytes *b, gw_packing packing, gw_arena *arena, const char **why)
{
	gw_packed *p = malloc(sizeof *p);
	if (!p || !(p->archive = archive_read_new()))
		abort();
	p->bytes = *b;
	p->at = 0;
	p->fd = b->spool ? b->spool->fd : b->path ? open(b->path, O_RDONLY | O_CLOEXEC) : -1;
	/* The locale of this thread alone: libarchive turns names of other encodings into the locale's. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	p->saved_locale = utf8 ? uselocale(utf8) : (locale_t)0;
	switch_on(p->archive, packing);
	archive_read_set_read_callback(p->archive, on_read);
	archive_read_set_skip_callback(p->archive, on_skip);
	archive_read_set_seek_callback(p->archive, on_seek);
	archive_read_set_callback_data(p->archive, p);
	*why = NULL;
	if (!b->memory && p->fd < 0)
		*why = strerror(errno);
	else if (archive_read_open1(p->archive) != ARCHIVE_OK)
		*why = gw_arena_str(arena, gw_str_of(gw_packed_why(p))).ptr;
	else if (archive_filter_count(p->archive) > 2) /* the last one is the reading itself */
		*why = "packed as a stream more than once";
	if (!*why)
		return p;
	gw_packed_close(p);
	return NULL;
}

void gw_packed_close(gw_packed *p)
{
	archive_read_free(p->archive);
	if (p->saved_locale) {
		locale_t utf8 = uselocale((locale_t)p->saved_locale);
		freelocale(utf8);
	}
	if (p->fd >= 0 && !p->bytes.spool)
		close(p->fd);
	free(p);
}

int gw_packed_next(gw_packed *p, struct archive_entry **entry)
{
	int r;
	do
		r = archive_read_next_header(p->archive, entry);
	while (r == ARCHIVE_RETRY);
	return r == ARCHIVE_EOF ? 0 : r < ARCHIVE_WARN ? -1 : 1;
}

const char *gw_packed_why(const gw_packed *p)
{
	const char *why = archive_error_string(p->archive);
	return why ? why : "damaged";
}

/* Older programs for Windows wrote names in the system's code page. What is neither UTF-8 nor that stays bytes. */
const char *gw_packed_name(struct archive_entry *entry, gw_arena *arena)
{
	const char *raw = archive_entry_pathname(entry), *utf8 = archive_entry_pathname_utf8(entry), *out;
	if (utf8 && (!raw || gw_utf8_valid(utf8, strlen(utf8))))
		return gw_arena_str(arena, gw_str_of(utf8)).ptr;
	if (!raw)
		return "";
	size_t n = strlen(raw), len;
	uint32_t errors = 0;
	if (gw_utf8_valid(raw, n))
		return gw_arena_str(arena, gw_str_of(raw)).ptr;
	if (gw_decoder_gb18030.decode(raw, n, arena, &out, &len, &errors, NULL) <= GW_WARN && !errors)
		return gw_arena_str(arena, (gw_str){out, (uint32_t)len}).ptr;
	return gw_name_publishable(arena, gw_arena_str(arena, gw_str_of(raw)).ptr);
}

bool gw_packed_is_document(const gw_bytes *b)
{
	static const char *const telling[] = {"[Content_Types].xml", "OFD.xml", "mimetype"};
	gw_arena arena;
	const char *why;
	bool found = false;
	gw_arena_init(&arena);
	gw_packed *p = gw_packed_open(b, GW_PACKING_ZIP, &arena, &why);
	struct archive_entry *entry;
	for (int i = 0; p && !found && i < NAMES_LOOKED_AT && gw_packed_next(p, &entry) > 0; i++) {
		const char *name = archive_entry_pathname(entry);
		for (size_t k = 0; name && k < sizeof telling / sizeof *telling; k++)
			found = found || strcmp(name, telling[k]) == 0;
	}
	if (p)
		gw_packed_close(p);
	gw_arena_release(&arena);
	return found;
}
