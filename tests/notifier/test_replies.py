"""What keys and words mean, and the sentences that answer them."""

from typing import Any

import pytest

from actions.told.replies import Answer, Reply, take_reply
from notifier.calls import rewrite_calls
from notifier.direct import own_signature
from notifier.lint import check_text
from notifier.replies import ANSWERS, read_key, read_words, say
from notifier.segments import count_segments
from store.tasks import Task

SMS_TEXTS = (*ANSWERS, "stop", "start", "help")
VOICE_TEXTS = (*ANSWERS, "wrong_key", "no_key")


def test_both_sides_know_the_same_answers() -> None:
    assert set(ANSWERS) == set(Answer)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_by_sms_is_one_segment_and_says_nothing_that_carriers_refuse(language: str) -> None:
    for name in SMS_TEXTS:
        text = say("sms", language, name)
        assert count_segments(own_signature(language) + text) == 1, name
        assert list(check_text(name, language, "sms", text)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_by_voice_is_there(language: str) -> None:
    assert all(say("voice", language, name) for name in VOICE_TEXTS)


def test_keys_and_words_say_what_the_texts_offer() -> None:
    assert [read_key(key) for key in "12340"] == [*ANSWERS, "again"]
    assert [read_key(key) for key in ("5", "", "#", "12")] == [None] * 4
    assert [read_words(text) for text in "1234"] == list(ANSWERS)
    assert [read_words(text) for text in ("", "11", "好的", "stop it")] == [None] * 4


def test_who_asks_to_be_called_back_is_called_with_a_script_of_the_callers_own(
    world: Any, dispatch: Any, make_channel: Any, now: Any, today: Any
) -> None:
    unit = world.unit("+85251234567", role="legal_rep")
    notice = world.notice(unit, world.lifts(unit, 2), "gz.call")
    dispatch(make_channel("voice"))
    [delivery] = world.deliveries(notice)
    reply = Reply(notice, delivery.id, Answer.CALL_BACK, "call", "key-1")
    assert world.change(lambda session: take_reply(session, reply, now=now, today=today))
    assert not world.change(lambda session: take_reply(session, reply, now=now, today=today))
    assert world.change(lambda session: rewrite_calls(session, today=today)) == 1
    [task] = world.all(Task)
    assert task.detail["script"].startswith(
        "您好，我是检验一部的陈一鸣。请问是广州示例云荔物业服务有限公司的李小满吗？"
    )
    assert "您请我们回电，是关于贵单位" in task.detail["script"]
    assert "想和您约个检验时间" not in task.detail["script"]
    assert len(task.detail["lifts"]) == 2
    assert "stale" not in task.detail
