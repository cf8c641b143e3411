"""How a rulebook speaks of yearly inspections and tests: data for the derivations of `schedules.cycles`."""

from schedules.vocabulary import Strict


class Cycle(Strict):
    """The years of inspection and of testing under one document.

    `missed_test_ends_scheme`: a lift that was not tested in its window leaves the scheme the day after.
    """

    missed_test_ends_scheme: bool = False
