"""Who is told of an alert, how, and after how long without an answer. Minutes are settings: no clause gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session

from store.alerts import AlertKind, AlertState
from store.settings import Setting

MINUTES_SETTING = "alert_minutes"  # {"fault.dispatcher": 30, …}


class Side(StrEnum):
    """Whose people a rung is for."""

    MAINTAINER = "maintainer"
    UNIT = "unit"
    RESCUE = "rescue"


@dataclass(frozen=True)
class Rung:
    """Told `minutes` after the alert came into `state`, if it is still there; `at_its_number`: to the number of the
    party that is answered day and night, before its people."""

    name: str
    side: Side
    audience: str
    channel: str
    template: str
    minutes: int = 0
    state: AlertState = AlertState.REPORTED
    at_its_number: bool = False

    def after(self, kind: str, set_minutes: Mapping[str, int]) -> timedelta:
        """How long nobody answered by then; what happens at once always happens at once."""
        return timedelta(minutes=set_minutes.get(f"{kind}.{self.name}", self.minutes) if self.minutes else 0)


AT_ONCE = "reported"
M, U = Side.MAINTAINER, Side.UNIT
A_DAY = 24 * 60
RUNGS: dict[AlertKind, tuple[Rung, ...]] = {
    AlertKind.FAULT: (
        Rung(AT_ONCE, M, "maintainer_crew", "chat", "alert.fault"),
        Rung("dispatcher", M, "maintainer", "call", "alert.fault", 30),
        Rung("administrator", M, "maintainer_admin", "sms", "alert.fault", 60),
        Rung("unit_head", U, "unit_head", "sms", "alert.fault.unit", 120),
        Rung("not_under_way", M, "maintainer_admin", "sms", "alert.fault", 120, AlertState.ACKNOWLEDGED),
    ),
    AlertKind.ENTRAPMENT: (
        Rung(AT_ONCE, M, "maintainer_crew", "sms", "alert.entrapment"),
        Rung("emergency", M, "maintainer", "call", "alert.entrapment", at_its_number=True),
        Rung("rescue", Side.RESCUE, "rescue_centre", "call", "alert.entrapment.rescue", at_its_number=True),
        Rung("unit_told", U, "legal_rep_and_manager", "sms", "alert.entrapment.unit"),
        Rung("administrator", M, "maintainer_admin", "call", "alert.entrapment", 5),
        Rung("unit_head", U, "unit_head", "call", "alert.entrapment.unit", 10),
        Rung("not_under_way", M, "maintainer_admin", "call", "alert.entrapment", 10, AlertState.ACKNOWLEDGED),
        Rung("not_there", U, "unit_head", "call", "alert.entrapment.unit", 30, AlertState.ON_THE_WAY),
    ),
    # the ladder of the duty has told the maintainer's people by then
    AlertKind.VISITS_LATE: (
        Rung("administrator", M, "maintainer_admin", "sms", "alert.visits", A_DAY),
        Rung("again", M, "maintainer_admin", "call", "alert.visits", 3 * A_DAY),
    ),
    AlertKind.IOT_OUTAGE: (
        Rung("administrator", M, "maintainer_admin", "sms", "alert.iot", A_DAY),
        Rung("again", M, "maintainer_admin", "call", "alert.iot", 2 * A_DAY),
    ),
}


def minutes_set(session: Session) -> dict[str, int]:
    """The minutes that somebody has set, by kind and rung."""
    setting = session.get(Setting, MINUTES_SETTING)
    return dict(setting.value) if setting is not None else {}


def set_minutes(session: Session, kind: str, rung: str, minutes: int) -> None:
    """From now on this rung is told so many minutes without an answer; ValueError where there is no such rung."""
    known = {one.name for one in RUNGS[AlertKind(kind)] if one.minutes}
    if rung not in known:
        raise ValueError(f"{kind} has no rung {rung!r} that waits; it has {', '.join(sorted(known))}")
    if minutes < 1:
        raise ValueError("a rung that waits waits one minute at least")
    value = minutes_set(session) | {f"{kind}.{rung}": minutes}
    session.merge(Setting(key=MINUTES_SETTING, value=value))
