"""The notice of an order to stop using a lift: at once, from the bureau, and never as if it served the order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlmodel import select

from actions.lifts.explain import explain_notice
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.notices import ChatMessage

TODAY = date(2026, 11, 23)
ORDER = {"number": "天市监令〔2026〕12号", "reason": "超期未检", "served_on": date(2026, 11, 25)}
NIGHT = 17  # 01:00 in China


@pytest.fixture
def ordered(officials):
    """A unit with a lift (due in a year) and a maintainer."""
    officials.owner = officials.unit("广州示例云荔物业服务有限公司")
    officials.keeper = officials.unit("粤演机电", kind="m")
    officials.stopped = officials.lift(officials.owner, date(2027, 9, 30), maintainer=officials.keeper)
    return officials


def draft(officials, who="ann", **more):
    return officials.do("draft_stop_order", who, **({"lifts": [officials.stopped]} | ORDER | more))


def test_it_goes_at_night_to_the_heads_and_to_the_maintainer_in_the_bureaus_name(ordered):
    shown = draft(ordered)
    assert (shown.number, shown.reason, shown.lifts) == (ORDER["number"], ORDER["reason"], 1)
    assert ordered.notices() == []
    assert ordered.do("send_push", "ann", push_id=shown.push_id, hour=NIGHT).sent
    ordered.send(hour=NIGHT)
    said = ordered.said()
    assert [one.template for one in said] == ["reg.stop", "reg.stop", "reg.stop.maint"]
    assert all("责令停止使用（天市监令〔2026〕12号）" in one.body for one in said)
    with ordered.database.read() as session:
        lines = [line for one in said for line in _lines(session, one.address)]
    assert all(line.startswith("【演示市场监管】") for line in lines)
    assert len(lines) == 3


def _lines(session, address):
    return session.exec(select(ChatMessage.text).where(ChatMessage.address == f"sms:{address}")).all()


def test_what_can_wait_waits_at_night(ordered):
    late = ordered.lift(ordered.owner)
    shown = ordered.do("draft_push", "ann", lifts=[late])
    ordered.do("send_push", "ann", push_id=shown.push_id, hour=NIGHT)
    ordered.send(hour=NIGHT)
    assert ordered.said() == []
    ordered.send(date(2026, 11, 24), hour=2)
    assert [one.template for one in ordered.said()] == ["gz.overdue", "gz.overdue"]


def test_it_never_says_that_it_served_the_order(ordered):
    ordered.do("send_push", "ann", push_id=draft(ordered).push_id)
    ordered.send()
    assert ordered.said()
    assert all("送达" not in one.body.replace("文书另行送达", "") for one in ordered.said())


def test_an_order_is_sent_once_whoever_drafts_it(ordered):
    first, second = draft(ordered), draft(ordered, "bob")
    ordered.do("send_push", "ann", push_id=first.push_id, key="tap")
    assert ordered.do("send_push", "ann", push_id=first.push_id, key="tap").sent
    with pytest.raises(Refused) as refused:
        ordered.do("send_push", "bob", push_id=second.push_id)
    assert (refused.value.name, refused.value.facts["who"]) == ("stop.sent_already", "ann")
    with pytest.raises(Refused):
        draft(ordered, "bob")
    assert len(ordered.notices(step="stop_order")) == 2


@pytest.mark.both_stores
def test_two_officers_at_once_send_an_order_once(ordered):
    drafts = {who: draft(ordered, who).push_id for who in ("ann", "bob")}

    def send(who):
        try:
            return ordered.do("send_push", who, push_id=drafts[who]).sent
        except Refused as refused:
            return refused.name

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, drafts), key=str) == [True, "stop.sent_already"]
    assert len(ordered.notices(step="stop_order")) == 2


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"number": " "}, "stop.number"),
        ({"number": "9" * 25}, "stop.number"),
        ({"reason": ""}, "stop.reason"),
        ({"reason": "很长" * 20}, "stop.reason"),
    ],
)
def test_an_order_without_number_or_reason_is_none(ordered, change, name):
    with pytest.raises(Refused) as refused:
        draft(ordered, **change)
    assert refused.value.name == name


def test_an_order_is_to_one_unit(ordered):
    other, nobodys = ordered.lift(ordered.unit("业主代表")), ordered.lift(None)
    for lifts, name in (([ordered.stopped, other], "stop.several_units"), ([nobodys], "stop.no_unit")):
        with pytest.raises(Refused) as refused:
            draft(ordered, lifts=lifts)
        assert refused.value.name == name


@pytest.mark.parametrize("who", ["there", "street", "city", "owner"])
def test_only_the_own_bureau_tells_of_orders(ordered, who):
    ordered.unit("广州示例云荔物业服务有限公司", chat="owner")
    with pytest.raises(NotAllowedError):
        draft(ordered, who)


def test_explain_says_what_the_order_was(ordered):
    ordered.do("send_push", "ann", push_id=draft(ordered).push_id)
    with ordered.database.read() as session:
        told = explain_notice(session, ordered.notices()[0].id)
    assert (told["clause"], told["quote"]) == (ORDER["number"], ORDER["reason"])
    assert len(told["lifts"]) == 1


def test_the_day_of_service_is_neither_before_the_notice_nor_far_off(ordered):
    for day in (date(2026, 11, 22), date(2026, 12, 24)):
        with pytest.raises(Refused) as refused:
            draft(ordered, served_on=day)
        assert (refused.value.name, refused.value.facts["first"]) == ("stop.served", TODAY)
    shown = draft(ordered, served_on=TODAY)
    with pytest.raises(Refused):
        ordered.do("send_push", "ann", push_id=shown.push_id, today=date(2026, 11, 24))
    assert draft(ordered, served_on=None).served_on is None
