"""SMS that people send back, over HTTP: each counts once; strangers get no answer."""

from itertools import count
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from store.notices import Delivery, Inbox
from store.opt_outs import OptOut
from store.tasks import Task

NUMBER, PATH = "+85251234567", "/webhooks/twilio/sms"
SIGNED = "【梯信演示】"
ANYTHING = st.text(max_size=80, alphabet=st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def write(twilio: Any, check_twiml: Any) -> Any:
    """`write("1")`: the answer, empty for none."""
    numbers = count(1)

    def do(text: str, *, number: str = NUMBER, message: str = "", door: Any = twilio) -> str:
        form = {"MessageSid": message or f"SM{next(numbers)}", "From": number, "To": "+14155552345", "Body": text}
        answer = door.say(PATH, **form)
        assert (answer.status_code, check_twiml(answer.text)) == (200, [])
        return "|".join(one.text or "" for one in ElementTree.fromstring(answer.text).iter("Message"))

    return do


@pytest.fixture(autouse=True)
def told(person: Any) -> int:
    """The person had an SMS."""
    return person.tell("sms")


@pytest.mark.parametrize("text", ["1", " 1。", "１", "已约", "Booked."])
def test_one_says_that_it_is_booked(write: Any, person: Any, text: str) -> None:
    assert write(text) == SIGNED + "已记录：已约检或准备约检。谢谢。"
    assert person.history == ["answered by sms: will_book"]
    assert [one.status for one in person.all(Delivery)] == ["delivered"], "who answers has read it"
    assert person.tasks == []


def test_two_asks_for_a_call(write: Any, person: Any) -> None:
    assert write("2") == SIGNED + "已记录：工作人员会给您回电。"
    [task] = person.all(Task)
    assert (task.kind, task.owner_party_id, task.detail["number"], task.detail["asked_by"]) == (
        "call",
        900,
        NUMBER,
        "sms",
    )


@pytest.mark.parametrize(("text", "kind"), [("3", "not_their_lifts"), ("4", "said_out_of_use")])
def test_what_the_register_must_be_asked_is_a_task(write: Any, person: Any, text: str, kind: str) -> None:
    write(text)
    assert person.tasks == [(kind, "open", "")]


def test_an_answer_is_about_the_last_notice(write: Any, person: Any) -> None:
    person.tell("sms")
    person.tell("voice")
    write("2")
    assert [task.notice_id for task in person.all(Task)] == [2]


def test_a_repeated_message_does_nothing_and_is_not_answered(write: Any, person: Any) -> None:
    assert write("2", message="SM77")
    before = person.state
    assert [write("2", message="SM77"), write("1", message="SM77")] == ["", ""]
    assert person.state == before


@pytest.mark.parametrize("word", ["STOP", "退订", "T", "t", "ｔ", "TD"])
def test_stop_ends_sms_and_says_what_can_be_changed(write: Any, person: Any, word: str) -> None:
    answer = write(word)
    assert answer.startswith(SIGNED + "不再向本号码发短信。法定的检验通知不能取消")
    assert [(one.channel, one.address) for one in person.all(OptOut)] == [("sms", NUMBER)]
    assert write(word) == ""
    assert len(person.all(OptOut)) == 1


def test_after_a_stop_answers_still_count_and_get_no_sms(write: Any, person: Any) -> None:
    write("退订")
    assert write("2") == ""
    assert person.tasks == [("call", "open", "")]
    assert write("恢复") == SIGNED + "已恢复向本号码发送短信。"
    assert person.all(OptOut) == []
    assert write("1")


def test_what_nobody_understands_is_kept_and_explained_once_a_day(write: Any, person: Any) -> None:
    assert write("昨天已经检验过了").startswith(SIGNED + "请回数字：1已约检")
    assert write("我现在不在办公室") == ""
    assert [one.payload["text"] for one in person.all(Inbox) if one.source == "twilio.sms"] == [
        "昨天已经检验过了",
        "我现在不在办公室",
    ]
    assert person.history == []


def test_a_stranger_is_logged_masked_and_gets_no_answer(write: Any, person: Any) -> None:
    before = person.state
    with capture_logs() as logs:
        assert [write(text, number="+85259999999") for text in ("1", "STOP", "hello")] == ["", "", ""]
    assert person.state == before
    assert [line["number"] for line in logs if line["event"] == "unknown number"] == ["+852***9999"] * 3
    assert "+85259999999" not in str(logs)


def test_in_guests_mode_only_guests_are_answered(make_twilio: Any, write: Any, person: Any) -> None:
    assert write("1", door=make_twilio(frozenset({"+85251111111"}))) == ""
    assert person.history == ["answered by sms: will_book"]
    assert write("1", door=make_twilio(frozenset({NUMBER})))


def test_a_forged_one_is_refused_and_changes_nothing(twilio: Any, person: Any) -> None:
    before = person.state
    form = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP"}
    assert [twilio.say(PATH, signature=one, **form).status_code for one in ("", "x")] == [403, 403]
    assert person.state == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from(["MessageSid", "From", "To", "Body"]), ANYTHING), ANYTHING)
def test_whatever_twilio_signs_is_never_a_500(twilio: Any, form: dict[str, str], text: str) -> None:
    assert twilio.say(PATH, **form).status_code in (200, 400)
    known = {"MessageSid": "SM" + text.encode().hex()[:40], "From": NUMBER, "Body": text}
    assert twilio.say(PATH, **known).status_code == 200
