"""What people answer to a notice by a key or an SMS: kept in its history and as events, and made a task for the desk.

An answer is what somebody says, no proof: it closes no duty and, but for the one visit of a plan
that an SMS names, books nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from actions.alerts.replied import answer_to, is_about_alert, receive_alert
from actions.checks.said import open_check
from actions.people.contacts import CONFIRMED, NOT_ME, answer_greeting
from actions.plans.by_sms import agree_by_sms, agreed_by_sms, asks_to_agree, offer_stands
from actions.visits.attendance import asks_who_comes, confirm_by_sms, said_by_sms
from notifier.outbox import write_log
from schedules.tasks import desk_of
from store.alerts import EmergencyPhone
from store.duties import Duty, Told, ToldState
from store.events import Event, EventKind
from store.lifts import Lift
from store.notices import GREETING, PLAN, Delivery, DeliveryStatus, Notice
from store.parties import Contact, Party
from store.task_list import find_open_task, open_once
from store.tasks import Task, TaskKind, TaskStatus

ANSWERABLE = timedelta(days=60)  # an SMS reply is about the last message of this time
SMS = "sms"
STALE = "stale"  # as schedules.calls says it: the script of the call is still to be written


class Answer(StrEnum):
    """What the texts offer."""

    WILL_BOOK = "will_book"
    CALL_BACK = "call_back"
    NOT_OURS = "not_ours"
    OUT_OF_USE = "out_of_use"


class PersonSaid(StrEnum):
    """What only a caller is told."""

    REFUSED = "refused"
    UNIT_CHANGED = "unit_changed"
    SPECIAL = "special"


IS_THEIRS: dict[StrEnum, bool] = {Answer.WILL_BOOK: True, Answer.NOT_OURS: False}  # what 1 and 3 say of a greeting
TASK_OF: dict[StrEnum, TaskKind] = {
    Answer.NOT_OURS: TaskKind.NOT_THEIR_LIFTS,
    Answer.OUT_OF_USE: TaskKind.SAID_OUT_OF_USE,
    PersonSaid.UNIT_CHANGED: TaskKind.NOT_THEIR_LIFTS,
    PersonSaid.SPECIAL: TaskKind.SPECIAL_REASON,
}


@dataclass(frozen=True)
class Reply:
    """An answer to one attempt of a notice. `way`: call, sms, or person (who told it to a caller, of no attempt: 0);
    `key` is one tap, however often it arrives; `note` is what was said besides."""

    notice_id: int
    delivery_id: int
    answer: Answer | PersonSaid
    way: str
    key: str
    note: str = ""


@dataclass(frozen=True)
class Correspondent:
    """Somebody of the register who writes from a number, and the last notice that went there, if any."""

    language: str
    notice_id: int | None = None
    delivery_id: int | None = None


def find_correspondent(session: Session, number: str, channel: str, *, today: date) -> Correspondent | None:
    """Who has this number now, also as the one for emergencies; None for a stranger."""
    people = select(Contact.party_id).where(Contact.phone == number, col(Contact.to_on).is_(None))
    emergencies = select(EmergencyPhone.party_id).where(EmergencyPhone.phone == number)
    theirs = or_(col(Party.id).in_(people), col(Party.id).in_(emergencies))
    parties = session.exec(select(Party).where(theirs).order_by(col(Party.id))).all()
    if not parties:
        return None
    sent = (
        select(Delivery)
        .join(Notice, col(Notice.id) == Delivery.notice_id)
        .where(col(Notice.party_id).in_([party.id for party in parties]), Notice.send_on >= today - ANSWERABLE)
        .where(Delivery.channel == channel, Delivery.address == number, Delivery.status != DeliveryStatus.FAILED)
        .order_by(col(Delivery.id).desc())
    )
    last = session.exec(sent).first()
    if last is None:
        return Correspondent(parties[0].language)
    return Correspondent(last.language, last.notice_id, last.id)


def answered_by_one(session: Session, known: Correspondent, number: str, channel: str, *, today: date) -> Correspondent:
    """To what a "1" answers: the last notice, but where that asks for no figure, the plan's visit that still waits for
    one. A reminder that came since does not make "agreed" mean "will book"."""
    last = session.get(Notice, known.notice_id) if known.notice_id is not None else None
    if last is None or last.step == GREETING or is_about_alert(last) or asks_who_comes(last) or asks_to_agree(last):
        return known
    sent = (
        select(Delivery, Notice)
        .join(Notice, col(Notice.id) == Delivery.notice_id)
        .where(Notice.party_id == last.party_id, Notice.duty == PLAN, Notice.send_on >= today - ANSWERABLE)
        .where(Delivery.channel == channel, Delivery.address == number, Delivery.status != DeliveryStatus.FAILED)
        .order_by(col(Delivery.id).desc())
    )
    offer = session.exec(sent).first()
    if offer is None or not offer_stands(session, offer[1], today):
        return known
    return Correspondent(known.language, offer[1].id, offer[0].id)


def take_reply(session: Session, reply: Reply, *, now: datetime, today: date) -> bool:
    """Record an answer and hand it to the inspection department; False if this key came before."""
    notice = session.get_one(Notice, reply.notice_id)
    if notice.step == GREETING and reply.answer in IS_THEIRS:
        delivery = session.get_one(Delivery, reply.delivery_id)
        is_theirs, way, key = IS_THEIRS[reply.answer], reply.way, reply.key
        return answer_greeting(session, notice, delivery, is_theirs=is_theirs, way=way, key=key, now=now, today=today)
    if reply.answer is Answer.WILL_BOOK and reply.delivery_id and is_about_alert(notice):
        delivery = session.get_one(Delivery, reply.delivery_id)
        receive_alert(session, notice, delivery.contact_id, way=reply.way, now=now, today=today)
        return True
    lifts = _lifts_of(session, notice.id)
    if not _record(session, reply, notice, lifts, now, today):
        return False
    if reply.answer is Answer.WILL_BOOK and reply.delivery_id and asks_who_comes(notice):
        confirm_by_sms(session, notice, session.get_one(Delivery, reply.delivery_id), now=now, today=today)
    elif _agrees(reply, notice):
        delivery = session.get_one(Delivery, reply.delivery_id)
        agree_by_sms(session, notice, delivery, reply.key, now=now, today=today)
    elif reply.answer is Answer.WILL_BOOK and reply.delivery_id:
        _settle_call(session, reply, today)
    elif reply.answer is Answer.CALL_BACK and reply.delivery_id:
        _open_call(session, reply, notice, lifts, today)
    elif reply.answer in TASK_OF:
        kind = TASK_OF[reply.answer]
        about = {"lifts": [lift.key for lift in lifts], "said": str(reply.answer), "way": reply.way}
        about |= {"note": reply.note} if reply.note else {}
        open_check(session, _task(session, kind, f"notice:{notice.id}", notice, lifts, today, about))
    return True


def sentence_of(session: Session, notice_id: int, answer: Answer | PersonSaid, note: str = "") -> str:
    """The name of the sentence by which an answer is acknowledged: to a greeting it means something else."""
    notice = session.get_one(Notice, notice_id)
    if notice.step == GREETING and answer in IS_THEIRS:
        return CONFIRMED if IS_THEIRS[answer] else NOT_ME
    if answer is Answer.WILL_BOOK and is_about_alert(notice):
        return answer_to(session, notice)
    if answer is Answer.WILL_BOOK and asks_who_comes(notice):
        return said_by_sms(session, notice)
    if answer is Answer.WILL_BOOK and asks_to_agree(notice) and not note:
        return agreed_by_sms(session, notice)
    return answer.value


def _agrees(reply: Reply, notice: Notice) -> bool:
    """By the figure that the SMS offers: "booked" in words may speak of another day."""
    is_offered = reply.way == SMS and not reply.note and bool(reply.delivery_id)
    return is_offered and reply.answer is Answer.WILL_BOOK and asks_to_agree(notice)


def _record(session: Session, reply: Reply, notice: Notice, lifts: list[Lift], now: datetime, today: date) -> bool:
    if not _write_events(session, reply, notice, lifts, now, today):
        return False
    write_log(session, [(notice.id, notice.status, f"answered by {reply.way}: {reply.answer}")], now)
    return True


def _lifts_of(session: Session, notice_id: int) -> list[Lift]:
    told = (
        select(Duty.lift_id)
        .join(Told, col(Told.duty_id) == Duty.id)
        .where(Told.notice_id == notice_id, col(Told.state).in_((ToldState.RESERVED, ToldState.TOLD)))
    )
    return list(session.exec(select(Lift).where(col(Lift.id).in_(told)).order_by(col(Lift.id))))


def _write_events(
    session: Session, reply: Reply, notice: Notice, lifts: list[Lift], now: datetime, today: date
) -> bool:
    """One about each lift, or one about the party. No date depends on them, so nothing is worked out anew."""
    subjects: list[int | None] = [lift.id for lift in lifts] or [None]
    keys = {f"{reply.key}:{lift_id or 'party'}": lift_id for lift_id in subjects}
    if session.exec(select(Event.id).where(Event.idempotency_key == next(iter(keys)))).first() is not None:
        return False
    payload: dict[str, object] = {"answer": reply.answer.value, "way": reply.way, "notice": notice.id}
    payload |= {"note": reply.note} if reply.note else {}
    for key, lift_id in keys.items():
        session.add(
            Event(
                kind=EventKind.URGING_ANSWERED,
                lift_id=lift_id,
                party_id=notice.party_id,
                on_date=today,
                known_on=today,
                recorded_at=now,
                payload=payload,
                source=reply.way,
                idempotency_key=key,
            )
        )
    session.flush()
    return True


def _call_key(session: Session, reply: Reply) -> str:
    """The same as that of a call which the notice itself asks for: one person is phoned once about it."""
    return f"notice:{reply.notice_id}:{session.get_one(Delivery, reply.delivery_id).address}"


def _settle_call(session: Session, reply: Reply, today: date) -> None:
    task = find_open_task(session, TaskKind.CALL, _call_key(session, reply))
    if task is not None:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, f"{reply.answer} by {reply.way}"
        session.add(task)
        session.flush()


def _open_call(session: Session, reply: Reply, notice: Notice, lifts: list[Lift], today: date) -> None:
    delivery = session.get_one(Delivery, reply.delivery_id)
    contact = session.get(Contact, delivery.contact_id) if delivery.contact_id else None
    about = {
        "number": delivery.address,
        "who": contact.name if contact else "",
        "unit": session.get_one(Party, notice.party_id).name,
        "lifts": [lift.key for lift in lifts],
        "script": delivery.body,
        "asked_by": reply.way,
        STALE: True,
    }
    open_once(session, _task(session, TaskKind.CALL, _call_key(session, reply), notice, lifts, today, about))


def _task(
    session: Session,
    kind: TaskKind,
    key: str,
    notice: Notice,
    lifts: list[Lift],
    today: date,
    detail: Mapping[str, object],
) -> Task:
    district = notice.district_code or (lifts[0].district_code if lifts else None)
    return Task(
        kind=kind,
        key=key,
        city_id=notice.city_id,
        owner_party_id=desk_of(session, notice.city_id, district),
        party_id=notice.party_id,
        notice_id=notice.id,
        detail=dict(detail),
        opened_on=today,
    )
