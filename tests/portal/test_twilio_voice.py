"""Keys pressed in a call, over HTTP: one does what was offered, once; everything else changes nothing."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.events import Event
from store.notices import Delivery, Notice
from store.tasks import Task

NUMBER = "+85251234567"
ANYTHING = st.text(max_size=80, alphabet=st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def delivery_id(person: Any) -> int:
    return person.tell("voice")


@pytest.fixture
def press(twilio: Any, delivery_id: int, check_twiml: Any) -> Any:
    """`press("1")`: what is heard then, and the verbs."""

    def do(key: str, call: str = "voice-1", *, delivery: int = delivery_id, **more: str) -> tuple[str, list[str]]:
        form = {"CallSid": call, "Digits": key, "To": NUMBER, "From": "+14155552345", "CallStatus": "in-progress"}
        answer = twilio.say(f"/webhooks/twilio/voice?delivery={delivery}", **{**form, **more})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/xml")
        assert check_twiml(answer.text) == []
        root = ElementTree.fromstring(answer.text)
        return "|".join(one.text or "" for one in root.iter("Say")), [one.tag for one in root]

    return do


def test_will_book_is_recorded_and_proves_that_it_was_heard(press: Any, person: Any) -> None:
    assert press("1") == ("已记录：已经约检或准备约检。谢谢，再见。", ["Say", "Hangup"])
    assert person.history == ["answered by call: will_book"]
    assert [(one.lift_id, one.kind, one.payload["answer"]) for one in person.all(Event)] == [
        (1, "urging_answered", "will_book"),
        (2, "urging_answered", "will_book"),
    ]
    assert (person.all(Delivery)[0].status, person.all(Notice)[0].status) == ("delivered", "delivered")
    assert person.tasks == []


def test_call_me_back_is_a_call_for_the_inspection_department(press: Any, person: Any) -> None:
    press("2")
    [task] = person.all(Task)
    assert (task.kind, task.owner_party_id, task.party_id, task.notice_id) == ("call", 900, 1, 1)
    assert task.detail["number"] == NUMBER
    assert (task.detail["who"], task.detail["unit"]) == ("李小满", "示例物业有限公司")
    assert (task.detail["lifts"], task.detail["asked_by"]) == (["31101", "31102"], "call")
    assert task.detail["stale"] is True  # the next plan writes the caller's own script


@pytest.mark.parametrize(("key", "kind"), [("3", "not_their_lifts"), ("4", "said_out_of_use")])
def test_what_the_register_must_be_asked_is_a_task(press: Any, person: Any, key: str, kind: str) -> None:
    press(key)
    [task] = person.all(Task)
    assert (task.kind, task.status, task.owner_party_id) == (kind, "open", 900)
    assert task.detail["lifts"] == ["31101", "31102"]


def test_who_was_to_be_called_back_and_will_book_is_not_called(press: Any, person: Any) -> None:
    press("2")
    press("1")
    assert person.tasks == [("call", "done", "will_book by call")]


def test_0_repeats_what_was_said(press: Any, person: Any) -> None:
    heard, verbs = press("0")
    assert heard == "您好<&>|没有收到按键。谢谢，再见。"
    assert verbs == ["Gather", "Say"]
    assert person.history == []
    assert person.all(Delivery)[0].status == "delivered"


@pytest.mark.parametrize("key", ["9", "#", "*", "", "五"])
def test_another_key_is_asked_again(press: Any, person: Any, key: str) -> None:
    heard, verbs = press(key)
    assert heard == "没有这个选项。|您好<&>|没有收到按键。谢谢，再见。"
    assert verbs == ["Gather", "Say"]
    assert person.history == []


def test_the_same_key_again_is_heard_and_does_nothing(press: Any, person: Any) -> None:
    first = press("2")
    before = person.state
    assert [press("2"), press("2")] == [first, first]
    assert person.state == before
    assert person.history == ["answered by call: call_back"]


def test_a_key_may_come_before_we_know_the_calls_id(twilio: Any, person: Any) -> None:
    attempt = person.tell("voice", status="unknown")
    form = {"CallSid": "CA1", "Digits": "1", "To": NUMBER}
    assert twilio.say(f"/webhooks/twilio/voice?delivery={attempt}", **form).status_code == 200
    [delivery] = person.all(Delivery)
    assert (delivery.status, delivery.provider_id) == ("delivered", "CA1")


def test_english_is_answered_in_english(press: Any, person: Any) -> None:
    attempt = person.tell("voice", "Hello", language="en")
    assert press("2", "voice-2", delivery=attempt)[0] == "Recorded: somebody will call you back. Thank you, goodbye."


@pytest.mark.parametrize(("call", "to"), [("CA9", NUMBER), ("CA9", "+85251234568")])
def test_a_call_that_is_not_ours_ends_and_changes_nothing(press: Any, person: Any, call: str, to: str) -> None:
    before = person.state
    assert press("1", call, To=to) == ("", ["Hangup"])
    assert press("1", call, delivery=2147483647, To=to) == ("", ["Hangup"])
    assert person.state == before


@pytest.mark.parametrize("signature", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_forged_one_is_refused_and_changes_nothing(
    twilio: Any, person: Any, delivery_id: int, signature: str
) -> None:
    before, path = person.state, f"/webhooks/twilio/voice?delivery={delivery_id}"
    form = {"CallSid": "voice-1", "Digits": "1", "To": NUMBER}
    assert twilio.say(path, signature=signature, **form).status_code == 403
    assert person.state == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(form=st.dictionaries(st.sampled_from(["CallSid", "Digits", "To", "From"]), ANYTHING), number=ANYTHING)
def test_whatever_twilio_signs_is_never_a_500(twilio: Any, form: dict[str, str], number: str) -> None:
    assert twilio.say("/webhooks/twilio/voice", **form).status_code in (200, 400)
    assert twilio.say("/webhooks/twilio/voice?delivery=1", **{"CallSid": "CA1", **form}).status_code in (200, 400)


def say_status(twilio: Any, delivery_id: int, status: str, call: str = "voice-1") -> int:
    """How a call fared."""
    form = {"CallSid": call, "CallStatus": status, "To": NUMBER, "From": "+14155552345"}
    code: int = twilio.say(f"/webhooks/twilio/status?delivery={delivery_id}", **form).status_code
    return code


def test_a_call_that_somebody_took_is_only_delivered_by_a_key(
    twilio: Any, press: Any, person: Any, delivery_id: int
) -> None:
    assert [say_status(twilio, delivery_id, one) for one in ("ringing", "in-progress", "completed")] == [204] * 3
    assert person.all(Delivery)[0].status == "sent"
    press("0")
    assert person.all(Delivery)[0].status == "delivered"


@pytest.mark.parametrize("status", ["busy", "no-answer"])
def test_a_call_that_nobody_took_is_tried_again(twilio: Any, person: Any, delivery_id: int, status: str) -> None:
    assert [say_status(twilio, delivery_id, status) for _ in range(2)] == [204] * 2
    [notice], [delivery] = person.all(Notice), person.all(Delivery)
    assert (delivery.status, delivery.error) == ("failed", f"not answered: {status}")
    assert (notice.status, (notice.not_before - delivery.settled_at).total_seconds()) == ("planned", 1800)


def test_a_number_that_cannot_be_called_is_not_called_again(twilio: Any, person: Any, delivery_id: int) -> None:
    say_status(twilio, delivery_id, "failed")
    assert person.all(Delivery)[0].error == "permanent: failed"
    assert person.all(Notice)[0].status == "planned"
