"""The made-up city with its clock: a day is the ordinary pass of planning and sending, then what people do."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from sqlmodel import Session

from actions.identity.links import make_link
from schedules.calendar import load_calendar
from store.database import Database
from store.settings import Setting
from store.tasks import Task, TaskKind, TaskStatus
from store.zone import SHANGHAI
from tixing.demo.acts import Act, ActKind, Answer
from tixing.demo.app import Desk, Move, RefusedAct
from tixing.demo.behaviour import acts_of
from tixing.demo.city import DemoLift
from tixing.demo.data import CityData
from tixing.demo.deeds import Deeds
from tixing.demo.passes import send_due
from tixing.demo.situation import read_calls, read_lifts
from tixing.demo.state import read_person, view
from tixing.demo.threads import lifts_of_notice
from tixing.demo.upkeep import answer_records, visit_lifts
from tixing.demo.watching import go_on, read_health, stop_clock, view_watch
from tixing.demo.why import explain

ONE_DAY = timedelta(days=1)
WEEK = 7
LOOK_AHEAD = 62  # days in which the next message on the phones is sought
AFTERNOON = time(15, tzinfo=SHANGHAI)
READ_AFTER = timedelta(hours=2)
CLOCK = "demo.today"

PassDay = Callable[[Database, date], None]


class DemoCity:
    """The city of one store. One thing happens at a time: whoever asks waits for the lock.

    `today` is the day on the clock: before the first day is lived, `first`.
    """

    def __init__(
        self, database: Database, data: CityData, lifts: list[DemoLift], pass_day: PassDay, first: date
    ) -> None:
        self.database, self._data = database, data
        self._calls_after = {department.name: department.calls_after for department in data.department}
        self._lifts = {lift.equipment_code: lift for lift in lifts}
        self._pass_day = pass_day
        self._lock = Lock()
        self.today = self._read_clock() or first - ONE_DAY
        self._began = monotonic()

    def live_until(self, last: date) -> None:
        """Live every day from the one after `today` up to and including `last`."""
        while self.today < last:
            self._live(self.today + ONE_DAY)

    def keep_start(self) -> None:
        """Keep the store as it is now for the way back, unless that was done before."""
        if not self._start_file().exists():
            self.database.copy_to(self._start_file()).close()

    def view(self, unit: str | None = None, language: str = "zh") -> dict[str, Any]:
        """What is on the phones, see state.py."""
        with self._lock, self.database.read() as session:
            return view(session, self.today, unit, language) | {"watch": view_watch(session, self.today, language)}

    def health(self) -> tuple[int, dict[str, Any]]:
        """What `/healthz` answers at the moment on the clock: status and body."""
        with self._lock, self.database.read() as session:
            return read_health(session, self.today)

    def why(self, notice_id: int, language: str = "zh") -> dict[str, Any] | None:
        """Why a message came, see why.py."""
        with self._lock, self.database.read() as session:
            return explain(session, notice_id, language)

    def move(self, to: Move, unit: str | None = None) -> None:
        """Move the clock; `next` goes to the next day on which a phone around `unit` receives something.

        `stop` lets the next day come without a plan; any other move goes on.
        """
        with self._lock:
            if to == "start":
                self._go_back()
            elif to == "next":
                self._seek_message(unit)
            elif to == "stop":
                stop_clock(self.database, self.today)
            else:
                for _ in range(WEEK if to == "week" else 1):
                    self._live(self.today + ONE_DAY)

    def answer(self, task_id: int, answer: Answer, on: date | None) -> None:
        """Record what came of a call; raises RefusedAct where that makes no sense."""
        with self._lock:
            self._record(task_id, answer, on)
            send_due(self.database, self._afternoon())

    def link(self, desk: Desk, unit: str | None) -> str | None:
        """A personal link for the person at this desk whose telephone is known; None where nobody's is."""
        with self._lock, self.database.write() as session:
            contact_id = read_person(session, desk, unit)
            printed = make_link(session, contact_id, self.now()) if contact_id is not None else None
        return printed.token if printed else None

    def now(self) -> datetime:
        """The moment on the clock: it is afternoon, and time goes by as for those who look at it."""
        return self._afternoon() + timedelta(seconds=monotonic() - self._began)

    def _record(self, task_id: int, answer: Answer, on: date | None) -> None:
        with self.database.write() as session:
            task = session.get(Task, task_id)
            if task is None or task.kind != TaskKind.CALL or task.status != TaskStatus.OPEN:
                raise RefusedAct("this call is not open")
            if answer is Answer.BOOKED and (on is None or on < self.today):
                raise RefusedAct("a booking needs a day from today on")
            lift_ids = tuple(lifts_of_notice(session, task.notice_id or 0))
            self._deeds(session).carry_out([Act(ActKind.ANSWER, lift_ids, on, task_id, answer)])

    def _live(self, day: date) -> None:
        self._pass_day(self.database, day)
        self.today = day
        go_on(self.database, day)
        with self.database.write() as session:
            calendar = load_calendar(session)
            acts = acts_of(day, read_lifts(session, day, self._lifts), read_calls(session), calendar, self._calls_after)
            self._deeds(session).carry_out(acts)
            visited = visit_lifts(session, self._data, self._afternoon())
            session.merge(Setting(key=CLOCK, value=day.isoformat()))
        if acts or visited:
            send_due(self.database, self._afternoon())
        if visited:
            with self.database.write() as session:
                answer_records(session, self._data, self._afternoon() + READ_AFTER)

    def _seek_message(self, unit: str | None) -> None:
        """Live on until something arrives; where nothing does for long, the clock stays where that search ended."""
        for _ in range(LOOK_AHEAD):
            self._live(self.today + ONE_DAY)
            with self.database.read() as session:
                if has_news(view(session, self.today, unit)):
                    return

    def _go_back(self) -> None:
        start = Database(f"sqlite:///{self._start_file()}")
        start.copy_to(self._file()).close()  # through SQLite: the chat reads the store meanwhile
        start.close()
        self.today = self._read_clock() or self.today

    def _read_clock(self) -> date | None:
        with self.database.read() as session:
            found = session.get(Setting, CLOCK)
        return date.fromisoformat(found.value) if found else None

    def _deeds(self, session: Session) -> Deeds:
        return Deeds(session, self._lifts, self.today, self._afternoon())

    def _afternoon(self) -> datetime:
        return datetime.combine(self.today, AFTERNOON)

    def _file(self) -> Path:
        return Path(self.database.url.database or "")

    def _start_file(self) -> Path:
        return self._file().with_suffix(".start")


def has_news(state: dict[str, Any]) -> bool:
    """Whether a message or a call of the day itself is on one of the phones."""
    today = state["clock"]["date"]
    messages = [*state["manager"]["sms"], *state["manager"]["chat"]]
    messages += [*state["regulator"]["messages"], *state["maintainer"]["messages"]]
    calls = state["department"]["calls"]
    return any(message["on"] == today for message in messages) or any(call["opened_on"] == today for call in calls)
