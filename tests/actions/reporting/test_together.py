"""What is issued for one unit within a minute is told in one message, and each lift that failed by its name."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from actions.lifts.explain import explain_notice
from actions.reporting.issue import correct_report, issue_report
from store.notices import Delivery, Notice
from store.parties import Chat, Contact

pytestmark = pytest.mark.one_store

NEXT = date(2028, 2, 29)


def issue(desk: Any, lift_id: int, conclusion: str = "pass", until: date = NEXT) -> Any:
    desk.inspect(lift_id, conclusion)
    said = {"valid_until": until, "mark": f"B-{lift_id}"} if conclusion == "pass" else {}
    owed = desk.owed_for(lift_id).duty_id
    file_id = desk.paper()
    return desk.do(issue_report, duty_id=owed, number=f"DT-{lift_id}", conclusion=conclusion, file_id=file_id, **said)


def notices(desk: Any, template: str, status: str = "planned") -> list[Notice]:
    query = select(Notice).where(Notice.template == template, Notice.status == status).order_by(col(Notice.id))
    return desk.ask(lambda session: list(session.exec(query)))


def leave(desk: Any, notice: Notice) -> None:
    """It is handed to the operator now."""
    sent = {"status": "sent", "sent_at": desk.now, "attempted_at": desk.now, "settled_at": desk.now}
    words = {"template": notice.template, "template_version": "1", "language": "zh", "body": "…", "segments": 1}

    def write(session: Any) -> None:
        session.add(Delivery(notice_id=notice.id, channel="sms", address="+861", **words, **sent))
        session.get_one(Notice, notice.id).status = "sent"

    desk.write(write)


def test_the_reports_of_a_minute_are_one_message_that_names_each_lift_in_the_chat(desk: Any) -> None:
    first, second, third, fourth = desk.world.lifts["own"][:4]
    reports = [issue(desk, lift_id) for lift_id in (first, second)]
    assert desk.told() == [
        ("report.pass", "own", "sms"),
        ("report.pass", "own", "telegram"),
        ("report.pass.maint", "maintainer", "telegram"),
    ], "one message for each way"
    by_sms, by_chat = desk.bodies("report.pass")
    assert "云荔花园1栋1梯、云荔花园1栋2梯电梯检验合格" in by_sms
    assert all(f"报告DT-{lift_id}" in by_chat for lift_id in (first, second))
    sms, chat = notices(desk, "report.pass")
    assert sms.not_before is None, "it leaves at once"
    story = desk.ask(lambda session: explain_notice(session, sms.id))
    assert {one["lift"] for one in story["lifts"]} == {desk.lift(one).key for one in (first, second)}

    leave(desk, sms)
    left_at, desk.now = desk.now, desk.now + timedelta(seconds=20)
    reports += [issue(desk, third), issue(desk, fourth)]
    (waiting,) = (one for one in notices(desk, "report.pass") if one.channel_class == "sms_always")
    assert waiting.not_before == left_at + timedelta(minutes=1), "the next one when the minute is over"
    told = [one["report"] for one in (waiting.facts["report"], *waiting.facts["report"]["others"])]
    assert told == [one.id for one in reports[2:]]

    new = {"number": "DT-9", "conclusion": "fail", "file_id": desk.paper(), "why": "数据录入错误"}
    desk.do(correct_report, report_id=reports[2].id, **new)
    waiting, chat = reversed(notices(desk, "report.pass"))
    assert len(chat.facts["report"]["lifts"]) == 3
    assert (waiting.facts["report"]["report"], waiting.facts["report"]["others"]) == (reports[3].id, [])


def test_every_lift_that_failed_stands_by_name_in_an_sms(desk: Any) -> None:
    lifts = desk.world.lifts["own"][:3]
    for lift_id in lifts:
        issue(desk, lift_id, "fail")
    by_sms = [body for body in desk.bodies("report.fail") if "\n" not in body]
    assert len(by_sms) == 2
    places = [f"{desk.lift(one).building}{desk.lift(one).internal_number}" for one in lifts]
    assert all(any(place in body for body in by_sms) for place in places), (places, by_sms)
    assert [one.not_before for one in notices(desk, "report.fail")] == [None] * 4, "both at once"


def test_an_sms_to_whoever_has_no_chat_names_every_lift_that_passed(desk: Any) -> None:
    lifts = desk.world.lifts["own"][:4]
    with desk.database.write() as session:
        parties = [desk.world.parties[whose] for whose in ("own", "maintainer")]
        theirs = select(Contact.id).where(col(Contact.party_id).in_(parties))
        session.execute(update(Chat).where(col(Chat.contact_id).in_(theirs)).values(active=False))
    for lift_id, until in zip(lifts, (NEXT, NEXT, NEXT, date(2028, 1, 31)), strict=True):
        issue(desk, lift_id, until=until)
    for template in ("report.pass", "report.pass.maint"):
        told = [one.facts["report"] for one in notices(desk, template)]
        assert [(len(one["lifts"]), one["valid_until"]) for one in told] == [
            (2, "2028-02-29"),
            (1, "2028-02-29"),
            (1, "2028-01-31"),
        ]
    assert any("云荔花园1栋1梯、云荔花园1栋2梯电梯检验合格" in body for body in desk.bodies("report.pass.maint"))
    places = [f"{desk.lift(one).building}{desk.lift(one).internal_number}" for one in lifts]
    by_sms = desk.bodies("report.pass")
    assert all(any(place in body for body in by_sms) for place in places), (places, by_sms)
    assert not any("聊天" in body for body in by_sms)
