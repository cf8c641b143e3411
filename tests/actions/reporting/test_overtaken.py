"""A report that comes late, or is corrected late: what another inspection has said since holds."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from actions.reporting.issue import correct_report, issue_report
from actions.visits.inspections import renew_validity
from notifier.index import load_index
from store.duties import Duty
from store.parties import AreaRole, Jurisdiction

pytestmark = pytest.mark.one_store

NEXT, LATER = date(2028, 2, 29), date(2028, 3, 31)


def test_a_report_that_a_later_inspection_has_overtaken_orders_nothing_and_moves_no_validity(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "fail")
    (owed,) = desk.owed()
    desk.move(date(2026, 11, 30))
    desk.inspect(lift_id, "pass")
    passed = next(one for one in desk.owed() if one.how == "passed")
    good = {"conclusion": "pass", "valid_until": LATER, "mark": "B-2", "file_id": desk.paper()}
    desk.do(issue_report, duty_id=passed.duty_id, number="DT-2", **good)
    desk.told()
    late = desk.do(issue_report, duty_id=owed.duty_id, number="DT-1", conclusion="fail", file_id=desk.paper())
    assert [one[0] for one in desk.told()] == ["report.overtaken", "report.overtaken", "report.overtaken.maint"]
    assert not load_index().entry("report.overtaken").at_night
    sms = desk.bodies("report.overtaken")[0]
    assert "（不合格）的报告已出具" in sms
    assert "以11月30日的检验为准" in sms
    assert "停用" not in "".join(desk.bodies("report.overtaken"))
    corrected = good | {"valid_until": NEXT, "mark": "B-1", "number": "DT-3", "why": "数据录入错误"}
    desk.do(correct_report, report_id=late.id, **corrected)
    templates = [one[0] for one in desk.told()]
    assert set(templates) == {"report.overtaken", "report.overtaken.maint", "report.overtaken.reg"}
    assert "张贴" not in "".join(desk.bodies("report.overtaken"))
    assert desk.lift(lift_id).valid_until == LATER, "the newer report gave it"


def test_a_wrong_validity_is_corrected_also_when_the_right_one_is_over(desk: Any) -> None:
    lift_id, over = desk.world.lifts["own"][0], date(2027, 11, 30)
    desk.inspect(lift_id, "pass")
    paper = {"conclusion": "pass", "mark": "B-1", "file_id": desk.paper()}
    wrong = desk.do(
        issue_report, duty_id=desk.owed_for(lift_id).duty_id, number="DT-1", valid_until=date(2029, 11, 30), **paper
    )
    desk.move(date(2028, 1, 10))
    desk.do(correct_report, report_id=wrong.id, number="DT-2", valid_until=over, why="数据录入错误", **paper)
    assert desk.lift(lift_id).valid_until == over
    assert "有效期已过" in "".join(desk.bodies("report.corrected"))


def test_nobody_reads_that_an_office_is_told_where_none_is_named(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "fail")
    desk.write(_close_offices)
    desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, number="1", conclusion="fail", file_id=desk.paper())
    assert not [one for one in desk.bodies("report.fail") if "监管" in one]


def _close_offices(session: Any) -> None:
    areas = session.exec(select(Jurisdiction).where(Jurisdiction.role != AreaRole.INSPECTION_DEPARTMENT))
    for area in areas:
        area.to_on = area.from_on
        session.add(area)


def test_a_late_pass_does_not_shorten_what_the_next_inspection_gave(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][0]
    desk.inspect(lift_id, "pass")
    (first,) = desk.owed()
    desk.move(date(2026, 11, 30))
    desk.inspect(lift_id, "pass")
    second = next(one for one in desk.owed() if one.duty_id != first.duty_id)
    for duty, number, valid_until in ((second, "DT-2", LATER), (first, "DT-1", NEXT)):
        paper = {"number": number, "conclusion": "pass", "valid_until": valid_until, "mark": number}
        desk.do(issue_report, duty_id=duty.duty_id, file_id=desk.paper(), **paper)
    assert desk.lift(lift_id).valid_until == LATER


def renew(desk: Any, lift_id: int, until: date) -> None:
    """The register says so."""
    by = {"by": desk.world.parties["department"], "now": desk.now, "today": desk.today, "key": f"register {until}"}
    desk.write(lambda session: renew_validity(session, lift_id=lift_id, valid_until=until, **by))


def test_a_slip_of_the_pen_put_right_late_leaves_what_the_register_says_since(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][6]
    desk.inspect(lift_id, "pass")
    paper = {"conclusion": "pass", "valid_until": date(2027, 12, 31), "file_id": desk.paper(), "mark": "B-1"}
    wrong = desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, number="DT-1", **paper)
    desk.move(date(2027, 12, 18))
    desk.inspect(lift_id, "pass")
    renew(desk, lift_id, date(2028, 12, 31))
    desk.do(correct_report, report_id=wrong.id, number="DT-2", why="标志号打错", **paper)
    due = select(Duty.due).where(Duty.lift_id == lift_id, Duty.kind == "periodic_inspection")
    due = due.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    assert desk.ask(lambda session: session.exec(due).all()) == [date(2028, 12, 31)], "it is not forgotten"
    pending = paper | {"valid_until": date(2028, 12, 31), "mark": "B-3", "number": "DT-3"}
    desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, **pending)
    assert desk.ask(lambda session: session.exec(due).all()) == [date(2028, 12, 31)]


def test_what_the_register_says_already_is_a_validity(desk: Any) -> None:
    lift_id = desk.world.lifts["own"][6]
    renew(desk, lift_id, date(2027, 12, 31))
    desk.inspect(lift_id, "pass")
    paper = {"conclusion": "pass", "valid_until": date(2027, 12, 31), "file_id": desk.paper(), "mark": "B-1"}
    desk.do(issue_report, duty_id=desk.owed_for(lift_id).duty_id, number="DT-1", **paper)
    assert desk.owed() == []
