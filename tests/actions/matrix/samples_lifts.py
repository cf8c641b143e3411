"""Reading lifts."""

from typing import Any

from phones.world import TODAY, World
from sqlmodel import Session

from actions.lifts.mine import Choice
from store.notices import Notice


def one_lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A lift of theirs."""
    return {"lift_id": world.lifts[whose][0]}


def a_notice(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A notice to them."""
    notice = Notice(
        city_id="guangzhou",
        planned_on=TODAY,
        send_on=TODAY,
        party_id=world.parties[whose],
        duty="periodic_inspection",
        rule="guangzhou/periodic_inspection",
        step="sms",
        audience="unit_contact",
        channel_class="sms",
        template="gz.sms",
    )
    session.add(notice)
    session.flush()
    return {"notice_id": notice.id}


SAMPLES = {
    "notice_story": a_notice,
    "lifts_of_notice": a_notice,
    "last_notice": lambda session, world, whose: {},
    "lift_groups": lambda session, world, whose: {},
    "my_lifts": lambda session, world, whose: {"choice": Choice(), "offset": 0, "limit": 8},
    "lift_story": one_lift,
}
