"""What a house may be told, in its residents' group chat and on the lift's door: no person, no number, no link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from actions.actors import UNIT, Asked
from actions.alerts.of_items import holds_up_the_lift
from actions.alerts.steps import OPEN_STATES
from actions.lifts.explain import place_of
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from store.alerts import Alert, AlertKind
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift, LiftStatus

MOST = 60


class Notice(StrEnum):
    """Why residents are told that a lift stands still."""

    VISIT = "visit"
    OVERDUE = "overdue"
    FAULT = "fault"
    OUT_OF_USE = "out_of_use"


@dataclass(frozen=True)
class HouseLift:
    """What residents may know of a lift: the last day of its inspection, and the day for which that is booked."""

    id: int
    place: str
    due: date | None
    by_month: bool
    visit_on: date | None
    is_overdue: bool
    is_faulty: bool
    is_out_of_use: bool

    def is_true(self, why: Notice) -> bool:
        """Whether there is reason to tell residents so."""
        return {
            Notice.VISIT: self.visit_on is not None,
            Notice.OVERDUE: self.is_overdue,
            Notice.FAULT: self.is_faulty,
            Notice.OUT_OF_USE: self.is_out_of_use,
        }[why]


@dataclass(frozen=True)
class HouseText:
    """What the text and the picture are written from: `unit` signs it, on the day `on`."""

    unit: str
    on: date
    lifts: Sequence[HouseLift]
    more: int = 0

    @property
    def days(self) -> list[date]:
        """The days of the visits, in order."""
        return sorted({lift.visit_on for lift in self.lifts if lift.visit_on is not None})


@verb(UNIT, reads=True, lift_ids=their_lifts)
def house_text(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> HouseText:
    """How it stands with these lifts, for the residents' group chat."""
    lifts = _read(session, asked, lift_ids)
    return HouseText(asked.actor.party_name, asked.today, lifts[:MOST], max(0, len(lifts) - MOST))


@verb(UNIT, reads=True, lift_ids=their_lifts)
def stop_notice(session: Session, asked: Asked, *, lift_ids: Sequence[int], why: str) -> HouseText:
    """What stands on a lift's door (停梯公告); refused where it would not be true of every one of these lifts."""
    lifts, reason = _read(session, asked, lift_ids), Notice(why)
    if not all(lift.is_true(reason) for lift in lifts):
        raise Refused("house.not_so", why=why)
    return HouseText(asked.actor.party_name, asked.today, lifts[:MOST], max(0, len(lifts) - MOST))


@verb(UNIT, reads=True, lift_ids=their_lifts)
def reasons_to_stop(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> list[str]:
    """Of what residents can truly be told about all of these lifts."""
    lifts = _read(session, asked, lift_ids)
    return [why.value for why in Notice if lifts and all(lift.is_true(why) for lift in lifts)]


def _read(session: Session, asked: Asked, lift_ids: Sequence[int]) -> list[HouseLift]:
    wanted = col(Lift.id).in_(set(lift_ids))
    lifts = session.exec(
        select(Lift).where(wanted).order_by(col(Lift.compound), col(Lift.building), col(Lift.id))
    ).all()
    visits, due = _inspections(session, lift_ids)
    faulty = select(Alert.lift_id).where(col(Alert.lift_id).in_(set(lift_ids)), col(Alert.state).in_(OPEN_STATES))
    faulty = faulty.where(holds_up_the_lift())
    broken = set(session.exec(faulty.where(col(Alert.kind).in_((AlertKind.FAULT, AlertKind.ENTRAPMENT)))))
    return [
        HouseLift(
            lift.id,
            place_of(lift),
            due.get(lift.id),
            lift.valid_precision == "month",
            visits.get(lift.id) if visits.get(lift.id, date.min) >= asked.today else None,
            (due.get(lift.id) or date.max) < asked.today and lift.status == LiftStatus.IN_USE,
            lift.id in broken,
            lift.status == LiftStatus.OUT_OF_USE,
        )
        for lift in lifts
    ]


def _inspections(session: Session, lift_ids: Sequence[int]) -> tuple[dict[int, date], dict[int, date]]:
    """The booked visits and the due dates of the inspections that are open, the first of each lift."""
    query = select(Duty).where(col(Duty.lift_id).in_(set(lift_ids)), col(Duty.kind).in_(INSPECTIONS))
    query = query.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)).order_by(col(Duty.due).desc())
    visits: dict[int, date] = {}
    due: dict[int, date] = {}
    for duty in session.exec(query):
        if duty.lift_id is not None and duty.due is not None:
            due[duty.lift_id] = duty.due
            if duty.booked_on is not None:
                visits[duty.lift_id] = duty.booked_on
    return visits, due
