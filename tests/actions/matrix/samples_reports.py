"""Reports of inspections."""

from datetime import date
from typing import Any

from phones.world import CITY, NOW, TODAY, World
from sqlmodel import Session, col, select

from actions.visits.inspections import record_inspection
from store.chats import keep_file
from store.duties import REPORT, Duty
from store.notices import Notice
from store.reports import Report

DESK = {"own": "department", "other": "department", "elsewhere": "other_department"}
WRITTEN = {"number": "DT-1", "conclusion": "pass", "valid_until": date(2028, 2, 29), "mark": "B-1"}
PDF = b"%PDF-1.7 a report"
PHOTO = b"\xff\xd8\xff\xe0 a photo"


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def a_file(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"name": "a.pdf", "content": PDF}


def a_photo(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"content": PHOTO}


def a_paper(session: Session, world: World, whose: str) -> int:
    return keep_file(session, f"report/{world.parties[DESK[whose]]}", "a.pdf", PDF, at=NOW).id


def an_owed_report(session: Session, world: World, whose: str) -> dict[str, Any]:
    """On a lift that passed today."""
    lift_id, by = world.lifts[whose][0], world.parties[DESK[whose]]
    deed = {"by": by, "now": NOW, "today": TODAY, "key": f"sample {whose}"}
    record_inspection(session, lift_ids=[lift_id], on=TODAY, conclusion="pass", **deed)
    query = select(Duty.id).where(Duty.kind == REPORT, Duty.lift_id == lift_id, col(Duty.closed_on).is_(None))
    return {"duty_id": session.exec(query).one()}


def a_report_to_issue(session: Session, world: World, whose: str) -> dict[str, Any]:
    return an_owed_report(session, world, whose) | WRITTEN | {"file_id": a_paper(session, world, whose)}


def a_report(session: Session, world: World, whose: str, conclusion: str = "pass") -> dict[str, Any]:
    passed = conclusion == "pass"
    report = Report(
        city_id=CITY,
        department_id=world.parties[DESK[whose]],
        lift_id=world.lifts[whose][0],
        party_id=world.parties[whose],
        number="DT-0",
        conclusion=conclusion,
        ended_on=TODAY,
        issued_on=TODAY,
        issued_at=NOW,
        valid_until=date(2028, 2, 29) if passed else None,
        mark="B-0" if passed else "",
        file_id=a_paper(session, world, whose),
        key=f"sample {whose}",
    )
    session.add(report)
    session.flush()
    return {"report_id": report.id}


def a_fail(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_report(session, world, whose, "fail")


def a_correction(session: Session, world: World, whose: str) -> dict[str, Any]:
    report = a_report(session, world, whose)
    return report | WRITTEN | {"why": "…", "file_id": a_paper(session, world, whose)}


def a_posted_mark(session: Session, world: World, whose: str) -> dict[str, Any]:
    photo = keep_file(session, f"mark/{world.parties[whose]}", "a.jpg", PHOTO, at=NOW)
    return a_report(session, world, whose) | {"photo_id": photo.id}


def a_notice(session: Session, world: World, whose: str) -> dict[str, Any]:
    """That a report was issued."""
    matter = a_report(session, world, whose)
    notice = Notice(
        city_id=CITY,
        planned_on=TODAY,
        send_on=TODAY,
        party_id=world.parties[whose],
        duty=REPORT,
        rule="",
        step="report",
        audience="unit_contact",
        channel_class="sms",
        template="report.pass",
        facts={"report": {"report": matter["report_id"], "lifts": []}},
    )
    session.add(notice)
    session.flush()
    return {"notice_id": notice.id}


def a_lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lift_id": world.lifts[whose][0]}


def a_lift_with_report(session: Session, world: World, whose: str) -> dict[str, Any]:
    a_report(session, world, whose)
    return a_lift(session, world, whose)


SAMPLES = {
    "reports_owed": nothing,
    "report_owed": an_owed_report,
    "keep_report_file": a_file,
    "keep_mark_photo": a_photo,
    "issue_report": a_report_to_issue,
    "correct_report": a_correction,
    "confirm_stopped": a_fail,
    "confirm_posted": a_posted_mark,
    "my_reports": nothing,
    "reports_issued": nothing,
    "reports_of_lift": a_lift,
    "report_of_notice": a_notice,
    "report_story": a_report,
    "report_file": a_report,
    "failed_lifts": nothing,
    "query_report": lambda session, world, whose: {"code": "31104401002024"},
    "report_cover": a_lift_with_report,
}
