"""A real register of 25,204 lifts, imported whole and rehearsed for a year, counted again in plain SQL."""

import csv
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from actions.register import ImportSummary, import_register
from schedules.duties import rebuild
from store.database import Database
from store.imports import ImportReject
from store.lifts import Lift
from tixing.rehearsal import Line, rehearse

pytestmark = [pytest.mark.one_store, pytest.mark.slow]  # 25,204 rows each time; smaller registers go through both

FIRST, LAST = date(2022, 7, 1), date(2023, 6, 30)
NOW = datetime(2022, 7, 1, 1, tzinfo=UTC)
MAIN_AUDIENCE = {
    "sms": "unit_contact",
    "call": "unit_head",
    "target": "unit_contact_and_manager",
    "backstop": "legal_rep_and_manager",
    "list": "district_regulator",
    "overdue": "legal_rep_and_manager",
}


@dataclass
class Rehearsed:
    """The register in the store, and the notices of the year."""

    database: Database
    summary: ImportSummary
    lines: list[Line]


@pytest.fixture(scope="module")
def year(
    store_kind: str, stores: Any, shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsed]:
    database: Database = stores.make(store_kind, tmp_path_factory.mktemp("maryland"))

    def derive(session: Session, import_id: int) -> None:
        rebuild(session, city_id="guangzhou", today=FIRST, now=NOW, import_id=import_id)

    summary = import_register(
        database,
        shared_data("registers/maryland.csv"),
        city_id="guangzhou",
        mapping="maryland",
        as_of=FIRST,
        now=NOW,
        derive=derive,
    )
    yield Rehearsed(database, summary, list(rehearse(database, FIRST, LAST)))
    stores.drop(database)


# The same year, worked out from the raw file by the database alone: no code of ours, no table of ours.
INDEPENDENT_COUNT = """
WITH v(lift, phone, valid) AS (
    SELECT registration_number, has_phone, certificate_expiration_date FROM raw
    WHERE certificate_expiration_date >= date(:first, '-12 months')
), months(lift, phone, valid, back, latest) AS (
    SELECT lift, phone, valid, n, min(
        date(valid, 'start of month', (1 - n) || ' months', '-1 day'),
        date(valid, 'start of month', -n || ' months', '+' || (strftime('%d', valid) - 1) || ' days'))
    FROM v, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3)
), backstops(lift, phone, valid, latest, listed) AS (
    SELECT lift, phone, valid, min(valid, strftime('%Y-%m-20', valid)),
        (SELECT max(day) FROM workday WHERE day < min(valid, strftime('%Y-%m-20', valid)))
    FROM v
), rungs(lift, phone, step, seq, tell_by) AS (
    SELECT lift, phone, 'sms', 1, (SELECT max(day) FROM workday WHERE day <= latest) FROM months WHERE back = 3
    UNION ALL
    SELECT lift, phone, 'call', 2, (SELECT max(day) FROM workday WHERE day <= latest) FROM months WHERE back = 2
    UNION ALL
    SELECT lift, phone, 'target', 3, (SELECT min(day) FROM workday WHERE day > latest) FROM months WHERE back = 1
    UNION ALL
    SELECT lift, phone, 'backstop', 4, (SELECT day FROM workday WHERE day < listed ORDER BY day DESC LIMIT 1 OFFSET 2)
    FROM backstops
    UNION ALL SELECT lift, phone, 'list', 5, listed FROM backstops
    UNION ALL SELECT lift, phone, 'overdue', 6, date(valid, '+1 day') FROM v
), latest_passed(lift, seq) AS (
    SELECT lift, max(seq) FROM rungs WHERE tell_by <= :first GROUP BY lift
)
SELECT r.step, r.lift FROM rungs r LEFT JOIN latest_passed p ON p.lift = r.lift
WHERE r.tell_by <= :last AND (
    r.tell_by > :first                      -- reached within the year
    OR r.seq = p.seq                        -- late start: the latest rung that had passed
    OR r.seq = 1 AND p.seq = 2)             -- beside a late call, the message that it brings
"""


@pytest.fixture(scope="module")
def counted(shared_data: Callable[[str], Path]) -> dict[str, set[str]]:
    """step → lifts that must be told, by the SQL above over the raw file."""
    plain = sqlite3.connect(":memory:")
    plain.execute("CREATE TABLE raw (registration_number, certificate_expiration_date, has_phone)")
    with shared_data("registers/maryland.csv").open(encoding="utf-8") as file:
        rows = [
            (row["registration_number"], row["certificate_expiration_date"], row["has_phone"])
            for row in csv.DictReader(file)
        ]
    plain.executemany("INSERT INTO raw VALUES (?, ?, ?)", rows)
    plain.execute("CREATE TABLE workday (day PRIMARY KEY)")
    plain.executemany("INSERT INTO workday VALUES (?)", [(day,) for day in working_days(shared_data)])
    wanted: dict[str, set[str]] = defaultdict(set)
    for step, lift in plain.execute(INDEPENDENT_COUNT, {"first": FIRST.isoformat(), "last": LAST.isoformat()}):
        wanted[step].add(lift)
    return wanted


def working_days(shared_data: Callable[[str], Path]) -> Iterator[str]:
    """From the published notices: weekdays that are not off, and days that are worked instead."""
    stated: dict[str, bool] = {}
    for number in range(2020, 2025):
        content = json.loads(shared_data(f"china/holiday_{number}.json").read_text(encoding="utf-8"))
        stated |= {entry["date"]: not entry["isOffDay"] for entry in content["days"]}
    day = date(2021, 1, 1)
    while day.year < 2025:
        if stated.get(day.isoformat(), day.weekday() < 5):
            yield day.isoformat()
        day += timedelta(days=1)


def lifts_told(year: Rehearsed) -> dict[str, Counter[str]]:
    """step → lift → how often the party for whom the rung is was told."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for line in year.lines:
        if line.audience == MAIN_AUDIENCE[line.step]:
            told[line.step].update(line.lifts)
    return told


def test_the_register_is_imported_whole(year: Rehearsed) -> None:
    assert (year.summary.rows, year.summary.lifts, year.summary.rejected) == (25_204, 25_204, 0)
    with year.database.read() as session:
        assert session.exec(select(func.count()).select_from(Lift)).one() == 25_204
        assert session.exec(select(func.count()).select_from(ImportReject)).one() == 0
        missing = session.exec(select(func.count()).select_from(Lift).where(col(Lift.valid_until).is_(None))).one()
    assert missing == 0


@pytest.mark.parametrize("step", list(MAIN_AUDIENCE))
def test_every_lift_is_told_each_rung_exactly_once_or_there_is_a_reason(
    year: Rehearsed, counted: dict[str, set[str]], step: str
) -> None:
    told = lifts_told(year)[step]
    assert set(told) == counted[step]
    assert set(told.values()) == {1}


def test_an_overdue_lift_is_pushed_to_the_regulator_too(year: Rehearsed, counted: dict[str, set[str]]) -> None:
    pushed = [
        lift
        for line in year.lines
        if (line.step, line.audience) == ("overdue", "district_regulator")
        for lift in line.lifts
    ]
    assert sorted(pushed) == sorted(counted["overdue"])


def test_no_party_hears_of_a_lifts_rung_twice(year: Rehearsed) -> None:
    heard = Counter((line.recipient, line.step, lift) for line in year.lines for lift in line.lifts)
    assert max(heard.values()) == 1


def test_a_party_gets_one_message_a_step_and_day_whatever_its_number_of_lifts(year: Rehearsed) -> None:
    messages = Counter((line.recipient, line.step, line.template, line.on) for line in year.lines)
    assert max(messages.values()) == 1
    assert max(len(line.lifts) for line in year.lines if line.audience == "unit_contact") > 20


def test_a_unit_without_a_phone_is_not_a_silent_hole(year: Rehearsed, shared_data: Callable[[str], Path]) -> None:
    with shared_data("registers/maryland.csv").open(encoding="utf-8") as file:
        with_phone = {row["registration_number"] for row in csv.DictReader(file) if row["has_phone"] == "1"}
    for line in year.lines:
        if line.audience == "unit_contact":
            assert (line.channel == "sms") == any(lift in with_phone for lift in line.lifts) or line.channel == "sms"
            if line.channel == "none":
                assert not with_phone.intersection(line.lifts)


def test_nothing_is_told_before_it_may_be_and_spread_rungs_keep_their_last_day(year: Rehearsed) -> None:
    for line in year.lines:
        assert FIRST <= line.on <= LAST
    calls = Counter(line.on for line in year.lines if line.step == "call" and not line.late)
    busy = [day for day, count in calls.items() if count > 60 and day != FIRST]
    assert len(busy) < len(calls) / 4, "the callers of a department are not given a month's calls on one day"


def test_one_message_is_one_sms(year: Rehearsed) -> None:
    assert {line.segments for line in year.lines if line.channel == "sms"} == {1}
