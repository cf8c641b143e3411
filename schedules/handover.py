"""Lifts pass from one document's rules to another's: what was told stays told, and each unit hears of it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, bindparam, text
from sqlmodel import Session, col, select

from schedules.announcements import Announcement, announce
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.ladder import refresh_next, supersede_reminders
from schedules.rulebook import Rule, Rulebook, rules_of
from store.duties import Duty
from store.lifts import Lift

HANDOVER = "handover"
INSPECTIONS = ("periodic_inspection", "legacy_inspection")
BY_YEARS = (*INSPECTIONS, "self_test")
# A rung that was told for this lift and this date under the earlier rules, or is being sent, does not come again.
CARRY = text(
    """
INSERT INTO told (duty_id, due, step, party_id, state, notice_id, on_date, late, is_copy)
SELECT new.id, new.due, t.step, t.party_id, 'superseded', NULL, :today, false, t.is_copy
FROM duty old
JOIN lift l ON l.id = old.lift_id AND l.city_id = :city
JOIN told t ON t.duty_id = old.id AND t.due = old.due AND t.state IN ('reserved', 'told', 'superseded')
JOIN duty new ON new.lift_id = old.lift_id AND new.due = old.due AND new.id <> old.id
    AND new.withdrawn_at IS NULL AND new.closed_on IS NULL
JOIN step_date s ON s.rule = new.rule AND s.due = new.due AND s.step = t.step
WHERE old.withdrawn_at IS NOT NULL
    AND (new.kind = old.kind OR (new.kind IN :inspections AND old.kind IN :inspections))
GROUP BY new.id, new.due, t.step, t.party_id, t.is_copy
ON CONFLICT DO NOTHING
"""
).bindparams(bindparam("today", type_=Date), bindparam("inspections", expanding=True))
CARRIED = text(
    """
SELECT DISTINCT d.id FROM duty d JOIN lift l ON l.id = d.lift_id AND l.city_id = :city
JOIN told t ON t.duty_id = d.id AND t.state = 'superseded' AND t.on_date = :today
WHERE d.withdrawn_at IS NULL AND d.closed_on IS NULL
"""
).bindparams(bindparam("today", type_=Date))


@dataclass(frozen=True)
class Passage:
    """A city's lifts pass from the rulebook named `before` to `rulebook`, which is in force since `since`."""

    city_id: str
    before: str
    rulebook: Rulebook
    since: date

    @property
    def is_announced(self) -> bool:
        """Other law is told; that a campaign begins or ends beside the same law is not: its own messages say so."""
        other_law = self.before.partition("+")[0] != self.rulebook.id.partition("+")[0]
        return other_law and bool(self.rulebook.notices.handover) and self._rule_of_years() is not None

    def announcement(self, today: date) -> Announcement:
        """What is told; on another day it is another one, should the same rules begin again."""
        rule = self._rule_of_years()
        assert rule is not None
        facts = {"from": self.since.isoformat(), "rules": self.rulebook.id}
        return Announcement(self.city_id, rule, f"{HANDOVER}.{today.isoformat()}", facts)

    def _rule_of_years(self) -> Rule | None:
        rules = (rule for rule in rules_of(self.rulebook) if rule.told_steps and rule.duty in BY_YEARS)
        return next(rules, None)


def hand_over(session: Session, passage: Passage, *, today: date, now: datetime) -> None:
    """Derive the city's duties under the new rules and tell each unit once, with its nearest date.

    That message stands for the reminders that are open by now; later rungs come on their days, and one that was told
    for the same date under the earlier rules does not come again.
    """
    rebuild(session, city_id=passage.city_id, today=today, now=now)
    _carry_over(session, passage.city_id, today)
    if not passage.is_announced:
        return
    not_before = add_months(today, -passage.rulebook.numbers.too_old_months)
    duties = _nearest_duties(session, passage.city_id, not_before)
    supersede_reminders(session, [duty.id for duty in duties], today)
    refresh_next(session, [duty.id for duty in duties])
    announce(session, passage.announcement(today), passage.rulebook.notices.handover, duties, today)


def _carry_over(session: Session, city_id: str, today: date) -> None:
    session.flush()
    session.execute(CARRY, {"city": city_id, "today": today, "inspections": list(INSPECTIONS)})
    refresh_next(session, session.execute(CARRIED, {"city": city_id, "today": today}).scalars().all())


def _nearest_duties(session: Session, city_id: str, not_before: date) -> Sequence[Duty]:
    """The open inspection or test of each lift that comes next, overdue ones included unless they are too old."""
    query = (
        select(Duty)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(Lift.city_id == city_id, col(Duty.due) >= not_before, col(Duty.kind).in_(BY_YEARS))
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
        .order_by(col(Duty.lift_id), col(Duty.due), col(Duty.id))
    )
    nearest: dict[int | None, Duty] = {}
    for duty in session.exec(query):
        nearest.setdefault(duty.lift_id, duty)
    return list(nearest.values())
