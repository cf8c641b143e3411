"""The register of the made-up city goes through the ordinary import."""

import csv
from datetime import date
from pathlib import Path

from sqlmodel import col, func, select

from store.database import Database
from store.imports import ImportReject
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, Chat, Contact, ContactRole, Jurisdiction, Party
from store.tasks import Task
from tixing.demo.city import DemoLift
from tixing.demo.data import CityData
from tixing.demo.founding import found_city
from tixing.demo.register import write_register

BEGAN = date(2026, 8, 1)


def test_the_register_has_chinese_headers_and_months_as_clerks_write_them(
    data: CityData, lifts: list[DemoLift], tmp_path: Path
) -> None:
    path = write_register(lifts, data, tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 603
    assert rows[-1]["下次检验日期"].endswith("月")
    assert {"2099-12-31", ""} <= {row["下次检验日期"] for row in rows}
    assert any(row["下次检测日期"] for row in rows)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_lift_is_imported_and_the_doubled_code_is_refused(
    database: Database, data: CityData, lifts: list[DemoLift], tmp_path: Path
) -> None:
    summary = found_city(database, data, lifts, tmp_path, BEGAN)
    assert (summary.rows, summary.lifts, summary.rejected, summary.parties) == (603, 602, 1, 48)
    with database.read() as session:
        assert [reject.line for reject in session.exec(select(ImportReject))] == [604]
        stored = {lift.key: lift for lift in session.exec(select(Lift))}
    for lift in lifts:
        found = stored[lift.equipment_code]
        place = (found.compound, found.building, found.internal_number, found.certificate)
        assert place == (lift.site.name, lift.building, lift.internal_number, lift.certificate)
        assert found.district_code == lift.site.district_code
        expected = None if lift.stated in ("blank", "never") else lift.valid_until
        assert found.valid_until == expected, lift.certificate


def test_every_lift_has_a_unit_and_a_maintainer_and_every_district_its_offices(
    database: Database, data: CityData, lifts: list[DemoLift], tmp_path: Path
) -> None:
    found_city(database, data, lifts, tmp_path, BEGAN)
    with database.read() as session:
        for role in LiftRole:
            held = session.exec(select(func.count(col(Responsibility.lift_id))).where(Responsibility.role == role))
            assert held.one() == 602, role
        areas = session.exec(select(Jurisdiction).where(col(Jurisdiction.to_on).is_(None))).all()
    current = {(area.district_code, area.role) for area in areas}
    for district in data.district:
        assert (district.code, AreaRole.INSPECTION_DEPARTMENT) in current
        assert (district.code, AreaRole.DISTRICT_REGULATOR) in current
    assert ("*", AreaRole.CITY_REGULATOR) in current


def test_bad_phones_become_a_task_and_people_without_one_have_a_chat(
    database: Database, data: CityData, lifts: list[DemoLift], tmp_path: Path
) -> None:
    found_city(database, data, lifts, tmp_path, BEGAN)
    with database.read() as session:
        kinds = {task.kind for task in session.exec(select(Task))}
        silent = session.exec(
            select(Party.name, Contact.phone_stated)
            .join(Party, col(Party.id) == Contact.party_id)
            .where(col(Contact.phone).is_(None), Contact.role == ContactRole.SAFETY_MANAGER)
            .where(col(Contact.id).not_in(select(Chat.contact_id)))
        ).all()
    assert {"bad_phone", "rejected_rows", "no_validity"} <= kinds
    assert silent == [("广州示例岭上制造有限公司", "020-8123")]


def test_founding_twice_changes_nothing(
    database: Database, data: CityData, lifts: list[DemoLift], tmp_path: Path
) -> None:
    found_city(database, data, lifts, tmp_path, BEGAN)
    again = found_city(database, data, lifts, tmp_path, BEGAN)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 602)
