"""One import at work: batches of rows into lifts, parties, events, rejects and tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.people.responsibility import UseUnitChange
from actions.register.changed_lifts import ChangedLifts
from actions.register.context import ImportContext
from actions.register.doubles import count_doubles
from actions.register.findings import Findings
from actions.register.handovers import Handovers
from actions.register.layout import Layout
from actions.register.lift_store import load_current
from actions.register.new_lifts import NewLifts
from actions.register.party_book import PartyBook
from actions.register.places import places_of
from actions.register.rejects import Rejects
from actions.register.row_findings import RowFindings
from actions.register.rows import RowReader
from actions.register.sorting import RowSorter
from actions.register.text_files import RawRow
from store.ids import largest_id
from store.imports import ChangeKind
from store.lifts import Lift, LiftRole


@dataclass
class Counts:
    """rows = created + updated + unchanged + the refused ones."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Importer:
    """Takes the rows of one file in batches, within one transaction."""

    def __init__(self, context: ImportContext, layout: Layout) -> None:
        self.counts = Counts()
        self.returned: list[int] = []  # lifts that had been taken out
        self.rejects = Rejects(context, layout)
        self._connection = context.connection
        self._findings = Findings(context)
        last_id = largest_id(context.connection, Lift)
        self._context = context
        self.first_new_id = last_id + 1
        reader = RowReader(layout, places_of(context.city_id), context.city_id)
        roles = {LiftRole.USE_UNIT: reader.units.roles, LiftRole.MAINTAINER: reader.maintainers.roles}
        self._book = PartyBook(context, self._findings, layout.language, roles)
        self._sorter = RowSorter(context, reader, self.rejects, self._book, last_id)
        self._new = NewLifts(context, self._book)
        self._changed = ChangedLifts(context, layout)
        self._handovers = Handovers(context, layout, self._book, self._findings)
        self._row_findings = RowFindings(layout, self._book, self._findings)

    @property
    def parties(self) -> int:
        """How many distinct parties the stored rows have named so far."""
        return self._book.count

    def take(self, batch: Sequence[RawRow]) -> None:
        """Store a batch of rows."""
        rows = self._sorter.sort(batch)
        current = load_current(self._connection, [stored.id for _, stored in rows.changed])
        changes = [(row, current[stored.id]) for row, stored in rows.changed]
        self._handovers.recognise_parties(changes)
        self._book.note(rows.parties)
        self._sorter.note_lines(self._new.store(rows.new), rows.new)
        self._changed.store(changes)
        self._handovers.store(changes)
        for row in rows.new:
            self._row_findings.report(row, None)
        for row, lift in changes:
            self._row_findings.report(row, lift)
        self.rejects.flush()
        self._findings.flush()
        self._context.journal.flush()
        returned = [lift.id for _, lift in changes if lift.withdrawn_on is not None]
        self.returned += returned
        self._context.changes.known += rows.same + len(changes) - len(returned)
        self.counts.rows += len(batch)
        self.counts.created += len(rows.new)
        self.counts.updated += len(changes)
        self.counts.unchanged += rows.same

    def finish(self) -> list[UseUnitChange]:
        """What can be done only when all rows are known; returns which lifts go to another use unit."""
        self._book.end_contacts()
        self._context.journal.add_new(ChangeKind.LIFT_ADDED, self.first_new_id)
        self._context.journal.flush()
        self._count_doubles()
        self._handovers.report()
        self._findings.finish(self.rejects.reasons, self.rejects.lines)
        return self._handovers.use_unit_changes

    def _count_doubles(self) -> None:
        if not self.counts.created and not self.returned:
            return
        context, returned = self._context, set(self.returned)
        context.changes.doubled, context.changes.in_use = count_doubles(
            self._connection,
            context.city_id,
            is_new=lambda lift_id: lift_id >= self.first_new_id or lift_id in returned,
            is_named=self._sorter.has_seen,
            units={change.lift_id: change.to_party_id for change in self._handovers.use_unit_changes},
        )
