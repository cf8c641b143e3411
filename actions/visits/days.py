"""On which half days the inspection of some lifts may be booked: what their dates allow and their departments hold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from actions.actors import UNIT, Actor
from actions.desk.lines import DeskLine, desk_line
from actions.refusals import Refused
from actions.visits.listing import place_of
from actions.visits.rules import Crowd, crowds_of, fee_said_by, fits_half, rules_of, share_out, starts_at
from actions.visits.slots import half_days, too_soon
from actions.visits.spans import next_inspections, spans_of
from actions.visits.with_items import refuse_with_items
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.dates import ONE_DAY
from schedules.tasks import desk_of
from store.lifts import Lift
from store.settings import Setting
from store.slots import Half, present_lifts, usual_places

WHOLE_DAY = "day"
HALVES = (*(str(half) for half in Half), WHOLE_DAY)
FARTHEST = timedelta(days=100)  # how far ahead days are looked for
LATE_DAYS = timedelta(days=30)  # how many days after the last one may be offered, said to be too late
LATE = "late_bookings"  # setting: what is done with a day after the backstop (000 四7)
FLAGGED, REFUSED = "flag", "refuse"


@dataclass(frozen=True)
class WishedLift:
    """A lift as its people call it, and where it stands; the address may not be known."""

    lift_id: int
    place: str
    address: str


@dataclass(frozen=True)
class DeskShare:
    """An inspection department that is to come, and for how many of the lifts."""

    line: DeskLine
    count: int


@dataclass(frozen=True)
class Wish:
    """Lifts to be inspected together. They may be from `first` to `last` (both included); `backstop`: of a clause.

    A later day is too late. `departments`: which of the `lifts` each of them inspects. `soon`: a day whose morning is
    offered to a unit only where nothing else is in time.
    """

    first: date
    last: date
    backstop: date | None
    departments: dict[int, list[int]]
    desks: Sequence[DeskShare]
    lifts: Sequence[WishedLift]
    soon: date | None = None


@dataclass(frozen=True)
class OpenDay:
    """A day with room for all the lifts: in which halves, or over the whole day. `late`: after the backstop."""

    day: date
    halves: tuple[str, ...]
    late: bool = False


@dataclass(frozen=True)
class OpenDays:
    """The days that can be booked for these lifts; those that are late are offered only where no other is."""

    days: Sequence[OpenDay]
    first: date
    last: date
    backstop: date | None
    desks: Sequence[DeskShare]
    lifts: Sequence[WishedLift]
    spread: bool = False  # all lifts of a building are among them: they go over both halves of a day
    starts: str = ""  # the time before which a morning visit does not begin, because of the rush hour
    fee: str = ""  # one of rules.FEES, where all its departments say the same

    @property
    def count(self) -> int:
        """How many lifts."""
        return len(self.lifts)


def wish_for(
    session: Session,
    actor: Actor | None,
    lift_ids: Sequence[int],
    today: date,
    *,
    moving: bool = False,
    planned: bool = False,
) -> Wish:
    """What the dates of these lifts allow. Refused where they owe no inspection, have a visit, or nobody inspects them.

    `moving`: they have a visit, which is to be on another day. `planned`: by a plan, which looks farther ahead. Nobody
    (`actor`): an operator, for a department.
    """
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.id))).all()
    duties = next_inspections(session, [lift.id for lift in lifts])
    for lift in lifts:
        if lift.id not in duties:
            raise Refused("bookings.nothing_due", lift=lift.internal_number or lift.key, count=len(lifts))
    if not moving:
        _refuse_booked(session, lifts, today)
        refuse_with_items(session, lifts if actor is not None else [])
    departments = _departments(session, lifts)
    is_unit = actor is not None and actor.role in UNIT
    earliest = today + ONE_DAY if is_unit else today
    spans = list(spans_of(session, duties).values())
    backstops = [backstop for *_, backstop in spans if backstop]
    opens, last = max(first for first, *_ in spans), min(last for _, last, _ in spans)
    if opens > max(last, earliest):
        raise Refused("bookings.windows_apart", opens=opens, last=last)
    if bookable_since(opens) > today and not planned:
        raise Refused("bookings.not_yet", first=opens, since=bookable_since(opens))
    return Wish(
        first=max(earliest, opens),
        last=last,
        backstop=min(backstops, default=None),
        departments=departments,
        desks=[DeskShare(desk_line(session, desk), len(theirs)) for desk, theirs in departments.items()],
        lifts=[WishedLift(lift.id, place_of(lift), lift.address or "") for lift in lifts],
        soon=too_soon(load_calendar(session), today) if is_unit else None,
    )


def find_days(session: Session, wish: Wish, today: date) -> OpenDays:
    """The days on which all the lifts fit. Refused where there is none, with the reason."""
    calendar = load_calendar(session)
    until = min(wish.last, farthest_day(wish.first, today))
    days = _free_days(session, wish, wish.first, until, calendar, soon=wish.soon)
    days = days or _free_days(session, wish, wish.first, until, calendar)
    if not days and until == wish.last and may_be_late(session):
        late_from = max(wish.first, wish.last + ONE_DAY)
        days = _free_days(session, wish, late_from, late_from + LATE_DAYS, calendar)
    if not days:
        _refuse_too_many(session, wish)
        if _free_days(session, wish, wish.first, until, calendar, spread=False):
            raise Refused("bookings.all_of_a_building")
        if wish.first > wish.last:
            raise Refused("bookings.past_last_day", last=wish.last, desks=wish.desks)
        raise Refused("bookings.none_free", last=until, desks=wish.desks)
    return OpenDays(
        days,
        wish.first,
        wish.last,
        wish.backstop,
        wish.desks,
        wish.lifts,
        fee=fee_said_by(session, wish.departments),
        spread=any(crowd.is_whole for crowd in crowds_for(session, wish, wish.first, wish.first)),
        starts=next(filter(None, (starts_at(session, desk, None, ids) for desk, ids in wish.departments.items())), ""),
    )


def crowds_for(session: Session, wish: Wish, first: date, last: date) -> list[Crowd]:
    """The lifts of a wish by building, as their departments' rules want them apart."""
    return [
        crowd
        for desk, lift_ids in wish.departments.items()
        for crowd in crowds_of(session, lift_ids, rules_of(session, desk), first, last)
    ]


def bookable_since(first: date) -> date:
    """From which day an inspection can be booked that may be on `first` at the earliest."""
    return first - FARTHEST


def farthest_day(first: date, today: date) -> date:
    """Up to which day one is looked for, where it may be from `first` on: more than the first days of a window."""
    return max(today + FARTHEST, first + LATE_DAYS)


def may_be_late(session: Session) -> bool:
    """Whether a day after the backstop is booked, and said to be too late; else it is refused."""
    row = session.get(Setting, LATE)
    return row is None or row.value != REFUSED


def _free_days(
    session: Session,
    wish: Wish,
    first: date,
    last: date,
    calendar: WorkingCalendar,
    *,
    spread: bool = True,
    soon: date | None = None,
) -> list[OpenDay]:
    """A half day is free where every department has room for its lifts and a lift of each building is left running;
    the whole day where only both halves do. `spread`: without that they would not be offered. Not on the
    morning of `soon`."""
    if first > last:
        return []
    free: dict[date, list[set[str]]] = defaultdict(list)
    for party_id, lift_ids in wish.departments.items():
        states = half_days(session, party_id, first, last, calendar)
        rules = rules_of(session, party_id)
        crowds = crowds_of(session, lift_ids, rules, first, last) if spread else []
        for day in {day for day, _ in states}:
            room = {str(half): states[day, str(half)].free for half in Half}
            if day == soon:
                room[Half.AM] = 0
            halves = {half for half, places in room.items() if places >= len(lift_ids) and fits_half(crowds, day, half)}
            is_whole = len(lift_ids) > 1 and share_out(lift_ids, crowds, day, room) is not None
            free[day].append(halves | ({WHOLE_DAY} if is_whole else set()))
    found = []
    for day in sorted(free):
        common = set.intersection(*free[day])
        fitting = tuple(half for half in HALVES if half in common and not (half == WHOLE_DAY and len(common) > 1))
        if fitting:
            found.append(OpenDay(day, fitting, late=day > wish.last))
    return found


def _refuse_booked(session: Session, lifts: Sequence[Lift], today: date) -> None:
    for lift_id, (_, visit) in sorted(present_lifts(session, [lift.id for lift in lifts]).items()):
        if visit.day >= today:
            lift = next(lift for lift in lifts if lift.id == lift_id)
            raise Refused("bookings.already_booked", lift=lift.internal_number or lift.key, day=visit.day)


def _departments(session: Session, lifts: Sequence[Lift]) -> dict[int, list[int]]:
    desks: dict[tuple[str, str | None], int | None] = {}
    found: dict[int, list[int]] = defaultdict(list)
    for lift in lifts:
        place = (lift.city_id, lift.district_code)
        if place not in desks:
            desks[place] = desk_of(session, *place)
        desk = desks[place]
        if desk is None:
            raise Refused("bookings.no_department", lift=lift.internal_number or lift.key)
        found[desk].append(lift.id)
    return dict(sorted(found.items()))


def _refuse_too_many(session: Session, wish: Wish) -> None:
    for party_id, lift_ids in wish.departments.items():
        most = 2 * usual_places(session, party_id)
        if len(lift_ids) > most:
            raise Refused("bookings.too_many", count=len(lift_ids), most=most)
