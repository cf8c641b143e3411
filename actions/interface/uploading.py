"""Uploads of other platforms: whose lift it is, whether it can be so, and each record once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from actions.interface.checking import check_items
from actions.interface.counts import Happened, count_one
from actions.interface.keys import Caller
from actions.interface.models import DelayIn, RecordIn, Trouble
from actions.maintaining.delays import Stating, keep_delay
from actions.paperless.platforms import require_may_upload
from actions.paperless.rights import party_may_read
from actions.photos import find_photo_at, keep_photo_at
from actions.records.upload import Origin, Upload, upload_records
from actions.refusals import Refused
from actions.register.identifiers import normalise_identifier
from schedules.announcements import parties_of
from schedules.moments import day_of
from store.appending import TooLongError
from store.chain import read_content
from store.doors import StoredFile
from store.lifts import Lift, LiftName, LiftRole, Responsibility
from store.records import MaintenanceRecord, RecordEntry, RecordPersonal
from store.upkeep import DelayStatement

SAID = ("kind", "table", "class", "all", "completed_at", "but", "signed_at")
SAID_PERHAPS = ("began_at", "extra", "photos_of", "place", "note", "dangerous")
MOST_TROUBLES = 50
# of a refusal: the field that is wrong, and why, for the engineer of a platform
WHY = {
    "records.not_yet": ("completed_at", "the work cannot have ended then: it is later than now"),
    "records.not_their_lift": ("lift", "on the day of completed_at another maintained this lift"),
    "paperless.not_listed": ("", "this platform is not on the list of the city"),
    "paperless.other_way": ("", "the maintainer has chosen another way of uploading"),
    "paperless.not_matched": ("lift", "the register does not name the maintainer for this lift"),
    "upkeep.delay_until": ("until", "a day from {first}, not before the visit is due, to {last}"),
    "upkeep.nothing_due": ("lift", "no maintenance of this lift is due"),
    "upkeep.other_in_words": ("words", "another reason is said in words"),
    "everyone.too_long": ("words", "at most {most} characters"),
}
OTHERS = ("not_your_lift", "not_their_lift")


class RejectedError(Exception):
    """What a platform uploads is not kept; nothing was changed. `status` is HTTP's."""

    def __init__(self, status: int, troubles: Sequence[Trouble]) -> None:
        self.status = status
        self.troubles = tuple(troubles[:MOST_TROUBLES])
        super().__init__("; ".join(one.detail for one in self.troubles))

    @property
    def is_of_others(self) -> bool:
        """Whether it is of a lift that is not this maintainer's."""
        return self.troubles[0].code in OTHERS


@dataclass(frozen=True)
class Uploaded:
    """A record that is kept. `repeated`: it was already."""

    record: MaintenanceRecord
    repeated: bool


def rejected(status: int, code: str, detail: str, field: str = "") -> RejectedError:
    """One thing that is wrong."""
    return RejectedError(status, [Trouble(code=code, detail=detail, field=field)])


def upload(session: Session, caller: Caller, said: RecordIn, now: datetime) -> Uploaded:
    """Keep a record; the same again where it came before. Raises RejectedError."""
    lift = require_lift(session, caller, said.lift)
    known = known_records(session, caller, [said.external_id]).get(said.external_id)
    if known is None:
        require_may(session, caller, [lift], now)
        coming = come(session, caller, said, lift)
        try:
            with session.begin_nested():
                [kept] = upload_records(session, [coming], now=now, today=day_of(now))
            uploaded = as_answer(session, kept, lift, said, now)
        except TooLongError as error:
            raise rejected(422, "too_long", str(error)) from error
        except IntegrityError as error:  # another request was faster, and it came for another lift
            known = known_records(session, caller, [said.external_id]).get(said.external_id)
            if known is None:
                raise rejected(409, "try_again", "it arrives twice at this moment") from error
            uploaded = again(session, known, lift, said)
    else:
        uploaded = again(session, known, lift, said)
    count_one(session, caller.key_id, Happened.REPEATED if uploaded.repeated else Happened.UPLOADED, now)
    return uploaded


def require_may(session: Session, caller: Caller, lifts: Sequence[Lift], now: datetime) -> None:
    """Whether this platform may upload for the maintainer, and of these lifts. Raises RejectedError."""
    lift_ids = {lift.id for lift in lifts}
    try:
        require_may_upload(session, caller.source_id, caller.party_id, lift_ids, on=day_of(now))
    except Refused as error:
        raise _refused(error) from error


def come(session: Session, caller: Caller, said: RecordIn, lift: Lift) -> Upload:
    """What is to be kept of a record that did not come before. Raises RejectedError."""
    troubles = check_items(said, lift)
    if troubles:
        raise RejectedError(422, troubles)
    key = f"api:{caller.source_id}:{said.external_id}"
    origin = Origin(caller.party_id, key, caller.platform, source_id=caller.source_id, external_id=said.external_id)
    return Upload(lift.id, said, origin, _photos(session, caller, said.photos))


def as_answer(
    session: Session, kept: MaintenanceRecord | Refused, lift: Lift, said: RecordIn, now: datetime
) -> Uploaded:
    """What became of an upload. Raises RejectedError."""
    if isinstance(kept, Refused):
        raise _refused(kept) from kept
    if kept.uploaded_at == now:
        return Uploaded(kept, repeated=False)
    return again(session, kept, lift, said)  # another request was faster


def again(session: Session, known: MaintenanceRecord, lift: Lift, said: RecordIn) -> Uploaded:
    """The record that came before, where it is the same. Raises RejectedError."""
    if known.lift_id != lift.id or not _is_same(session, known, said):
        raise rejected(409, "other_content", "another record came under this external_id", "external_id")
    return Uploaded(known, repeated=True)


def known_records(session: Session, caller: Caller, names: Sequence[str]) -> dict[str | None, MaintenanceRecord]:
    """The records that this platform uploaded under these names of its own."""
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.source_id == caller.source_id, col(MaintenanceRecord.external_id).in_(names)
    )
    return {one.external_id: one for one in session.exec(query)}


def read_record(said: Mapping[str, Any]) -> RecordIn:
    """One record of a batch. Raises RejectedError with all that is wrong."""
    try:
        return RecordIn.model_validate(said)
    except ValidationError as error:
        raise RejectedError(422, troubles_of(error.errors(include_url=False, include_input=False))) from error


def troubles_of(errors: Sequence[Any]) -> list[Trouble]:
    """What a model finds wrong, without what was sent: that may hold names."""
    return [
        Trouble(
            code=str(one["type"]),
            detail=str(one["msg"]).encode("utf-8", "replace").decode(),
            field=".".join(map(str, one["loc"])).encode("utf-8", "replace").decode()[:200],
        )
        for one in errors[:MOST_TROUBLES]
    ]


def state_delay(session: Session, caller: Caller, said: DelayIn, now: datetime) -> DelayStatement:
    """Keep a statement of delay; the same again where it came before. Raises RejectedError."""
    lift = require_lift(session, caller, said.lift)
    key = f"api:{caller.source_id}:{said.external_id}"
    query = select(DelayStatement).where(DelayStatement.key == key)
    photos = [number for number, _ in _photos(session, caller, said.photos)]
    known = session.exec(query).first()
    if known is not None:
        return _same_delay(known, lift, said, photos)
    require_may(session, caller, [lift], now)
    if parties_of(session, [lift.id], [LiftRole.MAINTAINER]).get((lift.id, LiftRole.MAINTAINER)) != caller.party_id:
        raise rejected(403, "not_their_lift", "this maintainer answers for the lift no more", "lift")
    who = Stating(caller.party_id, key, now, day_of(now))
    try:
        keep_delay(
            session, who, lift_ids=[lift.id], reason=said.reason, until=said.until, words=said.words, photos=photos
        )
    except Refused as error:
        raise _refused(error) from error
    count_one(session, caller.key_id, Happened.DELAY, now)
    return _same_delay(session.exec(query).one(), lift, said, photos)  # unless another request was faster


def _same_delay(known: DelayStatement, lift: Lift, said: DelayIn, photos: Sequence[int]) -> DelayStatement:
    """The statement as it is kept, where it is this one. Raises RejectedError."""
    kept = (known.lift_id, known.reason, known.words, known.until_on, known.photo_id)
    if kept != (lift.id, said.reason, " ".join(said.words.split()), said.until, next(iter(photos), None)):
        raise rejected(409, "other_content", "another statement came under this external_id", "external_id")
    return known


def keep_file(session: Session, caller: Caller, content: bytes, now: datetime) -> StoredFile:
    """Keep a photo for records to come; the same again where it came before. Raises RejectedError for what is none."""
    if (known := find_photo_at(session, caller.address, sha256(content).hexdigest())) is not None:
        return known
    require_may(session, caller, [], now)
    try:
        file = keep_photo_at(session, caller.address, content, now=now, today=day_of(now))
    except Refused as error:
        raise rejected(415, "no_photo", "a photo is a JPEG or PNG of at most 10 MB") from error
    count_one(session, caller.key_id, Happened.PHOTO, now)
    return file


def require_lift(session: Session, caller: Caller, name: str) -> Lift:
    """The lift of this name that the maintainer has or had. Of others nothing is said, not even that they exist."""
    return only_theirs(find_lift(session, caller, name))


def only_theirs(lift: Lift | None) -> Lift:
    """The lift that was found. Raises RejectedError where none was."""
    if lift is None:
        raise rejected(403, "not_your_lift", "no lift of this maintainer is known by that code", "lift")
    return lift


def require_readable_lift(session: Session, caller: Caller, name: str, now: datetime) -> Lift:
    """The same, or one of whose records this platform may read some by a grant of both sides."""
    lift = find_lift(session, caller, name)
    if lift is None:
        others = _known_by(session, [name], Lift.city_id == caller.city_id).get(name)
        if others is not None and party_may_read(session, caller.source_id, others.id, day_of(now)):
            lift = others
    return only_theirs(lift)


def find_lift(session: Session, caller: Caller, name: str) -> Lift | None:
    """The one lift of the maintainer that is known by this code."""
    return find_lifts(session, caller, [name]).get(name)


def find_lifts(session: Session, caller: Caller, names: Sequence[str]) -> dict[str, Lift]:
    """Of these codes those by which the maintainer has or had just one lift."""
    theirs = select(Responsibility.lift_id).where(
        Responsibility.party_id == caller.party_id, Responsibility.role == LiftRole.MAINTAINER
    )
    return _known_by(session, names, Lift.city_id == caller.city_id, col(Lift.id).in_(theirs))


def _known_by(session: Session, names: Sequence[str], *which: Any) -> dict[str, Lift]:
    """Of these codes those by which just one of these lifts is known."""
    keys, values = {name.strip() for name in names}, {normalise_identifier(name) for name in names}
    by_key = session.exec(select(Lift.key, Lift).where(*which, col(Lift.key).in_(keys)))
    named = select(LiftName.value, Lift).join(LiftName, col(LiftName.lift_id) == Lift.id)
    by_name = session.exec(named.where(*which, col(LiftName.value).in_(values)))
    at_key: dict[str, dict[int, Lift]] = defaultdict(dict)
    at_name: dict[str, dict[int, Lift]] = defaultdict(dict)
    for found, rows in ((at_key, by_key), (at_name, by_name)):
        for code, lift in rows:
            found[code][lift.id] = lift
    both = {name: at_key[name.strip()] | at_name[normalise_identifier(name)] for name in names}
    return {name: next(iter(found.values())) for name, found in both.items() if len(found) == 1}


def _refused(why: Refused) -> RejectedError:
    """Who may not is 403, what cannot be so is 422."""
    may_not = why.name.startswith("paperless.") or why.name == "records.not_their_lift"
    field, detail = WHY.get(why.name, ("", str(why)))
    return rejected(403 if may_not else 422, why.name.rpartition(".")[2], detail.format(**why.facts), field)


def _photos(session: Session, caller: Caller, digests: Sequence[str]) -> list[tuple[int, str]]:
    found = []
    for digest in dict.fromkeys(digests):
        file = find_photo_at(session, caller.address, digest)
        if file is None:
            raise rejected(422, "unknown_photo", f"no photo {digest} was uploaded", "photos")
        found.append((file.id, digest))
    return found


def _is_same(session: Session, record: MaintenanceRecord, said: RecordIn) -> bool:
    """Whether this is what is kept. Names that were erased since are not asked for."""
    body = session.get_one(RecordEntry, record.entry_id).body
    if body is None:
        return True
    kept, now = read_content(bytes(body)), said.to_keep()
    if any(kept.get(name) != now.get(name) for name in (*SAID, *SAID_PERHAPS)):
        return False
    people = said.people()
    personal = session.exec(select(RecordPersonal).where(RecordPersonal.entry_id == record.entry_id)).all()
    if {one.field for one in personal} != set(people):
        return False
    same_photos = kept.get("photos", []) == list(dict.fromkeys(said.photos))
    return same_photos and all(one.value is None or one.value == people[one.field] for one in personal)
