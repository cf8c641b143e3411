"""Lifts that are new to their use unit, and lifts that it was told to forget: their next dates, in one message."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from schedules.announcements import INTRODUCTION, Announced, Announcement, announce_all
from schedules.regimes import rules_in_force, rules_owed_by
from schedules.rulebook import Rule, notices_of
from store.duties import Duty, Told
from store.lifts import Lift

CHUNK = 500


def introduce(session: Session, duties: Sequence[Duty], today: date) -> int:
    """One for each rule and party; `introduction.2` and so on for a lift that is introduced again. Returns how many."""
    if not duties:
        return 0
    city_id = session.get_one(Lift, duties[0].lift_id).city_id
    owed = {rule_id: rule for rule_id, (rule, _) in rules_owed_by(session, city_id, today).items()}
    rules = owed | {rule.id: rule for rule in rules_in_force(session, city_id, today)}
    duties = [duty for duty in duties if not _is_over(rules.get(duty.rule), duty, today)]
    times = _introductions(session, [duty.id for duty in duties])
    by_rule: dict[tuple[str, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        told = times.get(duty.id, 0)
        by_rule[duty.rule, f"{INTRODUCTION}.{told + 1}" if told else INTRODUCTION].append(duty)
    wanted = [
        Announced(Announcement(city_id, rules[rule_id], step, {}), notices_of(rule_id).introduction, theirs)
        for (rule_id, step), theirs in by_rule.items()
        if rule_id in rules and rules[rule_id].told_steps  # of other rules the next pass makes other duties
    ]
    return len(announce_all(session, wanted, today))


def _is_over(rule: Rule | None, duty: Duty, today: date) -> bool:
    return rule is not None and duty.due is not None and rule.is_over(duty.due, today)


def _introductions(session: Session, duty_ids: list[int]) -> dict[int, int]:
    """How many introductions about each duty stand in the ledger."""
    found: dict[int, int] = {}
    steps = func.count(col(Told.step).distinct())
    query = select(Told.duty_id, steps).where(col(Told.step).startswith(INTRODUCTION)).group_by(col(Told.duty_id))
    for start in range(0, len(duty_ids), CHUNK):
        part = duty_ids[start : start + CHUNK]
        found |= dict(session.exec(query.where(col(Told.duty_id).in_(part))).all())
    return found
