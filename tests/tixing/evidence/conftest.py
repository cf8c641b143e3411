"""A register that has lived through a ladder: receipts, a call that was made, a unit that nobody can reach."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from actions.running.cities import add_area_party
from notifier.receipts import Receipt, apply_receipt
from store.database import Database
from store.notices import Delivery
from store.parties import AreaRole
from store.tasks import Task, TaskKind, TaskStatus
from tixing.cli import app
from tixing.errors import TixingError
from tixing.evidence.pdf import write_pdf
from tixing.evidence.words import load_words

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
REACHED = "广州示例云荔物业服务有限公司,陈一鸣,14000000001"
SILENT = '"=1+1广州示例岭上制造有限公司",李小满,020-8123'
DAYS = ("2026-02-02", "2026-03-02", "2026-05-06", "2026-05-14", "2026-05-19", "2026-05-29")


@dataclass
class Shell:
    """Calls commands on one store."""

    folder: Path
    database: Database

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def ask(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def receive(self, day: date, receipt: Receipt) -> None:
        """A receipt for every SMS of that day."""
        with self.database.write() as session:
            for sent in session.exec(select(Delivery).where(Delivery.channel == "sms")).all():
                if sent.attempted_at.date() == day:
                    now = sent.attempted_at.replace(minute=30)
                    apply_receipt(session, sent, receipt, now=now)

    def answer_calls(self, outcome: str, on: date) -> None:
        with self.database.write() as session:
            for task in session.exec(select(Task).where(Task.kind == TaskKind.CALL)).all():
                task.status, task.outcome, task.closed_on = TaskStatus.DONE, outcome, on
                session.add(task)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_MODE", "demo")
    database = Database(url)
    yield Shell(tmp_path, database)
    database.close()


@pytest.fixture
def lived(live: Callable[..., Shell]) -> Shell:
    """Six lifts of a unit that is reached, two of one that is not; nobody books; the clock stands at the end of May."""
    return live()


@pytest.fixture
def live(shell: Shell, stores: Any) -> Callable[..., Shell]:
    """`live(office=False)`: the same without an officer at the district's bureau."""

    def begin(*, office: bool = True) -> Shell:
        name = "months" if office else "months without an office"
        stores.founded("sqlite", shell.folder, name, partial(_live_at, office=office))  # it lies where the shell looks
        return shell

    return begin


def _live_at(address: str, *, office: bool) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("TIXING_DATABASE_URL", address)
        patch.setenv("TIXING_MODE", "demo")
        database = Database(address)
        _live(Shell(Path(folder), database), office)
        database.close()


def _live(shell: Shell, office: bool) -> None:
    rows = [
        f"梯11粤A{number:05}(20),3110990012017{number:04},天河区,云荔花园,3栋{number}梯,2026年05月,{unit}"
        for number, unit in enumerate([REACHED] * 6 + [SILENT] * 2, start=1)
    ]
    path = shell.folder / "register.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert shell.run("import", str(path), "--as-of", "2026-01-05").exit_code in (0, 1)
    if office:
        with shell.database.write() as session:
            add_area_party(
                session, city_id="guangzhou", role=AreaRole.DISTRICT_REGULATOR, name="天河区市场监督管理局",
                district_codes=["440106"], as_of=date(2026, 1, 5), officer_name="黄秋实", webchat="office",
            )  # fmt: skip
    for day in DAYS:
        assert shell.run("tick", "--at", f"{day}T09:00").exit_code == 0
        if day == DAYS[1]:
            shell.answer_calls("refused", date(2026, 3, 4))
    shell.receive(date(2026, 2, 2), Receipt.DELIVERED)
    shell.receive(date(2026, 5, 14), Receipt.DELIVERED)


@pytest.fixture
def can_print(require: Callable[[str, str], None]) -> None:
    """A machine that can make PDFs, or a visible skip."""
    try:
        write_pdf("month", _empty())
    except TixingError as error:
        require("pdf", str(error))


def _empty() -> dict[str, Any]:
    columns = dict.fromkeys(("due", "told", "delivered", "not_needed", "missed", "copies"), 0)
    names = ("rungs", "clauses", "missed", "listed", "list_notes", "offices")
    lists: dict[str, list[Any]] = {name: [] for name in names}
    words = load_words("zh")
    return {"t": words, "today": "2026-05-31", "made_on": "", "title": "梯", "totals": columns, "unwarned": 0, **lists}
