"""Duties in the store: derived from facts, and rebuilt as a diff by their natural key. Nothing is deleted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from schedules.announcements import INTRODUCTION
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.corrections import CORRECTED, MovedDue, correct_dues
from schedules.dates import iso
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import STORED_EVENT, AnyEvent, Facts, LiftFacts
from schedules.ladder import ensure_step_dates, refresh_next
from schedules.regimes import rulebook_of
from schedules.rulebook import Rulebook, rules_of
from store.database import bulk_insert, table_of
from store.duties import Duty
from store.events import Event, EventKind
from store.ledger import release
from store.lifts import Lift, LiftStatus

BATCH = 5_000
VALIDITY_THEN = "validity_then"  # in the payload of an event that ends an inspection
NOT_FACTS = {
    EventKind.VALIDITY_STATED,
    EventKind.VALIDITY_CORRECTED,
    EventKind.VALIDITY_RENEWED,
    EventKind.TRANSFERRED,
    EventKind.STATUS_CHANGED,
    EventKind.URGING_ANSWERED,
}
COLUMNS = (
    *("lift_id", "rule", "kind", "cycle", "due", "event_on", "window_start", "window_end", "provisional"),
    *("booked_on", "resume_on", "closed_on", "told_seq"),
)


@dataclass
class RebuildSummary:
    """What a rebuild did to the stored duties."""

    inserted: int = 0
    updated: int = 0
    closed: int = 0
    withdrawn: int = 0
    touched: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    dues: set[tuple[str, date]] = field(default_factory=set)
    moved: list[MovedDue] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    paused: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class KnownLift:
    """The facts that the register itself states."""

    id: int
    status: str
    valid_until: date | None
    cycle: date | None


@dataclass
class KnownEvents:
    """The events of a lift that are facts for the rules, in the order in which they were recorded."""

    events: list[AnyEvent] = field(default_factory=list)
    validity_then: list[tuple[date, date]] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """One stored event; what it says beside the fact itself is the validity of that time."""
        payload = dict(event.payload or {})
        validity = payload.pop(VALIDITY_THEN, None)
        self.events.append(STORED_EVENT.validate_python({"kind": event.kind, **payload}))
        if validity is not None:
            self.validity_then.append((event.on_date, date.fromisoformat(validity)))


class Derivations:
    """Drafts of lifts; those without events share one derivation for each distinct (validity, cycle)."""

    def __init__(self, rulebook: Rulebook, calendar: WorkingCalendar) -> None:
        self.rulebook = rulebook
        self.calendar = calendar
        self._known: dict[tuple[date | None, date | None], list[DutyDraft]] = {}

    def drafts_of(self, lift: KnownLift, known: KnownEvents | None) -> list[DutyDraft]:
        """What the lift owes; nothing while it is out of use or scrapped."""
        if lift.status != LiftStatus.IN_USE:
            return []
        if known is not None:
            return self._derive(lift, known)
        key = (lift.valid_until, lift.cycle)
        if key not in self._known:
            self._known[key] = self._derive(lift, KnownEvents())
        return self._known[key]

    def _derive(self, lift: KnownLift, known: KnownEvents) -> list[DutyDraft]:
        facts = Facts(
            lift=LiftFacts(valid_until=lift.valid_until),
            cycle=lift.cycle,
            events=tuple(known.events),
            validity_then=tuple(known.validity_then),
        )
        return derive(self.rulebook, facts, self.calendar)


def rebuild(
    session: Session,
    *,
    city_id: str,
    today: date,
    now: datetime,
    import_id: int | None = None,
    lift_ids: Iterable[int] | None = None,
) -> RebuildSummary:
    """Derive the duties of a city's lifts (those of one import, or those given) and store what differs.

    New ones are inserted, changed ones updated, vanished ones withdrawn; unsent notices shrink accordingly, and a due
    date that was told and then moved brings one correction.
    """
    calendar = load_calendar(session)
    rulebook = rulebook_of(session, city_id, today)
    derivations = Derivations(rulebook, calendar)
    summary = RebuildSummary()
    for lifts in _batches(_lifts(session, city_id, import_id, lift_ids)):
        _rebuild_some(session, lifts, derivations, today, now, summary)
    ensure_step_dates(session, rules_of(rulebook), summary.dues, calendar)
    release(session, summary.ended, reason="no_longer_due", now=now)
    release(session, summary.paused, reason="booked", now=now, keep=(INTRODUCTION, CORRECTED))
    release(session, [move.duty_id for move in summary.moved], reason="date_moved", now=now, keep=(INTRODUCTION,))
    refresh_next(session, summary.touched)
    refresh_next(session, summary.fresh, fresh=True)
    correct_dues(session, summary.moved, rulebook, today=today, now=now)
    return summary


def known_events(session: Session, lift_ids: list[int]) -> dict[int, KnownEvents]:
    """What the store knows of these lifts beside the register; a lift without events is not among them."""
    query = select(Event).where(col(Event.lift_id).in_(lift_ids), col(Event.kind).not_in(NOT_FACTS))
    events: dict[int, KnownEvents] = defaultdict(KnownEvents)
    for event in session.exec(query.order_by(col(Event.id))):
        assert event.lift_id is not None
        events[event.lift_id].add(event)
    return events


def _lifts(
    session: Session, city_id: str, import_id: int | None, lift_ids: Iterable[int] | None
) -> Iterator[KnownLift]:
    lift = table_of(Lift).c
    query = sql_select(lift.id, lift.status, lift.valid_until, lift.cycle).where(lift.city_id == city_id)
    if import_id is not None:
        query = query.where(lift.import_id == import_id)
    if lift_ids is not None:
        query = query.where(lift.id.in_(list(lift_ids)))
    for row in session.execute(query.order_by(lift.id)):
        yield KnownLift(*row)


def _batches(lifts: Iterator[KnownLift]) -> Iterator[list[KnownLift]]:
    while batch := list(islice(lifts, BATCH)):
        yield batch


def _rebuild_some(
    session: Session,
    lifts: list[KnownLift],
    derivations: Derivations,
    today: date,
    now: datetime,
    summary: RebuildSummary,
) -> None:
    ids = [lift.id for lift in lifts]
    events = known_events(session, ids)
    stored = _stored(session, ids)
    fresh: list[tuple[Any, ...]] = []
    for lift in lifts:
        known = stored.pop(lift.id, {})
        for draft in derivations.drafts_of(lift, events.get(lift.id)):
            duty = known.pop((draft.rule.id, draft.cycle), None)
            if duty is None:
                fresh.append(_row(lift.id, draft))
            else:
                _update(duty, draft, summary)
            if draft.due is not None:
                summary.dues.add((draft.rule.id, draft.due))
        for duty in known.values():
            _retire(duty, lift, today, now, summary)
    session.flush()
    first = _insert(session, fresh)
    summary.inserted += len(fresh)
    summary.fresh.extend(range(first, first + len(fresh)))


def _stored(session: Session, lift_ids: list[int]) -> dict[int, dict[tuple[str, str], Duty]]:
    known: dict[int, dict[tuple[str, str], Duty]] = defaultdict(dict)
    for duty in session.exec(select(Duty).where(col(Duty.lift_id).in_(lift_ids))):
        assert duty.lift_id is not None
        known[duty.lift_id][(duty.rule, duty.cycle)] = duty
    return known


def _row(lift_id: int, draft: DutyDraft) -> tuple[Any, ...]:
    window = draft.window or (None, None)
    return (
        lift_id,
        draft.rule.id,
        draft.rule.duty,
        draft.cycle,
        iso(draft.due),
        iso(draft.event_on),
        iso(window[0]),
        iso(window[1]),
        draft.provisional,
        iso(draft.booked_on),
        iso(draft.resume_on),
        iso(draft.closed_on),
        0,
    )


def _insert(session: Session, rows: list[tuple[Any, ...]]) -> int:
    """Insert with ids that follow the largest one; the write transaction keeps others out. Returns the first id."""
    last = session.exec(select(Duty.id).order_by(col(Duty.id).desc()).limit(1)).first() or 0
    numbered = [(last + 1 + offset, *row) for offset, row in enumerate(rows)]
    bulk_insert(session.connection(), Duty, ("id", *COLUMNS), numbered)
    return last + 1


def _update(duty: Duty, draft: DutyDraft, summary: RebuildSummary) -> None:
    window = draft.window or (None, None)
    values = {
        "due": draft.due,
        "event_on": draft.event_on,
        "window_start": window[0],
        "window_end": window[1],
        "provisional": draft.provisional,
        "booked_on": draft.booked_on,
        "resume_on": draft.resume_on,
        "closed_on": draft.closed_on,
        "withdrawn_at": None,
    }
    changed = {name: value for name, value in values.items() if getattr(duty, name) != value}
    if not changed:
        return
    summary.updated += 1
    if draft.closed_on is not None or draft.due is None:
        summary.ended.append(duty.id)
    elif "due" in changed and duty.due is not None:
        summary.moved.append(MovedDue(duty.id, duty.due, draft.due))
    elif "booked_on" in changed and draft.booked_on is not None:
        summary.paused.append(duty.id)
    duty.next_step = duty.next_on = None
    for name, value in changed.items():
        setattr(duty, name, value)
    summary.touched.append(duty.id)


def _retire(duty: Duty, lift: KnownLift, today: date, now: datetime, summary: RebuildSummary) -> None:
    """A duty that the facts no longer give: closed when the register has moved on to a later cycle, else withdrawn."""
    if duty.closed_on is not None or duty.withdrawn_at is not None:
        return
    duty.next_step = duty.next_on = None
    if lift.status == LiftStatus.IN_USE and lift.cycle is not None and duty.cycle < lift.cycle.isoformat():
        duty.closed_on = today
        summary.closed += 1
    else:
        duty.withdrawn_at = now
        summary.withdrawn += 1
    summary.ended.append(duty.id)
    summary.touched.append(duty.id)
