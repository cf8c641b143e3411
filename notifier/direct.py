"""A message beside the outbox: to whoever runs this service. It works when the outbox does not; no delivery is kept."""

from collections.abc import Mapping
from datetime import date, datetime

from notifier.channels.base import Channel, OutgoingMessage
from notifier.index import Languages, load_index
from notifier.segments import count_segments
from notifier.sending import send_one
from notifier.settling import Outcome
from notifier.writer import PreparedDelivery, Subject

NO_RECORD = 0  # in place of the ids of a notice and of a delivery


async def tell_directly(
    channels: Mapping[str, Channel], channel: str, address: str, text: str, *, signature: str, now: datetime, day: date
) -> Outcome:
    """Send `text` to one address; how it went."""
    prepared = PreparedDelivery(
        notice_id=NO_RECORD,
        contact_id=None,
        channel=channel,
        address=address,
        name="",
        template="",
        template_version="",
        language="",
        signature=signature,
        body=text,
        segments=count_segments(signature + text),
        lift_keys=[],
        party_ref="",
        subject=Subject("", NO_RECORD, "", "", None, ""),
        written_on=day,
    )
    return await send_one(channels[channel], OutgoingMessage(NO_RECORD, now, prepared))


def own_signature(language: str, filed: Mapping[str, Languages] | None = None) -> str:
    """The signature of this service itself, such as 【梯信演示】; `filed` are the deployment's own."""
    index = load_index()
    names = {**index.signatures, **(filed or {})}["body"]
    return index.languages[language].signature.format(name=names.get(language) or index.signatures["body"][language])
