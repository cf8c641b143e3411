"""One update on its way: who stands at which door, what their dialogs know, and under which key they act."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from actions.actors import MAINTAINER, UNIT, Actor, Asked
from bot.services import Services
from store.database import Database
from store.dialogs import Record
from store.quiet import QuietHours
from store.zone import SHANGHAI

DONE = "tixing:done"  # the record beside those of the dialogs
REMEMBERED = 8  # buttons that did something


@dataclass
class Notes:
    """What the dialogs of one chat know; kept here during an update, and in the store at its end."""

    records: dict[str, Record] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @property
    def done(self) -> list[str]:
        """What the last buttons that did something carried."""
        found: list[str] = self.records.get(DONE, (None, {}))[1].get("pressed", [])
        return found

    @property
    def is_unseen(self) -> bool:
        """Whether what the last of them led to did not get through."""
        return bool(self.records.get(DONE, (None, {}))[1].get("unseen", False))

    def note_done(self, pressed: str) -> None:
        """This button did something: the same one is not to say that nothing was done."""
        self._keep_done({"pressed": [*self.done, pressed][-REMEMBERED:]})

    def note_unseen(self, is_unseen: bool) -> None:
        """What it led to did not get through, or was shown by now."""
        self._keep_done({"pressed": self.done, "unseen": is_unseen})

    def _keep_done(self, data: dict[str, Any]) -> None:
        self.records[DONE] = (None, data)
        self.changed.add(DONE)


@dataclass
class Visit:
    """A chat and what it asks for. `tap` is the update's own key: the same however often it arrives.

    `came_at` is when it arrived, which was before `now` where it waited through an outage.
    `actor` is None for a stranger. `answered`: the pressed button has got its answer. `committed`: it was one that may
    change something, and it showed what is so now; `done`: something was changed. `services` is what the process hands
    to its bot.
    """

    database: Database
    channel: str
    address: str
    language: str
    actor: Actor | None
    actors: list[Actor]
    now: datetime
    came_at: datetime
    tap: str
    notes: Notes = field(default_factory=Notes)
    answered: bool = False
    committed: bool = False
    done: bool = False
    services: Services | None = None

    @cached_property
    def today(self) -> date:
        """The day at the edges: Shanghai's."""
        return self.now.astimezone(SHANGHAI).date()

    @property
    def is_office(self) -> bool:
        """Whether the lifts are those of an area, and not somebody's own."""
        return self.actor is not None and self.actor.role not in UNIT | MAINTAINER

    @property
    def quiet(self) -> QuietHours | None:
        """The hours in which what can wait does."""
        return self.services.quiet if self.services is not None else None

    def asked(self, verb: str) -> Asked | None:
        """Who asks for this verb, under this tap's key; None for a stranger."""
        if self.actor is None:
            return None
        return Asked(self.actor, self.now, self.today, f"{self.tap}:{verb}", self.came_at)


Clock = Callable[[], datetime]

_current: ContextVar[Visit] = ContextVar("visit")


def enter(visit: Visit) -> None:
    """From here on, in this task, this is the visit."""
    _current.set(visit)


def current_visit() -> Visit:
    """The visit of this task; LookupError outside of one."""
    return _current.get()
