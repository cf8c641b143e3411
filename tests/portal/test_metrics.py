"""`/metrics` as Prometheus reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from portal.app import make_app
from portal.metrics import Meter
from store.database import Database

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HERE = ("127.0.0.1", 50_000)
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(make_app(database, lambda: NINE, meter=Meter(sms_price=0.05)), client=HERE) as client:
        yield client


def test_the_library_reads_what_we_write(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {sample.labels["state"] for sample in families["tixing_notices"].samples} == {
        "planned",
        "later",
        "sending",
        "unknown",
        "no_contact",
    }
    assert families["tixing_oldest_due_seconds"].samples[0].value == 0
    assert all(family.documentation for family in families.values())


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_who_comes_through_a_proxy_is_not_this_machine(client: TestClient, header: str) -> None:
    assert client.get("/metrics", headers={header: "203.0.113.7"}).status_code == 403


def test_another_machine_reads_it_with_the_token_only(database: Database) -> None:
    for meter, expected in ((Meter(), (403, 403)), (Meter(TOKEN), (403, 200))):
        with TestClient(make_app(database, lambda: NINE, meter=meter), client=("203.0.113.7", 1)) as client:
            shown = {"Authorization": f"Bearer {TOKEN}"}
            assert (client.get("/metrics").status_code, client.get("/metrics", headers=shown).status_code) == expected


def test_with_a_token_this_machine_needs_it_too(database: Database) -> None:
    with TestClient(make_app(database, lambda: NINE, meter=Meter(TOKEN)), client=HERE) as client:
        assert client.get("/metrics").status_code == 403
        assert client.get("/metrics", headers={"Authorization": "Bearer \u7b7e".encode()}).status_code == 403
