/* Decoders and detection, bare, for the scripts beside this file.
 *
 *   codes dump NAME [all]  a line for every code of the encoding: hex bytes, TAB, its code points in hex, parted by
 *                        blanks, or nothing where there is no character; of the codes of four bytes above the basic
 *                        plane one in 101 unless `all` is said
 *   codes decode NAME FILE  the file's bytes as UTF-8
 *   codes detect LIST    a line for every file that LIST names: the encoding, or !ENCODING where it is recognised but
 *                        not read, or -
 *   codes speed NAME FILE  decoding in memory against iconv(3) on the same bytes, the best of seven rounds each */
#include "../../pipeline/ingest/decoders.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void code_print(const gw_decoder *d, gw_arena *a, const unsigned char *code, size_t n)
{
	const char *out;
	size_t len;
	uint32_t errors;
	d->decode((const char *)code, n, a, &out, &len, &errors, NULL);
	for (size_t i = 0; i < n; i++)
		printf("%02X", code[i]);
	putchar('\t');
	if (!errors)
		for (const char *p = out, *end = out + len; p < end;)
			printf(p == out ? "%04X" : " %04X", (unsigned)gw_utf8_next(&p, end));
	putchar('\n');
	gw_arena_reset(a);
}

static void pairs_dump(const gw_decoder *d, gw_arena *a)
{
	for (unsigned lead = 0x80; lead <= 0xFF; lead++) {
		unsigned char code[2] = {(unsigned char)lead};
		code_print(d, a, code, 1);
		for (unsigned trail = 0x40; trail <= 0xFF && lead > 0x80 && lead < 0xFF; trail++) {
			code[1] = (unsigned char)trail;
			if (trail != 0x7F)
				code_print(d, a, code, 2);
		}
	}
}

static void fours_dump(const gw_decoder *d, gw_arena *a, bool all)
{
	for (uint32_t i = 0; i < 126 * 12600; i += all || i < 39420 ? 1 : 101) {
		unsigned char code[4] = {(unsigned char)(0x81 + i / 12600), (unsigned char)(0x30 + i / 1260 % 10),
		        (unsigned char)(0x81 + i / 10 % 126), (unsigned char)(0x30 + i % 10)};
		code_print(d, a, code, 4);
	}
}

/* One character between its escapes. */
static void seven_dump(const gw_decoder *d, gw_arena *a)
{
	static const char *const cn[] = {"\x1B$)A\x0E", "\x1B$)G\x0E", "\x1B$*H\x1BN"};
	bool hz = d == &gw_decoder_hz;
	for (unsigned set = 0; set < (hz ? 1 : 3); set++) {
		for (unsigned i = 0; i < 94 * 94; i++) {
			char code[16] = "";
			int n = snprintf(code, sizeof code, "%s%c%c", hz ? "~{" : cn[set], (char)(0x21 + i / 94),
			        (char)(0x21 + i % 94));
			code_print(d, a, (unsigned char *)code, (size_t)n);
		}
	}
}

static int dump(const char *name, bool all)
{
	const gw_decoder *d = gw_decoder_find(name);
	if (!d)
		return 2;
	gw_arena a;
	gw_arena_init(&a);
	if (d == &gw_decoder_hz || d == &gw_decoder_iso2022cn)
		seven_dump(d, &a);
	else
		pairs_dump(d, &a);
	if (d == &gw_decoder_gb18030)
		fours_dump(d, &a, all);
	gw_arena_release(&a);
	return 0;
}

static int detect(const char *list)
{
	FILE *f = fopen(list, "r");
	char path[4096];
	if (!f)
		return 2;
	while (fgets(path, sizeof path, f)) {
		path[strcspn(path, "\n")] = 0;
		gw_buf b;
		gw_buf_init(&b);
		FILE *in = fopen(path, "rb");
		if (!in)
			return 2;
		size_t n;
		char *to = gw_buf_reserve(&b, 1 << 16);
		n = fread(to, 1, 1 << 16, in);
		fclose(in);
		char *bytes = malloc(n + !n); /* of its very size, so that a sanitizer sees one byte too many */
		memcpy(bytes, to, n);
		gw_detected r = gw_detect(bytes, n);
		if (r.decoder)
			puts(r.decoder->name);
		else
			printf("%s%s\n", r.foreign ? "!" : "-", r.foreign ? r.foreign : "");
		free(bytes);
		gw_buf_release(&b);
	}
	fclose(f);
	return 0;
}

static gw_buf file_read(FILE *in)
{
	gw_buf b;
	gw_buf_init(&b);
	for (size_t n; (n = fread(gw_buf_reserve(&b, 1 << 20), 1, 1 << 20, in)) > 0;)
		b.len += n;
	fclose(in);
	return b;
}

static int decode(const char *name, const char *path)
{
	FILE *in = fopen(path, "rb");
	const gw_decoder *d = gw_decoder_find(name);
	const char *out;
	size_t len;
	uint32_t errors;
	if (!in || !d)
		return 2;
	gw_buf b = file_read(in);
	gw_arena a;
	gw_arena_init(&a);
	d->decode(b.ptr, b.len, &a, &out, &len, &errors, NULL);
	bool good = fwrite(out, 1, len, stdout) == len;
	gw_arena_release(&a);
	gw_buf_release(&b);
	return !good;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int speed(const char *name, const char *path)
{
	FILE *in = fopen(path, "rb");
	const gw_decoder *d = gw_decoder_find(name);
	iconv_t cd = iconv_open("UTF-8", name);
	if (!in || !d || cd == (iconv_t)-1)
		return 2;
	gw_buf b = file_read(in);
	gw_arena a;
	gw_arena_init(&a);
	char *room = malloc(3 * b.len + 16);
	double best[2] = {1e9, 1e9};
	for (int round = 0; round < 7; round++) {
		const char *out;
		size_t len, left = b.len, free_bytes = 3 * b.len;
		uint32_t errors;
		double from = now();
		d->decode(b.ptr, b.len, &a, &out, &len, &errors, NULL);
		best[0] = now() - from < best[0] ? now() - from : best[0];
		gw_arena_reset(&a);
		char *p = b.ptr, *to = room;
		from = now();
		iconv(cd, &p, &left, &to, &free_bytes);
		best[1] = now() - from < best[1] ? now() - from : best[1];
		if ((size_t)(to - room) != len)
			return fprintf(stderr, "iconv makes something else of it\n"), 1;
	}
	double mb = (double)b.len / 1e6;
	printf("%-10s %7.0f MB/s   iconv(3) %7.0f MB/s\n", d->name, mb / best[0], mb / best[1]);
	free(room);
	iconv_close(cd);
	gw_arena_release(&a);
	gw_buf_release(&b);
	return best[0] > best[1];
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "dump") == 0)
		return dump(argv[2], argc > 3);
	if (argc == 4 && strcmp(argv[1], "decode") == 0)
		return decode(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "detect") == 0)
		return detect(argv[2]);
	if (argc == 4 && strcmp(argv[1], "speed") == 0)
		return speed(argv[2], argv[3]);
	fputs("usage: codes dump NAME [all] | codes decode NAME FILE | codes detect LIST | codes speed NAME FILE\n", stderr);
	return 2;
}
