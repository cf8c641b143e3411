"""What was recorded wrongly: an objection is answered, and a result is taken back before its report."""

from datetime import date
from typing import Any

import pytest
from phones.world import TODAY
from sqlmodel import col, select, update

from actions.inspecting.objections import answer_objection, ask_for_answers
from actions.inspecting.onsite import fail_inspections, find_items, pass_inspections
from actions.inspecting.papers import object_to_record, sign_records
from actions.inspecting.readers import inspections_at_desk
from actions.inspecting.rectify import add_evidence, return_items, submit_rectification
from actions.inspecting.taking_back import take_back_result
from actions.regulator.glance import has_failed
from actions.regulator.results import push_results
from actions.reporting.issue import issue_report
from actions.reporting.owed import reports_owed
from actions.reporting.papers import keep_report_file
from actions.visits.bookings import book_visit, open_days
from actions.visits.inspections import record_inspection
from actions.visits.with_items import refuse_with_items
from schedules.duties import rebuild
from store.duties import Duty, Told, ToldState
from store.inspections import Inspection, InspectionStep
from store.lifts import Lift, LiftStatus
from store.reports import Conclusion
from store.tasks import Task, TaskKind

from .conftest import DAY, DEADLINE

pytestmark = pytest.mark.one_store


def passed(site: Any) -> int:
    return site.do(pass_inspections, "inspector", lift_ids=site.lifts[:1], anyway=True).inspection_ids[0]


def test_gz_24_an_objection_is_answered(site: Any) -> None:
    unit, desk = site.world.parties["own"], site.world.parties["department"]
    one = passed(site)
    maintainer = next(party for template, party in site.told() if template == "onsite.record.maint")
    assert site.refused(answer_objection, "inspector", inspection_id=one, note="…", put_right=False) == (
        "onsite.nothing_to_answer"
    )
    site.do(sign_records, "worker", inspection_ids=[one])
    site.do(object_to_record, "unit_contact", inspection_id=one, note="测的不是这台")
    asks = site.read(lambda session: ask_for_answers(session, today=site.today + 2 * DAY))
    assert asks == 0  # two working days are given
    with site.database.write() as session:
        assert ask_for_answers(session, today=site.today + 3 * DAY) == 1
        assert ask_for_answers(session, today=site.today + 4 * DAY) == 1
    open_tasks = select(Task).where(Task.kind == TaskKind.OBJECTION_UNANSWERED)
    assert site.read(lambda session: [t.owner_party_id for t in session.exec(open_tasks)]) == [desk]
    found = site.do(inspections_at_desk, "inspector")
    assert (found.objected, found.lines[0].inspection_id) == (1, one)

    told = len(site.told())
    assert site.do(answer_objection, "duty_officer", inspection_id=one, note="以铭牌为准", put_right=False)
    assert site.told()[told:] == [("onsite.answered", unit)]  # who did not object is not told
    assert site.read(lambda session: [t.outcome for t in session.exec(open_tasks)]) == ["upheld"]
    assert site.do(inspections_at_desk, "inspector").objected == 0
    assert site.inspection(one).by_unit == "objected"  # kept until the unit signs

    site.do(object_to_record, "unit_contact", inspection_id=one, note="仍不同意")
    site.do(answer_objection, "inspector", inspection_id=one, note="已改为2号梯的数据", put_right=True)
    assert site.told()[-2:] == [("onsite.answered", unit), ("onsite.answered.maint", maintainer)]
    assert (site.inspection(one).by_unit, site.inspection(one).by_maintainer) == ("unsigned", "unsigned")
    site.do(sign_records, "unit_contact", inspection_ids=[one])
    steps = select(InspectionStep.note).where(InspectionStep.deed == "objected")
    assert site.read(lambda session: list(session.exec(steps))) == ["测的不是这台", "仍不同意"]


def test_a_pass_that_was_a_fail_is_taken_back_with_all_that_followed(site: Any) -> None:
    site.do(book_visit, "unit_contact", lift_ids=site.lifts[:1], day=TODAY + 7 * DAY, half="am")
    before = site.duty("periodic_inspection")
    site.today = TODAY + 7 * DAY
    one = passed(site)
    assert site.duty("periodic_inspection").closed_on == site.today
    assert len(site.do(reports_owed, "duty_officer")) == 1
    site.today += DAY  # found the day after
    again = site.do(take_back_result, "duty_officer", key="tap", inspection_id=one, note="点错了", was_inspected=True)
    assert (
        site.do(take_back_result, "duty_officer", key="tap", inspection_id=one, note="点错了", was_inspected=True)
        == one
    )
    now = site.duty("periodic_inspection")
    assert (now.id, now.closed_on, now.due) == (before.id, None, before.due)
    assert site.do(reports_owed, "duty_officer") == []
    assert [site.told()[-2][0], site.told()[-1][0]] == ["onsite.taken_back", "onsite.taken_back.maint"]
    assert site.last_told("onsite.taken_back")["was"] == "passed"
    assert (site.inspection(one).state, site.inspection(again).state) == ("taken_back", "under_way")

    left = site.do(fail_inspections, "inspector", lift_ids=site.lifts[:1])
    assert left.inspection_ids == [again]
    assert site.inspection(again).ended_on == TODAY + 7 * DAY
    owed = site.do(reports_owed, "duty_officer")
    assert [(report.how, report.ended_on) for report in owed] == [("failed", TODAY + 7 * DAY)]
    paper = site.do(keep_report_file, "duty_officer", name="a.pdf", content=b"%PDF-1")
    what = {"number": "A1", "conclusion": Conclusion.FAIL, "file_id": paper}
    site.do(issue_report, "duty_officer", duty_id=owed[0].duty_id, **what)
    taken = {"inspection_id": again, "note": "…", "was_inspected": False}
    assert site.refused(take_back_result, "inspector", **taken) == "onsite.report_issued"


@pytest.mark.both_stores
def test_a_fail_of_a_lift_that_was_not_inspected_is_told_to_whoever_was_told(site: Any) -> None:
    one = site.do(fail_inspections, "inspector", lift_ids=site.lifts[:1], anyway=True).inspection_ids[0]
    with site.database.write() as session:
        assert push_results(session, today=site.today) == 1
    assert site.do(take_back_result, "inspector", inspection_id=one, note="不是这台", was_inspected=False) == one
    assert [template for template, _ in site.told()[-3:]] == [
        "onsite.taken_back", "onsite.taken_back.maint", "onsite.taken_back.reg",
    ]  # fmt: skip
    assert site.read(lambda session: session.exec(select(Lift.id).where(has_failed())).all()) == []
    items = {"lift_ids": site.lifts[:1], "items": ["门锁失效"], "deadline": DEADLINE, "anyway": True}
    other = site.do(find_items, "inspector", **items).inspection_ids[0]  # on the same day
    assert site.duty("rectification").due == DEADLINE
    site.do(take_back_result, "inspector", inspection_id=other, note="是隔壁那台", was_inspected=False)
    assert site.duty("rectification") is None
    assert site.plan(date(2026, 12, 15)) == []  # nobody is reminded of items that nobody found


def test_a_result_of_a_later_visit_is_that_visits_own(site: Any) -> None:
    one, lift = passed(site), site.lifts[:1]
    site.do(take_back_result, "inspector", inspection_id=one, note="记错", was_inspected=True)
    site.do(book_visit, "unit_contact", lift_ids=lift, day=TODAY + 7 * DAY, half="am")
    site.today = TODAY + 7 * DAY
    site.do(pass_inspections, "inspector", lift_ids=lift)
    assert [on for on, _ in site.events("inspection_ended")] == [TODAY, TODAY + 7 * DAY]


def test_who_was_answered_is_not_told_of_the_others_answer_and_asks_no_more(site: Any) -> None:
    one, about = passed(site), {"note": "以铭牌为准", "put_right": False}
    site.do(object_to_record, "unit_contact", inspection_id=one, note="测的不是这台")
    site.do(answer_objection, "inspector", inspection_id=one, **about)
    site.do(object_to_record, "worker", inspection_id=one, note="层数不对")
    site.do(answer_objection, "inspector", inspection_id=one, **about)
    assert [template for template, _ in site.told() if "answered" in template] == [
        "onsite.answered", "onsite.answered.maint",
    ]  # fmt: skip
    site.do(object_to_record, "worker", inspection_id=one, note="仍不对")
    site.do(sign_records, "worker", inspection_ids=[one])
    assert site.inspection(one).objected_on is None


def test_what_a_lift_does_not_owe_any_more_does_not_lapse(site: Any) -> None:
    by = {"by": site.world.parties["own"], "now": site.now, "today": site.today}
    items = {"items": ["门锁失效"], "deadline": DEADLINE, "anyway": True}
    site.do(find_items, "inspector", lift_ids=site.lifts[:4], **items)
    site.today += DAY
    with site.database.write() as session:
        by["today"] = site.today
        elsewhere = {"on": site.today, "conclusion": "pass", "elsewhere": True}
        record_inspection(session, key="passed", lift_ids=[site.lifts[0], site.lifts[3]], **elsewhere, **by)
        no_rule = update(Duty).where(col(Duty.lift_id) == site.lifts[3], col(Duty.rule).like("%rectif%"))
        assert session.exec(no_rule.values(lift_id=site.lifts[4])).rowcount, "as in a city that has none"
        session.get_one(Lift, site.lifts[1]).status = LiftStatus.OUT_OF_USE
        session.flush()
        rebuild(session, city_id="guangzhou", today=site.today, now=site.now, lift_ids=site.lifts[1:2])
    site.plan(DEADLINE + DAY)
    states = select(Inspection.state).order_by(Inspection.lift_id)
    assert site.read(lambda session: list(session.exec(states))) == ["overtaken", "with_items", "lapsed", "overtaken"]
    site.read(lambda session: refuse_with_items(session, [session.get_one(Lift, site.lifts[0])]))  # it can be booked
    assert passed(site)  # and inspected


def test_while_items_are_open_no_other_inspection_is_booked_and_a_return_is_told_once(site: Any) -> None:
    one = site.handed_in()
    site.do(return_items, "inspector", inspection_id=one, reasons={1: "照片不清"})
    named = {"lift_ids": site.lifts[:1]}
    assert site.refused(open_days, "unit_contact", **named) == "bookings.items_open"
    near = date(2026, 12, 8)
    assert "gz.rectify.near" in site.plan(near)
    with site.database.write() as session:
        for row in session.exec(select(Told).where(Told.duty_id == site.duty("rectification").id)):
            row.state = ToldState.TOLD
    site.do(add_evidence, "unit_contact", inspection_id=one, number=1, note="重新拍照")
    site.do(submit_rectification, "unit_contact", inspection_id=one)
    later = DEADLINE + 20 * DAY
    site.do(return_items, "inspector", inspection_id=one, reasons={1: "仍不清"}, deadline=later)
    assert site.duty("rectification").due == later
    assert site.last_told("onsite.rectify")["deadline"] == later.isoformat()
    assert "gz.corrected" not in [template for template, _ in site.told("rectification")]
    assert "gz.rectify.near" in site.plan(date(2026, 12, 28))  # the reminder of the new date comes
