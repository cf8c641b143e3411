"""The page's endpoints and words, over a city that is only pretended."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tixing.demo.acts import Answer
from tixing.demo.app import Desk, Move, RefusedAct, create_app
from tixing.demo.strings import ASSETS, LANGUAGES, choose_language, load_strings, read_page_file, render_page

# groups of words that are looked up by what the store says
BY_NAME = {"due", "task", "mark", "holiday", "status", "answer", "step", "channel", "role"}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


class PretendedDemo:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def view(self, unit: str | None, language: str) -> dict[str, Any]:
        self.asked.append(("view", unit, language))
        return {"clock": {"date": "2026-11-23"}}

    def move(self, to: Move, unit: str | None) -> None:
        self.asked.append(("move", to, unit))

    def health(self) -> tuple[int, dict[str, Any]]:
        return 503, {"status": "failing"}

    def why(self, notice_id: int, language: str) -> dict[str, Any] | None:
        return {"notice_id": notice_id, "lang": language} if notice_id == 1 else None

    def answer(self, task_id: int, answer: Answer, on: date | None) -> None:
        if task_id != 1:
            raise RefusedAct("this call is not open")
        self.asked.append(("answer", answer, on))

    def link(self, desk: Desk, unit: str | None) -> str | None:
        return "abcdefgh" if desk == "manager" else None


@pytest.fixture
def demo() -> PretendedDemo:
    return PretendedDemo()


@pytest.fixture
def client(demo: PretendedDemo) -> Iterator[TestClient]:
    with TestClient(create_app(demo), base_url="http://127.0.0.1") as client:
        yield client


def test_the_page_speaks_the_language_asked_for_else_the_browsers(client: TestClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/").text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert '<html lang="zh-CN">' in client.get("/?lang=zh", headers={"Accept-Language": "en"}).text
    assert choose_language("xx", "zh-CN,zh;q=0.9") == "zh"


def test_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    page = client.get("/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    texts = [page.text, *(read_page_file(name) for name in ASSETS)]
    assert not any(re.search(r"(https?:)?//[a-z]", text.replace("data:,", "")) for text in texts)
    for name, kind in ASSETS.items():
        assert client.get(f"/static/{name}").headers["content-type"].startswith(kind)
    assert client.get("/static/strings.zh.toml").status_code == 404


def test_a_page_of_another_name_reaches_nothing(client: TestClient) -> None:
    assert client.get("/api/state", headers={"Host": "evil.example"}).status_code == 400


def test_the_state_is_asked_for_a_unit_and_in_a_language(client: TestClient, demo: PretendedDemo) -> None:
    assert client.get("/api/state?unit=u-1&lang=en").json() == {"clock": {"date": "2026-11-23"}}
    assert demo.asked == [("view", "u-1", "en")]


def test_the_clock_moves_and_answers_with_the_state(client: TestClient, demo: PretendedDemo) -> None:
    assert client.post("/api/clock", json={"to": "week", "unit": "u-1"}).status_code == 200
    assert demo.asked == [("move", "week", "u-1"), ("view", "u-1", "zh")]


def test_what_cannot_be_asked_is_refused_before_it_reaches_the_city(client: TestClient, demo: PretendedDemo) -> None:
    assert client.post("/api/clock", json={"to": "yesterday"}).status_code == 422
    assert client.post("/api/clock", json={"to": "day", "more": 1}).status_code == 422
    assert client.post("/api/clock", content="to=day").status_code == 422
    assert client.post("/api/call/1", json={"answer": "maybe"}).status_code == 422
    assert client.post("/api/call/1", json={"answer": "booked", "on": "soon"}).status_code == 422
    assert client.get("/api/why/first").status_code == 422
    assert demo.asked == []


def test_why_is_answered_for_a_message_that_exists(client: TestClient) -> None:
    assert client.get("/api/why/1?lang=en").json() == {"notice_id": 1, "lang": "en"}
    assert client.get("/api/why/2").status_code == 404


def test_a_call_is_answered_once(client: TestClient, demo: PretendedDemo) -> None:
    body = {"answer": "booked", "on": "2026-12-08"}
    assert client.post("/api/call/1", json=body).status_code == 200
    assert demo.asked[0] == ("answer", Answer.BOOKED, date(2026, 12, 8))
    refused = client.post("/api/call/2", json=body)
    assert (refused.status_code, refused.json()["detail"]) == (409, "this call is not open")


def names_in(table: dict[str, Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= names_in(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return found


def test_both_languages_have_the_same_words() -> None:
    assert names_in(load_strings("zh")) == names_in(load_strings("en"))


def test_every_word_is_used_somewhere() -> None:
    page = read_page_file("page.html.j2") + "".join(read_page_file(name) for name in ASSETS)
    unused = [
        name
        for name in names_in(load_strings("en"))
        if name.partition(".")[0] not in BY_NAME and not re.search(rf"\b{name.rpartition('.')[2]}\b", page)
    ]
    assert unused == []


def test_english_words_have_no_chinese_but_the_name_of_the_other_language() -> None:
    words = tomllib.loads((files("templates") / "pages" / "demo" / "strings.en.toml").read_text(encoding="utf-8"))
    words["page"]["other_language"] = ""
    assert not CHINESE.search(str(words))


def test_no_sentence_stands_in_the_scripts_or_styles() -> None:
    assert not any(CHINESE.search(read_page_file(name)) for name in ASSETS)
    assert not CHINESE.search(read_page_file("page.html.j2"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_cannot_end_the_script_in_which_they_stand(language: str) -> None:
    block = render_page(language).partition('id="strings">')[2].partition("</script>")[0]
    assert "<" not in block


def test_a_person_is_entered_by_a_link_of_their_own(client: TestClient) -> None:
    led = client.get("/api/chat/manager", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/chat?lang=zh#k=abcdefgh")
    assert client.get("/api/chat/maintainer").status_code == 404
    assert client.get("/api/chat/stranger").status_code == 422
