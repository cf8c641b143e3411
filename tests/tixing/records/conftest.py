"""A small store of records: three lifts, three days that are over and one that is not, people and photos."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel

from actions.records.content import written
from schedules.moments import midnight_after
from store.appending import NewEntry, append
from store.chain import START, entry_hash
from store.chats import keep_file
from store.database import Database
from store.records import EntryKind, MaintenanceRecord
from store.zone import SHANGHAI
from tixing.records.anchors import Anchors, read_anchors, write_anchors
from tixing.records.closing import close_days
from tixing.records.faults import Verdict
from tixing.records.keys import Signer, load_signer, new_key
from tixing.records.verify import verify

FIRST, LAST = date(2026, 11, 17), date(2026, 11, 20)
PHOTO = b"a photo"
PARTIES = {1: ("unit", "广州示例云荔物业服务有限公司"), 2: ("maintainer", "广州示范捷安电梯工程有限公司")}


def found(session: Session, lifts: int) -> None:
    tables = SQLModel.metadata.tables
    session.execute(insert(tables["city"]).values(id="guangzhou", name="广州"))
    for number, (ref, name) in PARTIES.items():
        session.execute(insert(tables["party"]).values(id=number, city_id="guangzhou", ref=ref, name=name))
    rows = [{"id": n, "city_id": "guangzhou", "key": f"L{n}"} for n in range(1, lifts + 1)]
    session.execute(insert(tables["lift"]), rows)


@dataclass
class Kept:
    """`today` is the day after the last that is over; `anchors` is the folder outside the store."""

    database: Database
    folder: Path
    signer: Signer
    today: date = FIRST
    key: Path = Path()
    trusted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.trusted = frozenset([self.signer.public])

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors"

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(10), SHANGHAI).astimezone(UTC)

    def record(self, lift: int, *, photo: bytes = b"", people: dict[str, str] | None = None, note: str = "") -> int:
        """A record of a visit, as the upload keeps it; its place."""
        said = {
            "kind": "half_month", "table": "tsg-t5002-2017", "class": "A", "all": 31, "but": {},
            "completed_at": self.now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "uploaded_at": self.now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "lift": {"city": "guangzhou", "key": f"L{lift}"}, "platform": "city", "note": note,
            "maintainer": {"ref": "maintainer", "name": PARTIES[2][1]}, "unit": {"ref": "unit", "name": PARTIES[1][1]},
        }  # fmt: skip
        with self.database.write() as session:
            files = []
            if photo:
                files = [(keep_file(session, "1", "a.jpg", photo, at=self.now).id, sha256(photo).hexdigest())]
            new = NewEntry(lift, EntryKind.RECORD, said, people=people or {"worker1.name": "何师傅"}, photos=files)
            [entry] = append(session, [new], self.today)
            session.add(
                MaintenanceRecord(
                    city_id="guangzhou", lift_id=lift, entry_id=entry.id, seq=entry.seq, maintainer_id=2, unit_id=1,
                    kind="half_month", completed_at=self.now, uploaded_at=self.now, sign_by=midnight_after(self.today),
                    key=f"{lift}:{entry.seq}",
                )
            )  # fmt: skip
        return entry.seq

    def act(self, lift: int, of: int, kind: EntryKind = EntryKind.SIGNED) -> None:
        with self.database.write() as session:
            append(session, [NewEntry(lift, kind, {"record": of, "at": written(self.now)})], self.today)
            if kind == EntryKind.SIGNED:
                session.execute(
                    text("UPDATE maintenance_record SET state = 'signed', decided_at = :now WHERE key = :key"),
                    {"now": str(self.now), "key": f"{lift}:{of}"},
                )

    def end_day(self) -> None:
        self.today += timedelta(days=1)
        write_anchors(self.anchors, close_days(self.database, self.signer, today=self.today, now=self.now))

    def verify(self, *held: str, lift_id: int | None = None) -> Verdict:
        anchors = read_anchors(held) if held else Anchors()
        with self.database.read() as session:
            return verify(session, today=self.today, anchors=anchors, trusted=self.trusted, lift_id=lift_id)

    @contextmanager
    def administrator(self) -> Iterator[Connection]:
        """Whoever owns the database: the triggers are dropped, and put back as they were."""
        engine = self.database.engine.execution_options(tixing_write=True)
        with engine.begin() as connection:
            if self.database.is_sqlite:
                triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
                for name, _ in triggers:
                    connection.execute(text(f"DROP TRIGGER {name}"))
                yield connection
                for _, sql in triggers:
                    connection.exec_driver_sql(sql)
                return
            for table in ("record_entry", "record_root"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            yield connection
            for table in ("record_entry", "record_root"):
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))

    @staticmethod
    def rebuild(connection: Connection, lift: int, seq: int, change: Callable[[bytes], bytes]) -> None:
        """Change an entry and make every hash after it anew, as somebody does who knows how."""
        query = text("SELECT id, seq, body, hash FROM record_entry WHERE lift_id = :lift ORDER BY seq")
        before = START
        for number, at, body, digest in connection.execute(query, {"lift": lift}).all():
            said = change(bytes(body)) if at == seq else bytes(body)
            made = entry_hash(before, said) if at >= seq else bytes(digest)
            values: dict[str, Any] = {"id": number, "body": said, "hash": made}
            connection.execute(text("UPDATE record_entry SET body = :body, hash = :hash WHERE id = :id"), values)
            before = made


def grow(database: Database, folder: Path) -> None:
    with database.write() as session:
        found(session, 3)
    kept = Kept(database, folder, new_key(folder / "key"))
    for _ in range(3):
        for lift in (1, 2, 3):
            seq = kept.record(lift, photo=PHOTO if lift == 2 else b"")
            if lift == 1:
                kept.act(lift, seq)
        kept.end_day()
    kept.record(1)


@pytest.fixture(scope="session")
def grown_store(store_kind: str, stores: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Database]:
    """The same, made once, to be copied."""
    folder = tmp_path_factory.mktemp("records")
    database = stores.make(store_kind, folder)
    grow(database, folder)
    return folder, database


@pytest.fixture
def kept(grown_store: tuple[Path, Database], stores: Any, tmp_path: Path) -> Iterator[Kept]:
    """A copy of it."""
    folder, database = grown_store
    copy = stores.copy(database, tmp_path)
    shutil.copytree(folder / "anchors", tmp_path / "anchors")
    yield Kept(copy, tmp_path, load_signer(folder / "key"), LAST, folder / "key")
    stores.drop(copy)
