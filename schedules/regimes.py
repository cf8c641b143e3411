"""Under which rulebook the stored register of a city is on a day."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Session

from schedules.rulebook import Rule, Rulebook, RulebookError, load_rulebook, rules_of
from store.database import table_of
from store.lifts import Regime

REGIMES = select(table_of(Regime).c.rulebook, table_of(Regime).c.from_on).where(
    table_of(Regime).c.city_id == bindparam("city")
)


def rulebook_of(session: Session, city_id: str, today: date) -> Rulebook:
    """The rulebook in force in the city on `today`: the one that began last."""
    regimes = session.connection().execute(REGIMES, {"city": city_id}).all()
    begun = [(from_on or date.min, rulebook) for rulebook, from_on in regimes if from_on is None or from_on <= today]
    if not begun:
        raise RulebookError(f"the register {city_id!r} is under no rulebook on {today}")
    return load_rulebook(max(begun)[1])


def rules_in_force(session: Session, city_id: str, today: date) -> tuple[Rule, ...]:
    """Its rules, those of its companions included."""
    return rules_of(rulebook_of(session, city_id, today))
