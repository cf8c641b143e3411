"""The office that a case is handed to hears of it, and is reminded where it has it for long."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from store.cases import CaseDeed, CaseLift, CaseStep, LiftCase
from store.lifts import Lift, place_facts
from store.notices import CASE, Notice
from store.parties import Party
from store.settings import Setting

CASE_DAYS, DAYS_HELD = "case_days", 3  # setting: after how many days with a street office it is reminded
WAITING, LATE = "case_waiting", "case_late"
TELLINGS = {
    CaseDeed.HANDED_DOWN: ("street_office", "case.down"),
    CaseDeed.HANDED_BACK: ("district_regulator", "case.back"),
}


def tell_case(session: Session, case: LiftCase, step: CaseStep, to_id: int, *, issuer: str) -> None:
    """Plan the notice to the office that has the case from now on; the last check speaks for a case that comes back."""
    audience, template = TELLINGS[CaseDeed(step.deed)]
    said = _last_check(session, case) if step.deed == CaseDeed.HANDED_BACK else None
    about = {"note": step.note or (said.note if said else ""), "photos": len(said.photos) if said else 0}
    facts = _facts(session, case, issuer) | about
    session.add(_notice(case, CASE, audience, template, to_id, facts, step.on_date))
    session.flush()


def remind_of_cases(session: Session, *, today: date) -> int:
    """A street office that has had a case for some days (setting `case_days`), or longer than it was to, is reminded,
    and the bureau is told so: each once for as long as it has the case. How many notices."""
    setting = session.get(Setting, CASE_DAYS)
    days = int(setting.value) if setting is not None else DAYS_HELD
    waits = (LiftCase.held_since <= today - timedelta(days=days)) | (LiftCase.due < today)
    query = select(LiftCase).where(col(LiftCase.street_id).is_not(None), waits).order_by(col(LiftCase.id))
    notices: list[Notice] = []
    for case in session.exec(query).all():
        step = LATE if case.due < today else WAITING
        if _was_reminded(session, case, step):
            continue
        bureau, street = session.get_one(Party, case.office_id), session.get_one(Party, case.street_id)
        held = {"days": (today - case.held_since).days, "street": street.name}
        facts = _facts(session, case, bureau.name) | held
        notices.append(_notice(case, step, "street_office", "case.waiting", street.id, facts, today))
        notices.append(_notice(case, step, "district_regulator", "case.waiting.office", bureau.id, facts, today))
    session.add_all(notices)
    session.flush()
    return len(notices)


def _was_reminded(session: Session, case: LiftCase, step: str) -> bool:
    query = select(Notice.facts).where(Notice.party_id == case.office_id, Notice.step == step)
    told = session.exec(query.where(Notice.planned_on >= case.held_since)).all()
    return any((facts or {})[CASE]["id"] == case.id for facts in told)


def _facts(session: Session, case: LiftCase, issuer: str) -> dict[str, Any]:
    unit = session.get(Party, case.unit_id) if case.unit_id is not None else None
    return {
        "id": case.id,
        "issuer": issuer,
        "unit": unit.name if unit is not None else "",
        "matter": case.matter,
        "due": case.due.isoformat(),
        "note": "",
        "lifts": [place_facts(lift) for lift in _lifts(session, case.id)],
    }


def _notice(
    case: LiftCase, step: str, audience: str, template: str, to_id: int, facts: dict[str, Any], today: date
) -> Notice:
    return Notice(
        city_id=case.city_id,
        planned_on=today,
        send_on=today,
        party_id=to_id,
        duty=CASE,
        rule="",
        step=step,
        audience=audience,
        district_code=case.district_code,
        channel_class="chat",
        template=template,
        facts={CASE: facts, "basis": {"document": facts["issuer"]}},
    )


def _lifts(session: Session, case_id: int) -> list[Lift]:
    query = select(Lift).join(CaseLift, col(CaseLift.lift_id) == Lift.id).where(CaseLift.case_id == case_id)
    return list(session.exec(query.order_by(col(Lift.id))))


def _last_check(session: Session, case: LiftCase) -> CaseStep | None:
    query = select(CaseStep).where(CaseStep.case_id == case.id, CaseStep.deed == CaseDeed.SITE_CHECK)
    return session.exec(query.order_by(col(CaseStep.id).desc())).first()
