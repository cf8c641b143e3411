"""Signing in at the page: the code, the cookie, browsers that are signed out, and what strangers learn."""

from datetime import timedelta
from typing import Any

import pytest

from actions.identity.links import make_link
from portal.chat_door import Limits
from portal.limits import Limit

CHEN, LI, NOBODY = "+8614000000001", "+8614000000002", "+8614000000009"


def test_somebody_on_file_gets_a_code_and_is_in(phone: Any, town: Any) -> None:
    assert phone.post("code", {"phone": "140 0000 0001", "language": "en"}).json() == {"sent": True}
    ((number, code, language),) = town.sent
    assert (number, language, len(code)) == (CHEN, "en", 6)
    assert phone.get("lines").status_code == 401
    assert phone.post("sign-in", {"phone": "14000000001", "code": code}).status_code == 200
    assert phone.get("lines").status_code == 200


def test_a_stranger_gets_the_same_answers_and_no_code(phone: Any, town: Any) -> None:
    known, strange = (phone.post("code", {"phone": number}) for number in (CHEN, NOBODY))
    assert (known.status_code, known.content) == (strange.status_code, strange.content)
    assert dict(known.headers) == dict(strange.headers)
    assert [number for number, _, _ in town.sent] == [CHEN]
    wrong = "000000" if town.sent[0][1] != "000000" else "000001"
    known, strange = (phone.post("sign-in", {"phone": number, "code": wrong}) for number in (CHEN, NOBODY))
    assert (known.status_code, known.content) == (strange.status_code, strange.content) == (403, known.content)


def test_the_cookie_is_not_for_scripts_nor_other_pages_nor_plain_http(phone: Any, town: Any) -> None:
    phone.post("code", {"phone": CHEN})
    said = phone.post("sign-in", {"phone": CHEN, "code": town.sent[0][1]}).headers["set-cookie"]
    parts = {part.strip().lower() for part in said.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/chat"} <= parts


def test_below_a_folder_the_cookie_is_for_that_folder(make_phone: Any, town: Any) -> None:
    phone = make_phone("https://lifts.example.org/tixing", at="https://lifts.example.org")
    phone.post("code", {"phone": CHEN})
    said = phone.post("sign-in", {"phone": CHEN, "code": town.sent[0][1]}).headers["set-cookie"]
    assert "Path=/tixing/chat" in said


def test_a_wrong_code_is_refused_and_five_end_it(phone: Any, town: Any) -> None:
    phone.post("code", {"phone": CHEN})
    code = town.sent[0][1]
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        assert phone.post("sign-in", {"phone": CHEN, "code": wrong}).json()["error"] == "wrong_code"
    assert phone.post("sign-in", {"phone": CHEN, "code": code}).status_code == 403


def test_what_is_no_number_and_what_comes_too_often_is_said(phone: Any) -> None:
    assert phone.post("code", {"phone": "lift"}).json()["error"] == "sign_in.no_phone"
    phone.post("code", {"phone": CHEN})
    again = phone.post("code", {"phone": CHEN})
    assert (again.status_code, again.json()) == (409, {"error": "sign_in.too_often", "facts": {"minutes": 1}})


def test_one_address_in_the_network_may_not_try_on_and_on(make_phone: Any) -> None:
    phone = make_phone(limits=Limits(sign_in=Limit(3, 60)))
    answers = [phone.post("sign-in", {"phone": CHEN, "code": "123456"}).status_code for _ in range(5)]
    assert answers == [403, 403, 403, 429, 429]


def test_a_link_on_paper_asks_for_the_code_too_and_opens_once(phone: Any, town: Any, database: Any) -> None:
    with database.write() as session:
        printed = make_link(session, town.contacts[CHEN], town.moment)
    assert printed is not None
    assert phone.post("code", {"link": printed.token}).json() == {"sent": True}
    ((number, code, _),) = town.sent
    wrong = "000000" if code != "000000" else "000001"
    assert (number, phone.post("sign-in", {"link": printed.token, "code": wrong}).status_code) == (CHEN, 403)
    assert phone.post("sign-in", {"link": printed.token, "code": code}).status_code == 200
    assert phone.get("lines").status_code == 200
    town.moment += timedelta(minutes=20)
    again, never = (phone.post("code", {"link": token}) for token in (printed.token, "0" * 22))
    assert (again.status_code, again.content) == (never.status_code, never.content) == (200, b'{"sent":true}')
    assert len(town.sent) == 1


def test_one_knocks_with_a_number_or_with_a_link(phone: Any, town: Any) -> None:
    for body in ({}, {"phone": CHEN, "link": "0" * 22}, {"link": "../x"}, {"link": "0" * 65}):
        assert phone.post("code", body).status_code == 400
        assert phone.post("sign-in", body | {"code": "123456"}).status_code == 400
    assert town.sent == []


@pytest.mark.sqlite
def test_the_addresses_of_one_household_count_together(make_phone: Any) -> None:
    first = make_phone(limits=Limits(sign_in=Limit(2, 60)), client=("2001:db8:1:2::1", 5000))
    neighbour = make_phone(beside=first, client=("2001:db8:1:3::1", 5000))
    others = [make_phone(beside=first, client=(f"2001:db8:1:2::{number}", 5000)) for number in (2, 3)]
    answers = [
        phone.post("sign-in", {"phone": CHEN, "code": "123456"}).status_code for phone in (first, *others, neighbour)
    ]
    assert answers == [403, 403, 429, 403]


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "0" * 43, "a\x7fb"])
@pytest.mark.sqlite
def test_a_forged_cookie_opens_nothing(phone: Any, cookie: str) -> None:
    headers = {"Cookie": f"tixing_chat={cookie}"}
    for path in ("lines", "older?before=1", "sessions", "files/1"):
        answer = phone.client.get(f"/chat/{path}", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")
    for path, body in (
        ("text", {"deed": "deed-0001", "text": "x"}),
        ("press", {"deed": "deed-0001", "line": 1, "data": "x"}),
        ("location", {"deed": "deed-0001", "latitude": 1, "longitude": 1}),
        ("seen", {"lines": [1]}),
        ("sessions", {}),
    ):
        answer = phone.post(path, body, Cookie=f"tixing_chat={cookie}")
        assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(phone: Any) -> None:
    phone.sign_in()
    cookie = phone.client.cookies["tixing_chat"]
    assert phone.post("sign-out", {}).status_code == 200
    assert "tixing_chat" not in phone.client.cookies
    assert phone.client.get("/chat/lines", headers={"Cookie": f"tixing_chat={cookie}"}).status_code == 401
    assert phone.post("sign-out", {}).status_code == 200


def test_browsers_are_listed_and_another_one_can_be_signed_out(make_phone: Any, town: Any) -> None:
    here = make_phone()
    here.sign_in()
    town.moment += timedelta(minutes=2)
    there = make_phone(beside=here)
    there.client.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0"
    there.sign_in()
    listed = here.get("sessions").json()["sessions"]
    assert [(one["here"], one["browser"]) for one in listed] == [(False, "WeChat · Android"), (True, "testclient")]
    assert here.post("sessions", {"session": listed[0]["id"]}).status_code == 200
    assert (here.get("lines").status_code, there.get("lines").status_code) == (200, 401)


def test_all_other_browsers_at_once(make_phone: Any, town: Any) -> None:
    here = make_phone()
    here.sign_in()
    town.moment += timedelta(minutes=2)
    there = make_phone(beside=here)
    there.sign_in()
    here.post("sessions", {})
    assert (here.get("lines").status_code, there.get("lines").status_code) == (200, 401)


def test_nobody_ends_the_session_of_somebody_else(make_phone: Any) -> None:
    chen = make_phone()
    chen.sign_in(CHEN)
    li = make_phone(beside=chen)
    li.sign_in(LI)
    number = chen.get("sessions").json()["sessions"][0]["id"]
    assert li.post("sessions", {"session": number}).status_code == 200  # the answer is that of any number
    assert chen.get("lines").status_code == 200


def test_another_number_in_the_same_browser_gets_another_inbox_and_ends_the_first(phone: Any, town: Any) -> None:
    first = phone.sign_in(CHEN)
    town.say(first, "only for Chen")
    cookie = phone.client.cookies["tixing_chat"]
    assert phone.get("lines").json()["inbox"] == first
    second = phone.sign_in(LI)
    seen = phone.get("lines").json()
    assert (seen["inbox"], seen["lines"]) == (second, [])
    assert second != first
    phone.client.cookies.clear()
    phone.client.cookies.set("tixing_chat", cookie)
    assert phone.get("lines").status_code == 401


def test_the_code_is_shown_only_on_the_machine_itself_where_nothing_leaves(make_phone: Any) -> None:
    local = ("127.0.0.1", 5000)
    for shown, asked in (
        (True, {"public_url": None, "tries_out": True, "client": local}),
        (True, {"public_url": None, "tries_out": True, "client": ("::1", 5000), "at": "http://[::1]:8000"}),
        (False, {"public_url": None, "tries_out": False, "client": local}),
        (False, {"public_url": None, "tries_out": True, "client": ("10.0.0.7", 5000)}),
        (False, {"public_url": None, "tries_out": True, "client": local, "at": "http://evil.example"}),
        (False, {"tries_out": True, "client": local}),
    ):
        phone = make_phone(**asked)
        answer = phone.post("code", {"phone": CHEN})
        assert answer.status_code == 200
        assert ("code" in answer.json()) is shown, asked
        phone.town.moment += timedelta(minutes=20)
    phone = make_phone(None, tries_out=True, client=local)
    assert "code" not in phone.post("code", {"phone": CHEN}, **{"X-Forwarded-For": "203.0.113.9"}).json()


def test_a_chat_keeps_its_language_until_another_is_chosen(make_phone: Any, town: Any) -> None:
    first, second = make_phone(), make_phone()
    for phone, said, speaks in (
        (first, {"language": "en"}, "en"),  # nobody had chosen one: that of the page on which one signs in
        (second, {"language": "zh"}, "en"),  # another browser's own language is no choice
        (second, {"language": "zh", "chose": True}, "zh"),
    ):
        town.moment += timedelta(minutes=2)
        phone.post("code", {"phone": CHEN})
        phone.post("sign-in", {"phone": CHEN, "code": town.sent[-1][1], **said})
        assert phone.get("lines").json()["language"] == speaks
    assert '<html lang="en">' in first.client.get("/chat?lang=en").text
    assert '<html lang="en">' in first.client.get("/chat", headers={"Accept-Language": "zh-CN"}).text
