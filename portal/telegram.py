"""`/webhooks/telegram`: updates that Telegram hands in, where it was told a public address."""

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

LARGEST = 1 << 20  # bytes of an update

router = APIRouter(prefix="/webhooks/telegram")

Take = Callable[[Sequence[tuple[str, dict[str, Any]]]], Awaitable[Any]]


@dataclass(frozen=True)
class TelegramDoor:
    """`secret` comes with every request of Telegram; `take` keeps updates and returns when they are kept."""

    secret: str
    take: Take


@router.post("")
async def update(request: Request) -> Response:
    """Keep the update, then say so: whatever fails later is answered from the inbox."""
    door: TelegramDoor | None = request.app.state.telegram
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if door is None or not hmac.compare_digest(given.encode(), door.secret.encode()):
        return Response(status_code=403)
    body = await request.body()
    if len(body) > LARGEST:
        return Response(status_code=413)
    said = _read(body)
    if said is None:
        return Response(status_code=400)
    await door.take([said])
    return Response(status_code=200)


def _read(body: bytes) -> tuple[str, dict[str, Any]] | None:
    """An update by its number; None for what is none."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    number = said.get("update_id") if isinstance(said, dict) else None
    return (str(number), said) if isinstance(number, int) and not isinstance(number, bool) else None
