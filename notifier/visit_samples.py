"""Examples of what notices about visits and sayings are written from, for the lint and the catalogue."""

from datetime import date, timedelta
from typing import Any

from notifier.index import load_index
from notifier.visit_facts import COMING
from store.notices import ONSITE, SAYING, VISIT

PLACE = ("compound", "building", "internal_number", "certificate", "district")
AHEAD = timedelta(days=8)
AHEAD_OF = {"near": timedelta(days=1), "soon": timedelta(days=7)}


def own_of_visit(template: str, sample: str, lifts: int, read_on: date) -> dict[str, Any]:
    """What such a notice about so many lifts holds; by their number another half day, and another saying."""
    values, ahead = load_index().samples[sample], AHEAD_OF.get(template.split(".")[1], AHEAD)
    day = (read_on + ahead).isoformat()
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    shared = {"lifts": [place] * lifts, "office": values["department"]}
    if template.startswith("saying."):
        said = {1: "not_ours", 2: "out_of_use", 14: "booked_elsewhere"}.get(lifts, "inspected")
        return {SAYING: shared | {"said": said, "on": day if lifts > 2 else "", "note": ""}}
    visit: dict[str, Any] = {
        "deed": template.split(".")[1],
        "by": values["department"],
        "unit": values["unit"],
        "day": day,
        "half": {1: "", 2: "am"}.get(lifts, "pm"),
        "starts": "09:30" if lifts == 1 else "",
        "was": day if template.startswith("booking.moved") else "",
    }
    person = {"name": values["contact"], "phone": "+8614000000001"}
    people = [person | {"party_id": party, "is_unit": party == 1} for party in (1, 2)]
    visit[COMING] = people if lifts > 2 else []
    return {VISIT: shared | visit}


# By the number of lifts another deed.
DEEDS = {
    "onsite.rectify": {1: "returned", 2: "confirmed", 14: "reopened"},
    "onsite.desk": {1: "submitted", 2: "objected"},
    "onsite.record": {1: "passed"},
    "onsite.concluded": {1: "passed"},
    "onsite.answered": {1: "upheld", 2: "put_right"},
}


def own_of_onsite(template: str, sample: str, lifts: int, read_on: date) -> dict[str, Any]:
    """What a notice about so many lifts on site holds."""
    values, day = load_index().samples[sample], (read_on + AHEAD).isoformat()
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    others = {"onsite.record": "failed", "onsite.concluded": "failed", "onsite.answered": "upheld"}
    deed = DEEDS.get(template.removesuffix(".maint"), {}).get(
        lifts, others.get(template.removesuffix(".maint"), "lapsed")
    )
    about: dict[str, Any] = {
        "deed": deed,
        "office": values["department"],
        "unit": values["unit"],
        "note": values["what"],
    }
    about["was"] = {1: "passed", 2: "failed"}.get(lifts, "aborted")
    about |= {"again": lifts > 1, "reason": "danger" if lifts == 1 else "conditions", "items": 3, "deadline": day}
    return {ONSITE: about | {"lifts": [place] * lifts}}
