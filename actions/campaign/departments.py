"""The list split by district to the inspection departments, and the one officer of each who sees to it (000 二)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.campaign.errors import CampaignError
from actions.permissions import WHOLE_CITY
from store.campaigns import CampaignOfficer
from store.parties import AreaRole, Contact, ContactRole, Jurisdiction, Party

OFFICERS = (ContactRole.DUTY_OFFICER, ContactRole.INSPECTOR)


@dataclass(frozen=True)
class Department:
    """A department with its officer for a year; `officer` is empty where nobody is, or who was named has left."""

    party_id: int
    name: str
    officer: str = ""
    phone: str = ""
    officer_id: int | None = None
    officer_role: str = ""

    @property
    def addressees(self) -> list[dict[str, int]]:
        """Whom a notice for the duty officer and the named one goes to: one of their own for each of them, by
        `contact` for the one who is named."""
        if self.officer_id is None:
            return [{}]
        named = {"contact": self.officer_id}
        return [named] if self.officer_role == ContactRole.DUTY_OFFICER else [{}, named]


class Departments:
    """Which department answers for which district of a city."""

    def __init__(self, by_code: Mapping[str, Department]) -> None:
        self._by_code = by_code

    def of(self, code: str | None) -> Department | None:
        """That of the district, else that of the whole city; None where nobody answers."""
        return self._by_code.get(code or "") or self._by_code.get(WHOLE_CITY)

    def named(self, party_id: int | None) -> Department | None:
        """The one of this id."""
        return next((one for one in self._by_code.values() if one.party_id == party_id), None)


def load_departments(session: Session, city_id: str, year: int) -> Departments:
    """The departments of a city at present, with their officers for a year."""
    query = (
        select(Jurisdiction.district_code, Party)
        .join(Party, col(Party.id) == Jurisdiction.party_id)
        .where(Jurisdiction.city_id == city_id, Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT)
        .where(col(Jurisdiction.to_on).is_(None))
    )
    areas = session.exec(query).all()
    people = _officers(session, year, {party.id for _, party in areas})
    return Departments({code: _department(party, people.get(party.id)) for code, party in areas})


def name_officer(
    session: Session, department: Party, year: int, name: str, *, by: str, reason: str, today: date
) -> bool:
    """Name the one person of a department who sees to a year's list; False where it was so already."""
    at_desk = select(Contact).where(Contact.party_id == department.id, col(Contact.role).in_(OFFICERS))
    people = session.exec(at_desk.where(col(Contact.to_on).is_(None)).order_by(col(Contact.id))).all()
    found = [one for one in people if one.name == name]
    if len({one.phone for one in found}) != 1:
        there = ", ".join(dict.fromkeys(one.name for one in people if one.name)) or "nobody"
        many = "several people" if found else "nobody"
        raise CampaignError(
            f"{many} at {department.name} {'are' if found else 'is'} called {name!r} (there: {there}); "
            "`tixing offices --officer NAME --phone NUMBER` names who is told there, `tixing invite` adds an inspector"
        )
    query = select(CampaignOfficer).where(CampaignOfficer.department_id == department.id, CampaignOfficer.year == year)
    present = session.exec(query.where(col(CampaignOfficer.until_on).is_(None))).first()
    if present is not None and present.contact_id == found[0].id:
        return False
    if present is not None:
        present.until_on = max(today, present.from_on)
        session.add(present)
        session.flush()
    session.add(
        CampaignOfficer(
            department_id=department.id,
            year=year,
            contact_id=found[0].id,
            named_by=by,
            reason=reason,
            from_on=today,
        )
    )
    session.flush()
    return True


def _officers(session: Session, year: int, department_ids: Iterable[int]) -> dict[int, Contact]:
    query = (
        select(CampaignOfficer.department_id, Contact)
        .join(Contact, col(Contact.id) == CampaignOfficer.contact_id)
        .where(CampaignOfficer.year == year, col(CampaignOfficer.until_on).is_(None))
        .where(col(CampaignOfficer.department_id).in_(department_ids), col(Contact.to_on).is_(None))
    )
    return dict(session.exec(query).all())


def _department(party: Party, officer: Contact | None) -> Department:
    if officer is None:
        return Department(party.id, party.name)
    return Department(party.id, party.name, officer.name, officer.phone or "", officer.id, officer.role)
