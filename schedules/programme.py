"""What a document asks of offices by fixed dates, and its targets: reports, reviews, shares to be reached."""

from schedules.vocabulary import Strict


class Assignment(Strict):
    """One dated task or target of an office, not of a lift."""
