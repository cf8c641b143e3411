"""What the bot says: templates/chat, by language. Windows are templates of their own, labels and refusals lines."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.words import filters_of
from store.plain_words import tame

LANGUAGES = ("zh", "en")
LONGEST = 4096  # characters of a message in Telegram
SHOWN = 5  # of what several people have said of one thing: with more a window could be too long to be sent


def language_of(code: str | None) -> str:
    """The language for somebody whose app speaks `code` (such as zh-hans): Chinese, or English for all others."""
    return "zh" if (code or "zh").lower().startswith("zh") else "en"


def say(name: str, language: str, **data: Any) -> str:
    """The text of `bot/<name>.j2`, as HTML; what stands in it is escaped, and nothing of that can be tapped."""
    return _environment(language).get_template(f"{language}/bot/{name}.j2").render(data).strip()


def label(name: str, language: str, **data: Any) -> str:
    """What stands on a button: `subject.name` is the line `name` of buttons/<subject>.toml. Plain text."""
    return _line("buttons", name, language, data)


def refusal(name: str, language: str, **facts: Any) -> str:
    """Why something is not done: `subject.name` is the line `name` of refusals/<subject>.toml. Plain text."""
    return _line("refusals", name, language, facts)


def lines_of(kind: str, language: str) -> dict[str, str]:
    """All labels (`buttons`) or `refusals`, by full name."""
    folder = files("templates") / "chat" / language / kind
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {
        f"{name.removesuffix('.toml')}.{key}": text
        for name in names
        for key, text in _file(kind, language, name).items()
    }


def _line(kind: str, name: str, language: str, data: dict[str, Any]) -> str:
    subject, _, key = name.partition(".")
    text = _file(kind, language, f"{subject}.toml")[key]
    return _compiled(text, language, is_said=kind == "refusals").render(data) if "{" in text else text


@cache
def _file(kind: str, language: str, name: str) -> dict[str, str]:
    text = (files("templates") / "chat" / language / kind / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _environment(language: str) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=PackageLoader("templates", "chat"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_harmless,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters_of(language))
    return environment


@cache
def _compiled(text: str, language: str, *, is_said: bool) -> Template:
    template = _line_environment(language, is_said=is_said).from_string(text)
    template.globals = dict(template.globals)  # a chain of them is copied by each rendering, which costs half of it
    return template


def _harmless(value: Any) -> Any:
    """What stands in a message: names of a register, and what people have written."""
    return tame(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _line_environment(language: str, *, is_said: bool) -> SandboxedEnvironment:
    """Of a button nothing else can be tapped than the button; a refusal is a message."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=_harmless if is_said else None)
    environment.filters.update(filters_of(language))
    return environment
