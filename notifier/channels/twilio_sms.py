"""SMS through Twilio (outside mainland China)."""

import asyncio
import json
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from aiohttp import ClientConnectorError, ClientError
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # twilio ships no types
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]  # as above
from twilio.rest import Client  # type: ignore[import-untyped]  # as above

from notifier.channels.base import (
    ChannelError,
    EarlierAttempt,
    OutgoingMessage,
    PermanentError,
    Rates,
    TemporaryError,
    UnknownOutcome,
)

Answer = TypeVar("Answer")
TIMEOUT_SECONDS = 20
STATUS_PATH = "/webhooks/twilio/status"
LIST_LIMIT = 1000  # messages from our number to one other: more than a lift's papers bring in a year
CLOCKS_APART = timedelta(minutes=10)  # Twilio's clock and ours
NEVER_LEFT = ("failed", "undelivered", "canceled")
RETRY_LATER = (401, 403, 408, 429, 503)
# Codes of our own account and sender: the number that should be reached is not at fault.
OUR_FAULT = (20003, 20429, 21212, 21603, 21606, 21611, 21659, 21660)


class TwilioSms:
    """The address is an E.164 number. Twilio has no field for a signature, so it stands before the text."""

    name = "sms"
    list_lag = timedelta(minutes=10)
    rates = Rates(per_second=100)  # what its interface takes; the numbers' own rates it queues for

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        base_url: str | None = None,
        public_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._account_sid, self._auth_token, self._sender = account_sid, auth_token, sender
        self._base_url, self._public_url, self._timeout = base_url, public_url, timeout
        self._client: Client | None = None

    async def send(self, message: OutgoingMessage) -> str:
        """Create the message; its SID is the provider's id."""
        created = await self._ask(
            self._messages().create_async(
                to=message.address,
                from_=self._sender,
                body=message.signed_body,
                **self._callback(message.delivery_id),
            )
        )
        return str(created.sid)

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """Twilio keeps no reference of ours: the messages with these words from us to this number since the attempt.

        Twilio may have put something before the words; one that it calls failed did not arrive. Its list is not asked
        by day of sending, which a message that still waits there does not have.
        """
        known = await self._ask(self._messages().list_async(to=attempt.address, from_=self._sender, limit=LIST_LIMIT))
        since, words = attempt.attempted_at - CLOCKS_APART, attempt.body.strip()
        ours = [
            one
            for one in known
            if one.date_created >= since and one.body.strip().endswith(words) and one.status not in NEVER_LEFT
        ]
        return [str(one.sid) for one in sorted(ours, key=lambda one: one.date_created)]

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.http_client.close()
            self._client = None

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        try:
            # the asynchronous client ignores the timeout that it is made with
            async with asyncio.timeout(self._timeout):
                return await question
        except (TwilioRestException, TwilioServiceException) as error:
            raise explain(error.status, error.code) from error
        except ClientConnectorError as error:
            raise TemporaryError("Twilio cannot be reached") from error
        except (ClientError, TimeoutError) as error:
            raise UnknownOutcome("Twilio did not answer") from error
        except (json.JSONDecodeError, TwilioException) as error:
            raise UnknownOutcome("Twilio's answer could not be read") from error

    def _messages(self) -> Any:
        if self._client is None:
            # made here because its connections belong to the running loop
            self._client = Client(self._account_sid, self._auth_token, http_client=AsyncTwilioHttpClient())
            if self._base_url:
                self._client.api.base_url = self._base_url
        return self._client.messages

    def _callback(self, delivery_id: int) -> dict[str, str]:
        if not self._public_url or not delivery_id:  # none is kept of a message beside the outbox
            return {}
        return {"status_callback": f"{self._public_url.rstrip('/')}{STATUS_PATH}?delivery={delivery_id}"}


def explain(status: int, code: int | None) -> ChannelError:
    """What Twilio's refusal means for the message."""
    said = f"Twilio answered {status}" + (f", code {code}" if code else "")
    if status in RETRY_LATER or code in OUR_FAULT:
        return TemporaryError(said)
    if status >= 500:
        return UnknownOutcome(said)
    return PermanentError(said)
