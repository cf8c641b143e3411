"""`/reports/…`: the file of a report for whoever has a link to it that we signed and that is still good."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from actions.reporting.links import Links, linked_file
from actions.sniffing import DOCX, PDF
from portal.chat_door import asked_from
from portal.chat_route import HEADERS
from portal.limits import Limit
from portal.query import load_words
from store.database import Database

LONGEST = 12  # digits of a number that we wrote
KINDS = {one.ending: one.mime for one in (PDF, DOCX)}

router = APIRouter(include_in_schema=False)


@router.get("/reports/{number}")
def show_file(number: str, request: Request, until: str = "", seal: str = "") -> Response:
    """The file; one sentence, and the same, for a link that is over, was changed or never was."""
    links: Links | None = request.app.state.links
    limit: Limit = request.app.state.queries
    if not limit.admits(asked_from(request)):
        return _sentence("often", 429)
    if links is None or not (_is_number(number) and _is_number(until)):
        return _sentence("gone", 404)
    if not links.is_good(int(number), int(until), seal, request.app.state.now()):
        return _sentence("gone", 404)
    database: Database = request.app.state.database
    with database.read() as session:
        found = linked_file(session, int(number))
    if found is None:
        return _sentence("gone", 404)
    name, content = found
    shown_as = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    policy = {"Content-Disposition": shown_as, "Content-Security-Policy": "default-src 'none'; sandbox"}
    kind = KINDS.get(f".{name.rpartition('.')[2]}", "application/octet-stream")
    return Response(content, media_type=kind, headers=HEADERS | policy)


def _is_number(stated: str) -> bool:
    return stated.isascii() and stated.isdecimal() and len(stated) <= LONGEST


def _sentence(name: str, status: int) -> Response:
    both = f"{load_words('zh')[name]}\n{load_words('en')[name]}\n"
    return Response(both, status, HEADERS, media_type="text/plain; charset=utf-8")
