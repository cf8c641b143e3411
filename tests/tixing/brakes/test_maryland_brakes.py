"""A wrong column in an import: seen in the dry run, stopped, undone after it went through; no SMS leaves.

With --full of all 25,204 rows of the register of Maryland (July 2022). Its phone numbers are invented, so the passes
run in mode demo, with a provider that keeps what it is given. Each wrong mapping takes a field from a column beside it.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, func, select
from typer.testing import CliRunner, Result

from notifier.channels.base import UNLIMITED, CannotTell, EarlierAttempt, OutgoingMessage
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.database import Database
from store.lifts import Lift
from tixing.cli import app
from tixing.process import plan_pass
from tixing.stops import stops

pytestmark = pytest.mark.sqlite  # holds on PostgreSQL too, but takes minutes there; smaller towns go through both

FIRST, SECOND, THIRD = date(2022, 7, 1), date(2022, 7, 4), date(2022, 7, 5)
LIFTS = 25_204
PART = 2_500  # of the register, where its size is not the question
WRONG = {
    "expiry": ('valid_until = "certificate_expiration_date"', 'valid_until = "last_inspection_date"', "validity"),
    "owner": ('use_unit = "owner_company"', 'use_unit = "location_type"', "use unit"),
}
DUMP = (
    """SELECT id, key, status, district, compound, address, kind, valid_until, valid_precision, cycle, extra,
        fingerprint, import_id, line, last_inspected_on FROM lift WHERE withdrawn_on IS NULL ORDER BY id""",
    "SELECT lift_id, role, party_id, from_on FROM responsibility WHERE to_on IS NULL ORDER BY 1, 2",
    "SELECT party_id, role, name, phone, from_on FROM contact WHERE to_on IS NULL ORDER BY 1, 2, 3, 4",
    """SELECT lift_id, rule, cycle, due, booked_on, told_seq, next_step, next_on FROM duty
        WHERE closed_on IS NULL AND withdrawn_at IS NULL ORDER BY 1, 2, 3""",
    """SELECT n.party_id, n.step, n.audience, n.template, n.planned_on, n.send_on, n.late, n.status, t.duty_id, t.due
        FROM notice n JOIN told t ON t.notice_id = n.id AND t.state = 'reserved'
        WHERE n.status IN ('planned', 'no_contact', 'failed') ORDER BY 1, 2, 3, 9""",
    "SELECT kind, key, detail FROM task WHERE status = 'open' ORDER BY 1, 2",
)


class Provider:
    """Takes every SMS."""

    name = "sms"
    list_lag = timedelta(0)
    rates = UNLIMITED

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, message: OutgoingMessage) -> str:
        self.sent.append(message.address)
        return f"sms-{id(self)}-{len(self.sent)}"

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        raise CannotTell("this provider keeps no list")

    async def close(self) -> None:
        return


@dataclass
class Desk:
    """The register in a store; passes plan and send as the service does."""

    database: Database
    folder: Path
    register: Path
    lifts: int = LIFTS
    sms: Provider = field(default_factory=Provider)

    def run(self, *words: str) -> Result:
        url = self.database.url.render_as_string(hide_password=False)
        return CliRunner().invoke(app, list(words), env={"TIXING_DATABASE_URL": url, "TIXING_MODE": "demo"})

    def take(self, mapping: str, day: date, *words: str) -> Result:
        return self.run("import", str(self.register), "--mapping", mapping, "--as-of", day.isoformat(), *words)

    def wrong(self, name: str) -> str:
        right = (files("actions.register") / "mappings" / "maryland.toml").read_text(encoding="utf-8")
        before, after, _ = WRONG[name]
        assert before in right
        path = self.folder / f"{name}.toml"
        path.write_text(right.replace(before, after), encoding="utf-8")
        return str(path)

    def tick(self, day: date) -> int:
        """How many SMS leave on `day`."""
        now = datetime.combine(day, time(1), tzinfo=UTC)
        before = len(self.sms.sent)
        plan_pass(self.database, now=now, process="test")
        options: dict[str, Any] = {"now": now, "today": day, "mode": Mode.DEMO, "owner": f"test-{day}-{before}"}
        asyncio.run(dispatch_due(self.database, {"sms": self.sms}, **options))
        return len(self.sms.sent) - before

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return question(session)

    def dump(self) -> list[list[Any]]:
        with self.database.engine.connect() as connection:
            return [[tuple(row) for row in connection.exec_driver_sql(query)] for query in DUMP]


@pytest.fixture(scope="module")
def begun(
    shared_data: Callable[[str], Path], stores: Any, store_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The store after the right register and two days of ordinary work."""
    folder = tmp_path_factory.mktemp("maryland")
    desk = Desk(stores.make(store_kind, folder), folder, shared_data("registers/maryland.csv"))
    assert desk.take("maryland", FIRST, "--json").exit_code == 0
    assert desk.tick(FIRST) > 100
    desk.tick(SECOND)
    yield desk.database
    stores.drop(desk.database)


@pytest.fixture
def another(
    begun: Database, stores: Any, shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Desk]]:
    """Makes desks, each with a copy of that store."""
    made: list[Database] = []

    def make() -> Desk:
        folder = tmp_path_factory.mktemp("copy")
        made.append(stores.copy(begun, folder))
        return Desk(made[-1], folder, shared_data("registers/maryland.csv"))

    yield make
    for database in made:
        stores.drop(database)


@pytest.mark.full
def test_a_wrong_date_in_the_whole_register_is_undone_and_the_day_goes_on(another: Callable[[], Desk]) -> None:
    desk, twin = another(), another()
    go_through_all_brakes(desk, "expiry")
    assert desk.tick(THIRD) == twin.tick(THIRD), "the day goes on as if nothing had been"
    assert sorted(desk.sms.sent) == sorted(twin.sms.sent)
    again = json.loads(desk.take("maryland", THIRD, "--json").stdout)
    assert (again["unchanged"], again["updated"]) == (LIFTS, 0)


@pytest.fixture
def part(shared_data: Callable[[str], Path], database: Database, tmp_path: Path) -> Desk:
    """An empty store and the first rows of the register."""
    with shared_data("registers/maryland.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(islice(file, PART + 1))
    register = tmp_path / "part.csv"
    register.write_text("".join(lines), encoding="utf-8", newline="")
    return Desk(database, tmp_path, register, PART)


@pytest.mark.parametrize("name", [pytest.param("expiry", marks=pytest.mark.full), "owner"])
def test_a_wrong_column_is_seen_stopped_held_and_undone_and_no_sms_leaves(part: Desk, name: str) -> None:
    assert part.take("maryland", FIRST).exit_code == 0
    part.tick(FIRST)
    part.tick(SECOND)
    part.sms.sent.clear()
    go_through_all_brakes(part, name)


def go_through_all_brakes(desk: Desk, name: str) -> None:
    wrong, what, before = desk.wrong(name), WRONG[name][2], desk.dump()

    tried = desk.take(wrong, THIRD, "--dry-run", "--json")
    seen = json.loads(tried.stdout)
    assert tried.exit_code == 1
    dangers = {one["what"]: one["count"] for one in seen["changes"]["needs_confirmation"]}
    assert dangers[what] > desk.lifts / 2
    with_import, without = seen["notices"]["next_7_days"], seen["notices"]["next_7_days_without_import"]
    assert with_import > 2 * without or with_import * 2 < without  # one owner of all gets few, long ones
    assert desk.dump() == before

    stopped = desk.take(wrong, THIRD)
    assert f"{what}: {dangers[what]} of {desk.lifts}" in str(stopped.exception)
    assert desk.dump() == before

    through = desk.take(wrong, THIRD, "--yes", "--json")
    assert through.exit_code == 0
    assert "is held" in through.stderr
    assert desk.tick(THIRD) == 0

    number = json.loads(through.stdout)["import"]
    undone = json.loads(desk.run("import", "--undo", str(number), "--json").stdout)
    assert (undone["restored"], undone["kept"], undone["withdrawn"]) == (desk.lifts, 0, 0)
    for now, then in zip(desk.dump(), before, strict=True):
        assert now == then
    assert desk.sms.sent == []
    assert desk.ask(stops) == []


def test_a_wrong_first_import_is_held_and_taken_out(part: Desk) -> None:
    desk = part
    assert desk.take(desk.wrong("expiry"), FIRST).exit_code == 0
    assert desk.tick(FIRST) == 0
    assert "validities have ended, more than half of all" in desk.ask(stops)[0]
    assert desk.run("import", "--undo", "1").exit_code == 0
    assert desk.ask(stops) == []
    assert desk.tick(FIRST) == 0
    right = json.loads(desk.take("maryland", FIRST, "--json").stdout)
    assert right["lifts"] == PART
    assert desk.ask(lambda session: session.exec(select(func.count()).select_from(Lift)).one()) == PART
    assert desk.tick(FIRST) > 0


def test_a_clock_that_is_years_ahead_sets_no_lift_aside(part: Desk) -> None:
    desk = part
    assert desk.take("maryland", FIRST).exit_code == 0
    desk.tick(FIRST)
    before = desk.dump()
    assert desk.tick(date(2031, 7, 5)) == 0
    after = desk.dump()
    assert after[:5] == before[:5]
    assert "is held" in desk.ask(stops)[0]
    assert desk.tick(THIRD) >= 0
    assert desk.ask(stops) == []
