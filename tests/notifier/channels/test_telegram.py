"""Telegram over real HTTP, against its own specification."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from notifier.channels.base import CannotTell, EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome
from notifier.channels.telegram import Telegram, make_bot

Message = Callable[..., Any]


@pytest.fixture
async def telegram(telegram_api: Any, account: tuple[str, ...]) -> AsyncIterator[Telegram]:
    """The channel, talking to the fake."""
    channel = Telegram(make_bot(account[0], telegram_api.url, timeout=5))
    yield channel
    await channel.close()


@pytest.fixture
def refuse(telegram_api: Any, shared_data: Callable[[str], Path]) -> Callable[[str], None]:
    """`refuse("user_deactivated")`: the next answer is that recorded one."""

    def order(name: str) -> None:
        answer = json.loads(shared_data(f"fixtures/telegram_responses/{name}.json").read_text(encoding="utf-8"))
        telegram_api.answers.append((answer["error_code"], answer))

    return order


async def test_a_message_arrives_and_its_id_names_the_chat(
    telegram: Telegram, telegram_api: Any, make_message: Message
) -> None:
    provider_id = await telegram.send(make_message("telegram", "12345678", "贵单位有14台电梯"))
    assert provider_id == "12345678:1001"
    [(method, form)] = telegram_api.requests
    assert (method, form["chat_id"], form["text"]) == ("sendMessage", "12345678", "贵单位有14台电梯")
    assert telegram_api.faults == []


async def test_what_looks_like_html_is_escaped(telegram: Telegram, telegram_api: Any, make_message: Message) -> None:
    await telegram.send(make_message("telegram", "12345678", 'A&B <b>3栋</i> "1梯"'))
    assert telegram_api.requests[0][1]["text"] == 'A&amp;B &lt;b&gt;3栋&lt;/i&gt; "1梯"'
    assert telegram_api.faults == []


async def test_nothing_that_a_register_says_can_be_tapped(
    telegram: Telegram, telegram_api: Any, make_message: Message
) -> None:
    written = "http://x.cn/a 归@admin管，发 /start，见evil.ru、10.0.0.1；A座/3栋 3.5t 2026/11/22 No.3"
    await telegram.send(make_message("telegram", "12345678", written))
    [(_, form)] = telegram_api.requests
    sent, preview = form["text"], form["link_preview_options"]
    assert sent.replace("\u2060", "") == written
    for live in ("http://", "x.cn", "@admin", "/start", "evil.ru", "10.0.0.1"):
        assert live not in sent
    for plain in ("A座/3栋", "3.5t", "2026/11/22", "No.3"):
        assert plain in sent
    assert (json.loads(preview) if isinstance(preview, str) else preview) == {"is_disabled": True}
    assert telegram_api.faults == []


async def test_too_many_requests_waits_as_long_as_telegram_says(
    telegram: Telegram, refuse: Callable[[str], None], make_message: Message
) -> None:
    refuse("too_many_requests")
    with pytest.raises(TemporaryError) as caught:
        await telegram.send(make_message("telegram", "12345678"))
    assert caught.value.retry_after == 14


@pytest.mark.parametrize("answer", ["user_deactivated", "too_long", "wrong_file_id"])
async def test_a_person_who_cannot_be_reached_is_a_permanent_error(
    telegram: Telegram, refuse: Callable[[str], None], make_message: Message, answer: str
) -> None:
    refuse(answer)
    with pytest.raises(PermanentError) as caught:
        await telegram.send(make_message("telegram", "12345678"))
    assert "12345678" not in str(caught.value)


@pytest.mark.parametrize(("status", "said"), [(401, "Unauthorized"), (404, "Not Found")])
async def test_a_wrong_token_is_our_fault_and_not_the_persons(
    telegram: Telegram, telegram_api: Any, make_message: Message, status: int, said: str
) -> None:
    telegram_api.answers.append((status, {"ok": False, "error_code": status, "description": said}))
    with pytest.raises(TemporaryError, match=f"Telegram refuses the bot: {said}"):
        await telegram.send(make_message("telegram", "12345678"))


async def test_a_server_error_and_a_lost_connection_leave_the_outcome_open(
    telegram: Telegram, telegram_api: Any, make_message: Message
) -> None:
    telegram_api.answers.append((502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}))
    with pytest.raises(UnknownOutcome):
        await telegram.send(make_message("telegram", "12345678"))
    telegram_api.hang_up = True
    with pytest.raises(UnknownOutcome):
        await telegram.send(make_message("telegram", "12345678"))


async def test_a_server_that_is_not_there_is_tried_later(account: tuple[str, ...], make_message: Message) -> None:
    channel = Telegram(make_bot(account[0], "http://127.0.0.1:9", timeout=1))
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await channel.send(make_message("telegram", "12345678"))
    await channel.close()


async def test_telegram_cannot_be_asked_about_the_past(telegram: Telegram, make_message: Message) -> None:
    sent = make_message("telegram", "12345678")
    with pytest.raises(CannotTell):
        await telegram.find(EarlierAttempt(1, 1, "telegram", "1", "x", sent.attempted_at, was_sending=True))


FIGURES = {"rows": {}}
REFUSED = {"ok": False, "error_code": 400, "description": "Bad Request: not enough rights to send photos to the chat"}


async def test_figures_go_out_as_a_photo_with_the_words_below_it(
    telegram_api: Any, account: tuple[str, ...], make_message: Message
) -> None:
    def draw(prepared: Any) -> bytes:
        if prepared.figures != FIGURES:
            raise KeyError("done")
        return b"\x89PNG"

    channel = Telegram(make_bot(account[0], telegram_api.url, timeout=5), draw)

    async def send(body: str, figures: Any = FIGURES) -> list[str]:
        before = len(telegram_api.requests)
        await channel.send(make_message("telegram", "12345678", body, figures=figures))
        return [f"{method}:{form.get('text', form.get('caption', ''))}" for method, form in requests[before:]]

    requests = telegram_api.requests
    full = "&" * 500 + "字" * 522 + "𠮷"
    assert await send("日清 <1>") == ["sendPhoto:日清 &lt;1&gt;"]
    assert "n:1:" in requests[-1][1]["reply_markup"]
    assert await send(full) == [f"sendPhoto:{full.replace('&', '&amp;')}"]
    assert await send("&" + full) == ["sendPhoto:", f"sendMessage:&amp;{full.replace('&', '&amp;')}"]
    assert await send("日清", None) == ["sendMessage:日清"]
    assert await send("日清", {"old": {}}) == ["sendMessage:日清"]  # it cannot be drawn
    telegram_api.answers.append((400, REFUSED))
    assert await send("日清") == ["sendPhoto:日清", "sendMessage:日清"]
    telegram_api.answers.append((502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}))
    with pytest.raises(UnknownOutcome):
        await send("可能已发")
    assert requests[-1][0] == "sendPhoto"  # it may have left: nothing goes after it
    assert telegram_api.faults == []
    await channel.close()
