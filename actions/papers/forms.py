"""The application form, the opinion notice and the report's cover, with what the store knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Asked
from actions.evidence.lifts import LiftFacts, Lifts
from actions.inspecting.deeds import NOTICE
from actions.inspecting.readers import InspectionStory, StepShown, story_of
from actions.inspecting.rights import is_their_inspection
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.reporting.listing import ReportShown, show_reports
from actions.reporting.owed import find_owed
from schedules.announcements import parties_of
from schedules.tasks import desk_of
from store.inspections import InspectionDeed
from store.lifts import Lift, LiftRole
from store.parties import Contact, Party
from store.reports import Report
from store.slots import present_lifts


@dataclass(frozen=True)
class AppliedLift:
    """A lift on an application; `booked_on`, `half`: the visit to come, where there is one."""

    lift: LiftFacts
    booked_on: date | None
    half: str | None


@dataclass(frozen=True)
class Application:
    """电梯检验申请单 (附件1-1 一3): of one unit to one department, if any answers for the district."""

    department: str
    unit: str
    credit_code: str
    contact: str
    phone: str
    lifts: Sequence[AppliedLift]
    today: date


@dataclass(frozen=True)
class OpinionNotice:
    """特种设备检验意见通知书 (附件1-1 二3). `signed`: how the unit has taken it in."""

    lift: LiftFacts
    story: InspectionStory
    signed: StepShown | None


@dataclass(frozen=True)
class ReportCover:
    """The first page of a report, issued or owed yet."""

    lift: LiftFacts
    office: str
    ended_on: date
    conclusion: str
    report: ReportShown | None


@verb(UNIT | DEPARTMENT, reads=True, lift_ids=their_lifts)
def application_forms(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> list[Application]:
    """The forms for these lifts, one for each department; of a unit with who asks as its contact."""
    person = session.get(Contact, asked.actor.contact_id) if asked.actor.role in UNIT else None
    return find_applications(session, lift_ids, asked.today, person)


@verb(UNIT | MAINTAINER | DEPARTMENT, reads=True, inspection_id=is_their_inspection)
def opinion_notice(session: Session, asked: Asked, *, inspection_id: int) -> OpinionNotice:
    """The opinion notice of an inspection, with the results that were handed in so far."""
    return find_opinion(session, inspection_id)


@verb(DEPARTMENT, reads=True, lift_id=their_lifts)
def report_cover(session: Session, asked: Asked, *, lift_id: int) -> ReportCover:
    """The cover of the report that a lift waits for, else of its last one."""
    return find_cover(session, lift_id, asked.today)


def find_applications(
    session: Session, lift_ids: Sequence[int], today: date, person: Contact | None = None
) -> list[Application]:
    """The forms for these lifts, one for each unit and department."""
    ids = sorted(set(lift_ids))
    units = parties_of(session, ids, [LiftRole.USE_UNIT])
    lifts, visits = Lifts.load(session, ids), present_lifts(session, ids)
    groups: dict[tuple[int, int], list[AppliedLift]] = {}
    for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids)).order_by(col(Lift.compound), col(Lift.id))):
        to = (units.get((lift.id, LiftRole.USE_UNIT), 0), desk_of(session, lift.city_id, lift.district_code) or 0)
        visit = visits[lift.id][1] if lift.id in visits else None
        one = AppliedLift(lifts.on(lift.id, today), visit.day if visit else None, visit.half if visit else None)
        groups.setdefault(to, []).append(one)
    return [_application(session, to, applied, today, person) for to, applied in groups.items()]


def find_opinion(session: Session, inspection_id: int) -> OpinionNotice:
    """The opinion notice of an inspection; Refused where it has none."""
    story = story_of(session, inspection_id)
    if story.line.deadline is None:
        raise Refused("onsite.no_notice")
    signed = [step for step in story.steps if step.deed == InspectionDeed.SIGNED and step.note == NOTICE]
    lift_id, day = story.line.lift_id, story.line.begun_on
    return OpinionNotice(Lifts.load(session, [lift_id]).on(lift_id, day), story, signed[-1] if signed else None)


def find_cover(session: Session, lift_id: int, today: date) -> ReportCover:
    """The cover of the report that a lift waits for, else of its last one; Refused where there is neither."""
    lift = Lifts.load(session, [lift_id]).on(lift_id, today)
    owed = find_owed(session, [lift_id], today)
    if owed:
        return ReportCover(lift, _office(session, lift_id), owed[0].ended_on, owed[0].conclusion, None)
    query = select(Report).where(Report.lift_id == lift_id).order_by(col(Report.ended_on).desc(), col(Report.id).desc())
    issued = next((one for one in show_reports(session, session.exec(query)) if one.holds), None)
    if issued is None:
        raise Refused("papers.no_report")
    return ReportCover(lift, issued.office, issued.ended_on, issued.conclusion, issued)


def _application(
    session: Session, to: tuple[int, int], lifts: Sequence[AppliedLift], today: date, person: Contact | None
) -> Application:
    unit, desk = (session.get(Party, party_id) for party_id in to)
    if person is None:
        people = select(Contact).where(Contact.party_id == to[0], col(Contact.to_on).is_(None))
        person = session.exec(people.where(col(Contact.phone).is_not(None)).order_by(col(Contact.id))).first()
    return Application(
        department=desk.name if desk else "",
        unit=unit.name if unit else "",
        credit_code=(unit.credit_code if unit else None) or "",
        contact=person.name if person else "",
        phone=(person.phone if person else None) or "",
        lifts=lifts,
        today=today,
    )


def _office(session: Session, lift_id: int) -> str:
    lift = session.get_one(Lift, lift_id)
    desk = desk_of(session, lift.city_id, lift.district_code)
    return session.get_one(Party, desk).name if desk else ""
