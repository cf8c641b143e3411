"""Who is told of an alert, how, and after how long without an answer. Minutes are settings: no clause gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session

from store.alerts import AlertKind, AlertState
from store.notices import AGAIN
from store.settings import Setting
from store.tasks import TaskKind

MINUTES_SETTING = "alert_minutes"  # {"fault.dispatcher": 30, …}
PACE, LATER_PACE = "again", "again_later"  # minutes between two rounds, within the first half hour and after it
END = "end"  # minutes after the last word of the maintainer's people, from which on nothing is said again
MOST_AT_RESCUE = 3  # times that the rescue centre is called again: they have understood
HALF_AN_HOUR = 30
MINUTE = timedelta(minutes=1)
WAITS_AT_NIGHT = (AlertKind.FAULT,)  # its minutes stand still in quiet hours, in which nobody would be told


class Side(StrEnum):
    """Whose people a rung is for. `units`: of each use unit whose lifts are late still."""

    MAINTAINER = "maintainer"
    UNIT = "unit"
    UNITS = "units"
    RESCUE = "rescue"
    DEPARTMENT = "department"
    REGULATOR = "regulator"


@dataclass(frozen=True)
class Rung:
    """Told `minutes` after the alert came into `state`, if it is still there; `at_its_number`: to the number of the
    party that is answered day and night, before its people. `asks_desk`: whoever sits there has a task of this kind."""

    name: str
    side: Side
    audience: str
    channel: str
    template: str
    minutes: int = 0
    state: AlertState = AlertState.REPORTED
    at_its_number: bool = False
    asks_desk: TaskKind | None = None

    def after(self, kind: str, set_minutes: Mapping[str, int]) -> timedelta:
        """How long nobody answered by then; what happens at once always happens at once."""
        return timedelta(minutes=set_minutes.get(f"{kind}.{self.name}", self.minutes) if self.minutes else 0)


@dataclass(frozen=True)
class Rounds:
    """What is said again for as long as an alert stays in `state`, from `begins` minutes on: the turns one by one."""

    state: AlertState
    begins: int
    turns: tuple[tuple[Rung, ...], ...]

    def reached(self, waited: timedelta, pace: int, later: int) -> list[tuple[int, Rung]]:
        """The latest round of each turn that has come by then: how often its rungs are said by then, and the rungs."""
        last = self._last(waited, pace, later)
        found: list[tuple[int, Rung]] = []
        for place, rungs in enumerate(self.turns):
            mine = last - (last - place) % len(self.turns)
            if mine >= 0:
                found += [(mine // len(self.turns) + 2, rung) for rung in rungs]
        return found

    def _last(self, waited: timedelta, pace: int, later: int) -> int:
        """The number of the last round by then, from 0 on; -1 before the first."""
        minutes = waited // MINUTE
        if minutes < self.begins:
            return -1
        quick = max(0, HALF_AN_HOUR - self.begins) // pace
        slow_from = self.begins + quick * pace
        if minutes <= slow_from:
            return (minutes - self.begins) // pace
        return quick + (minutes - slow_from) // later


AT_ONCE = "reported"
M, U = Side.MAINTAINER, Side.UNIT
REPORTED, ACKNOWLEDGED, ON_THE_WAY = AlertState.REPORTED, AlertState.ACKNOWLEDGED, AlertState.ON_THE_WAY
A_DAY = 24 * 60
A_WEEK_AWAKE = 7 * 13 * 60  # a week without its quiet hours
UNANSWERED = TaskKind.ENTRAPMENT_UNANSWERED
SHUT_IN, OF_UNIT, OF_OFFICE = "alert.entrapment", "alert.entrapment.unit", "alert.entrapment.office"
RESCUE = Rung("rescue", Side.RESCUE, "rescue_centre", "call", "alert.entrapment.rescue", at_its_number=True)


def _dispatcher(name: str, state: AlertState) -> Rung:
    return Rung(name, M, "maintainer", "call", SHUT_IN, state=state, at_its_number=True)


def _administrator(name: str, state: AlertState, minutes: int = 0) -> Rung:
    return Rung(name, M, "maintainer_admin", "call", SHUT_IN, minutes, state)


RUNGS: dict[AlertKind, tuple[Rung, ...]] = {
    AlertKind.FAULT: (
        Rung(AT_ONCE, M, "maintainer_crew", "chat", "alert.fault"),
        Rung("dispatcher", M, "maintainer", "call", "alert.fault", 30),
        Rung("administrator", M, "maintainer_admin", "sms", "alert.fault", 60),
        Rung("unit_head", U, "unit_head", "sms", "alert.fault.unit", 120),
        Rung("not_under_way", M, "maintainer_admin", "sms", "alert.fault", 120, ACKNOWLEDGED),
        Rung("not_mended", M, "maintainer_admin", "sms", "alert.fault", A_WEEK_AWAKE, AlertState.ARRIVED),
    ),
    AlertKind.ENTRAPMENT: (
        Rung(AT_ONCE, M, "maintainer_crew", "sms_always", SHUT_IN),
        Rung("in_chat", M, "maintainer_crew", "chat_only", SHUT_IN),
        _dispatcher("emergency", REPORTED),
        RESCUE,
        Rung("unit_told", U, "legal_rep_and_manager", "sms", OF_UNIT),
        _administrator("administrator", REPORTED, 5),
        Rung("unit_head", U, "unit_head", "call", OF_UNIT, 10),
        Rung("department", Side.DEPARTMENT, "inspection_department", "sms", OF_OFFICE, 15, asks_desk=UNANSWERED),
        Rung("regulator", Side.REGULATOR, "district_regulator", "sms", OF_OFFICE, 30),
        _administrator("not_under_way", ACKNOWLEDGED, 10),
        Rung("not_there", U, "unit_head", "call", OF_UNIT, 30, ON_THE_WAY),
    ),
    # the ladder of the duty has told the maintainer's people and the units' contacts by then
    AlertKind.VISITS_LATE: (
        Rung("administrator", M, "maintainer_admin", "sms", "alert.visits", A_DAY),
        Rung("again", M, "maintainer_admin", "call", "alert.visits", 3 * A_DAY),
        Rung("still_late", M, "maintainer_admin", "sms", "alert.visits", 3 * A_DAY, ACKNOWLEDGED),
        Rung("units", Side.UNITS, "unit_head", "sms", "alert.visits.unit", 7 * A_DAY, ACKNOWLEDGED),
    ),
    AlertKind.IOT_OUTAGE: (
        Rung("administrator", M, "maintainer_admin", "sms", "alert.iot", A_DAY),
        Rung("again", M, "maintainer_admin", "call", "alert.iot", 2 * A_DAY),
        Rung("still_late", M, "maintainer_admin", "sms", "alert.iot", 3 * A_DAY, ACKNOWLEDGED),
        Rung("units", Side.UNITS, "unit_head", "sms", "alert.iot.unit", 7 * A_DAY, ACKNOWLEDGED),
    ),
}
# Somebody may still be inside: it never falls silent before the maintainer's people are there.
ROUNDS: dict[AlertKind, tuple[Rounds, ...]] = {
    AlertKind.ENTRAPMENT: (
        Rounds(
            REPORTED, 15, ((_dispatcher("emergency", REPORTED),), (_administrator("administrator", REPORTED), RESCUE))
        ),
        Rounds(
            ACKNOWLEDGED,
            20,
            ((_dispatcher("crew_again", ACKNOWLEDGED),), (_administrator("not_under_way", ACKNOWLEDGED),)),
        ),
        Rounds(
            ON_THE_WAY,
            40,
            (
                (_dispatcher("crew_late", ON_THE_WAY),),
                (_administrator("administrator_late", ON_THE_WAY),),
                (Rung("not_there", U, "unit_head", "call", OF_UNIT, state=ON_THE_WAY),),
            ),
        ),
    ),
}
PACES = {PACE: 5, LATER_PACE: 10, END: 3 * 60}


def _last_words(state: AlertState) -> tuple[Rung, ...]:
    template, minutes, task = "alert.entrapment.unended", PACES[END], TaskKind.ENTRAPMENT_NOT_ENDED
    return (
        Rung(f"unit_last_{state}", U, "unit_head", "sms", template, minutes, state, asks_desk=task),
        Rung(f"maintainer_last_{state}", M, "maintainer_admin", "sms", template, minutes, state),
    )


# What is said when the rounds of a state end, once.
LAST: dict[AlertKind, tuple[Rung, ...]] = {
    AlertKind.ENTRAPMENT: tuple(rung for rounds in ROUNDS[AlertKind.ENTRAPMENT] for rung in _last_words(rounds.state))
}


def base_of(name: str) -> str:
    """The rung that a name in the ledger stands for: without how often it was told, or to whom of many."""
    return name.partition(AGAIN)[0].partition(":")[0]


def number_of(name: str) -> int:
    """How often a rung was said by the time of this name in the ledger: 1 the first time."""
    number = name.partition(AGAIN)[2]
    return int(number) if number.isdigit() else 1


def minutes_set(session: Session) -> dict[str, int]:
    """The minutes that somebody has set, by kind and rung."""
    setting = session.get(Setting, MINUTES_SETTING)
    return dict(setting.value) if setting is not None else {}


def set_minutes(session: Session, kind: str, rung: str, minutes: int) -> None:
    """From now on this rung is told so many minutes without an answer; ValueError where there is no such rung."""
    known = {one.name for one in RUNGS[AlertKind(kind)] if one.minutes}
    known |= PACES.keys() if AlertKind(kind) in ROUNDS else set()
    if rung not in known:
        raise ValueError(f"{kind} has no rung {rung!r} that waits; it has {', '.join(sorted(known))}")
    if minutes < 1:
        raise ValueError("a rung that waits waits one minute at least")
    value = minutes_set(session) | {f"{kind}.{rung}": minutes}
    session.merge(Setting(key=MINUTES_SETTING, value=value))
