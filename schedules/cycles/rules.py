"""How a rulebook speaks of yearly inspections and tests: data for the derivations of `schedules.cycles.duties`.

Years are numbered by the calendar: the year of the supervisory inspection after installation is 0.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from schedules.vocabulary import Strict


class AreaStart(Strict):
    """Areas of a city, by names and codes as registers write them, and the day on which the scheme begins there."""

    areas: tuple[str, ...]
    on: date


class MonthWindow(Strict):
    """Whole months around the month in which something is due."""

    before: int = Field(ge=0)
    after: int = Field(ge=0)


class Waiting(Strict):
    """Lifts of this year number or older are under the scheme before `until` only when their unit applied."""

    from_year: int
    until: date


class MajorRepair(Strict):
    """A lift at least `counts_as_years` old counts as just so old after the repair (None: its age stands).

    Where the age stands, the supervisory inspection replaces what the rest of that year would have brought.
    """

    counts_as_years: int | None = Field(default=None, ge=1)
    replaces: Literal["inspections and tests", "inspections"]


class Restart(Strict):
    """What follows when a lift is used again after so many months or more; what fell due in between is not owed."""

    months: int = Field(ge=1)
    formal_only: bool  # only where the procedure of taking it out of use was done
    test: bool  # a test comes before use
    inspection: Literal["if validity ended", "always"]
    moves_month: bool  # later years fall due in the month of the restart


class Cycle(Strict):
    """The years of inspection and of testing under one document.

    Without `areas` the scheme begins everywhere on `elsewhere_from`. `yearly_before`: what is not under the scheme is
    inspected every year by the older rule, and the first month under the scheme is the first that begins after the
    start; without it the scheme speaks of whatever is due from the start on. `listed_from`: nothing earlier is listed.
    `missed_test_ends_scheme`: a lift that was not tested in its window leaves the scheme the day after.
    """

    areas: tuple[AreaStart, ...] = ()
    elsewhere_from: date
    listed_from: date
    yearly_before: bool
    month_from: tuple[Literal["stated", "last inspection", "validity", "installation"], ...]
    inspection_years: tuple[int, ...]
    every_year_from: int
    test_beside_inspection: bool  # from `every_year_from` on, within the calendar year
    inspection_window: MonthWindow | None = None
    test_window: MonthWindow
    missed_test_ends_scheme: bool = False
    waiting: Waiting | None = None
    opt_out_months: int | None = None  # how long before the validity ends the unit must have applied to leave
    renovation_from: date | None = None  # since when a renovation makes the lift new; None: since the area's start
    major_repair: MajorRepair
    restart: Restart

    def __hash__(self) -> int:
        """Cheap, because every derivation of a lift looks its years up by it."""
        return hash((self.elsewhere_from, self.inspection_years))

    def start_in(self, area: str | None) -> date:
        """When the scheme begins in `area`; an unknown one is elsewhere."""
        name = (area or "").strip()
        return next((start.on for start in self.areas if name in start.areas), self.elsewhere_from)
