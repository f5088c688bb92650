#!/usr/bin/env python3
"""Five questions to a snapshot, answered with pandas; reads from top to bottom, and each `# %%` is a cell of a notebook.

    pip install pandas python-dateutil
    python tests/interop/questions.py output/gongwen/latest 2025-08-15       # the day is that of the question

tests/interop holds the answers for the samples against questions.expected."""
# %% A snapshot says itself what its tables are: names, types and keys stand in datapackage.json.
import json
import sys
from pathlib import Path

import pandas as pd
from dateutil.rrule import rrulestr

data = Path(sys.argv[1]).resolve() / "data"
today = pd.Timestamp(sys.argv[2])
package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))

# Without the types pandas guesses: region 010000 would be 10000, section 2.10 would be 2.1, an organ named NA nothing.
TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "string"}


def load(folder, resource):
    fields = resource["schema"]["fields"]
    table = pd.read_csv(folder / resource["path"], dtype={f["name"]: TYPES[f["type"]] for f in fields},
                        keep_default_na=False, na_values=[""])
    dates = [f["name"] for f in fields if f["type"] == "date"]
    table[dates] = table[dates].apply(pd.to_datetime, format="%Y-%m-%d")
    return table


tables = {r["name"]: load(data, r) for r in package["resources"] if r["format"] == "csv"}
documents, tasks, targets = tables["documents"], tables["tasks"], tables["targets"]
duties, organs = tables["responsibilities"], tables["organizations"]


def show(question, frame):
    print(question)
    for row in frame.itertuples(index=False):
        print("    " + " | ".join("" if pd.isna(value) else str(value) for value in row))
    print()


# %% 1. What is due next quarter, and by whom?
quarter = today.to_period("Q") + 1
first, last = quarter.start_time, quarter.end_time

# Tasks with a date: due_date is the last day that `due` (EDTF) allows. It is empty where the year is not told.
once = tasks[tasks["due_date"].between(first, last)].assign(times=1)
# Tasks that recur: RFC 5545, read by any calendar library.
again = tasks.dropna(subset=["rrule"]).copy()
days = [rrulestr(rule, dtstart=first).between(first, last, inc=True) for rule in again["rrule"]]
again = again.assign(due_date=[d[0] if d else pd.NaT for d in days], times=[len(d) for d in days]).query("times > 0")
due = pd.concat([once, again])

# Who: one row a unit and role in `responsibilities`; the joined columns of `tasks` say the same, readable.
duties["who"] = duties["unit"] + " (" + duties["role"] + ")"
who = duties.groupby("task_id")["who"].agg(", ".join)
due = due.merge(who, left_on="task_id", right_index=True, how="left", validate="m:1").fillna({"who": "nobody named"})
due = due.assign(day=due["due_date"].dt.date).sort_values(["day", "task_id"])
show("1. Due in %s: first day, times, task, units" % quarter, due[["day", "times", "title", "who"]])

# %% 2. Targets by unit
# Values are plain numbers: 万 and 亿 are multiplied out, so what has the same unit compares.
by_unit = targets.groupby("unit").agg(targets=("target_id", "size"), documents=("document_id", "nunique"),
                                      smallest=("value", "min"), largest=("value", "max")).reset_index()
by_unit = by_unit.sort_values(["targets", "unit"], ascending=[False, True]).head(6)
show("2. Targets by unit: targets, documents, smallest and largest value", by_unit)

# %% 3. Which organs carry most tasks?
# Mentions are joined to organs by agency_id, whatever name a document uses. Classes ("all counties") are no organs.
carried = duties.merge(organs, on="agency_id", validate="m:1", suffixes=("", "_organ"))
carried = carried[carried["kind"] != "class"]
most = carried.groupby(["agency_id", "name"]).agg(
    tasks=("task_id", "nunique"), leads=("role", lambda roles: (roles == "lead").sum())).reset_index()
most = most.sort_values(["tasks", "leads", "agency_id"], ascending=[False, False, True]).head(6)
show("3. Organs by tasks they carry: tasks, of these in the lead", most[["name", "tasks", "leads"]])

# %% 4. What changed since the last snapshot?
# CHANGES.json lists rows by primary key. It holds the old and the new value of what changed.
changes = json.loads((data / "CHANGES.json").read_text(encoding="utf-8"))
counts = pd.DataFrame([(name, t["added"], t["removed"], t["changed"]) for name, t in changes["tables"].items()])
show("4. Rows added, removed, changed since the last snapshot", counts)
changed = pd.DataFrame([(change["key"], field, old, new) for change in changes["tables"]["tasks"]["rows"]["changed"]
                        for field, (old, new) in change["fields"].items()])
show("   Tasks that changed: task, column, old and new value", changed)

# The same can be asked of the two snapshots, which are kept side by side.
old_tasks = load(data.parent.parent / changes["old"] / "data", next(r for r in package["resources"] if r["name"] == "tasks"))
both = old_tasks.merge(tasks, on="task_id", how="outer", indicator=True)["_merge"].value_counts()
assert (both["right_only"], both["left_only"]) == (changes["tables"]["tasks"]["added"], changes["tables"]["tasks"]["removed"])

# %% 5. Where in the text does this come from?
# Positions count characters of the decoded source, which the snapshot keeps. newline="" keeps its line ends as they are.
paths = documents.set_index("document_id")["text_path"]


def source_of(row):
    with open(data / paths[row.document_id], encoding="utf-8", newline="") as f:
        return f.read()


def in_context(row, around=12):
    text = source_of(row)
    left, right = text[max(0, row.char_start - around):row.char_start], text[row.char_end:row.char_end + around]
    return (left + "【" + text[row.char_start:row.char_end] + "】" + right).replace("\n", "⏎")


proof = tables["deadlines"][tables["deadlines"]["deadline_id"].isin(due["deadline_id"])].head(4).copy()
proof["place"] = [in_context(row) for row in proof.itertuples()]
show("5. Where it stands: source and line, the words in their context, the rule that found them",
     proof[["document_id", "line", "place", "rule"]])

# It holds for every row of every table.
for name, table in tables.items():
    if name != "organizations" and name != "documents":
        for document_id, rows in table.groupby("document_id"):
            text = source_of(rows.iloc[0])
            assert all(text[row.char_start:row.char_end] == row.text for row in rows.itertuples()), (name, document_id)
