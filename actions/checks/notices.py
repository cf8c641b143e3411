"""What a department found out about what a unit said is told to everybody who said it."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.checks.said import Saying, standing
from actions.visits.notices import BASIS
from store.lifts import Lift, place_facts
from store.notices import SAYING, Notice
from store.tasks import Task

CONFIRMED, REFUTED, TAKEN_BACK = "confirmed", "not so", "taken back"
RESULT, RESULT_NOTE = "result", "result_note"  # in the detail of a check that is settled


def tell_outcome(session: Session, task: Task, *, is_so: bool, note: str, office: str, today: date) -> list[Notice]:
    """Plan a notice to each; to the unit's contact where whoever said it is there no more, or is not known."""
    query = select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_((task.detail or {}).get("lifts", [])))
    lifts = session.exec(query.order_by(col(Lift.compound), col(Lift.building), col(Lift.id))).all()
    if task.party_id is None or not lifts:
        return []
    template = "saying.confirmed" if is_so else "saying.refuted"
    shared = {
        "task": task.id,
        "note": note.strip(),
        "office": office,
        "lifts": [place_facts(lift) for lift in lifts],
    }
    last = {one.contact_id: one for one in standing(task)}  # each hears once
    notices = [_notice(task.party_id, lifts[0], template, shared | _about(one), today) for one in last.values()]
    session.add_all(notices)
    session.flush()
    return notices


def _about(one: Saying) -> dict[str, Any]:
    return {"contact": one.contact_id, "said": one.said, "on": one.on.isoformat() if one.on else ""}


def _notice(party_id: int, first: Lift, template: str, about: dict[str, Any], today: date) -> Notice:
    return Notice(
        city_id=first.city_id,
        planned_on=today,
        send_on=today,
        party_id=party_id,
        duty=SAYING,
        rule="",
        step="saying_settled",
        audience="unit_contact",
        district_code=first.district_code or "",
        channel_class="chat",
        template=template,
        facts={SAYING: about, "basis": BASIS},
    )
