"""Which reports a department owes, by when, and by how the inspection ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor, Asked
from actions.lifts.explain import place_of
from actions.registry import verb
from actions.sight import among_lifts_of, lifts_of
from schedules.announcements import parties_of
from schedules.rulebook import load_rulebook, rule_named, rulebook_ids
from schedules.vocabulary import Trigger
from store.duties import REPORT, Duty
from store.inspections import Inspection
from store.lifts import Lift, LiftRole
from store.parties import Party
from store.reports import Conclusion

HOW: dict[Trigger, str] = {
    "inspection_passed": "passed",
    "items_rectified": "rectified",
    "inspection_failed": "failed",
}


@dataclass(frozen=True)
class OwedReport:
    """A report on the inspection that ended on `ended_on`: `how` is passed, rectified or failed.

    `due`: its last day; None of a fail, for which the document has no day (四8). `by`: the day on which it is to go
    out: at once where items were rectified or the lift failed, else the last day.
    """

    duty_id: int
    lift_id: int
    key: str
    place: str
    unit: str
    how: str
    ended_on: date
    due: date | None
    by: date
    clause: str
    inspection_id: int | None  # where it was recorded on site; its result can still be taken back

    @property
    def conclusion(self) -> Conclusion:
        """The only one that fits how the inspection ended."""
        return Conclusion.FAIL if self.how == "failed" else Conclusion.PASS

    def is_late(self, today: date) -> bool:
        """Whether its last day has passed; a fail has none, and is to go out at once."""
        return self.due is not None and today > self.due

    def waits(self, today: date) -> int:
        """For how many days it has been owed."""
        return (today - self.ended_on).days


def is_owed_there(session: Session, actor: Actor, duty_id: Any) -> bool:
    """A guard: a report on a lift of the own districts."""
    duty = session.get(Duty, duty_id)
    return (
        duty is not None
        and duty.kind == REPORT
        and duty.lift_id is not None
        and among_lifts_of(session, actor, [duty.lift_id])
    )


@verb(DEPARTMENT, reads=True)
def reports_owed(session: Session, asked: Asked) -> list[OwedReport]:
    """What the own department owes: late ones first, then by the day on which each should go out."""
    return find_owed(session, lifts_of(asked.actor), asked.today)


@verb(DEPARTMENT, reads=True, duty_id=is_owed_there)
def report_owed(session: Session, asked: Asked, *, duty_id: int) -> OwedReport | None:
    """One of them; None where it has gone out, or the inspection did not end so."""
    return next(iter(show_owed(session, _open(session, col(Duty.id) == duty_id))), None)


def find_owed(session: Session, lifts: Any, today: date) -> list[OwedReport]:
    """The same of the lifts that the query `lifts` gives."""
    return in_order(show_owed(session, _open(session, col(Duty.lift_id).in_(lifts))), today)


def in_order(found: Iterable[OwedReport], today: date) -> list[OwedReport]:
    """Late ones first, then by the day on which each should go out."""
    return sorted(found, key=lambda one: (not one.is_late(today), one.by, one.place, one.duty_id))


def duties_due(session: Session, city_id: str, before: date) -> list[tuple[Duty, str | None]]:
    """The reports of a city that are to go out before a day, each with the district of its lift."""
    at_once = or_(col(Duty.rule).in_(report_rules("failed")), col(Duty.due).is_not(None))
    wanted = or_(col(Duty.due) < before, and_(col(Duty.rule).in_(report_rules("rectified", "failed")), at_once))
    query = select(Duty, Lift.district_code).join(Lift, col(Lift.id) == Duty.lift_id).where(Lift.city_id == city_id)
    query = query.where(col(Duty.rule).in_(report_rules()), col(Duty.closed_on).is_(None), wanted)
    return list(session.exec(query.where(col(Duty.withdrawn_at).is_(None)).order_by(col(Duty.id))).all())


def how_ended(duty: Duty) -> str:
    """How the inspection ended to which this duty belongs; empty while its items are open (附件1-1 三2)."""
    how = HOW[rule_named(duty.rule).trigger]
    return "" if how == "rectified" and duty.due is None else how


@cache
def report_rules(*how: str) -> tuple[str, ...]:
    """The ids of the rules by which reports are owed, of inspections that ended so or any: duties are found by them."""
    wanted = {trigger for trigger, ended in HOW.items() if not how or ended in how}
    books = [load_rulebook(rulebook_id) for rulebook_id in rulebook_ids()]
    return tuple(
        sorted({one.id for book in books for one in book.rules if one.duty == REPORT and one.trigger in wanted})
    )


def _open(session: Session, condition: Any) -> Sequence[Duty]:
    query = select(Duty).where(col(Duty.rule).in_(report_rules()), col(Duty.closed_on).is_(None), condition)
    return session.exec(query.where(col(Duty.withdrawn_at).is_(None))).all()


def show_owed(session: Session, duties: Iterable[Duty]) -> list[OwedReport]:
    """These duties as people read them."""
    ended = [duty for duty in duties if how_ended(duty) and duty.lift_id is not None]
    ids = {duty.lift_id for duty in ended if duty.lift_id is not None}
    lifts = {lift.id: lift for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids)))}
    units = parties_of(session, ids, [LiftRole.USE_UNIT])
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(set(units.values())))).all())
    inspected = _inspected(session, ids)
    return [
        _shown(
            duty,
            lifts[duty.lift_id],
            names.get(units.get((duty.lift_id, LiftRole.USE_UNIT), 0), ""),
            inspected.get((duty.lift_id, date.fromisoformat(duty.cycle))),
        )
        for duty in ended
        if duty.lift_id is not None
    ]


def _inspected(session: Session, lift_ids: Iterable[int]) -> dict[tuple[int, date], int]:
    """The inspections that ended, by lift and day."""
    query = select(Inspection).where(col(Inspection.lift_id).in_(list(lift_ids)), col(Inspection.ended_on).is_not(None))
    found = session.exec(query.order_by(col(Inspection.id)))
    return {(one.lift_id, one.ended_on): one.id for one in found if one.ended_on is not None}


def _shown(duty: Duty, lift: Lift, unit: str, inspection_id: int | None) -> OwedReport:
    how, ended_on = how_ended(duty), date.fromisoformat(duty.cycle)
    return OwedReport(
        duty_id=duty.id,
        lift_id=lift.id,
        key=lift.key,
        place=place_of(lift),
        unit=unit,
        how=how,
        ended_on=ended_on,
        due=duty.due,
        by=duty.due if how == "passed" and duty.due is not None else ended_on,
        clause=rule_named(duty.rule).clause,
        inspection_id=inspection_id,
    )
