"""What a stored row leaves to be looked at."""

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
        validity = row.values[VALID_UNTIL]
        inspected = row.values[LAST_INSPECTED]
        if known is not None:
            validity = validity if self._has_validity else known.values[VALID_UNTIL]
            inspected = inspected if self._has_inspection else known.values[LAST_INSPECTED]
        if validity is None:
            if row.values[STATUS] != LiftStatus.SCRAPPED:
                self._findings.count(TaskKind.NO_VALIDITY, row.named.line)
        elif inspected is not None and inspected > validity:
            self._findings.count(TaskKind.INSPECTED_NOT_UPDATED, row.named.line)

    def _report_credit_code(self, party: StatedParty, line: int) -> None:
        party_id = self._book.id_of(party)
        detail = {"party": party.name, "stated": party.bad_credit_code}
        self._findings.add(TaskKind.BAD_CREDIT_CODE, f"party {party_id}", line, party_id=party_id, detail=detail)
