"""One look at our own work: an incident is opened or ended, the operator told, the monitor outside pinged."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from actions.running.health import LIMITS, Health, Limits, check_health
from actions.running.incidents import PATIENCE, Patience, Telling, follow, mark_told
from notifier.channels.base import Channel
from notifier.direct import own_signature, tell_directly
from notifier.settling import Result
from notifier.writer import SIGNATURES_SETTING
from store.database import Database
from store.settings import Setting
from tixing.times import business_day
from tixing.watch.outside import ping, post_alarm
from tixing.watch.words import say

log = structlog.get_logger(__name__)
OpenChannels = Callable[[], dict[str, Channel]]


@dataclass(frozen=True)
class Operator:
    """Who runs this service and how they hear of it.

    `addresses` are (channel, address). `alarm_url` is a webhook of theirs; `heartbeat_url` is called while all is well.
    """

    addresses: tuple[tuple[str, str], ...] = ()
    language: str = "zh"
    alarm_url: str | None = None
    heartbeat_url: str | None = None


async def look(
    database: Database,
    operator: Operator,
    open_channels: OpenChannels,
    *,
    now: datetime,
    limits: Limits = LIMITS,
    patience: Patience = PATIENCE,
) -> Health:
    """How our work stands at `now`; whoever must hear of it has been told. Raises SQLAlchemyError."""
    health, telling = await asyncio.to_thread(_follow, database, now, limits, patience)
    if telling is not None:
        await _tell(database, operator, open_channels, telling, now)
    if health.trouble is None and operator.heartbeat_url:
        await ping(operator.heartbeat_url)
    return health


def _follow(database: Database, now: datetime, limits: Limits, patience: Patience) -> tuple[Health, Telling | None]:
    with database.write() as session:
        health = check_health(session, now=now, limits=limits)
        return health, follow(session, health.trouble, now=now, patience=patience)


async def _tell(
    database: Database, operator: Operator, open_channels: OpenChannels, telling: Telling, now: datetime
) -> None:
    text = say(telling, operator.language)
    told = [await _tell_address(database, operator, open_channels, text, now)] if operator.addresses else []
    if operator.alarm_url:
        told.append(await post_alarm(operator.alarm_url, describe(telling, text)))
    log.error("alarm", over=telling.over, reason=telling.incident.reason, text=text, told=any(told))
    if told and not any(told):
        return  # tried again later; where nobody is named, the log was all that could be done
    with database.write() as session:
        mark_told(session, telling, now=now)


async def _tell_address(
    database: Database, operator: Operator, open_channels: OpenChannels, text: str, now: datetime
) -> bool:
    """Whether one of the operator's addresses has it, or may have it."""
    with database.read() as session:
        filed = session.get(Setting, SIGNATURES_SETTING)
    signature = own_signature(operator.language, filed.value if filed else None)
    channels = open_channels()
    try:
        results = [
            (
                await tell_directly(
                    channels, channel, address, text, signature=signature, now=now, day=business_day(now)
                )
            ).result
            for channel, address in operator.addresses
            if channel in channels
        ]
    finally:
        for opened in channels.values():
            await opened.close()
    return any(result in (Result.SENT, Result.UNKNOWN) for result in results)


def describe(telling: Telling, text: str) -> Mapping[str, str | None]:
    """What the webhook gets. Holds no names."""
    incident = telling.incident
    return {
        "status": "ok" if telling.over else "failing",
        "code": incident.reason,
        "text": text,
        "began_at": incident.began_at.isoformat(timespec="seconds"),
        "ended_at": incident.ended_at.isoformat(timespec="seconds") if incident.ended_at else None,
    }
