"""What is asked of a provider before a message is sent a second time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from notifier.channels.base import UNLIMITED, EarlierAttempt, TemporaryError, UnknownOutcome
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.both_stores  # what is claimed and settled is in the statements


class ListedChannel:
    """A channel that cannot tell attempts apart: it lists the messages to an address, after a while."""

    name = "sms"
    list_lag = timedelta(minutes=10)
    rates = UNLIMITED

    def __init__(self, *, takes: int = 0) -> None:
        self.sent: list[str] = []
        self.takes = takes  # so many messages are taken although the answer is lost
        self.asked = 0
        self.listed: list[str] = []
        self.fault: Exception | None = None  # of its list
        self.fault_about = ""  # of one address; empty for all
        self.before_send: Callable[[], object] = lambda: None

    async def send(self, message: Any) -> str:
        self.before_send()
        if self.takes > 0:
            self.takes -= 1
            self.sent.append(f"SM{len(self.sent)}")
            raise UnknownOutcome("no answer")
        self.sent.append(f"SM{len(self.sent)}")
        return self.sent[-1]

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        self.asked += 1
        if self.fault is not None and self.fault_about in attempt.address:
            raise self.fault
        return self.listed

    async def close(self) -> None:
        return


@pytest.fixture
def two_equal(world: Any) -> list[int]:
    """Two notices of the same words to one number: two lifts of one name under one contact."""
    first, second = world.unit("+8614000000001"), world.unit("+8614000000001")
    return [world.notice(unit, world.lifts(unit, building="3栋")) for unit in (first, second)]


def test_a_message_that_the_list_shows_late_is_not_sent_twice(world: Any, dispatch: Any, now: datetime) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    twilio = ListedChannel(takes=1)
    assert dispatch(twilio).unknown == 1
    dispatch(twilio, now=now + timedelta(seconds=30))
    assert (world.status(notice), twilio.asked) == ("unknown", 1)
    assert dispatch(twilio, now=now + timedelta(seconds=60)).claimed == 0
    twilio.listed = ["SM0"]
    dispatch(twilio, now=now + timedelta(minutes=2))
    assert (world.status(notice), twilio.sent) == ("sent", ["SM0"])
    assert world.deliveries(notice)[0].provider_id == "SM0"


def test_the_time_for_which_a_message_waited_for_its_turn_does_not_count(
    world: Any, dispatch: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    twilio, moments = ListedChannel(takes=1), [now]
    twilio.before_send = lambda: moments.append(now + timedelta(minutes=15))  # those before it hung
    assert dispatch(twilio, clock=lambda: moments[-1]).unknown == 1
    dispatch(twilio, now=moments[-1] + timedelta(minutes=1))
    assert (world.status(notice), twilio.sent) == ("unknown", ["SM0"])
    twilio.listed = ["SM0"]
    dispatch(twilio, now=moments[-1] + timedelta(minutes=2))
    assert (world.status(notice), twilio.sent) == ("sent", ["SM0"])


def test_what_the_list_does_not_show_after_ten_minutes_never_arrived_and_goes_again(
    world: Any, dispatch: Any, now: datetime
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    twilio = ListedChannel(takes=1)
    dispatch(twilio)
    for seconds in (30, 120, 599):
        dispatch(twilio, now=now + timedelta(seconds=seconds))
        assert world.status(notice) == "unknown"
    dispatch(twilio, now=now + timedelta(minutes=10))
    assert (world.status(notice), [one.status for one in world.deliveries(notice)]) == ("sent", ["failed", "sent"])
    assert world.deliveries(notice)[0].error == "the channel never got it"
    assert ("sending", "possible repeat") not in world.history(notice)


def test_one_message_in_the_list_answers_for_one_of_two_equal_attempts(
    world: Any, dispatch: Any, two_equal: list[int], now: datetime
) -> None:
    twilio = ListedChannel(takes=2)
    dispatch(twilio)
    twilio.listed = ["SM0"]
    dispatch(twilio, now=now + timedelta(minutes=2))
    assert [world.status(notice) for notice in two_equal] == ["sent", "unknown"]
    twilio.listed = ["SM0", "SM1"]
    dispatch(twilio, now=now + timedelta(minutes=10))
    assert [world.status(notice) for notice in two_equal] == ["sent", "sent"]
    assert [world.deliveries(notice)[0].provider_id for notice in two_equal] == ["SM0", "SM1"]
    assert twilio.sent == ["SM0", "SM1"]


def test_a_provider_that_gives_one_id_twice_holds_up_nobody(world: Any, dispatch: Any, two_equal: list[int]) -> None:
    class Confused(ListedChannel):
        async def send(self, message: Any) -> str:
            return "SM-same"

    assert dispatch(Confused()).sent == 2
    assert [world.status(notice) for notice in two_equal] == ["sent", "sent"]
    ids = [(one.provider_id, one.error) for notice in two_equal for one in world.deliveries(notice)]
    assert sorted(ids, key=str) == [("SM-same", ""), (None, "the provider gave it the id of another message")]


def test_while_a_provider_cannot_be_asked_nothing_is_sent_again(world: Any, dispatch: Any, now: datetime) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    twilio = ListedChannel(takes=1)
    twilio.fault = TemporaryError("Twilio cannot be reached")
    dispatch(twilio)
    for seconds in (30, 120, 600, 1200, 3600, 7200):
        assert dispatch(twilio, now=now + timedelta(seconds=seconds)).unknown == 1
    assert (world.status(notice), twilio.sent, twilio.asked) == ("unknown", ["SM0"], 6)
    assert dispatch(twilio, now=now + timedelta(hours=2, minutes=59)).claimed == 0
    twilio.fault, twilio.listed = None, ["SM0"]
    dispatch(twilio, now=now + timedelta(hours=3))
    assert (world.status(notice), world.told(notice), twilio.sent) == ("sent", ["told"], ["SM0"])
    assert ("sending", "possible repeat") not in world.history(notice)


def test_after_a_day_without_an_answer_a_person_is_to_look(
    world: Any, dispatch: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    twilio = ListedChannel(takes=1)
    twilio.fault = TemporaryError("Twilio cannot be reached")
    dispatch(twilio)
    assert dispatch(twilio, now=now + timedelta(hours=23, minutes=59)).unknown == 1
    assert dispatch(twilio, now=now + timedelta(hours=24, minutes=59), today=today + timedelta(days=1)).failed == 1
    assert (world.status(notice), twilio.sent) == ("failed", ["SM0"])
    assert world.get(notice).reason == "given up after a day in which the provider did not say whether it left"
    [task] = world.all(Task)
    assert (task.kind, task.party_id, task.owner_party_id) == (TaskKind.DELIVERY_FAILED, unit, 900)


def test_a_provider_that_does_not_answer_is_not_asked_about_hundreds(world: Any, dispatch: Any, now: datetime) -> None:
    units = [world.unit(f"+861400000{number:04}") for number in range(12)]
    notices = [world.notice(unit, world.lifts(unit)) for unit in units]
    twilio = ListedChannel(takes=12)
    dispatch(twilio)
    twilio.fault = UnknownOutcome("Twilio did not answer")
    assert dispatch(twilio, now=now + timedelta(seconds=30)).unknown == 12
    assert twilio.asked == 8
    twilio.fault, twilio.listed = None, [f"SM{number}" for number in range(12)]
    dispatch(twilio, now=now + timedelta(minutes=2))
    assert (twilio.asked, {world.status(notice) for notice in notices}) == (20, {"sent"})


def test_a_fault_in_asking_about_one_attempt_holds_up_no_other(world: Any, dispatch: Any, now: datetime) -> None:
    first, second = world.unit("+8614000000001"), world.unit("+8614000000002")
    notices = [world.notice(unit, world.lifts(unit)) for unit in (first, second)]
    twilio = ListedChannel(takes=2)
    dispatch(twilio)
    twilio.fault, twilio.fault_about, twilio.listed = AttributeError("null"), "0001", ["SM1"]
    dispatch(twilio, now=now + timedelta(minutes=2))
    assert [world.status(notice) for notice in notices] == ["unknown", "sent"]
