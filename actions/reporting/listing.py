"""Reports as people read them: of each lift where its report is, all that were issued, and the file itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Actor, Asked
from actions.lifts.explain import place_of
from actions.registry import their_lifts, verb
from actions.reporting.owed import OwedReport, find_owed
from actions.reporting.rights import is_their_report
from actions.sight import among_lifts_of, lifts_of
from actions.told.stories import to_their_party
from schedules.announcements import parties_of
from store.database import in_chunks
from store.doors import StoredFile
from store.lifts import Lift, LiftRole
from store.notices import OTHERS, REPORT, Notice
from store.parties import Contact, Party
from store.place_names import as_read
from store.reports import Answer, Conclusion, Report, ReportAnswer
from store.slots import present_lifts

LAST = 60  # reports that are listed at the department: older ones are found by their lifts
READERS = UNIT | MAINTAINER | DEPARTMENT | REGULATORS


@dataclass(frozen=True)
class Said:
    """What somebody of the unit answered."""

    who: str
    at: datetime


@dataclass(frozen=True)
class ReportShown:
    """A report. `corrected_by` and `corrects` are numbers of others; `stopped` and `posted` what the unit answered."""

    report_id: int
    lift_id: int
    key: str
    place: str
    number: str
    conclusion: str
    ended_on: date
    issued_on: date
    valid_until: date | None
    mark: str
    file_name: str
    office: str
    corrects: str
    corrected_by: str
    why: str
    stopped: Said | None
    posted: Said | None

    @property
    def failed(self) -> bool:
        """Whether the lift may not be used."""
        return self.conclusion == Conclusion.FAIL

    @property
    def holds(self) -> bool:
        """Whether none has taken its place."""
        return not self.corrected_by


@dataclass(frozen=True)
class LiftReports:
    """Where the report of a lift is: what is `owed`, and those issued, the newest first. `booked_on`: inspected next,
    which after a fail is the re-inspection (附件1-1 三2)."""

    lift_id: int
    place: str
    owed: OwedReport | None
    reports: Sequence[ReportShown]
    booked_on: date | None

    @property
    def latest(self) -> ReportShown | None:
        """The newest that holds."""
        return next((one for one in self.reports if one.holds), None)


@verb(UNIT, reads=True)
def my_reports(session: Session, asked: Asked) -> list[LiftReports]:
    """The lifts that have a report, or are to get one: first those that failed, then those that wait."""
    found = _of_lifts(session, asked, list(session.exec(select(Lift).where(col(Lift.id).in_(lifts_of(asked.actor))))))
    return sorted((one for one in found if one.owed or one.reports), key=_order)


@verb(DEPARTMENT, reads=True)
def reports_issued(session: Session, asked: Asked) -> list[ReportShown]:
    """What the own department has issued last, the newest first."""
    query = select(Report).where(Report.department_id == asked.actor.party_id).order_by(col(Report.id).desc())
    return show_reports(session, session.exec(query.limit(LAST)).all())


@verb(READERS, reads=True, lift_id=their_lifts)
def reports_of_lift(session: Session, asked: Asked, *, lift_id: int) -> LiftReports:
    """Where the report of this lift is."""
    return _of_lifts(session, asked, [session.get_one(Lift, lift_id)])[0]


@verb(READERS, reads=True, report_id=is_their_report)
def report_story(session: Session, asked: Asked, *, report_id: int) -> ReportShown:
    """One report."""
    return show_reports(session, [session.get_one(Report, report_id)])[0]


@verb(UNIT | DEPARTMENT | REGULATORS, reads=True, report_id=is_their_report)
def report_file(session: Session, asked: Asked, *, report_id: int) -> tuple[str, bytes]:
    """Its file: name and content."""
    return file_of(session, session.get_one(Report, report_id))


@verb(UNIT, reads=True, notice_id=to_their_party)
def report_of_notice(session: Session, asked: Asked, *, notice_id: int) -> int | None:
    """The lift of whose report a notice tells, as long as it is theirs; None where it tells of several."""
    about = (session.get_one(Notice, notice_id).facts or {}).get(REPORT) or {}
    if about.get(OTHERS):
        return None
    report = session.get(Report, about.get("report") or 0)
    return report.lift_id if report is not None and among_lifts_of(session, asked.actor, [report.lift_id]) else None


@dataclass(frozen=True)
class FailedLift:
    """A lift of a district that failed, with its unit; the report says whether the unit has confirmed the stop."""

    report: ReportShown
    unit: str
    booked_on: date | None


def _by_urgency(one: FailedLift) -> tuple[bool, date, list[tuple[int, str]]]:
    return one.report.stopped is not None, one.report.issued_on, as_read(one.report.place)


@verb(REGULATORS, reads=True)
def failed_lifts(session: Session, asked: Asked) -> list[FailedLift]:
    """The lifts of the own districts whose last report says that they failed; those not confirmed as stopped first."""
    shown = show_reports(session, _last_failed(session, asked.actor))
    ids = [one.lift_id for one in shown]
    units = parties_of(session, ids, [LiftRole.USE_UNIT])
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(set(units.values())))).all())
    booked = _booked(session, ids, asked.today)
    found = [
        FailedLift(one, names.get(units.get((one.lift_id, LiftRole.USE_UNIT), 0), ""), booked.get(one.lift_id))
        for one in shown
    ]
    return sorted(
        found, key=lambda one: (one.report.stopped is not None, one.report.issued_on, as_read(one.report.place))
    )


def file_of(session: Session, report: Report) -> tuple[str, bytes]:
    """Name and content of the file of a report."""
    file = session.get_one(StoredFile, report.file_id)
    return f"{report.number}.{file.name.rpartition('.')[2]}".replace("/", "-"), file.content


def show_reports(session: Session, reports: Iterable[Report]) -> list[ReportShown]:
    """These reports, in their order."""
    listed = list(reports)
    ids = [one.id for one in listed]
    lifts = {one.id: one for one in session.exec(select(Lift).where(col(Lift.id).in_({r.lift_id for r in listed})))}
    files = dict(
        session.exec(
            select(StoredFile.id, StoredFile.name).where(col(StoredFile.id).in_({r.file_id for r in listed}))
        ).all()
    )
    offices = {one.department_id: session.get_one(Party, one.department_id).name for one in listed}
    before = {one.corrects for one in listed if one.corrects is not None}
    numbers = dict(session.exec(select(Report.id, Report.number).where(col(Report.id).in_(before))).all())
    later = dict(session.exec(select(Report.corrects, Report.number).where(col(Report.corrects).in_(ids))).all())
    said = {
        (one.report_id, one.answer): Said(name, one.at)
        for one, name in session.exec(
            select(ReportAnswer, Contact.name)
            .join(Contact, col(Contact.id) == ReportAnswer.contact_id)
            .where(col(ReportAnswer.report_id).in_(ids))
        )
    }
    return [
        ReportShown(
            report_id=one.id,
            lift_id=one.lift_id,
            key=lifts[one.lift_id].key,
            place=place_of(lifts[one.lift_id]),
            number=one.number,
            conclusion=one.conclusion,
            ended_on=one.ended_on,
            issued_on=one.issued_on,
            valid_until=one.valid_until,
            mark=one.mark,
            file_name=files[one.file_id],
            office=offices[one.department_id],
            corrects=numbers.get(one.corrects or 0, ""),
            corrected_by=later.get(one.id, ""),
            why=one.why,
            stopped=said.get((one.id, Answer.STOPPED)),
            posted=said.get((one.id, Answer.POSTED)),
        )
        for one in listed
    ]


def _of_lifts(session: Session, asked: Asked, lifts: Sequence[Lift]) -> list[LiftReports]:
    ids = [lift.id for lift in lifts]
    owed = {one.lift_id: one for one in reversed(find_owed(session, ids, asked.today))}
    issued: dict[int, list[ReportShown]] = {}
    for part in in_chunks(ids):
        query = select(Report).where(col(Report.lift_id).in_(part))
        query = query.order_by(col(Report.ended_on).desc(), col(Report.id).desc())
        for one in show_reports(session, session.exec(query)):
            issued.setdefault(one.lift_id, []).append(one)
    booked = _booked(session, ids, asked.today)
    return [
        LiftReports(lift.id, place_of(lift), owed.get(lift.id), issued.get(lift.id, []), booked.get(lift.id))
        for lift in lifts
    ]


def _booked(session: Session, lift_ids: Sequence[int], today: date) -> dict[int, date]:
    return {
        lift_id: visit.day for lift_id, (_, visit) in present_lifts(session, lift_ids).items() if visit.day >= today
    }


def _last_failed(session: Session, actor: Actor) -> Sequence[Report]:
    later = aliased(Report)
    after = or_(
        col(later.ended_on) > col(Report.ended_on),
        and_(col(later.ended_on) == col(Report.ended_on), col(later.id) > col(Report.id)),
    )
    overtaken = select(later.id).where(col(later.lift_id) == col(Report.lift_id), after).exists()
    failed = select(Report).where(Report.conclusion == Conclusion.FAIL, ~overtaken)
    return session.exec(failed.where(col(Report.lift_id).in_(lifts_of(actor)))).all()


def _order(one: LiftReports) -> tuple[bool, bool, str]:
    return not (one.latest is not None and one.latest.failed), one.owed is None, one.place
