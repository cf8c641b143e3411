"""What SMS and calls through Twilio share: the account's client, and what its refusals mean."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from aiohttp import ClientConnectorError, ClientError
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # twilio ships no types
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]  # as above
from twilio.rest import Client  # type: ignore[import-untyped]  # as above

from notifier.channels.base import ChannelError, PermanentError, TemporaryError, UnknownOutcome

Answer = TypeVar("Answer")
TIMEOUT_SECONDS = 20
STATUS_PATH = "/webhooks/twilio/status"
LIST_LIMIT = 1000  # messages from our number to one other: more than a lift's papers bring in a year
CLOCKS_APART = timedelta(minutes=10)  # Twilio's clock and ours
RETRY_LATER = (401, 403, 408, 429, 503)
# Codes of our own account and sender: the number that should be reached is not at fault.
OUR_FAULT = (10001, 20003, 20429, 21210, 21212, 21603, 21606, 21611, 21659, 21660)
# https://www.twilio.com/docs/api/errors: not a phone number, or one that nobody has. Others may be phoned.
NO_SUCH_NUMBER = frozenset({"13223", "13224", "21211", "21217", "30005"})


@dataclass
class TwilioAccess:
    """The account as one channel uses it. Its connections are opened by the first question."""

    account_sid: str
    auth_token: str
    base_url: str | None = None
    public_url: str | None = None
    timeout: float = TIMEOUT_SECONDS
    _client: Client | None = field(default=None, init=False)

    @property
    def client(self) -> Any:
        """Twilio's own client; made here because its connections belong to the running loop."""
        if self._client is None:
            self._client = Client(self.account_sid, self.auth_token, http_client=AsyncTwilioHttpClient())
            if self.base_url:
                self._client.api.base_url = self.base_url
        return self._client

    async def ask(self, question: Awaitable[Answer]) -> Answer:
        """Twilio's answer, or one of the errors of the channels' contract."""
        try:
            # the asynchronous client ignores the timeout that it is made with
            async with asyncio.timeout(self.timeout):
                return await question
        except (TwilioRestException, TwilioServiceException) as error:
            raise explain(error.status, error.code) from error
        except ClientConnectorError as error:
            raise TemporaryError("Twilio cannot be reached") from error
        except (ClientError, TimeoutError) as error:
            raise UnknownOutcome("Twilio did not answer") from error
        except (TwilioException, AttributeError, TypeError, ValueError) as error:
            # its client takes what it has read for an object, whatever came
            raise UnknownOutcome("Twilio's answer could not be read") from error

    def callback(self, delivery_id: int) -> dict[str, str]:
        """Where Twilio tells how it went, with our own number of the attempt."""
        if not self.public_url or not delivery_id:  # none is kept of a message beside the outbox
            return {}
        return {"status_callback": f"{self.public_url.rstrip('/')}{STATUS_PATH}?delivery={delivery_id}"}

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.http_client.close()
            self._client = None


def explain(status: int, code: int | None) -> ChannelError:
    """What Twilio's refusal means for the message."""
    said = f"Twilio answered {status}" + (f", code {code}" if code else "")
    if status in RETRY_LATER or code in OUR_FAULT:
        return TemporaryError(said)
    if status >= 500:
        return UnknownOutcome(said)
    return PermanentError(said, no_such=str(code) in NO_SUCH_NUMBER)


def sid_of(created: Any) -> str:
    """The provider's id of what it has made. Raises UnknownOutcome where its answer names none."""
    if not isinstance(created.sid, str) or not created.sid:
        raise UnknownOutcome("Twilio's answer has no SID")
    return created.sid


def since_then(listed: Iterable[Any], moment: datetime) -> list[Any]:
    """Of a list of messages or calls, those since `moment`, oldest first.

    By its specification each field may be null: what has no id or no readable date is nobody's.
    """
    dated = [one for one in listed if isinstance(one.sid, str) and isinstance(one.date_created, datetime)]
    return sorted((one for one in dated if one.date_created >= moment), key=lambda one: one.date_created)
