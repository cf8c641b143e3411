"""A district goes to another department: what was begun goes on there, and stands on its lists."""

from datetime import date
from typing import Any

import pytest
from phones.world import TODAY, Person
from sqlmodel import select

from actions.desk.day import visits_of_desk
from actions.inspecting.lapses import conclude_lapsed
from actions.inspecting.onsite import pass_inspections
from actions.inspecting.readers import inspections_at_desk
from actions.inspecting.rectify import return_items
from actions.matters.deeds import report_hazard, verify_removal
from actions.matters.readers import matters_listed
from actions.people.parties import add_contact, bind_chat
from actions.permissions import NotAllowedError
from actions.reporting.issue import correct_report, issue_report
from actions.reporting.owed import reports_owed
from actions.reporting.papers import keep_report_file
from actions.visits.bookings import book_visit, move_booking, visit_of
from store.doors import TELEGRAM
from store.parties import AreaRole, ContactRole, Jurisdiction
from store.reports import Conclusion

from .conftest import DAY, DEADLINE

pytestmark = pytest.mark.one_store


def reassign(site: Any) -> None:
    """The district of our lifts goes to the other department, which gets an inspector."""
    old, new = site.world.parties["department"], site.world.parties["other_department"]
    with site.database.write() as session:
        contact = add_contact(
            session, party_id=new, role=ContactRole.INSPECTOR, name="李二", phone="+8614000000777",
            as_of=date(2026, 1, 1),
        )  # fmt: skip
        bind_chat(session, channel=TELEGRAM, address="7777", contact_id=contact)
        role = AreaRole.INSPECTION_DEPARTMENT
        query = select(Jurisdiction).where(Jurisdiction.party_id == old, Jurisdiction.role == role)
        here = session.exec(query).one()
        here.to_on = site.today
        session.flush()
        session.add(
            Jurisdiction(
                party_id=new, role=role, city_id="guangzhou", district_code=here.district_code, from_on=site.today
            )
        )
    site.world.people["successor"] = Person(contact, new, ContactRole.INSPECTOR, 7777, "", "李二")


def test_what_was_begun_goes_on_at_the_department_that_has_the_district_now(site: Any) -> None:
    one = site.handed_in()
    hazard = site.do(report_hazard, "inspector", lift_id=site.lifts[0], note="门锁松动").matter_id
    day = TODAY + 10 * DAY
    visit = site.do(book_visit, "unit_contact", lift_ids=site.lifts[2:3], day=day, half="am").visits[0].visit_id
    new = site.world.parties["other_department"]
    site.do(pass_inspections, "inspector", lift_ids=site.lifts[1:2], anyway=True)
    paper = site.do(keep_report_file, "duty_officer", name="a.pdf", content=b"%PDF-1")
    owed = site.do(reports_owed, "duty_officer")[0].duty_id
    issued = {"valid_until": date(2028, 2, 28), "mark": "M", "file_id": paper, "conclusion": Conclusion.PASS}
    report = site.do(issue_report, "duty_officer", duty_id=owed, number="A1", **issued).id
    with pytest.raises(NotAllowedError):
        site.do(visit_of, "other_duty_officer", visit_id=visit)
    reassign(site)

    assert [line.inspection_id for line in site.do(inspections_at_desk, "successor").lines] == [one]
    assert [line.matter_id for line in site.do(matters_listed, "successor")] == [hazard]
    assert [shown.visit_id for shown in site.do(visits_of_desk, "successor", first=day, last=day)] == [visit]
    site.do(verify_removal, "successor", matter_id=hazard, removed=True, note="已复核")
    moved = site.do(move_booking, "successor", visit_id=visit, day=day + DAY, half="am").visits[0]
    assert moved.desk_id == new
    right = site.do(keep_report_file, "successor", name="b.pdf", content=b"%PDF-2")
    corrected = {"number": "B1", "conclusion": Conclusion.FAIL, "file_id": right, "why": "结论有误"}
    assert site.do(correct_report, "successor", report_id=report, **corrected).department_id == new

    site.do(return_items, "successor", inspection_id=one, reasons={1: "照片不清"})
    assert site.inspection(one).department_id == new
    site.plan(DEADLINE + DAY)
    assert site.tasks() == [("open", DEADLINE + DAY, new)]
    site.do(conclude_lapsed, "successor", inspection_id=one, conclusion="fail")
