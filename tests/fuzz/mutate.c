/* What is done to inputs. The pieces are syntax (brackets, markers, digits, units of time), not vocabulary: words come
 * from the seeds. */
#include "mutate.h"

uint64_t dice_roll(dice *d)
{
	uint64_t z = d->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

uint32_t dice_below(dice *d, uint32_t n)
{
	return n ? (uint32_t)(dice_roll(d) % n) : 0;
}

static const char *const pieces[] = {
	"（", "）", "(", ")", "《", "》", "〔", "〕", "“", "”", "[", "]", "。", "，", "、", "；", "：", "——", "…", "\n", "\n\n", "\r\n", "\r",
	" ", "　", "\t", "第", "条", "章", "一、", "（一）", "1.", "①", "十", "百", "千", "万", "亿", "两", "几", "多", "余", "左右", "以上",
	"以下", "%", "％", "百分之", "分之", ".", ",", "-", "~", "—", "年", "月", "日", "季度", "旬", "年底前", "每年", "届", "20xx", "2025",
	"０", "9", "0", "99999999999999999999", "1e308", "一九九", "二〇", "负责", "牵头", "配合", "单位：", "局", "政府", "各", "关于", "通知",
	"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xBD", "\x81\x30", "\xD8\x00",
	"\xE2\x80\xA8", "\xE2\x80\x8B", "\xC2\xA0", "\xF0\xA0\x80\x80", "\xEF\xBF\xBD", "\x1A", "\x7F", "\x01",
	"{", "}", "\"", "'", "\\", ":", "#", "@", "|", "&", "*", "!", "?", "<", ">", "=", "$", "\\u0000", "\\ud800", "null", "true", "- "};

static gw_str piece(dice *d)
{
	if (dice_below(d, 60) == 0)
		return (gw_str){"\0", 1};
	return gw_str_of(pieces[dice_below(d, sizeof pieces / sizeof *pieces)]);
}

static void splice(gw_buf *b, size_t at, const char *bytes, size_t n)
{
	gw_buf_reserve(b, n);
	memmove(b->ptr + at + n, b->ptr + at, b->len - at);
	memcpy(b->ptr + at, bytes, n);
	b->len += n;
	b->ptr[b->len] = 0;
}

static void drop(gw_buf *b, size_t at, size_t n)
{
	memmove(b->ptr + at, b->ptr + at + n, b->len - at - n);
	b->len -= n;
	b->ptr[b->len] = 0;
}

/* Short stretches mostly, long ones now and then. */
static uint32_t stretch(dice *d, size_t most)
{
	uint32_t n = 1 + dice_below(d, 1u << dice_below(d, 12));
	return n > most ? (uint32_t)most : n;
}

static void put_many(dice *d, gw_buf *b, size_t at, size_t limit)
{
	gw_str p = piece(d);
	uint32_t times = stretch(d, 3000);
	gw_buf all;
	gw_buf_init(&all);
	while (times-- && b->len + all.len + p.len <= limit)
		gw_buf_add_str(&all, p);
	if (all.len)
		splice(b, at, all.ptr, all.len);
	gw_buf_release(&all);
}

/* A stretch of the text itself (or of another one) at some other place. */
static void copy_from(dice *d, gw_buf *b, size_t at, gw_str from, size_t limit)
{
	if (!from.len)
		return;
	uint32_t begin = dice_below(d, from.len), n = stretch(d, from.len - begin);
	gw_buf copy;
	gw_buf_init(&copy);
	gw_buf_add(&copy, from.ptr + begin, n);
	if (b->len + n <= limit)
		splice(b, at, copy.ptr, n);
	gw_buf_release(&copy);
}

static void mutate_once(dice *d, gw_buf *b, gw_str other, size_t limit)
{
	size_t at = dice_below(d, (uint32_t)b->len + 1);
	size_t behind = b->len - at;
	gw_str p = piece(d);
	switch (dice_below(d, 10)) {
	case 0:
		if (behind)
			b->ptr[at] = (char)(b->ptr[at] ^ (1 << dice_below(d, 8)));
		break;
	case 1:
		if (behind)
			b->ptr[at] = (char)dice_roll(d);
		break;
	case 2:
		if (behind)
			drop(b, at, stretch(d, behind));
		break;
	case 3:
		if (dice_below(d, 8) == 0)
			drop(b, at, behind); /* cut off */
		break;
	case 4:
		put_many(d, b, at, limit);
		break;
	case 5:
	case 6:
		copy_from(d, b, at, (gw_str){b->ptr, (uint32_t)b->len}, limit);
		break;
	case 7:
		copy_from(d, b, at, other, limit);
		break;
	default:
		if (b->len + p.len <= limit)
			splice(b, at, p.ptr, p.len);
	}
}

void mutate(dice *d, gw_buf *b, gw_str other, size_t limit)
{
	gw_buf_reserve(b, 1);
	for (uint32_t n = 1 + dice_below(d, 1u << dice_below(d, 6)); n; n--)
		mutate_once(d, b, other, limit);
}

void invent(dice *d, gw_buf *b, size_t limit)
{
	uint32_t kinds = 1 + dice_below(d, 6), n = stretch(d, 4000);
	gw_str some[6];
	for (uint32_t i = 0; i < kinds; i++)
		some[i] = piece(d);
	gw_buf_reserve(b, 1);
	while (n-- && b->len + 16 < limit)
		gw_buf_add_str(b, some[dice_below(d, kinds)]);
}
