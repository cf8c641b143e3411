"""Papers with a date: registration, policies, certificates, publications, bars."""

from schedules.drafts import Derivation
from schedules.vocabulary import Trigger

DERIVATIONS: dict[Trigger, Derivation] = {}
