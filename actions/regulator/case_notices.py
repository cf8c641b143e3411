"""The office that a case is handed to hears of it."""

from sqlmodel import Session, col, select

from store.cases import CaseDeed, CaseLift, CaseStep, LiftCase
from store.lifts import Lift
from store.notices import CASE, Notice
from store.parties import Party

PLACE = ("key", "compound", "building", "internal_number", "address", "certificate", "district")
TELLINGS = {
    CaseDeed.HANDED_DOWN: ("street_office", "case.down"),
    CaseDeed.HANDED_BACK: ("district_regulator", "case.back"),
}


def tell_case(session: Session, case: LiftCase, step: CaseStep, to_id: int, *, issuer: str) -> None:
    """Plan the notice to the office that has the case from now on; the last check speaks for a case that comes back."""
    audience, template = TELLINGS[CaseDeed(step.deed)]
    unit = session.get(Party, case.unit_id) if case.unit_id is not None else None
    said = _last_check(session, case) if step.deed == CaseDeed.HANDED_BACK else None
    facts = {
        "id": case.id,
        "issuer": issuer,
        "unit": unit.name if unit is not None else "",
        "matter": case.matter,
        "due": case.due.isoformat(),
        "note": step.note or (said.note if said else ""),
        "photos": len(said.photos) if said else 0,
        "lifts": [{name: getattr(lift, name) or "" for name in PLACE} for lift in _lifts(session, case.id)],
    }
    session.add(
        Notice(
            city_id=case.city_id,
            planned_on=step.on_date,
            send_on=step.on_date,
            party_id=to_id,
            duty=CASE,
            rule="",
            step=CASE,
            audience=audience,
            district_code=case.district_code,
            channel_class="chat",
            template=template,
            facts={CASE: facts, "basis": {"document": issuer}},
        )
    )
    session.flush()


def _lifts(session: Session, case_id: int) -> list[Lift]:
    query = select(Lift).join(CaseLift, col(CaseLift.lift_id) == Lift.id).where(CaseLift.case_id == case_id)
    return list(session.exec(query.order_by(col(Lift.id))))


def _last_check(session: Session, case: LiftCase) -> CaseStep | None:
    query = select(CaseStep).where(CaseStep.case_id == case.id, CaseStep.deed == CaseDeed.SITE_CHECK)
    return session.exec(query.order_by(col(CaseStep.id).desc())).first()
