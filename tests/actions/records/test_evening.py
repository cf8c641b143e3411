"""By telephone a unit hears once a day of what waits for its signature, and silence signs only what it was told of."""

from datetime import timedelta
from typing import Any

import pytest
from phones.world import add_many_lifts
from sqlalchemy import update
from sqlmodel import col, select

from actions.records.answering import sign_maintenance
from store.doors import WebAccount
from store.notices import Delivery, DeliveryStatus, Notice
from store.parties import Chat
from tixing.process import plan_pass

pytestmark = pytest.mark.one_store
FAULT = {"items": {"A-1-05": {"result": "fault", "reason": "异响"}}}


def pass_by(contractor: Any, hour: int, minute: int = 0, day: int = 23) -> list[tuple[str, str]]:
    """A pass at this time of day: what the unit has got in all."""
    contractor.at(hour, minute, day=day)
    plan_pass(contractor.database, now=contractor.now, process="test")
    unit = contractor.world.parties["own"]
    ours = set(contractor.ask(lambda session: session.exec(select(Notice.id).where(Notice.party_id == unit)).all()))
    return [(one.template, one.channel) for one in contractor.dispatch() if one.notice_id in ours]


def last_words(contractor: Any) -> str:
    return [one.body for one in contractor.dispatch() if one.channel == "sms"][-1]


@pytest.fixture
def lifts(contractor: Any) -> list[int]:
    contractor.at(8)
    contractor.consent()
    with contractor.database.write() as session:
        return add_many_lifts(session, contractor.world, 8)


def test_gp_11_who_has_no_chat_gets_one_sms_in_the_evening_and_the_first_fault_at_once(
    contractor: Any, lifts: list[int]
) -> None:
    contractor.drop_chats("safety_manager")
    uploaded = []
    for number in range(4):
        contractor.at(10 + number)
        uploaded.append(contractor.upload(lift_id=lifts[number]))
        assert pass_by(contractor, 10 + number, 1) == []
    faulty, first = [], [("gp.sign", "sms")]
    for hour in (15, 16):
        contractor.at(hour)
        faulty.append(contractor.upload(lift_id=lifts[hour - 10], **FAULT))
        assert pass_by(contractor, hour, 20) == first, "of a day only the first fault goes at once"
    contractor.do(sign_maintenance, "legal_rep", record_ids=[uploaded[0].id])
    assert pass_by(contractor, 18, 59) == first
    assert pass_by(contractor, 19) == [*first, ("gp.sign.evening", "sms")]
    words = last_words(contractor)
    assert "5份维保记录待签名，请于今日24时前" in words or "5份维保记录待签名，请于11月23日" in words, words
    assert "逾期按贵单位同意的规则默认签名" in words
    contractor.at(19, 30)
    after = contractor.upload(lift_id=lifts[7])
    assert len(pass_by(contractor, 20, 59)) == 2, "no second one"
    pass_by(contractor, 0, 1, day=24)
    states = [contractor.state(one) for one in (*uploaded, *faulty, after)]
    assert states == ["signed", *["signed_by_default"] * 5, "pending"], "nobody was told of the last one"
    assert pass_by(contractor, 19, 1, day=24)[-1] == ("gp.sign.evening", "sms")
    assert "1份维保记录待签名，请核对签名" in last_words(contractor)


def test_gp_11_a_chat_that_nobody_opens_is_followed_by_one_sms_in_the_evening_unless_all_is_answered(
    contractor: Any, lifts: list[int]
) -> None:
    manager = contractor.world.people["safety_manager"].contact_id
    with contractor.database.write() as session:
        account = WebAccount(phone="+8614000000077", created_at=contractor.now)
        session.add(account)
        session.flush()
        moved = {"channel": "webchat", "address": str(account.id)}
        session.execute(update(Chat).where(col(Chat.contact_id) == manager).values(**moved))
    lines: list[tuple[str, str]] = []
    records = []
    for number in range(3):
        contractor.at(10 + 2 * number)
        records.append(contractor.upload(lift_id=lifts[number]))
        lines.append(("gp.sign", "webchat"))
        assert pass_by(contractor, 11 + 2 * number, 50) == lines
    assert pass_by(contractor, 19) == [*lines, ("gp.sign.evening", "sms")]
    assert "3份维保记录待签名" in last_words(contractor)
    assert len(pass_by(contractor, 20, 30)) == 4
    told = pass_by(contractor, 9, day=24)
    for day, answers in ((25, True), (26, False)):
        contractor.at(10, day=day)
        record = contractor.upload(lift_id=lifts[day - 20])
        told = pass_by(contractor, 10, 1, day=day)
        if answers:
            contractor.do(sign_maintenance, "legal_rep", record_ids=[record.id])
        else:
            opened = {"status": DeliveryStatus.DELIVERED, "settled_at": contractor.now + timedelta(minutes=1)}
            with contractor.database.write() as session:
                session.execute(update(Delivery).where(col(Delivery.template) == "gp.sign").values(**opened))
                session.execute(update(Notice).where(col(Notice.template) == "gp.sign").values(status="delivered"))
        assert pass_by(contractor, 19, 1, day=day) == told, "what is answered or was read is not said again"
