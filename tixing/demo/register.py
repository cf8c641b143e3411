"""The register as a file in the layout of a Chinese export, to be read by the ordinary import."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

from tixing.demo.city import DemoLift, Stated
from tixing.demo.data import CityData


def write_register(lifts: list[DemoLift], data: CityData, folder: Path) -> Path:
    """Write the register with the byte order mark that Excel puts there; return its path.

    The last row repeats a code that another row has, as happens once in real registers: the import refuses it.
    """
    path = folder / data.export.file_name
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(data.export.columns)
        for number, lift in enumerate([*lifts, _doubled(lifts)], start=1):
            fields = _fields_of(lift, data, number)
            writer.writerow(fields[name] for name in data.export.columns.values())
    return path


def _doubled(lifts: list[DemoLift]) -> DemoLift:
    first, other = lifts[-2:]
    return replace(first, equipment_code=other.equipment_code)


def _fields_of(lift: DemoLift, data: CityData, number: int) -> dict[str, str]:
    site = lift.site
    return {
        "number": str(number),
        "certificate": lift.certificate,
        "equipment_code": lift.equipment_code,
        "registration_code": lift.registration_code,
        "rescue_number": lift.rescue_number,
        "factory_number": lift.factory_number,
        "internal_number": lift.internal_number,
        "kind": data.kind[lift.kind_code].name,
        "status": data.export.in_use,
        "district": site.district,
        "compound": site.name,
        "building": lift.building,
        "address": site.address,
        "brand": data.brands.names[lift.brand],
        "installed_pass_on": _day(lift.installed_pass_on, data),
        "last_inspected_on": _month(lift.last_inspected_on, data),
        "valid_until": _stated_validity(lift, data),
        "next_test": _month(lift.next_test, data),
        "unit": site.unit,
        "unit_credit_code": site.unit_credit_code,
        "head": site.head.name,
        "head_phone": site.head.phone,
        "officer": site.officer.name,
        "officer_phone": site.officer.phone,
        "maintainer": site.maintainer,
        "maintainer_head": site.maintainer_head.name,
        "maintainer_phone": site.maintainer_head.phone,
    }


def _stated_validity(lift: DemoLift, data: CityData) -> str:
    if lift.stated is Stated.BLANK:
        return ""
    if lift.stated is Stated.NEVER:
        return data.export.never
    return _day(lift.valid_until, data) if lift.stated is Stated.DAY else _month(lift.valid_until, data)


def _day(day: date, data: CityData) -> str:
    return data.export.day.format(year=day.year, month=day.month, day=day.day)


def _month(day: date | None, data: CityData) -> str:
    return "" if day is None else data.export.month.format(year=day.year, month=day.month)
