"""What anybody may look up of a lift by a code of it: the conclusion of its last report and the dates, nothing else."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import Asked, Role
from actions.register.identifiers import normalise_identifier
from actions.registry import verb
from store.lifts import LiftName, NameKind
from store.reports import Report

CODES = (NameKind.CERTIFICATE, NameKind.REGISTRATION_CODE, NameKind.EQUIPMENT_CODE)
LONGEST_CODE = 40
NOBODY = 0


@dataclass(frozen=True)
class PublicReport:
    """`conclusion`: pass or fail; a pass holds until `valid_until`."""

    conclusion: str
    inspected_on: date
    issued_on: date
    valid_until: date | None


@verb(frozenset(Role), reads=True)
def query_report(session: Session, asked: Asked, *, code: str) -> PublicReport | None:
    """The same in a chat: what anybody may know of any lift."""
    return look_up(session, code)


def look_up(session: Session, code: str) -> PublicReport | None:
    """By registration or equipment code, written in any way; None where there is no report, no lift, or several lifts.

    The same questions are asked of the store whether or not there is such a lift.
    """
    wanted = normalise_identifier(code[:LONGEST_CODE])
    named = select(LiftName.lift_id).where(col(LiftName.kind).in_(CODES), LiftName.value == wanted)
    lifts = set(session.exec(named.where(LiftName.value != "")))
    lift_id = lifts.pop() if len(lifts) == 1 else NOBODY
    query = select(Report).where(Report.lift_id == lift_id).order_by(col(Report.ended_on).desc(), col(Report.id).desc())
    report = session.exec(query).first()
    if report is None:
        return None
    return PublicReport(report.conclusion, report.ended_on, report.issued_on, report.valid_until)
