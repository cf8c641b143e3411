"""What a stored row leaves to be looked at."""

from collections.abc import Sequence
from typing import Any

from actions.register.fields import RegisterField
from actions.register.findings import Findings
from actions.register.layout import Layout
from actions.register.lift_store import CurrentLift
from actions.register.party_book import PartyBook
from actions.register.rows import AT, DISTRICT, DISTRICT_CODE, STATUS, VALID_UNTIL, Row
from actions.register.units import StatedParty
from store.lifts import LiftRole, LiftStatus
from store.tasks import TaskKind

F = RegisterField
LAST_INSPECTED = AT["last_inspected_on"]


class RowFindings:
    """Reports what stored rows lack or contradict."""

    def __init__(self, layout: Layout, book: PartyBook, findings: Findings) -> None:
        self._has_unit = F.USE_UNIT in layout.columns
        self._has_validity = F.VALID_UNTIL in layout.columns
        self._has_inspection = F.LAST_INSPECTED_ON in layout.columns
        self._book = book
        self._findings = findings

    def report(self, row: Row, known: CurrentLift | None) -> None:
        """Report on a new row, or on a changed one of a lift that is `known`."""
        line = row.named.line
        self._report_validity(row, known)
        if row.unit is None and (self._has_unit or known is None or LiftRole.USE_UNIT not in known.parties):
            self._findings.count(TaskKind.USE_UNIT_MISSING, line)
        if row.values[DISTRICT] and row.values[DISTRICT_CODE] is None:
            district = row.values[DISTRICT]
            self._findings.add(TaskKind.UNKNOWN_DISTRICT, district, line, detail={"district": district})
        for name in row.unread:
            self._findings.count_unread(name, line)
        for party in (row.unit, row.maintainer):
            if party is not None and party.bad_credit_code:
                self._report_credit_code(party, line)

    def _report_validity(self, row: Row, known: CurrentLift | None) -> None:
        fault = _fault(row.values if known is None else self._values_now(row, known))
        if fault is not None and (known is None or fault is not _fault(known.values)):
            self._findings.count(fault, row.named.line)

    def _values_now(self, row: Row, known: CurrentLift) -> list[Any]:
        """The row's values, with those of the store where the file has no column for the date."""
        values = list(row.values)
        if not self._has_validity:
            values[VALID_UNTIL] = known.values[VALID_UNTIL]
        if not self._has_inspection:
            values[LAST_INSPECTED] = known.values[LAST_INSPECTED]
        return values

    def _report_credit_code(self, party: StatedParty, line: int) -> None:
        party_id = self._book.id_of(party)
        detail = {"party": party.name, "stated": party.bad_credit_code}
        self._findings.add(TaskKind.BAD_CREDIT_CODE, f"party {party_id}", line, party_id=party_id, detail=detail)


def _fault(values: Sequence[Any]) -> TaskKind | None:
    """What is wrong with the dates of a lift."""
    validity, inspected = values[VALID_UNTIL], values[LAST_INSPECTED]
    if validity is None:
        return None if values[STATUS] == LiftStatus.SCRAPPED else TaskKind.NO_VALIDITY
    return TaskKind.INSPECTED_NOT_UPDATED if inspected is not None and inspected > validity else None
