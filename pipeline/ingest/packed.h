/* ingest/packed.h - an archive that is open, whatever its bytes stand in; what the unpacking of inputs and the reading
 * of office files share. libarchive behind it. */
#ifndef GW_INGEST_PACKED_H
#define GW_INGEST_PACKED_H

#include "inputs.h"

#include <archive.h>
#include <archive_entry.h>

typedef enum gw_packing {
	GW_PACKING_NONE,
	GW_PACKING_ZIP,
	GW_PACKING_7Z,
	GW_PACKING_TAR,
	GW_PACKING_STREAM /* gzip, bzip2, xz, zstd: of a tar or of one file */
} gw_packing;

enum { GW_MAGIC_BYTES = 512 };
gw_packing gw_packing_of(const char *head, size_t n); /* by the first bytes */

/* Bytes in a file, in memory or in a spool. */
typedef struct gw_bytes {
	const char *path;
	const char *memory;
	const gw_spool *spool;
	uint64_t offset, size;
} gw_bytes;
size_t gw_bytes_head(const gw_bytes *b, char *to, size_t n);

typedef struct gw_packed {
	struct archive *archive;
	gw_bytes bytes;
	int fd;             /* of a path; else -1 */
	uint64_t at;        /* of the reader */
	void *saved_locale; /* of the caller; names are read in UTF-8 */
	char room[65536];
} gw_packed;

/* NULL when the archive cannot be opened; `why` (of the arena) says so. */
gw_packed *gw_packed_open(const gw_bytes *b, gw_packing packing, gw_arena *arena, const char **why);
void gw_packed_close(gw_packed *p);
/* The next file in it: 1, 0 at the end, -1 when the archive is broken there (gw_packed_why). */
int gw_packed_next(gw_packed *p, struct archive_entry **entry);
const char *gw_packed_why(const gw_packed *p);
/* The name in it as UTF-8, GB 18030 where it is none; never NULL. */
const char *gw_packed_name(struct archive_entry *entry, gw_arena *arena);
/* Is a ZIP the wrapping of one document (DOCX, XLSX, ODT, OFD, EPUB) and no folder? */
bool gw_packed_is_document(const gw_bytes *b);

#endif
