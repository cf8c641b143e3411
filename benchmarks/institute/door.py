"""The provider's door: every message that is handed over stands there, with whom it was for and what it was about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.channels.base import UNLIMITED, EarlierAttempt, OutgoingMessage, PermanentError
from notifier.channels.call_task import CallTasks
from store.database import Database
from store.doors import TELEGRAM


@dataclass(frozen=True)
class Handed:
    """One message that was taken."""

    notice_id: int
    party_id: int
    contact_id: int | None
    channel: str
    address: str
    template: str
    lifts: Sequence[str]
    body: str


@dataclass
class Door:
    """What was taken since somebody looked; `dead` are numbers that nobody has."""

    dead: set[str]
    handed: list[Handed] = field(default_factory=list)

    def take(self, channel: str, message: OutgoingMessage) -> str:
        """Keep it, and say under which number."""
        one = message.prepared
        self.handed.append(
            Handed(
                one.notice_id,
                one.subject.party_id,
                one.contact_id,
                channel,
                one.address,
                one.template,
                one.lift_keys,
                one.body,
            )
        )
        return f"{channel}:{message.delivery_id}"

    def look(self) -> list[Handed]:
        """What came since the last look."""
        seen, self.handed = self.handed, []
        return seen


class AtTheDoor:
    """A channel whose provider takes everything but what goes to a dead number."""

    rates = UNLIMITED
    list_lag = timedelta(0)

    def __init__(self, name: str, door: Door) -> None:
        self.name = name
        self._door = door

    async def send(self, message: OutgoingMessage) -> str:
        """Hand it over."""
        if message.address in self._door.dead:
            raise PermanentError("unknown subscriber", no_such=True)
        return self._door.take(self.name, message)

    async def find(self, attempt: EarlierAttempt) -> Sequence[str]:
        """Nothing is ever in doubt here."""
        return ()

    async def close(self) -> None:
        """Nothing is held open."""


class CallsAtTheDoor(CallTasks):
    """Calls by people: tasks as in service, kept at the door too."""

    def __init__(self, database: Database, door: Door) -> None:
        super().__init__(database)
        self._door = door

    async def send(self, message: OutgoingMessage) -> str:
        """Open the task; that a number is dead is found by who calls it."""
        self._door.take(self.name, message)
        return await super().send(message)


def channels(database: Database, door: Door) -> dict[str, AtTheDoor | CallsAtTheDoor]:
    """SMS, Telegram and calls by people."""
    found = [AtTheDoor("sms", door), AtTheDoor(TELEGRAM, door), CallsAtTheDoor(database, door)]
    return {one.name: one for one in found}
