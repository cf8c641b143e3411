"""The operator's brakes: a pause, its end, and the release of a plan that was held."""

from datetime import datetime

from sqlmodel import Session

from schedules.forecast import believe, end_hold
from store.brakes import EVERYWHERE, PAUSES, PlanHold, open_holds, pause_setting
from store.lifts import City
from store.locks import hold, hold_all_cities, hold_city
from store.settings import Setting

RELEASED = "released"


class BrakeError(Exception):
    """The brake cannot be worked as asked; the message is one sentence that says why."""


def pause(session: Session, *, city_id: str | None, reason: str, now: datetime) -> bool:
    """Neither plan nor send for the city (None: for any) until `resume`; False when it was paused already.

    What comes due meanwhile is found by the first plan after the pause, each duty at its latest rung.
    """
    _require_city(session, city_id)
    hold(session, PAUSES)
    stored = pause_setting(session)
    place = city_id or EVERYWHERE
    if place in stored:
        return False
    _store(session, {**stored, place: {"since": now.isoformat(), "reason": reason}})
    return True


def resume(session: Session, *, city_id: str | None) -> bool:
    """End the city's pause; without a city, every pause. False when there was none."""
    _require_city(session, city_id)
    hold(session, PAUSES)
    stored = pause_setting(session)
    left = {} if city_id is None else {place: one for place, one in stored.items() if place != city_id}
    if left == stored:
        return False
    _store(session, left)
    return True


def release_plan(session: Session, *, city_id: str | None, now: datetime) -> list[PlanHold]:
    """Let the held plan of the city go (None: of every city) with the next pass; returns what was held.

    The plan that was held becomes the forecast, so that the same plan is not held again.
    """
    _require_city(session, city_id)
    if city_id is None:
        hold_all_cities(session)
    else:
        hold_city(session, city_id)
    released = open_holds(session, None if city_id is None else [city_id])
    for held in released:
        believe(session, held.city_id, today=held.planned_on)
        end_hold(session, held, RELEASED, today=held.planned_on, now=now)
    return released


def _store(session: Session, value: dict[str, object]) -> None:
    session.merge(Setting(key=PAUSES, value=value))
    session.flush()


def _require_city(session: Session, city_id: str | None) -> None:
    if city_id is not None and session.get(City, city_id) is None:
        raise BrakeError(f"there is no register of the city {city_id!r} in this store")
