"""Several notices to one chat at one time are one message; each keeps its own words, state and history."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.base import OutgoingMessage, PermanentError, Rates, UnknownOutcome
from notifier.digest import combine, gather
from notifier.writer import PreparedDelivery, Subject

CHAT = [("telegram", "44")]


@pytest.fixture
def telegram(make_channel: Any) -> Any:
    channel = make_channel("telegram")
    channel.rates = Rates(per_second=1000, together=4000)
    return channel


def notices(world: Any, number: int, **values: Any) -> list[int]:
    unit = world.unit(None, role="maintainer_contact", chats=CHAT)
    return [world.notice(unit, world.lifts(unit), "gz.sms.maint", **values) for _ in range(number)]


def test_ten_notices_to_one_chat_are_one_message(world: Any, dispatch: Any, telegram: Any) -> None:
    ids = notices(world, 10)
    summary = dispatch(telegram)
    [message] = telegram.sent
    said = [world.deliveries(notice)[0].body for notice in ids]
    assert message.body.startswith("今天有10条通知：\n\n1. ")
    assert all(body in message.body for body in said)
    assert (summary.messages, summary.sent) == (10, 10)
    assert [world.status(notice) for notice in ids] == ["sent"] * 10


def test_each_keeps_an_id_of_its_own_at_the_provider(world: Any, dispatch: Any, telegram: Any) -> None:
    ids = notices(world, 3)
    dispatch(telegram)
    deliveries = [world.deliveries(notice)[0] for notice in ids]
    first, *others = deliveries
    assert first.provider_id == "telegram-1"
    assert [one.provider_id for one in others] == [f"telegram-1/{one.id}" for one in others]


def test_one_alone_has_no_head(world: Any, dispatch: Any, telegram: Any) -> None:
    [notice] = notices(world, 1)
    dispatch(telegram)
    assert telegram.sent[0].body == world.deliveries(notice)[0].body


def test_two_chats_get_a_message_each(world: Any, dispatch: Any, telegram: Any) -> None:
    for chat in ("44", "45"):
        unit = world.unit(None, role="maintainer_contact", chats=[("telegram", chat)])
        for _ in range(2):
            world.notice(unit, world.lifts(unit), "gz.sms.maint")
    dispatch(telegram)
    assert sorted(telegram.addresses) == ["44", "45"]


def test_what_fails_fails_for_all_and_goes_on_by_itself(world: Any, dispatch: Any, telegram: Any) -> None:
    ids = notices(world, 2)
    telegram.answers = [PermanentError("Telegram: bot was blocked by the user")]
    dispatch(telegram)
    assert [world.status(notice) for notice in ids] == ["failed", "failed"]
    assert [world.deliveries(notice)[0].error[:9] for notice in ids] == ["permanent", "permanent"]


def test_of_what_nobody_knows_each_is_marked_unknown(world: Any, dispatch: Any, telegram: Any) -> None:
    ids = notices(world, 2)
    telegram.answers = [UnknownOutcome("no answer")]
    dispatch(telegram)
    assert [world.status(notice) for notice in ids] == ["unknown", "unknown"]


def test_a_channel_that_takes_none_together_gets_each_by_itself(world: Any, dispatch: Any, make_channel: Any) -> None:
    channel = make_channel("telegram")
    channel.rates = Rates(per_second=1000)
    notices(world, 3)
    dispatch(channel)
    assert len(channel.sent) == 3


def message(
    number: int, address: str, length: int, template: str = "gz.sms.maint", figures: Any = None
) -> OutgoingMessage:
    subject = Subject("guangzhou", 1, "", "", None, "sms")
    prepared: Any = PreparedDelivery(
        notice_id=number,
        contact_id=1,
        channel="telegram",
        address=address,
        name="",
        template=template,
        template_version="1",
        language="zh",
        signature="",
        body="字" * length,
        segments=0,
        lift_keys=[],
        party_ref="",
        subject=subject,
        written_on=None,  # type: ignore[arg-type]  # no day is needed here
        figures=figures,
    )
    return OutgoingMessage(number, None, prepared)  # type: ignore[arg-type]  # nor a moment


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3000)), max_size=40))
def test_nothing_is_lost_mixed_up_or_too_long(drawn: list[tuple[str, int]]) -> None:
    messages = [message(number, address, length) for number, (address, length) in enumerate(drawn)]
    letters = gather(messages, {"telegram": Rates(together=4000)})
    assert sorted(one.delivery_id for letter in letters for one in letter) == list(range(len(messages)))
    for letter in letters:
        assert len({one.address for one in letter}) == 1
        assert [one.delivery_id for one in letter] == sorted(one.delivery_id for one in letter)
        assert len(combine(letter).body) <= 4096


def test_what_has_a_picture_goes_by_itself() -> None:
    messages = [message(1, "a", 5), message(2, "a", 5, figures={"rows": {}}), message(3, "a", 5)]
    letters = gather(messages, {"telegram": Rates(together=4000)})
    assert [[one.delivery_id for one in letter] for letter in letters] == [[1, 3], [2]]
