"""A lift's whole story, and one notice, on paper."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from actions.evidence.attempts import load_attempts
from actions.evidence.clauses import Clauses
from actions.evidence.ledger import Entry, load_entries
from actions.evidence.lifts import LiftFacts, Lifts
from actions.lifts.explain import explain_lift, explain_notice
from store.database import table_of
from store.duties import Duty, Told
from store.events import Event
from store.lifts import Lift
from tixing.evidence.told_rows import show_attempt, show_entry
from tixing.evidence.words import Say

FACTS = ("visit_on", "deadline", "from", "to", "valid_until", "conclusion")


def lift_data(session: Session, lift: Lift, say: Say, *, today: date) -> dict[str, Any]:
    """The lift, its duties with their ladders, who was told, what was done, and the texts."""
    told = explain_lift(session, lift)
    entries = load_entries(session, Clauses(), table_of(Duty).c.lift_id == lift.id)
    facts = Lifts.load(session, [lift.id]).on(lift.id, today)
    duties = session.exec(select(Duty).where(Duty.lift_id == lift.id).order_by(col(Duty.due), col(Duty.id))).all()
    return {
        "t": say.words,
        "today": today.isoformat(),
        "made_on": say.day(today),
        "lift": _lift(facts, say),
        "duties": [
            _duty(row, [entry for entry in entries if entry.duty_id == duty.id], duty, say, today)
            for row, duty in zip(told["duties"], duties, strict=True)
        ],
        "events": [_event(event, say) for event in _events(session, lift.id)],
        "texts": _texts(entries, say),
    }


def notice_data(session: Session, notice_id: int, say: Say, *, today: date) -> dict[str, Any]:
    """The notice with its clause, attempts, text, lifts and history. Raises NotFoundError."""
    found = explain_notice(session, notice_id)
    words, attempts = say.words["notice_doc"], load_attempts(session, [notice_id]).get(notice_id, [])
    entries = load_entries(session, Clauses(), table_of(Told).c.notice_id == notice_id)
    facts, step = found["facts"], say.name("step", found["step"].partition(".")[0])
    state = say.name("status", found["status"])
    return {
        "t": say.words,
        "today": today.isoformat(),
        "made_on": say.day(today),
        "notice": {
            "number": notice_id,
            "party": found["party"],
            "on": found["on"],
            "step": step,
            "status": say.words["gap"].join(part for part in (state, say.reason(found["reason"])) if part),
            **{name: found[name] for name in ("clause", "quote", "document")},
            "corrected": words["corrected"].format(old=facts["old_due"], new=facts["new_due"])
            if "old_due" in facts
            else "",
        },
        "attempts": [show_attempt(attempt, say) for attempt in attempts],
        "texts": list(dict.fromkeys(say.text(attempt) for attempt in attempts)),
        "lifts": [_lift_of_notice(entry, say) for entry in entries],
        "history": [
            {"at": say.moment(datetime.fromisoformat(line["at"])), "what": _history(line, say)}
            for line in found["history"]
        ],
    }


def _lift(facts: LiftFacts, say: Say) -> dict[str, str]:
    exactness = say.words["by_month"] if facts.by_month and facts.valid_until else ""
    return {
        "place": facts.place,
        "certificate": facts.certificate,
        "code": facts.equipment_code,
        "district": facts.district,
        "use_unit": facts.use_unit,
        "maintainer": facts.maintainer,
        "valid_until": f"{say.due(facts.valid_until, by_month=facts.by_month)}{exactness}",
    }


def _duty(row: dict[str, Any], entries: Sequence[Entry], duty: Duty, say: Say, today: date) -> dict[str, Any]:
    words = say.words["lift_doc"]
    state = ""
    if row["closed_on"]:
        state = words["closed"].format(date=row["closed_on"])
    elif row["withdrawn"]:
        state = words["withdrawn"]
    elif duty.booked_on is not None and duty.booked_on >= today:
        state = words["booked"].format(date=row["booked_on"])
    return {
        "name": say.name("duty", row["duty"]),
        "due": row["due"],
        "state": state,
        **{name: row[name] for name in ("clause", "quote", "document")},
        "steps": [{**step, "name": say.name("step", step["step"])} for step in row["steps"] if step["in_ladder"]],
        "told": [show_entry(entry, say, due_now=duty.due) for entry in entries],
    }


def _events(session: Session, lift_id: int) -> Sequence[Event]:
    query = select(Event).where(Event.lift_id == lift_id)
    return session.exec(query.order_by(col(Event.known_on), col(Event.id))).all()


def _event(event: Event, say: Say) -> dict[str, str]:
    payload = event.payload or {}
    details = [
        say.of("fact", name).format(value=say.of("conclusion", str(payload[name])))
        for name in FACTS
        if payload.get(name)
    ]
    what = " ".join([say.of("event", event.kind), *details])
    return {"on": event.on_date.isoformat(), "what": what, "known": event.known_on.isoformat()}


def _texts(entries: Sequence[Entry], say: Say) -> list[dict[str, Any]]:
    """What each party but those with copies was told in words, once for each notice."""
    found: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if entry.notice_id and entry.attempts and not entry.is_copy:
            found[entry.notice_id] = {
                "notice": entry.notice_id,
                "on": entry.on.isoformat(),
                "party": entry.party,
                "text": say.text(entry.attempts[0]),
            }
    return list(found.values())


def _lift_of_notice(entry: Entry, say: Say) -> dict[str, Any]:
    by_month = entry.lift.by_month and entry.due == entry.lift.valid_until
    return {
        "place": entry.lift.place,
        "certificate": entry.lift.certificate,
        "code": entry.lift.equipment_code,
        "due": say.due(entry.due, by_month=by_month),
        "taken_out": entry.outcome == "taken_back",
    }


def _history(line: dict[str, Any], say: Say) -> str:
    detail = say.reason(line["detail"])
    state = say.name("status", line["status"])
    return f"{state}{say.words['gap']}{detail}" if detail else state
