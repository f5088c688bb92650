/* Decoders and detection, bare, for the scripts beside this file.
 *
 *   codes dump NAME [all]  a line for every code of the encoding: hex bytes, TAB, its code points in hex, parted by
 *                        blanks, or nothing where there is no character; of the codes of four bytes above the basic
 *                        plane one in 101 unless `all` is said
 *   codes detect LIST    a line for every file that LIST names: the encoding, or !ENCODING where it is recognised but
 *                        not read, or - */
#include "../../pipeline/ingest/decoders.h"

#include <stdio.h>
#include <stdlib.h>

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

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "dump") == 0)
		return dump(argv[2], argc > 3);
	if (argc == 3 && strcmp(argv[1], "detect") == 0)
		return detect(argv[2]);
	fputs("usage: codes dump NAME [all] | codes detect LIST\n", stderr);
	return 2;
}
