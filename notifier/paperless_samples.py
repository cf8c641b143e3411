"""Made-up notices about maintenance without paper."""

from dataclasses import replace
from datetime import date
from typing import Any

from notifier.facts import NoticeFacts
from notifier.index import load_index
from store.notices import PAPERLESS

OF_WORK = ("gp.unfinished", "gp.second", "gp.wrong", "gp.waiting")
OF_PAPERLESS = ("gp.incomplete", "gp.claim", "gp.platform", "gp.waiver", "gp.opinion", "gp.monthly", *OF_WORK)
PLACE = ("compound", "building", "internal_number", "certificate", "district")
MISSING = ["address", "phone", "emergency", "certificates"]
ABOUT_LIFTS = ("gp.claim", "gp.waiver", *OF_WORK)
OF_ONE = ("gp.claim", "gp.second", "gp.wrong")


def as_paperless(facts: NoticeFacts, sample: str, lifts: int) -> NoticeFacts:
    """The same notice about so many lifts, or with the figures of so many; `facts` are those of a paper."""
    values, template = load_index().samples[sample], facts.template
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    deeds = {"gp.claim": "asked", "gp.waiver": "confirmed", "gp.opinion.reg": "answered", "gp.opinion": "sent"}
    deed = next((deed for name, deed in deeds.items() if template.startswith(name)), "")
    named = 1 if template.startswith(OF_ONE) else lifts
    own: dict[str, Any] = {
        "lifts": [place] * named if template.startswith(ABOUT_LIFTS) else [],
        "name": values["maintainer"],
        "other": values["office"],
        "note": values["reason"],
        "deed": deed,
        "kind": "rectification" if lifts == 1 else "suspension",
        "names": [values["contact"]] * min(lifts, 3),
        "missing": MISSING if lifts > 1 else MISSING[:1],
        "on": facts.own["due"],
        "due": facts.own["due"],
    }
    if template == "gp.monthly":
        own["figures"] = _figures(lifts, [values["unit"]] * min(lifts, 9), date.fromisoformat(facts.own["due"]))
    return replace(facts, audience="maintainer_admin", own={PAPERLESS: own}, party_name=values["unit"])


def _figures(number: int, names: list[str], day: date) -> dict[str, Any]:
    counts = ("contractors", "using", "lifts_in_use", "covered", "records", "late", "signed", "defaulted", "open")
    month = {"month": day.replace(day=1).isoformat(), "target": 100}
    return month | dict.fromkeys(counts, number) | {"silent": names, "slow": names}
