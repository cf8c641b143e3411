"""What a new day changes by itself: other rules begin, another year opens, a test window has closed unused."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from schedules.announcements import Announcement, announce
from schedules.dates import ONE_DAY
from schedules.duties import horizon, rebuild
from schedules.ladder import refresh_next, reminders_of, supersede
from schedules.regimes import rulebook_of
from schedules.rulebook import Rulebook, has_cycle, rules_of
from store.database import table_of
from store.duties import Duty
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Responsibility
from store.settings import Setting

HANDOVER = "handover"
BY_YEARS = ("periodic_inspection", "legacy_inspection", "self_test")
CHUNK = 500


def turn_over(session: Session, city_id: str, *, today: date, now: datetime) -> None:
    """Bring a city's duties to `today` where the day itself changes them. Doing it twice changes nothing."""
    rulebook = rulebook_of(session, city_id, today)
    known = session.get(Setting, _key(city_id))
    before, present = known.value if known else None, _state(rulebook, today)
    if before != present:
        if before is not None and before["rulebook"] != rulebook.id:
            _hand_over(session, city_id, rulebook, today, now)
        elif has_cycle(rulebook):
            rebuild(session, city_id=city_id, today=today, now=now)
        note_derived(session, city_id, today)
    if rulebook.cycle is not None and rulebook.cycle.missed_test_ends_scheme:
        _leave_testing(session, city_id, today, now)


def note_derived(session: Session, city_id: str, today: date) -> None:
    """Remember under which rules and up to when the city's duties were derived."""
    state = _state(rulebook_of(session, city_id, today), today)
    session.merge(Setting(key=_key(city_id), value=state))
    session.flush()


def _state(rulebook: Rulebook, today: date) -> dict[str, str]:
    return {"rulebook": rulebook.id, "until": horizon(today).isoformat()}


def _key(city_id: str) -> str:
    return f"derived:{city_id}"


def _hand_over(session: Session, city_id: str, rulebook: Rulebook, today: date, now: datetime) -> None:
    """The lifts pass from one document's rules to another's: each unit is told once, with its nearest date.

    That message stands for the reminders that are open by now; later rungs come on their days.
    """
    rebuild(session, city_id=city_id, today=today, now=now)
    duties = _next_duties(session, city_id, today)
    for duty in duties:
        unit = _unit_of(session, duty)
        if unit is not None:
            supersede(session, duty, reminders_of(session, duty, opened_by=today), unit, today)
    refresh_next(session, [duty.id for duty in duties])
    told = [rule for rule in rules_of(rulebook) if rule.told_steps and rule.duty in BY_YEARS]
    if told and rulebook.notices.handover:
        announcement = Announcement(city_id, told[0], HANDOVER, {"from": today.isoformat(), "rules": rulebook.id})
        announce(session, announcement, rulebook.notices.handover, duties, today)


def _next_duties(session: Session, city_id: str, today: date) -> list[Duty]:
    """The inspection or test of each lift that comes next, of those with a ladder that are not over yet."""
    query = (
        select(Duty)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(Lift.city_id == city_id, col(Duty.due) >= today, col(Duty.next_on).is_not(None))
        .where(col(Duty.kind).in_(BY_YEARS))
        .order_by(col(Duty.lift_id), col(Duty.due), col(Duty.id))
    )
    nearest: dict[int | None, Duty] = {}
    for duty in session.exec(query):
        nearest.setdefault(duty.lift_id, duty)
    return list(nearest.values())


def _unit_of(session: Session, duty: Duty) -> int | None:
    return session.exec(
        select(Responsibility.party_id).where(
            Responsibility.lift_id == duty.lift_id,
            Responsibility.role == LiftRole.USE_UNIT,
            col(Responsibility.to_on).is_(None),
        )
    ).first()


def _leave_testing(session: Session, city_id: str, today: date, now: datetime) -> None:
    """A lift that was not tested in its window leaves the testing pilot on the day after (002 附件2 四(一)1)."""
    missed = _missed_tests(session, city_id, today)
    for lift_id, window_end in missed:
        on = window_end + ONE_DAY
        session.add(
            Event(
                kind=EventKind.TESTING_EXITED,
                lift_id=lift_id,
                on_date=on,
                known_on=today,
                recorded_at=now,
                payload={"on": on.isoformat()},
                source="clock",
            )
        )
    session.flush()
    lift_ids = [lift_id for lift_id, _ in missed]
    for start in range(0, len(lift_ids), CHUNK):
        rebuild(session, city_id=city_id, today=today, now=now, lift_ids=lift_ids[start : start + CHUNK])


def _missed_tests(session: Session, city_id: str, today: date) -> Sequence[tuple[int, date]]:
    """(lift, end of the window) of tests whose window is over, for lifts that have not left the pilot since."""
    duty, lift, event = table_of(Duty).c, table_of(Lift).c, table_of(Event).c
    left = sql_select(event.id).where(event.lift_id == duty.lift_id, event.kind == EventKind.TESTING_EXITED)
    query = (
        sql_select(duty.lift_id, duty.window_end)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(lift.city_id == city_id, duty.kind == "self_test", duty.window_end < today)
        .where(duty.closed_on.is_(None), duty.withdrawn_at.is_(None), ~left.exists())
        .order_by(duty.lift_id)
    )
    return [(row.lift_id, row.window_end) for row in session.execute(query)]
