"""Examples of what notices about inspection reports are written from, for the lint and the catalogue."""

from datetime import date, timedelta
from typing import Any

from notifier.index import load_index
from store.notices import NAMED_IN_SMS, OTHERS, OWED, REPORT

PLACE = ("compound", "building", "internal_number", "certificate", "district")
UNCORRECTED = ("report.overtaken", "report.overtaken.maint")
TOGETHER, MOST = ("report.pass", "report.fail"), 20  # of these one message tells of several reports
AGO, A_YEAR = timedelta(days=4), timedelta(days=365)


def own_of_report(template: str, sample: str, number: int, read_on: date) -> dict[str, Any]:
    """What such a notice holds; of an odd `number` a correction says that the lift failed after all,
    and what was overtaken is a report of its own, and no correction."""
    values = load_index().samples[sample]
    place = {name: values[name] for name in PLACE}
    if template == "report.owed":
        line = {"place": " ".join(place[name] for name in PLACE[:3]), "by": read_on.isoformat()}
        lines = [line | ({"by": "", "days": odd} if odd % 2 else {"rest": not odd}) for odd in range(min(number, 10))]
        return {OWED: {"n": number, "late": 0 if number == 1 else 1, "lines": lines}}
    is_long = sample.endswith("_long")
    report = {
        "number": "DT-2026-100000000123" if is_long else "DT-2026-0123",
        "conclusion": "pass",
        "bureau": number % 2 == 1,
        "failed": number % 2 == 1,
        "later": read_on.isoformat(),
        "ended_on": (read_on - AGO).isoformat(),
        "valid_until": (read_on + A_YEAR).isoformat(),
        "mark": "B26-000123",
        "was": "" if template in UNCORRECTED and number % 2 else "DT-2026-0119",
        "why": values["reason"],
        "unit": values["unit"],
        "office": values["department"],
        "lifts": [place | {"address": "", "key": "0"}],
    }
    if not template.startswith(TOGETHER):
        return {REPORT: report}
    if template.startswith("report.fail"):
        report |= {"conclusion": "fail", "valid_until": "", "mark": ""}
    n = min(number, NAMED_IN_SMS if template.startswith("report.fail") else MOST)
    return {REPORT: report | {"lifts": report["lifts"] * n, OTHERS: [report] * (n - 1)}}
