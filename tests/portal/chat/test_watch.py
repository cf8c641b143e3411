"""Pages that wait: one question to the store for all of them, woken by what is written, told of a silent store."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from portal.chat_watch import Watch
from store.chats import Line, change_line, write_line
from store.database import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def write(database: Database) -> Callable[[str], int]:
    """A line in an inbox."""

    def add(address: str) -> int:
        with database.write() as session:
            return write_line(session, Line(address, "out", "x"), at=NOW)

    return add


@pytest.fixture
def questions(database: Database) -> Iterator[list[str]]:
    """What was asked of the lines."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "sum(chat_message.version)" in statement:
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


async def test_all_who_wait_are_asked_for_together(
    database: Database, write: Callable[[str], int], questions: list[str]
) -> None:
    watch = Watch(database, every=0.01)
    waiting = [asyncio.create_task(watch.wait((str(number), 0), 0, 30)) for number in range(200)]
    await asyncio.sleep(0)
    while not questions:
        await asyncio.sleep(0.01)
    assert len(questions) < 50
    assert not any(one.done() for one in waiting)
    write("7")
    await waiting[7]
    assert (sum(one.done() for one in waiting), watch.amount) == (1, 199)
    watch.close()
    await asyncio.gather(*waiting)


async def test_what_changed_before_one_began_to_wait_is_not_missed(
    database: Database, write: Callable[[str], int]
) -> None:
    watch = Watch(database, every=0.01)
    line = write("1")
    with database.write() as session:
        change_line(session, "1", line, {"text": "y"})
    await asyncio.wait_for(watch.wait(("1", 0), 1, 30), 10)


async def test_what_is_written_here_wakes_at_once(database: Database, questions: list[str]) -> None:
    watch = Watch(database, every=60)
    mine, other = (asyncio.create_task(watch.wait((address, 0), 0, 60)) for address in ("1", "2"))
    await asyncio.sleep(0)
    await asyncio.to_thread(watch.wake, "1")
    await asyncio.wait_for(mine, 10)
    assert (other.done(), questions) == (False, [])
    watch.close()
    await other


async def test_after_the_end_nobody_waits(database: Database) -> None:
    watch = Watch(database, every=60)
    watch.close()
    await asyncio.wait_for(watch.wait(("1", 0), 0, 60), 10)


async def test_a_store_that_is_silent_is_said_and_then_asked_again(
    database: Database, write: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(database, every=0.01)

    def fail(_: Any) -> Any:
        raise OperationalError("select", {}, Exception("the server is gone"))

    with monkeypatch.context() as broken:
        broken.setattr(watch, "_ask", fail)
        with pytest.raises(OperationalError):
            await watch.wait(("1", 0), 0, 30)
    write("1")
    await asyncio.wait_for(watch.wait(("1", 0), 0, 30), 10)


def test_a_page_of_a_store_that_is_silent_is_asked_to_come_again(phone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.sign_in()

    def fail(_: Database) -> Any:
        raise OperationalError("begin", {}, Exception("the server is gone"))

    with monkeypatch.context() as broken:
        broken.setattr(Database, "read", fail)
        broken.setattr(Database, "write", fail)
        answers = [phone.get("lines"), phone.do("text", text="x"), phone.post("seen", {"lines": [1]})]
        answers += [phone.post("code", {"phone": "14000000001"}), phone.send(b"\xff\xd8\xff0")]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "60")] * 5
    assert phone.get("lines").status_code == 200
