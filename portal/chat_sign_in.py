"""`/chat/code`, `/chat/sign-in`, `/chat/sign-out`, `/chat/sessions`: who is at the browser."""

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from actions.actors import choose_language, language_at
from actions.identity.browsers import browser_name
from actions.identity.codes import CodeAsked
from actions.identity.links import ask_by_link, check_by_link
from actions.identity.sign_in import (
    ask_code,
    check_code,
    end_session,
    list_sessions,
    open_session,
    revoke_session,
    revoke_sessions,
    session_of,
)
from portal.chat_door import ChatRefusal, asked_from, door_of, require_account, require_seldom, shown_token
from portal.chat_route import ChatRoute
from store.database import Database
from store.doors import WEBCHAT
from store.zone import SHANGHAI

LARGEST_ID = 2**31 - 1

router = APIRouter(prefix="/chat", route_class=ChatRoute, include_in_schema=False)

Phone = Annotated[str, StringConstraints(max_length=40)]
Code = Annotated[str, StringConstraints(max_length=12)]
Link = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
Language = Literal["zh", "en"]


class Knocking(BaseModel):
    """Who one says to be: a number, or the personal link of a paper, never both."""

    model_config = ConfigDict(extra="forbid")

    phone: Phone = ""
    link: Link = ""
    language: Language = "zh"

    @model_validator(mode="after")
    def is_one(self) -> Self:
        """Either of them."""
        if bool(self.phone) == bool(self.link):
            raise ValueError("a number or a link")
        return self


class Asking(Knocking):
    """Body of POST /chat/code."""


class SigningIn(Knocking):
    """Body of POST /chat/sign-in. `chose`: the language was chosen on this page, it is not only the browser's."""

    code: Code
    chose: bool = False


class Revoking(BaseModel):
    """Body of POST /chat/sessions: the session that is to end; none: all others than this browser's."""

    model_config = ConfigDict(extra="forbid")

    session: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None


@router.post("/code")
async def send_code(asked: Asking, request: Request) -> Response:
    """Ask for a code. Strangers get the same answer, after the same work."""
    door = door_of(request)
    require_seldom(door.limits.sign_in, asked_from(request))
    made = await run_in_threadpool(_make_code, request, asked, door.key)
    if made.to_send is not None and made.code is not None:
        await door.post_code(made.to_send, made.code, asked.language)
    is_shown = made.code is not None and door.shows_code(request)
    return JSONResponse({"sent": True} | ({"code": made.code} if is_shown else {}))


def _make_code(request: Request, asked: Asking, key: bytes) -> CodeAsked:
    ask, said = (ask_by_link, asked.link) if asked.link else (ask_code, asked.phone)
    with _database(request).write() as session:
        return ask(session, said, asked_from(request), request.app.state.now(), key=key)


@router.post("/sign-in")
async def sign_in(asked: SigningIn, request: Request) -> Response:
    """The code that was sent. A wrong one, an old one and a stranger's are refused by the same words."""
    door = door_of(request)
    require_seldom(door.limits.sign_in, asked_from(request))
    token = await run_in_threadpool(_open_session, request, asked, door.key)
    if token is None:
        raise ChatRefusal(403, "wrong_code")
    response = JSONResponse({"signed_in": True})
    door.keep_cookie(response, token)
    return response


def _open_session(request: Request, asked: SigningIn, key: bytes) -> str | None:
    now = request.app.state.now()
    check, said = (check_by_link, asked.link) if asked.link else (check_code, asked.phone)
    with _database(request).write() as session:
        account_id = check(session, said, asked.code, asked_from(request), now, key=key)
        if account_id is None:
            return None
        end_session(session, shown_token(request), now)  # a browser is signed in once, by one number
        address = str(account_id)
        if asked.chose or not language_at(session, WEBCHAT, address):
            choose_language(session, WEBCHAT, address, asked.language)
        return open_session(session, account_id, request.headers.get("user-agent", ""), now)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this browser's session; also where there is none any more."""
    door, token, now = door_of(request), shown_token(request), request.app.state.now()
    with _database(request).write() as session:
        end_session(session, token, now)
    response = JSONResponse({"signed_out": True})
    door.drop_cookie(response)
    return response


@router.get("/sessions")
def sessions(request: Request) -> Response:
    """The browsers in which this account is signed in."""
    with _database(request).read() as session:
        account = require_account(session, request)
        mine = session_of(session, shown_token(request))
        found = [_describe(one, mine) for one in list_sessions(session, account.id, request.app.state.now())]
    return JSONResponse({"sessions": found})


def _describe(one: Any, mine: int | None) -> dict[str, Any]:
    seen = one.seen_at.astimezone(SHANGHAI)
    name = browser_name(one.browser)
    return {"id": one.id, "browser": name, "seen": f"{seen:%Y-%m-%d %H:%M}", "here": one.id == mine}


@router.post("/sessions")
def revoke(asked: Revoking, request: Request) -> Response:
    """Sign another browser out, or all others."""
    now = request.app.state.now()
    with _database(request).write() as session:
        account = require_account(session, request)
        if asked.session is None:
            revoke_sessions(session, account.id, now, but=shown_token(request))
        else:
            revoke_session(session, account.id, asked.session, now)
    return JSONResponse({"revoked": True})


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
