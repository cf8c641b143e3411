"""Duties of offices: which office owes which report by which day, derived anew like those of lifts and stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.calendar import load_calendar
from schedules.duties import horizon
from schedules.ladder import ensure_step_dates, refresh_next
from schedules.offices.programme import due_days
from schedules.offices.rules import OfficeRule, office_rules
from schedules.regimes import rulebook_of
from store.duties import Duty
from store.events import Event, EventKind
from store.ledger import release
from store.lifts import Lift
from store.parties import Jurisdiction, Party

Key = tuple[int | None, str, str]  # party, rule, cycle


@dataclass
class OfficeRebuild:
    """What a derivation did to the stored duties of offices."""

    inserted: int = 0
    updated: int = 0
    withdrawn: int = 0
    touched: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class OfficeDraft:
    """One paper that one office owes."""

    party_id: int
    rule: OfficeRule
    due: date
    closed_on: date | None

    @property
    def key(self) -> Key:
        """Its natural key: the day is the cycle."""
        return self.party_id, self.rule.id, self.due.isoformat()


def rebuild_offices(session: Session, *, city_id: str, today: date, now: datetime) -> OfficeRebuild:
    """Derive what the offices of a city owe up to the end of next year, and store what differs.

    An office owes what is due from the day on which it became responsible. Unsent notices of what is filed or no
    longer owed are taken back.
    """
    rules = office_rules(rulebook_of(session, city_id, today))
    drafts = {draft.key: draft for draft in _drafts(session, city_id, rules, today)}
    stored = {(duty.party_id, duty.rule, duty.cycle): duty for duty in duties_of_offices(session, city_id)}
    summary = OfficeRebuild()
    for key, duty in stored.items():
        _bring_up_to_date(duty, drafts.get(key), now, summary)
    for key, draft in drafts.items():
        if key not in stored:
            _add(session, draft, summary)
    if summary.touched:
        session.flush()
        dues = [(draft.rule.id, draft.due) for draft in drafts.values()]
        ensure_step_dates(session, rules, dues, load_calendar(session))
        release(session, summary.ended, reason="no_longer_due", now=now)
        refresh_next(session, summary.touched)
    return summary


def duties_of_offices(session: Session, city_id: str) -> Sequence[Duty]:
    """The stored duties of a city's offices: few beside those of lifts, and found without them."""
    offices = select(Jurisdiction.party_id).where(Jurisdiction.city_id == city_id)
    query = select(Duty).where(col(Duty.party_id).in_(offices))
    return session.exec(query.order_by(col(Duty.party_id), col(Duty.due), col(Duty.rule))).all()


def _drafts(session: Session, city_id: str, rules: Sequence[OfficeRule], today: date) -> Iterator[OfficeDraft]:
    if not rules:
        return
    filed, areas = _filed(session, city_id), _areas(session, city_id)
    for rule in rules:
        for party_id, since in _offices(session, city_id, areas, rule, today):
            for due in due_days(rule.entry, since, horizon(today)):
                key = (party_id, rule.id, due.isoformat())
                yield OfficeDraft(party_id, rule, due, filed.get(key))


def _areas(session: Session, city_id: str) -> Sequence[Jurisdiction]:
    query = select(Jurisdiction).where(Jurisdiction.city_id == city_id, col(Jurisdiction.to_on).is_(None))
    return session.exec(query.order_by(col(Jurisdiction.from_on).desc(), col(Jurisdiction.id).desc())).all()


def _offices(
    session: Session, city_id: str, present: Sequence[Jurisdiction], rule: OfficeRule, today: date
) -> list[tuple[int, date]]:
    """The offices that owe it, each with the day since which it is responsible."""
    areas = [area for area in present if area.role == rule.bearer]
    if not any(due_days(rule.entry, area.from_on, horizon(today)) for area in areas):
        return []
    if rule.entry.among == "pilot_districts":
        pilots = _pilot_districts(session, city_id)
        areas = [area for area in areas if area.district_code in pilots]
    return sorted({area.party_id: area.from_on for area in areas}.items())


def _pilot_districts(session: Session, city_id: str) -> set[str]:
    """Districts with a lift whose maintenance is on demand, as its register says."""
    on_demand = col(Lift.maintenance)["on_demand"].as_boolean()
    query = select(Lift.district_code).where(Lift.city_id == city_id, on_demand.is_(True)).distinct()
    return {code for code in session.exec(query) if code is not None}


def _filed(session: Session, city_id: str) -> dict[Key, date]:
    """What was filed: the first day on which it was."""
    events = session.exec(
        select(Event)
        .join(Party, col(Party.id) == Event.party_id)
        .where(col(Event.lift_id).is_(None), Event.kind == EventKind.REPORT_FILED, Party.city_id == city_id)
        .order_by(col(Event.on_date).desc())
    )
    found: dict[Key, date] = {}
    for event in events:
        payload = event.payload or {}
        found[(event.party_id, payload["rule"], payload["due"])] = event.on_date
    return found


def _bring_up_to_date(duty: Duty, draft: OfficeDraft | None, now: datetime, summary: OfficeRebuild) -> None:
    if draft is None:
        if duty.withdrawn_at is None:
            duty.withdrawn_at = now
            summary.withdrawn += 1
            _end(duty, summary)
        return
    if (duty.due, duty.closed_on, duty.withdrawn_at) == (draft.due, draft.closed_on, None):
        return
    duty.due, duty.closed_on, duty.withdrawn_at = draft.due, draft.closed_on, None
    summary.updated += 1
    if draft.closed_on is None:
        summary.touched.append(duty.id)
    else:
        _end(duty, summary)


def _end(duty: Duty, summary: OfficeRebuild) -> None:
    duty.next_step = duty.next_on = None
    summary.touched.append(duty.id)
    summary.ended.append(duty.id)


def _add(session: Session, draft: OfficeDraft, summary: OfficeRebuild) -> None:
    duty = Duty(
        rule=draft.rule.id,
        kind=draft.rule.duty,
        party_id=draft.party_id,
        cycle=draft.due.isoformat(),
        due=draft.due,
        closed_on=draft.closed_on,
    )
    session.add(duty)
    session.flush()
    summary.inserted += 1
    summary.touched.append(duty.id)
