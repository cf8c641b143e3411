"""What leaves when a record is uploaded: really sent, also at night; and two who decide at the same time."""

from datetime import date
from typing import Any

import pytest
from phones.world import add_many_lifts
from sqlmodel import select

from actions.records.answering import Signed, object_to_maintenance, sign_maintenance
from actions.records.defaults import end_days
from actions.records.reading import signed_by_silence
from store.lifts import LiftRole, Responsibility
from store.notices import Delivery
from store.records import EntryKind, RecordRoot
from tixing.process import plan_pass


@pytest.mark.one_store
def test_gp_11_the_unit_is_asked_in_the_minute_of_the_upload_and_told_once(contractor: Any) -> None:
    contractor.at(10, 40)
    contractor.upload(items={"A-1-29": {"result": "fixed"}})
    [sent] = contractor.dispatch()
    assert (sent.template, sent.channel) == ("gp.sign.noconsent", "telegram")
    assert sent.address == str(contractor.world.people["safety_manager"].chat), "who signs is asked"
    assert "🔧" in sent.body
    assert "默认签名" not in sent.body
    assert "存证" not in sent.body, "no day is closed yet"
    plan_pass(contractor.database, now=contractor.now, process="test")
    assert len(contractor.dispatch()) == 1, "the plan of the day does not say it again"


@pytest.mark.one_store
@pytest.mark.parametrize("has_chat", [True, False])
def test_gp_14_silence_counts_only_of_whom_the_night_let_be_asked(contractor: Any, has_chat: bool) -> None:
    contractor.consent()
    with contractor.database.write() as session:
        for day, root in ((21, b"\x01"), (22, b"\xab")):
            made = {"lifts": 1, "entries": 1, "root": root * 32, "made_at": contractor.now}
            session.add(RecordRoot(day=date(2026, 11, day), **made))
    if not has_chat:
        contractor.drop_chats()
    contractor.at(22, 30)
    record = contractor.upload()
    sent = [(one.template, one.channel) for one in contractor.dispatch()]
    assert sorted(sent) == [("gp.short", "telegram"), *([("gp.sign", "telegram")] if has_chat else [])]
    contractor.at(0, 1, day=24)
    plan_pass(contractor.database, now=contractor.now, process="test")
    assert contractor.state(record) == ("signed_by_default" if has_chat else "pending")
    contractor.dispatch()
    contractor.at(8, 1, day=24)
    told = {one.template: one.body for one in contractor.dispatch()}
    for delivery in contractor.dispatch():
        is_told = delivery.channel == "telegram" and delivery.template != "gp.short"
        last = delivery.body.splitlines()[-1]
        assert (last == "存证 2026-11-22：abababababababab") is is_told, (delivery.template, delivery.channel)
        assert ("存证" in delivery.body) is is_told
    if has_chat:
        assert "已按贵单位同意的限时规则默认签名" in told["gp.default"]
        assert [line.record_id for line in contractor.do(signed_by_silence)] == [record.id]
    else:
        assert "gp.unsigned" in told
        assert not {"gp.default", "gp.sign"} & set(told), "it goes to the telephone once, in the evening"
        contractor.at(19, 5, day=24)
        plan_pass(contractor.database, now=contractor.now, process="test")
        last = contractor.dispatch()[-1]
        assert (last.template, last.channel) == ("gp.sign.evening", "sms")
        assert not any(word in last.body for word in ("24时", "默认")), "its day is over: silence will not count"


@pytest.mark.one_store
def test_gp_11_what_is_uploaded_within_ten_minutes_goes_together_and_a_fault_waits_no_longer(contractor: Any) -> None:
    contractor.at(8)
    contractor.consent()
    with contractor.database.write() as session:
        lifts = add_many_lifts(session, contractor.world, 10)
    for number in range(5):
        contractor.at(10, number * 2)
        contractor.upload(lift_id=lifts[number])
        contractor.send()
    contractor.at(10, 10)
    assert [len(one.facts["records"]["each"]) for one in contractor.send()] == [4]
    contractor.at(9, day=24)
    contractor.upload(lift_id=lifts[0])
    contractor.send()
    for minute, faults in ((5, {}), (7, {"items": {"A-1-05": {"result": "fault", "reason": "异响"}}})):
        contractor.at(9, minute, day=24)
        contractor.upload(lift_id=lifts[minute], **faults)
    contractor.at(9, 11, day=24)
    assert [len(one.facts["records"]["each"]) for one in contractor.send()] == [2]


@pytest.mark.one_store
def test_gp_13_what_is_answered_is_not_told_by_the_next_way(contractor: Any) -> None:
    contractor.at(10, 40)
    record = contractor.upload()
    [sent] = contractor.dispatch()
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
    [message] = contractor.dispatch()
    assert "已由 2 家维保单位上传" in message.body
    theirs = {line.partition("：")[0]: line for line in message.body.splitlines() if line.startswith("·")}
    assert ["捷安" in theirs["· 云荔花园1栋1梯"], "粤演" in theirs["· 云荔花园1栋2梯"]] == [True, True], message.body
