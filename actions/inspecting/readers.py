"""Inspections as people read them: where each stands, its items, who signed, and every step that was taken."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func
from sqlmodel import Session, col, or_, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Asked
from actions.inspecting.deeds import items_of, report_on
from actions.inspecting.rights import is_their_inspection
from actions.photos import keep_photo
from actions.registry import their_lifts, verb
from actions.sight import lifts_at_desk, lifts_of
from actions.visits.listing import place_of
from actions.visits.rights import may_read_visit
from schedules.announcements import parties_of
from store.doors import StoredFile
from store.inspections import (
    OPEN_STATES,
    Inspection,
    InspectionDeed,
    InspectionItem,
    InspectionState,
    InspectionStep,
    Signature,
)
from store.lifts import Lift, LiftRole
from store.parties import Party
from store.slots import Gone, VisitLift

SHOWN_FOR = timedelta(days=366)  # after its beginning
MOST = 100
AT_DESK = (InspectionState.SUBMITTED, InspectionState.LAPSED)  # where the inspector is waited for
UNSIGNED = 3  # the last rank at the desk: only a signature is missing
NO_RECORD = (  # of these nobody signs one
    InspectionState.UNDER_WAY,
    InspectionState.ABORTED,
    InspectionState.TAKEN_BACK,
    InspectionState.OVERTAKEN,
)


@dataclass(frozen=True)
class InspectionLine:
    """An inspection in a list, with how each side has signed its record."""

    inspection_id: int
    lift_id: int
    place: str
    unit: str
    state: InspectionState
    begun_on: date
    deadline: date | None
    by_unit: Signature
    by_maintainer: Signature
    objected_on: date | None

    @property
    def signed(self) -> bool:
        """Whether both sides have signed the record."""
        return self.by_unit == self.by_maintainer == Signature.SIGNED

    @property
    def objected(self) -> bool:
        """Whether one of them objects."""
        return Signature.OBJECTED in (self.by_unit, self.by_maintainer)


@dataclass(frozen=True)
class DeskInspections:
    """What waits for a department: the first of it, and how many there are in all, of some kinds too."""

    lines: Sequence[InspectionLine]
    count: int
    submitted: int
    lapsed: int
    objected: int


@dataclass(frozen=True)
class StepShown:
    """What somebody did; `by` empty: the clock."""

    at: datetime
    by: str
    party: str
    deed: InspectionDeed
    item: int | None
    note: str
    photos: int
    deadline: date | None


@dataclass(frozen=True)
class InspectionStory:
    """All of one."""

    line: InspectionLine
    office: str
    ended_on: date | None
    reason: str
    by_unit: Signature
    by_maintainer: Signature
    notice_by_unit: Signature
    items: Sequence[InspectionItem]
    steps: Sequence[StepShown]
    photos: int
    report: str  # the number of the report on it


@dataclass(frozen=True)
class LiftOnSite:
    """A lift of a visit, with today's inspection where there is one."""

    lift_id: int
    place: str
    state: InspectionState | None


@verb(UNIT | MAINTAINER, reads=True)
def my_inspections(session: Session, asked: Asked) -> list[InspectionLine]:
    """The inspections of one's lifts in the last year, those that wait for somebody first."""
    query = select(Inspection).where(
        col(Inspection.lift_id).in_(lifts_of(asked.actor)), Inspection.begun_on > asked.today - SHOWN_FOR
    )
    # a list ends; what waits for somebody must not stand behind its end
    open_first = case((col(Inspection.state).in_(OPEN_STATES), 0), else_=1)
    found = session.exec(query.order_by(open_first, col(Inspection.id).desc()).limit(MOST)).all()
    return _lines(session, found)


@verb(DEPARTMENT, reads=True)
def inspections_at_desk(session: Session, asked: Asked) -> DeskInspections:
    """What waits for the own department: an objection, handed in or lapsed, begun and not left, a record not signed.

    In this order, what has waited longest first; of records that are only not signed the newest.
    """
    unsigned = or_(Inspection.by_unit != Signature.SIGNED, Inspection.by_maintainer != Signature.SIGNED)
    waits = or_(
        col(Inspection.state).in_((*AT_DESK, InspectionState.UNDER_WAY)),
        unsigned & col(Inspection.state).not_in(NO_RECORD),
    )
    state, objected = col(Inspection.state), col(Inspection.objected_on).is_not(None)
    theirs = or_(
        col(Inspection.department_id) == asked.actor.party_id,
        or_(state.in_(OPEN_STATES), objected) & col(Inspection.lift_id).in_(lifts_at_desk(asked.actor)),
    )
    here = and_(theirs, col(Inspection.begun_on) > asked.today - SHOWN_FOR, waits)
    rank = case((objected, 0), (state.in_(AT_DESK), 1), (state == InspectionState.UNDER_WAY, 2), else_=UNSIGNED)
    by_age = case((rank == UNSIGNED, -col(Inspection.id)), else_=col(Inspection.id))
    found = session.exec(select(Inspection).where(here).order_by(rank, by_age).limit(MOST)).all()
    submitted, lapsed = (state == one for one in AT_DESK)
    counted = select(func.count(), *(func.count(case((one, 1))) for one in (submitted, lapsed, objected)))
    return DeskInspections(_lines(session, found), *session.execute(counted.where(here)).one())


@verb(DEPARTMENT, reads=True, visit_id=may_read_visit, lift_ids=their_lifts)
def lifts_on_site(
    session: Session, asked: Asked, *, visit_id: int | None = None, lift_ids: Sequence[int] | None = None
) -> list[LiftOnSite]:
    """The lifts of a visit, also those that were inspected on it, or these lifts, with what was said of each today."""
    query = select(Lift).order_by(col(Lift.compound), col(Lift.building), col(Lift.id))
    if visit_id is not None:
        on_it = select(VisitLift.lift_id).where(VisitLift.visit_id == visit_id)
        query = query.where(
            col(Lift.id).in_(on_it.where(or_(col(VisitLift.gone).is_(None), VisitLift.gone == Gone.ENDED)))
        )
    else:
        query = query.where(col(Lift.id).in_(list(lift_ids or ())))
    lifts = session.exec(query).all()
    ids = [lift.id for lift in lifts]
    known = select(Inspection).where(col(Inspection.lift_id).in_(ids)).order_by(col(Inspection.id))
    now = or_(Inspection.begun_on == asked.today, col(Inspection.state).in_(OPEN_STATES))
    now = and_(now, col(Inspection.state) != InspectionState.TAKEN_BACK)
    states = {one.lift_id: InspectionState(one.state) for one in session.exec(known.where(now))}
    return [LiftOnSite(lift.id, place_of(lift), states.get(lift.id)) for lift in lifts]


@verb(UNIT | MAINTAINER | DEPARTMENT, reads=True, inspection_id=is_their_inspection)
def inspection_story(session: Session, asked: Asked, *, inspection_id: int) -> InspectionStory:
    """Everything about one."""
    return story_of(session, inspection_id)


@verb(UNIT | MAINTAINER | DEPARTMENT, reads=True, inspection_id=is_their_inspection)
def inspection_photos(
    session: Session, asked: Asked, *, inspection_id: int, item: int | None = None
) -> list[tuple[str, bytes]]:
    """The photos of an inspection, or of one of its items, oldest first, as (name, content)."""
    steps = [step for step in _steps(session, inspection_id) if item is None or step.item == item]
    files = [session.get_one(StoredFile, photo) for step in steps for photo in step.photos]
    return [(file.name, file.content) for file in files]


@verb(UNIT | MAINTAINER)
def keep_evidence_photo(session: Session, asked: Asked, *, content: bytes) -> int:
    """Keep a photo for an item; its id. The same one again is the same."""
    return keep_photo(session, asked, content)


def story_of(session: Session, inspection_id: int) -> InspectionStory:
    """Everything about one, for whoever may read it."""
    one = session.get_one(Inspection, inspection_id)
    steps = _steps(session, inspection_id)
    parties = {step.party_id for step in steps if step.party_id is not None}
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(parties))).all())
    return InspectionStory(
        line=_lines(session, [one])[0],
        office=session.get_one(Party, one.department_id).name,
        ended_on=one.ended_on,
        reason=one.reason or "",
        by_unit=Signature(one.by_unit),
        by_maintainer=Signature(one.by_maintainer),
        notice_by_unit=Signature(one.notice_by_unit),
        items=items_of(session, inspection_id),
        steps=[
            StepShown(
                at=step.at,
                by=step.by,
                party=names.get(step.party_id or 0, ""),
                deed=InspectionDeed(step.deed),
                item=step.item,
                note=step.note,
                photos=len(step.photos),
                deadline=step.deadline,
            )
            for step in steps
        ],
        photos=sum(len(step.photos) for step in steps),
        report=report_on(session, one) or "",
    )


def lines_in_city(session: Session, city_id: str | None, *, still_open: bool, limit: int) -> list[InspectionLine]:
    """The newest inspections, for whoever runs the service."""
    query = select(Inspection).order_by(col(Inspection.id).desc()).limit(limit)
    query = query.where(Inspection.city_id == city_id) if city_id is not None else query
    query = query.where(col(Inspection.state).in_(OPEN_STATES)) if still_open else query
    return _lines(session, session.exec(query).all())


def _steps(session: Session, inspection_id: int) -> list[InspectionStep]:
    query = select(InspectionStep).where(InspectionStep.inspection_id == inspection_id)
    return list(session.exec(query.order_by(col(InspectionStep.id))))


def _lines(session: Session, found: Iterable[Inspection]) -> list[InspectionLine]:
    listed = list(found)
    ids = {one.lift_id for one in listed}
    lifts = {lift.id: lift for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids)))}
    units = parties_of(session, ids, [LiftRole.USE_UNIT])
    names: dict[int, str] = defaultdict(str)
    names |= dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(set(units.values())))).all())
    return [
        InspectionLine(
            inspection_id=one.id,
            lift_id=one.lift_id,
            place=place_of(lifts[one.lift_id]),
            unit=names[units.get((one.lift_id, LiftRole.USE_UNIT), 0)],
            state=InspectionState(one.state),
            begun_on=one.begun_on,
            deadline=one.deadline,
            by_unit=Signature(one.by_unit),
            by_maintainer=Signature(one.by_maintainer),
            objected_on=one.objected_on,
        )
        for one in listed
    ]
