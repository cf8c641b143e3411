"""The demo page's words by language, and the page itself."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

LANGUAGES = ("zh", "en")
ANSWERS = ("booked", "call_again", "refused", "wrong_number", "no_answer")
ASSETS = {"base.css": "text/css", "parts.css": "text/css", "watch.css": "text/css"} | dict.fromkeys(
    ("demo.js", "format.js", "phones.js", "watch.js", "why.js"), "text/javascript"
)


def read_page_file(name: str) -> str:
    """A file of templates/pages/demo."""
    return (files("templates") / "pages" / "demo" / name).read_text(encoding="utf-8")


@cache
def load_strings(language: str) -> dict[str, Any]:
    """Every word of the page in `language`."""
    return tomllib.loads(read_page_file(f"strings.{language}.toml"))


def choose_language(asked: str | None, accepted: str) -> str:
    """The language asked for, else the browser's (an Accept-Language header), else Chinese."""
    if asked in LANGUAGES:
        return asked
    first = accepted.split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def render_page(language: str) -> str:
    """The page in `language`, without any state: it asks for that itself."""
    other = next(one for one in LANGUAGES if one != language)
    template = _environment().get_template("page.html.j2")
    return template.render(t=load_strings(language), other=other, answers=ANSWERS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(read_page_file), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["json"] = _as_json
    return environment


def _as_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))
