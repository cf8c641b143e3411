"""SMS through Twilio (outside mainland China)."""

from datetime import timedelta

from notifier.channels.base import EarlierAttempt, OutgoingMessage, Rates
from notifier.channels.twilio_account import (
    CLOCKS_APART,
    LIST_LIMIT,
    TIMEOUT_SECONDS,
    TwilioAccess,
    sid_of,
    since_then,
)

NEVER_LEFT = ("failed", "undelivered", "canceled")


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
        self._sender = sender
        self._access = TwilioAccess(account_sid, auth_token, base_url, public_url, timeout)

    async def send(self, message: OutgoingMessage) -> str:
        """Create the message; its SID is the provider's id."""
        created = await self._access.ask(
            self._access.client.messages.create_async(
                to=message.address,
                from_=self._sender,
                body=message.signed_body,
                **self._access.callback(message.delivery_id),
            )
        )
        return sid_of(created)

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """Twilio keeps no reference of ours: the messages with these words from us to this number since the attempt.

        Twilio may have put something before the words; one that it calls failed did not arrive. Its list is not asked
        by day of sending, which a message that still waits there does not have.
        """
        messages = self._access.client.messages
        known = await self._access.ask(messages.list_async(to=attempt.address, from_=self._sender, limit=LIST_LIMIT))
        words = attempt.body.strip()
        return [
            one.sid
            for one in since_then(known, attempt.attempted_at - CLOCKS_APART)
            if isinstance(one.body, str) and one.body.strip().endswith(words) and one.status not in NEVER_LEFT
        ]

    async def close(self) -> None:
        """Close the connections."""
        await self._access.close()
