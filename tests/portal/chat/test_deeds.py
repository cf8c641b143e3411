"""What people do at the page: it reaches the bot once, in their own name, and only from our page."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from portal.chat_door import Limits
from portal.limits import Limit
from store.notices import ChatMessage, Delivery

LI = "+8614000000002"


@pytest.fixture
def inbox(phone: Any) -> str:
    address: str = phone.sign_in()
    return address


def test_a_text_reaches_the_bot_and_its_answer_the_page(phone: Any, echo: Any, inbox: str) -> None:
    assert phone.do("text", text="  菜单 ").json() == {"taken": True}
    assert echo.told == ["text 菜单"]
    assert [(line["mine"], line["text"]) for line in phone.lines] == [(True, ["菜单"]), (False, ["echo: text 菜单"])]


def test_a_repeat_after_a_lost_answer_acts_once(phone: Any, echo: Any, inbox: str) -> None:
    for _ in range(3):
        phone.post("text", {"deed": "the-same-deed", "text": "报修"})
    assert echo.told == ["text 报修"]


def test_a_button_that_stands_there_is_pressed(phone: Any, town: Any, echo: Any, inbox: str) -> None:
    line = town.say(inbox, "?", keyboard={"inline": [[{"text": "ok", "data": "d:ok"}]]})
    assert phone.do("press", line=line, data="d:ok").json() == {"taken": True, "toast": "toast d:ok"}
    assert echo.told == [f"press {line} d:ok"]
    assert phone.lines[0]["text"] == ["pressed d:ok"]


def test_no_other_button_is(phone: Any, town: Any, echo: Any, inbox: str, make_phone: Any) -> None:
    line = town.say(inbox, "?", keyboard={"inline": [[{"text": "ok", "data": "d:ok"}]]})
    li = make_phone(beside=phone)
    li.sign_in(LI)
    for who, number, data in (
        (phone, line, "d:other"),
        (phone, line + 1000, "d:ok"),
        (li, line, "d:ok"),
    ):
        answer = who.do("press", line=number, data=data)
        assert (answer.status_code, answer.json()["error"]) == (409, "old_button")
    town.change(inbox, line, gone=True)
    assert phone.do("press", line=line, data="d:ok").status_code == 409
    assert echo.told == []


def test_a_location_reaches_the_bot(phone: Any, echo: Any, inbox: str) -> None:
    assert phone.do("location", latitude=23.13, longitude=113.26).status_code == 200
    assert echo.told == ["place 23.13 113.26"]


NONSENSE: list[tuple[str, dict[str, Any]]] = [
    ("text", {}),
    ("text", {"text": ""}),
    ("text", {"text": " \n "}),
    ("text", {"text": "\0"}),
    ("text", {"text": "x" * 4097}),
    ("text", {"text": 5}),
    ("text", {"text": "\ud800"}),
    ("text", {"text": "x", "contact": {"phone_number": "+8614000000002"}}),
    ("text", {"text": "x", "deed": "../.."}),
    ("text", {"text": "x", "deed": "short"}),
    ("press", {"line": 0, "data": "x"}),
    ("press", {"line": 2**31, "data": "x"}),
    ("press", {"line": 1, "data": "x" * 65}),
    ("press", {"line": "one", "data": "x"}),
    ("location", {"latitude": 91, "longitude": 0}),
    ("location", {"latitude": "NaN", "longitude": 0}),
    ("location", {"latitude": 1}),
    ("seen", {"lines": []}),
    ("seen", {"lines": [0]}),
    ("seen", {"lines": [2**31]}),
    ("seen", {"lines": list(range(1, 300))}),
]


def test_what_makes_no_sense_is_refused_and_does_nothing(phone: Any, echo: Any, inbox: str) -> None:
    for path, body in NONSENSE:
        answer = phone.post(path, body if path == "seen" else {"deed": "deed-0001", **body})
        assert (answer.status_code, answer.json()) == (400, {"error": "unreadable", "facts": {}}), (path, body)
    for body in (b"", b"{", b"[]", b"null", b"\xff", b"[" * 5000):
        said = {"Origin": phone.origin, "Content-Type": "application/json"}
        assert phone.client.post("/chat/text", content=body, headers=said).status_code == 400, body
    assert echo.told == []


OTHERS: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://lifts.example.org"},
    {"Origin": "https://lifts.example.org.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


def test_another_page_changes_nothing(phone: Any, echo: Any, inbox: str) -> None:
    for headers in OTHERS:
        for path, body in (
            ("text", {"deed": "deed-0001", "text": "x"}),
            ("sign-out", {}),
            ("code", {"phone": LI}),
            ("seen", {"lines": [1]}),
        ):
            answer = phone.post(path, body, **headers)
            assert (answer.status_code, answer.json()["error"]) == (403, "other_page"), headers
        assert phone.send(b"\xff\xd8\xff0", **headers).status_code == 403
    assert (echo.told, phone.get("lines").status_code) == ([], 200)


def test_without_an_address_of_our_own_the_host_that_was_asked_is_ours(make_phone: Any, echo: Any) -> None:
    phone = make_phone(None, at="http://10.0.0.5:8000")
    phone.sign_in()
    assert phone.do("text", text="x").status_code == 200
    assert phone.post("text", {"deed": "deed-0009", "text": "x"}, Origin="http://10.0.0.6:8000").status_code == 403


def test_a_request_that_is_too_large_is_not_read(phone: Any, echo: Any, inbox: str) -> None:
    assert phone.post("text", {"deed": "deed-0001", "text": "x" * 40_000}).status_code == 413

    def pieces() -> Any:
        yield b'{"deed": "deed-0001", "text": "'
        yield b'x"}'

    said = {"Origin": phone.origin, "Content-Type": "application/json"}
    assert phone.client.post("/chat/text", content=pieces(), headers=said).status_code == 411
    assert echo.told == []


def test_who_is_too_fast_waits(make_phone: Any, echo: Any) -> None:
    phone = make_phone(limits=Limits(deeds=Limit(2, 60)))
    phone.sign_in()
    answers = [phone.do("text", text=str(number)) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "10"
    assert echo.told == ["text 0", "text 1"]


def test_every_answer_says_how_it_may_be_used(phone: Any, inbox: str) -> None:
    for answer in (
        phone.client.get("/chat"),
        phone.get("lines"),
        phone.get("older", before="x"),
        phone.post("text", {}),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_closed_chat_says_so(client_without_chat: Any) -> None:
    for path in ("/chat", "/chat/lines", "/chat/static/x/chat.js"):
        assert client_without_chat.get(path).status_code == 404


def test_what_was_on_the_screen_counts_as_read(phone: Any, town: Any, inbox: str) -> None:
    numbers = [town.say(inbox, str(number)) for number in range(3)]
    assert phone.get("lines").json()["unread"] == 3
    assert phone.post("seen", {"lines": numbers[:2]}).json() == {"read_to": numbers[1], "unread": 1}
    assert phone.post("seen", {"lines": numbers[:1]}).json() == {"read_to": numbers[1], "unread": 1}
    said = phone.get("lines").json()
    assert (said["read_to"], said["unread"], town.account(inbox).read_to) == (numbers[1], 1, numbers[1])


def test_no_line_of_another_is_read_by_anybody_else(phone: Any, town: Any, inbox: str, make_phone: Any) -> None:
    line, attempt = town.notify(inbox)
    li = make_phone(beside=phone)
    li.sign_in(LI)
    assert li.post("seen", {"lines": [line, line + 5000]}).json() == {"read_to": 0, "unread": 0}
    assert town.state_of(attempt) == ("sent", "sent")
    assert town.account(inbox).read_to == 0


def test_a_notice_that_was_on_the_screen_has_arrived(phone: Any, town: Any, inbox: str) -> None:
    (line, attempt), (_, unseen) = town.notify(inbox), town.notify(inbox)
    assert phone.lines[0]["notice"]
    phone.post("seen", {"lines": [line]})
    assert (town.state_of(attempt), town.state_of(unseen)) == (("delivered", "delivered"), ("sent", "sent"))


def test_a_notice_above_the_last_line_read_has_not_arrived_unseen(phone: Any, town: Any, inbox: str) -> None:
    _, attempt = town.notify(inbox)
    below = town.say(inbox, "below")
    phone.post("seen", {"lines": [below]})
    assert town.account(inbox).read_to == below
    assert town.state_of(attempt) == ("sent", "sent")


def test_of_a_notice_that_came_twice_each_line_stands_for_itself(phone: Any, town: Any, inbox: str) -> None:
    line, first = town.notify(inbox)
    with town.database.write() as session:
        again = session.get_one(Delivery, first).model_copy(
            update={"id": None, "attempted_at": town.moment + timedelta(hours=1), "provider_id": "again"}
        )
        session.add(Delivery(**again.model_dump(exclude={"id"})))
    phone.post("seen", {"lines": [line]})
    with town.database.read() as session:
        assert [one.status for one in session.exec(select(Delivery).order_by(col(Delivery.id)))] == [
            "delivered",
            "sent",
        ]


def test_a_notice_may_be_read_before_its_pass_has_settled_it(phone: Any, town: Any, inbox: str) -> None:
    line, attempt = town.notify(inbox, status="sending")
    phone.post("seen", {"lines": [line]})
    assert town.state_of(attempt)[0] == "delivered"


def test_nothing_of_anybody_stands_in_addresses_or_in_the_page(phone: Any, town: Any, inbox: str) -> None:
    town.say(inbox, "私密的话")
    page = phone.client.get("/chat").text
    assert "私密的话" not in page
    assert "+8614000000001" not in page
    with town.database.read() as session:
        assert [line.text for line in session.exec(select(ChatMessage))] == ["私密的话"]
