"""What the entry of a record says, read for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from store.chain import read_content
from store.records import MaintenanceRecord, RecordEntry, RecordPersonal

FIXED, FAULT = "fixed", "fault"


@dataclass(frozen=True)
class Said:
    """`items`: what was not simply in order, and what was measured, faults first. `is_cut`: its years are over."""

    content: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Mapping[str, Any]] = ()
    is_cut: bool = False

    @property
    def fixed(self) -> int:
        """How many things were put right."""
        return sum(one["result"] == FIXED for one in self.items)


def said_of(session: Session, records: Sequence[MaintenanceRecord]) -> dict[int, Said]:
    """What records of one message say, without names; by their entries."""
    query = select(RecordEntry).where(col(RecordEntry.id).in_([record.entry_id for record in records]))
    return {entry.id: read_said(entry) for entry in session.exec(query)}


def read_said(entry: RecordEntry) -> Said:
    """The same from its entry."""
    if entry.body is None:
        return Said(is_cut=True)
    content = read_content(entry.body)
    items = [{"item": code, **found} for code, found in content.get("but", {}).items()]
    items += content.get("extra", [])
    order = (FAULT, FIXED, "not_applicable", "ok")
    return Said(content, sorted(items, key=lambda one: order.index(one["result"])))


def people_of(session: Session, entry_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The personal values of entries, by entry and field; an empty text for what was erased."""
    found: dict[int, dict[str, str]] = {entry_id: {} for entry_id in entry_ids}
    query = select(RecordPersonal).where(col(RecordPersonal.entry_id).in_(entry_ids))
    for one in session.exec(query.order_by(col(RecordPersonal.field))):
        found[one.entry_id][one.field] = one.value or ""
    return found
