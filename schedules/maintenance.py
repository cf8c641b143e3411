"""Maintenance: intervals on site and remote, monitoring outages, paperless records."""

from schedules.drafts import Derivation
from schedules.vocabulary import Trigger

DERIVATIONS: dict[Trigger, Derivation] = {}
