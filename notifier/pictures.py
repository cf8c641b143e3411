"""The picture of a notice that tells figures: drawn when it is sent, by whoever the channels were given for it."""

import asyncio
from collections.abc import Callable

import structlog

from notifier.channels.base import OutgoingMessage
from notifier.writer import PreparedDelivery

PICTURE_NAME = "summary.png"

Draw = Callable[[PreparedDelivery], bytes]  # from its template, language and `figures` to a PNG

log = structlog.get_logger(__name__)


async def picture_of(message: OutgoingMessage, draw: Draw | None) -> bytes | None:
    """The picture that goes with it; None where it has none.

    The words are the notice: whatever goes wrong with the picture is logged, and they go alone.
    """
    prepared = message.prepared
    if draw is None or prepared.figures is None or message.together:
        return None
    [drawn] = await asyncio.gather(asyncio.to_thread(draw, prepared), return_exceptions=True)
    if isinstance(drawn, BaseException):
        log.warning("not drawn", notice_id=prepared.notice_id, error=type(drawn).__name__)
        return None
    return drawn
