"""Batches that are cut off in the middle and sent again: each record is stored once, and whole."""

import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import Pool
from sqlmodel import Session, col, select

from actions.interface.batches import PART
from store.chain import START, entry_hash
from store.database import Database
from store.records import MaintenanceRecord, RecordEntry, RecordPersonal
from tests.portal.api.conftest import Platform, found_platform
from tests.portal.api.served import serving, serving_until_killed

ROUNDS, MANY = 3, 12
LITTLE, ENDLESS = 20, 2**30  # pages of a disk
TWO_PARTS = PART + MANY


@pytest.fixture
def platform(database: Database) -> Platform:
    with database.write() as session:
        world, key = found_platform(session)
    return Platform(database, world, key)


def batch_of(platform: Platform, dice: random.Random, size: int) -> list[dict[str, Any]]:
    return [platform.said(lift=platform.lift_key("own", dice.randrange(6))) for _ in range(size)]


def request_of(platform: Platform, batch: list[dict[str, Any]]) -> bytes:
    body = json.dumps({"records": batch}).encode()
    head = f"Authorization: Bearer {platform.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST /api/v1/records:batch HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + body


def send_whole(base: str, platform: Platform, batch: list[dict[str, Any]]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {platform.key}"}
    answer = httpx.post(f"{base}/api/v1/records:batch", json={"records": batch}, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def require_each_once(session: Session, wanted: set[str]) -> None:
    """Every record is there once, with its entry, its people and a chain that holds."""
    records = session.exec(select(MaintenanceRecord)).all()
    assert sorted(record.external_id for record in records) == sorted(wanted)
    entries = session.exec(select(RecordEntry).order_by(col(RecordEntry.lift_id), col(RecordEntry.seq))).all()
    assert {record.entry_id for record in records} == {entry.id for entry in entries}
    assert len(session.exec(select(RecordPersonal)).all()) == 2 * len(records)
    before: dict[int, bytes] = {}
    for entry in entries:
        assert entry.hash == entry_hash(before.get(entry.lift_id, START), entry.body)
        before[entry.lift_id] = entry.hash


@pytest.mark.both_stores
def test_gp_17_a_batch_whose_connection_breaks_is_stored_once(platform: Platform):
    dice, wanted = random.Random(17), set()
    with serving(platform.database.url.render_as_string(hide_password=False)) as base:
        port = int(base.rpartition(":")[2])
        for _ in range(ROUNDS):
            batch = batch_of(platform, dice, MANY)
            wanted |= {one["external_id"] for one in batch}
            said = request_of(platform, batch)
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(said[: dice.choice([len(said), dice.randrange(len(said))])])
                time.sleep(dice.random() * 0.3)
            answer = send_whole(base, platform, batch)  # while the first may still be under way
            assert answer["refused"] == 0, [one for one in answer["results"] if one["errors"]][:2]
    with platform.database.read() as session:
        require_each_once(session, wanted)


@pytest.mark.both_stores
def test_gp_17_a_batch_during_which_the_server_is_killed_is_stored_once(platform: Platform, pytestconfig: Any):
    dice, wanted, batches = random.Random(71), set(), []
    url = platform.database.url.render_as_string(hide_password=False)
    for _ in range(10 if pytestconfig.getoption("--full") else 1):
        batches.append(batch := batch_of(platform, dice, TWO_PARTS))
        wanted |= {one["external_id"] for one in batch}
        before = len(platform.records())
        with serving_until_killed(url) as port, socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(request_of(platform, batch))
            until = time.monotonic() + 30
            while len(platform.records()) < before + 3:
                assert time.monotonic() < until
    with serving(url) as base:
        for batch in batches:
            answer = send_whole(base, platform, batch)
            assert answer["repeated"] > 0
            assert answer["refused"] == 0
    with platform.database.read() as session:
        require_each_once(session, wanted)


@contextmanager
def a_disk_of() -> Iterator[Callable[[int], None]]:
    """What it yields says how many pages each store of SQLite may have: beyond them it meets what a full disk says."""
    pages = [ENDLESS]

    def limit(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    event.listen(Pool, "checkout", limit)
    try:
        yield lambda most: pages.__setitem__(0, most)
    finally:
        event.remove(Pool, "checkout", limit)


@pytest.mark.sqlite
def test_gp_17_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(platform: Platform):
    dice, batches = random.Random(7), []
    with platform.database.read() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    headers, codes = {"Authorization": f"Bearer {platform.key}"}, []
    with a_disk_of() as holds, serving(platform.database.url.render_as_string(hide_password=False)) as base:
        holds(pages + LITTLE)
        while codes.count(503) < ROUNDS and len(codes) < MANY:
            batches.append(batch_of(platform, dice, MANY))
            said = {"records": batches[-1]}
            answer = httpx.post(f"{base}/api/v1/records:batch", json=said, headers=headers, timeout=60)
            codes.append(answer.status_code)
        kept = codes.count(200)
        assert codes == [200] * kept + [503] * (len(codes) - kept)
        assert 0 < kept < len(codes)
        with platform.database.read() as session:
            require_each_once(session, {one["external_id"] for batch in batches[:kept] for one in batch})
        holds(ENDLESS)
        for batch in batches:
            assert send_whole(base, platform, batch)["refused"] == 0
    with platform.database.read() as session:
        require_each_once(session, {one["external_id"] for batch in batches for one in batch})
