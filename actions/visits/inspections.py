"""Inspections: book, cancel, record how the visit ended. Each writes events and re-plans the duties touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from actions.permissions import require_may_act
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.inspections import is_renewal
from schedules.lift_facts import VALIDITY_THEN
from schedules.regimes import rulebook_of
from store.duties import BACKSTOP, Duty, StepDate
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Precision
from store.locks import lock_lifts

BOOKED_AHEAD_MONTHS = 12  # an inspection comes at most a year ahead: what is booked later is a slip of the pen
ENDS_INSPECTION = (EventKind.INSPECTION_ENDED, EventKind.RECTIFICATION_CONFIRMED)


class RefusedError(Exception):
    """The action makes no sense as asked; the message is one sentence that says why."""


@dataclass(frozen=True)
class Done:
    """What an action did. `repeated`: the same key came before and nothing was done again.

    `backstop`: the earliest day by which a lift that is booked too late was to be inspected. `over`: so many more were
    booked than the department had places for.
    """

    lifts: int
    repeated: bool = False
    booked_too_late: int = 0
    backstop: date | None = None
    over: int = 0


@dataclass(frozen=True)
class Deed:
    """Who acts on which lifts, when, and under which idempotency key (one tap, however often it arrives)."""

    lift_ids: Sequence[int]
    by: int
    now: datetime
    today: date
    key: str
    roles: Sequence[LiftRole] = (LiftRole.USE_UNIT,)  # besides the inspection department of the district


def book(
    session: Session,
    *,
    lift_ids: Sequence[int],
    visit_on: date,
    half: str | None = None,
    elsewhere: bool = False,
    by: int,
    now: datetime,
    today: date,
    key: str,
) -> Done:
    """Book the inspection of these lifts for `visit_on`. It pauses the reminders; it does not close the duty.

    `half`: am or pm, where that was agreed. A department's places are taken whether they are free or not; who may not
    take what is not free books by actions.visits.bookings. `elsewhere`: another body comes, and no visit of ours.

    A visit after the backstop is counted in `booked_too_late` (四7). Raises RefusedError for a day that has passed or
    lies more than a year ahead.
    """
    if visit_on < today:
        raise RefusedError(f"{visit_on} has passed; choose a day from {today} on")
    if visit_on > (last := add_months(today, BOOKED_AHEAD_MONTHS)):
        raise RefusedError(f"{visit_on} is more than a year ahead; choose a day up to {last}")
    payload = {"visit_on": visit_on} | ({"half": half} if half else {}) | ({"elsewhere": True} if elsewhere else {})
    done = act(session, Deed(lift_ids, by, now, today, key), EventKind.BOOKED, visit_on, payload)
    if done.repeated:
        return done
    missed = _missed_backstops(session, lift_ids)
    return Done(done.lifts, booked_too_late=len(missed), backstop=min(missed, default=None))


def cancel_booking(session: Session, *, lift_ids: Sequence[int], by: int, now: datetime, today: date, key: str) -> Done:
    """Cancel the booking of these lifts; their reminders go on at the right rung."""
    return act(session, Deed(lift_ids, by, now, today, key), EventKind.BOOKING_CANCELLED, today, {"on": today})


def record_visit_missed(
    session: Session, *, lift_ids: Sequence[int], on: date, by: int, now: datetime, today: date, key: str
) -> Done:
    """The visit of `on` did not happen; the reminders go on."""
    return act(session, Deed(lift_ids, by, now, today, key), EventKind.VISIT_MISSED, on, {"on": on})


def record_inspection(
    session: Session,
    *,
    lift_ids: Sequence[int],
    on: date,
    conclusion: Literal["pass", "fail", "rectify", "aborted"],
    elsewhere: bool = False,
    by: int,
    now: datetime,
    today: date,
    key: str,
) -> Done:
    """How the inspection of `on` ended. A pass closes the duty and starts the report's clock.

    `elsewhere`: by another body, which issues the report.
    """
    if on > today:
        raise RefusedError(f"{on} has not come yet; an inspection is recorded when it has ended")
    payload = {"on": on, "conclusion": conclusion} | ({"elsewhere": True} if elsewhere else {})
    return act(session, Deed(lift_ids, by, now, today, key), EventKind.INSPECTION_ENDED, on, payload)


def issue_opinion_notice(
    session: Session,
    *,
    lift_ids: Sequence[int],
    on: date,
    deadline: date,
    by: int,
    now: datetime,
    today: date,
    key: str,
) -> Done:
    """Items to rectify by `deadline` (附件1-1 二3)."""
    if deadline < on:
        raise RefusedError(f"the deadline {deadline} lies before the notice of {on}")
    payload = {"on": on, "deadline": deadline}
    return act(session, Deed(lift_ids, by, now, today, key), EventKind.OPINION_NOTICE_ISSUED, on, payload)


def confirm_rectification(
    session: Session, *, lift_ids: Sequence[int], on: date, by: int, now: datetime, today: date, key: str
) -> Done:
    """The items are rectified: the on-site inspection has ended on this day (附件1-1 三2)."""
    if on > today:
        raise RefusedError(f"{on} has not come yet; a rectification is confirmed when it is seen")
    return act(session, Deed(lift_ids, by, now, today, key), EventKind.RECTIFICATION_CONFIRMED, on, {"on": on})


def renew_validity(
    session: Session, *, lift_id: int, valid_until: date, by: int, now: datetime, today: date, key: str
) -> Done:
    """The register states a new validity: the next cycle where it lies far enough ahead, else a correction."""
    deed = Deed([lift_id], by, now, today, key)
    lock_lifts(session, [lift_id])
    if not _not_done_yet(session, deed):
        return Done(1, repeated=True)
    require_may_act(session, by, [lift_id])
    lift = session.get_one(Lift, lift_id)
    numbers = rulebook_of(session, lift.city_id, today).numbers
    renewed = lift.valid_until is None or is_renewal(lift.valid_until, valid_until, numbers)
    before = lift.valid_until
    kind = EventKind.VALIDITY_RENEWED if renewed else EventKind.VALIDITY_CORRECTED
    lift.valid_until, lift.valid_precision = valid_until, lift.valid_precision or Precision.DAY
    lift.cycle = valid_until if renewed else lift.cycle
    session.add(lift)
    _write(session, deed, kind, today, {"from": before, "to": valid_until})
    _replan(session, deed)
    return Done(1)


def act(session: Session, deed: Deed, kind: EventKind, on: date, payload: dict[str, Any]) -> Done:
    """Write an event about each of these lifts for which this key has not come before, and work out its dates anew."""
    lock_lifts(session, deed.lift_ids)
    rest = _not_done_yet(session, deed)
    if not rest:
        return Done(len(set(deed.lift_ids)), repeated=True)
    deed = replace(deed, lift_ids=rest)
    require_may_act(session, deed.by, deed.lift_ids, deed.roles)
    _write(session, deed, kind, on, payload)
    _replan(session, deed)
    return Done(len(deed.lift_ids))


def _not_done_yet(session: Session, deed: Deed) -> list[int]:
    keys = {f"{deed.key}:{lift_id}": lift_id for lift_id in deed.lift_ids}
    done = set(session.exec(select(Event.idempotency_key).where(col(Event.idempotency_key).in_(list(keys)))))
    return [lift_id for key, lift_id in keys.items() if key not in done]


def was_done(session: Session, key: str, lift_ids: Sequence[int]) -> bool:
    """Whether this tap has acted on one of these lifts before."""
    keys = [f"{key}:{lift_id}" for lift_id in lift_ids]
    return session.exec(select(Event.id).where(col(Event.idempotency_key).in_(keys))).first() is not None


def _write(session: Session, deed: Deed, kind: EventKind, on: date, payload: dict[str, Any]) -> None:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in payload.items()}
    validities = _validities(session, deed.lift_ids) if kind in ENDS_INSPECTION else {}
    for lift_id in deed.lift_ids:
        then = {VALIDITY_THEN: validities[lift_id]} if lift_id in validities else {}
        session.add(
            Event(
                kind=kind,
                lift_id=lift_id,
                party_id=deed.by,
                on_date=on,
                known_on=deed.today,
                recorded_at=deed.now,
                payload={**plain, **then},
                source="action",
                idempotency_key=f"{deed.key}:{lift_id}",
            )
        )
    session.flush()


def _validities(session: Session, lift_ids: Sequence[int]) -> dict[int, str]:
    """The present validity of each lift: the report's date goes by it, also when the register moves on."""
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids), col(Lift.valid_until).is_not(None))).all()
    return {lift.id: lift.valid_until.isoformat() for lift in lifts if lift.valid_until}


def _replan(session: Session, deed: Deed) -> None:
    cities = set(session.exec(select(Lift.city_id).where(col(Lift.id).in_(deed.lift_ids))))
    for city_id in cities:
        rebuild(session, city_id=city_id, today=deed.today, now=deed.now, lift_ids=deed.lift_ids)


def _missed_backstops(session: Session, lift_ids: Sequence[int]) -> list[date]:
    """Of each open duty that is booked for a later day, its last one."""
    query = (
        select(StepDate)
        .join(Duty, (col(StepDate.rule) == Duty.rule) & (col(StepDate.due) == Duty.due))
        .where(StepDate.step == BACKSTOP, col(Duty.lift_id).in_(lift_ids), col(Duty.closed_on).is_(None))
        .where(col(Duty.booked_on) > col(StepDate.latest_on))
    )
    return [step.latest_on for step in session.exec(query) if step.latest_on is not None]
