"""Which lifts are inspected and which are tested in a year: the year's lists, and the campaign's."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from actions.lifts.explain import place_of
from schedules.dates import iso
from schedules.duties import horizon
from store.duties import BY_YEARS, INSPECTIONS, Duty
from store.lifts import Lift, LiftStatus

TEST = "self_test"
Kind = Literal["inspection", "self_test", "both", "none", "unknown"]


@dataclass(frozen=True)
class YearOfLift:
    """What a year brings for one lift. Dates are those of the clause; `test_window` is when the test may be done.

    `none`: the rules bring nothing, as in a year whose inspection a repair replaced. `unknown`: the register did not
    speak of the lift yet, or states too little to say what comes after its last date.
    """

    lift: str
    place: str
    district: str
    kind: Kind
    inspection_due: date | None
    inspected_on: date | None
    test_due: date | None
    test_window: tuple[date, date] | None
    tested_on: date | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        row = asdict(self)
        return {name: iso(value) if isinstance(value, date) else value for name, value in row.items()}


class YearOutOfReachError(Exception):
    """The duties of that year are not worked out yet; the message says up to which they are."""


def year_of_lifts(session: Session, city_id: str, year: int, *, today: date) -> Iterator[YearOfLift]:
    """Every lift in use, by district and place, with what `year` brings. Raises YearOutOfReachError."""
    if year > horizon(today).year:
        raise YearOutOfReachError(
            f"dates are worked out up to {horizon(today).year}; ask for that year or an earlier one"
        )
    last = select(Duty.lift_id, func.max(Duty.due).label("due")).where(_is_of_years()).group_by(col(Duty.lift_id))
    known = last.subquery()
    query = (
        select(Lift, Duty, known.c.due)
        .join(Duty, and_(col(Duty.lift_id) == Lift.id, _is_of_year(year)), isouter=True)
        .join(known, known.c.lift_id == Lift.id, isouter=True)
        .where(Lift.city_id == city_id, Lift.status == LiftStatus.IN_USE)
        .order_by(col(Lift.district_code), col(Lift.compound), col(Lift.key), col(Duty.due))
    )
    for _, rows in groupby(session.exec(query), key=lambda row: row[0].id):
        (lift, duty, last_due), *more = rows
        duties = [each for each in (duty, *(other for _, other, _ in more)) if each is not None]
        yield _year_of(lift, duties, year, last_due)


def year_of_lift(session: Session, lift: Lift, year: int) -> YearOfLift:
    """What `year` brings for one lift, as far as its dates are worked out."""
    query = select(Duty).where(Duty.lift_id == lift.id, _is_of_year(year)).order_by(col(Duty.due))
    last_due = session.exec(select(func.max(Duty.due)).where(Duty.lift_id == lift.id, _is_of_years())).one()
    return _year_of(lift, list(session.exec(query).all()), year, last_due)


def _is_of_years() -> ColumnElement[bool]:
    return and_(col(Duty.withdrawn_at).is_(None), col(Duty.kind).in_(BY_YEARS))


def _is_of_year(year: int) -> ColumnElement[bool]:
    return and_(_is_of_years(), col(Duty.due).between(date(year, 1, 1), date(year, 12, 31)))


def _year_of(lift: Lift, duties: list[Duty], year: int, last_due: date | None) -> YearOfLift:
    """`last_due` is the lift's last date of all: later years are not worked out for want of a date to count from."""
    inspection = next((duty for duty in duties if duty.kind in INSPECTIONS), None)
    test = next((duty for duty in duties if duty.kind == TEST), None)
    kinds: dict[tuple[bool, bool], Kind] = {
        (True, True): "both",
        (True, False): "inspection",
        (False, True): "self_test",
        (False, False): "none" if _is_known(lift, year, last_due) else "unknown",
    }
    window = (test.window_start, test.window_end) if test and test.window_start and test.window_end else None
    return YearOfLift(
        lift=lift.key,
        place=place_of(lift),
        district=lift.district,
        kind=kinds[inspection is not None, test is not None],
        inspection_due=inspection.due if inspection else None,
        inspected_on=inspection.closed_on if inspection else None,
        test_due=test.due if test else None,
        test_window=window,
        tested_on=test.closed_on if test else None,
    )


def _is_known(lift: Lift, year: int, last_due: date | None) -> bool:
    has_begun = lift.known_from is None or lift.known_from.year < year
    return has_begun and last_due is not None and year <= last_due.year
