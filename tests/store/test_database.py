"""The database as one place: pragmas, transactions that wait, moments with a zone, and errors in one sentence."""

import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import select

from store.base import as_utc
from store.calendar import CalendarYear
from store.copies import discarded_copy
from store.database import (
    BUSY_TIMEOUT_MS,
    BusyError,
    Database,
    StoreError,
    bulk_insert,
    lift_protection,
    parse_url,
    table_of,
)
from store.events import Event
from store.notices import PlanRun

SHANGHAI = timezone(timedelta(hours=8))
ADD_ONE = text("UPDATE plan_run SET notices = :seen + 1 WHERE id = 1")
SEE = text("SELECT notices FROM plan_run WHERE id = 1")


@pytest.fixture
def counter(database: Database) -> Database:
    """A store with one number that several writers count up."""
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO plan_run (id, planned_on, finished_at, notices, duties)"
                " VALUES (1, '2026-11-23', '2026-11-23 01:00:00', 0, 0)"
            )
        )
    return database


def count_up(database: Database, times: int, pause: float = 0.0) -> None:
    """Read, then write: loses counts where a transaction only reads at first."""
    for _ in range(times):
        with database.write() as session:
            seen = session.execute(SEE).scalar_one()
            time.sleep(pause)
            session.execute(ADD_ONE, {"seen": seen})


def counted(database: Database) -> int:
    with database.read() as session:
        return int(session.execute(SEE).scalar_one())


@pytest.mark.sqlite
def test_every_connection_has_the_pragmas(database: Database):
    expected = {"foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": BUSY_TIMEOUT_MS, "journal_mode": "wal"}
    connections = [database.engine.connect() for _ in range(3)]
    for connection in connections:
        for name, value in expected.items():
            assert connection.execute(text(f"PRAGMA {name}")).scalar_one() == value
    for connection in connections:
        connection.close()


@pytest.mark.sqlite
def test_a_second_writer_waits_for_the_first(counter: Database):
    order = []
    inside = threading.Event()

    def write_slowly() -> None:
        with counter.write() as session:
            seen = session.execute(SEE).scalar_one()
            inside.set()
            time.sleep(0.3)
            session.execute(ADD_ONE, {"seen": seen})
            order.append("first")

    first = threading.Thread(target=write_slowly)
    first.start()
    assert inside.wait(5)
    count_up(counter, 1)
    order.append("second")
    first.join()
    assert order == ["first", "second"]
    assert counted(counter) == 2


@pytest.mark.sqlite
def test_threads_that_read_and_then_write_lose_nothing(counter: Database):
    threads = [threading.Thread(target=count_up, args=(counter, 10, 0.001)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(counter) == 50


@pytest.mark.sqlite
def test_processes_that_read_and_then_write_lose_nothing(counter: Database):
    program = f"""
from sqlalchemy import text
from store.copies import discarded_copy
from store.database import Database
database = Database({str(counter.url)!r})
for _ in range(20):
    with database.write() as session:
        seen = session.execute(text({str(SEE)!r})).scalar_one()
        session.execute(text({str(ADD_ONE)!r}), {{"seen": seen}})
"""
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert counted(counter) == 60


def test_a_reader_does_not_wait_for_a_writer_and_sees_the_state_before(counter: Database):
    with counter.write() as session:
        session.execute(ADD_ONE, {"seen": 0})
        assert counted(counter) == 0
    assert counted(counter) == 1


def test_an_error_in_a_write_undoes_all_of_it(counter: Database):
    def write_and_fail() -> None:
        with counter.write() as session:
            session.execute(ADD_ONE, {"seen": 0})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert counted(counter) == 0


def test_a_moment_without_a_zone_is_refused(database: Database):
    row = {"year": 2027, "imported_at": datetime(2026, 11, 23, 9, 0)}  # noqa: DTZ001  (what is refused here)
    with pytest.raises(StatementError, match="timezone"), database.write() as session:
        session.execute(insert(table_of(CalendarYear)).values(**row))
    with pytest.raises(ValueError, match="has no time zone"):
        as_utc(row["imported_at"])


def test_a_moment_is_stored_in_utc_whatever_zone_it_was_read_in(database: Database):
    moment = datetime(2026, 11, 23, 7, 30, tzinfo=SHANGHAI)
    with database.write() as session:
        session.add(CalendarYear(year=2027, imported_at=moment))
    with database.read() as session:
        kept = session.get_one(CalendarYear, 2027).imported_at
    assert kept == moment
    assert kept.utcoffset() == timedelta(0)
    assert as_utc(moment) == datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def test_a_copy_is_whole_while_others_write(counter: Database):
    with counter.write() as session:
        session.execute(ADD_ONE, {"seen": 0})
        with discarded_copy(counter) as copy:
            assert counted(copy) == 0


def test_what_is_done_to_a_copy_is_not_done_to_the_store(counter: Database):
    with discarded_copy(counter) as copy:
        count_up(copy, 3)
        assert counted(copy) == 3
        with copy.write() as session:
            session.add(PlanRun(planned_on=date(2026, 11, 24), finished_at=datetime.now(UTC), notices=0, duties=0))
        with copy.read() as session:
            assert session.exec(select(PlanRun.id).order_by(PlanRun.id)).all() == [1, 2]
    with counter.write() as session:
        run = PlanRun(id=2, planned_on=date(2026, 11, 24), finished_at=datetime.now(UTC), notices=0, duties=0)
        session.add(run)
        session.flush()
        assert counted(counter) == 0
        assert session.exec(select(func.count()).select_from(PlanRun)).one() == 2


def test_a_copy_can_be_taken_back_and_the_store_cannot(filled_store: Database):
    event = table_of(Event)
    with discarded_copy(filled_store) as copy, copy.write() as session:
        lift_protection(session)
        session.execute(update(event).values(payload={"seen": True}))
        session.execute(delete(event))
    with pytest.raises(StoreError, match="only a copy"), filled_store.write() as session:
        lift_protection(session)
    with pytest.raises(IntegrityError, match="never removed"), filled_store.write() as session:
        session.execute(delete(event))


@pytest.mark.sqlite
def test_a_copy_in_a_file_is_protected_like_the_store_until_it_is_taken_back(filled_store: Database, tmp_path: Path):
    copy = filled_store.copy_to(tmp_path / "copy.sqlite")
    with pytest.raises(IntegrityError, match="never removed"), copy.write() as session:
        session.execute(delete(table_of(Event)))
    copy.close()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///file.sqlite", "sqlite"),
        ("postgresql://user@host/db", "postgresql+psycopg"),
        ("postgres://user@host/db", "postgresql+psycopg"),
    ],
)
def test_plain_addresses_get_our_driver(url: str, driver: str):
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite",
        "mysql://u@h/db",
        "postgresql+asyncpg://h/db",
        "postgresql://u@h:port/db",
        "http://[::1",
    ],
)
def test_a_wrong_address_is_one_sentence(url: str):
    assert_one_sentence(url, "TIXING_DATABASE_URL")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert_one_sentence(f"sqlite:///{tmp_path}/file/store.sqlite", "cannot be opened")


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path):
    assert_one_sentence(f"sqlite:///{tmp_path}", "cannot be opened")


def test_a_file_that_is_no_database_is_one_sentence_and_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear lift, " * 1000, encoding="utf-8")
    assert_one_sentence(f"sqlite:///{path}", "not a database")
    assert path.read_text(encoding="utf-8").startswith("Dear lift")


def test_a_store_of_a_later_tixing_is_one_sentence(database: Database):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert_one_sentence(database.url.render_as_string(hide_password=False), "cannot be opened|newer")


def test_a_password_is_not_in_the_sentence():
    with pytest.raises(StoreError) as refused:
        Database("postgresql://user:geheim@127.0.0.1:1/db").migrate()
    assert "geheim" not in str(refused.value)


def assert_one_sentence(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as refused:
        Database(url).migrate()
    assert "\n" not in str(refused.value)


def test_what_a_bulk_insert_fails_with_is_the_error_of_any_other_statement(counter: Database):
    row = (1, "2026-11-23", "2026-11-23 01:00:00", 0, 0)
    with pytest.raises(IntegrityError), counter.write() as session:
        bulk_insert(session.connection(), PlanRun, ("id", "planned_on", "finished_at", "notices", "duties"), [row])
    assert counted(counter) == 0


def prepared(database: Database, *, repeats: bool) -> list[int]:
    """How many statements the connection holds prepared after each of ten transactions, a look in between."""
    counts = []
    for number in range(10):
        with database.write(repeats=repeats) as session:
            session.execute(text("SELECT CAST(:number AS INTEGER)"), {"number": number})
            counts.append(session.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one())
        with database.read() as session:
            session.execute(text("SELECT 1"))
    return counts


@pytest.mark.postgres
def test_a_server_plans_anew_for_each_day_and_once_for_what_comes_again_and_again(database: Database) -> None:
    assert prepared(database, repeats=False) == [0] * 10
    kept = prepared(database, repeats=True)
    assert kept[-1] > 0
    assert kept == sorted(kept)


@pytest.mark.postgres
def test_the_options_of_an_address_hold_beside_ours(database: Database) -> None:
    url = database.url.update_query_dict({"options": "-c search_path=elsewhere -c random_page_cost=3"})
    other = Database(url.set(drivername="postgresql").render_as_string(hide_password=False))
    with other.read() as session:
        assert session.execute(text("SHOW search_path")).scalar_one() == "elsewhere"
        assert session.execute(text("SHOW random_page_cost")).scalar_one() == "3"
    with database.read() as session:
        assert session.execute(text("SHOW random_page_cost")).scalar_one() == "1.1"
    other.close()


@pytest.mark.postgres
def test_whom_a_server_ends_of_two_who_wait_for_each_other_may_try_again(database: Database) -> None:
    deadlock = text("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$")
    with pytest.raises(BusyError), database.write(waits=5) as session:
        session.execute(deadlock)
    with pytest.raises(OperationalError), database.write() as session:
        session.execute(deadlock)
