"""A register in a store, a clock that is moved by hand, and a provider of SMS that keeps what it was given."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from actions.register import ImportSummary, import_register
from notifier.channels.base import UNLIMITED, CannotTell, Channel, EarlierAttempt, OutgoingMessage
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.passes import DispatchSummary
from schedules.duties import rebuild
from store.database import Database
from store.lifts import Lift
from store.notices import Notice
from tixing.process import plan_pass

CITY = "guangzhou"
HEADER = (
    *("设备代码", "区", "项目名", "内部编号", "使用状态", "下次检验日期", "使用单位名称", "使用单位联系人"),
    *("使用单位联系人手机号", "维保单位名称"),
)


def morning(day: date) -> datetime:
    """Nine o'clock in China."""
    return datetime.combine(day, time(1), tzinfo=UTC)


class Provider:
    """An SMS provider that takes everything; `while_sending` runs before each message is taken."""

    name = "sms"
    list_lag = timedelta(0)
    rates = UNLIMITED

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.numbers = count(1)
        self.while_sending: Callable[[], object] = lambda: None

    async def send(self, message: OutgoingMessage) -> str:
        self.while_sending()
        self.sent.append(message)
        return f"sms-{next(self.numbers)}"

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        raise CannotTell("this provider keeps no list")

    async def close(self) -> None:
        return


@dataclass
class Office:
    """One store. Every pass plans and sends as the service does, in live mode."""

    database: Database
    folder: Path
    sms: Provider = field(default_factory=Provider)
    channels: dict[str, Channel] = field(default_factory=dict)  # beside the SMS
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def row(self, number: int, valid: str, unit: str = "", **changes: str) -> dict[str, str]:
        """A row about lift `number`; without a unit each lift has its own, with a phone of its own."""
        unit = unit or f"广州示例{number}号物业服务有限公司"
        return {
            "设备代码": f"3110990012017{number:04}",
            "区": "天河区",
            "项目名": "云荔花园",
            "内部编号": f"{number}梯",
            "使用状态": "在用",
            "下次检验日期": valid,
            "使用单位名称": unit,
            "使用单位联系人": "陈一鸣",
            "使用单位联系人手机号": f"140{number:08}",
            "维保单位名称": "",
            **changes,
        }

    def register(self, rows: Sequence[dict[str, str]], name: str = "register.csv") -> Path:
        """A file of these rows."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADER)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def take(self, rows: Sequence[dict[str, str]], on: date, **options: Any) -> ImportSummary:
        """Import a register of these rows as of `on`."""
        return self.take_file(self.register(rows), on, **options)

    def take_file(self, path: Path, on: date, **options: Any) -> ImportSummary:
        """Import a file as of `on`, with its duties."""

        def derive(session: Session, import_id: int) -> None:
            rebuild(session, city_id=CITY, today=on, now=morning(on), import_id=import_id)

        return import_register(self.database, path, city_id=CITY, as_of=on, now=morning(on), derive=derive, **options)

    def tick(self, day: date) -> DispatchSummary:
        """One pass of planning and sending on the morning of `day`."""
        self.plan(day)
        return self.send(day)

    def plan(self, day: date) -> None:
        """One pass of planning."""
        plan_pass(self.database, now=morning(day), process="test")

    def send(self, day: date) -> DispatchSummary:
        """One pass of sending."""
        options: dict[str, Any] = {"now": morning(day), "today": day, "mode": Mode.LIVE}
        owner = f"test-{next(self.numbers)}"
        return asyncio.run(dispatch_due(self.database, {"sms": self.sms, **self.channels}, owner=owner, **options))

    def told(self) -> list[str]:
        """The numbers that were sent an SMS since the last question, sorted."""
        numbers = sorted(message.address for message in self.sms.sent)
        self.sms.sent.clear()
        return numbers

    def texts(self) -> list[str]:
        """The texts that were sent since the last question."""
        bodies = [message.prepared.body for message in self.sms.sent]
        self.sms.sent.clear()
        return bodies

    def now(self, day: date) -> datetime:
        """The moment of the passes of `day`."""
        return morning(day)

    def do(self, action: Callable[..., Any], **arguments: Any) -> Any:
        """An action in a write transaction."""
        with self.database.write() as session:
            return action(session, **arguments)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        """What the store answers."""
        with self.database.read() as session:
            return question(session)

    def notices(self) -> list[Notice]:
        """All but the lists of a desk's callers."""
        others = select(Notice).where(Notice.step != "unanswered")
        return self.ask(lambda session: list(session.exec(others.order_by(Notice.id))))

    def lift(self, number: int) -> Lift:
        key = f"3110990012017{number:04}"
        return self.ask(lambda session: session.exec(select(Lift).where(Lift.key == key)).one())


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """An office with an empty store."""
    return Office(database, tmp_path)


@pytest.fixture
def other_office(tmp_path: Path) -> Iterator[Office]:
    """A second office with a store of its own, to compare with."""
    folder = tmp_path / "other"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'store.sqlite'}")
    database.migrate()
    yield Office(database, folder)
    database.close()
