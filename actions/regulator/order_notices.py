"""The notices of an order to stop using lifts: at once, by day or night, to the unit's heads and to the maintainers.

They say that the order was made and that its document is served apart; they serve nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from schedules.announcements import parties_of
from store.database import in_chunks
from store.lifts import Lift, LiftRole, place_facts
from store.notices import ORDER, STOP_ORDER, Notice
from store.pushes import Push

TELLINGS = (
    (LiftRole.USE_UNIT, "legal_rep_and_manager", "reg.stop"),
    (LiftRole.MAINTAINER, "maintainer", "reg.stop.maint"),
)


def plan_order(session: Session, push: Push, lift_ids: Sequence[int], issuer: str) -> list[Notice]:
    """One notice to the unit, and a copy to each maintainer of these lifts."""
    lifts = [one for part in in_chunks(lift_ids) for one in session.exec(select(Lift).where(col(Lift.id).in_(part)))]
    parties = parties_of(session, lift_ids, [role for role, _, _ in TELLINGS])
    notices: list[Notice] = []
    for role, audience, template in TELLINGS:
        theirs: dict[int, list[Lift]] = defaultdict(list)
        for lift in sorted(lifts, key=lambda lift: lift.id):
            if (party := parties.get((lift.id, role))) is not None:
                theirs[party].append(lift)
        told = {notice.party_id for notice in notices}  # who is both unit and maintainer is told once
        notices += [
            _notice(push, party, audience, template, group, issuer)
            for party, group in sorted(theirs.items())
            if party not in told
        ]
    session.add_all(notices)
    session.flush()
    return notices


def _notice(push: Push, party_id: int, audience: str, template: str, lifts: Sequence[Lift], issuer: str) -> Notice:
    order: dict[str, Any] = {
        "push": push.id,
        "number": push.number,
        "reason": push.reason,
        "issuer": issuer,
        "served_on": push.served_on.isoformat() if push.served_on else None,
        "lifts": [place_facts(lift) for lift in lifts],
    }
    return Notice(
        city_id=push.city_id,
        planned_on=push.on_date,
        send_on=push.on_date,
        party_id=party_id,
        duty=STOP_ORDER,
        rule="",
        step=STOP_ORDER,
        audience=audience,
        district_code=lifts[0].district_code or "",
        channel_class="sms",
        template=template,
        facts={ORDER: order, "basis": {"clause": push.number, "quote": push.reason, "document": issuer}},
    )
