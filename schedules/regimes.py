"""Under which rulebook the stored register of a city is on a day."""

from datetime import date

from sqlmodel import Session, select

from schedules.rulebook import Rule, Rulebook, RulebookError, load_rulebook, rules_of
from store.lifts import Regime


def rulebook_of(session: Session, city_id: str, today: date) -> Rulebook:
    """The rulebook in force in the city on `today`: the one that began last."""
    regimes = session.exec(select(Regime).where(Regime.city_id == city_id)).all()
    begun = [regime for regime in regimes if regime.from_on is None or regime.from_on <= today]
    if not begun:
        raise RulebookError(f"the register {city_id!r} is under no rulebook on {today}")
    latest = max(begun, key=lambda regime: (regime.from_on is not None, regime.from_on or date.min))
    return load_rulebook(latest.rulebook)


def rules_in_force(session: Session, city_id: str, today: date) -> tuple[Rule, ...]:
    """Its rules, those of its companions included."""
    return rules_of(rulebook_of(session, city_id, today))
