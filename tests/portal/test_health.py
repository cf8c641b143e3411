"""`/healthz` as a monitor sees it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from portal.app import make_app
from store.database import Database
from store.watch import Beat, beat

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Clock:
    now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(database: Database, clock: Callable[[], datetime]) -> Iterator[TestClient]:
    with TestClient(make_app(database, clock)) as client:
        yield client


def test_it_is_200_on_a_day_that_was_planned_and_503_from_a_quarter_past_midnight_on(
    client: TestClient, database: Database, clock: Clock
):
    with database.write() as session:
        for kind in Beat:
            beat(session, kind, "serve", day=NINE.date(), now=NINE, amount=14)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "plan": {"day": "2026-11-23", "at": "2026-11-23T01:00:00+00:00", "notices": 14},
        "dispatch": {"at": "2026-11-23T01:00:00+00:00"},
    }
    clock.now = NINE + timedelta(hours=15, minutes=16)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["code"]) == ("failing", "no_plan")
    assert answer.json()["reason"] == "no plan was completed today (2026-11-24); the last one is of 2026-11-23"


def test_a_store_without_its_tables_is_said_in_one_reason(client: TestClient, database: Database):
    with database.write() as session:
        session.execute(text("DROP TABLE heartbeat"))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "reason": "the store does not answer"}
