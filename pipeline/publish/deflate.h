/* deflate.h - packing at the speed at which rows are written. Inside publish/ only. */
#ifndef GW_PUBLISH_DEFLATE_H
#define GW_PUBLISH_DEFLATE_H

#include <stddef.h>

typedef struct gw_deflater gw_deflater;
/* Level 1 is our own; 2 to 9 are those of libdeflate. One a thread. NULL: not enough memory. */
gw_deflater *gw_deflater_new(int level);
void gw_deflater_free(gw_deflater *d); /* NULL is fine */
size_t gw_deflate_bound(const gw_deflater *d, size_t n);
/* The bytes as a deflate stream (RFC 1951), the same on every machine; its length. `to` has room for the bound. 0: not
 * enough memory. */
size_t gw_deflate(gw_deflater *d, const unsigned char *from, size_t n, unsigned char *to);
/* The same as a gzip member without name and time. */
size_t gw_gzip_bound(const gw_deflater *d, size_t n);
size_t gw_gzip(gw_deflater *d, const unsigned char *from, size_t n, unsigned char *to);

#endif
