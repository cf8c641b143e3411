"""Calls by a machine through Twilio (outside mainland China): the text is read out, and one key answers it."""

from datetime import timedelta

from notifier.channels.base import EarlierAttempt, OutgoingMessage, PermanentError, Rates
from notifier.channels.twilio_account import (
    CLOCKS_APART,
    LIST_LIMIT,
    TIMEOUT_SECONDS,
    TwilioAccess,
    sid_of,
    since_then,
)
from notifier.routing import VOICE
from notifier.spoken import LARGEST, ask_for_key, key_address

NEVER_RANG = ("failed", "canceled", "busy", "no-answer")
RINGING_SECONDS = 30  # before the mailbox of most networks answers
LONGEST_SECONDS = 300  # however often somebody wants to hear it


class TwilioVoice:
    """The address is an E.164 number. What is said goes along with the request, so nothing is fetched from us."""

    name = VOICE
    list_lag = timedelta(minutes=10)
    rates = Rates(per_second=1, shared=True)  # what an account may begin; faster ones wait at Twilio, until the night

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        public_url: str,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._sender, self._public_url = sender, public_url
        self._access = TwilioAccess(account_sid, auth_token, base_url, public_url, timeout)

    async def send(self, message: OutgoingMessage) -> str:
        """Begin the call; its SID is the provider's id."""
        said = ask_for_key(
            message.body, message.prepared.language, key_address(self._public_url, message.delivery_id), times=2
        )
        if len(said) > LARGEST:
            raise PermanentError(f"too long for a call: {len(said)} characters of TwiML, {LARGEST} at most")
        created = await self._access.ask(
            self._access.client.calls.create_async(
                to=message.address,
                from_=self._sender,
                twiml=said,
                timeout=RINGING_SECONDS,
                time_limit=LONGEST_SECONDS,
                **self._access.callback(message.delivery_id),
            )
        )
        return sid_of(created)

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """The calls from us to this number since the attempt that rang and were taken: what was said Twilio forgets.

        Calls of other attempts are told apart by their own ids; those to one number lie a minute apart at least.
        """
        calls = self._access.client.calls
        known = await self._access.ask(calls.list_async(to=attempt.address, from_=self._sender, limit=LIST_LIMIT))
        since = attempt.attempted_at - CLOCKS_APART
        return [one.sid for one in since_then(known, since) if one.status not in NEVER_RANG]

    async def close(self) -> None:
        """Close the connections."""
        await self._access.close()
