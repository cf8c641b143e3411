"""Many values in one parameter: what comes back is what went in, on both databases."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlmodel import Session

from store.database import Database, bulk_insert, table_of
from store.lifts import City
from store.notices import PlanRun
from store.parties import Party
from store.rowsets import IDS, among, among_ids, as_ids, as_stored, given, is_server
from store.zone import SHANGHAI

MANY = 40_000  # more than either database takes parameters
WIDE = 2**31 - 1  # the highest id
MOMENT = datetime(2026, 11, 23, 1, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def parties(database: Database) -> Database:
    """A store with the parties 1, 2, 3 and a very high one."""
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        rows = [{"id": id_, "city_id": "guangzhou", "ref": f"u-{id_}", "name": "x"} for id_ in (1, 2, 3, WIDE)]
        session.execute(insert(table_of(Party)), rows)
    return database


def chosen(session: Session, ids: Any) -> list[int]:
    party = table_of(Party).c
    return list(session.execute(select(party.id).where(among(session, party.id, ids)).order_by(party.id)).scalars())


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([], []),
        ([2], [2]),
        ([3, 1, 3, 99], [1, 3]),
        ({2: "x", WIDE: "y"}.keys(), [2, WIDE]),
        ({1: "x"}, [1]),
        (range(2, MANY), [2, 3]),
        ([-1, 0], []),
    ],
)
def test_among_finds_those_that_are_there_however_many_are_named(parties: Database, ids: Any, found: list[int]) -> None:
    with parties.read() as session:
        assert chosen(session, ids) == found


def test_two_lists_in_one_statement_do_not_meet(parties: Database) -> None:
    party = table_of(Party).c
    with parties.read() as session:
        both = select(party.id).where(among(session, party.id, [1, 2]), among(session, party.id, [2, 3]))
        assert session.execute(both).scalars().all() == [2]
        rest = select(party.id).where(~among(session, party.id, [1, 2, WIDE]))
        assert session.execute(rest).scalars().all() == [3]


def test_among_chooses_what_is_changed_too(parties: Database) -> None:
    party = table_of(Party)
    with parties.write() as session:
        session.execute(update(party).where(among(session, party.c.id, [2, WIDE])).values(name="y"))
        changed = session.execute(select(party.c.id).where(party.c.name == "y").order_by(party.c.id)).scalars()
        assert list(changed) == [2, WIDE]


def test_a_statement_that_is_built_once_takes_other_ids_each_time(parties: Database) -> None:
    party = table_of(Party).c
    with parties.read() as session:
        on_server = is_server(session)
        query = select(party.id).where(among_ids(party.id, on_server=on_server)).order_by(party.id)
        for ids in ([1, 3], [], [WIDE]):
            assert session.execute(query, {IDS: as_ids(ids, on_server=on_server)}).scalars().all() == ids


def test_given_rows_come_back_with_their_types_whatever_stands_in_them(database: Database) -> None:
    rows = [
        {"id": 2, "word": None, "number": None},
        {"id": 3, "word": "", "number": -0.25},
        {"id": WIDE, "word": 'it\'s "so" 梯; -- :rows {x}\\', "number": 1.5},
    ]
    with database.read() as session:
        source = given(session, id="BIGINT", word="TEXT", number="REAL")
        found = session.execute(text(f"SELECT id, word, number FROM {source} ORDER BY id"), {"rows": json.dumps(rows)})
        assert [row._asdict() for row in found] == rows
        assert session.execute(text(f"SELECT count(*) FROM {source}"), {"rows": "[]"}).scalar_one() == 0


def test_what_is_not_said_of_a_given_row_is_null(database: Database) -> None:
    with database.read() as session:
        source = given(session, id="BIGINT", word="TEXT")
        found = session.execute(text(f"SELECT id, word FROM {source}"), {"rows": '[{"id": 1, "other": "x"}]'})
        assert [tuple(row) for row in found] == [(1, None)]


@pytest.mark.parametrize("moment", [MOMENT, MOMENT.astimezone(SHANGHAI), MOMENT.replace(microsecond=0)])
def test_a_moment_in_plain_rows_is_the_same_as_in_a_statement(database: Database, moment: datetime) -> None:
    run = table_of(PlanRun)
    with database.write() as session:
        plain = ("2026-11-23", as_stored(session, moment), 1, 1)
        bulk_insert(session.connection(), PlanRun, ("planned_on", "finished_at", "notices", "duties"), [plain])
        session.execute(insert(run).values(planned_on=MOMENT.date(), finished_at=moment, notices=1, duties=1))
        moments = session.execute(select(run.c.finished_at)).scalars().all()
        equal = session.execute(select(func.count()).where(run.c.finished_at == moment)).scalar_one()
    assert (moments, equal) == ([moment, moment], 2)


def test_no_moment_stays_none(database: Database) -> None:
    with database.read() as session:
        assert as_stored(session, None) is None


def test_a_store_is_on_a_server_or_not(database: Database) -> None:
    with database.read() as session:
        assert is_server(session) is not database.is_sqlite
