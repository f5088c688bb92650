/* gw/read.h - the readers of numbers, dates and lengths of time, and the standard forms that values are written in.
 *
 * Readers are pure: they look at folded text (gw/source.h), read the longest expression of their kind that begins
 * exactly at `pos`, fill *out with its span and value and return true. They return false, with *out untouched,
 * where nothing of the kind begins - also in the middle of a longer number ("25" of "2025", 二 of 十二), so a caller
 * may try every position. No reader looks further than GW_READ_MAX characters, so a walk over a text is linear.
 * Only the syntax of numbers and of the calendar lives here; what is a fact is for rules and cues to say. */
#ifndef GW_READ_H
#define GW_READ_H

#include "gw/source.h"

#define GW_READ_MAX 64u

/* Every character (UTF-8) that one of the readers below may begin at; at any other they return false. */
extern const char gw_read_starts[];

/* 1,100 3 000 1.2万 25万6千 一百二十 三点五 三十多 两三 几十 百分之五 三分之二 1/3 三成 一半 1.94:1 20xx 负3.9
 * A minus sign and % are left to the caller. Plain runs (三五, 一二三, 十三五) are no numbers, 二〇三五 and
 * 一九九八 are. Whether 一 in a word is a number is not judged here. */
bool gw_read_number(const uint32_t *ch, uint32_t len, uint32_t pos, gw_number *out);

/* 2025年 2025年8月31日 8月31日18时 8月 20xx年8月 二〇三五年 2025-08-31 2025.8.31 2025年第一季度 下半年 6月下旬 2015626日
 * Leaves 底 末 初 度 内 前 behind it to the caller. `bare` marks a side of a range whose own 年, 月 or 日 is said
 * by the other side: 2020 of 2020-2025年, 5 of 5-7月, 8月1 of 8月1-5日. Never a day alone: */
bool gw_read_date(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out);
/* 31日, 31号 (of "…至31日", "每月5日"), and a damaged month and day, 101日 (of "每年101日"); only the context says so. */
bool gw_read_day(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out);

/* 2025.10, 2025/10: a month in a column of due dates, else a number; only the context says so. */
bool gw_read_dotted(const uint32_t *ch, uint32_t len, uint32_t pos, gw_date *out);

/* 6个月 3年 30日 15个工作日 48小时 两周 一年半 半年 一个半小时 1年6个月. 30日 may be a day of the month as well. */
bool gw_read_duration(const uint32_t *ch, uint32_t len, uint32_t pos, gw_duration *out);
/* The same where it is known what gw_read_number says there; NULL: false. */
bool gw_read_duration_of(const uint32_t *ch, uint32_t len, uint32_t pos, const gw_number *amount, gw_duration *out);

/* ---- EDTF (ISO 8601-2, levels 1 and 2 as far as needed) ---- */

/* Which part of the date is meant: all of it, its last day (底, 末), its first (初), its middle (中). */
typedef enum gw_edge { GW_EDGE_WHOLE, GW_EDGE_END, GW_EDGE_START, GW_EDGE_MIDDLE } gw_edge;

/* "2027", "20XX-08-31", "XXXX-01-17"; quarters, half-years and 旬 are intervals: "XXXX-06-21/XXXX-06-30". */
gw_str gw_date_edtf(gw_arena *a, const gw_date *d, gw_edge edge);
/* The interval from the begin of one to the end of the other. What one side does not say it takes from the other:
 * 2019年1月1日至12月31日, 2月5日至8日, 5月-20xx年7月. */
gw_str gw_date_range_edtf(gw_arena *a, const gw_date *from, gw_edge from_edge, const gw_date *to, gw_edge to_edge);
/* Gives a date without a year the year of another one (of the same sentence). */
void gw_date_take_year(gw_date *d, const gw_date *from);
/* First and last day, "" where a digit is unknown or the interval open. False when the text is not valid. */
bool gw_edtf_bounds(gw_str edtf, char start[11], char end[11]);
bool gw_edtf_valid(gw_str edtf);
int gw_days_in_month(int year, int month); /* year -1: of any year, so 29 for February */

/* ---- durations (ISO 8601) and recurrence (RFC 5545) ---- */
gw_str gw_duration_iso(gw_arena *a, const gw_duration *d); /* P6M, PT48H, P15D for working days too, P18M for 一年半 */
bool gw_duration_valid(gw_str iso);
/* 每年1月31日: FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31; 每年第一季度: FREQ=YEARLY;BYMONTH=1,2,3. Without a month
 * the year's own edge counts (每年底). {NULL,0} where the date has neither month nor edge. */
gw_str gw_rrule_yearly(gw_arena *a, const gw_date *d, gw_edge edge);
/* Days as bits (1 << n), or the last one, of months as bits, of every month where there are none: 每月5日, 每季度末月20日. */
gw_str gw_rrule_on(gw_arena *a, uint32_t months, uint32_t days, bool last_day);
bool gw_rrule_valid(gw_str rrule);

#endif
