"""Claims, leases and cancellation."""

from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlmodel import col

from notifier.channels.base import TemporaryError, UnknownOutcome
from notifier.outbox import GIVEN_UP, Settled, cancel, claim, database_now, give_back
from notifier.resending import resend
from store.database import table_of
from store.notices import Notice, NoticeStatus

pytestmark = pytest.mark.both_stores  # what is claimed and settled is in the statements


@pytest.fixture
def take(world: Any, now: datetime, today: date) -> Any:
    """Claim as somebody: the ids."""

    def run(owner: str, *, limit: int = 10, lease_seconds: int = 60, **moment: Any) -> list[int]:
        when = {"now": now, "today": today, **moment}
        rows = claim(world.database, limit=limit, lease_seconds=lease_seconds, owner=owner, **when)
        return [row.notice_id for row in rows]

    return run


@pytest.fixture
def notices(world: Any) -> list[int]:
    """Five planned notices of one unit."""
    unit = world.unit()
    return [world.notice(unit, world.lifts(unit)) for _ in range(5)]


def test_a_claimed_notice_is_nobody_elses(take: Any, notices: list[int]) -> None:
    first = take("a", limit=3)
    second = take("b")
    assert sorted(first + second) == notices
    assert take("c") == []


def test_two_workers_at_once_never_get_the_same_notice(take: Any, world: Any) -> None:
    unit = world.unit()
    planned = [world.notice(unit, world.lifts(unit)) for _ in range(40)]
    got: list[int] = []

    def work(owner: str) -> None:
        while batch := take(owner, limit=3):
            got.extend(batch)

    workers = [Thread(target=work, args=(f"w{k}",)) for k in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == planned


def test_an_expired_lease_can_be_claimed_again_and_a_running_one_cannot(take: Any, notices: list[int]) -> None:
    assert take("a", lease_seconds=-1) == notices
    assert take("b", lease_seconds=60) == notices
    assert take("c") == []


def test_the_lease_runs_by_the_databases_clock_and_not_by_ours(
    take: Any, notices: list[int], now: datetime, world: Any
) -> None:
    take("a", now=now + timedelta(days=3650))
    with world.database.read() as session:
        lease = world.get(notices[0]).lease_until
        assert lease is not None
        assert timedelta(0) < lease - database_now(session) <= timedelta(seconds=60)


def test_what_is_for_a_later_day_or_moment_waits(take: Any, world: Any, now: datetime, today: date) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit), on=today + timedelta(days=1))
    world.notice(unit, world.lifts(unit), not_before=now + timedelta(minutes=1))
    assert take("a") == []
    assert len(take("a", now=now + timedelta(minutes=1), today=today + timedelta(days=1))) == 2


@pytest.mark.sqlite
def test_the_search_for_work_walks_the_index_of_waiting_notices(world: Any, take: Any, notices: list[int]) -> None:
    statements = []
    event.listen(
        world.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: statements.append((statement, parameters)),
    )
    take("a")
    [(search, parameters)] = [row for row in statements if "ORDER BY notice.status" in row[0]]
    with world.database.read() as session:
        plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {search}", parameters).all())
    assert "ix_notice_waiting" in plan


def test_settling_leaves_alone_what_is_not_ours_any_more(
    take: Any, notices: list[int], world: Any, now: datetime, today: date
) -> None:
    take("a", lease_seconds=-1)
    take("b")
    settled = [Settled(notices[0], NoticeStatus.SENT, told=True)]
    world.change(lambda s: give_back(s, settled, owner="a", today=today, now=now))
    assert world.status(notices[0]) == "sending"
    world.change(lambda s: give_back(s, settled, owner="b", today=today, now=now))
    assert world.status(notices[0]) == "sent"
    assert world.told(notices[0]) == ["told"]
    assert world.get(notices[0]).lease_until is None


def test_a_cancelled_notice_releases_its_duties_and_says_why(world: Any, notices: list[int], now: datetime) -> None:
    assert world.change(lambda s: cancel(s, notices[:2], reason="the lift was transferred", now=now)) == 2
    assert world.told(notices[0]) == ["released"]
    assert world.history(notices[0]) == [("cancelled", "the lift was transferred")]
    assert world.status(notices[2]) == "planned"


def test_what_has_gone_out_is_not_cancelled(world: Any, notices: list[int], now: datetime) -> None:
    sent = update(table_of(Notice)).where(table_of(Notice).c.id == notices[0]).values(status="sent")
    world.change(lambda s: s.execute(sent))
    assert world.change(lambda s: cancel(s, notices[:1], reason="too late", now=now)) == 0
    assert world.status(notices[0]) == "sent"


def test_what_was_given_up_goes_again_and_what_has_no_address_left_waits_for_one(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    given_up, refused = world.notice(unit, world.lifts(unit)), world.notice(unit, world.lifts(unit))
    reasons = {given_up: "given up after 6 tries: busy", refused: "every address has failed"}
    for notice, reason in reasons.items():
        values = {"status": "failed", "reason": reason, "tries": 6, "settled_at": now}
        world.change(
            lambda s, notice=notice, values=values: s.execute(
                update(Notice).where(col(Notice.id) == notice).values(values)
            )
        )
    morrow = {"today": today + timedelta(days=1), "now": now + timedelta(days=1)}
    assert world.change(lambda session: resend(session, city_id="elsewhere", **morrow)) == 0
    assert world.change(lambda session: resend(session, city_id=None, **morrow)) == 1
    assert world.change(lambda session: resend(session, city_id=None, **morrow)) == 0
    dispatch(make_channel("sms"), **morrow)
    assert (world.status(given_up), world.get(given_up).late, world.told(given_up)) == ("sent", True, ["told"])
    assert world.status(refused) == "failed"
    assert ("planned", "tried again by the operator") in world.history(given_up)


def test_of_what_may_have_left_the_provider_is_asked_before_it_goes_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, today: date
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 5 + [UnknownOutcome("no answer")], can_tell=True)
    for minutes in (0, 1, 6, 36, 160, 520):
        dispatch(sms, now=now + timedelta(minutes=minutes))
    assert (world.status(notice), world.deliveries(notice)[-1].status) == ("unknown", "unknown")
    given_up = {"status": "failed", "reason": f"{GIVEN_UP}a day without an answer", "not_before": None}
    table = table_of(Notice)
    world.change(lambda session: session.execute(update(table).where(table.c.id == notice).values(**given_up)))
    sms.arrived[(notice, "+8614000000001")] = "sms-77"
    later = {"today": today, "now": now + timedelta(minutes=521)}
    assert world.change(lambda session: resend(session, city_id=None, **later)) == 1
    assert world.status(notice) == "unknown"
    dispatch(sms, **later)
    assert (sms.addresses, world.status(notice), world.told(notice)) == ([], "sent", ["told"])
    assert world.deliveries(notice)[-1].provider_id == "sms-77"
