"""Results of inspections as the district's bureau gets them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlmodel import col, select, update

from actions.regulator.results import push_results
from actions.summary.closing import close_day
from actions.visits.inspections import confirm_rectification, record_inspection
from store.notices import RESULT, Notice
from store.parties import AreaRole, Jurisdiction
from store.tasks import Task, TaskKind

CITY, HERE, THERE = "guangzhou", "440106", "440113"


def test_gz_11_gz_17_failed_lifts_at_once_and_passed_ones_once_a_day_each_of_them_once(officials: Any) -> None:
    today = date(2026, 11, 23)
    unit = officials.unit("广州示例云荔物业服务有限公司")
    lifts = [officials.lift(unit) for _ in range(5)] + [officials.lift(unit, district=THERE)]
    body = officials.party("检验部门").id

    def ended(some: list[int], conclusion: str, key: str) -> None:
        with officials.database.write() as session:
            given = {"on": today, "by": body, "now": now, "today": today, "key": key}
            record_inspection(session, lift_ids=some, conclusion=conclusion, **given)

    def push() -> list[tuple[str, str, int]]:
        known = {notice.id for notice in officials.notices(duty=RESULT)}
        with officials.database.write() as session:
            push_results(session, today=today)
        fresh = [notice for notice in officials.notices(duty=RESULT) if notice.id not in known]
        return [(one.step, one.district_code, len(one.facts[RESULT]["lifts"])) for one in fresh]

    now = datetime(2026, 11, 23, 4, tzinfo=UTC)
    ended(lifts[:2], "fail", "a")
    ended(lifts[2:4], "pass", "b")
    ended(lifts[5:], "pass", "c")
    assert push() == [("failed", HERE, 2)]
    assert push() == []
    with officials.database.write() as session:
        given = {"on": today, "by": body, "now": now, "today": today, "key": "d"}
        confirm_rectification(session, lift_ids=lifts[4:5], **given)
        close_day(session, CITY, today=today, now=now)
    assert sorted(push()) == [("inspected", HERE, 3), ("inspected", THERE, 1)]
    assert push() == []
    assert officials.do("told_to_office", "ann")[0].lifts == 3
    officials.do("subscribe", "ann", subject="inspected", wanted=False)  # what is owed nobody can leave
    officials.send()
    told = {(one.address, one.template) for one in officials.said() if one.template.endswith(".reg")}
    assert ("bob", "gz.inspected.reg") in told
    assert ("ann", "gz.inspected.reg") not in told
    assert ("ann", "gz.failed.reg") in told
    assert "检验不合格电梯\n检验部门上报：贵辖区以下 2 台" in officials.said(template="gz.failed.reg")[0].body
    assert "11月23日记录：" in officials.said(template="gz.inspected.reg")[0].body
    ended([officials.lift(unit) for _ in range(21)], "fail", "many")
    asked: list[str] = []
    event.listen(officials.database.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    assert push() == [("failed", HERE, 20), ("failed", HERE, 1)], "each by its name"
    assert sum("FROM jurisdiction" in one for one in asked) < 21, "whose district it is is not asked of each lift"
    ended([officials.lift(unit)], "pass", "late")
    assert push() == [], "passed ones go once a day"
    today += timedelta(days=14)  # after a long holiday
    now += timedelta(days=14)
    assert push() == [], "nothing before the day is closed"
    ended([officials.lift(unit)], "pass", "after")
    with officials.database.write() as session:
        close_day(session, CITY, today=today, now=now)
    assert push() == [("inspected", HERE, 2)]
    about = officials.notices(duty=RESULT)[-1].facts[RESULT]
    assert (about["first"], about["last"]) == ("2026-11-23", "2026-12-07")


def test_what_waits_for_a_bureau_is_one_task_of_the_district_and_goes_out_when_it_is_named(officials: Any) -> None:
    today, now = date(2026, 11, 23), datetime(2026, 11, 23, 4, tzinfo=UTC)
    unit = officials.unit("广州示例云荔物业服务有限公司")
    failed, passed = officials.lift(unit), officials.lift(unit)
    body = officials.party("检验部门").id

    def name(until: date | None) -> None:
        regulators = col(Jurisdiction.role).in_((AreaRole.DISTRICT_REGULATOR, AreaRole.CITY_REGULATOR))
        with officials.database.write() as session:
            session.exec(update(Jurisdiction).where(regulators).values(to_on=until))

    def push() -> tuple[list[str], list[tuple[str, str, int]]]:
        with officials.database.write() as session:
            known = set(session.exec(select(Notice.id)).all())
            push_results(session, today=today)
            fresh = [one.step for one in session.exec(select(Notice)) if one.id not in known]
            tasks = session.exec(select(Task).where(Task.kind == TaskKind.NO_BUREAU)).all()
            return sorted(fresh), [(one.status, one.outcome, len(one.detail["events"])) for one in tasks]

    name(today)
    with officials.database.write() as session:
        for lift_id, conclusion in ((failed, "fail"), (passed, "pass")):
            given = {"on": today, "by": body, "now": now, "today": today, "key": conclusion}
            record_inspection(session, lift_ids=[lift_id], conclusion=conclusion, **given)
        close_day(session, CITY, today=today, now=now)
    assert push() == ([], [("open", "", 2)])
    with officials.database.write() as session:  # more than one statement takes
        (task,) = session.exec(select(Task).where(Task.kind == TaskKind.NO_BUREAU))
        task.detail = {**task.detail, "events": [*range(1, 70_000)]}
    today += timedelta(days=60)
    assert push() == ([], [("open", "", 2)]), "nothing grows too old while nobody can be told"
    name(None)
    assert push() == (["failed", "inspected"], [("done", "named", 2)])
    assert push() == ([], [("done", "named", 2)])
