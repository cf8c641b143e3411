"""Under which rules the stored register of a city is on a day."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from sqlalchemy import bindparam, select
from sqlmodel import Session

from schedules.numbers import Numbers, shared_numbers
from schedules.owed import Former
from schedules.rulebook import (
    Rule,
    Rulebook,
    RulebookError,
    load_rulebook,
    maintenance_of,
    programme_of,
    rules_of,
)
from store.database import table_of
from store.lifts import Regime

COLUMNS = table_of(Regime).c
REGIMES = select(COLUMNS.from_on, COLUMNS.rulebook, COLUMNS.beside).where(COLUMNS.city_id == bindparam("city"))
Begun = tuple[date, str, str]  # the first day, the rulebook, and what stands beside it
CYCLE_TRIGGER = "cycle_inspection"


def rulebook_of(session: Session, city_id: str, today: date) -> Rulebook:
    """The rules in force in the city on `today`: those that began last, with what stands beside them."""
    _, rulebook = regime_of(session, city_id, today)
    return rulebook


def numbers_of(session: Session, city_id: str | None) -> Numbers:
    """What the document leaves open, of the rules of the city that begin last: for what does not go by a day."""
    begun = _begun(_regimes(session, city_id), date.max) if city_id is not None else []
    return _book(*begun[-1][1:]).numbers if begun else shared_numbers()


def regime_of(session: Session, city_id: str, today: date) -> tuple[date, Rulebook]:
    """The rules in force in the city on `today`, and since when."""
    return _present(_begun(_regimes(session, city_id), today), city_id, today)


def _present(begun: list[Begun], city_id: str, today: date) -> tuple[date, Rulebook]:
    if not begun:
        raise RulebookError(f"the register {city_id!r} is under no rulebook on {today}")
    since, base, beside = begun[-1]
    return since, _book(base, beside)


@dataclass(frozen=True)
class InForce:
    """The rules in force in a city on a day, the day on which other ones begin, and those that held before."""

    rulebook: Rulebook
    ends_on: date | None
    formers: tuple[Former, ...]


def in_force(session: Session, city_id: str, today: date) -> InForce:
    """All of it by one look at the city's rules."""
    regimes = _regimes(session, city_id)
    begun = _begun(regimes, today)
    return InForce(_present(begun, city_id, today)[1], _ends_on(regimes, today), _formers(begun))


def formers_of(session: Session, city_id: str, today: date) -> tuple[Former, ...]:
    """The rules that held in the city before those of `today`, oldest first; a campaign that begins or ends beside the
    same law ends none."""
    return _formers(_begun(_regimes(session, city_id), today))


def _formers(begun: list[Begun]) -> tuple[Former, ...]:
    return tuple(
        Former(_book(base, beside), following[0])
        for (_, base, beside), following in pairwise(begun)
        if base != following[1]
    )


def rules_in_force(session: Session, city_id: str, today: date) -> tuple[Rule, ...]:
    """Its rules, those of its companions included."""
    return rules_of(rulebook_of(session, city_id, today))


def rules_owed_by(session: Session, city_id: str, today: date) -> dict[str, tuple[Rule, date]]:
    """By id the earlier rules by which something may be owed still, each with the day before which it was due."""
    present = {rule.id for rule in rules_in_force(session, city_id, today)}
    return {
        rule.id: (rule, former.ended_on)
        for former in formers_of(session, city_id, today)
        for rule in former.rules
        if rule.id not in present
    }


def _regimes(session: Session, city_id: str) -> list[Begun]:
    rows = session.connection().execute(REGIMES, {"city": city_id})
    return [(from_on, base, beside) for from_on, base, beside in rows]


def _begun(regimes: list[Begun], today: date) -> list[Begun]:
    return sorted((from_on, base, beside) for from_on, base, beside in regimes if from_on <= today)


def _book(base: str, beside: str) -> Rulebook:
    return join(base, beside) if beside else load_rulebook(base)


def succeeded_on(session: Session, city_id: str, today: date) -> date | None:
    """The day after `today` on which other rules begin in the city; None where none are foreseen."""
    return _ends_on(_regimes(session, city_id), today)


def _ends_on(regimes: list[Begun], today: date) -> date | None:
    return min((from_on for from_on, *_ in regimes if from_on > today), default=None)


@cache
def join(base_id: str, beside_id: str) -> Rulebook:
    """Two rulebooks in force together, as one.

    For a duty that both know, the second one's rule stands: a city's campaign keeps its ladder, its lists and its
    words, while the first one, the law, says which lift it is about in which year.
    """
    base, beside = load_rulebook(base_id), load_rulebook(beside_id)
    law = {rule.duty: rule for rule in rules_of(base)}
    kept = [rule for rule in rules_of(base) if rule.duty not in {other.duty for other in rules_of(beside)}]
    joined = beside.model_copy(
        update={
            "id": f"{base_id}+{beside_id}",
            "companions": (),
            "successor": None,
            "cycle": base.cycle or beside.cycle,
            "maintenance": maintenance_of(beside) or maintenance_of(base),
            "notices": beside.notices.model_copy(update={"handover": base.notices.handover}),
            "programme": (*programme_of(base), *programme_of(beside)),
            "rules": (*(_timed_by(rule, law.get(rule.duty)) for rule in rules_of(beside)), *kept),
        }
    )
    refuse_contradictions(joined)
    return joined


def _timed_by(rule: Rule, law: Rule | None) -> Rule:
    """The campaign's rule, about the inspections that the law's cycle puts in their years."""
    if law is None or law.trigger != CYCLE_TRIGGER or rule.trigger != "validity":
        return rule
    return rule.model_copy(update={"trigger": law.trigger, "due": law.due})


def refuse_contradictions(rulebook: Rulebook) -> None:
    """Two rules that would open two duties of one kind for one lift and cycle are an error.

    The lines of a table of intervals are one rule in this: only one of them holds for a lift.
    """
    seen: dict[tuple[str, ...], str] = {}
    lines = {case.rule for case in table.cases} if (table := maintenance_of(rulebook)) else set()
    for rule in rules_of(rulebook):
        if rule.id in lines:
            continue
        other = seen.setdefault((rule.duty, rule.trigger, rule.lifts), rule.id)
        if other != rule.id:
            raise RulebookError(f"rulebook {rulebook.id}: {other} and {rule.id} both open {rule.duty} for one lift")
