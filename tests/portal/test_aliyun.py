"""Aliyun's pushes over HTTP: nobody without the secret, each report once, nothing ever 500."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from portal.aliyun import full_number, path_secret, push_addresses
from store.notices import Delivery, Inbox, Notice

NUMBER, BARE = "+8614000000001", "14000000001"
KINDS = ["sms-report", "sms-up", "voice-report"]
SIGNED = "【梯信演示】"


@pytest.fixture
def states(at_home: Any) -> Callable[[], list[str]]:
    """The states of the notices and of their attempts."""
    return lambda: [row.status for model in (Notice, Delivery) for row in at_home.all(model)]


def report(message_id: str, *, success: Any = True, number: str = BARE, **other: Any) -> dict[str, Any]:
    """SmsReport as Aliyun documents it."""
    times = {"send_time": "2026-11-23 09:00:00", "report_time": "2026-11-23 09:00:05"}
    said = {"err_code": "DELIVERED" if success is True else "MOBILE_NOT_ON_SERVICE", "err_msg": "…", "sms_size": "1"}
    return {"phone_number": number, **times, "success": success, **said, "biz_id": message_id, **other}


def of_call(call_id: str, code: str, *, callee: str = BARE, **other: Any) -> dict[str, Any]:
    """VoiceReport as Aliyun documents it."""
    said = {"status_msg": "…", "duration": "10", "voice_type": "voice", "caller": "02012345678"}
    return {"call_id": call_id, "status_code": code, "callee": callee, **said, **other}


def test_a_message_that_arrived_is_delivered(aliyun: Any, at_home: Any, states: Any) -> None:
    at_home.tell("sms")
    answer = aliyun.push("sms-report", report("sms-1"))
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "OK"})
    assert states() == ["delivered", "delivered"]


def test_one_that_did_not_arrive_goes_another_way(aliyun: Any, at_home: Any, states: Any) -> None:
    at_home.tell("sms")
    aliyun.push("sms-report", report("sms-1", success=False))
    assert states() == ["planned", "failed"]
    assert at_home.all(Delivery)[0].error == "permanent: MOBILE_NOT_ON_SERVICE"


def test_one_push_may_hold_many_reports_and_an_odd_one_stops_none(aliyun: Any, at_home: Any, states: Any) -> None:
    at_home.tell("sms")
    at_home.tell("sms")
    odd = [7, None, {}, {"biz_id": "sms-1"}, report("x" * 65), report("sms-1", number="nobody")]
    assert aliyun.push("sms-report", report("sms-1"), *odd, report("sms-2", success="false")).status_code == 200
    assert states() == ["delivered", "planned", "delivered", "failed"]


def test_before_our_own_settling_the_report_finds_the_attempt_by_our_number(
    aliyun: Any, at_home: Any, states: Any
) -> None:
    ours = at_home.tell("sms", status="unknown")
    assert aliyun.push("sms-report", report("9006^1", out_id=str(ours))).status_code == 200
    assert states() == ["delivered", "delivered"]
    assert at_home.all(Delivery)[0].provider_id == "9006^1"


def test_a_message_that_was_found_in_the_list_gets_its_report(
    aliyun: Any, at_home: Any, states: Any, database: Any
) -> None:
    ours = at_home.tell("sms")
    with database.write() as session:
        session.get_one(Delivery, ours).provider_id = f"ours:{ours}"
    aliyun.push("sms-report", report("9006^1", out_id=str(ours)))
    assert states() == ["delivered", "delivered"]


def test_the_number_of_another_deployment_changes_nothing(aliyun: Any, at_home: Any) -> None:
    ours = at_home.tell("sms", status="unknown")
    known = at_home.tell("sms")
    before = at_home.state
    aliyun.push("sms-report", report("9006^1", out_id=str(ours), number="14000000002"))
    aliyun.push("sms-report", report("9006^2", out_id=str(known)))
    assert at_home.state == before


def test_a_repeated_report_and_one_after_the_end_change_nothing(aliyun: Any, at_home: Any) -> None:
    at_home.tell("sms")
    aliyun.push("sms-report", report("sms-1"))
    before = at_home.state
    for again in (report("sms-1"), report("sms-1", success=False), report("sms-1")):
        assert aliyun.push("sms-report", again).status_code == 200
    assert at_home.state == before
    assert len([one for one in at_home.all(Inbox) if one.source == "aliyun.status"]) == 2


def test_a_report_of_nothing_of_ours_is_answered_and_logged_masked(aliyun: Any, at_home: Any) -> None:
    before = at_home.state
    with capture_logs() as logs:
        assert aliyun.push("sms-report", report("9006^9", number="14099998888")).status_code == 200
    assert at_home.state == before
    assert [line["to"] for line in logs if line["event"] == "unknown message"] == ["140****8888"]
    assert "14099998888" not in str(logs)


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_secret_there_is_nothing_here(aliyun: Any, at_home: Any, kind: str) -> None:
    at_home.tell("sms")
    before = at_home.state
    with capture_logs() as logs:
        for secret in ("", "x", aliyun.secret[:-1], aliyun.secret + "0", "秘密", "%ff"):
            answer = aliyun.push(kind, report("sms-1"), secret=secret)
            assert answer.status_code == 404
    assert at_home.state == before
    assert aliyun.secret not in str(logs)
    assert aliyun.secret[:-1] not in str(logs)


@pytest.mark.parametrize("kind", KINDS)
def test_where_aliyun_is_not_configured_there_is_nothing_here(make_aliyun: Any, kind: str) -> None:
    assert make_aliyun(is_open=False).push(kind, {}).status_code == 404


def test_the_addresses_hold_a_secret_that_is_derived() -> None:
    addresses = push_addresses("https://lifts.example.org/", "a-secret-of-the-house")
    secret = path_secret("a-secret-of-the-house")
    assert addresses["SmsUp"] == f"https://lifts.example.org/webhooks/aliyun/{secret}/sms-up"
    assert set(addresses) == {"SmsReport", "SmsUp", "VoiceReport"}
    assert len(secret) == 40
    assert secret != path_secret("another-secret-of-it")


def test_a_pressed_key_is_heard_and_answered(aliyun: Any, at_home: Any, states: Any) -> None:
    at_home.tell("voice")
    assert aliyun.push("voice-report", of_call("voice-1", "200000", dtmf="2")).json()["code"] == 0
    assert states() == ["delivered", "delivered"]
    assert at_home.history == ["answered by call: call_back"]
    assert at_home.tasks == [("call", "open", "")]


def test_a_key_told_at_once_and_again_at_the_end_counts_once(aliyun: Any, at_home: Any, states: Any) -> None:
    ours = at_home.tell("voice")
    at_once = {"status_code": "300000", "dtmf": "3", "status_time": "…", "out_id": str(ours), "call_id": "voice-1"}
    aliyun.push("voice-report", at_once)
    assert (states(), at_home.tasks) == (["delivered", "delivered"], [("not_their_lifts", "open", "")])
    aliyun.push("voice-report", of_call("voice-1", "200000", dtmf="3", out_id=str(ours)))
    assert at_home.history == ["answered by call: not_ours"]


@pytest.mark.parametrize(
    ("keys", "history"), [("0", []), ("13", ["not_ours"]), ("01", ["will_book"]), ("94", ["out_of_use"]), ("#9", [])]
)
def test_the_last_key_that_is_offered_is_the_answer(
    aliyun: Any, at_home: Any, states: Any, keys: str, history: Any
) -> None:
    at_home.tell("voice")
    aliyun.push("voice-report", of_call("voice-1", "200000", dtmf=keys))
    assert at_home.history == [f"answered by call: {said}" for said in history]
    assert states() == ["delivered", "delivered"]


@pytest.mark.parametrize(
    ("code", "notice", "attempt", "error"),
    [
        ("200000", "sent", "sent", ""),
        ("200001", "sent", "sent", ""),
        ("200008", "sent", "sent", ""),
        ("200003", "planned", "failed", "not answered: 200003"),
        ("200010", "planned", "failed", "not answered: 200010"),
        ("200004", "planned", "failed", "permanent: no such address: 200004"),
        ("200011", "planned", "failed", "permanent: 200011"),
        ("299999", "sent", "sent", ""),
    ],
)
def test_what_the_end_of_a_call_means(
    aliyun: Any, at_home: Any, states: Any, code: str, notice: str, attempt: str, error: str
) -> None:
    at_home.tell("voice")
    aliyun.push("voice-report", of_call("voice-1", code))
    assert (states(), at_home.all(Delivery)[0].error) == ([notice, attempt], error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"7", b'"a"', b"\xff", b"[" * 100_000, b"9" * 5000, json.dumps("长").encode("gbk")]
)
def test_what_is_no_batch_is_refused(aliyun: Any, kind: str, body: bytes) -> None:
    assert aliyun.push(kind, body=body).status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_is_too_large_is_refused(aliyun: Any, kind: str) -> None:
    assert aliyun.push(kind, body=b" " * (1024 * 1024 + 1)).status_code == 413


FIELDS = [
    *("biz_id", "phone_number", "success", "err_code", "out_id", "call_id", "status_code", "callee", "dtmf"),
    *("content", "sequence_id"),
]
VALUES = (
    st.sampled_from(["sms-1", "voice-1", BARE, "1", "T", "200000", "300000", True, "\0", "\ud800", "²", "-1", 10**30])
    | st.text(max_size=80)
    | st.none()
    | st.integers()
    | st.floats()
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)
ITEMS = st.dictionaries(st.sampled_from(FIELDS), VALUES) | VALUES


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(st.lists(ITEMS, max_size=4).map(lambda items: json.dumps(items).encode()), st.binary(max_size=60))
)
def test_whatever_is_pushed_the_answer_is_never_500(aliyun: Any, kind: str, body: bytes) -> None:
    answer = aliyun.push(kind, body=body)
    assert answer.status_code in (200, 400)
    assert isinstance(answer.json()["code"], int)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("14000000001", NUMBER),
        ("8614000000001", NUMBER),
        ("+8614000000001", NUMBER),
        ("008614000000001", NUMBER),
        ("02012345678", "+862012345678"),
        ("", ""),
        ("1400000000x", ""),
        ("²", ""),
    ],
)
def test_numbers_as_aliyun_writes_them(said: str, number: str) -> None:
    assert full_number(said) == number
