"""A record is put before its unit the minute it is uploaded (003 三(二)1(5)); what else is told of records leaves here.

That is in a chat. Who can only be telephoned hears of it in the evening (actions.records.evening).

What is uploaded for a unit within minutes goes in one message, what was not in order first: 60 lifts are not 60
messages. Who signs is told: the safety manager, else the legal representative, else the contact.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.records.said import Said, said_of
from actions.waiting_notices import last_tried, not_left
from notifier.outbox import cancel
from schedules.moments import day_of
from schedules.regimes import numbers_of, rulebook_of
from schedules.rulebook import basis_of
from store.chain import fingerprint
from store.ledger import lock_notices
from store.lifts import Lift, place_facts
from store.notices import RECORD_SIGNATURE, RECORDS, Delivery, DeliveryStatus, Notice, NoticeStatus
from store.parties import party_name
from store.records import MaintenanceRecord, RecordRoot, RecordState
from store.zone import SHANGHAI

TO_UNIT, TO_MAINTAINER = "unit_signer", "maintainer"
ASKED, ASKED_SILENCE_COUNTS, EVENING = "gp.sign.noconsent", "gp.sign", "gp.sign.evening"
ASKING = (ASKED, ASKED_SILENCE_COUNTS)
SHORT, OBJECTED, NOTED, DEFAULTED, UNSIGNED = "gp.short", "gp.objected", "gp.noted", "gp.default", "gp.unsigned"
PUSHED_BASIS, DEFAULTED_BASIS, NOTED_BASIS = "record.pushed", "record.defaulted", "record.noted"
STEPS = {
    ASKED: "record_asked",
    ASKED_SILENCE_COUNTS: "record_asked",
    EVENING: "record_evening",
    SHORT: "record_short",
    OBJECTED: "record_objected",
    NOTED: "record_noted",
    DEFAULTED: "record_defaulted",
    UNSIGNED: "record_unsigned",
}
OF_THE_UNSIGNED = (*ASKING, EVENING, UNSIGNED, DEFAULTED)
BASES = {DEFAULTED: DEFAULTED_BASIS, OBJECTED: NOTED_BASIS, NOTED: NOTED_BASIS}
AT_ONCE = "at_once"  # in a matter: of who has no chat it does not wait for the evening
MOST = 200  # records of one message
_UNSENT = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT)
SILENCE = "silence"  # of a record in what is told in the evening: whether silence counts as its signature
ANSWERED = "answered"  # why something is not told any more


def tell_units(session: Session, records: Sequence[MaintenanceRecord]) -> None:
    """Ask units to sign what was uploaded just now; warn maintainers where a unit hardly has time to."""
    asked: dict[tuple[int, str, datetime], list[MaintenanceRecord]] = defaultdict(list)
    short: dict[tuple[int, int | None, datetime], list[MaintenanceRecord]] = defaultdict(list)
    for record in records:
        if record.unit_id is not None:
            template = ASKED if record.consent_id is None else ASKED_SILENCE_COUNTS
            asked[record.unit_id, template, record.sign_by].append(record)
        if record.short_notice:
            short[record.maintainer_id, record.unit_id, record.sign_by].append(record)
    for (unit_id, template, *_), theirs in asked.items():
        _tell_parts(session, unit_id, template, theirs)
    for (maintainer_id, *_), theirs in short.items():
        _tell_parts(session, maintainer_id, SHORT, theirs)


def _tell_parts(session: Session, party_id: int, template: str, records: Sequence[MaintenanceRecord]) -> None:
    for start in range(0, len(records), MOST):
        some = records[start : start + MOST]
        first = template in ASKING and _is_first_fault(session, party_id, some)
        more = {AT_ONCE: "yes"} if first else {}
        _tell(session, party_id, template, some, some[0].uploaded_at, waits=True, more=more)


def _is_first_fault(session: Session, party_id: int, records: Sequence[MaintenanceRecord]) -> bool:
    """Whether these are the first ones of the day with a fault: who has no chat hears of them before the evening."""
    if not any(one.faults or one.dangerous for one in records):
        return False
    query = select(Notice).where(
        Notice.party_id == party_id, Notice.planned_on == day_of(records[0].uploaded_at),
        Notice.duty == RECORD_SIGNATURE, col(Notice.template).in_(ASKING), Notice.status != NoticeStatus.CANCELLED,
    )  # fmt: skip
    return not any(matter_of(one).get(AT_ONCE) for one in session.exec(query))


def tell_objection(
    session: Session, record: MaintenanceRecord, text: str, who: str, now: datetime, *, is_remark: bool = False
) -> None:
    """The maintainer hears at once what the unit says, and answers an objection by a note."""
    more = {"text": text, "who": who, "remark": "yes" if is_remark else ""}
    _tell(session, record.maintainer_id, OBJECTED, [record], now, more=more)


def tell_note(session: Session, record: MaintenanceRecord, text: str, now: datetime) -> None:
    """The unit hears what the maintainer says to its objection, and may sign then."""
    if record.unit_id is not None:
        _tell(session, record.unit_id, NOTED, [record], now, more={"text": text, "who": ""})


def tell_morning(
    session: Session, party_id: int, template: str, records: Sequence[MaintenanceRecord], now: datetime
) -> None:
    """One message in the morning about the records of a day: to a unit what silence has signed, to a maintainer what is
    unsigned."""
    morning = time(numbers_of(session, records[0].city_id).morning_hour)
    at = datetime.combine(day_of(now), morning, SHANGHAI)
    _tell(session, party_id, template, records, now, not_before=at if at > now else None, joins=True)


def take_out(session: Session, records: Sequence[MaintenanceRecord], now: datetime) -> None:
    """Of what was signed or objected to no message says that it is open, or was signed by silence: neither one that has
    not left, nor the next way of one that has."""
    ids = {record.id for record in records}
    since = min(day_of(record.uploaded_at) for record in records)
    for party_id in {party for record in records for party in (record.unit_id, record.maintainer_id)} - {None}:
        query = select(Notice).where(
            Notice.party_id == party_id, Notice.planned_on >= since, Notice.duty == RECORD_SIGNATURE,
            col(Notice.template).in_(OF_THE_UNSIGNED), col(Notice.status).in_((*_UNSENT, NoticeStatus.SENT)),
        )  # fmt: skip
        found = [one for one in session.exec(query) if ids & set(records_of(one))]
        waiting = {one.id: one for one in found if one.status in _UNSENT}
        for notice_id in sorted(lock_notices(session, list(waiting), _UNSENT)):
            notice = session.get_one(Notice, notice_id, populate_existing=True)
            matter = matter_of(notice)
            kept = [(lift, one) for lift, one in _pairs(matter) if one["record"] not in ids]
            if kept:
                notice.facts = (notice.facts or {}) | {RECORDS: matter | _unzipped(kept)}
                session.add(notice)
            else:
                cancel(session, [notice_id], reason=ANSWERED, now=now)
        _wait_no_more(session, [one for one in found if one.status == NoticeStatus.SENT])


def _wait_no_more(session: Session, notices: Sequence[Notice]) -> None:
    """The next way is not tried where all of it is answered, however long nobody opens it (notifier.silence)."""
    spoken_of = {record_id for one in notices for record_id in records_of(one)}
    pending = col(MaintenanceRecord.state) == RecordState.PENDING
    is_open = set(session.exec(select(MaintenanceRecord.id).where(col(MaintenanceRecord.id).in_(spoken_of), pending)))
    done = [one.id for one in notices if not is_open & set(records_of(one))]
    taken = (col(Delivery.status) == DeliveryStatus.SENT, col(Delivery.error) == "")
    session.execute(update(Delivery).where(col(Delivery.notice_id).in_(done), *taken).values(error=ANSWERED))


def ask_without_silence(session: Session, unit_id: int) -> None:
    """The unit has withdrawn its consent: what has not left does not say any more that silence counts."""
    query = select(Notice.id).where(
        Notice.party_id == unit_id, Notice.duty == RECORD_SIGNATURE,
        col(Notice.template).in_((ASKED_SILENCE_COUNTS, EVENING)), col(Notice.status).in_(_UNSENT),
    )  # fmt: skip
    for notice_id in sorted(lock_notices(session, session.exec(query).all(), _UNSENT)):
        notice = session.get_one(Notice, notice_id, populate_existing=True)
        if notice.template == EVENING:
            matter = matter_of(notice)
            each = [one | {SILENCE: False} for one in matter["each"]]
            notice.facts = (notice.facts or {}) | {RECORDS: matter | {"each": each}}
        else:
            notice.template = ASKED
        session.add(notice)


def asked_between(session: Session, party_id: int, since: date, until: date) -> list[Notice]:
    """What asked a unit to sign and said that silence counts, planned on one of these days."""
    query = select(Notice).where(
        Notice.party_id == party_id, Notice.planned_on >= since, Notice.planned_on <= until,
        Notice.duty == RECORD_SIGNATURE, col(Notice.template).in_((ASKED_SILENCE_COUNTS, EVENING)),
    )  # fmt: skip
    return list(session.exec(query))


def matter_of(notice: Notice) -> dict[str, Any]:
    """What a notice says of records."""
    return (notice.facts or {}).get(RECORDS) or {}


def records_of(notice: Notice) -> list[int]:
    """The records of which a notice speaks."""
    return [one["record"] for one in matter_of(notice).get("each", ())]


def silence_of(notice: Notice) -> list[int]:
    """Those of them of which it says that silence counts; only what is told in the evening tells them apart."""
    return [one["record"] for one in matter_of(notice).get("each", ()) if one.get(SILENCE, True)]


def _tell(
    session: Session,
    party_id: int,
    template: str,
    records: Sequence[MaintenanceRecord],
    now: datetime,
    *,
    waits: bool = False,
    not_before: datetime | None = None,
    joins: bool = False,
    more: dict[str, str] | None = None,
) -> None:
    notice = notice_of(session, party_id, template, records, now, more)
    notice.not_before = not_before
    if waits:
        numbers = numbers_of(session, notice.city_id)
        together = timedelta(minutes=numbers.records_together_minutes)
        hurry = records[0].sign_by - timedelta(minutes=numbers.records_at_once_minutes)
        last = last_tried(session, notice)
        if last is not None and last + together > now and hurry > now:
            notice.not_before = min(last + together, hurry)
    if waits or joins:
        for waiting in not_left(session, notice):
            if _join(waiting, notice):
                session.flush()
                return
    session.add(notice)
    session.flush()


def notice_of(
    session: Session,
    party_id: int,
    template: str,
    records: Sequence[MaintenanceRecord],
    now: datetime,
    more: dict[str, str] | None = None,
) -> Notice:
    """What tells a party of these records; it is not planned yet."""
    first, today = records[0], day_of(now)
    wanted = col(Lift.id).in_({record.lift_id for record in records})
    lifts = {one.id: one for one in session.exec(select(Lift).where(wanted))}
    said = said_of(session, records)
    by = {one: party_name(session, one) for one in {record.maintainer_id for record in records}}
    matter = {
        "lifts": [place_facts(lifts[record.lift_id]) for record in records],
        "each": [_each(record, said[record.entry_id], by[record.maintainer_id]) for record in records],
        "on": day_of(first.sign_by - timedelta(seconds=1)).isoformat(),
        "unit": party_name(session, first.unit_id),
        "maintainer": by[first.maintainer_id],
        "text": "",
        "who": "",
        "remark": "",
        "sealed": _last_sealed(session),
        **(more or {}),
    }
    rulebook = rulebook_of(session, first.city_id, today)
    return Notice(
        city_id=first.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=RECORD_SIGNATURE,
        rule="",
        step=STEPS[template],
        audience=TO_UNIT if party_id == first.unit_id else TO_MAINTAINER,
        district_code=lifts[first.lift_id].district_code or "",
        channel_class="chat",
        template=template,
        facts={RECORDS: matter, "basis": basis_of(rulebook, BASES.get(template, PUSHED_BASIS))},
    )


def _last_sealed(session: Session) -> list[str]:
    """The last closed day and the fingerprint of its root; nothing where none is closed.

    It goes with messages that leave anyway, so that whoever keeps them can show that nothing was made anew since.
    """
    root = session.exec(select(RecordRoot).order_by(col(RecordRoot.day).desc()).limit(1)).first()
    return [root.day.isoformat(), fingerprint(bytes(root.root))] if root is not None else []


def _each(record: MaintenanceRecord, said: Said, by: str) -> dict[str, Any]:
    return {
        "record": record.id,
        "by": by,
        "kind": record.kind,
        "done": day_of(record.completed_at).isoformat(),
        "faults": record.faults,
        "fixed": said.fixed,
        "dangerous": record.dangerous,
        "late": record.late_upload,
    }


def _join(waiting: Notice, notice: Notice) -> bool:
    """Add what `notice` says to one that waits, if it speaks of the same day; each record is named with whose it is."""
    known, new = matter_of(waiting), matter_of(notice)
    is_alike = known["on"] == new["on"] and bool(known["unit"]) == bool(new["unit"])
    if not is_alike or len(known["each"]) + len(new["each"]) > MOST:
        return False
    pairs = [*_pairs(known), *_pairs(new)]
    waiting.facts = (waiting.facts or {}) | {RECORDS: known | _unzipped(pairs)}
    if AT_ONCE in new:
        waiting.facts[RECORDS][AT_ONCE], waiting.not_before = new[AT_ONCE], notice.not_before
    return True


def _pairs(matter: dict[str, Any]) -> list[tuple[dict[str, str], dict[str, Any]]]:
    return list(zip(matter["lifts"], matter["each"], strict=True))


def _unzipped(pairs: Sequence[tuple[dict[str, str], dict[str, Any]]]) -> dict[str, Any]:
    return {"lifts": [lift for lift, _ in pairs], "each": [one for _, one in pairs]}
