"""Visits booked under rules that hold no longer: those that serve no duty of the present ones become a task."""

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col, select

from schedules.announcements import parties_of
from schedules.tasks import open_task
from store.duties import Duty
from store.lifts import Lift, LiftRole
from store.tasks import TaskKind

Visits = dict[int, date]  # lift → the day of its visit
CHUNK = 500


def booked_visits(session: Session, city_id: str, today: date) -> Visits:
    """The visits from `today` on for which the duties of a city's lifts wait."""
    query = (
        select(Duty)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(Lift.city_id == city_id, col(Duty.booked_on) >= today)
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    )
    return {duty.lift_id: duty.booked_on for duty in session.exec(query) if duty.lift_id and duty.booked_on}


def ask_about(session: Session, lost: Visits, *, city_id: str, rules: str, today: date) -> None:
    """One task for each use unit and district, for the department where the visits are booked: the rules named `rules`
    ask for no inspection then. The bookings themselves stay as they are, should other rules hold again."""
    units = parties_of(session, lost, [LiftRole.USE_UNIT])
    groups: dict[tuple[int | None, str], list[Lift]] = defaultdict(list)
    ids = sorted(lost)
    for start in range(0, len(ids), CHUNK):
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids[start : start + CHUNK]))):
            groups[units.get((lift.id, LiftRole.USE_UNIT)), lift.district_code or ""].append(lift)
    for (unit, district), lifts in groups.items():
        open_task(
            session,
            TaskKind.BOOKING_OF_FORMER_RULES,
            f"{city_id}:{district}:{unit}:{rules}:{today}",
            city_id=city_id,
            today=today,
            party_id=unit,
            district_code=district,
            detail={
                "rules": rules,
                "visits": sorted({str(lost[lift.id]) for lift in lifts}),
                "lifts": len(lifts),
                "keys": sorted(lift.key for lift in lifts),
            },
        )
