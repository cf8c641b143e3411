"""The month's summary: figures, clauses, who was not told, and the list to the district."""

from collections.abc import Iterable, Sequence
from typing import Any

from actions.evidence.ledger import REACHED
from actions.evidence.listed import Listed
from actions.evidence.month import MonthEvidence, RungCounts
from actions.evidence.offices import OfficeEntry
from tixing.evidence.told_rows import say_reminder
from tixing.evidence.words import Say

BOOKED = "booked"
COLUMNS = ("due", "told", "delivered", "not_needed", "missed", "copies")


def month_data(found: MonthEvidence, say: Say) -> dict[str, Any]:
    """Everything that the template says."""
    words = say.words["month_doc"]
    title = words["title"].format(city=found.city, district=found.district, month=say.month(found.part.month))
    return {
        "t": say.words,
        "today": found.today.isoformat(),
        "made_on": say.day(found.today),
        "title": " ".join(title.split()),
        "totals": {name: sum(getattr(one, name) for one in found.rungs.values()) for name in COLUMNS},
        "rungs": [_rung(step, counts, say) for (_, step), counts in found.rungs.items()],
        "clauses": _clauses(found.rungs.values()),
        "missed": missed_rows(found, say),
        "listed": [listed_row(one, say) for one in found.listed],
        "list_notes": _list_notes(found.listed, say),
        "offices": [_office(entry, say) for entry in found.offices],
        "unwarned": sum(not one.warned for one in found.listed),
    }


def missed_rows(found: MonthEvidence, say: Say) -> list[dict[str, str]]:
    """Everybody who should have been told and was not: notices that reached nobody, and rungs without a notice."""
    rows = [
        {
            "on": entry.on.isoformat(),
            "rung": say.name("step", entry.rung),
            "certificate": entry.lift.certificate or entry.lift.key,
            "place": entry.lift.place,
            "party": entry.party,
            "why": say.reason(entry.reason) or say.of("outcome", entry.outcome.value),
        }
        for entry in found.not_reached
    ]
    rows += [
        {
            "on": one.by.isoformat(),
            "rung": say.name("step", one.step),
            "certificate": one.lift.certificate or one.lift.key,
            "place": one.lift.place,
            "party": one.lift.use_unit,
            "why": say.of("why", one.why.value),
        }
        for one in found.missed
    ]
    return sorted(rows, key=lambda row: (row["on"], row["rung"], row["party"], row["certificate"]))


def listed_row(one: Listed, say: Say) -> dict[str, Any]:
    """The columns of an officer's list."""
    words, lift = say.words["month_doc"], one.entry.lift
    contacts = {say.recipient(attempt): None for warning in one.warnings for attempt in warning.attempts}
    return {
        "certificate": lift.certificate,
        "code": lift.equipment_code,
        "use_unit": lift.use_unit,
        "contacts": [contact for contact in contacts if contact] or [words["no_contact"]],
        "address": lift.address or lift.place,
        "internal": lift.internal_number,
        "next_due": say.due(one.entry.due, by_month=lift.by_month and one.entry.due == lift.valid_until),
        "maintainer": lift.maintainer,
        "urged": [say_reminder(warning, say) for warning in one.warnings],
        "reason": _reason(one, say),
    }


def _list_notes(listed: Sequence[Listed], say: Say) -> list[dict[str, Any]]:
    """For each list, when it was given to whom; of one that reached nobody, that it did not."""
    words = say.words["month_doc"]
    lists = {(one.entry.on, one.entry.party, one.entry.outcome): None for one in listed}
    return [
        {
            "told": outcome in REACHED,
            "said": words["list_note" if outcome in REACHED else "list_unsent"].format(
                date=say.day(on), party=party, why=say.of("outcome", outcome.value)
            ),
        }
        for on, party, outcome in sorted(lists)
    ]


def _office(entry: OfficeEntry, say: Say) -> dict[str, str]:
    """One reminder to an office of a paper that it owes."""
    return {
        "on": entry.on.isoformat(),
        "rung": say.name("step", entry.step),
        "office": entry.office,
        "paper": entry.paper.get(say.language, entry.rule),
        "due": entry.due.isoformat(),
        "status": say.of("outcome", entry.outcome.value),
        "filed": entry.filed_on.isoformat() if entry.filed_on else say.words["month_doc"]["not_filed"],
    }


def _reason(one: Listed, say: Say) -> str:
    """Why nothing is booked, as the last call said; who had booked then is on the list because nobody came."""
    words = say.words["month_doc"]
    if not one.answer:
        return str(words["no_answer"])
    return str(words["booked_then"]) if one.answer == BOOKED else say.of("call", one.answer)


def _rung(step: str, counts: RungCounts, say: Say) -> dict[str, Any]:
    why = [f"{say.of('why', why.value)} {number}" for why, number in counts.untold.items() if number]
    said = {say.of("outcome", outcome.value): number for outcome, number in counts.by_outcome.items() if number}
    return {
        "name": say.name("step", step),
        "clause": counts.clause,
        "why": " · ".join([*(f"{name} {number}" for name, number in said.items()), *why]),
        **{name: getattr(counts, name) for name in COLUMNS},
    }


def _clauses(rungs: Iterable[RungCounts]) -> list[dict[str, str]]:
    """Each clause once, in the order of the steps."""
    found = {(one.document, one.clause, one.quote): None for one in rungs}
    return [{"document": document, "clause": clause, "quote": quote} for document, clause, quote in found]
