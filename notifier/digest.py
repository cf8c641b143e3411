"""One message instead of many: what goes to one chat at one time is put together, each notice in its own words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from notifier.channels.base import OutgoingMessage, Rates
from notifier.index import load_index
from notifier.settling import Outcome, Result

Letter = Sequence[OutgoingMessage]  # to one address; more than one only where a channel takes several together


def gather(messages: Sequence[OutgoingMessage], rates: Mapping[str, Rates]) -> list[Letter]:
    """The same messages in their order, those to one chat together as far as its channel's length allows.

    What may go out at night goes by itself: an order to stop a lift must not stand in a list. So does what has a
    picture.
    """
    letters: list[list[OutgoingMessage]] = []
    begun: dict[tuple[str, str, str], list[OutgoingMessage]] = {}
    lengths: dict[int, int] = defaultdict(int)
    for message in messages:
        prepared = message.prepared
        place = (prepared.channel, prepared.address, prepared.language)
        room = rates[prepared.channel].together
        length = len(prepared.body) + len("\n\n99. ")
        letter = begun.get(place)
        alone = not room or message.silent or prepared.figures is not None
        alone = alone or load_index().entry(prepared.template).at_night
        if alone or letter is None or lengths[id(letter)] + length > room:
            letter = []
            letters.append(letter)
            if not alone:
                begun[place] = letter
        letter.append(message)
        lengths[id(letter)] += length
    return list(letters)


def combine(letter: Letter) -> OutgoingMessage:
    """One message that holds them all; it is known by the number of the first."""
    first = letter[0]
    if len(letter) == 1:
        return first
    head = load_index().digest[first.prepared.language].format(count=len(letter))
    parts = [f"{number}. {message.body}" for number, message in enumerate(letter, start=1)]
    return replace(first, prepared=replace(first.prepared, body="\n\n".join([head, *parts])), together=True)


def outcomes_of(letter: Letter, whole: Outcome) -> list[Outcome]:
    """What became of each of them: the same. The others have the provider's id with our number behind it."""
    if len(letter) == 1:
        return [whole]
    return [
        replace(
            whole,
            delivery_id=message.delivery_id,
            notice_id=message.prepared.notice_id,
            provider_id=_part(whole, message),
        )
        for message in letter
    ]


def _part(whole: Outcome, message: OutgoingMessage) -> str | None:
    if whole.result is not Result.SENT or message.delivery_id == whole.delivery_id:
        return whole.provider_id
    return f"{whole.provider_id}/{message.delivery_id}"
