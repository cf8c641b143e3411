"""Numbers of a document that are neither a date nor an interval: how many, how many years back, how long kept."""

from typing import Literal

from schedules.vocabulary import Strict


class Limit(Strict):
    """One number, where it is written, and what it counts. `at_least`: 以上, 不少于; `at_most`: 不超过, 以内."""

    id: str
    clause: str
    quote: str
    obligations: tuple[str, ...]
    sense: Literal["at_least", "at_most"]
    number: int
    unit: Literal["lifts", "years", "months", "hours"]
