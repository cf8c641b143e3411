"""`/query`: what anybody may look up of a lift by a code of it. A page without scripts, and the same as JSON."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined

from actions.reporting.lookup import LONGEST_CODE, PublicReport, look_up
from bot.words import filters_of
from portal.chat_door import asked_from
from portal.chat_pages import LANGUAGES, YEAR, choose_language
from portal.chat_route import HEADERS
from portal.limits import Limit
from store.database import Database
from store.zone import SHANGHAI

SHEET = "query.css"
TIMES, SECONDS = 30, 60  # questions of one address in the network: a whole mobile network may have one
POLICY = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
AGAIN = {"Retry-After": str(SECONDS)}

router = APIRouter(include_in_schema=False)


def make_limit() -> Limit:
    """How often one may ask."""
    return Limit(TIMES, SECONDS)


@router.get("/query")
def page(request: Request, code: str = "", lang: str = "") -> Response:
    """The page; with a code, what is known of it. An unknown code is answered as one of which there is no report."""
    language = choose_language((lang,), request.headers.get("accept-language", ""))
    words, code = load_words(language), _clean(code)
    if not code:
        return _page(language, {})
    if not _is_seldom(request):
        return _page(language, {"code": code, "trouble": words["often"]}, status=429)
    report = _look_up(request, code)
    if report is None:
        return _page(language, {"code": code, "trouble": words["none"]})
    return _page(language, {"code": code, "report": report, "is_over": _is_over(request, report)})


@router.get("/query.json")
def as_json(request: Request, code: str = "") -> Response:
    """The same for a program."""
    code = _clean(code)
    if not _is_seldom(request):
        return JSONResponse({"error": "too many questions, try again in a minute"}, 429, HEADERS | AGAIN)
    report = _look_up(request, code)
    found: dict[str, Any] = {"code": code, "found": report is not None}
    if report is not None:
        valid = report.valid_until.isoformat() if report.valid_until else None
        days = {"inspected_on": report.inspected_on.isoformat(), "issued_on": report.issued_on.isoformat()}
        found |= {"conclusion": report.conclusion, **days, "valid_until": valid}
    return JSONResponse(found, headers=HEADERS)


@router.get("/query/static/{version}/query.css")
def sheet(version: str) -> Response:
    """How the page looks; another version has another address."""
    kept = {"Cache-Control": f"public, max-age={YEAR}, immutable"} if version == sheet_version() else {}
    return Response(_read(SHEET), media_type="text/css", headers=HEADERS | kept)


def _clean(code: str) -> str:
    return " ".join(code.replace("\0", "").split())[:LONGEST_CODE]


def _is_seldom(request: Request) -> bool:
    limit: Limit = request.app.state.queries
    return limit.admits(asked_from(request))


def _look_up(request: Request, code: str) -> PublicReport | None:
    database: Database = request.app.state.database
    with database.read() as session:
        return look_up(session, code)


def _is_over(request: Request, report: PublicReport) -> bool:
    today = request.app.state.now().astimezone(SHANGHAI).date()
    return report.valid_until is not None and report.valid_until < today


def _page(language: str, about: dict[str, Any], status: int = 200) -> Response:
    other = next(one for one in LANGUAGES if one != language)
    shown = {"code": "", "trouble": "", "report": None, "is_over": False} | about
    text = (
        _environment(language)
        .get_template("page.html.j2")
        .render(t=load_words(language), other=other, version=sheet_version(), longest=LONGEST_CODE, **shown)
    )
    more = AGAIN if status == 429 else {}
    return HTMLResponse(text, status, HEADERS | {"Content-Security-Policy": POLICY} | more)


@cache
def load_words(language: str) -> dict[str, str]:
    """The words of the page."""
    return tomllib.loads(_read(f"strings.{language}.toml"))


@cache
def sheet_version() -> str:
    """Of how the pages look."""
    return sha256(_read(SHEET).encode()).hexdigest()[:12]


def _read(name: str) -> str:
    return (files("templates") / "pages" / "query" / name).read_text(encoding="utf-8")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["day"] = filters_of(language)["day"]
    return environment
