"""Examples of what notices about maintenance records are written from, for the lint and the catalogue."""

from datetime import date, timedelta
from typing import Any

from notifier.index import load_index
from store.notices import RECORDS

PLACE = ("compound", "building", "internal_number", "certificate", "district")
OF_RECORDS = ("gp.sign", "gp.default", "gp.unsigned", "gp.short", "gp.objected", "gp.noted")
OF_ONE = ("gp.objected", "gp.noted")


def own_of_records(template: str, sample: str, number: int, read_on: date) -> dict[str, Any]:
    """What such a notice holds: of every third record something was not in order."""
    values = load_index().samples[sample]
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    n = 1 if template in OF_ONE else number
    kinds = ("half_month", "quarter", "half_year", "year")
    each = [
        {
            "record": odd,
            "by": values["maintainer"] if odd % 4 != 3 else f"2 {values['maintainer']}",
            "kind": kinds[odd % 4],
            "done": read_on.isoformat(),
            "faults": 0 if odd % 3 else 1,
            "fixed": 1 if odd % 3 == 1 else 0,
            "dangerous": False,
            "late": odd % 5 == 4,
            "silence": odd % 7 != 6,
        }
        for odd in range(n)
    ]
    said = {"unit": values["unit"], "maintainer": values["maintainer"], "text": values["reason"]}
    sealed = [(read_on - timedelta(days=1)).isoformat(), "9f86d081884c7d65"]
    who = {"sealed": sealed, "who": values["contact"], "remark": "yes" if number > 1 else ""}
    return {RECORDS: {"lifts": [place] * n, "each": each, "on": read_on.isoformat(), **said, **who}}
