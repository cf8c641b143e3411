"""The contact check: where it is switched on, and what people answer to a greeting."""

from datetime import date, datetime

from sqlmodel import Session, select

from notifier.outbox import write_log
from schedules.tasks import desk_of
from store.doubted import find_doubts, key_of_number, party_of
from store.events import Event, EventKind
from store.lifts import City
from store.notices import Delivery, Notice
from store.parties import Contact, Party
from store.settings import Setting
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

CHECKED = "contact_check"  # the setting: cities in which new contacts are greeted, with the day of the last look
CONFIRMED, NOT_ME = "confirmed", "not_me"


class ContactError(Exception):
    """The check cannot be switched; the sentence says why."""


def checked_cities(session: Session) -> dict[str, str]:
    """The cities in which new contacts are greeted, each with the day (ISO) of the last look, or nothing."""
    setting = session.get(Setting, CHECKED)
    return dict(setting.value) if setting is not None else {}


def begin_check(session: Session, city_id: str, *, today: date) -> bool:
    """Whether the contacts of this city are to be looked through now: once a day, where that is switched on."""
    cities = checked_cities(session)
    if cities.get(city_id, today.isoformat()) == today.isoformat():
        return False
    _keep(session, cities | {city_id: today.isoformat()})
    return True


def switch_check(session: Session, city_id: str, *, on: bool) -> bool:
    """Greet new contacts of this city, or greet no more; False where that was so already."""
    if session.get(City, city_id) is None:
        raise ContactError(f"there is no register of {city_id!r}; import one first")
    cities = checked_cities(session)
    if (city_id in cities) == on:
        return False
    others = {city: day for city, day in cities.items() if city != city_id}
    _keep(session, others | ({city_id: ""} if on else {}))
    return True


def _keep(session: Session, cities: dict[str, str]) -> None:
    session.merge(Setting(key=CHECKED, value=cities))
    session.flush()


def answer_greeting(
    session: Session,
    notice: Notice,
    delivery: Delivery,
    *,
    is_theirs: bool,
    way: str,
    key: str,
    now: datetime,
    today: date,
) -> bool:
    """Somebody says that the number is theirs, or that it is not; False where this message came before.

    Who says no is written to no more about this party until somebody has decided: the next contact gets what follows;
    other parties have the number still. Who says yes later has decided.
    """
    answer = CONFIRMED if is_theirs else NOT_ME
    if not _write_event(session, notice, delivery, answer, way=way, key=key, now=now, today=today):
        return False
    write_log(session, [(notice.id, notice.status, f"answered by {way}: {answer}")], now)
    if is_theirs:
        about = (None, notice.party_id)
        doubts = [doubt for doubt in find_doubts(session, delivery.address) if party_of(doubt.key) in about]
        _settle(session, doubts, f"{CONFIRMED} by {way}", today)
    else:
        _doubt(session, notice, delivery, way, today)
    return True


def keep_number(session: Session, number: str, *, by: str, today: date) -> None:
    """Somebody has decided that a number in doubt is right: messages go there again."""
    doubts = find_doubts(session, number)
    if not doubts:
        raise ContactError(f"the number {number} is not in doubt; `tixing contacts` lists those that are")
    _settle(session, doubts, f"right, says {by}", today)


def _write_event(
    session: Session, notice: Notice, delivery: Delivery, answer: str, *, way: str, key: str, now: datetime, today: date
) -> bool:
    if session.exec(select(Event.id).where(Event.idempotency_key == f"{key}:party")).first() is not None:
        return False
    session.add(
        Event(
            kind=EventKind.URGING_ANSWERED,
            party_id=notice.party_id,
            on_date=today,
            known_on=today,
            recorded_at=now,
            payload={"answer": answer, "way": way, "notice": notice.id, "contact": delivery.contact_id},
            source=way,
            idempotency_key=f"{key}:party",
        )
    )
    session.flush()
    return True


def _settle(session: Session, doubts: list[Task], outcome: str, today: date) -> None:
    for doubt in doubts:
        doubt.status, doubt.closed_on, doubt.outcome = TaskStatus.DONE, today, outcome
        session.add(doubt)
    session.flush()


def _doubt(session: Session, notice: Notice, delivery: Delivery, way: str, today: date) -> None:
    contact = session.get(Contact, delivery.contact_id) if delivery.contact_id else None
    unit = session.get_one(Party, notice.party_id).name
    about = {"unit": unit, "who": contact.name if contact else "", "number": delivery.address, "said_by": way}
    open_once(
        session,
        Task(
            kind=TaskKind.BAD_PHONE,
            key=key_of_number(delivery.address, notice.party_id),
            city_id=notice.city_id,
            owner_party_id=desk_of(session, notice.city_id, notice.district_code or None),
            party_id=notice.party_id,
            detail=about,
            opened_on=today,
        ),
    )
