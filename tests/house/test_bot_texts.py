"""The bot's sentences: both languages say the same things, with the same data, and every one is used."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from bot.texts import LANGUAGES, lines_of
from bot.words import filters_of
from tixing.permitted import write_page

ROOT = Path(__file__).resolve().parents[2]
CHAT = ROOT / "templates" / "chat"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"[a-z_]+\.[a-z0-9_.]+")


def windows(language: str) -> dict[str, str]:
    """The templates of windows and messages by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((CHAT / language / "bot").glob("*.j2"))}


def variables(text: str) -> set[str]:
    """What a template needs."""
    environment = Environment(autoescape=True)
    environment.filters.update(filters_of("zh"))
    return meta.find_undeclared_variables(environment.parse(text))


def said_names() -> set[str]:
    """Every text constant of the code that could name a sentence."""
    found: set[str] = set()
    for room in ("bot", "actions", "portal", "tixing"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
                    found.add(node.value)
                if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                    found.add(f"{node.values[0].value}*")
    return found


def is_said(name: str, said: set[str]) -> bool:
    """By its full name, or by one that begins so and ends with what the code fills in."""
    return name in said or any(one.endswith("*") and one[:-1] and name.startswith(one[:-1]) for one in said)


def test_both_languages_have_the_same_windows_with_the_same_data() -> None:
    zh, en = windows("zh"), windows("en")
    assert set(zh) == set(en)
    assert [name for name in zh if variables(zh[name]) != variables(en[name])] == []


@pytest.mark.parametrize("kind", ["buttons", "refusals"])
def test_both_languages_have_the_same_lines_with_the_same_data(kind: str) -> None:
    zh, en = lines_of(kind, "zh"), lines_of(kind, "en")
    assert set(zh) == set(en)
    assert [name for name in zh if variables(zh[name]) != variables(en[name])] == []


def test_english_is_english() -> None:
    kept = ("中文", "栋", "梯", "号楼")  # names of things, and of the other language
    for text in (*windows("en").values(), *lines_of("buttons", "en").values(), *lines_of("refusals", "en").values()):
        plain = text
        for word in kept:
            plain = plain.replace(word, "")
        assert not CHINESE.search(plain), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_said_somewhere(language: str) -> None:
    said = said_names()
    names = [*windows(language), *lines_of("buttons", language), *lines_of("refusals", language)]
    included = set(re.findall(r'"bot/([a-z_.]+)\.j2"', "".join(windows(language).values())))
    assert [name for name in names if not is_said(name, said) and name not in included] == []


def test_the_table_of_permissions_is_that_of_the_registry() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8") == write_page()
