"""Runs the demo: founds the city or goes on with the one in the folder, lives up to the day, serves the page."""

import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
import uvicorn

from store.database import Database
from store.settings import Setting
from tixing.demo.chat import make_site
from tixing.demo.city import make_city
from tixing.demo.cycles import month_end, months_later
from tixing.demo.data import city_data
from tixing.demo.founding import found_city
from tixing.demo.passes import pass_day
from tixing.demo.past_report import known_code
from tixing.demo.play import ONE_DAY, DemoCity
from tixing.errors import TixingError
from tixing.records.closing import close_days

OPENS_ON = date(2026, 11, 23)
MONTHS_OF_HISTORY = 3
STORE = "demo.sqlite"
BEGAN = "demo.began"
HOST = "127.0.0.1"
SECONDS_TO_FINISH = 2


def run_demo(
    *, folder: Path | None = None, port: int | None = None, open_browser: bool = True, on: date = OPENS_ON
) -> None:
    """Serve the demo city on this machine until Ctrl-C or SIGTERM.

    Without `folder` the city lies in a temporary one and is gone afterwards; a named one is kept and goes on where it
    was. `on` is the day on which a new city opens; without `port` a free one is taken. Raises TixingError.
    """
    logging.getLogger().setLevel(logging.WARNING)
    with _one_way_to_stop(), _place(folder) as place, _reserved(port) as listener:
        database = Database(f"sqlite:///{place / STORE}")
        try:
            city = open_city(database, place, on)
            _serve(city, listener, open_browser)
        except KeyboardInterrupt:
            typer.echo("")
        finally:
            database.close()


def open_city(database: Database, folder: Path, on: date) -> DemoCity:
    """The city of this store, founded there if it is new and alive up to `on` at least."""
    database.migrate()
    data = city_data()
    began = _read_began(database)
    first = began or _first_of_month_before(on, MONTHS_OF_HISTORY)
    lifts = make_city(data, first)
    if began is None:
        typer.echo("Founding a made-up city …")
        found_city(database, data, lifts, folder, first)
        with database.write() as session:
            session.merge(Setting(key=BEGAN, value=first.isoformat()))
    city = DemoCity(database, data, lifts, pass_day, first)
    if city.today < on:
        typer.echo(f"Living from {first} to {on}, which takes a minute …")
        while city.today < on:
            begins = city.today + ONE_DAY
            city.live_until(min(on, month_end(begins.year, begins.month)))
            typer.echo(f"  {city.today}")
    city.keep_start()
    return city


def _serve(city: DemoCity, listener: socket.socket, open_browser: bool) -> None:
    address = f"http://{HOST}:{listener.getsockname()[1]}/"
    try:
        listener.listen()  # only now: until here a visitor is refused rather than kept waiting
    except OSError as error:
        raise _port_refused(listener.getsockname()[1], error) from error
    close_days(city.database, None, today=city.today, now=city.now())
    typer.echo(f"The demo city is at {address}  (Ctrl-C stops it)")
    with city.database.read() as session:
        code = known_code(session)
    if code is not None:
        typer.echo(f"Anybody may look up a lift: {address}query?code={code}")
    if open_browser and _has_screen():
        webbrowser.open(address)
    config = uvicorn.Config(
        make_site(city), log_config=None, access_log=False, timeout_graceful_shutdown=SECONDS_TO_FINISH
    )
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _one_way_to_stop() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does: everything is given back, and no traceback is shown."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("")
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with TemporaryDirectory(prefix="tixing-demo-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TixingError(
            f"the folder {folder} cannot be made: {error.strerror}; name another with --folder"
        ) from error
    yield folder


@contextmanager
def _reserved(port: int | None) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port or 0))
        except OSError as error:
            raise _port_refused(port, error) from error
        yield listener


def _port_refused(port: int | None, error: OSError) -> TixingError:
    return TixingError(f"port {port} cannot be used ({error.strerror}); name another with --port")


def _read_began(database: Database) -> date | None:
    with database.read() as session:
        found = session.get(Setting, BEGAN)
    return date.fromisoformat(found.value) if found else None


def _first_of_month_before(day: date, months: int) -> date:
    year, month = months_later(day.year, day.month, -months)
    return date(year, month, 1)


def _has_screen() -> bool:
    """Whether a browser would open in a window; in a bare terminal a text browser would take the place of the demo."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
