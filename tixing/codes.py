"""The codes by which people sign in, on their way to the telephone: an SMS beside the outbox; and those on labels."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from string import Template

import structlog

from actions.identity.codes import code_key
from actions.identity.post import CodePost
from actions.maintaining.labels import Labels
from notifier.channels.base import Channel
from notifier.direct import own_signature, tell_directly
from notifier.index import language_of
from notifier.masking import mask_phone
from notifier.modes import Mode
from notifier.replies import say
from notifier.routing import SMS
from notifier.settling import Result
from notifier.writer import filed_signatures
from store.database import Database
from tixing.settings import Settings
from tixing.times import business_day

log = structlog.get_logger(__name__)


class CodesBySms(CodePost):
    """Sends each code by the process's own SMS channel: in mode demo to the demo's inbox, to guests where only they are
    told. What does not leave is logged, without the code; the person asks again."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._guests = frozenset(settings.guests) if Mode(settings.mode) is Mode.GUESTS else None
        self._on_their_way: set[asyncio.Task[None]] = set()

    async def __call__(self, number: str, code: str, language: str) -> None:
        """Begin to send it."""
        task = asyncio.create_task(self._send(number, code, language_of(language)))
        self._on_their_way.add(task)
        task.add_done_callback(self._on_their_way.discard)

    async def settle(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._on_their_way)

    async def _send(self, number: str, code: str, language: str) -> None:
        if SMS not in self._channels:
            log.warning("no code sent: this process has no channel for SMS", number=mask_phone(number))
            return
        if self._guests is not None and number not in self._guests:
            log.warning("no code sent: not one of TIXING_GUESTS", number=mask_phone(number))
            return
        signature = await asyncio.to_thread(self._signature, language)
        now = self._clock()
        text = Template(say(SMS, language, "code")).substitute(code=code)
        outcome = await tell_directly(
            self._channels, SMS, number, text, signature=signature, now=now, day=business_day(now)
        )
        if outcome.result is not Result.SENT:
            log.warning("no code sent", number=mask_phone(number), result=outcome.result.value, error=outcome.error)

    def _signature(self, language: str) -> str:
        with self._database.read() as session:
            return own_signature(language, filed_signatures(session))


def key_of_codes(database: Database, settings: Settings) -> bytes:
    """The key of the digests of all codes; without TIXING_SECRET the store's own."""
    with database.write() as session:
        return code_key(session, settings.secret.get_secret_value() if settings.secret else None)


def labels_with(key: bytes, settings: Settings) -> Labels:
    """The labels of lifts under this process's secret; its own key, so that no seal of another kind passes for one."""
    return Labels(hmac.new(key, b"labels", sha256).digest(), settings.public_url or "")
