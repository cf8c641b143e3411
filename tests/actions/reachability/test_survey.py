"""Who can be reached, by the routing that sends, and how that is known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from actions.reachability import State, Survey, survey
from actions.reachability.holdings import Chosen
from notifier.modes import Mode, Terms
from notifier.reachable import Ways
from store.database import Database
from store.lifts import Lift, LiftRole, LiftStatus

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ALL = frozenset({"sms", "webchat", "telegram", "call_task"})
MOBILE, OTHER_MOBILE, LANDLINE = "+8613800000001", "+8613800000002", "+862081234567"


@pytest.fixture
def look(database: Database):
    def at(mode: Mode = Mode.LIVE, channels: frozenset[str] = ALL, **options) -> Survey:
        with database.read() as session:
            return survey(session, Ways(Terms(mode, channels)), today=TODAY, now=NOW, **options)

    return at


def states(found: Survey) -> dict[str, State]:
    return {line.name: line.state for line in found.parties}


def test_each_way_of_being_reached_is_told_apart(register, look):
    register.unit("mobile", 5, phones=[MOBILE])
    register.unit("landline", 4, phones=[LANDLINE])
    register.unit("nobody", 3)
    register.unit("no number", 2, phones=[None])
    register.unit("chat", 1, phones=[None], chats=[("telegram", True)])
    register.unit("left chat", 1, phones=[None], chats=[("telegram", False)])
    register.unit("landline and mobile", 1, phones=[LANDLINE, OTHER_MOBILE])
    assert states(look()) == {
        "nobody": State.UNREACHABLE,
        "no number": State.UNREACHABLE,
        "left chat": State.UNREACHABLE,
        "landline": State.CALL_ONLY,
        "mobile": State.UNPROVED,
        "chat": State.UNPROVED,
        "landline and mobile": State.UNPROVED,
    }


def test_lifts_are_counted_by_role_and_district_and_none_is_lost(register, look, database):
    register.unit("a", 5, phones=[MOBILE])
    register.unit("b", 3, phones=[LANDLINE], district="番禺区")
    register.unit("m", 2, phones=[OTHER_MOBILE], role=LiftRole.MAINTAINER)
    with database.write() as session:
        session.add(Lift(city_id="guangzhou", key="scrapped", status=LiftStatus.SCRAPPED))
    found = look()
    units, maintainers = found.total[LiftRole.USE_UNIT], found.total[LiftRole.MAINTAINER]
    assert (units.lifts, units.reachable) == (10, 5)
    assert units.by_state[State.NOBODY_ANSWERS] == 2
    assert (maintainers.lifts, maintainers.reachable, maintainers.by_state[State.NOBODY_ANSWERS]) == (10, 2, 8)
    by_district = {key[1:]: (one.lifts, one.reachable) for key, one in found.by_district.items()}
    assert by_district["番禺区", LiftRole.USE_UNIT] == (3, 0)
    assert by_district["天河区", LiftRole.USE_UNIT] == (7, 5)


def test_the_worst_parties_come_first_and_the_largest_among_them(register, look):
    for name, lifts, phones in (("fine", 9, [MOBILE]), ("small", 1, []), ("large", 7, []), ("call", 8, [LANDLINE])):
        register.unit(name, lifts, phones=phones)
    found = look(limit=3)
    assert [line.name for line in found.parties] == ["large", "small", "call"]
    assert found.parties_in_all == 4


def test_a_receipt_proves_and_a_failure_after_it_is_a_doubt(register, look):
    [proved] = register.unit("proved", 1, phones=["+8613800000011"])
    [doubt] = register.unit("doubt", 1, phones=["+8613800000012"])
    [taken] = register.unit("taken", 1, phones=["+8613800000013"])
    [old] = register.unit("old", 1, phones=["+8613800000014"])
    [mended] = register.unit("mended", 1, phones=["+8613800000015"])
    [called] = register.unit("called", 1, phones=["+8613800000016"])
    day = timedelta(days=1)
    register.attempt(proved, "delivered", NOW - 2 * day)
    register.attempt(doubt, "delivered", NOW - 2 * day)
    register.attempt(doubt, "failed", NOW - day)
    register.attempt(taken, "sent", NOW - day)
    register.attempt(old, "delivered", NOW - 91 * day)
    register.attempt(mended, "failed", NOW - 2 * day)
    register.attempt(mended, "delivered", NOW - day)
    register.attempt(called, "failed", NOW - 2 * day)
    register.attempt(called, "sent", NOW - day, channel="call_task")
    assert states(look()) == {
        "doubt": State.IN_DOUBT,
        "called": State.IN_DOUBT,
        "taken": State.UNPROVED,
        "old": State.UNPROVED,
        "proved": State.PROVED,
        "mended": State.PROVED,
    }
    assert states(look(days=100))["old"] is State.PROVED


def test_a_number_that_fails_is_a_doubt_until_somebody_else_of_the_party_is_reached(register, look):
    first, second = register.unit("two", 1, phones=[MOBILE, OTHER_MOBILE])
    register.attempt(first, "failed", NOW - timedelta(days=1))
    assert states(look())["two"] is State.IN_DOUBT
    register.attempt(second, "delivered", NOW)
    assert states(look())["two"] is State.PROVED


def test_only_channels_that_are_there_count_and_invented_people_only_in_the_demo(register, look):
    register.unit("mobile", 1, phones=[MOBILE])
    register.unit("invented", 1, phones=[OTHER_MOBILE], synthetic=True)
    assert states(look(channels=frozenset({"webchat", "call_task"})))["mobile"] is State.CALL_ONLY
    assert states(look())["invented"] is State.UNREACHABLE
    assert states(look(Mode.DEMO))["invented"] is State.UNPROVED


def test_a_part_of_the_register_can_be_chosen(register, look):
    register.unit("北区物业", 2, phones=[MOBILE])
    register.unit("南区物业", 3, phones=[OTHER_MOBILE], district="番禺区")
    assert look(chosen=Chosen(district="440113")).total[LiftRole.USE_UNIT].lifts == 3
    assert look(chosen=Chosen(district="番禺区")).total[LiftRole.USE_UNIT].lifts == 3
    assert states(look(chosen=Chosen(party="北区"))) == {"北区物业": State.UNPROVED}
    assert states(look(chosen=Chosen(party="u-南区物业"))) == {"南区物业": State.UNPROVED}
    assert look(chosen=Chosen(party="100%")).total == {}
    assert look(chosen=Chosen(city_id="zhoushan")).total == {}
