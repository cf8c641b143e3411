"""A number is called once a minute, five times an hour, twenty times a day, whoever has reason to call it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.base import PermanentError
from notifier.channels.by_number import ByNumber
from notifier.throttle import OF_CALLS, OF_MAINLAND_SMS, limits_of, next_free
from store.parties import ContactRole
from store.tasks import Task

LIMITS = OF_CALLS
START = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ABROAD = "+85251234567"


def minutes(*numbers: float) -> list[datetime]:
    return [START + timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], 0),
        ([-0.5], 0.5),
        ([-1], 0),
        ([-59, -40, -30, -20, -10], 1),
        ([-60, -40, -30, -20, -10], 0),
        ([0, 1, 2, 3, 4], 60),
        ([-60 * hour - 5 for hour in range(1, 21)], 60 * 24 - 60 * 20 - 5),
    ],
)
def test_the_first_moment_that_keeps_every_limit(taken: list[float], free: float) -> None:
    assert next_free(minutes(*taken), START, LIMITS) == minutes(free)[0]


@given(st.lists(st.integers(-24 * 60, 120), max_size=60), st.integers(1, 40))
def test_whatever_came_before_no_limit_is_ever_broken(before: list[int], more: int) -> None:
    taken: list[datetime] = []
    for at in [*sorted(before), *([0] * more)]:
        taken.append(next_free(taken, minutes(at)[0], LIMITS))
    for limit in LIMITS:
        for end in taken:
            assert sum(end - limit.within < moment <= end for moment in taken) <= limit.times


@pytest.fixture
def called(world: Any) -> Any:
    """`called(3)`: three notices by call to one number."""

    def plan(number: int, phone: str = ABROAD) -> list[int]:
        unit = world.unit(phone, role=ContactRole.LEGAL_REP)
        return [world.notice(unit, world.lifts(unit), "gz.call") for _ in range(number)]

    return plan


def test_the_second_call_to_a_number_waits_and_no_try_is_counted(
    world: Any, dispatch: Any, make_channel: Any, called: Any, now: datetime
) -> None:
    first, second, third = called(3)
    voice = make_channel("voice")
    dispatch(voice)
    assert [world.status(one) for one in (first, second, third)] == ["sent", "planned", "planned"]
    assert world.get(second).not_before == now + timedelta(minutes=1)
    assert world.get(third).not_before == now + timedelta(minutes=2)
    assert world.get(second).tries == 0
    assert world.history(second) == [("planned", "held: the number was called often enough for now")]
    dispatch(voice, now=now + timedelta(seconds=59))
    assert len(voice.sent) == 1
    dispatch(voice, now=now + timedelta(seconds=60))
    assert [message.prepared.notice_id for message in voice.sent] == [first, second]


def test_ten_calls_to_a_number_are_spread_over_hours_and_none_is_given_up(
    world: Any, dispatch: Any, make_channel: Any, called: Any, now: datetime
) -> None:
    notices = called(10)
    voice = make_channel("voice")
    for minute in range(70):
        dispatch(voice, now=now + timedelta(minutes=minute))
    assert {world.status(one) for one in notices} == {"sent"}
    assert len(voice.sent) == 10
    begun = sorted(message.attempted_at - now for message in voice.sent)
    assert [one.total_seconds() / 60 for one in begun] == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64]


def test_a_machine_calls_abroad_and_a_person_the_mainland(
    world: Any, dispatch: Any, make_channel: Any, called: Any
) -> None:
    called(1)
    called(1, "+8614000000001")
    voice, person = make_channel("voice"), make_channel("call_task")
    dispatch(voice, person, make_channel("sms"))
    assert (voice.addresses, person.addresses) == ([ABROAD], ["+8614000000001"])
    assert voice.sent[0].body.startswith("您好，这里是检验一部的定期检验提醒电话。")
    assert voice.sent[0].body.endswith("重听，请按0。谢谢。")


def test_where_the_machine_fails_for_good_a_person_calls(
    world: Any, dispatch: Any, make_channel: Any, called: Any
) -> None:
    [notice] = called(1)
    voice, person = make_channel("voice", answers=[PermanentError("no such number")]), make_channel("call_task")
    dispatch(voice, person)
    assert person.addresses == [ABROAD]
    assert world.status(notice) == "sent"
    assert world.all(Task) == []


HOME, AT_HOME = "+8614000000001", frozenset({"sms", "sms:mainland"})


@pytest.mark.parametrize(
    ("channel", "address", "available", "limits"),
    [
        ("voice", HOME, AT_HOME, OF_CALLS),
        ("sms", HOME, AT_HOME, OF_MAINLAND_SMS),
        ("sms", HOME, frozenset({"sms", "sms:mainland-only"}), OF_MAINLAND_SMS),
        ("sms", HOME, frozenset({"sms"}), ()),
        ("sms", ABROAD, AT_HOME, ()),
        ("telegram", "123456789", AT_HOME, ()),
    ],
)
def test_each_provider_has_limits_of_its_own(
    channel: str, address: str, available: frozenset[str], limits: Any
) -> None:
    assert limits_of(channel, address, available) == limits


def test_the_fifty_first_sms_of_a_day_to_a_mainland_number_waits(
    world: Any, dispatch: Any, make_channel: Any, called: Any, now: datetime
) -> None:
    notices = called(51, HOME)
    channel = ByNumber("sms", mainland=make_channel("sms"))
    dispatch(channel)
    assert [world.status(one) for one in notices] == ["sent"] * 50 + ["planned"]
    assert world.get(notices[-1]).not_before == now + timedelta(days=1)


def test_a_call_counts_from_when_it_left_and_not_from_when_it_was_saved(
    world: Any, dispatch: Any, make_channel: Any, called: Any, now: datetime
) -> None:
    first, second = called(2)
    voice = make_channel("voice")
    moments = [now]

    class Slow(make_channel):  # type: ignore[misc]  # the fixture is a class
        async def send(self, message: Any) -> str:
            moments.append(moments[-1] + timedelta(seconds=55))  # those before it took so long
            return str(await super().send(message))

    dispatch(Slow("voice"), clock=lambda: moments[-1])
    assert [world.status(one) for one in (first, second)] == ["sent", "planned"]
    dispatch(voice, now=now + timedelta(seconds=60))
    assert (voice.sent, world.get(second).not_before) == ([], now + timedelta(seconds=115))
    dispatch(voice, now=now + timedelta(seconds=115))
    assert [message.prepared.notice_id for message in voice.sent] == [second]


def test_while_a_call_waits_for_its_turn_no_other_begins(
    world: Any, dispatch: Any, make_channel: Any, called: Any, now: datetime
) -> None:
    first, second = called(2)
    elsewhere = make_channel("voice")
    elsewhere.prefix = "elsewhere"

    async def die(_message: Any) -> str:
        raise SystemExit

    stuck = make_channel("voice")
    stuck.send = die
    with pytest.raises(SystemExit):
        dispatch(stuck)
    later = now + timedelta(minutes=2)
    dispatch(elsewhere, now=later)
    assert (elsewhere.sent, world.get(second).not_before) == ([], later + timedelta(minutes=1))
    assert world.status(first) == "sending"
