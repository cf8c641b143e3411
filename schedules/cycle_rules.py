"""How a rulebook speaks of yearly inspections and tests: data for the derivations of `schedules.cycles`."""

from schedules.vocabulary import Strict


class Cycle(Strict):
    """The years of inspection and of testing under one document."""
