"""What people hear of an alert beside its rungs: that it was a mistake, and each step of others."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from actions.refusals import Refused
from store.alerts import AlertTold
from store.parties import Chat

pytestmark = pytest.mark.one_store


def test_an_entrapment_by_mistake_is_taken_back_and_everybody_who_knew_hears_so_once(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    town.climb(5)
    town.send("reported", "worker")
    town.send("reported", "dispatcher")
    town.send("emergency")
    town.send("unit_told", "head")
    town.send("administrator", "dispatcher", channel="voice")
    with pytest.raises(Refused, match="not to withdraw"):
        town.do("withdraw_entrapment", "manager", alert_id=alert.id)
    with pytest.raises(Refused, match="ends otherwise"):
        town.do("withdraw_fault", "contact", alert_id=alert.id)
    done = town.do("withdraw_entrapment", "head", alert_id=alert.id)
    assert (done.state, done.ended_by) == ("withdrawn", town.contacts["head"])
    told = [one for one in town.messages() if one.template == "alert.entrapment.mistake"]
    assert [one.name or one.address for one in told] == ["worker", "dispatcher", "+862038000000", "contact"]
    assert all("误报" in one.body for one in told)
    assert {one.subject.duty for one in told} == {"entrapment"}, "it passes every pause, as what it takes back"
    assert town.climb(60) == []


def test_what_the_maintainer_has_seen_is_no_mistake(town: Any) -> None:
    lift = town.lift()
    alert = town.do("report_entrapment", "worker", lift_id=lift)
    assert town.do("alert_now", "worker", alert_id=alert.id).may_withdraw, "who reported it, whoever it is"
    assert not town.do("alert_now", "manager", alert_id=alert.id).may_withdraw
    town.do("arrive", "dispatcher", alert_id=alert.id)
    assert not town.do("alert_now", "worker", alert_id=alert.id).may_withdraw
    with pytest.raises(Refused, match="somebody is there"):
        town.do("withdraw_entrapment", "worker", alert_id=alert.id)
    fault = town.do("report_fault", "contact", lift_id=lift, what="门")
    with pytest.raises(Refused, match="ends otherwise"):
        town.do("withdraw_entrapment", "contact", alert_id=fault.id)


def test_a_fault_that_was_none_sends_nobody_out(town: Any) -> None:
    fault = town.do("report_fault", "contact", lift_id=town.lift(), what="门")
    town.send("reported", "worker", channel="telegram")
    town.do("withdraw_fault", "contact", alert_id=fault.id)
    told = [(one.name, one.channel) for one in town.messages() if one.template == "alert.fault.mistake"]
    assert told == [("worker", "telegram")], "as it was told, at night too"


def test_whoever_reported_it_hears_each_step_of_others_once(town: Any) -> None:
    alert = town.do("report_entrapment", "contact", lift_id=town.lift())
    for verb, who in (("acknowledge_alert", "dispatcher"), ("set_out", "worker"), ("arrive", "worker")):
        town.wait(1)
        town.do(verb, who, key=verb, alert_id=alert.id)
        town.do(verb, who, key=verb, alert_id=alert.id)
    town.do("free_people", "worker", alert_id=alert.id)
    query = select(AlertTold.rung).where(col(AlertTold.rung).startswith("step"))
    steps = {"step:acknowledged", "step:on_the_way", "step:arrived", "step:freed"}
    assert set(town.read(query)) == steps
    told = [one for one in town.messages() if one.template == "alert.entrapment.step"]
    assert {(one.name, one.channel) for one in told} == {("contact", "telegram")}
    assert "维保单位已收到" in told[0].body


@pytest.mark.parametrize(("kind", "hears"), [("entrapment", [("contact", "sms")]), ("fault", [])])
def test_without_a_chat_only_who_reported_an_entrapment_gets_an_sms(town: Any, kind: str, hears: list[Any]) -> None:
    said = {"what": "门"} if kind == "fault" else {}
    alert = town.do(f"report_{kind}", "contact", lift_id=town.lift(), **said)

    def leave(session: Session) -> None:
        for chat in session.exec(select(Chat).where(Chat.contact_id == town.contacts["contact"])):
            chat.active = False

    town.in_store(leave)
    town.do("set_out", "worker", alert_id=alert.id)
    found = [(one.name, one.channel) for one in town.messages() if one.template == f"alert.{kind}.step"]
    assert found == hears
