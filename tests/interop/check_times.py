#!/usr/bin/env python3
"""Times are what the standards say, for the readers of others:   check_times.py SNAPSHOT

EDTF values for `edtf` and `edtf-validate`, with the first and last day that `edtf` computes; repetitions for dateutil and
icalendar, each with a day on which it falls; durations for isodate."""
import datetime
import functools
import sys
import time
import warnings

import isodate
from dateutil.rrule import rrulestr
from edtf import parse_edtf
from edtf_validate.valid_edtf import is_valid
from icalendar import vRecur

import snapshot

EDTF = ("edtf", "due", "adopted_on", "issued_on", "effective_on")


def day(parts):
    return time.strftime("%Y-%m-%d", parts)


@functools.cache
def bounds(value):
    assert is_valid(value), (value, "edtf-validate refuses it")
    value = parse_edtf(value)
    return day(value.lower_strict()), day(value.upper_strict())


warnings.simplefilter("error")
assert not is_valid("2025-13-01") and not is_valid("20XX-1-1") and not is_valid("2025年")
counts = dict.fromkeys(("EDTF", "days", "RRULE", "durations"), 0)
for table in snapshot.tables(sys.argv[1]).values():
    for number, row in enumerate(table.rows(), 1):
        place = (table.name, number, row.get("text"))
        for name in EDTF:
            value = row.get(name)
            if value is not None:
                bounds(value)
                counts["EDTF"] += 1
        if row.get("edtf") and (row["date_start"] or row["date_end"]):
            first, last = bounds(row["edtf"])
            assert row["date_start"] in (None, first) and row["date_end"] in (None, last), place + (row["edtf"], first, last)
            counts["days"] += 1
        if row.get("due_date"):
            assert row["due_date"] == bounds(row["due"])[1], place + (row["due"], row["due_date"])
            counts["days"] += 1
        if row.get("rrule"):
            start = datetime.datetime(2025, 1, 1)
            soon = rrulestr(row["rrule"], dtstart=start).after(start, inc=True)
            assert soon and soon.year < 2033, place + (row["rrule"], "never comes")
            rule = dict(part.split("=") for part in row["rrule"].split(";"))
            again = dict(part.split("=") for part in vRecur.from_ical(row["rrule"]).to_ical().decode().split(";"))
            assert again == rule, place + (row["rrule"], again)
            counts["RRULE"] += 1
        if row.get("duration"):
            length = isodate.parse_duration(row["duration"])
            assert length and isodate.duration_isoformat(length), place
            counts["durations"] += 1
assert all(counts.values()), counts
print("edtf, edtf-validate, dateutil, icalendar, isodate: " + ", ".join("%d %s" % (n, name) for name, n in counts.items()))
