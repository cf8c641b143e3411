"""Lifts that the store knows and that the register now gives to another use unit or maintainer."""

from collections import defaultdict
from typing import Any

from actions.people.responsibility import UseUnitChange, take_back
from actions.register.context import ImportContext
from actions.register.fields import RegisterField
from actions.register.findings import Findings, Tally
from actions.register.layout import Layout
from actions.register.lift_store import CurrentLift, StoredParty
from actions.register.new_lifts import RESPONSIBILITY_COLUMNS
from actions.register.party_book import PartyBook
from actions.register.rows import Row
from actions.register.statements import insert_rows, run_many
from actions.register.units import StatedParty, plain_name
from store.imports import ChangeKind
from store.lifts import LiftRole, Responsibility
from store.tasks import TaskKind

END_RESPONSIBILITY = "UPDATE responsibility SET to_on = CASE WHEN from_on > ? THEN from_on ELSE ? END WHERE id = ?"

Changes = list[tuple[Row, CurrentLift]]


class Handovers:
    """Changes maintainers at once; collects those of use units, which move more than a responsibility."""

    def __init__(self, context: ImportContext, layout: Layout, book: PartyBook, findings: Findings) -> None:
        self._context = context
        self._has_maintainer = RegisterField.MAINTAINER in layout.columns
        self._book = book
        self._findings = findings
        self._tallies: defaultdict[tuple[int, int], Tally] = defaultdict(Tally)
        self.use_unit_changes: list[UseUnitChange] = []

    def recognise_parties(self, changes: Changes) -> None:
        """A unit that lost its credit code in the register is still the unit of that name."""
        for row, current in changes:
            for stated, role in ((row.unit, LiftRole.USE_UNIT), (row.maintainer, LiftRole.MAINTAINER)):
                known = current.parties.get(role)
                if stated and known and stated.ref != known.ref and _lost_code(known, stated):
                    self._book.is_same(stated, known.ref)

    def store(self, changes: Changes) -> None:
        """Hand over what these rows give to somebody else; the book knows their parties."""
        if self._has_maintainer:
            self._change_maintainers(changes)
        for row, current in changes:
            self._note_use_unit(row, current)

    def report(self) -> None:
        """One task for each pair of units between which lifts went over."""
        for (from_id, to_id), tally in self._tallies.items():
            detail = {"from": from_id, "to": to_id, **tally.detail()}
            about = f"import {self._context.import_id}: {from_id}>{to_id}"
            self._findings.add(TaskKind.USE_UNIT_CHANGED, about, tally.lines[0], party_id=to_id, detail=detail)
        self._findings.flush()

    def _change_maintainers(self, changes: Changes) -> None:
        ended: list[tuple[Any, ...]] = []
        left: defaultdict[int, list[int]] = defaultdict(list)
        begun: list[tuple[Any, ...]] = []
        for row, current in changes:
            old = current.parties.get(LiftRole.MAINTAINER)
            new_id = self._book.id_of(row.maintainer) if row.maintainer else None
            if new_id != (old.party_id if old else None):
                self._note(ChangeKind.MAINTAINER, row, current, old, new_id)
            if old is not None and old.party_id != new_id:
                ended.append((self._context.on, self._context.on, old.responsibility_id))
                left[old.party_id].append(current.id)
            if new_id is not None and (old is None or old.party_id != new_id):
                begun.append((current.id, new_id, LiftRole.MAINTAINER.value, self._context.on))
        run_many(self._context.connection, END_RESPONSIBILITY, ended)
        insert_rows(self._context.connection, Responsibility, RESPONSIBILITY_COLUMNS, begun)
        for party_id, lift_ids in left.items():
            take_back(self._context.session, lift_ids, party_id, now=self._context.now)

    def _note_use_unit(self, row: Row, current: CurrentLift) -> None:
        if row.unit is None:
            return
        old, new_id = current.parties.get(LiftRole.USE_UNIT), self._book.id_of(row.unit)
        if old is None or old.party_id != new_id:
            self._note(ChangeKind.USE_UNIT, row, current, old, new_id)
        if old is None:
            self.use_unit_changes.append(UseUnitChange(current.id, None, new_id))
        elif old.party_id != new_id:
            self.use_unit_changes.append(UseUnitChange(current.id, old.party_id, new_id))
            self._tallies[old.party_id, new_id].add(row.named.line)

    def _note(
        self, kind: ChangeKind, row: Row, current: CurrentLift, old: StoredParty | None, new_id: int | None
    ) -> None:
        detail = {
            "party": (old.party_id if old else None, new_id),
            "responsibility": old.responsibility_id if old else None,
        }
        self._context.journal.add(kind, current.id, detail, row.named.line)
        if old is not None:
            changes = self._context.changes
            changes.use_unit += kind is ChangeKind.USE_UNIT
            changes.maintainer += kind is ChangeKind.MAINTAINER


def _lost_code(known: StoredParty, stated: StatedParty) -> bool:
    return stated.credit_code is None and plain_name(known.name) == plain_name(stated.name)
