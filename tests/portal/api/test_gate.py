"""Who may ask: keys, their scopes and their end; how much and how often; nothing odd is a failure of ours."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlmodel import select

from actions.interface.keys import By, Scope, revoke_key, rotate_key
from actions.refusals import Refused
from portal.api.gate import Limits
from portal.limits import Limit
from store.interface import ApiKey, ApiKeyDeed

PROBLEM = "application/problem+json"


def test_without_a_key_that_is_good_nobody_is_let_in(make_platform):
    platform = make_platform(limits=Limits(wrong=Limit(6, 60), asked=Limit(4, 60)))
    prefix = platform.key.split("_")[1]
    for key in ("", "tx", f"tx_{prefix}_wrong", platform.key + "x"):
        answer = platform.ask("GET", "/lifts", key=key)
        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
        assert "www-authenticate" in answer.headers
    assert platform.ask("GET", "/lifts").status_code == 200
    with platform.database.write() as session:
        by = By("陈一鸣", "每年更换", platform.now)
        new = rotate_key(session, by, prefix, overlap=timedelta(days=14))[1]
        assert platform.key.split("_")[2] not in str(session.exec(select(ApiKey)).all())
    assert [platform.ask("GET", "/lifts", key=key).status_code for key in (platform.key, new)] == [200, 200]
    platform.now += timedelta(days=15)
    assert [platform.ask("GET", "/lifts", key=key).status_code for key in (platform.key, new)] == [401, 200]
    with platform.database.write() as session:
        revoke_key(session, by, new.split("_")[1])
        assert [one.deed for one in session.exec(select(ApiKeyDeed))] == ["made", "rotated", "revoked"]
    assert platform.ask("GET", "/lifts", key=new).status_code == 401
    assert platform.ask("GET", "/lifts", key=new).status_code == 429, "too many wrong keys from there"


def test_a_key_is_made_only_for_who_has_records_to_upload(make_platform):
    platform = make_platform()
    parties = platform.world.parties
    with platform.database.write() as session:
        platform.new_key(session, parties["other_maintainer"])
        for party in ("own", "department"):
            with pytest.raises(Refused, match="not a maintainer"):
                platform.new_key(session, parties[party])


def test_a_key_is_good_for_its_scopes_and_for_so_many_requests(make_platform):
    platform = make_platform(limits=Limits(asked=Limit(5, 60)))
    with platform.database.write() as session:
        platform.key = platform.new_key(session, platform.world.parties["other_maintainer"], scopes=[Scope.READ])
    assert platform.ask("POST", "/records", json={}).json()["code"] == "no_scope"
    assert platform.ask("PUT", "/webhooks", json={"url": "https://example.org/"}).status_code == 403
    answers = [platform.ask("GET", "/lifts").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_a_body_that_comes_too_slowly_is_not_waited_for(make_platform):
    platform = make_platform(limits=Limits(body_within=0.05))
    headers = [(b"authorization", f"Bearer {platform.key}".encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/records", "headers": headers, "query_string": b""}
    said, parts = [], [{"type": "http.request", "body": b'{"lift": ', "more_body": True}]

    async def receive():
        return parts.pop() if parts else await asyncio.sleep(60)

    async def send(message):
        said.append(message)

    asyncio.run(platform.client.app({"http_version": "1.1", "scheme": "http", **scope}, receive, send))
    assert said[0]["status"] == 408
    assert (b"connection", b"close") in said[0]["headers"]
    problem = json.loads(said[1]["body"])
    assert (problem["code"], problem["detail"]) == ("request_timeout", "the body was not here within 0.05 seconds")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"\xff", 400),
        (b'{"external_id": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 50_000, 400),
        (b'{"lift": NaN}', 422),
        (b'{"lift": "\\ud800"}', 422),
        (b'{"note": "\\u0000"}', 422),
        (b'{"lift": "' + b"x" * 8_000_001 + b'"}', 413),
    ],
)
def test_odd_bodies_are_refused_and_no_failure_of_ours(platform, body, status):
    for path in ("/records", "/records:batch"):
        answer = platform.ask("POST", path, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text


def test_odd_values_are_refused_and_no_failure_of_ours(platform):
    odd = [
        {"completed_at": "9999-12-31T23:59:59Z"},
        {"completed_at": "0001-01-01T00:00:00+14:00"},
        {"lift": "a\0b"},
        {"items": {"A-1-01": {"result": "fixed", "value": "0E+999999999"}}},
        {"place": {"how": "location", "latitude": "0E+999999999", "longitude": "1"}},
        {"external_id": "中文"},
        {"secret": "unknown"},
        {"note": "x" * 1001},
        {"extra": [{"item": "的" * 200, "result": "fault", "reason": "的" * 1000}] * 40, "note": "的" * 1000},
    ]
    for more in odd:
        answer = platform.upload(**more)
        assert answer.status_code == 422, (more, answer.text)
    for path in ("/records?after=99999999999", "/records/99999999999", "/records?lift=%00", "/signatures?since=1"):
        assert platform.ask("GET", path).status_code == 422, path
    for path in ("/nothing", "/nothing/%0A"):
        answer = platform.ask("GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert platform.ask("GET", "/records/%0A").status_code == 422
    assert platform.ask("PATCH", "/records").status_code == 405
    assert platform.entries() == 0
