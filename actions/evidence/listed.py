"""The list to the district: every lift on it, and how its unit was warned before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from actions.evidence.clauses import Clauses
from actions.evidence.ledger import REACHED, Entry, load_entries
from store.database import table_of
from store.duties import Told

LIST, REGULATOR = "list", "district_regulator"
CHUNK = 500


@dataclass(frozen=True)
class Listed:
    """A lift on the list. `warnings` are what its unit was told of the same due date up to that day, oldest first."""

    entry: Entry
    warnings: Sequence[Entry]

    @property
    def warned(self) -> bool:
        """Whether its unit was reached by one warning at least."""
        return any(warning.outcome in REACHED for warning in self.warnings)

    @property
    def answer(self) -> str:
        """The outcome of the last call, if one was made."""
        outcomes = [attempt.outcome for warning in self.warnings for attempt in warning.attempts if attempt.outcome]
        return outcomes[-1] if outcomes else ""


def load_listed(session: Session, clauses: Clauses, entries: Iterable[Entry]) -> list[Listed]:
    """The lists among these entries of a month, with the warnings, which lie in the months before too."""
    on_list = [one for one in entries if one.rung == LIST and one.audience == REGULATOR and not one.is_copy]
    warnings: dict[int, list[Entry]] = defaultdict(list)
    told, ids = table_of(Told).c, sorted({one.duty_id for one in on_list})
    for start in range(0, len(ids), CHUNK):
        for entry in load_entries(session, clauses, told.duty_id.in_(ids[start : start + CHUNK])):
            if not entry.is_copy and entry.audience != REGULATOR and entry.notice_id is not None:
                warnings[entry.duty_id].append(entry)
    return [
        Listed(one, [warning for warning in warnings[one.duty_id] if warning.due == one.due and warning.on <= one.on])
        for one in on_list
    ]
