"""`/chat`: the bot in a browser. The page asks for the lines of its inbox, waits for new ones, says what was seen."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from actions.actors import language_at
from actions.identity.sign_in import note_seen
from notifier.seen_lines import take_seen
from portal import chat_deeds, chat_files, chat_pages, chat_sign_in
from portal.chat_door import ChatDoor, door_of, require_account, require_seldom, shown_token
from portal.chat_lines import Versions, describe_line, tag_of, versions_of
from portal.chat_route import ChatRoute
from store.database import Database
from store.doors import WEBCHAT
from store.notices import ChatMessage
from store.web_lines import Place, count_unread, has_older, load_older, load_shown, sum_versions
from store.zone import SHANGHAI

LONGEST_WAIT = 25  # seconds
MOST_WAITING = 4  # pages of one account; a further one is answered at once
LARGEST_ID = 2**31 - 1
MOST_SEEN = 200

router = APIRouter(prefix="/chat", route_class=ChatRoute, include_in_schema=False)

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class Seen(BaseModel):
    """Body of POST /chat/seen: lines that were on the screen."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[Id], Field(min_length=1, max_length=MOST_SEEN)]


@dataclass(frozen=True)
class View:
    """What one page is to show: its lines, what it then waits for, and what was read."""

    address: str
    lines: list[ChatMessage]
    place: Place
    total: int
    read_to: int
    unread: int
    has_more: bool
    language: str

    @property
    def versions(self) -> Versions:
        """What the page knows when it shows this."""
        return versions_of(self.lines)


@router.get("/lines")
async def lines(
    request: Request,
    known: Annotated[str, Query(max_length=64)] = "",
    first: Annotated[int | None, Query(ge=0, le=LARGEST_ID)] = None,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Response:
    """The lines from `first` on, at once if the state that the page knows is another; else when something changes."""
    door = door_of(request)
    view = await run_in_threadpool(_view, request, first)
    require_seldom(door.limits.looks, view.address)
    if tag_of(view.versions) == known and door.watch.waits_for(view.address) < MOST_WAITING:
        await door.watch.wait(view.place, view.total, wait)
        view = await run_in_threadpool(_view, request, first)  # who was signed out meanwhile sees nothing more
    return JSONResponse(_describe(door, view, known, request))


def _view(request: Request, first: int | None) -> View:
    with _database(request).read() as session:
        account = require_account(session, request)
        address = str(account.id)
        shown = load_shown(session, address, first)
        start = shown[0].id if shown else 0
        place = (address, start)
        return View(
            address=address,
            lines=shown,
            place=place,
            total=sum_versions(session, [place])[place],
            read_to=account.read_to,
            unread=count_unread(session, address, account.read_to),
            has_more=bool(shown) and has_older(session, address, start),
            language=language_at(session, WEBCHAT, address),
        )


def _describe(door: ChatDoor, view: View, known: str, request: Request) -> dict[str, Any]:
    before, tag = door.remembered.recall(known), tag_of(view.versions)
    door.remembered.keep(tag, view.versions)
    changed = [line for line in view.lines if before.get(line.id) != line.version]
    return {
        "tag": tag,
        "ids": [line.id for line in view.lines],
        "lines": [describe_line(line) for line in changed],
        "more": view.has_more,
        "read_to": view.read_to,
        "unread": view.unread,
        "language": view.language,
        "inbox": view.address,
        "today": request.app.state.now().astimezone(SHANGHAI).date().isoformat(),
    }


@router.get("/older")
def older(request: Request, before: Annotated[int, Query(ge=1, le=LARGEST_ID)]) -> Response:
    """The page of lines before this one."""
    door = door_of(request)
    with _database(request).read() as session:
        account = require_account(session, request)
        require_seldom(door.limits.looks, str(account.id))
        found = load_older(session, str(account.id), before)
        has_more = bool(found) and has_older(session, str(account.id), found[0].id)
    return JSONResponse({"lines": [describe_line(line) for line in found], "more": has_more})


@router.post("/seen")
def see(asked: Seen, request: Request) -> Response:
    """These lines were on the screen: what they notify of has arrived."""
    door, token, now = door_of(request), shown_token(request), request.app.state.now()
    with _database(request).write() as session:
        account = require_account(session, request)
        require_seldom(door.limits.looks, str(account.id))
        read_to = take_seen(session, account, asked.lines, now=now)
        unread = count_unread(session, str(account.id), read_to)
        note_seen(session, token, now)
    response = JSONResponse({"read_to": read_to, "unread": unread})
    door.keep_cookie(response, token)  # who uses it stays signed in
    return response


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def add_chat(app: FastAPI, door: ChatDoor | None) -> None:
    """Open the web chat in this application; None: it is there, and closed."""
    app.state.chat = door
    for part in (chat_pages, chat_sign_in, chat_files, chat_deeds):
        app.include_router(part.router)
    app.include_router(router)
