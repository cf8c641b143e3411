"""What keeps notices from leaving: a pause, and a day's plan that is held. Read here by every room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, text
from sqlmodel import Field, Session, SQLModel, col, select

from store.base import check, unique_where
from store.settings import Setting

PAUSES = "pauses"  # {city or '*': {"since": moment, "reason": text}}
EVERYWHERE = "*"

STOPS = text(
    """SELECT city_id AS held, CAST(NULL AS JSON) AS paused FROM plan_hold WHERE ended_at IS NULL
    UNION ALL SELECT NULL, value FROM setting WHERE key = :key"""
).columns(held=String, paused=JSON)


class PlanForecast(SQLModel, table=True):
    """What a city's ladders promised after its last plan.

    `opens` counts duties by the ISO day on which their next rung may be told, up to a month ahead; `believed` are ended
    validities that an operator let through.
    """

    __tablename__ = "plan_forecast"
    __table_args__ = (check("no_negative_belief", "believed >= 0"),)

    city_id: str = Field(foreign_key="city.id", primary_key=True)
    made_on: date
    opens: dict[str, int] = Field(sa_type=JSON)
    believed: int = 0


class PlanHold(SQLModel, table=True):
    """A day's plan that was not made because it looked wrong: `duties` to be told of where `forecast` were expected."""

    __tablename__ = "plan_hold"
    __table_args__ = (
        check("reason_not_blank", "length(trim(reason)) > 0"),
        check("ended_with_outcome", "(ended_at IS NULL) = (outcome = '')"),
        unique_where("uq_plan_hold_open", "ended_at IS NULL", "city_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    planned_on: date
    held_at: datetime
    duties: int
    forecast: int
    reason: str
    ended_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Pause:
    """Nothing is planned or sent; `city_id` None stands for every city."""

    city_id: str | None
    since: datetime
    reason: str


@dataclass(frozen=True)
class Stopped:
    """The cities from which no notice leaves at present."""

    everywhere: bool
    cities: frozenset[str]

    def __contains__(self, city_id: object) -> bool:
        return self.everywhere or city_id in self.cities


NOWHERE = Stopped(everywhere=False, cities=frozenset())
EVERYTHING = Stopped(everywhere=True, cities=frozenset())


def pauses(session: Session) -> list[Pause]:
    """The pauses in force, that of every city first."""
    stored = pause_setting(session)
    return [
        Pause(None if city == EVERYWHERE else city, datetime.fromisoformat(one["since"]), one["reason"])
        for city, one in sorted(stored.items())
    ]


def is_paused(session: Session, city_id: str | None = None) -> bool:
    """Whether nothing is sent for the city; without a city, whether nothing is sent at all."""
    stored = pause_setting(session)
    return EVERYWHERE in stored or city_id in stored


def pause_setting(session: Session) -> dict[str, Any]:
    """The pauses as they are stored."""
    setting = session.get(Setting, PAUSES)
    return dict(setting.value) if setting is not None else {}


def open_holds(session: Session, city_ids: Iterable[str] | None = None) -> list[PlanHold]:
    """The plans that are held, by city."""
    query = select(PlanHold).where(col(PlanHold.ended_at).is_(None)).order_by(PlanHold.city_id)
    if city_ids is not None:
        query = query.where(col(PlanHold.city_id).in_(list(city_ids)))
    return list(session.exec(query))


def stopped_cities(session: Session) -> Stopped:
    """Where no notice may leave now, by a pause or because a plan is held."""
    session.flush()  # what this transaction has just stopped counts, and a connection does not look for it
    found = session.connection().execute(STOPS, {"key": PAUSES}).all()
    cities = {city for held, paused in found for city in ([held] if held else paused)}
    return Stopped(EVERYWHERE in cities, frozenset(cities))
