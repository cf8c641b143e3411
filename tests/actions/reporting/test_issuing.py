"""Reports: when each is owed, what is refused, who hears of the conclusion, and how a wrong one is corrected."""

from datetime import date
from typing import Any

import pytest
from phones.world import NAMES
from sqlmodel import col, select

from actions.lifts.explain import explain_notice
from actions.regulator.results import push_results
from actions.reporting.answers import confirm_stopped
from actions.reporting.daily import review_reports
from actions.reporting.issue import correct_report, issue_report
from actions.reporting.listing import failed_lifts, my_reports
from actions.reporting.papers import keep_report_file
from actions.running.forgetting import forget_old
from actions.summary.closing import close_day
from store.doors import StoredFile
from store.duties import Duty
from store.notices import Notice
from store.reports import Report

pytestmark = pytest.mark.one_store

NEXT = date(2028, 2, 29)


def passed(desk: Any, lift_id: int, **more: Any) -> Any:
    """Issue the report on a lift that passed."""
    arguments = {"number": f"DT-{lift_id}", "conclusion": "pass", "valid_until": NEXT, "mark": f"B-{lift_id}"} | more
    return desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, file_id=desk.paper(), **arguments)


def failed(desk: Any, lift_id: int, **more: Any) -> Any:
    """The same of one that failed."""
    arguments = {"number": f"DT-{lift_id}", "conclusion": "fail"} | more
    return desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, file_id=desk.paper(), **arguments)


def test_gz_12_a_report_is_owed_within_five_working_days_and_late_ones_stand_first(desk: Any) -> None:
    soon, late = desk.world.lifts["own"][:2]
    desk.inspect(late, "pass")
    assert [(one.lift_id, one.how, one.due) for one in desk.owed()] == [(late, "passed", date(2026, 11, 30))]
    desk.move(date(2026, 12, 1))
    desk.inspect(soon, "pass")
    assert [(one.lift_id, one.is_late(desk.today)) for one in desk.owed()] == [(late, True), (soon, False)]
    desk.told()
    desk.write(lambda session: review_reports(session, today=desk.today))
    assert desk.told() == [("report.owed", "department", "telegram")]
    assert desk.write(lambda session: review_reports(session, today=date(2026, 12, 2))) == 0, "the same list again"
    passed(desk, late)
    assert [one.lift_id for one in desk.owed()] == [soon]


def test_gz_13_where_the_validity_ends_in_the_month_so_does_the_time_for_the_report(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][6]  # valid until the end of December
    desk.move(date(2026, 12, 28))
    desk.inspect(lift_id, "pass")
    assert desk.owed_for(lift_id).due == date(2026, 12, 31)
    desk.move(date(2027, 2, 24))
    desk.inspect(desk.world.lifts["own"][0], "pass")  # valid until 28 February, a Sunday
    reminded = [
        desk.write(lambda session, day=day: review_reports(session, today=date(2027, 2, day))) for day in (25, 26)
    ]
    assert reminded[1] == 1, "on the working day before it"
    assert "最迟2月28日（休息日）" in desk.bodies("report.owed")[-1]


def test_gz_14_after_rectification_the_report_is_to_go_out_on_the_same_day(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.opine(lift_id, date(2026, 12, 4))
    assert desk.owed() == [], "its items are open"
    duty = desk.ask(lambda session: session.exec(select(Duty).where(Duty.rule == "gz.report.rectified")).one())
    values = {"number": "1", "conclusion": "pass", "file_id": desk.paper(), "valid_until": NEXT, "mark": "1"}
    assert desk.refusal(issue_report, duty_id=duty.id, **values) == "reports.items_open"
    desk.move(date(2026, 12, 2))
    desk.confirm(lift_id)
    one = desk.owed_for(lift_id)
    assert (one.how, one.by, one.due) == ("rectified", date(2026, 12, 2), date(2026, 12, 9))
    desk.move(date(2026, 12, 3))
    desk.told()
    desk.write(lambda session: review_reports(session, today=desk.today))
    assert desk.told() == [("report.owed", "department", "telegram")], "the aim has passed"
    passed(desk, lift_id)
    assert desk.owed() == []


def test_gz_31_the_conclusion_goes_out_by_sms_and_chat_and_the_next_cycle_begins(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "pass")
    desk.told()
    passed(desk, lift_id)
    assert desk.told() == [
        ("report.pass", "own", "sms"),
        ("report.pass", "own", "telegram"),
        ("report.pass.maint", "maintainer", "telegram"),
    ]
    text = desk.bodies("report.pass")[0]
    assert "云荔花园1栋1梯电梯检验合格" in text
    assert "有效期至2028年2月29日" in text
    notice = desk.ask(lambda session: session.exec(select(Notice).where(Notice.template == "report.pass")).first())
    story = desk.ask(lambda session: explain_notice(session, notice.id))
    assert (story["clause"], story["seed"]) == ("附件1-1 三3", "000")
    assert [one["lift"] for one in story["lifts"]] == [desk.lift(lift_id).key]
    cycles = select(Duty).where(Duty.lift_id == lift_id, Duty.kind == "periodic_inspection").order_by(col(Duty.due))
    assert [(one.due, one.closed_on) for one in desk.ask(lambda session: session.exec(cycles).all())] == [
        (date(2027, 2, 28), desk.today),
        (NEXT, None),
    ]


def test_what_contradicts_or_is_missing_is_refused_with_one_sentence(desk: Any) -> None:
    good, bad, *_ = desk.world.lifts["own"]
    desk.inspect(good, "pass")
    desk.inspect(bad, "fail")
    paper = {"file_id": desk.paper(), "duty_id": desk.owed_for(good).duty_id, "number": "DT-1"}
    full = paper | {"conclusion": "pass", "valid_until": NEXT, "mark": "B-1"}
    for changed, why in (
        ({"conclusion": "fail", "valid_until": None, "mark": ""}, "contradicts"),
        ({"number": " "}, "number"),
        ({"mark": ""}, "mark"),
        ({"valid_until": None}, "validity_missing"),
        ({"valid_until": date(2027, 5, 31)}, "validity"),  # would count as a correction of the cycle that is closed
        ({"valid_until": date(2030, 3, 1)}, "validity"),
        ({"duty_id": desk.owed_for(bad).duty_id}, "contradicts"),
        ({"duty_id": desk.owed_for(bad).duty_id, "conclusion": "fail"}, "fail_is_bare"),
    ):
        assert desk.refusal(issue_report, **(full | changed)) == f"reports.{why}", changed
    desk.do(issue_report, **full)
    assert desk.refusal(issue_report, **full) == "reports.not_owed"
    bare = paper | {"duty_id": desk.owed_for(bad).duty_id, "conclusion": "fail"}
    assert desk.refusal(issue_report, **bare) == "reports.number_taken"
    assert desk.refusal(keep_report_file, name="a.pdf", content=b"MZ program") == "reports.wrong_file"
    large = b"%PDF-" + bytes(10 * 1024 * 1024)
    assert desk.refusal(keep_report_file, name="a.pdf", content=large) == "reports.too_large"


def test_a_wrong_report_is_corrected_by_another_and_whoever_was_told_is_told_again(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "pass")
    wrong = passed(desk, lift_id)
    desk.told()
    desk.move(date(2026, 11, 25))
    new = {"number": "DT-9", "conclusion": "fail", "file_id": desk.paper(), "why": "数据录入错误"}
    report = desk.do(correct_report, report_id=wrong.id, **new)
    assert (report.corrects, desk.report(wrong.id).conclusion) == (wrong.id, "pass"), "nothing is overwritten"
    assert desk.told() == [
        ("report.corrected", "own", "sms"),
        ("report.corrected", "own", "telegram"),
        ("report.corrected.maint", "maintainer", "telegram"),
        ("report.corrected.reg", "bureau", "telegram"),
    ]
    assert "结论不合格，不得使用" in desk.bodies("report.corrected")[0]
    assert desk.write(lambda session: push_results(session, today=desk.today)) == 0, "the bureau has heard it once"
    desk.write(lambda session: close_day(session, "guangzhou", today=desk.today, now=desk.now))
    assert desk.write(lambda session: push_results(session, today=desk.today)) == 0, "and not that it passed"
    assert desk.lift(lift_id).valid_until == date(2027, 2, 28), "what the pass had given it has lost"
    duties = select(Duty).where(Duty.lift_id == lift_id, col(Duty.withdrawn_at).is_(None)).order_by(col(Duty.id))
    assert [(one.rule, one.due, one.closed_on) for one in desk.ask(lambda session: session.exec(duties).all())] == [
        ("gz.inspection", date(2027, 2, 28), None),
        ("gz.report.failed", None, date(2026, 11, 23)),
    ]
    again = new | {"number": "DT-10"}
    assert desk.refusal(correct_report, report_id=wrong.id, **again) == "reports.corrected_already"
    right = again | {"conclusion": "pass", "valid_until": NEXT, "mark": "B-9"}
    desk.do(correct_report, report_id=report.id, **right)
    gone = select(Notice.step).where(Notice.status == "cancelled", Notice.template.startswith("report.corrected"))
    assert "report" in desk.ask(lambda session: session.exec(gone).all()), "what had not left says nothing wrong"
    assert desk.lift(lift_id).valid_until == NEXT
    assert desk.write(lambda session: review_reports(session, today=desk.today)) == 0
    later = desk.now.replace(year=2030)
    desk.write(lambda session: forget_old(session, now=later))
    files = desk.ask(lambda session: set(session.exec(select(StoredFile.id))))
    assert set(desk.ask(lambda session: session.exec(select(Report.file_id)).all())) <= files


def test_gz_11_that_a_lift_failed_is_told_to_its_district_on_the_same_day_and_once(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "fail")
    desk.told()
    assert desk.write(lambda session: push_results(session, today=desk.today)) == 1
    assert desk.told() == [("gz.failed.reg", "bureau", "telegram")], "before its report is written"
    desk.move(date(2026, 11, 25))
    assert not desk.owed_for(lift_id).is_late(desk.today), "the document names no day"
    desk.write(lambda session: review_reports(session, today=desk.today))
    assert [one[0] for one in desk.told()] == ["report.owed"]
    assert "第一时间，已2天" in desk.bodies("report.owed")[0]
    failed(desk, lift_id)
    assert desk.told() == [
        ("report.fail", "own", "sms"),
        ("report.fail", "own", "telegram"),
        ("report.fail.maint", "maintainer", "telegram"),
    ]
    assert "不得使用" in desk.bodies("report.fail")[0]
    assert "同时报监管部门" in desk.bodies("report.fail")[0]
    assert desk.write(lambda session: push_results(session, today=desk.today)) == 0
    assert [one.report.stopped for one in desk.do(failed_lifts, "district_regulator")] == [None]
    (one,) = [one for one in desk.do(my_reports, "unit_contact") if one.reports]
    desk.do(confirm_stopped, "unit_contact", report_id=one.reports[0].report_id)
    again = {"report_id": one.reports[0].report_id}
    assert desk.refusal(confirm_stopped, "legal_rep", **again) == "reports.said_already"
    (seen,) = desk.do(failed_lifts, "district_regulator")
    assert (seen.unit, seen.report.stopped.who) == (NAMES["own"], desk.world.people["unit_contact"].name)
    right = {"number": "DT-2B", "conclusion": "fail", "file_id": desk.paper(), "why": "编号有误"}
    desk.do(correct_report, report_id=one.reports[0].report_id, **right)
    (seen,) = desk.do(failed_lifts, "district_regulator")
    assert (seen.report.number, seen.report.stopped is not None) == ("DT-2B", True), "it stands still all the same"
    desk.move(date(2026, 11, 26))
    desk.inspect(lift_id, "pass")
    assert [(one.how, one.ended_on) for one in desk.owed()] == [("passed", desk.today)], "of the re-inspection alone"
    passed(desk, lift_id, number="DT-R")
    assert desk.do(failed_lifts, "district_regulator") == []
