"""What leaves when a record is uploaded: really sent, also at night; and two who decide at the same time."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from actions.records.answering import Signed, object_to_maintenance, sign_maintenance
from actions.records.defaults import end_days
from actions.records.reading import signed_by_silence
from notifier.channels.demo import DemoSms, DemoTelegram
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.lifts import LiftRole, Responsibility
from store.notices import RECORD_SIGNATURE, Delivery, Notice
from store.parties import Chat
from store.quiet import QuietHours
from store.records import EntryKind, RecordRoot
from tixing.process import plan_pass


def dispatch(contractor: Any) -> list[Delivery]:
    channels: Any = {"sms": DemoSms(contractor.database), "telegram": DemoTelegram(contractor.database)}
    given = {"now": contractor.now, "today": contractor.today, "mode": Mode.DEMO, "owner": f"t{contractor.taps}"}
    asyncio.run(dispatch_due(contractor.database, channels, quiet=QuietHours(), **given))
    query = select(Delivery).join(Notice).where(Notice.duty == RECORD_SIGNATURE).order_by(col(Delivery.id))
    return contractor.ask(lambda session: list(session.exec(query)))


def drop_chats(contractor: Any) -> None:
    with contractor.database.write() as session:
        people = [
            one.contact_id
            for one in contractor.world.people.values()
            if one.party_id == contractor.world.parties["own"]
        ]
        session.execute(update(Chat).where(col(Chat.contact_id).in_(people)).values(active=False))


@pytest.mark.one_store
def test_gp_11_the_unit_is_asked_in_the_minute_of_the_upload_and_told_once(contractor: Any) -> None:
    contractor.at(10, 40)
    contractor.upload(items={"A-1-29": {"result": "fixed"}})
    [sent] = dispatch(contractor)
    assert (sent.template, sent.channel) == ("gp.sign.noconsent", "telegram")
    assert sent.address == str(contractor.world.people["safety_manager"].chat), "who signs is asked"
    assert "🔧" in sent.body
    assert "默认签名" not in sent.body
    assert "存证" not in sent.body, "no day is closed yet"
    plan_pass(contractor.database, now=contractor.now, process="test")
    assert len(dispatch(contractor)) == 1, "the plan of the day does not say it again"


@pytest.mark.one_store
@pytest.mark.parametrize("has_chat", [True, False])
def test_gp_14_silence_counts_only_of_whom_the_night_let_be_asked(contractor: Any, has_chat: bool) -> None:
    contractor.consent()
    with contractor.database.write() as session:
        for day, root in ((21, b"\x01"), (22, b"\xab")):
            made = {"lifts": 1, "entries": 1, "root": root * 32, "made_at": contractor.now}
            session.add(RecordRoot(day=date(2026, 11, day), **made))
    if not has_chat:
        drop_chats(contractor)
    contractor.at(22, 30)
    record = contractor.upload()
    sent = [(one.template, one.channel) for one in dispatch(contractor)]
    assert sorted(sent) == [("gp.short", "telegram"), *([("gp.sign", "telegram")] if has_chat else [])]
    contractor.at(0, 1, day=24)
    plan_pass(contractor.database, now=contractor.now, process="test")
    assert contractor.state(record) == ("signed_by_default" if has_chat else "pending")
    dispatch(contractor)
    contractor.at(8, 1, day=24)
    told = {one.template: one.body for one in dispatch(contractor)}
    for delivery in dispatch(contractor):
        is_told = delivery.channel == "telegram" and delivery.template != "gp.short"
        last = delivery.body.splitlines()[-1]
        assert (last == "存证 2026-11-22：abababababababab") is is_told, (delivery.template, delivery.channel)
        assert ("存证" in delivery.body) is is_told
    if has_chat:
        assert "已按贵单位同意的限时规则默认签名" in told["gp.default"]
        assert [line.record_id for line in contractor.do(signed_by_silence)] == [record.id]
    else:
        assert "gp.unsigned" in told
        assert not any(word in told["gp.sign"] for word in ("24时", "默认")), "its day is over: silence will not count"
        assert "gp.default" not in told


@pytest.mark.one_store
def test_gp_13_what_is_answered_is_not_told_by_the_next_way(contractor: Any) -> None:
    contractor.at(10, 40)
    record = contractor.upload()
    [sent] = dispatch(contractor)
    contractor.do(sign_maintenance, "legal_rep", record_ids=[record.id])
    assert contractor.ask(lambda session: session.get_one(Delivery, sent.id).error) == "answered"


def test_gp_13_of_two_at_once_the_first_decides(contractor: Any, at_once: Any) -> None:
    contractor.consent()
    record = contractor.upload()
    contractor.send()
    contractor.at(0, 1, day=24)

    def decide(number: int) -> Any:
        if number == 0:
            return contractor.do(sign_maintenance, "legal_rep", "a", record_ids=[record.id])
        if number == 1:
            return contractor.do(object_to_maintenance, "safety_manager", "b", record_id=record.id, text="不符")
        with contractor.database.write() as session:
            return end_days(session, today=contractor.today, now=contractor.now)

    found = at_once(3, decide)
    entries = [one.kind for one in contractor.entries()]
    assert len(entries) == 2, found
    expected = {"signed": EntryKind.SIGNED, "objected": EntryKind.OBJECTED, "signed_by_default": EntryKind.DEFAULTED}
    assert entries[1] == expected[contractor.state(record)]
    assert isinstance(found[0], Signed)


@pytest.mark.one_store
def test_each_maintainer_is_named_with_its_own_work(contractor: Any) -> None:
    other, lift_id = contractor.world.parties["other_maintainer"], contractor.world.lifts["own"][1]
    with contractor.database.write() as session:
        theirs = (Responsibility.lift_id == lift_id, Responsibility.role == LiftRole.MAINTAINER)
        session.exec(select(Responsibility).where(*theirs)).one().party_id = other
    contractor.upload()
    contractor.upload(lift_id=lift_id, origin=contractor.origin(maintainer_id=other))
    sent = dispatch(contractor)
    assert [("捷安" in one.body, "粤演" in one.body, "1栋2梯" in one.body) for one in sent] == [
        (True, False, False),
        (False, True, True),
    ]
