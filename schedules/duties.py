"""Duties in the store: derived from facts, and rebuilt as a diff by their natural key. Nothing is deleted."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from schedules.announcements import INTRODUCTION
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.calls import review_calls
from schedules.carrying import carry_told
from schedules.corrections import CORRECTED, MovedDue, correct_dues
from schedules.dates import iso
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.ladder import ensure_step_dates, refresh_next
from schedules.lift_facts import KnownEvents, KnownLift, facts_of, known_events, read_lifts
from schedules.owed import Former, with_owed
from schedules.records import KINDS, recent_since
from schedules.regimes import in_force
from schedules.retractions import tell_again
from schedules.rulebook import Rulebook, has_cycle, rules_of
from schedules.visits import settle_visits
from store.database import bulk_insert
from store.duties import PUSHED, REPORT, Duty
from store.ids import IdSource
from store.ledger import release
from store.lifts import LiftStatus
from store.locks import hold_city, lock_lifts

BATCH = 5_000
COLUMNS = (
    *("lift_id", "rule", "kind", "cycle", "due", "event_on", "window_start", "window_end", "provisional"),
    *("booked_on", "resume_on", "held_until", "closed_on", "told_seq"),
)


@dataclass
class RebuildSummary:
    """What a rebuild did to the stored duties."""

    inserted: int = 0
    updated: int = 0
    withdrawn: int = 0
    corrections: int = 0
    touched: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    dues: set[tuple[str, date]] = field(default_factory=set)
    moved: list[MovedDue] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    paused: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    has_former: bool = False  # whether some lift has a duty that is withdrawn
    visits: int = 0  # lifts that were on another visit than their events say


class Derivations:
    """Drafts of lifts; those without events share one derivation for each distinct set of facts.

    `ends_on` is the day on which other rules take the place of `rulebook`, `formers` are those in whose place it is.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        calendar: WorkingCalendar,
        until: date,
        ends_on: date | None = None,
        formers: Sequence[Former] = (),
    ) -> None:
        self.rulebook = rulebook
        self.calendar = calendar
        self.until = until
        self.ends_on = ends_on
        self.formers = formers
        self._by_validity_alone = not has_cycle(rulebook) and not formers
        self._known: dict[Hashable, list[DutyDraft]] = {}

    def drafts_of(self, lift: KnownLift, known: KnownEvents | None) -> list[DutyDraft]:
        """What the lift owes; while it is out of use or scrapped no more than reports of what was inspected before."""
        if lift.status != LiftStatus.IN_USE:
            return [one for one in self._derive(lift, known) if one.rule.duty == REPORT] if known is not None else []
        if known is not None:
            return self._derive(lift, known)
        key = (lift.valid_until, lift.cycle) if self._by_validity_alone else replace(lift, id=0)
        if key not in self._known:
            self._known[key] = self._derive(lift, None)
        return self._known[key]

    def _derive(self, lift: KnownLift, known: KnownEvents | None) -> list[DutyDraft]:
        facts = facts_of(lift, known)
        drafts = derive(self.rulebook, facts, self.calendar, until=self.until, ends_on=self.ends_on)
        return with_owed(drafts, self.formers, facts, self.calendar, self.rulebook)


def horizon(today: date) -> date:
    """Up to when yearly duties are stored: the end of next year, so that the set changes once a year."""
    return date(today.year + 1, 12, 31)


def rebuild(
    session: Session,
    *,
    city_id: str,
    today: date,
    now: datetime,
    import_id: int | None = None,
    lift_ids: Iterable[int] | None = None,
    rules_on: date | None = None,
) -> RebuildSummary:
    """Derive the duties of a city's lifts (those of one import, or those given) and store what differs.

    Notices that this brings are of `today`; the rules are those of `rules_on`, the same day if not given.

    New ones are inserted, changed ones updated, vanished ones withdrawn; unsent notices shrink accordingly, and a due
    date that was told and then moved brings one correction.
    """
    if lift_ids is None:
        hold_city(session, city_id)
    else:
        lift_ids = list(lift_ids)
        lock_lifts(session, lift_ids)
    calendar = load_calendar(session)
    rules_on = rules_on or today
    rules = in_force(session, city_id, rules_on)
    rulebook, formers = rules.rulebook, rules.formers
    derivations = Derivations(rulebook, calendar, horizon(rules_on), rules.ends_on, formers)
    summary = RebuildSummary()
    for lifts in _batches(read_lifts(session, city_id, import_id=import_id, lift_ids=lift_ids)):
        _rebuild_some(session, lifts, derivations, today, now, summary)
    earlier = [rule for former in formers for rule in former.rules]
    ensure_step_dates(session, [*earlier, *rules_of(rulebook)], summary.dues, calendar)
    release(session, summary.ended, reason="no_longer_due", now=now)
    release(session, summary.paused, reason="booked", now=now, keep=(INTRODUCTION, CORRECTED, PUSHED))
    release(session, summary.held, reason="said_inspected", now=now, keep=(INTRODUCTION, CORRECTED, PUSHED))
    release(session, [move.duty_id for move in summary.moved], reason="date_moved", now=now, keep=(INTRODUCTION,))
    release(session, summary.returned, reason="listed_again", now=now)  # what said that they were a mistake
    is_carried = summary.has_former and carry_told(session, [*summary.touched, *summary.fresh], today)
    refresh_next(session, summary.touched)
    refresh_next(session, summary.fresh, fresh=not is_carried)
    summary.corrections = correct_dues(session, summary.moved, rulebook, today=today, now=now)
    tell_again(session, summary.returned, today)
    review_calls(session, today=today, duty_ids={*summary.ended, *(move.duty_id for move in summary.moved)})
    return summary


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
    since = recent_since(today)
    events = known_events(session, ids, records_since=since)
    stored = _stored(session, ids, since)
    fresh: list[tuple[Any, ...]] = []
    changes: list[tuple[Duty, dict[str, Any]]] = []
    for lift in lifts:
        known = stored.pop(lift.id, {})
        for draft in derivations.drafts_of(lift, events.get(lift.id)):
            if draft.rule.duty in KINDS and draft.due is not None and draft.due < since:
                continue
            duty = known.pop((draft.rule.id, draft.cycle), None)
            if duty is None:
                fresh.append(_row(lift.id, draft))
            else:
                changes.append((duty, _changed(duty, draft, summary)))
            if draft.due is not None:
                summary.dues.add((draft.rule.id, draft.due))
        summary.has_former |= bool(known)
        for duty in known.values():
            changes.append((duty, _retired(duty, now, summary)))
    _update(session, changes)
    summary.visits += settle_visits(session, lifts, events, today=today, now=now)
    summary.inserted += len(fresh)
    summary.fresh.extend(_insert(session, fresh))


def _stored(session: Session, lift_ids: list[int], records_since: date) -> dict[int, dict[tuple[str, str], Duty]]:
    known: dict[int, dict[tuple[str, str], Duty]] = defaultdict(dict)
    is_wanted = or_(col(Duty.kind).not_in(KINDS), col(Duty.due) >= records_since)
    for duty in session.exec(select(Duty).where(col(Duty.lift_id).in_(lift_ids), is_wanted)):
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
        iso(draft.held_until),
        iso(draft.closed_on),
        0,
    )


def _insert(session: Session, rows: list[tuple[Any, ...]]) -> Sequence[int]:
    """Insert in bulk; the new ids."""
    if not rows:
        return []
    ids = IdSource(session.connection(), Duty).take(len(rows))
    numbered = [(duty_id, *row) for duty_id, row in zip(ids, rows, strict=True)]
    bulk_insert(session.connection(), Duty, ("id", *COLUMNS), numbered)
    return ids


def _update(session: Session, changes: list[tuple[Duty, dict[str, Any]]]) -> None:
    """Write what changes, the same columns together: a server is asked once for each set of them, not for each duty."""
    session.flush()
    rows = []
    for duty, values in changes:
        if values:
            rows.append({"id": duty.id, "next_step": None, "next_on": None, **values})
            session.expire(duty)
    if rows:
        session.execute(update(Duty), sorted(rows, key=lambda row: (sorted(row), row["id"])))


def _changed(duty: Duty, draft: DutyDraft, summary: RebuildSummary) -> dict[str, Any]:
    """What a duty is to say instead."""
    window = draft.window or (None, None)
    values = {
        "due": draft.due,
        "event_on": draft.event_on,
        "window_start": window[0],
        "window_end": window[1],
        "provisional": draft.provisional,
        "booked_on": draft.booked_on,
        "resume_on": draft.resume_on,
        "held_until": draft.held_until,
        "closed_on": draft.closed_on,
        "withdrawn_at": None,
    }
    changed = {name: value for name, value in values.items() if getattr(duty, name) != value}
    if not changed:
        return {}
    summary.updated += 1
    if draft.closed_on is not None or draft.due is None:
        summary.ended.append(duty.id)
    elif "due" in changed and duty.due is not None:
        summary.moved.append(MovedDue(duty.id, duty.due, draft.due))
    elif "booked_on" in changed and draft.booked_on is not None:
        summary.paused.append(duty.id)
    elif "held_until" in changed and draft.held_until is not None:
        summary.held.append(duty.id)
    if "withdrawn_at" in changed:
        summary.returned.append(duty.id)
    summary.touched.append(duty.id)
    return changed


def _retired(duty: Duty, now: datetime, summary: RebuildSummary) -> dict[str, Any]:
    """A duty that the facts no longer give is withdrawn, closed or not; what was told of it stays in the ledger."""
    if duty.withdrawn_at is not None:
        return {}
    summary.withdrawn += 1
    summary.gone.append(duty.id)
    summary.ended.append(duty.id)
    summary.touched.append(duty.id)
    return {"withdrawn_at": now}
