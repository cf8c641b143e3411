"""Sends, receipts, crashes, refusals and cancellations in any order: no row leaves the diagrams of docs/outbox.md."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, text, update

from notifier.channels.base import (
    UNLIMITED,
    EarlierAttempt,
    OutgoingMessage,
    PermanentError,
    TemporaryError,
    UnknownOutcome,
)
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.outbox import cancel
from notifier.receipts import CALL_AGAIN_AFTER, Receipt, apply_receipt
from store.database import table_of
from store.notices import Delivery, Notice, NoticeStatus

DOCS = Path(__file__).resolve().parents[2] / "docs" / "outbox.md"
EDGE = re.compile(r"^\s+(\w+) --> (\w+)", re.MULTILINE)
WATCH = """CREATE TRIGGER watch_{table} AFTER UPDATE OF status ON {table} WHEN old.status <> new.status OR {again}
BEGIN INSERT INTO seen VALUES ('{table}', old.status, new.status); END"""
BEGUN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PHONES = ("+8614000000001", "+8614000000002")
BEHAVIOURS = ("takes", "refuses", "is busy", "is silent", "takes and is silent", "kills before", "kills after")


def edges(title: str) -> set[tuple[str, str]]:
    """The arrows of one diagram."""
    drawn = (
        DOCS.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("```mermaid")[2].partition("```")[0]
    )
    return set(EDGE.findall(drawn))


class Provider:
    """Can be asked, but its list shows a message only a while after it was taken."""

    name = "sms"
    list_lag = timedelta(minutes=10)
    rates = UNLIMITED

    def __init__(self) -> None:
        self.now = BEGUN
        self.behaviour = "takes"
        self.lag = timedelta(0)
        self.taken: list[tuple[str, str, str, datetime]] = []  # id, address, words, moment

    async def send(self, message: OutgoingMessage) -> str:
        match self.behaviour:
            case "refuses":
                raise PermanentError("21211")
            case "is busy":
                raise TemporaryError("busy")
            case "is silent":
                raise UnknownOutcome("no answer")
            case "kills before":
                raise SystemExit
        provider_id = f"SM{len(self.taken)}"
        self.taken.append((provider_id, message.address, message.body, self.now))
        match self.behaviour:
            case "takes and is silent":
                raise UnknownOutcome("no answer")
            case "kills after":
                raise SystemExit
        return provider_id

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        shown = [one for one in self.taken if one[3] + self.lag <= self.now]
        return [one[0] for one in shown if one[1:3] == (attempt.address, attempt.body)]

    async def close(self) -> None:
        return


class Life(RuleBasedStateMachine):
    """One notice to a party with two people, and whatever may happen to it. `worlds` are cities, a new one each."""

    worlds: ClassVar[Iterator[Any]]

    @initialize(lag=st.sampled_from([0, 40, 130]), heard=st.booleans())
    def begin(self, lag: int, heard: bool) -> None:
        self.world = next(self.worlds)
        self.now = BEGUN
        self.provider = Provider()
        self.provider.lag = timedelta(seconds=lag)
        self.passes = 0
        self.missed: Counter[str] = Counter()
        unit = self.world.unit(PHONES[0])
        self.world.contact(unit, phone=PHONES[1])
        self.notice = self.world.notice(unit, self.world.lifts(unit))
        if heard:
            self.receipts_come_at_all()
        self.world.change(lambda session: session.execute(text("CREATE TABLE seen (what, before, after)")))
        again = "(old.status = 'sending' AND new.lease_owner <> old.lease_owner)"
        for table, more in (("notice", again), ("delivery", "0")):
            statement = text(WATCH.format(table=table, again=more))
            self.world.change(lambda session, statement=statement: session.execute(statement))

    def receipts_come_at_all(self) -> None:
        """Somebody else's message arrived, so that silence says something."""
        other = self.world.unit(PHONES[0][:-1] + "9")
        notice = self.world.notice(other, self.world.lifts(other))
        delivery, always = table_of(Delivery), BEGUN + timedelta(days=365)
        row = {"notice_id": notice, "channel": "sms", "address": PHONES[0][:-1] + "9", "status": "delivered"}
        texts = {"template": "gz.sms", "template_version": "1", "language": "zh", "body": "", "segments": 1}
        moments = {"attempted_at": always, "settled_at": always}
        self.world.change(lambda session: session.execute(insert(delivery).values(row | texts | moments)))
        self.world.change(lambda session: cancel(session, [notice], reason="booked", now=self.now))

    @rule(behaviour=st.sampled_from(BEHAVIOURS))
    def send(self, behaviour: str) -> None:
        self.provider.behaviour = behaviour
        self.passes += 1
        options = {"now": self.now, "today": self.now.date(), "mode": Mode.LIVE, "owner": f"pass-{self.passes}"}
        self.provider.now = self.now
        with suppress(SystemExit):
            asyncio.run(dispatch_due(self.world.database, {"sms": self.provider}, **options))

    @rule(seconds=st.sampled_from([31, 90, 600, 7200, 14_500]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def leases_run_out(self) -> None:
        notice, past = table_of(Notice), datetime(2000, 1, 1, tzinfo=UTC)
        statement = update(notice).where(notice.c.status == "sending").values(lease_until=past)
        self.world.change(lambda session: session.execute(statement))

    @rule(receipt=st.sampled_from(list(Receipt)), which=st.integers(0, 5), knows=st.booleans())
    def a_receipt_comes(self, receipt: Receipt, which: int, knows: bool) -> None:
        """Of a message that the provider has taken, by its id, or by ours where that is not known."""
        if not self.provider.taken:
            return
        provider_id, address, _, _ = self.provider.taken[which % len(self.provider.taken)]
        attempts = [one for one in self.world.deliveries(self.notice) if one.address == address]
        named = [one for one in attempts if one.provider_id == provider_id]
        if not named and knows:
            waiting = [one for one in attempts if one.status in ("sending", "unknown")]
            named = [one for one in waiting if one.provider_id is None][:1]
        for one in named:
            changed = self.world.change(
                lambda session, one=one: apply_receipt(
                    session, session.get_one(Delivery, one.id), receipt, now=self.now, provider_id=provider_id
                )
            )
            self.missed[address] += changed and receipt is Receipt.MISSED

    @rule()
    def it_is_no_longer_true(self) -> None:
        self.world.change(lambda session: cancel(session, [self.notice], reason="booked", now=self.now))

    @invariant()
    def no_row_leaves_its_diagram(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.world.database.read() as session:
            seen = session.execute(text("SELECT DISTINCT what, before, after FROM seen")).all()
        for what, title in (("notice", "A notice"), ("delivery", "An attempt")):
            assert {(before, after) for table, before, after in seen if table == what} <= edges(title)

    @invariant()
    def nobody_is_sent_the_same_twice(self) -> None:
        """Also not after a receipt that it failed, or when nothing is heard; but who missed a call is called again."""
        if not hasattr(self, "world"):
            return
        for address, times in Counter(one[1] for one in self.provider.taken).items():
            assert times <= 1 + min(self.missed[address], len(CALL_AGAIN_AFTER))

    @invariant()
    def what_counts_as_told_was_taken(self) -> None:
        if hasattr(self, "world") and self.world.told(self.notice) == ["told"]:
            assert self.provider.taken

    def teardown(self) -> None:
        """Whatever happened: with a provider that works and time enough everybody is told, or a task says why."""
        if not hasattr(self, "world"):
            return
        for _ in range(16):
            self.leases_run_out()
            self.send("takes")
            self.time_passes(7200)
        status = self.world.status(self.notice)
        assert status in ("sent", "delivered", "cancelled", "failed"), status
        if status in ("sent", "delivered"):
            assert self.provider.taken
        self.no_row_leaves_its_diagram()
        self.nobody_is_sent_the_same_twice()
        self.world.database.close()


@pytest.fixture
def make_world(stores: Any, world: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One founded city after another, each in a store of its own."""

    def worlds() -> Iterator[Any]:
        while True:
            made = type(world)(stores.make("sqlite", tmp_path_factory.mktemp("life")))
            made.found()
            yield made

    return worlds()


@pytest.mark.sqlite
def test_whatever_happens_no_row_leaves_its_diagram_and_nobody_is_told_twice(make_world: Any) -> None:
    Life.worlds = make_world
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_the_diagrams_know_every_state() -> None:
    drawn = {state for edge in edges("A notice") for state in edge}
    assert drawn == {state.value for state in NoticeStatus}
