"""Whoever messages leave through, by the settings of this process: channels, bot, the operator's own addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

from actions.running.health import LIMITS, Health, Limits
from notifier.channels.base import Channel
from notifier.modes import Mode
from notifier.wiring import AliyunAccount, TwilioAccount, channels_for
from store.database import Database
from tixing.drawing import draw_figures
from tixing.settings import Settings
from tixing.watch.alarm import Operator, look


@asynccontextmanager
async def opened_channels(database: Database, settings: Settings) -> AsyncIterator[dict[str, Channel]]:
    """The channels that are configured, with connections that stay open until the end of the block."""
    channels = open_channels(database, settings)
    try:
        yield channels
    finally:
        for channel in channels.values():
            await channel.close()


def open_channels(database: Database, settings: Settings) -> dict[str, Channel]:
    """The channels that are configured; in mode demo those from which nothing leaves."""
    return channels_for(
        Mode(settings.mode),
        database,
        bot=telegram_bot(settings),
        twilio=_twilio(settings),
        aliyun=_aliyun(settings),
        groups=settings.groups,
        mail_url=settings.mail_url.get_secret_value() if settings.mail_url else None,
        draw=draw_figures,
    )


def operator_of(settings: Settings) -> Operator:
    """Who hears of it when our own work stands still; in mode demo no address outside this machine does."""
    alarm_url, heartbeat_url = settings.alarm_url, settings.heartbeat_url
    if Mode(settings.mode) is Mode.DEMO:
        alarm_url = heartbeat_url = None
    return Operator(
        settings.operator_addresses,
        settings.operator_language,
        alarm_url.get_secret_value() if alarm_url else None,
        heartbeat_url.get_secret_value() if heartbeat_url else None,
    )


async def look_around(database: Database, settings: Settings, *, now: datetime, limits: Limits = LIMITS) -> Health:
    """One look at our own work, by these settings; whoever must hear of it has been told. Raises SQLAlchemyError."""
    return await look(
        database, operator_of(settings), partial(open_channels, database, settings), now=now, limits=limits
    )


def telegram_bot(settings: Settings) -> Any:
    """The bot (aiogram's), where a token is set and messages may leave; else None.

    Loaded here: Telegram's types take seconds to load.
    """
    if settings.telegram_token is None or Mode(settings.mode) is Mode.DEMO:
        return None
    channel = import_module("notifier.channels.telegram")
    return channel.make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api)


def _twilio(settings: Settings) -> TwilioAccount | None:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None or settings.twilio_from is None:
        return None
    return TwilioAccount(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        api_url=settings.twilio_api,
        public_url=settings.public_url,
        caller=settings.caller,
    )


def _aliyun(settings: Settings) -> AliyunAccount | None:
    if settings.aliyun_key_id is None or settings.aliyun_key_secret is None:
        return None
    return AliyunAccount(
        key_id=settings.aliyun_key_id,
        key_secret=settings.aliyun_key_secret.get_secret_value(),
        api_url=settings.aliyun_api,
        caller=settings.aliyun_caller,
    )
