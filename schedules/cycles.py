"""Years of inspection and of testing: the pilot of seed 002 and the national rule."""

from schedules.drafts import Derivation
from schedules.vocabulary import Trigger

DERIVATIONS: dict[Trigger, Derivation] = {}
