"""`/records/roots`: what each day's records came to, for anybody to keep. It names no lift and nobody."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlmodel import col, select

from portal.chat_door import asked_from
from portal.chat_route import HEADERS
from portal.limits import Limit
from store.database import Database
from store.records import RecordRoot

MOST = 400  # days at once; `before` leads to earlier ones
SAID = """\
# 电梯维护保养记录每日摘要：日期 电梯数 条目数 摘要 公钥 签名。保存本页，日后即可核对记录是否被改动。
# What each day's maintenance records came to: day, lifts, entries, root, public key, signature (Ed25519).
# Whoever keeps this page can tell later whether anything was changed. Earlier days: ?before=YYYY-MM-DD; JSON: .json
"""

router = APIRouter(include_in_schema=False)


@router.get("/records/roots")
def page(request: Request, before: date | None = None) -> Response:
    """A line for each day, the newest first."""
    listed = _roots(request, before)
    if listed is None:
        return PlainTextResponse("too many questions, try again in a minute\n", 429, HEADERS)
    lines = [" ".join(str(value) for value in one.values()).rstrip() for one in listed]
    return PlainTextResponse(SAID + "\n".join(lines) + "\n", headers=HEADERS)


@router.get("/records/roots.json")
def as_json(request: Request, before: date | None = None) -> Response:
    """The same as `tixing records verify --anchor` reads it."""
    listed = _roots(request, before)
    if listed is None:
        return JSONResponse({"error": "too many questions, try again in a minute"}, 429, HEADERS)
    return JSONResponse({"roots": listed}, headers=HEADERS)


def _roots(request: Request, before: date | None) -> list[dict[str, Any]] | None:
    limit: Limit = request.app.state.queries
    if not limit.admits(asked_from(request)):
        return None
    query = select(RecordRoot).order_by(col(RecordRoot.day).desc()).limit(MOST)
    database: Database = request.app.state.database
    with database.read() as session:
        rows = session.exec(query.where(RecordRoot.day < before) if before else query).all()
    return [
        {
            "day": row.day.isoformat(),
            "lifts": row.lifts,
            "entries": row.entries,
            "root": row.root.hex(),
            "key": row.key,
            "signature": row.signature.hex(),
        }
        for row in rows
    ]
