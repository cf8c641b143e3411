"""Rows of a batch: which are new, which changed, which are the same as before, and which are refused."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.register.context import ImportContext
from actions.register.errors import RowRefused
from actions.register.lift_store import StoredLift, find_by_key, find_by_other_name
from actions.register.party_book import PartyBook
from actions.register.rejects import Rejects
from actions.register.rows import NamedRow, Row, RowReader
from actions.register.text_files import RawRow
from actions.register.units import StatedParty


@dataclass(slots=True)
class SortedRows:
    """A batch by what is to be done. `parties` are all that it names, each with the first line that does."""

    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, StoredLift]] = field(default_factory=list)
    same: int = 0
    parties: dict[StatedParty, int] = field(default_factory=dict)

    def name_parties(self, line: int, *parties: StatedParty | None) -> None:
        """Remember which parties a row names."""
        for party in parties:
            if party is not None:
                self.parties.setdefault(party, line)


class RowSorter:
    """Sorts batches of rows. What it remembers of all rows is four bytes for each lift: on which line it stands."""

    def __init__(
        self, context: ImportContext, reader: RowReader, rejects: Rejects, book: PartyBook, last_id: int
    ) -> None:
        self._context = context
        self._reader = reader
        self._rejects = rejects
        self._book = book
        self._last_id = last_id
        self._line_of = array("L", bytes(array("L").itemsize * (last_id + 1)))

    def sort(self, batch: Sequence[RawRow]) -> SortedRows:
        """Read the batch; what it refuses goes to the rejects."""
        named = self._name(batch)
        connection, city_id = self._context.connection, self._context.city_id
        stored = find_by_key(connection, city_id, [row.key for row in named])
        unknown = [row for row in named if row.key not in stored] if self._last_id else []
        other = find_by_other_name(connection, city_id, unknown, self._last_id) if unknown else {}
        rows = SortedRows()
        lines: dict[str, int] = {}
        for row in named:
            self._sort_row(row, stored.get(row.key) or other.get(row.line), rows, lines)
        return rows

    def has_seen(self, lift_id: int) -> bool:
        """Whether a row that was not refused speaks of this stored lift."""
        return bool(self._line_of[lift_id])

    def note_lines(self, lift_ids: Sequence[int], rows: Sequence[Row]) -> None:
        """Remember on which lines the lifts stand that were new in this batch; ids may leave gaps."""
        if lift_ids:
            self._line_of.extend(array("L", [0]) * (lift_ids[-1] + 1 - len(self._line_of)))
        for lift_id, row in zip(lift_ids, rows, strict=True):
            self._line_of[lift_id] = row.named.line

    def _name(self, batch: Sequence[RawRow]) -> list[NamedRow]:
        named = []
        for line, cells, fault in batch:
            try:
                if fault:
                    raise self._faulty(cells, fault)
                named.append(self._reader.name(line, cells))
            except RowRefused as refused:
                self._rejects.add(line, cells, refused)
        return named

    def _faulty(self, cells: Sequence[str], fault: str) -> RowRefused:
        return RowRefused(fault, cells=len(cells), columns=self._rejects.width)

    def _sort_row(self, row: NamedRow, stored: StoredLift | None, rows: SortedRows, lines: dict[str, int]) -> None:
        try:
            first_line = lines.get(row.key) if stored is None else self._line_of[stored.id]
            if first_line:
                raise RowRefused("duplicate_key", key=row.key, first_line=first_line)
            if stored is not None and stored.fingerprint == row.fingerprint:
                rows.name_parties(row.line, *self._reader.parties(row.cells))
                rows.same += 1
            else:
                read = self._reader.read(row)
                rows.name_parties(row.line, read.unit, read.maintainer)
                if stored is None:
                    rows.new.append(read)
                else:
                    rows.changed.append((read, stored))
        except RowRefused as refused:
            self._rejects.add(row.line, row.cells, refused)
            self._hold_parties(row.cells)
            return
        if stored is None:
            lines[row.key] = row.line
        else:
            self._line_of[stored.id] = row.line

    def _hold_parties(self, cells: Sequence[str]) -> None:
        try:
            parties = self._reader.parties(cells)
        except RowRefused:
            return  # nobody can tell which party this row would have named
        for party in parties:
            if party is not None:
                self._book.hold(party)
