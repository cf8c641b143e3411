"""Who answers for a lift changes: the old unit hears no more of it, the new one gets one introduction."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from actions.handovers.overtaken import overtake
from schedules.announcements import INTRODUCTION
from schedules.calls import review_calls
from schedules.duties import rebuild
from schedules.introductions import introduce
from schedules.ladder import refresh_next, reminders_of, supersede_all
from schedules.retractions import tell_again
from schedules.rulebook import notices_of
from schedules.tasks import open_task
from store.database import table_of
from store.duties import Duty, StepDate
from store.events import Event, EventKind
from store.ledger import release, release_from
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

    What the old unit had not been sent yet is taken back, and whatever would still name it; its bookings end and become
    a task, and the new unit gets one introduction with all its new lifts instead of the ladder's past. A lift that
    nobody answered for before gets no introduction: its ladder simply goes on, unless it was told to ignore it.
    """
    _hand_over(session, changes, on, now, import_id)
    for party_id, lift_ids in overtake(session, [change.lift_id for change in changes], now=now).items():
        take_back(session, lift_ids, party_id, now=now)
    handed = {change.lift_id: change for change in changes if change.from_party_id is not None}
    duties = _open_duties(session, list(handed))
    pairs = [(duty.id, from_id) for duty in duties if (from_id := handed[duty.lift_id or 0].from_party_id) is not None]
    release_from(session, pairs, reason="transferred", now=now)
    release(session, [duty.id for duty in duties], reason="transferred", now=now, only=(INTRODUCTION,))
    _supersede_reminders(session, duties, handed, on)
    _end_bookings(session, duties, handed, on, now, import_id)
    refresh_next(session, [duty.id for duty in duties])
    introduce(session, duties, on)
    fresh = [change.lift_id for change in changes if change.from_party_id is None]
    tell_again(session, [duty.id for duty in _open_duties(session, fresh)], on)
    review_calls(session, today=on, duty_ids=[duty.id for duty in duties])


def take_back(session: Session, lift_ids: Sequence[int], party_id: int, *, now: datetime) -> None:
    """What this party has not been sent about these lifts it will not be sent: it answers for them no more."""
    duty_ids = [duty.id for duty in _open_duties(session, list(lift_ids))]
    release(session, duty_ids, reason="transferred", now=now, party_id=party_id)


def _hand_over(
    session: Session, changes: Sequence[UseUnitChange], on: date, now: datetime, import_id: int | None
) -> None:
    """End who answered for these lifts, begin who does, and record it."""
    session.flush()
    table = table_of(Responsibility)
    begun = case((table.c.from_on > on, table.c.from_on), else_=on)
    for part in _chunks([change.lift_id for change in changes]):
        present = table.c.lift_id.in_(part) & (table.c.role == LiftRole.USE_UNIT) & table.c.to_on.is_(None)
        session.execute(update(table).where(present).values(to_on=begun))
    for change in changes:
        lift_id, to_party_id = change.lift_id, change.to_party_id
        session.add(Responsibility(lift_id=lift_id, party_id=to_party_id, role=LiftRole.USE_UNIT, from_on=on))
        session.add(
            Event(
                kind=EventKind.TRANSFERRED,
                lift_id=lift_id,
                on_date=on,
                known_on=on,
                recorded_at=now,
                payload={"from": change.from_party_id, "to": to_party_id},
                import_id=import_id,
            )
        )
    session.flush()


def _supersede_reminders(session: Session, duties: list[Duty], handed: dict[int, UseUnitChange], on: date) -> None:
    """The introduction stands for the reminders that are open by now."""
    open_rungs: dict[tuple[str, date | None], Sequence[StepDate]] = {}
    covered: list[tuple[Duty, Sequence[StepDate], int]] = []
    for duty in duties:
        if not notices_of(duty.rule).introduction:
            continue
        if (duty.rule, duty.due) not in open_rungs:
            open_rungs[duty.rule, duty.due] = reminders_of(session, duty, opened_by=on)
        covered.append((duty, open_rungs[duty.rule, duty.due], handed[duty.lift_id or 0].to_party_id))
    supersede_all(session, covered, on)


def _open_duties(session: Session, lift_ids: list[int]) -> list[Duty]:
    found: list[Duty] = []
    for part in _chunks(lift_ids):
        query = select(Duty).where(col(Duty.lift_id).in_(part), col(Duty.due).is_not(None))
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


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
