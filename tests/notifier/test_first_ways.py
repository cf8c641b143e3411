"""Who is told by SMS first, and who in a chat: by the rung, or as a person or a city wants it."""

from typing import Any

from actions.people.ways import prefer_for_kind, prefer_for_person
from store.first_ways import WrittenWay

PHONE, CHAT = "+8614000000001", ("webchat", "w-1")


def told(world: Any, dispatch: Any, make_channel: Any, rule: str = "gz.sms") -> list[str]:
    unit = world.unit(PHONE, chats=[CHAT])
    world.notice(unit, world.lifts(unit), rule)
    channels = [make_channel(name) for name in ("sms", "webchat", "call_task")]
    dispatch(*channels)
    return [channel.name for channel in channels if channel.sent]


def test_a_rung_of_sms_goes_by_sms(world: Any, dispatch: Any, make_channel: Any) -> None:
    assert told(world, dispatch, make_channel) == ["sms"]


def test_a_person_who_wants_the_chat_first_gets_it(world: Any, dispatch: Any, make_channel: Any) -> None:
    world.change(lambda session: prefer_for_person(session, PHONE, WrittenWay.CHAT))
    assert told(world, dispatch, make_channel) == ["webchat"]


def test_anothers_wish_changes_nothing(world: Any, dispatch: Any, make_channel: Any) -> None:
    world.change(lambda session: prefer_for_person(session, "+8614000000002", WrittenWay.CHAT))
    assert told(world, dispatch, make_channel) == ["sms"]


def test_the_later_wish_stands_and_can_be_taken_back(world: Any, dispatch: Any, make_channel: Any) -> None:
    for first in (WrittenWay.CHAT, WrittenWay.SMS, WrittenWay.CHAT, None):
        world.change(lambda session, first=first: prefer_for_person(session, PHONE, first))
    assert told(world, dispatch, make_channel) == ["sms"]


def test_a_city_takes_the_chat_first_for_a_kind_of_duty(world: Any, dispatch: Any, make_channel: Any) -> None:
    world.change(lambda session: prefer_for_kind(session, "guangzhou", "periodic_inspection", WrittenWay.CHAT))
    assert told(world, dispatch, make_channel) == ["webchat"]


def test_another_city_and_another_kind_stay_as_they_are(world: Any, dispatch: Any, make_channel: Any) -> None:
    world.change(lambda session: prefer_for_kind(session, "guangzhou", "self_test", WrittenWay.CHAT))
    world.change(lambda session: prefer_for_kind(session, "zhoushan", "periodic_inspection", WrittenWay.CHAT))
    assert told(world, dispatch, make_channel) == ["sms"]


def test_a_call_stays_a_call(world: Any, dispatch: Any, make_channel: Any) -> None:
    world.change(lambda session: prefer_for_person(session, PHONE, WrittenWay.CHAT))
    world.change(lambda session: prefer_for_kind(session, "guangzhou", "periodic_inspection", WrittenWay.CHAT))
    assert told(world, dispatch, make_channel, "gz.call") == ["call_task"]
