"""What goes in and out of the data interface."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from actions.records.content import MOST_PHOTOS, NO_ZERO, Digest, Line, RecordContent, Strict
from schedules.items import VERSION
from store.records import EntryKind, RecordState, VisitKind
from store.upkeep import DelayReason

MOST_IN_BATCH = 500
LARGEST_ID = 2**31 - 1
LONGEST_URL = 500

ExternalId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
RecordId = Annotated[int, Field(ge=1, le=LARGEST_ID)]

SAMPLE: dict[str, Any] = {
    "lift": "31109900120171000",
    "external_id": "2026-11-23/000001",
    "kind": "half_month",
    "table": VERSION,
    "lift_class": "A",
    "count": 31,
    "began_at": "2026-11-23T09:10:00+08:00",
    "completed_at": "2026-11-23T09:50:00+08:00",
    "items": {"A-1-01": {"result": "fixed", "reason": "清扫机房"}, "A-1-29": {"result": "ok", "value": "8"}},
    "workers": [{"name": "何师傅", "certificate": "粤A-0001", "signed_at": "2026-11-23T09:51:00+08:00"}],
    "place": {"how": "location", "latitude": "23.125001", "longitude": "113.361200", "accuracy_m": 12},
}


class RecordIn(RecordContent):
    """A record of one visit to one lift, as a platform uploads it.

    `lift`: any code by which the register knows it. `external_id`: the platform's own name for the record; the same
    again is the same record. `items`: only what was not simply found in order, and all that was measured. `photos`:
    the sha256 of files that were uploaded before; each of `photos_of` is among them.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SAMPLE]})

    lift: Line
    external_id: ExternalId
    photos: tuple[Digest, ...] = Field(default=(), max_length=MOST_PHOTOS)

    @model_validator(mode="after")
    def _names_its_photos(self) -> Self:
        if not {one for each in self.photos_of.values() for one in each} <= set(self.photos):
            raise ValueError("what photos_of names stands in photos too")
        return self


class BatchIn(Strict):
    """Several records, each by itself: one that is refused keeps none of the others out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"records": [SAMPLE]}]})

    records: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=MOST_IN_BATCH)


class DelayIn(Strict):
    """Why a visit is not made in time, and by when it will be (003 四(五)). `words` where `reason` is other."""

    lift: Line
    external_id: ExternalId
    reason: DelayReason
    until: date
    words: Annotated[str, StringConstraints(max_length=300, pattern=NO_ZERO)] = ""
    photos: tuple[Digest, ...] = Field(default=(), max_length=1)


class EndpointIn(Strict):
    """Where this platform is told what becomes of its records: an https address."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=LONGEST_URL)]


class Act(Strict):
    """What was done about a record: signed, objected to, signed by default, noted."""

    kind: EntryKind
    on: date
    said: dict[str, Any]


class RecordOut(Strict):
    """How a record stands. `late`: uploaded after the day on which it was completed. `hash`: of its entry."""

    id: int
    external_id: str | None
    lift: str
    kind: VisitKind
    state: RecordState
    completed_at: datetime
    uploaded_at: datetime
    sign_by: datetime
    decided_at: datetime | None
    late: bool
    faults: int
    dangerous: bool
    sequence: int
    hash: str
    acts: tuple[Act, ...] = ()


class Trouble(Strict):
    """What is wrong: `code` for programs, `detail` for people, `field` where it is one."""

    code: str
    detail: str
    field: str = ""


class BatchLine(Strict):
    """What became of one record of a batch, by its place (from 0). `status`: as if it had come alone."""

    index: int
    external_id: str | None
    status: int
    repeated: bool = False
    record: RecordOut | None = None
    errors: tuple[Trouble, ...] = ()


class BatchOut(Strict):
    """What became of each record."""

    stored: int
    repeated: int
    refused: int
    results: tuple[BatchLine, ...]


class RecordPage(Strict):
    """Records in the order of their numbers; `next` asks for what follows, and is empty at the end."""

    records: tuple[RecordOut, ...]
    next: str


class LiftOut(Strict):
    """A lift of this maintainer. `lift_class`: its appendix of TSG T5002, where the register says it."""

    lift: str
    names: tuple[str, ...]
    place: str
    unit: str
    lift_class: str | None


class LiftPage(Strict):
    """Lifts; `next` asks for what follows, and is empty at the end."""

    lifts: tuple[LiftOut, ...]
    next: str


class ItemOut(Strict):
    """An item of the table. One with a `unit` is measured: fine from `least` to `most`."""

    code: str
    name: str
    english: str
    requirement: str
    kind: VisitKind
    unit: str | None = None
    least: str | None = None
    most: str | None = None
    photo: bool


class ItemsOut(Strict):
    """The items of a visit of one kind to one class of lift."""

    table: str
    digest: str
    lift_class: str
    kind: VisitKind
    count: int
    items: tuple[ItemOut, ...]


class DelayOut(Strict):
    """A statement of delay as it is kept. `late`: it came after the day on which the visit was due."""

    lift: str
    external_id: str
    due_on: date
    until: date
    late: bool


class FileOut(Strict):
    """A photo as it is kept: name it by its digest in a record's `photos`."""

    sha256: str
    size: int
    mime: str


class EndpointOut(Strict):
    """Where this platform is told. `secret` is shown when it is set, and never again."""

    url: str
    secret: str | None = None
    failing_since: datetime | None = None
    stopped: bool = False
    waiting: int = 0
