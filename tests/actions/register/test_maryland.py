"""The real register of one state, whole."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.one_store  # 25,204 rows each time; smaller registers go through both

ROWS = 25_204


@pytest.fixture
def maryland(shared_data: Callable[[str], Path]) -> Path:
    """The register of Maryland, July 2022."""
    return shared_data("registers/maryland.csv")


def read(path: Path) -> list[dict[str, str]]:
    """Its rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def take(desk: Any, path: Path, on: str = "2022-07-01") -> Any:
    """Import it by the shipped mapping."""
    return desk.take(path, mapping="maryland", on=on)


def test_every_row_is_a_lift_or_a_reject(desk: Any, maryland: Path) -> None:
    summary = take(desk, maryland)
    assert summary.rows == ROWS == summary.lifts + summary.rejected
    assert (summary.created, summary.rejected) == (ROWS, 0)
    assert desk.one("SELECT count(*) FROM event WHERE kind = 'validity_stated'") == ROWS


def test_the_stored_register_says_what_the_file_says(desk: Any, maryland: Path) -> None:
    take(desk, maryland)
    query = (
        "SELECT key, valid_until, last_inspected_on, address, district, kind, party.name FROM lift"
        " JOIN responsibility ON lift_id = lift.id JOIN party ON party.id = party_id ORDER BY key"
    )
    stored = desk.all(query)
    stated = sorted(
        (
            row["registration_number"],
            row["certificate_expiration_date"],
            row["last_inspection_date"] or None,
            row["location_address"],
            row["county"],
            row["equipment_type"],
            row["owner_company"] or f"{row['location_name']}, {row['location_address']}",
        )
        for row in read(maryland)
    )
    assert [row[:6] for row in stored] == [row[:6] for row in stated]
    assert [" ".join(row[6].split()) for row in stored] == [" ".join(row[6].split()) for row in stated]


def test_sealed_lifts_are_in_use_so_that_somebody_is_told(desk: Any, maryland: Path) -> None:
    take(desk, maryland)
    assert desk.all("SELECT DISTINCT status FROM lift") == [("in_use",)]
    assert desk.one("SELECT count(*) FROM task WHERE kind = 'rejected_rows'") == 0


def test_units_with_a_phone_have_one_invented_contact_and_the_others_none(desk: Any, maryland: Path) -> None:
    summary = take(desk, maryland)
    rows = read(maryland)
    plain = [" ".join((r["owner_company"] or f"{r['location_name']}, {r['location_address']}").split()) for r in rows]
    reachable = {name for name, row in zip(plain, rows, strict=True) if row["has_phone"] == "1"}
    assert summary.parties == len(set(plain))
    assert desk.one("SELECT count(*) FROM contact") == len(reachable)
    assert desk.all("SELECT DISTINCT role, synthetic, length(phone) FROM contact") == [("unit_contact", 1, 14)]
    assert desk.one("SELECT count(*) FROM contact WHERE phone NOT LIKE '+86140%'") == 0


def test_its_traps_become_a_few_tasks_not_thousands(desk: Any, maryland: Path) -> None:
    take(desk, maryland)
    [stale] = desk.tasks("inspected_not_updated")
    assert stale["count"] == 4082
    assert len(stale["lines"]) == 20
    counties = {row["county"] for row in read(maryland)}
    assert {task["district"] for task in desk.tasks("unknown_district")} == counties
    assert desk.one("SELECT count(*) FROM task") == len(counties) + 1


def test_the_second_import_changes_nothing(desk: Any, maryland: Path) -> None:
    first = take(desk, maryland)
    before = desk.everything()
    second = take(desk, maryland, on="2022-08-01")
    assert (second.unchanged, second.created, second.updated) == (ROWS, 0, 0)
    assert second.parties == first.parties
    assert desk.everything() == before


def test_the_third_import_touches_the_one_per_cent_that_changed(desk: Any, maryland: Path, tmp_path: Path) -> None:
    take(desk, maryland)
    rows = read(maryland)
    changed = rows[::100]
    for number, row in enumerate(changed):
        if number % 2:
            row["certificate_expiration_date"] = "2030-01-31"
        else:
            row["owner_company"] = "Example Towers LLC"
    path = tmp_path / "maryland.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    summary = take(desk, path, on="2022-08-01")
    assert (summary.updated, summary.unchanged) == (len(changed), ROWS - len(changed))
    renewed = len(changed) // 2
    assert desk.one("SELECT count(*) FROM event WHERE kind = 'validity_renewed'") == renewed
    assert desk.one("SELECT count(*) FROM event WHERE kind = 'transferred'") == len(changed) - renewed
    assert desk.one("SELECT count(*) FROM lift WHERE import_id = 2") == len(changed)
    query = "SELECT count(*) FROM responsibility JOIN party ON party.id = party_id WHERE name = ? AND to_on IS NULL"
    assert desk.one(query, "Example Towers LLC") == len(changed) - renewed
