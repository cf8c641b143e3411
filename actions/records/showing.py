"""One record as it is read, with the names in it, which is logged; and its photos."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from actions.actors import Asked
from actions.paperless.reads import log_record
from actions.paperless.rights import may_read_record
from actions.permissions import NotAllowedError
from actions.records.answering import ANSWERS, OBJECTS, notes_after
from actions.records.reading import READERS, RecordLine, last_said, line_of
from actions.records.rights import is_for_them
from actions.records.said import Said, people_of, read_said
from actions.registry import verb
from schedules.items import item_table, items_of
from store.chats import find_file
from store.consents import SigningConsent
from store.lifts import Lift
from store.parties import party_name
from store.records import EntryKind, MaintenanceRecord, RecordEntry, RecordPhoto, VisitKind
from store.supervision import ReadWhat
from store.upkeep import LiftClass

Notes = Sequence[tuple[RecordEntry, Mapping[str, Any]]]
SAYINGS = (EntryKind.SIGNED, EntryKind.OBJECTED, EntryKind.DEFAULTED, EntryKind.NOTE)


@dataclass(frozen=True)
class ItemLine:
    """An item that was not simply in order, that was measured, or of which there are photos (their numbers)."""

    name: str
    english: str
    result: str
    value: str = ""
    unit: str = ""
    reason: str = ""
    photos: Sequence[int] = ()


@dataclass(frozen=True)
class Remark:
    """What somebody has said to a record since: signed, objected, a note; by default nobody did."""

    what: str
    who: str
    party: str
    at: str
    text: str = ""


@dataclass(frozen=True)
class RecordShown:
    """A record as it is read. `presence`: how it was shown that they were there (location, code); empty: nobody did.

    `untried`: tests that were to be made and of which there is no photo.
    """

    line: RecordLine
    unit: str
    maintainer: str
    uploaded_at: datetime
    workers: Sequence[tuple[str, str]]
    count: int
    began_at: datetime | None
    presence: str
    items: Sequence[ItemLine]
    untried: Sequence[ItemLine]
    note: str
    photos: int
    remarks: Sequence[Remark]
    is_cut: bool
    has_consent: bool
    unit_id: int | None
    maintainer_id: int

    @property
    def is_answered(self) -> bool:
        """Whether the maintainer has answered the last objection."""
        turns = [one.what for one in self.remarks if one.what in (EntryKind.OBJECTED, ANSWERS)]
        return bool(turns) and turns[-1] == ANSWERS


@verb(READERS, record_id=is_for_them)
def record_shown(session: Session, asked: Asked, *, record_id: int) -> RecordShown:
    """One record, with all that was said to it since; that somebody reads the names in it is logged."""
    record = _readable(session, asked, record_id)
    shown, personal = show(session, record)
    log_record(session, asked.actor, record, personal, asked.now)
    return shown


def show(session: Session, record: MaintenanceRecord) -> tuple[RecordShown, list[ReadWhat]]:
    """A record, and what of it is personal: whoever shows it logs that."""
    entry = session.get_one(RecordEntry, record.entry_id)
    said, notes = read_said(entry), notes_after(session, record)
    people = people_of(session, [entry.id, *(one.id for one, _ in notes)])
    photos = session.exec(select(RecordPhoto.number).where(RecordPhoto.entry_id == entry.id)).all()
    shown = RecordShown(
        line=line_of(record, session.get_one(Lift, record.lift_id), said, last_said(notes)),
        unit=said.content.get("unit", {}).get("name") or party_name(session, record.unit_id),
        maintainer=said.content.get("maintainer", {}).get("name") or party_name(session, record.maintainer_id),
        uploaded_at=record.uploaded_at,
        workers=_workers(people[entry.id]),
        count=said.content.get("all", 0),
        began_at=datetime.fromisoformat(began) if (began := said.content.get("began_at")) else None,
        presence=(said.content.get("place") or {}).get("how", ""),
        items=items_of_record(said),
        untried=tests_without_photo(said),
        note=said.content.get("note", ""),
        photos=len(photos),
        remarks=[_remark(one, content, people[one.id]) for one, content in notes if one.kind in SAYINGS],
        is_cut=said.is_cut,
        has_consent=_silence_would_count(session, record, notes),
        unit_id=record.unit_id,
        maintainer_id=record.maintainer_id,
    )
    return shown, list(_personal(people))


@verb(READERS, reads=True, record_id=is_for_them)
def record_photo(session: Session, asked: Asked, *, record_id: int, number: int) -> tuple[str, bytes]:
    """A photo of a record, from 1: its name and the picture; nothing where it is kept no longer."""
    record = _readable(session, asked, record_id)
    photo = session.get(RecordPhoto, (record.entry_id, number))
    kept = find_file(session, photo.file_id) if photo is not None else None
    return (kept.name, kept.content) if kept is not None else ("", b"")


def _readable(session: Session, asked: Asked, record_id: int) -> MaintenanceRecord:
    """Grants count until their day, of which the guard does not know."""
    record = session.get_one(MaintenanceRecord, record_id)
    if not may_read_record(session, asked.actor, record, asked.today):
        raise NotAllowedError("this person may not read that record today")
    return record


def _personal(people: Mapping[int, Mapping[str, str]]) -> Iterator[ReadWhat]:
    """What of it is there to be read; what was erased is not."""
    there = [name for each in people.values() for name, value in each.items() if value]
    if any(name.endswith("name") for name in there):
        yield ReadWhat.NAMES
    if any(name.endswith("certificate") for name in there):
        yield ReadWhat.CERTIFICATES


def _silence_would_count(session: Session, record: MaintenanceRecord, notes: Notes) -> bool:
    consent = session.get(SigningConsent, record.consent_id) if record.consent_id is not None else None
    has_objected = any(said.get("what") == OBJECTS for _, said in notes)
    return consent is not None and consent.withdrawn_at is None and not has_objected


def _workers(people: Mapping[str, str]) -> list[tuple[str, str]]:
    numbers = sorted({name.partition(".")[0] for name in people if name.startswith("worker")})
    return [(people.get(f"{one}.name", ""), people.get(f"{one}.certificate", "")) for one in numbers]


def items_of_record(said: Said) -> list[ItemLine]:
    """The items that a record speaks of, each with the numbers of its photos."""
    numbers: dict[str, int] = {}
    for number, digest in enumerate(said.content.get("photos", ()), start=1):
        numbers.setdefault(digest, number)
    photos_of = {
        code: sorted(numbers[one] for one in set(digests) if one in numbers)
        for code, digests in said.content.get("photos_of", {}).items()
    }
    spoken_of = {one["item"] for one in said.items}
    only_shown = [{"item": code, "result": "ok"} for code in photos_of if code not in spoken_of]
    return [_item(one, photos_of.get(one["item"], ())) for one in (*said.items, *only_shown)]


def tests_without_photo(said: Said) -> list[ItemLine]:
    """The tests of this kind of visit that no photo shows, but for those that do not apply."""
    of, kind, found = (said.content.get(name) for name in ("class", "kind", "but"))
    if of not in list(LiftClass) or kind not in list(VisitKind):
        return []
    shown = said.content.get("photos_of", {})
    results = {code: one.get("result") for code, one in (found or {}).items()}
    tests = [one for one in items_of(LiftClass(of), VisitKind(kind)) if one.is_test and one.code not in shown]
    return [_item({"item": one.code, "result": "ok"}) for one in tests if results.get(one.code) != "not_applicable"]


def _item(found: Mapping[str, Any], photos: Sequence[int] = ()) -> ItemLine:
    code = str(found["item"])
    known = item_table().by_code.get(code)
    return ItemLine(
        name=known.name if known is not None else code,
        english=known.english if known is not None else code,
        result=found["result"],
        value=found.get("value", ""),
        unit=known.measure.unit if known is not None and known.measure is not None else "",
        reason=found.get("reason", ""),
        photos=photos,
    )


def _remark(entry: RecordEntry, said: Mapping[str, Any], people: Mapping[str, str]) -> Remark:
    what = said.get("what", entry.kind)
    return Remark(what, people.get("name", ""), said.get("party", ""), said.get("at", ""), said.get("text", ""))
