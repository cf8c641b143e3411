"""What a department found out about what a unit said is told to whoever said it."""

from datetime import date

from sqlmodel import Session, col, select

from actions.visits.notices import BASIS, PLACE
from store.lifts import Lift
from store.notices import SAYING, Notice
from store.tasks import Task

CONFIRMED, REFUTED, TAKEN_BACK = "confirmed", "not so", "taken back"
RESULT, RESULT_NOTE = "result", "result_note"  # in the detail of a check that is settled


def tell_outcome(session: Session, task: Task, *, is_so: bool, note: str, office: str, today: date) -> Notice | None:
    """Plan the notice; to the unit's contact where whoever said it is there no more, or is not known."""
    detail = task.detail or {}
    query = select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_(detail.get("lifts", [])))
    lifts = session.exec(query.order_by(col(Lift.compound), col(Lift.building), col(Lift.id))).all()
    if task.party_id is None or not lifts:
        return None
    about = {
        "task": task.id,
        "contact": detail.get("contact"),
        "said": detail.get("said", ""),
        "on": detail.get("on", ""),
        "note": note.strip(),
        "office": office,
        "lifts": [{name: getattr(lift, name) or "" for name in PLACE} for lift in lifts],
    }
    notice = Notice(
        city_id=task.city_id,
        planned_on=today,
        send_on=today,
        party_id=task.party_id,
        duty=SAYING,
        rule="",
        step="saying_settled",
        audience="unit_contact",
        district_code=lifts[0].district_code or "",
        channel_class="chat",
        template="saying.confirmed" if is_so else "saying.refuted",
        facts={SAYING: about, "basis": BASIS},
    )
    session.add(notice)
    session.flush()
    return notice
