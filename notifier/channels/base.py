"""The contract between the dispatcher and every channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from notifier.writer import PreparedDelivery


@dataclass(slots=True)
class OutgoingMessage:
    """One attempt: its saved delivery and what it carries; `together`: several notices in one message; `silent`: at
    night, where it must wake nobody."""

    delivery_id: int
    attempted_at: datetime
    prepared: PreparedDelivery
    together: bool = False
    silent: bool = False

    @property
    def address(self) -> str:
        """Where it goes: E.164 number, chat id or inbox name."""
        return self.prepared.address

    @property
    def body(self) -> str:
        """The text without its signature."""
        return self.prepared.body

    @property
    def signed_body(self) -> str:
        """The text with its signature, for providers that have no field of their own for it."""
        return self.prepared.signature + self.prepared.body


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """A delivery of which nobody knows whether it left."""

    delivery_id: int
    notice_id: int
    channel: str
    address: str
    body: str
    attempted_at: datetime
    was_sending: bool


NO_SUCH = "no such address: "  # what the error of an attempt begins with when nobody has the number or chat


class ChannelError(Exception):
    """A message did not go as planned; the text is for the delivery's record and holds no personal data."""


class TemporaryError(ChannelError):
    """It did not leave, and may later; `retry_after` seconds as the provider wishes, `for_all` of ours."""

    def __init__(self, message: str, *, retry_after: float | None = None, for_all: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.for_all = for_all


class PermanentError(ChannelError):
    """It will never reach this address by this channel; `no_such`: by no channel at all, for nobody has it."""

    def __init__(self, message: str, *, no_such: bool = False) -> None:
        super().__init__(f"{NO_SUCH}{message}" if no_such else message)


class UnknownOutcome(ChannelError):
    """The provider was asked and did not answer: it may have left."""


class CannotTell(ChannelError):
    """The provider offers no way to ask whether an earlier message left."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast a provider takes messages: so many a second in all, so many seconds between two to one address.

    0 is as fast as they come. Several to one address go `together` in one message of up to so many characters; 0: each
    goes by itself. `shared`: the provider counts what all our processes send, so that they take turns together.
    """

    per_second: float = 0
    seconds_between: float = 0
    together: int = 0
    shared: bool = False


UNLIMITED = Rates()


class Channel(Protocol):
    """A way to reach a person."""

    name: str
    rates: Rates
    list_lag: timedelta  # for so long its own record may not show a message that it took

    async def send(self, message: OutgoingMessage) -> str:
        """Hand the message over and return the provider's id for it; raises one of the errors above."""

    async def find(self, attempt: EarlierAttempt) -> Sequence[str]:
        """The ids of all messages there that may be this attempt (same address, same words), oldest first.

        Raises CannotTell, or another error where it could not be asked now.
        """

    async def close(self) -> None:
        """Give connections back."""
