"""The page's own files: no host but ours, both languages alike, nothing that an old browser cannot read."""

import re
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.chat_markup import read_markup
from portal.chat_pages import ASSETS, SCRIPTS, SHEETS, assets_version, choose_language, load_strings, read_page_file

# Words of a script that a browser of 2020 does not know, and styles likewise.
TOO_NEW = (
    r"\?\?=|\|\|=|&&=|\.at\(|replaceAll|structuredClone|Object\.hasOwn|findLast|\.flatMap\(|\?\.|"
    r"\(\?<[=!]|\bstatic \{|Array\.fromAsync|Promise\.any|crypto\.randomUUID|import\("
)
TOO_NEW_STYLE = r"(?<![a-z-])gap:|aspect-ratio|:is\(|:where\(|:has\(|inset:|\d(dvh|svh|lvh)|@layer|@container|color-mix"


def flat(words: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in words.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    chinese, english = (flat(load_strings(language)) for language in ("zh", "en"))
    assert chinese.keys() == english.keys()
    for name, text in chinese.items():
        if name not in ("talk.date", "talk.date_with_year"):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[name])), name


def test_every_word_that_a_script_says_is_there_and_every_word_is_said() -> None:
    words = flat(load_strings("zh"))
    source = "".join(read_page_file(name) for name in SCRIPTS)
    said = set(re.findall(r"'((?:page|sign_in|talk|compose|media|place|menu|sessions|net|errors)\.\w+)'", source))
    assert said <= words.keys()
    shown = set(re.findall(r"t\.(\w+\.\w+)", read_page_file("page.html.j2")))
    assert shown <= words.keys()
    by_name = {name for name in words if name.startswith("errors.")}
    by_name |= {"lang", "language", "page.title"}
    assert words.keys() == said | shown | by_name


def test_every_file_is_served_and_no_other() -> None:
    folder = files("templates") / "pages" / "chat"
    served = {entry.name for entry in folder.iterdir() if entry.name.endswith((".js", ".css"))}
    assert served == ASSETS.keys()


@pytest.mark.parametrize("name", [*ASSETS, "page.html.j2"])
def test_nothing_comes_from_another_host_and_nothing_is_too_new(name: str) -> None:
    source = read_page_file(name)
    assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|eval\(|document\.write", source)
    assert not re.search(TOO_NEW_STYLE if name in SHEETS else TOO_NEW, source)
    if name == "page.html.j2":
        assert not re.search(r"\son\w+=|style=|<style|<script>", source)


def test_the_files_may_be_kept_and_change_their_address_with_their_content(client_with_chat: Any) -> None:
    answer = client_with_chat.get(f"/chat/static/{assets_version()}/chat.js")
    assert (answer.status_code, "immutable" in answer.headers["Cache-Control"]) == (200, True)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert client_with_chat.get("/chat/static/000000000000/chat.js").status_code == 404
    assert client_with_chat.get(f"/chat/static/{assets_version()}/strings.zh.toml").status_code == 404


def test_the_language_is_that_asked_for_then_the_kept_one_then_the_browsers() -> None:
    assert choose_language(("en", "zh"), "zh-CN") == "en"
    assert choose_language(("", "zh"), "en-GB,en") == "zh"
    assert choose_language(("fr", ""), "en-GB,en") == "en"
    assert choose_language(("", ""), "fr") == "zh"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a < b & c", ["a < b & c"]),
        ("a &lt;b&gt; &amp;amp;", ["a <b> &amp;"]),
        ("<b>x<i>y</i></b>z", [{"tag": "b", "inside": ["x", {"tag": "i", "inside": ["y"]}]}, "z"]),
        ("<strong>x", [{"tag": "b", "inside": ["x"]}]),
        ("<script>alert(1)</script>", ["<script>alert(1)</script>"]),
        ("<img src=x onerror=alert(1)>", ["<img src=x onerror=alert(1)>"]),
        ('<b onclick="x">y</b>', [{"tag": "b", "inside": ["y"]}]),
        (
            '<a href="https://e.example/?a=1&amp;b=2">x</a>',
            [{"tag": "a", "inside": ["x"], "href": "https://e.example/?a=1&b=2"}],
        ),
        ('<a href="javascript:alert(1)">x</a>', ["x"]),
        ('<a href="//evil.example">x</a>', ["x"]),
        ("</b>x</i>", ["x"]),
        ("<br/>x<!-- y -->", ["<br/>x<!-- y -->"]),
        ("<pre>1\n2</pre>", [{"tag": "pre", "inside": ["1\n2"]}]),
    ],
)
def test_only_a_few_tags_mean_something(text: str, tree: list[Any]) -> None:
    assert read_markup(text) == tree


@given(st.text(alphabet="<>/ab&;!-'\"= i?[]\n", max_size=60))
def test_any_text_has_a_tree_of_few_tags(text: str) -> None:
    waiting = list(read_markup(text))
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            assert part["tag"] in {"b", "i", "a"}
            waiting += part["inside"]
        else:
            assert isinstance(part, str)


def test_what_is_nested_without_end_is_cut() -> None:
    text = "<b>" * 5000 + "x"
    depth, part = 0, read_markup(text)
    while isinstance(part[0], dict):
        depth, part = depth + 1, part[0]["inside"]
    assert (depth, part) == (16, ["x"])
