"""`/platforms`: the list that the city publishes of platforms by which contractors may upload (003 三(二)2(1))."""

import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined

from actions.paperless.platforms import PlatformLine, platform_lines
from bot.words import filters_of
from portal.chat_door import asked_from
from portal.chat_pages import LANGUAGES, choose_language
from portal.chat_route import HEADERS
from portal.limits import Limit
from portal.query import SECONDS, load_words, sheet_version
from store.database import Database
from store.paperless import PlatformState
from store.zone import SHANGHAI

CITY, LONGEST = "guangzhou", 40
PUBLIC = ("name", "way", "tested_on", "listed_on", "removed_on", "until_on")

router = APIRouter(include_in_schema=False)


@router.get("/platforms")
def page(request: Request, city: str = CITY, lang: str = "") -> Response:
    """The list for people: those on it, and those that were removed and may still upload."""
    language = choose_language((lang,), request.headers.get("accept-language", ""))
    if not _is_seldom(request):
        return Response(load_words(language)["often"], 429, HEADERS, media_type="text/plain; charset=utf-8")
    listed, removed = _found(request, city)
    text = (
        _environment(language)
        .get_template("page.html.j2")
        .render(
            t=_words(language),
            other=next(one for one in LANGUAGES if one != language),
            version=sheet_version(),
            city=city[:LONGEST],
            listed=listed,
            removed=removed,
        )
    )
    return HTMLResponse(text, headers=HEADERS)


@router.get("/platforms.json")
def as_json(request: Request, city: str = CITY) -> Response:
    """The same for a program."""
    if not _is_seldom(request):
        again = {"Retry-After": str(SECONDS)}
        return JSONResponse({"error": "too many questions, try again in a minute"}, 429, HEADERS | again)
    listed, removed = _found(request, city)
    return JSONResponse({"listed": [_public(one) for one in listed], "removed": [_public(one) for one in removed]},
                        headers=HEADERS)  # fmt: skip


def _found(request: Request, city: str) -> tuple[Sequence[PlatformLine], Sequence[PlatformLine]]:
    database: Database = request.app.state.database
    today = request.app.state.now().astimezone(SHANGHAI).date()
    with database.read() as session:
        lines = platform_lines(session, city.replace("\0", "")[:LONGEST], today)
    listed = [one for one in lines if one.state == PlatformState.LISTED]
    return listed, [one for one in lines if one.until_on is not None and one.until_on >= today]


def _public(one: PlatformLine) -> dict[str, str | None]:
    said = asdict(one)
    return {name: str(said[name]) if said[name] is not None else None for name in PUBLIC}


def _is_seldom(request: Request) -> bool:
    limit: Limit = request.app.state.queries
    return limit.admits(asked_from(request))


@cache
def _words(language: str) -> dict[str, str]:
    return tomllib.loads(_read(f"strings.{language}.toml"))


def _read(name: str) -> str:
    return (files("templates") / "pages" / "platforms" / name).read_text(encoding="utf-8")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["day"] = filters_of(language)["day"]
    return environment
