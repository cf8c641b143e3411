"""Logs: nothing personal and no secret gets through, whoever wrote the line."""

import io
import json
import logging
import re
import time
from collections.abc import Callable, Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tixing.logs import configure_logs
from tixing.masking import mask_text, mask_value

Lines = Callable[[], list[dict]]

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
digitless = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=12)
spellings = st.sampled_from(
    ["{0}{1}{2}", "+86{0}{1}{2}", "86{0}{1}{2}", "+86 {0} {1} {2}", "{0}-{1}-{2}", "%2B86{0}{1}{2}"]
)


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def lines() -> Lines:
    """What was logged so far, a parsed JSON object a line."""
    stream = io.StringIO()
    configure_logs(stream, as_json=True)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def digits_of(value: object) -> str:
    """Every digit of a rendered value, so that a number spelt with gaps is found too; escapes of JSON have none."""
    return re.sub(r"[^0-9]", "", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def spell(number: str, form: str) -> str:
    return form.format(number[:3], number[3:7], number[7:])


@given(number=mobiles, form=spellings, before=digitless, after=digitless)
def test_a_phone_number_in_any_text_is_shortened(number, form, before, after):
    masked = mask_text(f"{before}{spell(number, form)}{after}")
    assert number not in digits_of(masked)
    assert number[3:7] not in digits_of(masked) or number[3:7] in digits_of(f"{number[:3]}{number[7:]}")


nested = st.recursive(
    st.builds(lambda number, form: ("leaf", spell(number, form)), mobiles, spellings),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(["note", "rows", "phone", "0"]), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(nested)
def test_a_phone_number_is_shortened_however_deep_it_lies(value):
    assert not re.search(r"1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}", json.dumps(mask_value(value)))


@given(mobiles)
def test_a_phone_number_that_is_an_integer_or_a_key_is_shortened(number):
    assert number not in json.dumps(mask_value({"n": int(number), number: 1}))


@given(mobiles, digitless, st.sampled_from(["phone", "chat_id", "name", "token", "note"]))
def test_what_is_logged_under_any_key_by_anyone_leaves_no_phone_number(number, words, key):
    stream = io.StringIO()
    configure_logs(stream, as_json=True)
    structlog.get_logger("ours").info(f"to {number}", **{key: f"{words}{number}{words}"})
    logging.getLogger("aiogram.event").warning("Message from %s: %s", number, words)
    logging.getLogger("aiogram.event").warning("extra", extra={key + "_x": number})
    assert number not in stream.getvalue()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("+8614000000001", "140****0001"),
        ("SMS to +86 140 0000 0001 sent", "SMS to 140****0001 sent"),
        ("电话14000000001。", "电话140****0001。"),
        ("1.14000000001", "1.140****0001"),
        ("１４０００００００01", "１４０****００01"),
        ("020-38001234", "020****1234"),
        ("(0755) 2600 1234", "(0755****1234"),
        ("+852 9123 4567", "+852***4567"),
        ("+1 (415) 555-0123", "+141***0123"),
        ("https://bot:geheim@host/x", "https://***@host/x"),
        ("postgresql://u:p@ss@host/db", "postgresql://***@host/db"),
        ("https://api.telegram.org/bot123456:AAH-example/sendMessage", "https://api.telegram.org/bot***/sendMessage"),
        ("GET /hook?token=abc&id=5", "GET /hook?token=***&id=5"),
        ("Authorization: Basic QUM6dG9rZW4=", "Authorization: *** ***"),
        ("X-Telegram-Bot-Api-Secret-Token: abc", "X-Telegram-Bot-Api-Secret-Token: ***"),
        ("User(id=12345678, first_name='Foo')", "User(id=***, first_name='F**')"),
        ('{"chat": {"id": -100123}, "first_name": "A B"}', '{"chat": {"id": ***}, "first_name": "A**"}'),
        ("chat_id=123456789 blocked", "chat_id=12***89 blocked"),
    ],
)
def test_these_are_shown_so(said, shown):
    assert mask_text(said) == shown


@pytest.mark.parametrize(
    "harmless",
    [
        "31109900120170001",
        "31104401062009060001",
        "梯11粤A00001(20)",
        "2026-11-23T01:02:03.123456+08:00",
        "550e8400-e29b-41d4-a716-446655440000",
        "SM0123456789abcdef0123456789abcdef",
        "1,234 lifts in 0.0215678901 s",
        "Update id=123 is handled. Duration 12 ms by bot id=42",
        "http://127.0.0.1:8000/console",
        "lift 900001, notice 17",
    ],
)
def test_what_identifies_a_lift_or_a_moment_stays_readable(harmless):
    assert mask_text(harmless) == harmless
    assert mask_value({"value": harmless}) == {"value": harmless}


def test_names_chats_and_secrets_are_masked_by_the_key_they_stand_under():
    record = {
        "contact": {"name": "陈一鸣", "id": 123456789},
        "from": {"id": 987654321, "first_name": "Ming"},
        "chat_id": 123456789,
        "telegram_token": "123456:AAH-example",
        "headers": {"Authorization": "x", "Cookie": ["a", "b"]},
        "lift_id": 17,
        "ok": True,
    }
    assert mask_value(record) == {
        "contact": {"name": "陈**", "id": "12***89"},
        "from": {"id": "98***21", "first_name": "M**"},
        "chat_id": "12***89",
        "telegram_token": "***",
        "headers": {"Authorization": "***", "Cookie": ["***", "***"]},
        "lift_id": 17,
        "ok": True,
    }


def test_a_log_line_is_json_with_its_moment_level_and_ids(lines: Lines):
    structlog.get_logger("notifier").info("sent", notice=17, channel="sms", phone="+8614000000001")
    (line,) = lines()
    assert line["event"] == "sent"
    assert (line["level"], line["logger"], line["notice"]) == ("info", "notifier", 17)
    assert line["timestamp"].endswith("Z")
    assert line["phone"] == "140****0001"


def test_what_is_bound_to_the_context_is_masked_too(lines: Lines):
    with structlog.contextvars.bound_contextvars(phone="14000000001"):
        structlog.get_logger().info("x")
    assert lines()[0]["phone"] == "140****0001"


def test_an_exception_is_one_line_without_the_person_it_names(lines: Lines):
    try:
        raise ValueError("no such chat: chat_id=123456789, phone +8614000000001")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("apscheduler").exception("job failed")
    for line in lines():
        assert "ValueError" in line["exception"]
        assert "14000000001" not in line["exception"]
        assert "123456789" not in line["exception"]


def test_the_parameters_of_a_failed_statement_are_hidden(lines: Lines):
    person = "".join(["欧阳", "立夏"])  # not in one piece in the source line that a traceback quotes
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("SELECT * FROM contact WHERE n = :n"), {"n": person})
    except OperationalError:
        structlog.get_logger().exception("failed")
    assert person not in json.dumps(lines(), ensure_ascii=False)


def test_requests_of_the_sms_provider_are_not_logged(lines: Lines):
    logging.getLogger("twilio.async_http_client").info("Payload: secret words")
    assert lines() == []


def test_a_tick_that_waits_for_the_one_before_is_no_news_and_one_that_fails_is(lines: Lines) -> None:
    skipped = "Execution of job %s skipped: maximum number of running instances reached"
    logging.getLogger("apscheduler.scheduler").warning(skipped, "Ticker.poll")
    assert lines() == []
    logging.getLogger("apscheduler.executors.default").error("Job raised an exception")
    assert [line["event"] for line in lines()] == ["Job raised an exception"]


def test_on_a_terminal_a_line_is_readable_and_foreign_text_cannot_move_the_cursor():
    stream = io.StringIO()
    configure_logs(stream, as_json=False)
    structlog.get_logger("import").warning("row\n2026 [info] forged\x1b[2J", phone="14000000001")
    (line,) = stream.getvalue().splitlines()
    assert "\x1b[2J" not in line
    assert r"row\n2026" in line
    assert "140****0001" in line


def test_configuring_twice_does_not_log_twice():
    stream = io.StringIO()
    configure_logs(stream, as_json=True)
    configure_logs(stream, as_json=True)
    structlog.get_logger().info("once")
    assert len(stream.getvalue().splitlines()) == 1


def test_an_interrupt_leaves_no_traceback_and_an_error_does():
    stream = io.StringIO()
    configure_logs(stream, as_json=True)
    for error in (KeyboardInterrupt(), OSError("lost")):
        try:
            try:
                raise error
            except BaseException as cause:
                raise RuntimeError("reset") from cause
        except RuntimeError:
            logging.getLogger("sqlalchemy.pool").exception("Exception during reset")
    [line] = stream.getvalue().splitlines()
    assert "lost" in line


@pytest.mark.parametrize("piece", ["token", "name=", "+1 ", "1 ", "a-", "://", "'from': {", "("])
def test_a_long_and_odd_text_is_masked_in_no_time(piece):
    started = time.perf_counter()
    mask_text(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 2


pieces = st.sampled_from(
    ["token=", "phone", "name: ", "chat_id=", "'", '"', "{", "}", "://", "@", "+", "86", " ", "-", " 13900000000 ",
     "020", "1234567", "bot", "123:", "/", "abc", "陈", "\n", "%2B", "Basic ", "&", "id"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join))
def test_a_phone_number_is_shortened_amid_everything_else_that_is_masked(crowded):
    assert "13900000000" not in mask_text(crowded)
