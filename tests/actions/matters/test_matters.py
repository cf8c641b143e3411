"""Hazards and special reasons: reported at once, answered, followed to their end, and never in the way of a date."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from phones.world import CITY, NOW, TODAY, World, found_world
from sqlmodel import Session, col, select

import actions.matters.readers  # noqa: F401 - its verbs are known then
from actions.actors import Asked
from actions.matters.follow import follow_matters
from actions.refusals import Refused
from actions.registry import VERBS
from actions.visits.inspections import record_inspection
from notifier.prepare import preview
from schedules.planner import plan_day
from store.database import Database
from store.lifts import Lift
from store.matters import Matter, MatterStep, SpecialReason
from store.notices import RESULT, Delivery, Notice
from store.parties import AreaRole, Jurisdiction
from store.tasks import Task, TaskKind, TaskStatus

TAPS = count()


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as session:
        return found_world(session)


def do(session: Session, world: World, who: str, verb: str, today: date = TODAY, **what: Any) -> Any:
    now = NOW + (today - TODAY)
    return VERBS[verb].run(session, Asked(world.actor(session, who), now, today, f"tap-{next(TAPS)}"), **what)


def told(session: Session) -> list[tuple[str, str]]:
    """The last notice: its template and who gets it."""
    query = select(Notice).where(Notice.duty == RESULT).order_by(col(Notice.id))
    return [(one.template, one.audience) for one in session.exec(query)]


def test_gz_19_a_hazard_is_reported_removed_and_verified_each_step_with_who_and_when(
    database: Database, world: World
) -> None:
    lift = world.lifts["own"][0]
    with database.write() as session:
        photo = do(session, world, "inspector", "keep_hazard_photo", content=b"\xff\xd8\xff a photo")
        with pytest.raises(Refused):
            do(session, world, "inspector", "report_hazard", lift_id=lift, note=" ")
        done = do(session, world, "inspector", "report_hazard", lift_id=lift, note="限速器未校验", photos=[photo])
        sides = [("gz.hazard", "unit_contact"), ("gz.hazard.maint", "maintainer")]
        assert told(session) == [("gz.hazard.reg", "district_regulator"), *sides]
        matter = {"matter_id": done.matter_id}
        do(session, world, "duty_officer", "report_removed", note="已校验", **matter)
        with pytest.raises(Refused):
            do(session, world, "duty_officer", "report_removed", note="又一次", **matter)
        do(session, world, "inspector", "verify_removal", removed=False, note="仍未校验", **matter)
        assert told(session)[3:] == [("gz.hazard.reg", "district_regulator"), *sides]
        week = TODAY + timedelta(days=7)
        assert follow_matters(session, today=week - timedelta(days=1), now=NOW) == 0
        assert follow_matters(session, today=week, now=NOW) == 1
        assert follow_matters(session, today=week, now=NOW) == 0
        assert told(session)[-1] == ("gz.matter.waiting", "inspection_department")
        (line,) = do(session, world, "district_regulator", "matters_listed", week)
        assert (line.kind, line.state, line.days) == ("hazard", "reported", 7)
        do(session, world, "inspector", "verify_removal", week, removed=True, note="已核查", **matter)
        assert told(session)[-3:] == [("gz.hazard.removed.reg", "district_regulator"), *sides]
        story = do(session, world, "district_regulator", "matter_story", week, **matter)
        names = {name: world.people[name].name for name in ("inspector", "duty_officer")}
        assert [(step.deed, step.by) for step in story.steps] == [
            ("reported", names["inspector"]),
            ("removed", names["duty_officer"]),
            ("not_removed", names["inspector"]),
            ("verified", names["inspector"]),
        ]
        assert len(do(session, world, "district_regulator", "matter_photos", week, **matter)) == 1
        assert do(session, world, "district_regulator", "matters_listed", week) == []


def test_gz_20_a_special_reason_is_answered_and_followed_and_stops_no_overdue_notice(
    database: Database, world: World
) -> None:
    lift, last = world.lifts["own"][6], date(2026, 12, 31)
    overdue_on = last + timedelta(days=1)
    with database.write() as session:
        key = session.exec(select(Task)).all()
        assert key == []
        task = Task(
            kind=TaskKind.SPECIAL_REASON,
            key="call-1",
            city_id=CITY,
            owner_party_id=world.parties["department"],
            detail={"lifts": ["31109900120171006"]},
            opened_on=TODAY,
        )
        session.add(task)
        session.flush()
        with pytest.raises(Refused):
            do(session, world, "duty_officer", "report_reason", lift_id=lift, reason="other")
        done = do(session, world, "duty_officer", "report_reason", lift_id=lift, reason="maintenance_fund")
        assert task.status == TaskStatus.DONE
        assert told(session) == [("gz.reason.reg", "district_regulator")]
        with pytest.raises(Refused):
            do(session, world, "duty_officer", "report_reason", lift_id=lift, reason="sealed")
        matter = {"matter_id": done.matter_id}
        do(session, world, "district_regulator", "answer_reason", approved=False, note="请附业主大会决议", **matter)
        answered = [("gz.reason.answered", "inspection_department"), ("gz.reason.unit", "unit_contact")]
        assert told(session)[-2:] == answered
        do(session, world, "duty_officer", "report_reason_again", note="已附决议", **matter)
        do(session, world, "district_regulator", "answer_reason", approved=True, **matter)
        plan_day(session, today=overdue_on, now=datetime(2027, 1, 1, 2, tzinfo=NOW.tzinfo))
        notices = session.exec(select(Notice).where(Notice.step == "overdue", Notice.planned_on == overdue_on)).all()
        assert {"legal_rep_and_manager", "district_regulator"} <= {notice.audience for notice in notices}
        follow_matters(session, today=overdue_on, now=NOW)
        assert session.get_one(Matter, done.matter_id).state == "approved"
        inspected = {"by": world.parties["department"], "now": NOW, "today": overdue_on, "key": "pass"}
        record_inspection(session, lift_ids=[lift], on=overdue_on, conclusion="pass", **inspected)
        follow_matters(session, today=overdue_on, now=NOW)
        assert session.get_one(Matter, done.matter_id).closed_on == overdue_on
        steps = session.exec(select(MatterStep.deed).order_by(col(MatterStep.id))).all()
        assert steps == ["reported", "returned", "reported_again", "approved", "settled"]


def test_hazards_that_are_reported_one_by_one_go_together(database: Database, world: World) -> None:
    lifts = world.lifts["own"][:3]
    with database.write() as session:
        do(session, world, "inspector", "report_hazard", lift_id=lifts[0], note="限速器未校验")
        first = session.exec(select(Notice).where(Notice.duty == RESULT)).all()
        for one in first:  # it has left
            one.status, sent = "sent", {"channel": "sms", "address": "x", "template": one.template, "body": "x"}
            session.add(Delivery(notice_id=one.id, template_version="1", language="zh", segments=1, status="sent",
                                 attempted_at=NOW, settled_at=NOW, **sent))  # fmt: skip
        for lift, note in zip(lifts[1:], ("层门锁失效", "轿厢照明不亮"), strict=True):
            do(session, world, "inspector", "report_hazard", lift_id=lift, note=note)
        do(session, world, "inspector", "report_hazard", lift_id=lifts[2], note="钢丝绳断股")  # of the same lift
        rest = session.exec(select(Notice).where(Notice.duty == RESULT, Notice.status == "planned")).all()
        assert [(one.template, len(one.facts[RESULT]["lifts"])) for one in rest[:3]] == [
            ("gz.hazard.reg", 2),
            ("gz.hazard", 2),
            ("gz.hazard.maint", 2),
        ]
        assert {one.not_before for one in rest} == {NOW + timedelta(minutes=5)}
        assert rest[0].facts[RESULT]["notes"] == ["层门锁失效", "轿厢照明不亮"]
        chat, sms = (preview(session, rest[0].id, [channel], TODAY)[0].body for channel in ("telegram", "sms"))
        assert "，轿厢照明不亮" in chat
        assert "隐患：" not in chat
        assert "等2台电梯发现隐患" in sms


def test_a_hazard_is_told_to_the_office_that_is_named_only_later(database: Database, world: World) -> None:
    regulators = (AreaRole.DISTRICT_REGULATOR, AreaRole.CITY_REGULATOR)
    with database.write() as session:
        areas = session.exec(select(Jurisdiction).where(col(Jurisdiction.role).in_(regulators))).all()
        for area in areas:
            area.to_on = TODAY
        session.flush()
        do(session, world, "inspector", "report_hazard", lift_id=world.lifts["own"][0], note="限速器未校验")
        assert [template for template, _ in told(session)] == ["gz.hazard", "gz.hazard.maint"]
        follow_matters(session, today=TODAY, now=NOW)
        assert len(told(session)) == 2
        for area in areas:
            area.to_on = None
        session.flush()
        for _ in range(2):
            follow_matters(session, today=TODAY, now=NOW)
        assert told(session)[2:] == [("gz.hazard.reg", "district_regulator")]


def test_what_a_unit_said_of_a_lift_ends_when_it_is_inspected_and_the_rest_when_it_is_reported(
    database: Database, world: World
) -> None:
    inspected, reported = world.lifts["own"][6:8]
    later = TODAY + timedelta(days=1)
    with database.write() as session:
        said = do(
            session, world, "unit_contact", "say_reason", lift_ids=[inspected, reported], reason=SpecialReason.SEALED
        )
        assert (said.lifts, said.left_out) == (2, 0)
        (task,) = session.exec(select(Task).where(Task.kind == TaskKind.SPECIAL_REASON))
        follow_matters(session, today=TODAY, now=NOW)
        assert len(task.detail["lifts"]) == 2
        about = {"by": world.parties["department"], "now": NOW, "today": later, "key": "pass"}
        record_inspection(session, lift_ids=[inspected], on=later, conclusion="pass", **about)
        plan_day(session, today=later, now=NOW)
        follow_matters(session, today=later, now=NOW)
        assert task.detail["lifts"] == [session.get_one(Lift, reported).key]
        do(session, world, "duty_officer", "report_reason", later, lift_id=reported, reason="sealed")
        assert (task.status, task.outcome) == (TaskStatus.DONE, "reported")
