"""The whole document against a real server: whatever it allows, and whatever it does not, is never our failure."""

from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from phones.world import found_world
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from portal.app import make_app
from store.database import Database
from tests.portal.api.conftest import NOW, found_key
from tests.portal.api.served import serving

WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)


def test_the_document_is_whole(database):
    document = TestClient(make_app(database, lambda: NOW)).get("/openapi.json").json()
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(one["tags"] and one["operationId"] and one["description"] for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations) >= 12
    for one in operations:
        problems = {code: said for code, said in one["responses"].items() if code >= "400"}
        assert {"401", "403", "422", "429", "503"} <= set(problems)
        assert all(list(said["content"]) == ["application/problem+json"] for said in problems.values())
        assert one["security"] == [{"key": one["security"][0]["key"]}]


@pytest.mark.both_stores
def test_gp_16_nothing_that_a_platform_sends_is_a_failure_of_ours(database: Database, pytestconfig: Any):
    with database.write() as session:
        world = found_world(session)
        key = found_key(session, world.parties["maintainer"])
    tries = 300 if pytestconfig.getoption("--full") else 8
    url = database.url.render_as_string(hide_password=False)
    with serving(url) as base:
        schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
        for found in schema.get_all_operations():
            for mode in GenerationMode:
                _drive(found.ok(), mode, f"{base}/api/v1", key, tries)


def _drive(operation: Any, mode: Any, base: str, key: str, tries: int) -> None:
    load_all_checks()
    wanted = [one for one in CHECKS.get_all() if one.__name__ in WANTED]
    of_what_arrives = [one for one in wanted if one.__name__ != "negative_data_rejection"]

    @settings(
        max_examples=tries, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def drive(case: Any) -> None:
        is_lost = any(value in (None, [], {}) for value in (case.query or {}).values())  # it stands in no address
        checks = of_what_arrives if is_lost else wanted
        case.call_and_validate(base_url=base, headers={"Authorization": f"Bearer {key}"}, checks=checks)

    assert len(wanted) == len(WANTED)
    drive()
