"""One leads at a time, and every process has a name of its own."""

import pytest
from sqlalchemy import text

from store.database import Database
from store.leader import Leadership
from store.roll import ProcessName

PLACE = "东机房 host.example.of.a.very.long.name"


def test_one_leads_and_another_takes_over_when_it_goes(database: Database) -> None:
    with Leadership(database) as first, Leadership(database) as second:
        assert [first.take(), second.take(), first.take()] == [True, False, True]
        first.leave()
        assert [second.take(), first.take()] == [True, False]


def end_others(database: Database) -> None:
    """As if the server had lost every connection but one."""
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with database.engine.connect() as connection:
        connection.execute(text(f"{query} AND datname = current_database()"))


@pytest.mark.postgres
def test_a_leader_whose_session_has_ended_knows_that_another_may_lead(database: Database) -> None:
    with Leadership(database) as first, Leadership(database) as second:
        assert first.take()
        end_others(database)
        assert second.take()
        assert not first.take()


@pytest.mark.postgres
def test_processes_of_one_machine_have_different_names_and_a_new_one_takes_up_a_free_one(database: Database) -> None:
    first, second, third = (ProcessName(database, "worker", PLACE) for _ in range(3))
    with first, second, third:
        assert first.current() == first.current() == "worker@----host.example.of.a.ve"
        assert second.current() == f"{first.current()}#2"
        first.__exit__(None, None, None)
        assert third.current() == "worker@----host.example.of.a.ve"
        assert first.current() == "worker@----host.example.of.a.ve#3"


@pytest.mark.postgres
def test_a_process_whose_session_has_ended_keeps_its_name_while_that_is_free(database: Database) -> None:
    with ProcessName(database, "worker", "a") as first, ProcessName(database, "worker", "a") as second:
        assert (first.current(), second.current()) == ("worker@a", "worker@a#2")
        end_others(database)
        assert (second.current(), first.current()) == ("worker@a#2", "worker@a")


@pytest.mark.sqlite
def test_the_one_process_of_a_sqlite_store_is_named_by_its_role(database: Database) -> None:
    with ProcessName(database, "serve") as name:
        assert name.current() == "serve"
