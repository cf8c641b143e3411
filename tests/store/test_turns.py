"""Turns that many processes take at once: none is given twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from store.database import Database
from store.turns import rest, take_turns

APART, BETWEEN = timedelta(milliseconds=20), timedelta(milliseconds=300)
NO_TIME = timedelta(0)

pytestmark = pytest.mark.postgres


def take(
    database: Database, addresses: list[str], apart: timedelta = APART, between: timedelta = NO_TIME
) -> list[datetime]:
    with database.write() as session:
        turns = take_turns(session, "telegram", addresses, apart=apart, between=between)
    assert all(moment >= turns.now - timedelta(milliseconds=50) for moment in turns.moments)
    return turns.moments


def test_turns_that_are_taken_at_once_lie_apart(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: take(database, ["a", "b", "c"]), range(24)))
    moments = sorted(moment for some in taken for moment in some)
    assert all(later - earlier >= APART for earlier, later in pairwise(moments))
    assert all(some == sorted(some) for some in taken), "in the order in which they were asked for"


def test_turns_of_one_address_lie_further_apart(database: Database) -> None:
    chats = [["a", "b"], ["b", "a"], ["c", "a"], ["b", "c"]] * 4
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda some: take(database, some, between=BETWEEN), chats))
    for chat in "abc":
        places = [some.index(chat) if chat in some else None for some in chats]
        moments = sorted(turns[place] for turns, place in zip(taken, places, strict=True) if place is not None)
        assert all(later - earlier >= BETWEEN for earlier, later in pairwise(moments))


def test_without_a_rate_in_all_only_addresses_wait(database: Database) -> None:
    first = take(database, ["a", "b"], NO_TIME, BETWEEN)
    again = take(database, ["a", "c"], NO_TIME, BETWEEN)
    assert again[0] - first[0] == BETWEEN
    assert again[1] < again[0]


def test_channels_do_not_wait_for_each_other(database: Database) -> None:
    with database.write() as session:
        hour = timedelta(hours=1)
        take_turns(session, "voice", ["a"], apart=hour, between=hour)
        rest(session, "voice", 60)
        turns = take_turns(session, "telegram", ["a"], apart=APART, between=BETWEEN)
        assert turns.moments[0] - turns.now < timedelta(minutes=1)
        assert turns.quiet_until is None
        voice = take_turns(session, "voice", ["b"], apart=hour, between=hour)
        assert voice.quiet_until is not None
        assert voice.moments[0] == voice.last
        assert voice.last - voice.now > timedelta(minutes=59)
