"""`/chat/text`, `/chat/press`, `/chat/location`: what people do on the page, handed to the bot."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.webchat import UnknownButton
from portal.chat_door import ChatRefusal, door_of, require_account, require_seldom
from portal.chat_route import ChatRoute
from store.database import Database

LARGEST_ID = 2**31 - 1

router = APIRouter(prefix="/chat", route_class=ChatRoute, include_in_schema=False)

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
DeedName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,40}$")]


class Deed(BaseModel):
    """What every deed says: `deed` is its own name, the same however often it is sent."""

    model_config = ConfigDict(extra="forbid")

    deed: DeedName


class Written(Deed):
    """Body of POST /chat/text."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=4096, strip_whitespace=True)]


class Pressed(Deed):
    """Body of POST /chat/press."""

    line: Id
    data: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Located(Deed):
    """Body of POST /chat/location."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


@router.post("/text")
async def write(asked: Written, request: Request) -> Response:
    """Somebody has written, or chosen an answer from below the lines."""
    text = asked.text.replace("\0", "").strip()
    if not text:
        raise ChatRefusal(400, "unreadable")
    address = await _doer(request)
    await door_of(request).bot.write(address, text, deed=asked.deed)
    return _done(request, address)


@router.post("/press")
async def press(asked: Pressed, request: Request) -> Response:
    """Somebody has pressed a button that stands at a line of theirs."""
    address = await _doer(request)
    try:
        said = await door_of(request).bot.press(address, asked.line, asked.data, deed=asked.deed)
    except UnknownButton as error:
        raise ChatRefusal(409, "old_button") from error
    return _done(request, address, toast=said)


@router.post("/location")
async def locate(asked: Located, request: Request) -> Response:
    """Somebody has sent where they are."""
    address = await _doer(request)
    await door_of(request).bot.send_location(address, asked.latitude, asked.longitude, deed=asked.deed)
    return _done(request, address)


async def _doer(request: Request) -> str:
    """The inbox of whoever does something. Raises ChatRefusal."""
    address = await run_in_threadpool(_address, request)
    require_seldom(door_of(request).limits.deeds, address)
    return address


def _address(request: Request) -> str:
    database: Database = request.app.state.database
    with database.read() as session:
        return str(require_account(session, request).id)


def _done(request: Request, address: str, **said: str) -> Response:
    door_of(request).watch.wake(address)
    return JSONResponse({"taken": True} | said)
