"""What happened to a notice, as a person at the terminal may read it: answered, held, tried again, and by whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from notifier.masking import mask_address
from store.notices import Delivery
from store.parties import Contact
from tixing.masking import mask_name

ANSWERED, CALLED = "answered by ", "called: "
CHANNEL_OF = {"sms": "sms", "call": "voice", "person": "call_task"}  # the way of an answer → the channel it came by

Attempt = tuple[Delivery, str]


def course_of(session: Session, notice_id: int, history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The lines of its history that say something, in their order: at, detail, the person (masked) and the channel.

    The person is the one of the attempt that came last before, of an answer by the channel of the answer.
    """
    attempts = _attempts(session, notice_id)
    return [_line(one, _behind(one, attempts)) for one in history if one["detail"]]


def told_of(session: Session, notice_id: int) -> list[str]:
    """To whom each of its attempts went (masked), in the order in which they were made."""
    return [_who(attempt) for attempt in _attempts(session, notice_id)]


def _attempts(session: Session, notice_id: int) -> list[Attempt]:
    query = select(Delivery, Contact.name).outerjoin(Contact, col(Contact.id) == Delivery.contact_id)
    rows = session.exec(query.where(Delivery.notice_id == notice_id).order_by(col(Delivery.id)))
    return [(delivery, name or "") for delivery, name in rows]


def _behind(line: dict[str, Any], attempts: Sequence[Attempt]) -> Attempt | None:
    at, detail = datetime.fromisoformat(line["at"]), str(line["detail"])
    before = [one for one in attempts if one[0].attempted_at <= at]
    if detail.startswith(CALLED):
        before = [one for one in before if one[0].channel == CHANNEL_OF["person"]]
    elif detail.startswith(ANSWERED):
        channel = CHANNEL_OF.get(detail.removeprefix(ANSWERED).partition(":")[0])
        before = [one for one in before if channel in (None, one[0].channel)]
    return before[-1] if before else None


def _line(line: dict[str, Any], attempt: Attempt | None) -> dict[str, str]:
    said = {"at": line["at"], "detail": line["detail"], "channel": "", "who": ""}
    if attempt is None:
        return said
    return said | {"channel": attempt[0].channel, "who": _who(attempt)}


def _who(attempt: Attempt) -> str:
    delivery, name = attempt
    return f"{mask_name(name)} {mask_address(delivery.channel, delivery.address)}".strip()
