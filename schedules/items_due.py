"""Which kind of visit is due: so that no quarterly, half-yearly or yearly item is ever older than it may be.

A larger kind contains the smaller ones, so each visit begins their time anew too. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from schedules.dates import add_months
from schedules.items import KINDS
from store.records import VisitKind

MONTHS = {VisitKind.QUARTER: 3, VisitKind.HALF_YEAR: 6, VisitKind.YEAR: 12}


@dataclass(frozen=True)
class KindDue:
    """The kind to do now, and by when each larger one must have been done; `unknown`: those never recorded here."""

    kind: VisitKind
    latest: Mapping[VisitKind, date]
    unknown: tuple[VisitKind, ...] = ()


def kind_due(last: Mapping[VisitKind, date], *, day: date, next_by: date, since: date) -> KindDue:
    """What to do on `day`, when the following visit may be as late as `next_by`.

    `last`: the last visit of each kind. What was never recorded counts from `since`, the first day that we know of.
    The largest kind that could not wait for the following visit is due.
    """
    latest = {kind: add_months(_last(last, kind) or since, months) for kind, months in MONTHS.items()}
    cannot_wait = [kind for kind, by in latest.items() if by < max(next_by, day)]
    unknown = tuple(kind for kind in MONTHS if _last(last, kind) is None)
    return KindDue(max(cannot_wait, key=KINDS.index, default=VisitKind.HALF_MONTH), latest, unknown)


def _last(last: Mapping[VisitKind, date], kind: VisitKind) -> date | None:
    """When its items were done last, by a visit of this kind or of a larger one."""
    return max((last[one] for one in KINDS[KINDS.index(kind) :] if one in last), default=None)
