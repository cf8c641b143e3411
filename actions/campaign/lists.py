"""The list of a city and a year: taken in, held against the register anew, and what the register has besides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from actions.campaign.confirm import Confirmed, confirm
from actions.campaign.errors import CampaignError
from actions.campaign.reading import StatedRow, digest_of, read_list
from schedules.offices.programme import Assignment, due_days
from schedules.regimes import rulebook_of
from schedules.rulebook import programme_of
from store.campaigns import CampaignList, CampaignRow, RowResult
from store.lifts import City, Lift, LiftStatus
from store.locks import hold_city

TARGET = "gz.rate"
CHECKS = "gz.anomalies"


@dataclass(frozen=True)
class Taken:
    """What came of a list: rows by result, the register's lifts that it lacks, and whether anything is otherwise now.

    `replaced`: how many rows the list before had; None where there was none, or it is the same.
    """

    list_id: int
    rows: int
    results: dict[str, int]
    extra: int
    is_new: bool
    changed: int
    replaced: int | None = None


def take_list(session: Session, city_id: str, year: int, path: Path, mapping: str | None, now: datetime) -> Taken:
    """Make the file the city's list of the year and confirm each of its rows; CampaignError where it is none.

    The same list again is only held against the register anew.
    """
    if session.get(City, city_id) is None:
        raise CampaignError(f"there is no register of {city_id!r}; `tixing import FILE --city ID` makes one")
    hold_city(session, city_id)
    if find_target(session, city_id, year) is None:
        raise CampaignError(f"the rules of {city_id!r} know no campaign in {year}; `tixing rules` has what they know")
    stated = read_list(path, city_id, mapping)
    digest, former = digest_of(stated), current_list(session, city_id, year)
    if former is not None and former.digest == digest:
        return confirm_list(session, former)
    if former is not None:
        former.replaced_at = now
        session.add(former)
        session.flush()
    made = CampaignList(
        city_id=city_id, year=year, file_name=path.name, digest=digest, rows=len(stated), imported_at=now
    )
    session.add(made)
    session.flush()
    rows = [_row(made, one) for one in stated]
    for row, one in zip(rows, confirm(session, city_id, rows), strict=True):
        _write(row, one)
    session.add_all(rows)
    session.flush()
    return _taken(session, made, rows, changed=len(rows), replaced=former.rows if former else None, is_new=True)


def confirm_list(session: Session, one: CampaignList) -> Taken:
    """Hold a list against the register as it is now."""
    hold_city(session, one.city_id)
    query = select(CampaignRow).where(CampaignRow.list_id == one.id).order_by(col(CampaignRow.line))
    rows = session.exec(query).all()
    found = zip(rows, confirm(session, one.city_id, rows), strict=True)
    changed = [(row, now) for row, now in found if _stored(row) != _values(now)]
    for row, _ in changed:  # a lift may go from one row to another: first it is let go
        row.result, row.lift_id = RowResult.MISSING, None
        session.add(row)
    session.flush()
    for row, now in changed:
        _write(row, now)
        session.add(row)
    session.flush()
    return _taken(session, one, rows, changed=len(changed), replaced=None, is_new=False)


def current_list(session: Session, city_id: str, year: int) -> CampaignList | None:
    """The list in force of a city and a year."""
    query = select(CampaignList).where(CampaignList.city_id == city_id, CampaignList.year == year)
    return session.exec(query.where(col(CampaignList.replaced_at).is_(None))).first()


def current_lists(session: Session) -> Sequence[CampaignList]:
    """All lists in force."""
    query = select(CampaignList).where(col(CampaignList.replaced_at).is_(None))
    return session.exec(query.order_by(col(CampaignList.city_id), col(CampaignList.year))).all()


def list_of(session: Session, city_id: str, today: date) -> CampaignList | None:
    """The list that counts on a day: this year's, else the next one's, else the last; None without a target for it."""
    lists = [one for one in current_lists(session) if one.city_id == city_id]
    coming = [one for one in lists if one.year >= today.year]
    found = coming[0] if coming else next(reversed(lists), None)
    return None if found is None or find_target(session, city_id, found.year) is None else found


def extra_lifts(session: Session, one: CampaignList) -> Sequence[Lift]:
    """The lifts in use that are in the register and not on the list."""
    return session.exec(select(Lift).where(*_extra(one)).order_by(col(Lift.district_code), col(Lift.id))).all()


def target_of(session: Session, one: CampaignList) -> tuple[date, int]:
    """By when how many percent of a list are to be inspected; CampaignError where the city's rules say so no more."""
    found = find_target(session, one.city_id, one.year)
    if found is None:
        raise CampaignError(f"the rules of {one.city_id!r} know no campaign in {one.year} any more")
    return found


def find_target(session: Session, city_id: str, year: int) -> tuple[date, int] | None:
    """The same of a year; None where the rules name no such target."""
    entry = _entry(session, city_id, year, TARGET)
    return (_day(entry, year), entry.measure.number) if entry is not None and entry.measure is not None else None


def checks_begin(session: Session, one: CampaignList) -> date | None:
    """From when on the data of a list's year are checked, where the rules ask for it."""
    entry = _entry(session, one.city_id, one.year, CHECKS)
    return _day(entry, one.year) if entry is not None else None


def _entry(session: Session, city_id: str, year: int, entry_id: str) -> Assignment | None:
    programme = programme_of(rulebook_of(session, city_id, date(year, 1, 1)))
    return next((entry for entry in programme if entry.id == entry_id), None)


def _day(entry: Assignment, year: int) -> date:
    return due_days(entry, date(year, 1, 1), date(year, 12, 31))[0]


def _row(made: CampaignList, one: StatedRow) -> CampaignRow:
    return CampaignRow(
        list_id=made.id,
        line=one.line,
        shown=one.shown,
        stated={"fault": one.fault} if one.fault else one.stated,
        result=RowResult.MISSING,
        reasons=[],
    )


def _stored(row: CampaignRow) -> tuple[Any, ...]:
    return row.result, row.lift_id, row.reasons, row.district, row.district_code


def _values(one: Confirmed) -> tuple[Any, ...]:
    return one.result.value, one.lift_id, list(one.reasons), one.district, one.district_code


def _write(row: CampaignRow, one: Confirmed) -> None:
    row.result, row.lift_id, row.reasons, row.district, row.district_code = _values(one)


def _taken(
    session: Session,
    one: CampaignList,
    rows: Sequence[CampaignRow],
    *,
    changed: int,
    replaced: int | None,
    is_new: bool,
) -> Taken:
    extra = session.exec(select(func.count()).select_from(Lift).where(*_extra(one))).one()
    results = Counter(row.result for row in rows)
    counts = {result.value: results[result.value] for result in RowResult}
    return Taken(one.id, len(rows), counts, extra, is_new, changed, replaced)


def _extra(one: CampaignList) -> tuple[Any, ...]:
    listed = select(CampaignRow.lift_id).where(CampaignRow.list_id == one.id, col(CampaignRow.lift_id).is_not(None))
    in_use = (Lift.city_id == one.city_id, Lift.status == LiftStatus.IN_USE, col(Lift.withdrawn_on).is_(None))
    return (*in_use, col(Lift.id).not_in(listed))
