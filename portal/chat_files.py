"""`/chat/files`: photos and files that people send, and those that were made for them. Each inbox sees its own."""

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from actions.sniffing import KINDS, Kind, clean_name, sniff
from portal.chat_door import ChatRefusal, door_of, require_account, require_seldom
from portal.chat_route import ChatRoute, require_size
from store.chats import find_file, keep_file
from store.database import Database
from store.web_lines import size_of_day

LARGEST = 10 * 1024 * 1024  # bytes of one file
LARGEST_DAY = 200 * 1024 * 1024  # bytes that one account may send within a day
LONGEST_CAPTION = 1024
LARGEST_ID = 2**31 - 1
SHOWN_HERE = frozenset(kind.mime for kind in KINDS if kind.is_photo)

router = APIRouter(prefix="/chat/files", route_class=ChatRoute, include_in_schema=False)


@router.post("")
async def send_file(
    request: Request,
    x_deed: Annotated[str, Header(pattern=r"^[A-Za-z0-9-]{8,40}$")],
    x_name: Annotated[str, Header(max_length=1000)] = "",
    x_caption: Annotated[str, Header(max_length=LONGEST_CAPTION * 9)] = "",
) -> Response:
    """Take a file: its content is the body; name and caption are percent-encoded."""
    door, database = door_of(request), _database(request)
    address = await run_in_threadpool(_address, request)
    require_seldom(door.limits.files, address)
    content = await _body(request)
    name = unquote(x_name, errors="replace").replace("\0", "")
    kind = sniff(content, name)
    if kind is None:
        raise ChatRefusal(415, "wrong_kind")
    file_id = await run_in_threadpool(_keep, database, request, address, clean_name(name, kind), kind, content)
    caption = unquote(x_caption, errors="replace").replace("\0", "").strip()[:LONGEST_CAPTION]
    await door.bot.send_file(address, file_id, caption, deed=x_deed)
    door.watch.wake(address)
    return JSONResponse({"taken": True})


@router.get("/{file_id}")
def show_file(file_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], request: Request) -> Response:
    """A file of one's own inbox; another's is as unknown as one that never was."""
    with _database(request).read() as session:
        account = require_account(session, request)
        file = find_file(session, file_id)
    if file is None or file.address != str(account.id):
        raise ChatRefusal(404, "no_file")
    how = "inline" if file.mime in SHOWN_HERE else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(file.content, media_type=file.mime, headers=headers)


async def _body(request: Request) -> bytes:
    require_size(request, LARGEST)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise ChatRefusal(413, "too_large", megabytes=LARGEST // 1024 // 1024)
    if not body:
        raise ChatRefusal(400, "empty_file")
    return bytes(body)


def _address(request: Request) -> str:
    with _database(request).read() as session:
        return str(require_account(session, request).id)


def _keep(database: Database, request: Request, address: str, name: str, kind: Kind, content: bytes) -> int:
    now = request.app.state.now()
    with database.write() as session:
        if size_of_day(session, address, now) + len(content) > LARGEST_DAY:
            raise ChatRefusal(409, "enough_files")
        return keep_file(session, address, name, content, at=now, mime=kind.mime).id


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
