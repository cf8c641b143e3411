"""What an officer sends to units of the own district: shown first, then sent exactly as it was shown.

What has changed since it was shown is shown again instead. A unit is told once a day of a lift at most; the ledger's
key (`pushed.` and the day) holds it, whoever sends at the same moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.moments import by_clock
from actions.regulator.order_notices import plan_order
from actions.regulator.overdue import NO_UNIT, OverdueLift, find_overdue, rung_of_rule
from actions.regulator.push_previews import PushPreview, preview_of
from actions.regulator.scope import acts_on_lifts, answered_for, is_their_push
from schedules.announcements import Announcement, announce, parties_of
from schedules.rulebook import rule_named
from store.database import in_chunks, table_of
from store.duties import PUSHED, Duty
from store.lifts import LiftRole
from store.locks import hold, lock_lifts
from store.notices import Notice
from store.parties import Contact
from store.pushes import Push, PushKind, PushLift, PushNotice, PushState

SERVED_WITHIN = timedelta(days=30)  # the document of an order is served so many days after its notice at most
LONGEST_NUMBER, LONGEST_REASON = 24, 20  # characters: they stand in an SMS as they are


@dataclass(frozen=True)
class PushDone:
    """`sent`: as it was shown. Else something had changed: `gone` and `come` are lifts that it was, or is now, about.

    The draft holds what is true now, and `preview` shows it.
    """

    preview: PushPreview
    sent: bool
    gone: tuple[int, ...] = ()
    come: tuple[int, ...] = ()


@verb(REGULATORS, lifts=acts_on_lifts)
def draft_push(session: Session, asked: Asked, *, lifts: Sequence[int] | None = None) -> PushPreview:
    """What would be sent about these lifts, or about all that are overdue in the own district: nothing is sent yet."""
    known = session.exec(select(Push).where(Push.key == asked.key)).first()
    if known is None:
        known = _draft(session, asked, PushKind.OVERDUE, wants_all=lifts is None)
        _write_lifts(session, known, _overdue_now(session, asked, lifts))
    return preview_of(session, known)


@verb(REGULATORS, lifts=acts_on_lifts)
def draft_stop_order(
    session: Session, asked: Asked, *, lifts: Sequence[int], number: str, reason: str, served_on: date | None = None
) -> PushPreview:
    """The notice of an order to stop using these lifts of one unit, which was made as document `number`: as it would
    be sent. `served_on` is when the document itself is served, which this is not."""
    known = session.exec(select(Push).where(Push.key == asked.key)).first()
    if known is not None:
        return preview_of(session, known)
    _refuse_service(served_on, asked.today)
    number, reason = _checked(number, LONGEST_NUMBER, "stop.number"), _checked(reason, LONGEST_REASON, "stop.reason")
    _refuse_same_order(session, asked.actor.party_id, number)
    found = _units_now(session, lifts)
    if any(lift.left_out for lift in found):
        raise Refused("stop.no_unit")
    if len({lift.unit_id for lift in found}) > 1:
        raise Refused("stop.several_units")
    push = _draft(session, asked, PushKind.STOP_ORDER, number=number, reason=reason, served_on=served_on)
    _write_lifts(session, push, found)
    return preview_of(session, push)


@verb(REGULATORS, reads=True, push_id=is_their_push)
def show_push(session: Session, asked: Asked, *, push_id: int) -> PushPreview:
    """A push as it was shown or sent."""
    return preview_of(session, session.get_one(Push, push_id))


@verb(REGULATORS, push_id=is_their_push)
def send_push(session: Session, asked: Asked, *, push_id: int) -> PushDone:
    """Send it as it was shown; where that is not true any more, show what is."""
    push = session.get_one(Push, push_id, with_for_update=True, populate_existing=True)
    if push.state == PushState.SENT:
        if push.sent_key == asked.key:
            return PushDone(preview_of(session, push), sent=True)
        raise Refused("push.sent_already", who=_name(session, push.contact_id), at=by_clock(push.sent_at))
    if push.kind == PushKind.STOP_ORDER:
        _refuse_service(push.served_on, asked.today)
        hold(session, f"orders/{push.party_id}")
        _refuse_same_order(session, push.party_id, push.number)
    shown = {row.lift_id: row for row in _shown(session, push)}
    lock_lifts(session, shown)
    now = _now_of(session, asked, push, list(shown))
    gone, come = _changes(shown, now)
    if gone or come or push.on_date != asked.today:
        _write_lifts(session, push, now)
        push.on_date = asked.today
        session.add(push)
        session.flush()
        return PushDone(preview_of(session, push), sent=False, gone=gone, come=come)
    told = [lift for lift in now if not lift.left_out]
    if not told:
        raise Refused("push.nothing")
    _send(session, asked, push, told)
    return PushDone(preview_of(session, push), sent=True)


def _draft(session: Session, asked: Asked, kind: PushKind, **values: Any) -> Push:
    actor = asked.actor
    push = Push(
        city_id=actor.city_id,
        kind=kind,
        party_id=actor.party_id,
        contact_id=actor.contact_id,
        on_date=asked.today,
        drafted_at=asked.now,
        key=asked.key,
        **values,
    )
    session.add(push)
    session.flush()
    return push


def _checked(text: str, longest: int, name: str) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > longest:
        raise Refused(name, longest=longest)
    return plain


def _refuse_service(served_on: date | None, today: date) -> None:
    """The notice says that the document is served apart: not before the order that it tells of, nor long after it."""
    if served_on is not None and not today <= served_on <= today + SERVED_WITHIN:
        raise Refused("stop.served", first=today, last=today + SERVED_WITHIN)


def _refuse_same_order(session: Session, party_id: int, number: str) -> None:
    query = select(Push).where(Push.party_id == party_id, Push.number == number, Push.state == PushState.SENT)
    same = session.exec(query).first()
    if same is not None:
        raise Refused(
            "stop.sent_already", number=number, who=_name(session, same.contact_id), at=by_clock(same.sent_at)
        )


def _name(session: Session, contact_id: int) -> str:
    return session.get_one(Contact, contact_id).name


def _overdue_now(session: Session, asked: Asked, lift_ids: Sequence[int] | None) -> list[OverdueLift]:
    return find_overdue(session, asked.actor.city_id, answered_for(asked.actor), asked.today, lift_ids)


def _units_now(session: Session, lift_ids: Sequence[int]) -> list[OverdueLift]:
    units = parties_of(session, lift_ids, [LiftRole.USE_UNIT])
    found = {lift_id: units.get((lift_id, LiftRole.USE_UNIT)) for lift_id in sorted(set(lift_ids))}
    return [
        OverdueLift(lift_id, unit_id=unit, left_out="" if unit is not None else NO_UNIT)
        for lift_id, unit in found.items()
    ]


def _now_of(session: Session, asked: Asked, push: Push, lift_ids: Sequence[int]) -> list[OverdueLift]:
    """What is true now of what was asked for; of all that are overdue also those that have become so."""
    if push.kind == PushKind.STOP_ORDER:
        return _units_now(session, lift_ids)
    return _overdue_now(session, asked, None if push.wants_all else lift_ids)


def _shown(session: Session, push: Push) -> Sequence[PushLift]:
    return session.exec(select(PushLift).where(PushLift.push_id == push.id)).all()


def _changes(shown: dict[int, PushLift], now: Sequence[OverdueLift]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lifts that were to be told of otherwise (another date or unit) or not any more; and those that are new."""
    before = {lift_id: (row.unit_id, row.duty_id, row.due) for lift_id, row in shown.items() if not row.left_out}
    after = {lift.lift_id: (lift.unit_id, lift.duty_id, lift.due) for lift in now if not lift.left_out}
    gone = tuple(lift_id for lift_id, told in before.items() if after.get(lift_id) != told)
    come = tuple(lift_id for lift_id, told in after.items() if before.get(lift_id) != told)
    return gone, come


def _write_lifts(session: Session, push: Push, lifts: Sequence[OverdueLift]) -> None:
    table = table_of(PushLift)
    session.execute(delete(table).where(table.c.push_id == push.id))
    names = ("lift_id", "duty_id", "due", "unit_id", "left_out")
    rows = [{"push_id": push.id} | {name: getattr(lift, name) for name in names} for lift in lifts]
    if rows:
        session.execute(insert(table), rows)
    session.expire_all()


def _send(session: Session, asked: Asked, push: Push, told: Sequence[OverdueLift]) -> None:
    push.state, push.sent_at, push.sent_key = PushState.SENT, asked.now, asked.key
    push.contact_id = asked.actor.contact_id
    session.add(push)
    session.flush()
    if push.kind == PushKind.STOP_ORDER:
        notices = plan_order(session, push, [lift.lift_id for lift in told], asked.actor.party_name)
    else:
        notices = _plan_overdue(session, push, told, asked.today)
    session.add_all(PushNotice(push_id=push.id, notice_id=notice.id) for notice in notices)
    session.flush()


def _plan_overdue(session: Session, push: Push, told: Sequence[OverdueLift], today: date) -> list[Notice]:
    """One notice for each unit and rule, as the rung of that rule tells it."""
    notices: list[Notice] = []
    for rule_id in sorted({lift.rule for lift in told}):
        rung = rung_of_rule(rule_id)
        assert rung is not None  # else it was left out
        ids = [lift.duty_id for lift in told if lift.rule == rule_id]
        duties = [one for part in in_chunks(ids) for one in session.exec(select(Duty).where(col(Duty.id).in_(part)))]
        facts = {"push": push.id}
        announcement = Announcement(push.city_id, rule_named(rule_id), f"{PUSHED}.{today.isoformat()}", facts)
        notices += announce(session, announcement, [rung[1]], duties, today)
    return notices
