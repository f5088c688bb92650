/* Archives as folders: a.zip with b.txt in it is the source a.zip/b.txt.
 *
 * Every byte that is unpacked, wanted or not, is paid from one budget of the outermost archive: of bytes, and of bytes
 * for each byte of the archive itself. So a bomb costs what the limits say and no more, however it is built, and an
 * archive that breaks them is refused as a whole: half of it would be a dataset with a hole that nobody sees. What is
 * wrong with one file (a link, a name that leads out) refuses that file alone. */
#include "packed.h"

#include <errno.h>

enum { NAME_MOST = 1024 };

/* Small archives of much-repeated text pack better than any limit on the ratio would grant. */
static const uint64_t ratio_slack = 16 << 20;

const gw_option gw_archive_options[] = {
        {"open", GW_OPT_BOOL, offsetof(gw_archive_settings, open), "true", 0, 0, NULL,
                "Whether archives (ZIP, TAR, 7z, gzip, bzip2, xz, zstd) are read as folders; else they are rejected."},
        {"max_depth", GW_OPT_INT, offsetof(gw_archive_settings, max_depth), "3", 1, 64, NULL,
                "Archives within archives: 1 opens none of those within."},
        {"max_files", GW_OPT_INT, offsetof(gw_archive_settings, max_files), "100000", 1, 1e9, NULL,
                "Files in one archive, those in archives within it counted; one with more is rejected."},
        {"max_file_bytes", GW_OPT_INT, offsetof(gw_archive_settings, max_file_bytes), "256M", 1, 1 << 30, NULL,
                "A file in an archive that is larger when unpacked is rejected, the others are read."},
        {"max_bytes", GW_OPT_INT, offsetof(gw_archive_settings, max_bytes), "2G", 1, 1e13, NULL,
                "Bytes that one archive may unpack to, archives within it counted; one with more is rejected."},
        {"max_ratio", GW_OPT_INT, offsetof(gw_archive_settings, max_ratio), "100", 1, 1e6, NULL,
                "How often its own size an archive may unpack to (beyond 16M); one that grows more is rejected."},
        {0},
};

typedef struct budget {
	uint64_t bytes, files, file_bytes;
} budget;

typedef struct unpack {
	gw_arena *arena;
	const gw_archive_settings *settings;
	const gw_strings *exclude;
	gw_inputs *out;
	budget left;
	gw_code code;    /* why the whole archive is refused */
	const char *why; /* NULL: it is not */
} unpack;

/* One archive that is open, outermost or within. */
typedef struct folder {
	gw_packed *packed;
	const char *path, *opened_as; /* of the archive: source path, for messages */
	unsigned depth;
	gw_map names;
	uint32_t files;
	uint64_t ratio_left;
	struct folder *up;
} folder;

static gw_bytes bytes_of(const gw_input *in)
{
	return (gw_bytes){.path = in->path,
	        .memory = in->path || in->spool ? NULL
	                  : in->content         ? in->content
	                                        : "",
	        .spool = in->spool,
	        .offset = in->offset,
	        .size = in->path || in->spool ? in->size : in->content_len};
}

static const char *shown(const gw_input *in)
{
	return in->opened_as ? in->opened_as : in->path ? in->path : in->source_path;
}

static gw_packing packing_of(const gw_input *in)
{
	char head[GW_MAGIC_BYTES];
	gw_bytes b = bytes_of(in);
	gw_packing p = gw_packing_of(head, gw_bytes_head(&b, head, sizeof head));
	return p == GW_PACKING_ZIP && gw_packed_is_document(&b) ? GW_PACKING_NONE : p;
}

static void refuse_all(unpack *u, gw_code code, const char *why)
{
	if (!u->why) {
		u->code = code;
		u->why = why;
	}
}

static gw_input *refuse(unpack *u, const gw_input *in, gw_code code, const char *why)
{
	gw_input *item = GW_PUSH(u->arena, &u->out->items);
	*item = *in;
	item->refused_code = code;
	item->refused = why;
	return item;
}

/* ---- names ---- */

/* A part that must not stand in a path, or a drive. */
static bool leads_out(const char *name)
{
	if (name[0] == '/' || name[0] == '\\' || (name[0] && name[1] == ':'))
		return true;
	for (const char *p = name; *p;) {
		size_t n = strcspn(p, "/\\");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return true;
		p += n + (p[n] != 0);
	}
	return false;
}

/* Dots that lead elsewhere and control characters are written as %XX, so that a refused name can be told. */
static const char *harmless(gw_arena *a, const char *name)
{
	gw_buf b;
	gw_buf_init(&b);
	for (const char *p = name; *p; p++) {
		bool begins = p == name || p[-1] == '/' || p[-1] == '\\';
		bool dots = *p == '.' && begins && p[1] == '.' && (!p[2] || p[2] == '/' || p[2] == '\\');
		if (dots)
			gw_buf_adds(&b, "%2E");
		else if ((unsigned char)*p < 0x20 || *p == 0x7F || (begins && *p == '/'))
			gw_buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
		else
			gw_buf_addc(&b, *p);
	}
	const char *out = gw_arena_str(a, (gw_str){b.ptr ? b.ptr : "", (uint32_t)b.len}).ptr;
	gw_buf_release(&b);
	return out;
}

/* Hidden files are left out as they are in folders; the dots of . and .. hide nothing. */
static bool is_hidden(const char *name)
{
	for (const char *p = name; *p; p += strcspn(p, "/"), p += *p == '/')
		if (*p == '.' && !(p[1] == '/' || !p[1]) && !(p[1] == '.' && (p[2] == '/' || !p[2])))
			return true;
	return false;
}

static const char *without_dots(const char *name)
{
	while (name[0] == '.' && name[1] == '/')
		name += 2;
	return name;
}

/* x.txt.gz holds x.txt. */
static const char *name_of_stream(gw_arena *a, const char *archive)
{
	static const char *const endings[] = {".gz", ".bz2", ".xz", ".zst", ".tgz"};
	const char *base = gw_path_base(archive);
	size_t n = strlen(base);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t e = strlen(endings[i]);
		if (n > e && strcasecmp(base + n - e, endings[i]) == 0)
			return gw_arena_printf(a, "%.*s", (int)(n - e), base);
	}
	return "content";
}

/* A name may stand in an archive twice; what is refused under it still needs a path of its own. */
static const char *unique(unpack *u, folder *f, const char *name, bool *again)
{
	*again = false;
	for (unsigned i = 2;; i++) {
		uint32_t *seen = gw_map_put(&f->names, gw_str_of(name));
		if (*seen == GW_NONE) {
			*seen = f->files;
			return name;
		}
		*again = true;
		name = gw_arena_printf(u->arena, "%s (%u)", name, i);
	}
}

/* ---- one file ---- */

/* Pays for bytes that were unpacked; false when the archive has gone beyond a limit. */
static bool pay(unpack *u, folder *f, uint64_t n)
{
	if (u->left.bytes < n) {
		refuse_all(u, GW_E_ARCHIVE_LIMIT,
		        gw_arena_printf(u->arena, "unpacks to more than archives.max_bytes (%lld)",
		                (long long)u->settings->max_bytes));
		return false;
	}
	u->left.bytes -= n;
	for (; f; f = f->up) {
		if (f->ratio_left < n) {
			refuse_all(u, GW_E_ARCHIVE_LIMIT,
			        gw_arena_printf(u->arena,
			                "%s unpacks to more than %lld times its size (archives.max_ratio)",
			                f->opened_as, (long long)u->settings->max_ratio));
			return false;
		}
		f->ratio_left -= n;
	}
	return true;
}

/* Unpacks the data of a file: into the spool, or with keep == false to nowhere, since a packed stream can only be
 * passed over by unpacking it. Sets why (NULL: all is well). false: the archive ends here. */
static bool data_read(unpack *u, folder *f, bool keep, uint64_t *size, const char **why)
{
	char room[65536];
	gw_spool *spool = u->out->spool;
	*size = 0;
	for (unsigned again = 0;;) {
		la_ssize_t n = archive_read_data(f->packed->archive, room, sizeof room);
		if (n == 0)
			return true;
		if (n == ARCHIVE_RETRY && again++ < 8)
			continue;
		if (n == ARCHIVE_FAILED || n == ARCHIVE_WARN) { /* this file: a wrong checksum, an unknown method */
			*why = gw_arena_printf(u->arena, "cannot be unpacked: %s", gw_packed_why(f->packed));
			return true;
		}
		if (n < 0) {
			*why = gw_arena_printf(u->arena, "cannot be unpacked: %s", gw_packed_why(f->packed));
			return false;
		}
		if (!pay(u, f, (uint64_t)n))
			return false;
		*size += (uint64_t)n;
		if (keep && !*why && *size > (uint64_t)u->settings->max_file_bytes)
			*why = gw_arena_printf(u->arena, "unpacks to more than archives.max_file_bytes (%lld)",
			        (long long)u->settings->max_file_bytes);
		if (keep && !*why && !gw_spool_add(spool, room, (size_t)n)) {
			refuse_all(u, GW_E_INPUT_READ,
			        gw_arena_printf(u->arena, "cannot be unpacked into a temporary file: %s",
			                strerror(spool->error)));
			return false;
		}
	}
}

static const char *wrong_kind(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) || archive_entry_symlink(e) || archive_entry_filetype(e) == AE_IFLNK)
		return "a link; links in archives are not followed";
	if (archive_entry_filetype(e) && archive_entry_filetype(e) != AE_IFREG)
		return "not a regular file";
	return archive_entry_is_encrypted(e) ? "encrypted" : NULL;
}

static void archive_open(unpack *u, const gw_input *in, gw_packing packing, unsigned depth, folder *up);

/* The file in the spool as an input, or opened in its turn. */
static void file_add(unpack *u, folder *f, const gw_input *in)
{
	gw_packing packing = packing_of(in);
	if (packing == GW_PACKING_NONE)
		*GW_PUSH(u->arena, &u->out->items) = *in;
	else if (f->depth >= (unsigned)u->settings->max_depth)
		refuse(u, in, GW_E_ARCHIVE_LIMIT,
		        gw_arena_printf(u->arena, "an archive %u deep within others (archives.max_depth is %lld)",
		                f->depth + 1, (long long)u->settings->max_depth));
	else
		archive_open(u, in, packing, f->depth + 1, f);
}

/* false: the archive ends here. */
static bool member_take(unpack *u, folder *f, struct archive_entry *e)
{
	bool stream = archive_format(f->packed->archive) == ARCHIVE_FORMAT_RAW, again = false;
	const char *name = stream ? name_of_stream(u->arena, f->path) : without_dots(gw_packed_name(e, u->arena));
	const char *why = wrong_kind(e);
	if (archive_entry_filetype(e) == AE_IFDIR)
		return true;
	f->files++;
	if (u->left.files-- == 0) {
		refuse_all(u, GW_E_ARCHIVE_LIMIT,
		        gw_arena_printf(u->arena, "holds more than %lld files (archives.max_files)",
		                (long long)u->settings->max_files));
		return false;
	}
	if (!why && (leads_out(name) || !*name))
		why = "a name that leads out of the archive";
	if (!why && strlen(name) > NAME_MOST)
		why = "a name of more than 1,024 bytes";
	if (strlen(name) > NAME_MOST)
		name = gw_name_publishable(u->arena, gw_arena_printf(u->arena, "%.*s...", NAME_MOST, name));
	gw_input in = {.source_path = gw_arena_printf(u->arena, "%s/%s", f->path, harmless(u->arena, name))};
	bool wanted = why || (!is_hidden(name) && !gw_name_excluded(u->exclude, in.source_path));
	if (wanted)
		name = unique(u, f, harmless(u->arena, name), &again);
	if (again && !why)
		why = "the name stands in the archive twice";
	in.source_path = gw_arena_printf(u->arena, "%s/%s", f->path, name);
	in.opened_as = gw_arena_printf(u->arena, "%s/%s", f->opened_as, name);
	in.spool = u->out->spool;
	in.offset = u->out->spool->used;
	const char *spoiled = why;
	bool goes_on = (why && strcmp(why, "encrypted") == 0) || data_read(u, f, wanted && !why, &in.size, &spoiled);
	if (u->why || !wanted)
		return goes_on && !u->why;
	if (!spoiled) {
		file_add(u, f, &in);
		return !u->why;
	}
	in.spool = NULL;
	in.size = 0;
	in.content = "";
	refuse(u, &in, why ? GW_E_ARCHIVE_FILE : GW_E_ARCHIVE, spoiled);
	return goes_on;
}

/* ---- one archive ---- */

static void members_take(unpack *u, const gw_input *in, folder *f)
{
	struct archive_entry *e;
	int next = 0;
	bool goes_on = true;
	uint32_t met = 0;
	while (goes_on && (next = gw_packed_next(f->packed, &e)) > 0) {
		met++;
		goes_on = member_take(u, f, e);
	}
	/* What came out whole before the damage is used, and the archive itself is a reject that tells the rest is
	 * missing. */
	if (u->why)
		return;
	if (next < 0)
		refuse(u, in, GW_E_ARCHIVE,
		        gw_arena_printf(
		                u->arena, "damaged behind %u of its files: %s", f->files, gw_packed_why(f->packed)));
	else if (!goes_on)
		refuse(u, in, GW_E_ARCHIVE, gw_arena_printf(u->arena, "damaged in file %u of it", f->files));
	else if (!met)
		refuse(u, in, GW_E_ARCHIVE, "an archive with nothing in it");
}

static void archive_open(unpack *u, const gw_input *in, gw_packing packing, unsigned depth, folder *up)
{
	gw_bytes b = bytes_of(in);
	const char *why;
	folder f = {.path = in->source_path, .opened_as = shown(in), .depth = depth, .up = up};
	f.ratio_left = b.size * (uint64_t)u->settings->max_ratio + ratio_slack;
	f.packed = gw_packed_open(&b, packing, u->arena, &why);
	if (!f.packed) {
		refuse(u, in, GW_E_ARCHIVE, why);
		return;
	}
	gw_map_init(&f.names, u->arena);
	members_take(u, in, &f);
	gw_packed_close(f.packed);
}

/* An input that is an archive becomes its files; when a limit is broken all of them are dropped again. */
static void input_open(unpack *u, const gw_input *in, gw_packing packing)
{
	gw_inputs *out = u->out;
	if (!out->spool)
		out->spool = gw_spool_open();
	uint32_t before = out->items.count;
	uint64_t used = out->spool->used;
	u->left = (budget){.bytes = (uint64_t)u->settings->max_bytes, .files = (uint64_t)u->settings->max_files};
	u->why = NULL;
	if (out->spool->error)
		refuse_all(u, GW_E_INPUT_READ,
		        gw_arena_printf(
		                u->arena, "cannot be unpacked into a temporary file: %s", strerror(out->spool->error)));
	else
		archive_open(u, in, packing, 1, NULL);
	if (!u->why)
		return;
	out->items.count = before;
	out->spool->used = used;
	out->spool->error = out->spool->fd < 0 ? out->spool->error : 0;
	refuse(u, in, u->code, u->why);
}

static bool any_packed(const gw_inputs *in)
{
	gw_inputs_reader r;
	gw_buf room;
	gw_input one;
	bool any = false;
	gw_buf_init(&room);
	gw_inputs_begin(&r, in);
	while (!any && gw_inputs_next(&r, &room, &one))
		any = packing_of(&one) != GW_PACKING_NONE;
	gw_inputs_end(&r);
	gw_buf_release(&room);
	return any;
}

bool gw_inputs_unpack(gw_arena *arena, const gw_archive_settings *settings, const gw_strings *exclude, gw_inputs *in)
{
	gw_inputs out = {.skipped = in->skipped, .spool = in->spool};
	unpack u = {.arena = arena, .settings = settings, .exclude = exclude, .out = &out};
	bool any = false;
	if (in->put_away && (!settings->open || !any_packed(in)))
		return true;
	if (!gw_inputs_fetch(arena, in))
		return false;
	for (uint32_t i = 0; settings->open && i < in->items.count; i++) {
		const gw_input *item = &in->items.items[i];
		gw_packing packing = packing_of(item);
		/* Without an archive the list stays as it is. */
		for (uint32_t j = 0; packing != GW_PACKING_NONE && !any && j < i; j++)
			*GW_PUSH(arena, &out.items) = in->items.items[j];
		any = any || packing != GW_PACKING_NONE;
		if (packing != GW_PACKING_NONE)
			input_open(&u, item, packing);
		else if (any)
			*GW_PUSH(arena, &out.items) = *item;
	}
	if (any)
		*in = out;
	return true;
}

void gw_inputs_release(gw_inputs *in)
{
	if (in->put_away)
		gw_tape_release(&in->tape);
	gw_spool_close(in->spool);
	in->spool = NULL;
}
