"""On site: broken off, passed, failed, of many lifts at once; the papers that both sides sign or object to."""

from typing import Any

import pytest

from actions.inspecting import readers
from actions.inspecting.onsite import abort_inspections, fail_inspections, pass_inspections, start_inspections
from actions.inspecting.papers import object_to_record, sign_notices, sign_records
from actions.inspecting.readers import inspection_story, inspections_at_desk, my_inspections
from store.inspections import AbortReason, InspectionState, Signature


def test_gz_23_who_is_there_in_vain_sees_why_and_the_ladder_goes_on(site: Any) -> None:
    lift = site.lifts[6]  # due at the end of the year
    left = site.do(start_inspections, "inspector", lift_ids=[lift])
    why = {"reason": AbortReason.DANGER, "note": "井道进水"}
    assert site.refused(abort_inspections, "inspector", lift_ids=[lift], **why | {"note": " "}) == "onsite.why_aborted"
    site.do(abort_inspections, "inspector", "once", lift_ids=[lift], **why)
    assert site.do(abort_inspections, "inspector", "once", lift_ids=[lift], **why).repeated
    ours = site.world.parties
    assert site.told() == [("onsite.aborted", ours["own"]), ("onsite.aborted.maint", ours["maintainer"])]
    said = site.last_told("onsite.aborted")
    assert (said["reason"], said["note"], said["lifts"][0]["internal_number"]) == ("danger", "井道进水", "1梯")
    assert [payload["conclusion"] for _, payload in site.events("inspection_ended")] == ["aborted"]
    story = site.do(inspection_story, "worker", inspection_id=left.inspection_ids[0])
    assert (story.line.state, story.reason) == (InspectionState.ABORTED, "danger")
    assert site.do(inspections_at_desk, "inspector").lines == []  # it has no record that anybody could sign
    # it can be done on the same day, when the water is out
    assert site.do(pass_inspections, "inspector", lift_ids=[lift]).left_out == []


def test_gz_24_nobody_signs_by_silence(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    left = site.do(pass_inspections, "inspector", lift_ids=site.lifts[:2])
    first, second = left.inspection_ids
    assert site.do(sign_records, "unit_contact", inspection_ids=[first, second]) == 2
    assert site.do(sign_records, "legal_rep", inspection_ids=[first, second]) == 0
    assert site.do(sign_records, "worker", inspection_ids=[first]) == 1
    assert site.refused(object_to_record, "unit_contact", inspection_id=first, note="…") == "onsite.signed_already"
    site.plan(site.today.replace(year=2027))
    (waits,) = site.do(inspections_at_desk, "duty_officer").lines
    assert (waits.inspection_id, waits.signed, waits.objected) == (second, False, False)
    assert site.do(object_to_record, "worker", inspection_id=second, note="限速器不是我们的")
    site.do(start_inspections, "inspector", lift_ids=site.lifts[3:4], anyway=True)
    newer = site.do(pass_inspections, "inspector", lift_ids=site.lifts[4:5], anyway=True).inspection_ids[0]
    monkeypatch.setattr(readers, "MOST", 2)  # a list ends: what somebody objects to does not stand behind its end
    desk = site.do(inspections_at_desk, "duty_officer")
    assert [line.inspection_id for line in desk.lines] == [second, newer - 1]
    assert (desk.lines[0].objected, desk.objected, desk.count) == (True, 1, 3)
    site.do(abort_inspections, "inspector", lift_ids=site.lifts[3:4], reason=AbortReason.DANGER, note="停电")
    site.do(sign_records, "unit_contact", inspection_ids=[newer])
    site.do(sign_records, "worker", inspection_ids=[newer])
    assert ("onsite.desk", site.world.parties["department"]) in site.told()
    assert site.do(sign_records, "worker", inspection_ids=[second]) == 1  # what was said is still there to be read
    story = site.do(inspection_story, "inspector", inspection_id=second)
    assert [(step.deed, step.note) for step in story.steps[-2:]] == [
        ("objected", "限速器不是我们的"),
        ("signed", "record"),
    ]
    assert site.do(inspections_at_desk, "duty_officer").lines == []


def test_gz_25_the_unit_reads_the_items_and_the_deadline_and_signs(site: Any) -> None:
    one = site.with_items("门锁失效", "缺少铭牌")
    ours = site.world.parties
    assert site.told() == [("gz.opinion", ours["own"]), ("onsite.opinion.maint", ours["maintainer"])]
    assert site.last_told("gz.opinion")["items"] == 2
    assert site.duty("rectification").due == site.inspection(one).deadline
    assert site.do(sign_notices, "unit_contact", inspection_ids=[one]) == 1
    story = site.do(inspection_story, "unit_contact", inspection_id=one)
    assert ([item.text for item in story.items], story.notice_by_unit) == (["门锁失效", "缺少铭牌"], Signature.SIGNED)
    passed = site.do(pass_inspections, "inspector", lift_ids=site.lifts[1:2]).inspection_ids
    assert site.refused(sign_notices, "unit_contact", inspection_ids=passed) == "onsite.no_notice"


def test_all_pass_but_these_and_two_inspectors_at_once(site: Any) -> None:
    site.do(fail_inspections, "inspector", lift_ids=site.lifts[:1])
    left = site.do(pass_inspections, "inspector", lift_ids=site.lifts[:5])
    assert (len(left.lift_ids), left.left_out) == (4, ["云荔花园1栋1梯"])
    assert [payload["conclusion"] for _, payload in site.events("inspection_ended")] == ["fail"] + ["pass"] * 4
    assert site.refused(fail_inspections, "inspector", lift_ids=site.lifts[:5]) == "onsite.stands_otherwise"
    told = [template for template, _ in site.told()]
    assert told == ["onsite.record", "onsite.record.maint"] * 2  # one for all that passed
    assert {line.state for line in site.do(my_inspections, "unit_contact")} == {"passed", "failed"}


def test_a_lift_that_nobody_expects_is_inspected_only_on_purpose(site: Any) -> None:
    far = site.lifts[10:11]
    assert site.refused(pass_inspections, "inspector", lift_ids=far) == "onsite.not_expected"
    assert site.do(pass_inspections, "inspector", lift_ids=far, anyway=True).lift_ids == far
