"""The offices of the made-up city, and the chats in which people are reached: what no register of lifts states."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from actions.people.parties import bind_webchat
from actions.running.cities import WHOLE_CITY, add_area_party, ensure_city
from store.parties import AreaRole, Contact, Party
from tixing.demo.city import DemoLift
from tixing.demo.data import CityData
from tixing.demo.numbers import Phones

FIRST_OFFICER_PHONE = 14_000_009_001
COUNTRY = "+86"


def add_offices(session: Session, data: CityData, as_of: date) -> None:
    """The inspection departments and the regulators, each with a named officer and an inbox."""
    city_id = data.city.id
    ensure_city(session, city_id, as_of)
    regulator = data.regulator
    offices = [
        (AreaRole.INSPECTION_DEPARTMENT, department.name, department.districts, department.officer)
        for department in data.department
    ]
    offices.append((AreaRole.CITY_REGULATOR, regulator.city_name, [WHOLE_CITY], regulator.city_officer))
    offices += [
        (
            AreaRole.DISTRICT_REGULATOR,
            regulator.district_name.format(district=district.name),
            [district.code],
            regulator.officers[district.code],
        )
        for district in data.district
    ]
    phones = Phones(FIRST_OFFICER_PHONE)
    for number, (role, name, codes, officer) in enumerate(offices, start=1):
        add_area_party(
            session,
            city_id=city_id,
            role=role,
            name=name,
            district_codes=codes,
            as_of=as_of,
            officer_name=officer,
            officer_phone=COUNTRY + phones.take(),
            webchat=f"demo-office-{number}",
        )


def add_chats(session: Session, data: CityData, lifts: Iterable[DemoLift]) -> None:
    """The inboxes of maintainers and of safety officers who use the web chat; both came with the register."""
    for number, maintainer in enumerate(data.maintainer, start=1):
        if maintainer.chat:
            bind_webchat(session, party_name=maintainer.name, address=f"demo-maintainer-{number}")
    officers = dict.fromkeys((lift.site.unit, lift.site.officer.name) for lift in lifts if lift.site.chat)
    for number, (unit, officer) in enumerate(officers, start=1):
        contact_id = session.exec(
            select(Contact.id)
            .join(Party)
            .where(Party.name == unit, Contact.name == officer, col(Contact.to_on).is_(None))
            .order_by(col(Contact.id))
        ).first()
        if contact_id is not None:
            bind_webchat(session, contact_id=contact_id, address=f"demo-unit-{number}")
