"""A worker at a lift: what is due, the record begun, where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from actions.actors import Asked
from actions.lifts.explain import place_of
from actions.maintaining.presence import distance
from actions.maintaining.rights import WORKERS, held_visit, writes_visit
from actions.maintaining.second import take_back_question
from actions.maintaining.words import LONGEST_NOTE, read_words
from actions.maintaining.wrong import report_wrong
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from schedules.dates import ONE_DAY
from schedules.facts import MaintenanceFacts
from schedules.intervals import max_interval, next_visit
from schedules.items import KINDS, items_of, lift_class
from schedules.items_due import KindDue, kind_due
from schedules.moments import day_of
from schedules.regimes import rulebook_of
from store.database import insert_new
from store.duties import ONSITE, Duty
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import Contact, party_name
from store.records import MaintenanceRecord, VisitKind
from store.upkeep import LiftClass, LiftUpkeep, UpkeepVisit, VisitState


@dataclass(frozen=True)
class ToBegin:
    """What a worker sees before a visit: the lift's data to be checked on site, what is due, what is open already.

    `lift_class` is None where nobody knows it yet, `items` how many each kind of visit has. `under_way`: the worker's
    own record; `colleague`: who else writes one of this lift. `status`: by the register it may be out of use.
    """

    lift_id: int
    place: str
    address: str
    code: str
    kind_words: str
    unit: str
    due: date | None
    lift_class: LiftClass | None
    kind: KindDue
    items: Mapping[VisitKind, int]
    is_placed: bool
    under_way: int | None
    colleague: str
    status: LiftStatus


@verb(WORKERS, reads=True, lift_id=their_lifts)
def visit_to_begin(session: Session, asked: Asked, *, lift_id: int) -> ToBegin:
    """What is due at this lift now."""
    lift = session.get_one(Lift, lift_id)
    upkeep = session.get(LiftUpkeep, lift_id)
    known = class_of(lift, upkeep)
    drafts = session.exec(
        select(UpkeepVisit).where(UpkeepVisit.lift_id == lift_id, UpkeepVisit.state == VisitState.UNDER_WAY)
    ).all()
    mine = [one.id for one in drafts if one.worker_id == asked.actor.contact_id]
    others = [one.worker_id for one in drafts if one.worker_id != asked.actor.contact_id]
    colleague = session.get(Contact, others[0]) if others else None
    return ToBegin(
        lift_id=lift_id,
        place=place_of(lift),
        address=lift.address,
        code=lift.equipment_code or lift.key,
        kind_words=lift.kind,
        unit=party_name(session, _unit_of(session, lift_id)),
        due=due_of(session, [lift_id]).get(lift_id),
        lift_class=known,
        items={one: len(items_of(known, one)) for one in KINDS} if known is not None else {},
        kind=due_kind(session, lift, asked.today),
        is_placed=upkeep is not None and upkeep.latitude is not None,
        under_way=mine[0] if mine else None,
        colleague=colleague.name if colleague is not None else "",
        status=LiftStatus(lift.status),
    )


@verb(WORKERS, lift_id=their_lifts)
def begin_visit(
    session: Session,
    asked: Asked,
    *,
    lift_id: int,
    kind: VisitKind,
    as_class: LiftClass | None = None,
    by_label: bool = False,
    wrong: str = "",
) -> int:
    """Begin the record of a visit; its number. The lift's data were checked on site (003 三(二)1(3)).

    `as_class`: which appendix, where the register does not say it: kept for the next visits. `by_label`: the label on
    the lift was read, and it is one of ours. `wrong`: which of the data are not so; it begins the record's note, and
    whoever can put them right is asked to.
    """
    lift, upkeep = session.get_one(Lift, lift_id), session.get(LiftUpkeep, lift_id)
    known = class_of(lift, upkeep)
    if (known or as_class) is None:
        raise Refused("upkeep.which_class")
    row: dict[str, Any] = {
        "lift_id": lift_id,
        "maintainer_party_id": asked.actor.party_id,
        "worker_id": asked.actor.contact_id,
        "kind": kind.value,
        "lift_class": (known or as_class or LiftClass.TRACTION).value,
        "state": VisitState.UNDER_WAY.value,
        "key": asked.key,
        "begun_at": asked.said_at,
        "labelled_at": asked.said_at if by_label else None,
        "findings": {},
        "extra": [],
        "note": read_words(wrong, LONGEST_NOTE) if wrong else "",
    }
    is_new = insert_new(session, UpkeepVisit, row)
    visit = session.exec(
        select(UpkeepVisit)
        .where(UpkeepVisit.lift_id == lift_id, UpkeepVisit.worker_id == asked.actor.contact_id)
        .where((UpkeepVisit.key == asked.key) | (UpkeepVisit.state == VisitState.UNDER_WAY))
        .order_by(col(UpkeepVisit.id).desc())
    ).first()
    if visit is None:
        raise Refused("upkeep.dropped")
    if by_label and visit.labelled_at is None and visit.state == VisitState.UNDER_WAY:
        visit.labelled_at = asked.said_at
    if known is None and as_class is not None:
        upkeep = upkeep or LiftUpkeep(lift_id=lift_id)
        upkeep.lift_class = as_class.value
        session.add(upkeep)
    session.flush()
    if is_new and visit.note:
        report_wrong(session, asked, visit, lift)
    return visit.id


@verb(WORKERS, visit_id=writes_visit)
def check_in(session: Session, asked: Asked, *, visit_id: int, latitude: float, longitude: float) -> int | None:
    """The worker is here; how many metres from the lift, None where nobody knows yet where it stands."""
    visit = held_visit(session, asked, visit_id)
    upkeep = session.get(LiftUpkeep, visit.lift_id)
    visit.latitude, visit.longitude, visit.located_at = latitude, longitude, asked.said_at
    visit.distance = None
    if upkeep is not None and upkeep.latitude is not None and upkeep.longitude is not None:
        visit.distance = distance((latitude, longitude), (upkeep.latitude, upkeep.longitude))
    session.add(visit)
    session.flush()
    return visit.distance


@verb(WORKERS, visit_id=writes_visit)
def drop_visit(session: Session, asked: Asked, *, visit_id: int) -> None:
    """It was begun by mistake."""
    visit = held_visit(session, asked, visit_id)
    take_back_question(session, asked, visit)
    visit.state, visit.ended_at = VisitState.DROPPED, asked.now
    session.add(visit)
    session.flush()


def class_of(lift: Lift, upkeep: LiftUpkeep | None) -> LiftClass | None:
    """What the register's words say, else what a worker has said; None: ask."""
    said = LiftClass(upkeep.lift_class) if upkeep is not None and upkeep.lift_class else None
    return lift_class(lift.kind) or said


def due_of(session: Session, lift_ids: list[int]) -> dict[int, date]:
    """By when each of these lifts is to be visited; none for one of which no visit is known."""
    query = select(Duty).where(col(Duty.lift_id).in_(lift_ids), Duty.kind == ONSITE)
    found = session.exec(query.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)))
    return {duty.lift_id: duty.due for duty in found if duty.lift_id is not None and duty.due is not None}


def due_kind(session: Session, lift: Lift, today: date) -> KindDue:
    """Which kind of visit is due at a lift now, when the following one comes as late as the rules let it."""
    book = rulebook_of(session, lift.city_id, today)
    facts = MaintenanceFacts(**(lift.maintenance or {}))
    following = next_visit(max_interval(book.maintenance, facts), today) if book.maintenance is not None else None
    last, since = last_visits(session, lift.id)
    next_by = following or today + book.numbers.unplanned_visit_days * ONE_DAY
    return kind_due(last, day=today, next_by=next_by, since=since or today)


def last_visits(session: Session, lift_id: int) -> tuple[Mapping[VisitKind, date], date | None]:
    """The last visit of each kind of which there is a record, from whichever platform, and the first of all."""
    done = MaintenanceRecord.completed_at
    query = select(MaintenanceRecord.kind, func.max(done), func.min(done)).where(MaintenanceRecord.lift_id == lift_id)
    rows = session.exec(query.group_by(MaintenanceRecord.kind)).all()
    last = {VisitKind(kind): day_of(latest) for kind, latest, _ in rows}
    return last, min((day_of(first) for _, _, first in rows), default=None)


def _unit_of(session: Session, lift_id: int) -> int | None:
    query = select(Responsibility.party_id).where(Responsibility.lift_id == lift_id)
    return session.exec(
        query.where(Responsibility.role == LiftRole.USE_UNIT, col(Responsibility.to_on).is_(None))
    ).first()
