"""Which lifts are inspected and which are tested in a year: the year's lists, and the campaign's."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from actions.explain import place_of
from schedules.dates import iso
from schedules.duties import horizon
from store.duties import Duty
from store.lifts import Lift, LiftStatus

INSPECTIONS = ("periodic_inspection", "legacy_inspection")
TEST = "self_test"
Kind = Literal["inspection", "self_test", "both", "none"]


@dataclass(frozen=True)
class YearOfLift:
    """What a year brings for one lift. Dates are those of the clause; `test_window` is when the test may be done."""

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
    query = (
        select(Lift, Duty)
        .join(Duty, and_(col(Duty.lift_id) == Lift.id, _is_of_year(year)), isouter=True)
        .where(Lift.city_id == city_id, Lift.status == LiftStatus.IN_USE)
        .order_by(col(Lift.district_code), col(Lift.compound), col(Lift.key), col(Duty.due))
    )
    lift: Lift | None = None
    duties: list[Duty] = []
    for row, duty in session.exec(query):
        if lift is not None and row.id != lift.id:
            yield _year_of(lift, duties)
            duties = []
        lift = row
        duties += [duty] if duty is not None else []
    if lift is not None:
        yield _year_of(lift, duties)


def year_of_lift(session: Session, lift: Lift, year: int) -> YearOfLift:
    """What `year` brings for one lift, as far as its dates are worked out."""
    query = select(Duty).where(Duty.lift_id == lift.id, _is_of_year(year)).order_by(col(Duty.due))
    return _year_of(lift, list(session.exec(query).all()))


def _is_of_year(year: int) -> ColumnElement[bool]:
    return and_(
        col(Duty.withdrawn_at).is_(None),
        col(Duty.due).between(date(year, 1, 1), date(year, 12, 31)),
        col(Duty.kind).in_((*INSPECTIONS, TEST)),
    )


def _year_of(lift: Lift, duties: list[Duty]) -> YearOfLift:
    inspection = next((duty for duty in duties if duty.kind in INSPECTIONS), None)
    test = next((duty for duty in duties if duty.kind == TEST), None)
    kinds: dict[tuple[bool, bool], Kind] = {
        (True, True): "both",
        (True, False): "inspection",
        (False, True): "self_test",
        (False, False): "none",
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
