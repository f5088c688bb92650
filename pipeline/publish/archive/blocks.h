/* blocks.h - the members of an archive, by what is in them, so that the next archive need not pack the same bytes again.
 * Inside publish/ only. */
#ifndef GW_PUBLISH_BLOCKS_H
#define GW_PUBLISH_BLOCKS_H

#include "gw/file.h"
#include "gw/tape.h"

#include <openssl/evp.h>

/* A member of a file that may be used again. The tag is a keyed 128-bit checksum (GMAC) of the bytes in it: under a
 * random key nobody can make two blocks of one tag. */
typedef struct gw_block {
	unsigned char tag[16];
	uint64_t at; /* in the file */
	uint32_t raw_size, size, crc; /* CRC-32 of the member */
} gw_block;

/* The list is a file, by tag, of which only every 64th tag is in memory; or a list in the making (gw/tape.h). */
typedef struct gw_blocks {
	char key[65];           /* program, level: what else the members depend on */
	unsigned char mac[16];  /* the key of the tags */
	gw_sorter *made;        /* NULL for a list that was loaded */
	uint32_t count;
	uint64_t *tags;         /* of every 64th block, the first eight bytes */
	int fd, list;           /* of the file and of the list that was loaded; -1 when there is none */
	bool useless;           /* there is no random key: nothing is to be tagged */
} gw_blocks;
/* An empty list with a new random key, or that of `old` (may be NULL). */
void gw_blocks_init(gw_blocks *b, const char *key, const gw_blocks *old);
/* The list of an earlier file `gz`, as it was saved at `path`. False when it is of no use: then b is empty. */
bool gw_blocks_load(gw_blocks *b, const char *path, const char *gz, const char *key);
gw_status gw_blocks_save(const gw_blocks *b, const char *path, gw_diag *diag);
void gw_blocks_release(gw_blocks *b);
/* Of a list that was loaded. False: not there. */
bool gw_blocks_find(const gw_blocks *b, const unsigned char tag[16], size_t raw_size, gw_block *out);
bool gw_blocks_at(const gw_blocks *b, uint32_t i, gw_block *out);
EVP_MAC_CTX *gw_tags_open(void); /* one a thread; NULL when there is none; EVP_MAC_CTX_free */
bool gw_tag_make(EVP_MAC_CTX *ctx, const unsigned char key[16], const char *bytes, size_t n, unsigned char tag[16]);
/* The bytes of a member of the earlier file; false when they are not there any more. */
bool gw_block_read(const gw_blocks *b, const gw_block *member, gw_buf *out);
/* Notes a member of the file in the making. */
void gw_block_note(gw_blocks *b, const unsigned char tag[16], size_t raw_size, uint64_t at, const gw_buf *member);

#endif
