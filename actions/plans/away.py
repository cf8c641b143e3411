"""An inspector who is away for some days: fewer places, and the rounds that nobody has answered go to other days."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from actions.actors import Asked, Role
from actions.plans.moving import MovedRound, move_rounds
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.slots import HalfState, half_days, set_places
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from store.locks import hold_city
from store.parties import Contact, ContactRole, Party
from store.settings import Setting
from store.slots import usual_places

LONGEST = 62  # days
SETTING = "away"  # and of which department: away:<party>


@dataclass(frozen=True)
class Away:
    """What came of it. `first`: later than tomorrow where somebody was said to be away until then. `fewer`: places in
    each half day; `over`: half days on which more is booked than fits."""

    first: date
    last: date
    fewer: int
    moved: Sequence[MovedRound]
    over: Sequence[HalfState]


def share_of_one(session: Session, department_id: int) -> tuple[int, int]:
    """How many inspectors the department has on file, and how many places of a half day are one's."""
    query = select(func.count()).where(Contact.party_id == department_id, Contact.role == ContactRole.INSPECTOR)
    count = session.exec(query.where(col(Contact.to_on).is_(None))).one()
    return count, -(-usual_places(session, department_id) // max(count, 1))


@verb(frozenset({Role.DUTY_OFFICER}))
def inspector_away(session: Session, asked: Asked, *, days: int) -> Away:
    """One inspector is away from tomorrow on for so many days: the half days of which that was not said yet lose their
    share of places, and what waits for an answer and fits no more goes to the nearest free day that its lifts' dates
    allow; its unit is told. What is booked stays, and is named where it is more than fits."""
    if not 1 <= days <= LONGEST:
        raise Refused("plans.away_days", most=LONGEST)
    desk = asked.actor.party_id
    hold_city(session, session.get_one(Party, desk).city_id)
    first, last = asked.today + ONE_DAY, asked.today + timedelta(days=days)
    said = _said(session, desk, asked.today)
    if (before := next((one for one in said if one["key"] == asked.key), None)) is not None:
        return _as_it_was(session, desk, before)
    first = max([first, *(date.fromisoformat(one["last"]) + ONE_DAY for one in said)])
    if first > last:
        raise Refused("plans.away_already", last=first - ONE_DAY)
    count, fewer = share_of_one(session, desk)
    if not count:
        raise Refused("plans.no_inspectors")
    states = half_days(session, desk, first, last, load_calendar(session))
    for key, state in states.items():
        if state.places:
            set_places(session, desk, [key], max(state.places - fewer, 0))
    moved = move_rounds(session, desk, first, last, asked.today)
    away = Away(first, last, fewer, moved, _over(session, desk, first, last))
    return _keep(session, desk, asked.key, away, said)


def _said(session: Session, desk: int, today: date) -> list[dict[str, Any]]:
    """What was said of the days to come: no day loses its share twice, however often it is said or the tap arrives."""
    row = session.get(Setting, f"{SETTING}:{desk}", populate_existing=True)
    return [one for one in (row.value if row is not None else []) if one["last"] > today.isoformat()]


def _keep(session: Session, desk: int, key: str, away: Away, said: list[dict[str, Any]]) -> Away:
    moved = [{**asdict(one), "was": one.was.isoformat(), "day": one.day and one.day.isoformat()} for one in away.moved]
    days = {"first": away.first.isoformat(), "last": away.last.isoformat()}
    now = {"key": key, **days, "fewer": away.fewer, "moved": moved}
    session.merge(Setting(key=f"{SETTING}:{desk}", value=[*said, now]))
    session.flush()
    return away


def _as_it_was(session: Session, desk: int, said: dict[str, Any]) -> Away:
    read = date.fromisoformat
    moved = [
        MovedRound(**{**one, "was": read(one["was"]), "day": read(one["day"]) if one["day"] else None})
        for one in said["moved"]
    ]
    first, last = read(said["first"]), read(said["last"])
    return Away(first, last, said["fewer"], moved, _over(session, desk, first, last))


def _over(session: Session, desk: int, first: date, last: date) -> list[HalfState]:
    states = half_days(session, desk, first, last, load_calendar(session))
    return [one for one in states.values() if one.taken > one.places]
