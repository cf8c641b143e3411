"""The web chat's page: its files, its words in both languages."""

import json
import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from portal.chat_door import ChatRefusal, door_of
from portal.chat_route import ChatRoute

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "tixing_language"
YEAR = 365 * 24 * 3600  # seconds
SHEETS = ("base.css", "talk.css", "sheets.css")
SCRIPTS = (
    "chat.js",
    "api.js",
    "attach.js",
    "composer.js",
    "copying.js",
    "deeds.js",
    "keys.js",
    "line.js",
    "live.js",
    "place.js",
    "reading.js",
    "sheets.js",
    "sign_in.js",
    "thread.js",
    "words.js",
)
OLD = "old.js"
ASSETS = dict.fromkeys(SHEETS, "text/css") | dict.fromkeys((*SCRIPTS, OLD), "text/javascript")

router = APIRouter(prefix="/chat", route_class=ChatRoute, include_in_schema=False)


@router.get("")
def page(request: Request, lang: str = "") -> Response:
    """The page without anybody's data: it asks for that itself. A language that is chosen here is kept."""
    door = door_of(request)
    kept = request.cookies.get(LANGUAGE_COOKIE, "")
    language = choose_language((lang, kept), request.headers.get("accept-language", ""))
    response = HTMLResponse(render_page(language))
    if lang == language:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=YEAR,
            path=door.path,
            secure=door.is_secure,
            httponly=True,
            samesite="lax",
        )
    return response


@router.get("/static/{version}/{name}")
def asset(version: str, name: str) -> Response:
    """A file of the page; it may be kept for ever, for another version has another address."""
    if name not in ASSETS or version != assets_version():
        raise ChatRefusal(404, "unreadable")
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return Response(read_page_file(name), media_type=ASSETS[name], headers=headers)


def choose_language(asked: tuple[str, ...], accepted: str) -> str:
    """The first language asked for that we speak, else the browser's (an Accept-Language header), else Chinese."""
    known = [one for one in asked if one in LANGUAGES]
    first = accepted.split(",")[0].strip().lower()
    return known[0] if known else "en" if first.startswith("en") else "zh"


def render_page(language: str) -> str:
    """The page in `language`."""
    template = _environment().get_template("page.html.j2")
    other = next(one for one in LANGUAGES if one != language)
    return template.render(t=load_strings(language), language=language, other=other, version=assets_version())


@cache
def load_strings(language: str) -> dict[str, Any]:
    """Every word of the page in `language`."""
    return tomllib.loads(read_page_file(f"strings.{language}.toml"))


@cache
def assets_version() -> str:
    """Changes with every file of the page."""
    return sha256("".join(read_page_file(name) for name in ASSETS).encode()).hexdigest()[:12]


def read_page_file(name: str) -> str:
    """A file of templates/pages/chat."""
    return (files("templates") / "pages" / "chat" / name).read_text(encoding="utf-8")


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
