"""A made-up day and week of a department's figures."""

from dataclasses import replace
from datetime import date, timedelta

from notifier.facts import LEFT, NoticeFacts
from store.notices import SUMMARY
from store.summaries import Figure

SUMMARIES = ("desk.daily", "desk.weekly")


def summed_up(facts: NoticeFacts, number: int, last: date) -> NoticeFacts:
    """The same department's facts as figures in which `number` is cleared; the longest are of four digits."""
    row = {"opening": 1800 + number, "new": 20, "cleared": number, "closing": 1820, "corrected": number // 10}
    days = {"first": (last - timedelta(days=4)).isoformat(), "last": last.isoformat()}
    basis = {name: facts.own[LEFT][name] for name in ("document", "clause")}
    rows = {figure.value: row for figure in Figure}
    parts = [{"name": name, "rows": rows} for name in (facts.party_name, "")] if facts.template == SUMMARIES[1] else []
    own = {SUMMARY: {"rows": rows, "parts": parts, **days, **basis}}
    return replace(facts, own=own, duty=SUMMARY)
