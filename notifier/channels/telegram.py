"""Telegram, through the Bot API server that the bot is configured for."""

from datetime import timedelta
from html import escape

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from aiohttp import ClientConnectorError

from notifier.buttons import buttons_of
from notifier.channels.base import (
    CannotTell,
    ChannelError,
    EarlierAttempt,
    OutgoingMessage,
    PermanentError,
    Rates,
    TemporaryError,
    UnknownOutcome,
)
from notifier.pictures import PICTURE_NAME, Draw, picture_of
from store.plain_words import tame

TIMEOUT_SECONDS = 20
LONGEST_CAPTION = 1024  # UTF-16 units of what is shown: core.telegram.org/bots/api#sendphoto
CHAT_GONE = "chat not found"  # else the bot is blocked or was put out, which is an error of its own

log = structlog.get_logger(__name__)


def make_bot(token: str, api_url: str | None = None, *, timeout: float = TIMEOUT_SECONDS) -> Bot:
    """A bot that talks to `api_url` (Telegram's own server if None)."""
    if api_url is None:
        return Bot(token, session=AiohttpSession(timeout=timeout))
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url), timeout=timeout))


class Telegram:
    """The address is a chat id; the text goes out as HTML with everything in it escaped, and nothing in it to tap.

    Our texts have no links; what looks like one comes from a register, or from somebody who wrote it.
    """

    name = "telegram"
    list_lag = timedelta(0)
    # core.telegram.org/bots/faq; a message holds 4096 characters
    rates = Rates(per_second=30, seconds_between=1, together=4000, shared=True)

    def __init__(self, bot: Bot, draw: Draw | None = None) -> None:
        self._bot = bot
        self._draw = draw

    async def send(self, message: OutgoingMessage) -> str:
        """Send the text, under its picture where it has one; the id is `chat:message`, since Telegram counts messages
        by chat."""
        picture = await picture_of(message, self._draw)
        try:
            sent = await self._show(message, picture) if picture is not None else None
            sent = sent or await self._say(message)
        except (TelegramAPIError, ClientDecodeError) as error:
            raise explain(error) from error
        return f"{sent.chat.id}:{sent.message_id}"

    async def _say(self, message: OutgoingMessage) -> Message:
        return await self._bot.send_message(
            message.address,
            _text_of(message),
            parse_mode="HTML",
            reply_markup=_keyboard(message),
            disable_notification=message.silent or None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _show(self, message: OutgoingMessage, picture: bytes) -> Message | None:
        """The picture with the text below it; None where the text is still to be said.

        One that is refused is left out. Where a text is too long for a caption the picture goes first, without it.
        """
        fits = len(tame(message.body).encode("utf-16-le")) <= 2 * LONGEST_CAPTION
        try:
            sent = await self._bot.send_photo(
                message.address,
                BufferedInputFile(picture, PICTURE_NAME),
                caption=_text_of(message) if fits else None,
                parse_mode="HTML" if fits else None,
                reply_markup=_keyboard(message) if fits else None,
                disable_notification=message.silent or None,
            )
        except (TelegramAPIError, ClientDecodeError) as error:
            # Of a caption nobody knows whether it left, it may have been read: it is not said again.
            known = explain(error)
            if isinstance(known, TemporaryError) or (fits and isinstance(known, UnknownOutcome)):
                raise
            log.warning("picture not sent", notice_id=message.prepared.notice_id, error=str(known))
            return None
        return sent if fits else None

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """The Bot API has no question for this."""
        raise CannotTell("Telegram cannot be asked about an earlier message")

    async def close(self) -> None:
        """Close the bot's connections."""
        await self._bot.session.close()


def _text_of(message: OutgoingMessage) -> str:
    return escape(tame(message.body), quote=False)


def _keyboard(message: OutgoingMessage) -> InlineKeyboardMarkup | None:
    buttons = [InlineKeyboardButton(text=label, callback_data=data) for label, data in buttons_of(message)]
    return InlineKeyboardMarkup(inline_keyboard=[buttons]) if buttons else None


def explain(error: TelegramAPIError | ClientDecodeError) -> ChannelError:
    """What an error of aiogram means for the message."""
    if isinstance(error, ClientDecodeError):
        return UnknownOutcome("Telegram's answer could not be read")
    if isinstance(error, TelegramRetryAfter):
        return TemporaryError("Telegram: too many requests", retry_after=error.retry_after, for_all=True)
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        # a wrong token or server: the message is good, our configuration is not
        return TemporaryError(f"Telegram refuses the bot: {error.message}")
    if isinstance(error, RestartingTelegram):
        return TemporaryError("Telegram is restarting")
    if isinstance(error, TelegramNetworkError) and isinstance(error.__cause__, ClientConnectorError):
        return TemporaryError("Telegram cannot be reached")
    if isinstance(error, TelegramNetworkError | TelegramServerError):
        return UnknownOutcome(f"Telegram did not answer: {error.message}")
    gone = isinstance(error, TelegramForbiddenError) or CHAT_GONE in error.message.lower()
    return PermanentError(f"Telegram: {error.message}", no_such=gone)
