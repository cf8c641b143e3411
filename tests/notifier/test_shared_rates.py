"""All processes together keep to the rate of a provider."""

import asyncio
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from notifier.channels.base import UNLIMITED, Rates, TemporaryError
from notifier.rates import Slots
from notifier.shared_rates import SharedSlots, slots_of_all
from store.database import Database, table_of
from store.turns import Turn

CHILD = Path(__file__).parent / "rate_child.py"
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
SHARED = Rates(per_second=1000, shared=True)

pytestmark = pytest.mark.postgres


@pytest.fixture
def slots(database: Database) -> SharedSlots:
    return SharedSlots(SHARED, database=database, channel="telegram")


def stored(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.execute(select(table_of(Turn).c.address)).scalars())


def send_from_two_processes(world: Any, folder: Path, limit: int) -> list[tuple[float, str]]:
    """What a provider was told by two workers: how many seconds after both began, and whom."""
    url = world.database.url.render_as_string(hide_password=False)
    files = [folder / "first.txt", folder / "second.txt"]
    command = [sys.executable, str(CHILD), url]
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    workers = [
        subprocess.Popen([*command, str(file), str(limit)], cwd=ROOT, env=ENVIRONMENT, **piped) for file in files
    ]
    assert [one.stdout.readline() for one in workers] == ["ready\n"] * 2
    begun = time.time()
    for one in workers:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in workers:
        _, said = one.communicate(timeout=60)
        assert one.returncode == 0, said
    lines = [line.split() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return sorted((float(moment) - begun, address) for moment, address in lines)


def test_two_processes_together_send_no_faster_than_the_provider_takes_it(world: Any, tmp_path: Path) -> None:
    for chat in range(8):
        unit = world.unit(None, role="maintainer_contact", chats=[("telegram", str(chat))])
        for _ in range(4):
            world.notice(unit, world.lifts(unit), "gz.sms.maint")
    told = send_from_two_processes(world, tmp_path, 16)
    assert len(told) == 32
    assert told[-1][0] >= 31 / 8, "eight a second, whoever sends them"
    by_chat = defaultdict(list)
    for moment, chat in told:
        by_chat[chat].append(moment)
    assert all(len(moments) == 4 and moments[-1] >= 3 * 0.2 for moments in by_chat.values())


async def test_everybody_who_waits_gets_a_turn_and_a_chat_no_two_at_once(database: Database) -> None:
    rates = Rates(per_second=1000, seconds_between=0.05, shared=True)
    two = [SharedSlots(rates, database=database, channel="telegram") for _ in range(2)]
    loop = asyncio.get_running_loop()
    begun, went = loop.time(), []

    async def wait(slots: SharedSlots, address: str) -> None:
        await slots.wait(address)
        went.append((address, loop.time()))

    await asyncio.gather(*(wait(slots, address) for slots in two for address in ("a", "a", "b", "c")))
    assert sorted(address for address, _ in went) == ["a"] * 4 + ["b"] * 2 + ["c"] * 2
    assert max(moment for address, moment in went if address == "a") - begun >= 3 * 0.05


async def test_no_turn_is_taken_long_before_it_can_be_used(database: Database) -> None:
    slots = SharedSlots(Rates(per_second=0.01, shared=True), database=database, channel="telegram")
    waiting = [asyncio.create_task(slots.wait(str(n))) for n in range(4)]
    await waiting[0]
    for one in waiting[1:]:
        one.cancel()
    await asyncio.gather(*waiting[1:], return_exceptions=True)
    with database.read() as session:
        [next_at] = session.execute(select(table_of(Turn).c.next_at)).scalars()
    assert next_at - datetime.now(UTC) < timedelta(seconds=250), "the third would be there only after 200 seconds"


async def test_who_waits_stops_when_nothing_goes_on(database: Database) -> None:
    for rates in (Rates(seconds_between=1000, shared=True), Rates(per_second=0.001, shared=True)):
        slots = SharedSlots(rates, inf, database=database, channel=f"robot {rates.per_second}")
        await slots.wait("a")
        looks = iter([True] * 2)
        assert await asyncio.wait_for(slots.wait("a", lambda looks=looks: next(looks, False)), 60) == 0


async def test_what_would_wait_long_for_its_address_takes_no_turn(database: Database) -> None:
    slots = SharedSlots(Rates(seconds_between=100, shared=True), database=database, channel="group")
    later = await asyncio.gather(*(slots.wait(address) for address in ("a", "a", "b", "a")))
    assert [round(seconds, -1) for seconds in later] == [0, 100, 0, 200]
    with database.read() as session:
        turn = table_of(Turn)
        [next_at] = session.execute(select(turn.c.next_at).where(turn.c.address == "a")).scalars()
    assert next_at - datetime.now(UTC) <= timedelta(seconds=100)


async def test_after_a_pass_that_was_cut_off_others_get_their_turns(slots: SharedSlots) -> None:
    cut = [asyncio.create_task(slots.wait("a")) for _ in range(3)]
    await asyncio.sleep(0)
    for one in cut:
        one.cancel()
    await asyncio.gather(*cut, return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(*(slots.wait("a") for _ in range(3))), 30)


async def test_another_process_hears_of_a_rest_with_its_next_turn(database: Database, slots: SharedSlots) -> None:
    other = SharedSlots(SHARED, database=database, channel="telegram")
    elsewhere = SharedSlots(SHARED, database=database, channel="voice")
    await slots.close(60)
    await slots.close(5)
    await other.wait("a")
    await elsewhere.wait("a")
    assert 50 < other.closed_for() <= 60
    assert 50 < slots.closed_for() <= 60
    assert elsewhere.closed_for() == 0


def test_a_rest_holds_back_what_another_process_would_send(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit()
    notices = [world.notice(unit, world.lifts(unit)) for _ in range(2)]
    asked = make_channel("sms", answers=[TemporaryError("too many", retry_after=300, for_all=True)])
    other = make_channel("sms")
    asked.rates = other.rates = SHARED
    dispatch(asked, limit=1, slots=slots_of_all({"sms": asked}, world.database))
    dispatch(other, slots=slots_of_all({"sms": other}, world.database))
    assert other.sent == []
    assert [world.status(notice) for notice in notices] == ["planned"] * 2


async def test_chats_of_long_ago_are_forgotten(database: Database) -> None:
    slots = SharedSlots(Rates(seconds_between=1, shared=True), database=database, channel="telegram")
    for chat in ("a", "b"):
        await slots.wait(chat)
    turn = table_of(Turn)
    with database.write() as session:
        past = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        session.execute(update(turn).where(turn.c.address == "a").values(next_at=past))
    await slots.wait("c")
    assert sorted(stored(database)) == ["", "b", "c"]


async def test_without_a_store_a_process_keeps_the_rate_for_itself(tmp_path: Path) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:9/nothing?connect_timeout=1")
    slots = SharedSlots(Rates(per_second=50, shared=True), database=nowhere, channel="telegram")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.gather(*(slots.wait(str(n)) for n in range(4)))
    assert loop.time() - begun >= 3 / 50
    await slots.close(60)
    assert slots.closed_for() > 0


def test_only_channels_with_a_rate_of_their_provider_take_turns(database: Database, make_channel: Any) -> None:
    channels = {name: make_channel(name) for name in ("sms", "webchat", "telegram")}
    channels["sms"].rates = Rates(per_second=100)
    channels["telegram"].rates = SHARED
    slots = slots_of_all(channels, database)
    assert {name: type(one) for name, one in slots.items()} == {"sms": Slots, "webchat": Slots, "telegram": SharedSlots}
    assert slots["webchat"].rates == UNLIMITED


@pytest.mark.sqlite
def test_where_one_process_sends_it_counts_for_itself(tmp_path: Path, make_channel: Any) -> None:
    channel = make_channel("telegram")
    channel.rates = SHARED
    [slots] = slots_of_all({"telegram": channel}, Database(f"sqlite:///{tmp_path / 'x.sqlite'}")).values()
    assert type(slots) is Slots
