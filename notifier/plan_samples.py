"""Examples of what notices about a year's plan and a year's list are written from, for the lint and the catalogue."""

from datetime import date, timedelta
from typing import Any

from notifier.index import load_index
from store.notices import CAMPAIGN, PLAN

PLACE = ("compound", "building", "internal_number", "certificate", "district")
FEW = 2  # so many lifts are on one visit, more on twelve


def own_of_plan(template: str, sample: str, lifts: int, read_on: date) -> dict[str, Any]:
    """What such a notice holds of so many lifts; of one lift a change leaves none on the plan, of many all but one, and
    the places of one visit are not held, those of others until their days."""
    values = load_index().samples[sample]
    if template == "desk.campaign":
        return {CAMPAIGN: _campaign(values, lifts, read_on)}
    visits = 0 if template == "plan.changed" and lifts == 1 else 1 if lifts <= FEW else 12
    rounds = [
        {
            "id": number + 1,
            "day": (read_on + timedelta(days=(28 if visits > 1 else 40) + number)).isoformat(),
            "half": ("am", "pm", "")[number % 3],
            "n": max(lifts // visits, 1),
            "early": number % 2,
            "held": number != 1,
            "until": (read_on + timedelta(days=min(26 + number, 30) if visits > 1 else 30)).isoformat(),
            "site": values["compound"],
        }
        for number in range(visits)
    ]
    place = {name: values[name] for name in PLACE} | {"address": "", "key": "0"}
    until = (read_on + timedelta(days=30)).isoformat()
    about = {"plan": 1, "office": values["department"], "until": until, "rounds": rounds, "phone": "+8614000000003"}
    about |= {"by_one": visits == 1 and (lifts == 1 or template == "plan.changed")}
    off = 1 if template == "plan.changed" and lifts != FEW else 0
    of = [0] * off + [number % visits + 1 for number in range(lifts - off)]
    return {PLAN: about | {"lifts": [place] * lifts, "of": of}}


def _campaign(values: dict[str, str], lifts: int, read_on: date) -> dict[str, Any]:
    return {
        "list": 1,
        "year": read_on.year,
        "rows": 4800 + lifts,
        "unclear": lifts - 1,
        "percent": 100,
        "target": (read_on + timedelta(days=150)).isoformat(),
        "checks": (read_on + timedelta(days=200)).isoformat() if lifts > 1 else "",
        "officer": values["officer"] if lifts > 1 else "",
    }
