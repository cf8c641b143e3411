"""The one way in which an inspection goes on: a step of the table, kept with who did it and under the key of the tap.

Whoever calls holds the lifts (store.locks), so that of two deeds at once the second finds what the first has made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.inspecting.machine import after
from actions.refusals import Refused
from schedules.tasks import desk_of_lift
from store.inspections import OPEN_STATES, Inspection, InspectionDeed, InspectionItem, InspectionState, InspectionStep
from store.locks import lock_lifts
from store.reports import Report

LONGEST_NOTE, MOST_PHOTOS, MOST_ITEMS = 500, 6, 30
RECORD, NOTICE = "record", "notice"  # the note of a step of signing says which paper it was


@dataclass(frozen=True)
class Hand:
    """Who does something for which party, when, and under which key.

    `contact_id` None: somebody at a terminal; without a name too: the clock.
    """

    party_id: int
    name: str
    now: datetime
    today: date
    key: str
    contact_id: int | None = None

    @classmethod
    def of(cls, asked: Asked) -> "Hand":
        """The person who asks."""
        actor = asked.actor
        return cls(actor.party_id, actor.name, asked.now, asked.today, asked.key, actor.contact_id)

    def step(self, inspection_id: int, deed: InspectionDeed, state: InspectionState, key: str) -> InspectionStep:
        """A step of theirs."""
        return InspectionStep(
            inspection_id=inspection_id,
            deed=deed,
            state=state,
            at=self.now,
            on_date=self.today,
            party_id=self.party_id,
            contact_id=self.contact_id,
            by=self.name,
            key=key,
        )


def open_inspections(session: Session, lift_ids: Iterable[int]) -> dict[int, Inspection]:
    """The inspection of each of these lifts that is not over yet, by lift."""
    query = select(Inspection).where(col(Inspection.lift_id).in_(list(lift_ids)))
    found = session.exec(query.where(col(Inspection.state).in_(OPEN_STATES)).execution_options(populate_existing=True))
    return {one.lift_id: one for one in found}


def hold(session: Session, inspection_id: int) -> Inspection:
    """The inspection as it is now, kept from others until the transaction ends; with the desk of the lift as it is."""
    lock_lifts(session, [session.get_one(Inspection, inspection_id).lift_id])
    inspection = session.get_one(Inspection, inspection_id, populate_existing=True)
    inspection.department_id = desk_of_lift(session, inspection.lift_id) or inspection.department_id
    return inspection


def was_done(session: Session, key: str) -> bool:
    """Whether this tap has come before."""
    return session.exec(select(InspectionStep.id).where(InspectionStep.key == key)).first() is not None


def advance(
    session: Session,
    inspection: Inspection,
    deed: InspectionDeed,
    hand: Hand,
    *,
    key: str = "",
    on: date | None = None,
    item: int | None = None,
    deadline: date | None = None,
    note: str = "",
    photos: Sequence[int] = (),
) -> InspectionStep:
    """Do it, today if not `on` another day. Raises Refused where the inspection stands otherwise."""
    before = InspectionState(inspection.state)
    then = after(before, deed)
    if then is None:
        raise Refused("onsite.stands_otherwise", state=before)
    inspection.state = then
    session.add(inspection)
    step = hand.step(inspection.id, deed, then, key or hand.key)
    step.on_date, step.item, step.deadline = on or hand.today, item, deadline
    step.note, step.photos = plain(note), list(photos)
    session.add(step)
    session.flush()
    return step


def items_of(session: Session, inspection_id: int) -> list[InspectionItem]:
    """The items of an inspection, by number."""
    query = select(InspectionItem).where(InspectionItem.inspection_id == inspection_id)
    return list(session.exec(query.order_by(col(InspectionItem.number))))


def report_on(session: Session, inspection: Inspection) -> str | None:
    """The number of the report on it, where one is issued."""
    if inspection.ended_on is None or inspection.state == InspectionState.ABORTED:
        return None
    query = select(Report.number).where(Report.lift_id == inspection.lift_id, Report.ended_on == inspection.ended_on)
    return session.exec(query.order_by(col(Report.id).desc())).first()


def plain(note: str) -> str:
    """Words as they are kept: on one line."""
    return " ".join(note.split())[:LONGEST_NOTE]


def required(note: str, name: str) -> str:
    """The words; raises Refused where there are none."""
    if not note.strip():
        raise Refused(name)
    return note
