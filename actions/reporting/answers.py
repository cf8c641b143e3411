"""What a unit says to a report: that a lift which failed is stopped, and that the mark of a pass hangs in the car."""

from sqlmodel import Session, select

from actions.actors import UNIT, Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.moments import by_clock
from actions.reporting.papers import is_own_photo
from actions.reporting.rights import is_their_report
from store.locks import lock_lifts
from store.parties import Contact
from store.reports import Answer, Conclusion, Report, ReportAnswer


@verb(UNIT, report_id=is_their_report)
def confirm_stopped(session: Session, asked: Asked, *, report_id: int) -> ReportAnswer:
    """The lift that failed is stopped; who said so and when is kept, and the district sees it."""
    return _answer(session, asked, report_id, Answer.STOPPED, None)


@verb(UNIT, report_id=is_their_report, photo_id=is_own_photo)
def confirm_posted(session: Session, asked: Asked, *, report_id: int, photo_id: int) -> ReportAnswer:
    """The mark hangs in the car, as the photo shows."""
    return _answer(session, asked, report_id, Answer.POSTED, photo_id)


def _answer(session: Session, asked: Asked, report_id: int, answer: Answer, photo_id: int | None) -> ReportAnswer:
    report = session.get_one(Report, report_id)
    lock_lifts(session, [report.lift_id])
    wanted = Conclusion.FAIL if answer is Answer.STOPPED else Conclusion.PASS
    later = select(Report.id).where(Report.corrects == report.id)
    if report.conclusion != wanted or session.exec(later).first() is not None:
        raise Refused("reports.of_another")
    said = session.get(ReportAnswer, (report_id, answer), populate_existing=True)
    if said is not None:
        if (said.contact_id, said.at) == (asked.actor.contact_id, asked.now):
            return said
        raise Refused("reports.said_already", who=session.get_one(Contact, said.contact_id).name, at=by_clock(said.at))
    said = ReportAnswer(
        report_id=report_id, answer=answer, contact_id=asked.actor.contact_id, at=asked.now, photo_id=photo_id
    )
    session.add(said)
    session.flush()
    return said
