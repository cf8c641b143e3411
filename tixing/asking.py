"""One harmless question to each provider that is configured: do they know us, and may we send."""

import asyncio
from collections.abc import Awaitable, Callable

from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from notifier.channels.base import ChannelError
from notifier.channels.telegram import explain, make_bot
from notifier.channels.twilio_account import TwilioAccess
from notifier.modes import Mode
from tixing.checkup import Finding
from tixing.settings import Settings

SECONDS = 10
ACTIVE = "active"

Question = Callable[[Settings], Awaitable[str]]


class UnfitError(Exception):
    """The provider answered, and nothing can be sent through it; the sentence says why."""


async def ask_providers(settings: Settings, *, seconds: float = SECONDS) -> list[Finding]:
    """A finding for each of them. In mode demo nothing leaves this machine, so nobody is asked."""
    questions = _questions(settings)
    if settings.mode is Mode.DEMO or not questions:
        why = "TIXING_MODE is demo" if settings.mode is Mode.DEMO else "neither Twilio nor Telegram is configured"
        return [Finding(Finding.DOUBT, "providers", f"{why}: nobody was asked")]
    asked = (_ask(name, question, settings, seconds) for name, question in questions.items())
    return list(await asyncio.gather(*asked))


def _questions(settings: Settings) -> dict[str, Question]:
    found: dict[str, Question] = {}
    if settings.twilio_account_sid is not None and settings.twilio_auth_token is not None:
        found["Twilio"] = _ask_twilio
    if settings.telegram_token is not None:
        found["Telegram"] = _ask_telegram
    return found


async def _ask(name: str, question: Question, settings: Settings, seconds: float) -> Finding:
    try:
        async with asyncio.timeout(seconds):
            return Finding(Finding.GOOD, "providers", f"{name} knows us: {await question(settings)}")
    except TimeoutError:
        return Finding(Finding.WRONG, "providers", f"{name} did not answer within {seconds:g} seconds")
    except (ChannelError, UnfitError) as error:
        return Finding(Finding.WRONG, "providers", f"{name}: {error}")


async def _ask_twilio(settings: Settings) -> str:
    """Fetch the account, which no message goes out from by that."""
    sid, token = settings.twilio_account_sid or "", settings.twilio_auth_token
    assert token is not None
    access = TwilioAccess(sid, token.get_secret_value(), settings.twilio_api)
    try:
        account = await access.ask(access.client.api.v2010.accounts(sid).fetch_async())
    except ChannelError as error:
        if any(f"answered {status}" in str(error) for status in (401, 403, 404)):
            raise UnfitError(f"{error}: check TIXING_TWILIO_ACCOUNT_SID and TIXING_TWILIO_AUTH_TOKEN") from error
        raise
    finally:
        await access.close()
    if account.status != ACTIVE:
        raise UnfitError(f"the account is {account.status}; its console says why")
    return "the account is active"


async def _ask_telegram(settings: Settings) -> str:
    """The bot's own name."""
    assert settings.telegram_token is not None
    bot = make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api)
    try:
        return f"the bot is @{(await bot.get_me()).username}"
    except (TelegramAPIError, ClientDecodeError) as error:
        said = str(explain(error))
        about = "; check TIXING_TELEGRAM_TOKEN" if "refuses the bot" in said else ""
        raise UnfitError(said + about) from error
    finally:
        await bot.session.close()
