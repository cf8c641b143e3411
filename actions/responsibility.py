"""Who answers for a lift changes: the old unit hears no more of it, the new one gets one introduction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.announcements import INTRODUCTION, Announcement, announce
from schedules.duties import rebuild
from schedules.ladder import refresh_next, reminders_of, supersede
from schedules.regimes import rulebook_of
from schedules.rulebook import notices_of, rules_of
from schedules.tasks import open_task
from store.duties import Duty, Told
from store.events import Event, EventKind
from store.ledger import release
from store.lifts import Lift, LiftRole, Responsibility
from store.tasks import TaskKind

CHUNK = 500


@dataclass(frozen=True)
class UseUnitChange:
    """A lift that passes from one use unit to another; `from_party_id` is None where nobody answered before."""

    lift_id: int
    from_party_id: int | None
    to_party_id: int


def change_use_units(
    session: Session, changes: Sequence[UseUnitChange], *, on: date, now: datetime, import_id: int | None = None
) -> None:
    """Hand these lifts over on `on`; `import_id` is the import that says so.

    What the old unit had not been sent yet is taken back, its bookings end and become a task, and the new unit gets
    one introduction with all its new lifts instead of the ladder's past. A lift that nobody answered for before gets
    no introduction: its ladder simply goes on.
    """
    for change in changes:
        _hand_over(session, change, on, now, import_id)
    session.flush()
    handed = {change.lift_id: change for change in changes if change.from_party_id is not None}
    duties = _open_duties(session, list(handed))
    for duty in duties:
        assert duty.lift_id is not None
        change = handed[duty.lift_id]
        release(session, [duty.id], reason="transferred", now=now, party_id=change.from_party_id)
        if notices_of(duty.rule).introduction:  # it stands for the reminders that are open by now
            supersede(session, duty, reminders_of(session, duty, opened_by=on), change.to_party_id, on)
    _end_bookings(session, duties, handed, on, now, import_id)
    refresh_next(session, [duty.id for duty in duties])
    _introduce(session, duties, on)


def take_back(session: Session, lift_ids: Sequence[int], party_id: int, *, now: datetime) -> None:
    """What this party has not been sent about these lifts it will not be sent: it answers for them no more."""
    duty_ids = [duty.id for duty in _open_duties(session, list(lift_ids))]
    release(session, duty_ids, reason="transferred", now=now, party_id=party_id)


def _hand_over(session: Session, change: UseUnitChange, on: date, now: datetime, import_id: int | None) -> None:
    current = session.exec(
        select(Responsibility).where(
            Responsibility.lift_id == change.lift_id,
            Responsibility.role == LiftRole.USE_UNIT,
            col(Responsibility.to_on).is_(None),
        )
    ).first()
    if current is not None:
        current.to_on = max(on, current.from_on)
        session.add(current)
        session.flush()
    session.add(Responsibility(lift_id=change.lift_id, party_id=change.to_party_id, role=LiftRole.USE_UNIT, from_on=on))
    payload = {"from": change.from_party_id, "to": change.to_party_id}
    session.add(
        Event(
            kind=EventKind.TRANSFERRED,
            lift_id=change.lift_id,
            on_date=on,
            known_on=on,
            recorded_at=now,
            payload=payload,
            import_id=import_id,
        )
    )


def _open_duties(session: Session, lift_ids: list[int]) -> list[Duty]:
    found: list[Duty] = []
    for start in range(0, len(lift_ids), CHUNK):
        query = select(Duty).where(col(Duty.lift_id).in_(lift_ids[start : start + CHUNK]), col(Duty.due).is_not(None))
        found += session.exec(query.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)))
    return found


def _end_bookings(
    session: Session,
    duties: list[Duty],
    handed: dict[int, UseUnitChange],
    on: date,
    now: datetime,
    import_id: int | None,
) -> None:
    lifts: dict[tuple[int | None, int], list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.booked_on is not None and duty.booked_on >= on and duty.lift_id is not None:
            change = handed[duty.lift_id]
            lifts[(change.from_party_id, change.to_party_id)].append(duty)
    for (from_party, to_party), booked in lifts.items():
        ids = [duty.lift_id for duty in booked if duty.lift_id is not None]
        city_id = session.get_one(Lift, ids[0]).city_id
        detail = {"from": from_party, "to": to_party, "visits": sorted({str(duty.booked_on) for duty in booked})}
        task = open_task(
            session,
            TaskKind.BOOKING_OF_FORMER_UNIT,
            f"{from_party}>{to_party}",
            city_id=city_id,
            today=on,
            party_id=to_party,
            detail={**detail, "lifts": len(ids)},
        )
        task.import_id = task.import_id or import_id
        for lift_id in ids:
            payload = {"on": on.isoformat()}
            session.add(
                Event(
                    kind=EventKind.BOOKING_CANCELLED,
                    lift_id=lift_id,
                    on_date=on,
                    known_on=on,
                    recorded_at=now,
                    payload=payload,
                    import_id=import_id,
                )
            )
        session.flush()
        rebuild(session, city_id=city_id, today=on, now=now, lift_ids=ids)


def _introduce(session: Session, duties: list[Duty], today: date) -> None:
    by_rule: dict[tuple[str, str, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        by_rule[(session.get_one(Lift, duty.lift_id).city_id, duty.rule, _step_of(session, duty))].append(duty)
    for (city_id, rule_id, step), theirs in by_rule.items():
        rulebook = rulebook_of(session, city_id, today)
        rule = next(rule for rule in rules_of(rulebook) if rule.id == rule_id)
        if rule.told_steps:
            announcement = Announcement(city_id, rule, step, {})
            announce(session, announcement, notices_of(rule_id).introduction, theirs, today)


def _step_of(session: Session, duty: Duty) -> str:
    """`introduction`; for a lift that changes hands again, `introduction.2` and so on."""
    steps = session.exec(
        select(Told.step).where(Told.duty_id == duty.id, col(Told.step).startswith(INTRODUCTION)).distinct()
    ).all()
    return f"{INTRODUCTION}.{len(steps) + 1}" if steps else INTRODUCTION
