"""One channel to the rest, two providers behind it: one for numbers of the mainland, one for all others."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from notifier.channels.base import CannotTell, Channel, EarlierAttempt, OutgoingMessage, PermanentError, Rates
from notifier.phones import is_mainland, mainland_only, mainland_too


class ByNumber:
    """`sms` or `voice`. Where only one provider is configured, the other's numbers are not reached through it."""

    def __init__(self, name: str, *, mainland: Channel, elsewhere: Channel | None = None) -> None:
        self.name = name
        self.mainland, self.elsewhere = mainland, elsewhere
        both = [mainland] if elsewhere is None else [mainland, elsewhere]
        self.list_lag: timedelta = max(one.list_lag for one in both)
        self.rates = _slower([one.rates for one in both])

    async def send(self, message: OutgoingMessage) -> str:
        """Hand it to the provider of its number."""
        return await self._provider(message.address).send(message)

    async def find(self, attempt: EarlierAttempt) -> Sequence[str]:
        """Ask the provider of its number."""
        try:
            provider = self._provider(attempt.address)
        except PermanentError as error:
            raise CannotTell(str(error)) from error
        return await provider.find(attempt)

    async def close(self) -> None:
        """Close both."""
        await self.mainland.close()
        if self.elsewhere is not None:
            await self.elsewhere.close()

    def _provider(self, number: str) -> Channel:
        if is_mainland(number):
            return self.mainland
        if self.elsewhere is None:
            raise PermanentError("no provider is configured for numbers outside the mainland")
        return self.elsewhere


def available_in(channels: Mapping[str, Channel]) -> frozenset[str]:
    """The names of these channels, and for those by number which numbers they reach."""
    names = set(channels)
    for name, channel in channels.items():
        if isinstance(channel, ByNumber):
            names.add(mainland_too(name) if channel.elsewhere is not None else mainland_only(name))
    return frozenset(names)


def _slower(rates: Sequence[Rates]) -> Rates:
    """Both providers share the turns of one channel, so the slower one sets the pace."""
    limits = [one.per_second for one in rates if one.per_second]
    between = max(one.seconds_between for one in rates)
    return Rates(min(limits, default=0), between, shared=any(one.shared for one in rates))
