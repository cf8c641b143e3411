"""Which lifts' people can be reached, and how well that is proved: by district and by party."""

from actions.reachability.survey import Counts, PartyLine, State, Survey, WayTo, survey

__all__ = ["Counts", "PartyLine", "State", "Survey", "WayTo", "survey"]
