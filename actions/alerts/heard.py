"""Whether an alert's maintainer was told: by what is on file, and by what has left. Nobody is told on paper only."""

from enum import StrEnum

from sqlmodel import Session, col, or_, select

from actions.alerts.call_off import STEP
from actions.alerts.numbers import emergency_phone_of
from store.alerts import Alert, AlertTold
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus
from store.parties import Chat, Contact

LEFT = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN)
TO_A_CLERK = "call_task"  # the channel on which a clerk is asked to call
COMING = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.SENT, NoticeStatus.UNKNOWN)


class Heard(StrEnum):
    """`told`: a message has left for somebody there; `waiting`: none has yet; `nobody`: none can."""

    TOLD = "told"
    WAITING = "waiting"
    NOBODY = "nobody"


def can_be_told(session: Session, party_id: int | None) -> bool:
    """Whether there is a number or a chat of anybody at this party."""
    if party_id is None:
        return False
    if emergency_phone_of(session, party_id):
        return True
    chat = select(Chat.id).where(Chat.contact_id == Contact.id, col(Chat.active)).exists()
    here = select(Contact.id).where(Contact.party_id == party_id, col(Contact.to_on).is_(None))
    return session.exec(here.where(or_(col(Contact.phone).is_not(None), chat))).first() is not None


def how_far_told(session: Session, alert: Alert) -> Heard:
    """What became of the notices to its maintainer. A call that a clerk is to make tells nobody until it is made."""
    theirs = (
        select(Notice)
        .join(AlertTold, col(AlertTold.notice_id) == Notice.id)
        .where(AlertTold.alert_id == alert.id, Notice.party_id == alert.maintainer_party_id)
        .where(~col(AlertTold.rung).startswith(STEP))  # to whoever reported it, who may be theirs
    )
    notices = session.exec(theirs).all()
    ids = [notice.id for notice in notices]
    left = select(Delivery.id).where(
        col(Delivery.notice_id).in_(ids), Delivery.channel != TO_A_CLERK, col(Delivery.status).in_(LEFT)
    )
    if session.exec(left).first() is not None:
        return Heard.TOLD
    if not can_be_told(session, alert.maintainer_party_id):
        return Heard.NOBODY
    waits = not notices or any(one.status in COMING for one in notices)
    return Heard.WAITING if waits else Heard.NOBODY
