"""What was told already and is said again by another way: without the lifts of which it is no longer true."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlmodel import Session

from notifier.facts import ALERT, NoticeFacts
from notifier.routing import CALL, EACH_OF
from store.alerts import ENDED, Alert
from store.database import table_of
from store.duties import MISTAKEN, Duty, Told, ToldState
from store.lifts import Lift, Responsibility
from store.notices import Notice
from store.rowsets import among

STEP, MISTAKE = ".step", ".mistake"  # templates about an alert that say how far it is, and that it was none
ANSWERING = ("unit_contact", "unit_head", "maintainer", *EACH_OF)  # who is told because a lift is theirs


def leave_out_what_is_over(
    session: Session, facts: Mapping[int, NoticeFacts], again: Iterable[int]
) -> dict[int, NoticeFacts]:
    """The same facts, but the notices `again` say nothing more of duties closed, withdrawn or moved since, or of lifts
    that are with another party by now.

    That a duty was told by mistake stays true of one that is withdrawn. Of an alert nobody hears what it was before.
    """
    kept = dict(facts)
    ids = sorted({*again} & kept.keys())
    if not ids:
        return kept
    for notice_id in _about_former_states(session, [kept[one] for one in ids if ALERT in kept[one].own]):
        own = {name: value for name, value in kept[notice_id].own.items() if name != ALERT}
        kept[notice_id] = replace(kept[notice_id], own=own)
    told, notice, duty, lift = table_of(Told), table_of(Notice), table_of(Duty), table_of(Lift)
    over = or_(duty.c.closed_on.is_not(None), duty.c.withdrawn_at.is_not(None), duty.c.due != told.c.due, _is_lost())
    query = (
        select(told.c.notice_id, lift.c.key, over.label("is_over"))
        .join(notice, notice.c.id == told.c.notice_id)
        .join(duty, duty.c.id == told.c.duty_id)
        .join(lift, lift.c.id == duty.c.lift_id)
        .where(and_(among(session, told.c.notice_id, ids), told.c.state.in_((ToldState.RESERVED, ToldState.TOLD))))
        .where(not_(told.c.step.startswith(MISTAKEN)))
    )
    gone: dict[int, set[str]] = defaultdict(set)
    holds: dict[int, set[str]] = defaultdict(set)
    for notice_id, key, is_over in session.execute(query):
        (gone if is_over else holds)[notice_id].add(key)
    for notice_id, keys in gone.items():
        out = keys - holds[notice_id]
        fact = kept[notice_id]
        kept[notice_id] = replace(fact, lifts=[one for one in fact.lifts if one.key not in out])
    return kept


def _about_former_states(session: Session, notices: list[NoticeFacts]) -> list[int]:
    """Of these notices about alerts those that are no longer so: a step has been taken since, or it is over."""
    if not notices:
        return []
    alert = table_of(Alert).c
    ids = {one.own[ALERT]["id"] for one in notices}
    query = select(alert.id, alert.state, alert.maintainer_party_id).where(alert.id.in_(ids))
    now = {row.id: row for row in session.execute(query)}
    former: list[int] = []
    for one in notices:
        own, row = one.own[ALERT], now[one.own[ALERT]["id"]]
        asks_them = one.channel_class == CALL and one.party_id == row.maintainer_party_id
        holds_in_one_state = own["waited"] or one.template.endswith(STEP) or asks_them
        is_former = own.get("state", row.state) != row.state if holds_in_one_state else row.state in ENDED
        if is_former and not one.template.endswith(MISTAKE):
            former.append(one.notice_id)
    return former


def release_lost(session: Session, notice_ids: Collection[int]) -> None:
    """What these notices were still to tell of lifts that are with another party by now is not told."""
    if not notice_ids:
        return
    told, notice, duty = table_of(Told), table_of(Notice), table_of(Duty)
    lost = select(duty.c.id).where(duty.c.id == told.c.duty_id, notice.c.id == told.c.notice_id, _is_lost())
    mine = and_(among(session, told.c.notice_id, notice_ids), told.c.state == ToldState.RESERVED)
    theirs = not_(told.c.step.startswith(MISTAKEN))
    is_lost = lost.correlate(told).exists()
    session.execute(update(told).where(mine, theirs, is_lost).values(state=ToldState.RELEASED))


def _is_lost() -> ColumnElement[bool]:
    told, notice, duty, held = table_of(Told).c, table_of(Notice).c, table_of(Duty).c, table_of(Responsibility).c
    theirs = exists().where(held.lift_id == duty.lift_id, held.party_id == told.party_id, held.to_on.is_(None))
    return and_(notice.audience.in_(ANSWERING), ~theirs)
