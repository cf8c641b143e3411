"""An answer that Telegram could not take just now is tried again for a while: what was done must not look undone."""

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

TIMES = 3
LONGEST_REST = 30  # seconds that Telegram may ask for; the person waits meanwhile
PAUSE = 0.5  # seconds before the first repeat after a failure, then twice as long
ONCE = ("getUpdates",)  # asked again by whoever asked

log = structlog.get_logger(__name__)


class TryAgain(BaseRequestMiddleware):
    """Repeats a request up to `TIMES`; a message that came twice is better than one that never came."""

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        """As the request itself, or its last error."""
        for number in range(TIMES if method.__api_method__ not in ONCE else 0):
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_REST:
                    raise
                await self._rest(method, error, error.retry_after)
            except (TelegramNetworkError, TelegramServerError) as error:
                await self._rest(method, error, PAUSE * 2**number)
        return await make_request(bot, method)

    async def _rest(self, method: TelegramMethod[Any], error: Exception, seconds: float) -> None:
        log.warning("trying again", method=method.__api_method__, error=type(error).__name__, after=seconds)
        await asyncio.sleep(seconds)
