"""One process: its channels by its settings, and the pass of a day."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from aiogram import Bot

from actions.going_live import start_over
from notifier.channels.base import Channel
from notifier.channels.telegram import make_bot
from notifier.dispatch import DispatchSummary, dispatch_due
from notifier.modes import Mode
from notifier.wiring import TwilioAccount, channels_for
from schedules.planner import PlanSummary, plan_day
from schedules.upkeep import ask_for_missing_year
from store.database import Database
from store.settings import Setting
from tixing.errors import UsageError
from tixing.settings import Settings
from tixing.times import business_day

SENT_AS = "sent_as"


@dataclass(frozen=True)
class DaySummary:
    """What one pass planned and sent."""

    on: date
    plan: PlanSummary
    dispatch: DispatchSummary


def plan_pass(database: Database, *, now: datetime) -> PlanSummary:
    """Plan the day of `now` in one write transaction."""
    today = business_day(now)
    with database.write() as session:
        ask_for_missing_year(session, today=today)
        return plan_day(session, today=today, now=now)


def keep_mode(database: Database, mode: Mode, *, now: datetime) -> None:
    """A store that was tried out in demo mode starts over when real messages begin: what counted as told was not.

    Raises UsageError where a store that sends real messages would be played in demo mode: its notices would count as
    told and not leave.
    """
    kind = "demo" if mode is Mode.DEMO else "real"
    with database.write() as session:
        known = session.get(Setting, SENT_AS)
        before = known.value if known else kind
        if before == "real" and kind == "demo":
            raise UsageError(
                "this store sends real messages; in mode demo they would count as told and not leave: "
                "set TIXING_MODE, or another TIXING_DATABASE_URL"
            )
        if before != kind:
            start_over(session, now=now)
        session.merge(Setting(key=SENT_AS, value=kind))


async def run_pass(database: Database, settings: Settings, *, now: datetime) -> DaySummary:
    """Plan the day of `now`, then send what may go out."""
    now = now.astimezone(UTC)
    await asyncio.to_thread(keep_mode, database, Mode(settings.mode), now=now)
    plan = await asyncio.to_thread(plan_pass, database, now=now)
    channels = open_channels(database, settings)
    try:
        dispatch = await dispatch_due(
            database,
            channels,
            now=now,
            today=business_day(now),
            mode=Mode(settings.mode),
            guests=settings.guests,
            owner=f"pass-{uuid4().hex[:12]}",
        )
    finally:
        for channel in channels.values():
            await channel.close()
    return DaySummary(business_day(now), plan, dispatch)


def open_channels(database: Database, settings: Settings) -> dict[str, Channel]:
    """The channels that are configured; in mode demo those from which nothing leaves."""
    return channels_for(Mode(settings.mode), database, bot=telegram_bot(settings), twilio=_twilio(settings))


def telegram_bot(settings: Settings) -> Bot | None:
    """The bot, where a token is set and messages may leave."""
    if settings.telegram_token is None or Mode(settings.mode) is Mode.DEMO:
        return None
    return make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api)


def _twilio(settings: Settings) -> TwilioAccount | None:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None or settings.twilio_from is None:
        return None
    return TwilioAccount(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        api_url=settings.twilio_api,
        public_url=settings.public_url,
    )
