"""The plan of a day for every city that is neither paused nor held."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from actions.people.contacts import begin_check
from notifier.greetings import plan_greetings
from schedules.calls import review_calls
from schedules.forecast import floor_of, hold_if_too_large, make_forecast
from schedules.openings import coming_openings
from schedules.planner import PlanSummary, plan_day
from schedules.regimes import rulebook_of
from schedules.unanswered import plan_unanswered
from store.brakes import PlanForecast, is_paused
from store.locks import hold_all_cities


def plan_cities(session: Session, *, today: date, now: datetime) -> PlanSummary:
    """Plan `today` in each city, and remember what its ladders promise for the days to come."""
    plans = [_plan_city(session, city_id, today, now) for city_id in hold_all_cities(session)]
    review_calls(session, today=today)  # also where nothing is planned, and of what was being sent as it changed
    return PlanSummary(
        notices=sum(plan.notices for plan in plans),
        duties=sum(plan.duties for plan in plans),
        put_off=sum(plan.put_off for plan in plans),
    )


def _plan_city(session: Session, city_id: str, today: date, now: datetime) -> PlanSummary:
    if is_paused(session, city_id) or hold_if_too_large(session, city_id, today=today, now=now):
        return PlanSummary()
    plan = plan_day(session, today=today, now=now, city_id=city_id)
    lists = plan_unanswered(session, city_id, today=today, now=now)
    plan = replace(plan, notices=plan.notices + lists + _greet(session, city_id, today, now))
    forecast = session.get(PlanForecast, city_id)
    if plan.duties or forecast is None or forecast.made_on != today:
        make_forecast(session, city_id, today=today)
    return plan


def _greet(session: Session, city_id: str, today: date, now: datetime) -> int:
    """Greet new contacts where the city wants it: after the plan, for who is due today is not greeted."""
    if not begin_check(session, city_id, today=today):
        return 0
    days = rulebook_of(session, city_id, today).numbers.greet_days_before
    coming = coming_openings(session, city_id, today=today, days=days)
    at_most = floor_of(session, city_id)
    return plan_greetings(session, city_id, coming, at_most=at_most, today=today, now=now)
