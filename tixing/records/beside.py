"""What lies beside the chains: personal values and photos, of which bodies hold digests, and bodies that were cut."""

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from schedules.records import kept_until
from store.chain import read_content, salted
from store.database import in_chunks, table_of
from store.records import KEEP_YEARS, EntryKind, RecordEntry
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import day_text, rows_of

ENTRY = table_of(RecordEntry).c
PEOPLE = """
SELECT e.id, e.lift_id, e.seq, {day}, e.body, p.field, p.salt, p.value, coalesce(c.photos, 0)
FROM record_entry e LEFT JOIN record_personal p ON p.entry_id = e.id
LEFT JOIN (SELECT entry_id, count(*) AS photos FROM record_photo GROUP BY entry_id) c ON c.entry_id = e.id
WHERE e.body IS NOT NULL{lift} ORDER BY e.id
"""
PHOTOS = """
SELECT e.id, e.lift_id, e.seq, {day}, e.body, p.number, f.content
FROM record_photo p JOIN record_entry e ON e.id = p.entry_id LEFT JOIN stored_file f ON f.id = p.file_id
WHERE e.body IS NOT NULL{lift} ORDER BY e.id, p.number
"""


def check_cuts(session: Session, cut: dict[int, list[tuple[int, int, str]]], today: date) -> list[Fault]:
    """A body may be gone only where an entry of the same chain, written after the years of keeping, says so."""
    through: dict[int, list[tuple[date, int]]] = {}
    for lifts in in_chunks(sorted(cut)):
        query = select(ENTRY.lift_id, ENTRY.day, ENTRY.body).where(ENTRY.lift_id.in_(lifts))
        for lift, day, body in session.execute(query.where(ENTRY.kind == EntryKind.CUT, ENTRY.body.is_not(None))):
            through.setdefault(lift, []).append((day, read_content(body)["through"]))
    faults = []
    for lift, gone in cut.items():
        for number, seq, day in gone:
            last = kept_until(date.fromisoformat(day), KEEP_YEARS)
            if not any(seq <= end and last < said_on <= today for said_on, end in through.get(lift, ())):
                faults.append(Fault(Wrong.CUT, f"its body is gone; it is kept through {last}", lift, seq, number, day))
    return faults


def check_people(session: Session, lift_id: int | None = None) -> list[Fault]:
    """Every personal value is the one whose digest is in the body, or was erased and the chain says so."""
    faults: list[Fault] = []
    erased: dict[int, list[tuple[int, int, str, str]]] = {}
    rows = rows_of(session, PEOPLE.format(day=day_text(session, "e.day"), lift=_of_lift(lift_id)))
    for (number, lift, seq, day), fields in groupby(rows, key=lambda row: row[:4]):
        found = list(fields)
        body, photos = bytes(found[0][4]), found[0][8]
        kept = {field: (salt, value) for *_, field, salt, value, _ in found if field is not None}
        if not kept and not photos and b'"people":' not in body and b'"photos":' not in body:
            continue
        said = _content(body)
        people = said.get("people", {})
        for field in sorted({*kept, *people}):
            salt, value = kept.get(field, (b"", ""))
            if field in kept and value is None:
                erased.setdefault(lift, []).append((number, seq, day, field))
            elif field not in kept or field not in people or salted(bytes(salt), value) != people[field]:
                faults.append(Fault(Wrong.PERSON, f"{field} is not what was written", lift, seq, number, day))
        if len(said.get("photos", [])) != photos:
            faults.append(Fault(Wrong.PHOTO, f"{photos} of {len(said.get('photos', []))}", lift, seq, number, day))
    return faults + list(_erased_unsaid(session, erased))


def check_photos(session: Session, lift_id: int | None = None) -> list[Fault]:
    """The bytes of every photo are those whose digest is in the body."""
    faults = []
    query = PHOTOS.format(day=day_text(session, "e.day"), lift=_of_lift(lift_id))
    for number, lift, seq, day, body, place, content in rows_of(session, query):
        digests = _content(bytes(body)).get("photos", [])
        wanted = digests[place - 1] if place <= len(digests) else None
        if content is None or sha256(content).hexdigest() != wanted:
            faults.append(Fault(Wrong.PHOTO, f"photo {place} is not the one", lift, seq, number, day))
    return faults


def _erased_unsaid(session: Session, erased: dict[int, list[tuple[int, int, str, str]]]) -> Iterator[Fault]:
    said: set[tuple[int, int, str]] = set()
    for lifts in in_chunks(sorted(erased)):
        query = select(ENTRY.lift_id, ENTRY.body).where(ENTRY.lift_id.in_(lifts), ENTRY.kind == EntryKind.ERASED)
        for lift, body in session.execute(query.where(ENTRY.body.is_not(None))):
            fields = read_content(body)["fields"]
            said.update((lift, int(seq), field) for seq in fields for field in fields[seq])
    for lift, gone in erased.items():
        for number, seq, day, field in gone:
            if (lift, seq, field) not in said:
                yield Fault(Wrong.PERSON, f"{field} is gone, and no entry says so", lift, seq, number, day)


def _of_lift(lift_id: int | None) -> str:
    return "" if lift_id is None else f" AND e.lift_id = {int(lift_id)}"


def _content(body: bytes) -> dict[str, Any]:
    """Of a body that may have been tampered with, which the chain says already."""
    try:
        said = read_content(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}
