"""SMS that people send back through Aliyun: each counts once and is answered by an SMS of its own."""

from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

from store.opt_outs import OptOut

NUMBER, BARE = "+8614000000001", "14000000001"
SIGNED = "【梯信演示】"


@pytest.fixture
def write(aliyun: Any, at_home: Any) -> Any:
    """`write("1")`: what is written back, empty for nothing. The person had an SMS."""
    at_home.tell("sms")
    numbers = count(1)

    def do(text: Any, *, number: str = BARE, message: Any = None, door: Any = aliyun) -> str:
        said = {"send_time": "20261123090000", "sign_name": "梯信演示", "dest_code": "1234"}
        message_id = next(numbers) if message is None else message
        answer = door.push("sms-up", {"phone_number": number, "content": text, "sequence_id": message_id, **said})
        assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "OK"})
        written, door.written[:] = [*door.written], []
        assert {to for to, _ in written} <= {NUMBER}
        return "|".join(text for _, text in written)

    return do


def test_an_answer_is_recorded_and_answered_by_an_sms(write: Any, at_home: Any) -> None:
    assert write("1") == SIGNED + "已记录：已约检或准备约检。谢谢。"
    assert write("２。") == SIGNED + "已记录：工作人员会给您回电。"
    assert at_home.history == ["answered by sms: will_book", "answered by sms: call_back"]


@pytest.mark.parametrize("word", ["T", "td", "退订"])
def test_stop_ends_sms_and_says_what_can_be_changed(write: Any, at_home: Any, word: str) -> None:
    assert "法定的检验通知不能取消" in write(word)
    assert [(one.channel, one.address) for one in at_home.all(OptOut)] == [("sms", NUMBER)]
    assert write(word) == ""
    assert write("恢复") == SIGNED + "已恢复向本号码发送短信。"
    assert at_home.all(OptOut) == []


def test_a_repeated_message_does_nothing(write: Any, at_home: Any) -> None:
    write("2", message=77)
    before = at_home.state
    assert [write("2", message=77), write("3", message="77")] == ["", ""]
    assert at_home.state == before


def test_a_stranger_is_logged_masked_and_gets_no_answer(write: Any, at_home: Any) -> None:
    before = at_home.state
    with capture_logs() as logs:
        assert write("T", number="14099998888") == ""
    assert at_home.state == before
    assert "14099998888" not in str(logs)


def test_in_guests_mode_only_guests_are_answered(write: Any, at_home: Any, make_aliyun: Any) -> None:
    assert write("1", door=make_aliyun(frozenset({"+8614000000002"}))) == ""
    assert at_home.history == ["answered by sms: will_book"]


@pytest.mark.parametrize(
    "odd", [{"content": 7}, {"phone_number": ""}, {"sequence_id": None}, {"phone_number": "1" * 99}]
)
def test_an_odd_message_is_passed_over(aliyun: Any, at_home: Any, odd: dict[str, Any]) -> None:
    before = at_home.state
    item = {"phone_number": BARE, "content": "1", "sequence_id": 1, **odd}
    assert aliyun.push("sms-up", item).status_code == 200
    assert at_home.state == before
