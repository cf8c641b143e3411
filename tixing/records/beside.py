"""What lies beside the chains: personal values and photos, of which bodies hold digests, and bodies that were cut."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby

from sqlmodel import Session

from schedules.records import kept_until
from store.chain import salted
from store.records import KEEP_YEARS
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import content_of, day_text, dict_of, is_sqlite, list_of, rows_of

PEOPLE = """
SELECT e.id, e.lift_id, e.seq, {day}, e.body, p.field, p.salt, p.value, coalesce(c.photos, 0)
FROM record_entry e LEFT JOIN record_personal p ON p.entry_id = e.id
LEFT JOIN (SELECT entry_id, count(*) AS photos FROM record_photo GROUP BY entry_id) c ON c.entry_id = e.id
WHERE {there}{lift} ORDER BY e.id
"""
PHOTOS = """
SELECT e.id, e.lift_id, e.seq, {day}, e.body, p.number, f.content
FROM record_photo p JOIN record_entry e ON e.id = p.entry_id LEFT JOIN stored_file f ON f.id = p.file_id
WHERE {there}{lift} ORDER BY e.id, p.number
"""
CUTS = "SELECT e.lift_id, {day}, e.body FROM record_entry e WHERE e.kind = 'cut' AND {there}{lift}"
ERASED = "SELECT e.lift_id, e.body FROM record_entry e WHERE e.kind = 'erased' AND {there}{lift}"


def check_cuts(session: Session, cut: dict[int, list[tuple[int, int, str]]], today: date) -> list[Fault]:
    """A body may be gone only where an entry of the same chain, written after the years of keeping, says so."""
    through: dict[int, list[tuple[str, int]]] = {}
    for lift, day, body in rows_of(session, _sql(session, CUTS)) if cut else ():
        end = content_of(body).get("through")
        if isinstance(end, int):
            through.setdefault(lift, []).append((day, end))
    faults = []
    for lift, gone in cut.items():
        for number, seq, day in gone:
            last = kept_until(date.fromisoformat(day), KEEP_YEARS)
            if not any(seq <= end and str(last) < said_on <= str(today) for said_on, end in through.get(lift, ())):
                faults.append(Fault(Wrong.CUT, f"its body is gone; it is kept through {last}", lift, seq, number, day))
    return faults


def check_people(session: Session, lift_id: int | None = None) -> list[Fault]:
    """Every personal value is the one whose digest is in the body, or was erased and the chain says so."""
    faults: list[Fault] = []
    erased: dict[int, list[tuple[int, int, str, str]]] = {}
    rows = rows_of(session, _sql(session, PEOPLE, lift_id))
    for (number, lift, seq, day), fields in groupby(rows, key=lambda row: row[:4]):
        found = list(fields)
        body, photos = bytes(found[0][4]), found[0][8]
        kept = {field: (salt, value) for *_, field, salt, value, _ in found if field is not None}
        if not kept and not photos and b'"people":' not in body and b'"photos":' not in body:
            continue
        said = content_of(body)
        people, pictures = dict_of(said.get("people")), list_of(said.get("photos"))
        for field in sorted({*kept, *people}, key=str):
            salt, value = kept.get(field, (b"", ""))
            if field in kept and value is None:
                erased.setdefault(lift, []).append((number, seq, day, field))
            elif field not in kept or field not in people or not _is_same(salt, value, people[field]):
                faults.append(Fault(Wrong.PERSON, f"{field} is not what was written", lift, seq, number, day))
        if len(pictures) != photos:
            faults.append(Fault(Wrong.PHOTO, f"{photos} of {len(pictures)}", lift, seq, number, day))
    return faults + list(_erased_unsaid(session, erased))


def check_photos(session: Session, lift_id: int | None = None) -> list[Fault]:
    """The bytes of every photo are those whose digest is in the body."""
    faults = []
    for number, lift, seq, day, body, place, content in rows_of(session, _sql(session, PHOTOS, lift_id)):
        digests = list_of(content_of(body).get("photos"))
        wanted = digests[place - 1] if isinstance(place, int) and 0 < place <= len(digests) else None
        if not isinstance(content, bytes | memoryview) or sha256(content).hexdigest() != wanted:
            faults.append(Fault(Wrong.PHOTO, f"photo {place} is not the one", lift, seq, number, day))
    return faults


def _erased_unsaid(session: Session, erased: dict[int, list[tuple[int, int, str, str]]]) -> Iterator[Fault]:
    said: set[tuple[int, int, str]] = set()
    for lift, body in rows_of(session, _sql(session, ERASED)) if erased else ():
        for place, fields in dict_of(content_of(body).get("fields")).items():
            said.update((lift, int(place), str(field)) for field in list_of(fields) if place.isdecimal())
    for lift, gone in erased.items():
        for number, seq, day, field in gone:
            if (lift, seq, field) not in said:
                yield Fault(Wrong.PERSON, f"{field} is gone, and no entry says so", lift, seq, number, day)


def _sql(session: Session, template: str, lift_id: int | None = None) -> str:
    there = "typeof(e.body) = 'blob'" if is_sqlite(session) else "e.body IS NOT NULL"
    lift = "" if lift_id is None else f" AND e.lift_id = {int(lift_id)}"
    return template.format(day=day_text(session, "e.day"), there=there, lift=lift)


def _is_same(salt: object, value: object, digest: object) -> bool:
    """Whether a value with its salt gives the digest in the body, each being what it is to be."""
    return isinstance(salt, bytes | memoryview) and isinstance(value, str) and salted(bytes(salt), value) == digest
