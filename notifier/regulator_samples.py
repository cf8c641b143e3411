"""Made-up notices between offices, and of a bureau to units."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from notifier.facts import NoticeFacts
from notifier.index import load_index
from store.notices import CASE, ORDER, RESULT

MATTERS = {
    "gz.hazard": ("hazard", "reported"),
    "gz.hazard.maint": ("hazard", "not_removed"),
    "gz.hazard.reg": ("hazard", "reported"),
    "gz.hazard.removed.reg": ("hazard", "verified"),
    "gz.reason.reg": ("special_reason", "reported"),
    "gz.reason.answered": ("special_reason", "returned"),
    "gz.reason.unit": ("special_reason", "returned"),
    "gz.matter.waiting": ("special_reason", "reported"),
}
RESULTS = ("gz.inspected.reg", "gz.failed.reg", "gz.unacknowledged.reg", *MATTERS)
OF_REGULATORS = ("reg.stop", "case.", *RESULTS)
PLACE = ("compound", "building", "internal_number", "certificate", "district")


def as_regulator(facts: NoticeFacts, sample: str, lifts: int) -> NoticeFacts:
    """The same notice about so many lifts; `facts` are those of a paper."""
    values, template = load_index().samples[sample], facts.template
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    shared: dict[str, Any] = {"issuer": values["office"], "lifts": [place] * lifts}
    due = facts.own["due"]
    if template.startswith("reg.stop"):
        own = {ORDER: shared | {"number": values["order"], "reason": values["reason"], "served_on": due}}
        return replace(facts, audience="legal_rep_and_manager", own=own, party_name=values["unit"])
    if template in RESULTS:
        first = due if lifts == 1 else (date.fromisoformat(due) - timedelta(days=3)).isoformat()
        result = {"first": first, "last": due, "issuer": values["department"], "units": [values["unit"]] * lifts}
        own = {RESULT: shared | result | {"office": values["office"], "on": due} | _matter(template, values)}
    else:
        case = {"unit": values["unit"], "matter": "overdue", "due": due, "note": "", "photos": 2}
        own = {CASE: shared | case | {"days": 4, "street": values["office"]}}
    return replace(facts, audience="legal_rep_and_manager", own=own, party_name=values["office"])


def _matter(template: str, values: dict[str, str]) -> dict[str, Any]:
    if template not in MATTERS:
        return {}
    kind, deed = MATTERS[template]
    reason = "maintenance_fund" if kind == "special_reason" else ""
    return {"kind": kind, "deed": deed, "reason": reason, "note": values["reason"], "days": 8}
