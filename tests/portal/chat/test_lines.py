"""What the page is shown: its own lines only, what changed, what came while it waited."""

import threading
from typing import Any

import pytest

from store.database import Database
from store.web_lines import MOST, PAGE, sum_versions

LI = "+8614000000002"


@pytest.fixture
def inbox(phone: Any) -> str:
    address: str = phone.sign_in()
    return address


def texts(said: dict[str, Any]) -> list[Any]:
    return [line["text"] for line in said["lines"]]


def test_the_latest_page_and_older_ones(phone: Any, town: Any, inbox: str) -> None:
    for number in range(PAGE + 50):
        town.say(inbox, f"line {number}")
    first = phone.get("lines").json()
    assert texts(first)[0] == ["line 50"]
    assert (len(first["lines"]), first["more"]) == (PAGE, True)
    older = phone.get("older", before=first["ids"][0]).json()
    assert (texts(older)[0], texts(older)[-1], older["more"]) == (["line 10"], ["line 49"], True)
    oldest = phone.get("older", before=older["lines"][0]["id"]).json()
    assert (texts(oldest)[0], len(oldest["lines"]), oldest["more"]) == (["line 0"], 10, False)


def test_nobody_sees_the_lines_of_another(phone: Any, town: Any, inbox: str, make_phone: Any) -> None:
    town.say(inbox, "for Chen")
    li = make_phone(beside=phone)
    li.sign_in(LI)
    assert li.lines == []
    assert li.get("older", before=10_000).json() == {"lines": [], "more": False}
    tag = phone.get("lines").json()["tag"]
    assert li.get("lines", known=tag, first=0).json()["lines"] == []


def test_who_knows_a_state_gets_what_changed_since(phone: Any, town: Any, inbox: str) -> None:
    numbers = [town.say(inbox, f"line {number}") for number in range(3)]
    before = phone.get("lines").json()
    town.change(inbox, numbers[1], text="another")
    town.change(inbox, numbers[2], gone=True)
    town.say(inbox, "new")
    after = phone.get("lines", known=before["tag"], first=before["ids"][0]).json()
    assert texts(after) == [["another"], ["new"]]
    assert after["ids"][:2] == numbers[:2]
    assert (len(after["ids"]), after["tag"] != before["tag"]) == (3, True)


def test_a_state_that_was_forgotten_brings_everything(phone: Any, town: Any, inbox: str) -> None:
    town.say(inbox, "one")
    assert texts(phone.get("lines", known="0" * 32, first=0).json()) == [["one"]]


def test_the_newest_are_kept_live_and_no_more(phone: Any, town: Any, inbox: str) -> None:
    numbers = [town.say(inbox, str(number)) for number in range(MOST + 5)]
    said = phone.get("lines", first=numbers[0]).json()
    assert (said["ids"], said["more"]) == (numbers[5:], True)


def test_a_page_that_waits_is_woken_by_a_new_line(phone: Any, town: Any, inbox: str) -> None:
    tag = phone.get("lines").json()["tag"]
    said: list[dict[str, Any]] = []
    waits = threading.Thread(target=lambda: said.append(phone.get("lines", known=tag, wait=20).json()))
    waits.start()
    town.say(inbox, "hello")
    waits.join(15)
    assert [texts(one) for one in said] == [[["hello"]]]


def test_a_page_that_waits_is_told_when_nothing_comes(phone: Any, inbox: str) -> None:
    tag = phone.get("lines").json()["tag"]
    said = phone.get("lines", known=tag, wait=0.2).json()
    assert (said["tag"], said["lines"]) == (tag, [])


def test_who_is_signed_out_while_the_page_waits_sees_nothing_more(
    phone: Any, town: Any, inbox: str, in_time: Any
) -> None:
    tag = phone.get("lines").json()["tag"]
    headers = {"Cookie": f"tixing_chat={phone.client.cookies['tixing_chat']}"}
    said: list[Any] = []

    def wait() -> None:
        said.append(phone.client.get("/chat/lines", params={"known": tag, "wait": 20}, headers=headers))

    waits = threading.Thread(target=wait)
    waits.start()
    watch = phone.client.app.state.chat.watch
    in_time(lambda: watch.amount == 1)
    phone.post("sign-out", {})
    town.say(inbox, "secret")
    waits.join(15)
    assert said[0].status_code == 401


def test_many_pages_of_one_account_do_not_wait(phone: Any, inbox: str, in_time: Any) -> None:
    tag = phone.get("lines").json()["tag"]
    watch = phone.client.app.state.chat.watch
    waiting = [threading.Thread(target=phone.get, args=("lines",), kwargs={"known": tag, "wait": 20}) for _ in range(4)]
    for one in waiting:
        one.start()
    in_time(lambda: watch.amount == 4)
    assert phone.get("lines", known=tag, wait=20).status_code == 200
    assert watch.amount == 4
    phone.client.portal.call(watch.close)
    for one in waiting:
        one.join(15)
    assert not any(one.is_alive() for one in waiting)


def test_every_change_grows_the_sum_that_is_waited_for(phone: Any, town: Any, inbox: str, database: Database) -> None:
    def total() -> int:
        with database.read() as session:
            return sum_versions(session, [(inbox, first), ("none", 0)])[(inbox, first)]

    town.say(inbox, "before")
    first = town.say(inbox, "first")
    sums = [total()]
    for change in (
        lambda: town.say(inbox, "second"),
        lambda: town.change(inbox, first, text="edited"),
        lambda: town.change(inbox, first, gone=True),
    ):
        change()
        sums.append(total())
    assert sums == [1, 2, 3, 4]


def test_buttons_and_files_come_as_the_page_needs_them(phone: Any, town: Any, inbox: str) -> None:
    inline = [[{"text": "14", "data": "d:14"}, {"text": "x", "url": "javascript:alert(1)"}]]
    town.say(inbox, "a", keyboard={"inline": inline})
    town.say(inbox, "b", keyboard={"reply": [[{"text": "here", "request_location": True}]]})
    town.say(inbox, "c", media={"kind": "location", "lat": 23.1, "lon": 113.2, "odd": 1})
    keys = [line["keys"] for line in phone.lines]
    assert keys[0] == {"kind": "inline", "rows": [[{"text": "14", "data": "d:14"}]]}
    assert keys[1] == {"kind": "reply", "rows": [[{"text": "here", "request_location": True}]]}
    assert phone.lines[2]["media"] == {"kind": "location", "lat": 23.1, "lon": 113.2}


def test_times_are_those_of_the_city(phone: Any, town: Any, inbox: str) -> None:
    town.say(inbox, "a")
    (line,) = phone.lines
    assert (line["day"], line["time"], phone.get("lines").json()["today"]) == ("2026-11-23", "10:00", "2026-11-23")
