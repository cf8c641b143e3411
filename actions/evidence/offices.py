"""What offices were told of the papers that they owe: about no lift, so it stands apart from the lifts' ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session

from actions.evidence.attempts import Attempt, best_of, load_attempts
from actions.evidence.clauses import Clauses
from actions.evidence.ledger import Outcome, outcome_of
from store.database import table_of
from store.duties import Duty, Told
from store.lifts import Lift
from store.notices import Notice
from store.parties import Jurisdiction, Party


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """One paper, one rung, one office. `paper`: its name by language; empty where nothing went out."""

    office: str
    rule: str
    step: str
    clause: str
    quote: str
    paper: dict[str, str]
    due: date
    on: date
    filed_on: date | None
    late: bool
    outcome: Outcome
    notice_id: int | None
    attempts: tuple[Attempt, ...]


def load_offices(
    session: Session, clauses: Clauses, city_id: str, district: str | None, first: date, last: date
) -> list[OfficeEntry]:
    """What stands in the ledger from `first` to `last` about papers of the city's offices, or of one district's."""
    told, duty, notice, party, area = (table_of(model).c for model in (Told, Duty, Notice, Party, Jurisdiction))
    offices = select(area.party_id).where(area.city_id == city_id)
    if district:
        lift = table_of(Lift).c
        codes = select(lift.district_code).where(lift.city_id == city_id, lift.district == district)
        offices = offices.where(or_(area.district_code == district, area.district_code.in_(codes)))
    query = (
        select(
            *(told.due, told.step, told.on_date, told.state, told.late, told.notice_id, duty.rule, duty.closed_on),
            *(party.name, notice.facts, notice.status, notice.reason),
        )
        .select_from(table_of(Told))
        .join(table_of(Duty), duty.id == told.duty_id)
        .join(table_of(Party), party.id == told.party_id)
        .outerjoin(table_of(Notice), notice.id == told.notice_id)
        .where(duty.lift_id.is_(None), duty.party_id.in_(offices), told.on_date.between(first, last))
        .order_by(told.on_date, party.id, duty.rule, told.due, told.step)
    )
    rows = session.execute(query).all()
    attempts = load_attempts(session, (row.notice_id for row in rows if row.notice_id))
    entries = []
    for row in rows:
        clause, quote = clauses.of(row.rule, row.step)
        best: Sequence[Attempt] = best_of(attempts.get(row.notice_id or 0, []))
        entries.append(
            OfficeEntry(
                office=row.name,
                rule=row.rule,
                step=row.step,
                clause=clause,
                quote=quote,
                paper=(row.facts or {}).get("paper", {}),
                due=row.due,
                on=row.on_date,
                filed_on=row.closed_on,
                late=bool(row.late),
                outcome=outcome_of(row, best),
                notice_id=row.notice_id,
                attempts=tuple(best),
            )
        )
    return entries
