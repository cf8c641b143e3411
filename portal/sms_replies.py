"""What an SMS that somebody sends back does, whichever provider hands it over."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from actions.alerts.replied import hold_alert_about
from actions.people.opt_outs import has_stopped, resume_channel, stop_channel
from actions.plans.by_sms import hold_round_about
from actions.told.replies import (
    Answer,
    Correspondent,
    Reply,
    answered_by_one,
    find_correspondent,
    sentence_of,
    take_reply,
)
from notifier.direct import own_signature
from notifier.index import language_of
from notifier.masking import mask_phone
from notifier.receipts import Receipt, apply_receipt
from notifier.replies import START, STOP, read_key, read_words, said_plainly, say
from notifier.writer import filed_signatures
from store.inbox import take_in
from store.notices import Delivery
from store.zone import SHANGHAI

SMS, HELP = "sms", "help"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class InboundSms:
    """A message from a number, as a provider (`source`) hands it over."""

    message_id: str
    number: str
    text: str
    source: str


@dataclass(frozen=True)
class WrittenBack:
    """What is answered, in the provider's field for signatures and the rest."""

    signature: str
    text: str


def take_sms(session: Session, inbound: InboundSms, *, now: datetime) -> WrittenBack | None:
    """Do once what the message says; the answer, or None where there is none: also to strangers."""
    payload = {"from": inbound.number, "text": inbound.text}
    if not take_in(session, inbound.source, inbound.message_id, payload, received_at=now, handled_at=now):
        return None
    known = find_correspondent(session, inbound.number, SMS, today=now.astimezone(SHANGHAI).date())
    if known is None:
        log.warning("unknown number", source=inbound.source, number=mask_phone(inbound.number))
        return None
    said = _act(session, inbound, known, now)
    log.info("reply", message=inbound.message_id, number=mask_phone(inbound.number), said=said)
    if not said:
        return None
    language = language_of(known.language)
    return WrittenBack(own_signature(language, filed_signatures(session)), say(SMS, language, said))


def _act(session: Session, inbound: InboundSms, known: Correspondent, now: datetime) -> str:
    """Do what the message says, and name the sentence that answers it."""
    said = read_words(inbound.text)
    if said == Answer.WILL_BOOK and read_key(said_plainly(inbound.text)) is not None:
        known = answered_by_one(session, known, inbound.number, SMS, today=now.astimezone(SHANGHAI).date())
    if said is not None and known.delivery_id is not None:
        if known.notice_id is not None:
            hold_round_about(session, known.notice_id)
            hold_alert_about(session, known.notice_id)
        # who answers has read it, whether or not the provider ever says that it arrived
        apply_receipt(session, session.get_one(Delivery, known.delivery_id), Receipt.DELIVERED, now=now)
    if said == STOP:
        return STOP if stop_channel(session, SMS, inbound.number, now=now) else ""
    if said == START:
        resume_channel(session, SMS, inbound.number)
        return START
    answered = _answer(session, inbound, known, said, now) if said is not None else None
    if has_stopped(session, SMS, inbound.number):
        return ""
    return answered or _help_once(session, inbound, now)


def _answer(session: Session, inbound: InboundSms, known: Correspondent, said: str, now: datetime) -> str | None:
    """Record what was answered to the last notice, and name the sentence for it; None where there is none."""
    if known.notice_id is None or known.delivery_id is None:
        return None
    key = f"{inbound.source}:{inbound.message_id}"
    note = "" if read_key(said_plainly(inbound.text)) is not None else inbound.text.strip()
    reply = Reply(known.notice_id, known.delivery_id, Answer(said), SMS, key, note)
    take_reply(session, reply, now=now, today=now.astimezone(SHANGHAI).date())
    return sentence_of(session, reply.notice_id, reply.answer, reply.note)


def _help_once(session: Session, inbound: InboundSms, now: datetime) -> str:
    """Once a day: two machines that answer each other would never end."""
    day = now.astimezone(SHANGHAI).date()
    first = take_in(session, f"{inbound.source}.help", f"{inbound.number}:{day}", {}, received_at=now, handled_at=now)
    return HELP if first else ""
