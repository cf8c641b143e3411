"""Items from the notice to the confirmation, or to the lapse."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from threading import Barrier
from typing import Any

import pytest
from phones.world import TODAY

from actions.inspecting.lapses import conclude_lapsed, lapse_overdue
from actions.inspecting.onsite import find_items, pass_inspections
from actions.inspecting.papers import sign_records
from actions.inspecting.readers import inspection_photos, inspection_story, keep_evidence_photo, my_inspections
from actions.inspecting.rectify import (
    add_evidence,
    confirm_items,
    mark_fixed,
    return_items,
    submit_rectification,
    take_in_papers,
)
from actions.refusals import Refused

from .conftest import DAY, DEADLINE

PNG = b"\x89PNG\r\n\x1a\n0"


def test_gz_27_each_item_is_shown_and_the_whole_is_handed_in_by_the_deadline(site: Any) -> None:
    one = site.with_items("门锁失效", "缺少铭牌")
    assert site.refused(submit_rectification, "unit_contact", inspection_id=one) == "onsite.evidence_missing"
    photo = site.do(keep_evidence_photo, "unit_contact", content=PNG)
    site.do(add_evidence, "unit_contact", inspection_id=one, number=1, photos=[photo])
    site.do(add_evidence, "worker", inspection_id=one, number=2, note="已补装")
    site.do(mark_fixed, "worker", inspection_id=one, number=2)
    site.today = DEADLINE  # until the end of its day
    assert site.do(submit_rectification, "unit_contact", "once", inspection_id=one)
    assert not site.do(submit_rectification, "unit_contact", "once", inspection_id=one)
    assert site.told()[-1] == ("onsite.desk", site.world.parties["department"])
    assert site.duty("rectification").closed_on == DEADLINE
    assert site.do(inspection_photos, "inspector", inspection_id=one) == [(f"{TODAY}.png", PNG)]
    story = site.do(inspection_story, "unit_contact", inspection_id=one)
    assert [(item.fixed, item.shown) for item in story.items] == [(False, True), (True, True)]
    assert site.refused(add_evidence, "unit_contact", inspection_id=one, number=1, note="…") == (
        "onsite.stands_otherwise"
    )


def test_gz_27_the_reminders_stop_when_it_is_handed_in_and_begin_again_when_it_is_returned(site: Any) -> None:
    one = site.handed_in()
    assert site.plan(DEADLINE - 3 * DAY) == []
    assert site.refused(return_items, "inspector", inspection_id=one, reasons={}) == "onsite.reasons_missing"
    site.do(return_items, "inspector", inspection_id=one, reasons={1: "照片不清"})
    assert site.inspection(one).deadline == DEADLINE
    assert "gz.rectify.near" in site.plan(DEADLINE - DAY)
    assert site.refused(submit_rectification, "unit_contact", inspection_id=one) == "onsite.evidence_missing"
    assert [template for template, _ in site.told()][-2:] == ["onsite.rectify", "onsite.rectify.maint"]
    assert site.last_told("onsite.rectify")["note"] == "1: 照片不清"


def test_a_return_gives_a_later_deadline_and_after_the_deadline_it_must(site: Any) -> None:
    one = site.handed_in()
    why = {"inspection_id": one, "reasons": {1: "未见更换"}}
    site.plan(DEADLINE)  # what is returned on its own day could not come again in time
    assert site.refused(return_items, "inspector", **why) == "onsite.needs_deadline"
    site.plan(DEADLINE + DAY)
    assert site.inspection(one).state == "submitted"  # handed in in time: no lapse
    assert site.refused(return_items, "inspector", **why) == "onsite.needs_deadline"
    assert site.refused(return_items, "inspector", **why, deadline=DEADLINE) == "onsite.deadline_wrong"
    later = DEADLINE + 10 * DAY
    site.do(return_items, "inspector", **why, deadline=later)
    assert (site.duty("rectification").due, site.duty("rectification").closed_on) == (later, None)
    site.plan(later)
    assert site.inspection(one).state == "returned"
    site.plan(later + DAY)
    assert (site.inspection(one).state, site.inspection(one).ended_on) == ("lapsed", later)
    assert site.last_told("onsite.rectify")["again"]  # not "nothing was handed in"


def test_gz_28_the_day_of_the_confirmation_ends_the_inspection_and_starts_the_clock(site: Any) -> None:
    early = site.with_items()
    assert site.refused(confirm_items, "inspector", inspection_id=early) == "onsite.stands_otherwise"
    site.do(add_evidence, "unit_contact", inspection_id=early, number=1, note="已更换")
    site.do(submit_rectification, "unit_contact", inspection_id=early)
    site.today = TODAY + 8 * DAY  # 1 December
    assert site.do(confirm_items, "inspector", "once", inspection_id=early)
    assert not site.do(confirm_items, "inspector", "once", inspection_id=early)
    assert site.inspection(early).ended_on == site.today
    assert [on for on, _ in site.events("rectification_confirmed")] == [site.today]
    report = site.duty("inspection_report")
    assert (report.event_on, str(report.due)) == (site.today, "2026-12-08")
    assert site.duty("periodic_inspection").closed_on == site.today


def test_gz_29_a_lapse_ends_the_inspection_and_asks_the_inspector_the_same_day(site: Any) -> None:
    one = site.with_items()
    site.do(find_items, "inspector", lift_ids=site.lifts[1:3], items=["缺少铭牌"], deadline=DEADLINE)
    assert site.plan(DEADLINE - DAY) != []  # warned, with the consequence
    site.plan(DEADLINE)
    assert site.tasks() == []
    site.plan(DEADLINE + DAY)
    desk = site.world.parties["department"]
    assert site.tasks() == [("open", DEADLINE + DAY, desk)] * 3
    assert len(site.last_told("onsite.rectify")["lifts"]) == len(site.last_told("onsite.desk")["lifts"]) == 3
    assert (site.inspection(one).state, site.inspection(one).ended_on) == ("lapsed", DEADLINE)
    told = [template for template, _ in site.told()]
    assert told[-3:] == ["onsite.rectify", "onsite.rectify.maint", "onsite.desk"]
    assert told.count("onsite.rectify") == 1  # one for all that lapse alike
    assert site.events("inspection_ended") == []  # the conclusion is the inspector's
    site.plan(DEADLINE + 2 * DAY)
    assert len(site.tasks()) == 3
    assert site.refused(submit_rectification, "unit_contact", inspection_id=one) == "onsite.evidence_missing"
    site.do(conclude_lapsed, "inspector", inspection_id=one, conclusion="fail")
    ((on, payload),) = site.events("inspection_ended")
    assert (on, payload["conclusion"], site.tasks()[0][0]) == (DEADLINE, "fail", "done")
    assert [template for template, _ in site.told()][-2:] == ["onsite.concluded", "onsite.concluded.maint"]


def test_what_came_in_time_is_no_lapse_though_it_is_heard_late(site: Any) -> None:
    one = site.with_items()
    site.do(add_evidence, "unit_contact", inspection_id=one, number=1, note="已更换")
    site.plan(DEADLINE + DAY)
    assert site.refused(submit_rectification, "unit_contact", inspection_id=one) == "onsite.too_late"
    in_time = datetime.combine(DEADLINE, time(15, 59), tzinfo=UTC)  # a minute before midnight in China
    asked = site.asked("unit_contact", came_at=in_time)
    with site.database.write() as session:
        assert submit_rectification(session, asked, inspection_id=one)
    assert (site.inspection(one).state, site.inspection(one).ended_on) == ("submitted", None)
    assert [status for status, *_ in site.tasks()] == ["done"]


def test_paper_that_came_to_the_counter_in_time_counts(site: Any) -> None:
    one = site.with_items()
    site.plan(DEADLINE + DAY)
    papers = {"inspection_id": one, "note": "窗口收件"}
    assert site.refused(take_in_papers, "duty_officer", **papers) == "onsite.too_late"
    assert site.do(take_in_papers, "duty_officer", **papers, received_on=DEADLINE)
    assert [template for template, _ in site.told()][-3:] == ["onsite.desk", "onsite.rectify", "onsite.rectify.maint"]
    assert site.last_told("onsite.rectify")["deed"] == "reopened"  # who heard of a lapse hears that it was none
    assert site.do(confirm_items, "inspector", inspection_id=one)


def test_gz_33_the_unit_sees_every_step_with_who_and_when(site: Any) -> None:
    one = site.handed_in()
    site.do(sign_records, "unit_contact", inspection_ids=[one])
    site.do(confirm_items, "inspector", inspection_id=one)
    (line,) = site.do(my_inspections, "unit_contact")
    assert (line.inspection_id, line.state) == (one, "confirmed")
    steps = site.do(inspection_story, "safety_manager", inspection_id=one).steps
    assert [step.deed for step in steps] == ["started", "found_items", "evidence", "submitted", "signed", "confirmed"]
    assert all(step.by and step.party for step in steps)
    assert site.do(my_inspections, "other_contact") == []


@pytest.mark.both_stores
@pytest.mark.parametrize("race", ["lapse", "inspectors"])
def test_of_two_at_once_one_goes_through(site: Any, race: str) -> None:
    one = site.with_items()
    site.do(add_evidence, "unit_contact", inspection_id=one, number=1, note="已更换")
    ready = Barrier(2)
    late = datetime.combine(DEADLINE, time(15, 59), tzinfo=UTC)
    site.today = DEADLINE + DAY

    def press(verb: Any, asked: Any, **named: Any) -> Any:
        ready.wait()
        try:
            with site.database.write() as session:
                return verb(session, asked, **named)
        except Refused as refused:
            return refused.name

    def clock() -> int:
        ready.wait()
        with site.database.write() as session:
            return lapse_overdue(session, now=site.now, today=site.today)

    with ThreadPoolExecutor(2) as pool:
        if race == "lapse":
            asked = site.asked("unit_contact", came_at=late)
            both = [pool.submit(press, submit_rectification, asked, inspection_id=one), pool.submit(clock)]
            assert both[0].result(60) is True
            assert both[1].result(60) in (0, 1)
            assert (site.inspection(one).state, site.inspection(one).ended_on) == ("submitted", None)
            assert [status for status, *_ in site.tasks()] in ([], ["done"])
        else:
            lifts = site.lifts[1:2]
            asked = [site.asked("inspector"), site.asked("inspector")]
            heard = [pool.submit(press, pass_inspections, tap, lift_ids=lifts) for tap in asked]
            said = [each.result(60) for each in heard]
            assert said.count("onsite.stands_otherwise") == 1
            assert len(site.events("inspection_ended")) == 1
