"""How a rulebook speaks of maintenance intervals: data for the derivations of `schedules.maintenance`."""

from schedules.vocabulary import Strict


class MaintenanceTable(Strict):
    """The longest intervals between visits under one document."""
