"""The words in which the demo says what people do: the state they see and the acts they choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

from tixing.demo.data import Profile


class ActKind(StrEnum):
    """What can be done to lifts or to a call task."""

    BOOK = "book"
    MISS = "miss"
    PASS = "pass"
    FAIL = "fail"
    OPINION = "opinion"
    CONFIRM = "confirm"
    ANSWER = "answer"


class Answer(StrEnum):
    """What came of a call."""

    BOOKED = "booked"
    CALL_AGAIN = "call_again"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class LiftState:
    """An open periodic inspection as the store has it: the day on which each rung was told, and the visits so far.

    `booked_on` is the visit agreed now, `visits` counts those that ended without a pass, `failed_on` is the last one
    if it was failed. With an opinion notice open, `opinion_on` and `rectify_by` are its day and its deadline.
    """

    lift_id: int
    key: str
    site: str
    profile: Profile
    due: date
    told: Mapping[str, date]
    booked_on: date | None = None
    visits: int = 0
    failed_on: date | None = None
    opinion_on: date | None = None
    rectify_by: date | None = None


@dataclass(frozen=True)
class CallState:
    """An open call task of the department `desk` and the lifts that it is about; `call_by` is its last day."""

    task_id: int
    desk: str
    lift_ids: tuple[int, ...]
    opened_on: date
    call_by: date


@dataclass(frozen=True)
class Act:
    """Something that somebody does on the day. `on` is the day of the visit agreed, or a notice's deadline.

    An answer that is None drops the call: nobody needs to be called any more.
    """

    kind: ActKind
    lift_ids: tuple[int, ...]
    on: date | None = None
    task_id: int | None = None
    answer: Answer | None = None


class WorkingDays(Protocol):
    """The part of the working-day calendar that people live by."""

    def is_working(self, day: date) -> bool:
        """Whether the day is worked."""

    def add_working(self, day: date, count: int) -> date:
        """The day so many working days later."""

    def working_between(self, first: date, last: date) -> int:
        """How many working days lie in [first, last]."""


def draw(*of: object) -> float:
    """A number in [0, 1) that depends on nothing but `of`."""
    digest = blake2b("|".join(str(part) for part in of).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def draw_between(low: int, high: int, *of: object) -> int:
    """A whole number in [low, high] that depends on nothing but `of`."""
    return low + int(draw(*of) * (high - low + 1))
