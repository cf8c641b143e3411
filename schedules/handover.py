"""Lifts pass from one document's rules to another's: what was told stays told, and each unit hears of it once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.announcements import Announcement, announce
from schedules.duties import rebuild
from schedules.ladder import refresh_next, supersede_reminders
from schedules.lost_bookings import ask_about, booked_visits, close_served
from schedules.regimes import rulebook_of
from schedules.rulebook import Rule, Rulebook, rule_named, rules_of
from store.duties import BY_YEARS, INSPECTIONS, Duty, Told, ToldState
from store.lifts import Lift
from store.notices import Notice

HANDOVER = "handover"
VISITS = ("onsite_maintenance",)
CHUNK = 500


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
        return other_law and bool(self.rulebook.notices.handover) and self._rule() is not None

    def announcement(self, today: date) -> Announcement:
        """What is told; on another day it is another one, should the same rules begin again."""
        rule = self._rule()
        assert rule is not None
        facts = {"from": self.since.isoformat(), "rules": self.rulebook.id}
        return Announcement(self.city_id, rule, f"{HANDOVER}.{today.isoformat()}", facts)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The duties that are told of: inspections and tests, or visits on site where the rules speak of no years."""
        return BY_YEARS if any(rule.duty in BY_YEARS for rule in rules_of(self.rulebook)) else VISITS

    def _rule(self) -> Rule | None:
        return next((rule for rule in rules_of(self.rulebook) if rule.told_steps and rule.duty in self.kinds), None)


def hand_over(session: Session, passage: Passage, *, today: date, now: datetime) -> None:
    """Derive the city's duties under the new rules and tell each unit once, with its nearest date.

    That message stands for the reminders that are open by now; later rungs come on their days, and one that was told
    for the same date under the earlier rules does not come again. A booked visit goes on pausing the inspection that it
    serves; where the new rules ask for none then, a person is asked.
    """
    booked = booked_visits(session, passage.city_id, today)
    rebuild(session, city_id=passage.city_id, today=today, now=now)
    served = booked_visits(session, passage.city_id, today)
    close_served(session, served, city_id=passage.city_id, today=today)
    lost = {lift_id: visit for lift_id, visit in booked.items() if lift_id not in served}
    ask_about(session, lost, city_id=passage.city_id, rules=passage.rulebook.id, today=today)
    if not passage.is_announced:
        return
    duties = _nearest_duties(session, passage, today)
    supersede_reminders(session, [duty.id for duty in duties], today)
    refresh_next(session, [duty.id for duty in duties])
    announce(session, passage.announcement(today), passage.rulebook.notices.handover, duties, today)


def tell_missed(session: Session, city_id: str, lift_ids: Iterable[int], *, today: date, rules_on: date) -> int:
    """Tell the hand-over to those who answer for these lifts, where only others were told of it by mistake; how many
    notices that makes. It stands for the reminders that are open, as for all others it did."""
    rulebook, lifts = rulebook_of(session, city_id, rules_on), sorted(set(lift_ids))
    duties: list[Duty] = []
    steps: dict[str, Notice] = {}
    for start in range(0, len(lifts), CHUNK):
        query = (
            select(Duty, Told.step, Notice)
            .join(Told, col(Told.duty_id) == Duty.id)
            .join(Notice, col(Notice.id) == Told.notice_id)
            .where(col(Duty.lift_id).in_(lifts[start : start + CHUNK]), Told.due == Duty.due)
            .where(col(Told.step).startswith(f"{HANDOVER}."), col(Told.state) != ToldState.RELEASED)
            .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
        )
        for duty, step, notice in session.exec(query.order_by(col(Duty.id))):
            if (notice.facts or {}).get("rules") == rulebook.id:
                duties.append(duty)
                steps[step] = notice
    if not duties:
        return 0
    step = max(steps)
    told_of = list({duty.id: duty for duty in duties}.values())
    announcement = Announcement(city_id, rule_named(steps[step].rule), step, dict(steps[step].facts or {}))
    notices = announce(session, announcement, rulebook.notices.handover, told_of, today)
    supersede_reminders(session, [duty.id for duty in told_of], today)
    refresh_next(session, [duty.id for duty in told_of])
    return len(notices)


def _nearest_duties(session: Session, passage: Passage, today: date) -> Sequence[Duty]:
    """The open duty of each lift that comes next; an overdue inspection, however old, before all."""
    query = (
        select(Duty)
        .join(Lift, col(Lift.id) == Duty.lift_id)
        .where(Lift.city_id == passage.city_id, col(Duty.due).is_not(None), col(Duty.kind).in_(passage.kinds))
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
        .order_by(col(Duty.lift_id), col(Duty.due), col(Duty.id))
    )
    nearest: dict[int | None, Duty] = {}
    duties = session.exec(query).all()
    for duty in sorted(duties, key=lambda duty: not _is_overdue(duty, today)):
        nearest.setdefault(duty.lift_id, duty)
    return list(nearest.values())


def _is_overdue(duty: Duty, today: date) -> bool:
    return duty.kind in INSPECTIONS and duty.due is not None and duty.due < today
