"""Until a handover is confirmed its notices go to both: to the new unit as copies, where the old one has named it.

Who only claims lifts gets none: nothing is told about a lift on a claimant's word.
"""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from store.duties import Duty, Told, ToldState
from store.handovers import Handover, HandoverLift, HandoverState
from store.notices import Notice

COPIED = (
    *("city_id", "run_id", "planned_on", "send_on", "duty", "rule", "step", "audience", "district_code"),
    *("desk_party_id", "channel_class", "template", "late", "facts"),
)


def copy_to_new_units(session: Session, *, today: date) -> int:
    """Copy what was planned today for units that give lifts away to those who get them; how many notices."""
    open_ones = select(Handover.id).where(Handover.state == HandoverState.PROPOSED, col(Handover.by_new).is_(False))
    if session.exec(open_ones).first() is None:
        return 0
    session.flush()
    other = aliased(Told)
    has_it = exists().where(
        col(other.duty_id) == Told.duty_id,
        col(other.due) == Told.due,
        col(other.step) == Told.step,
        col(other.party_id) == Handover.to_party_id,
    )
    query = (
        select(Told, Notice, Handover.to_party_id)
        .join(Notice, col(Notice.id) == Told.notice_id)
        .join(Duty, col(Duty.id) == Told.duty_id)
        .join(HandoverLift, col(HandoverLift.lift_id) == Duty.lift_id)
        .join(Handover, col(Handover.id) == HandoverLift.handover_id)
        .where(Notice.planned_on == today, Told.party_id == Handover.from_party_id)
        .where(col(Told.state).in_((ToldState.RESERVED, ToldState.TOLD)), ~has_it)
        .where(Handover.state == HandoverState.PROPOSED, col(Handover.by_new).is_(False))
        .where(col(HandoverLift.overtaken).is_(False))
        .order_by(col(Notice.id), col(Told.duty_id))
    )
    rows: dict[tuple[int, int], list[tuple[Told, Notice]]] = defaultdict(list)
    for told, notice, party_id in session.exec(query).all():
        rows[notice.id, party_id].append((told, notice))
    for (_, party_id), copied in rows.items():
        _copy(session, party_id, copied, today)
    return len(rows)


def _copy(session: Session, party_id: int, rows: list[tuple[Told, Notice]], today: date) -> None:
    original = rows[0][1]
    notice = Notice(party_id=party_id, **{name: getattr(original, name) for name in COPIED})
    session.add(notice)
    session.flush()
    for told, _ in rows:
        copied: dict[str, Any] = {"duty_id": told.duty_id, "due": told.due, "step": told.step, "late": told.late}
        copied |= {"state": ToldState.RESERVED, "notice_id": notice.id, "on_date": today, "is_copy": True}
        session.add(Told(party_id=party_id, **copied))
    session.flush()
