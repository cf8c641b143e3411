"""Generated from the document of the data interface by tixing.interface.client_text: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from tixing.client.connection import Connection

PATH = "/api/v1"


DelayReason = Literal["natural_disaster", "emergency_control", "area_closed", "other"]

EntryKind = Literal["record", "signed", "objected", "defaulted", "note", "delay", "erased", "cut"]

LiftClass = Literal["A", "B", "C", "D"]

RecordState = Literal["pending", "signed", "objected", "signed_by_default"]

Result = Literal["ok", "fixed", "fault", "not_applicable"]

VisitKind = Literal["half_month", "quarter", "half_year", "year"]


class Act(TypedDict):
    """What was done about a record: signed, objected to, signed by default, noted."""

    kind: EntryKind
    on: str
    said: dict[str, Any]


class BatchIn(TypedDict):
    """Several records, each by itself: one that is refused keeps none of the others out."""

    records: list[dict[str, Any]]


class BatchLine(TypedDict):
    """What became of one record of a batch, by its place (from 0). `status`: as if it had come alone."""

    index: int
    external_id: str | None
    status: int
    repeated: NotRequired[bool]
    record: NotRequired[RecordOut | None]
    errors: NotRequired[list[Trouble]]


class BatchOut(TypedDict):
    """What became of each record."""

    stored: int
    repeated: int
    refused: int
    results: list[BatchLine]


class DelayIn(TypedDict):
    """Why a visit is not made in time, and by when it will be (003 四(五)). `words` where `reason` is other."""

    lift: str
    external_id: str
    reason: DelayReason
    until: str
    words: NotRequired[str]
    photos: NotRequired[list[str]]


class DelayOut(TypedDict):
    """A statement of delay as it is kept. `late`: it came after the day on which the visit was due."""

    lift: str
    external_id: str
    due_on: str
    until: str
    late: bool


class EndpointIn(TypedDict):
    """Where this platform is told what becomes of its records: an https address."""

    url: str


class EndpointOut(TypedDict):
    """Where this platform is told. `secret` is shown when it is set, and never again."""

    url: str
    secret: NotRequired[str | None]
    failing_since: NotRequired[str | None]
    stopped: NotRequired[bool]
    waiting: NotRequired[int]


class Extra(TypedDict):
    """An item that the workers added to those of the table (三(二)1(4))."""

    result: Result
    value: NotRequired[float | str | None]
    reason: NotRequired[str]
    item: str


class FileOut(TypedDict):
    """A photo as it is kept: name it by its digest in a record's `photos`."""

    sha256: str
    size: int
    mime: str


class Found(TypedDict):
    """What was found of one item of the table. `value` is as it was read, without its unit."""

    result: Result
    value: NotRequired[float | str | None]
    reason: NotRequired[str]


class ItemOut(TypedDict):
    """An item of the table. One with a `unit` is measured: fine from `least` to `most`."""

    code: str
    name: str
    english: str
    requirement: str
    kind: VisitKind
    unit: NotRequired[str | None]
    least: NotRequired[str | None]
    most: NotRequired[str | None]
    photo: bool


class ItemsOut(TypedDict):
    """The items of a visit of one kind to one class of lift."""

    table: str
    digest: str
    lift_class: str
    kind: VisitKind
    count: int
    items: list[ItemOut]


class LiftOut(TypedDict):
    """A lift of this maintainer. `lift_class`: its appendix of TSG T5002, where the register says it."""

    lift: str
    names: list[str]
    place: str
    unit: str
    lift_class: str | None


class LiftPage(TypedDict):
    """Lifts; `next` asks for what follows, and is empty at the end."""

    lifts: list[LiftOut]
    next: str


class Place(TypedDict):
    """Where it was recorded: degrees (WGS 84) and metres. `how`: by a location that was sent, or by the lift's
    code.
    """

    how: str
    latitude: NotRequired[float | str | None]
    longitude: NotRequired[float | str | None]
    accuracy_m: NotRequired[int | None]


class Problem(TypedDict):
    """Why a request was not done. Nothing of it was stored. `code` is for programs."""

    type: NotRequired[str]
    title: str
    status: int
    code: str
    detail: str
    errors: NotRequired[list[Trouble]]


class RecordIn(TypedDict):
    """A record of one visit to one lift, as a platform uploads it.

    `lift`: any code by which the register knows it. `external_id`: the platform's own name for the record; the
    same again is the same record. `items`: only what was not simply found in order, and all that was measured.
    `photos`: the sha256 of files that were uploaded before; each of `photos_of` is among them.
    """

    kind: VisitKind
    table: str
    lift_class: str
    count: int
    began_at: NotRequired[str | None]
    completed_at: str
    items: NotRequired[dict[str, Any]]
    photos_of: NotRequired[dict[str, Any]]
    extra: NotRequired[list[Extra]]
    workers: list[Worker]
    place: NotRequired[Place | None]
    note: NotRequired[str]
    dangerous: NotRequired[bool]
    lift: str
    external_id: str
    photos: NotRequired[list[str]]


class RecordOut(TypedDict):
    """How a record stands. `late`: uploaded after the day on which it was completed. `hash`: of its entry."""

    id: int
    external_id: str | None
    lift: str
    kind: VisitKind
    state: RecordState
    completed_at: str
    uploaded_at: str
    sign_by: str
    decided_at: str | None
    late: bool
    faults: int
    dangerous: bool
    sequence: int
    hash: str
    acts: NotRequired[list[Act]]


class RecordPage(TypedDict):
    """Records in the order of their numbers; `next` asks for what follows, and is empty at the end."""

    records: list[RecordOut]
    next: str


class Trouble(TypedDict):
    """What is wrong: `code` for programs, `detail` for people, `field` where it is one."""

    code: str
    detail: str
    field: NotRequired[str]


class Worker(TypedDict):
    """Somebody who did the work, and signed. `signed_at` is when they did."""

    name: str
    certificate: str
    signed_at: str


class Client:
    """Asks the data interface at `base`, such as https://lifts.example.org, with a key."""

    def __init__(self, base: str, key: str) -> None:
        self._connection = Connection(base.rstrip("/") + PATH, key)

    def upload_record(self, body: RecordIn, *, idempotency_key: str | None = None) -> RecordOut:
        """Upload a record. The same one again (the same `external_id`) is answered with 200, and kept once."""
        answer: RecordOut = self._connection.ask(
            "POST", "/records", headers={"idempotency-key": idempotency_key}, body=body
        )
        return answer

    def list_records(
        self, *, lift: str | None = None, since: str | None = None, after: str | None = None
    ) -> RecordPage:
        """The records that this platform uploaded, in the order of their numbers, a hundred on a page.

        Of one `lift` also those that it may read because unit and maintainer have both authorized it (四(四)).
        """
        answer: RecordPage = self._connection.ask(
            "GET", "/records", query={"lift": lift, "since": since, "after": after}
        )
        return answer

    def upload_batch(self, body: BatchIn, *, idempotency_key: str | None = None) -> BatchOut:
        """Upload up to 500 records, each as by `POST /records` and each by itself: the answer has a line for each.

        If the connection breaks, send the same again: what was stored is answered as repeated.
        """
        answer: BatchOut = self._connection.ask(
            "POST", "/records:batch", headers={"idempotency-key": idempotency_key}, body=body
        )
        return answer

    def get_record(self, record_id: int) -> RecordOut:
        """How a record stands, and what was done about it."""
        answer: RecordOut = self._connection.ask("GET", f"/records/{record_id}")
        return answer

    def list_signatures(self, *, since: str, after: str | None = None) -> RecordPage:
        """The records that units signed or objected to, in the order in which they did, a hundred on a page.

        For whoever has no webhook, and to look up what a webhook may have missed.
        """
        answer: RecordPage = self._connection.ask("GET", "/signatures", query={"since": since, "after": after})
        return answer

    def state_delay(self, body: DelayIn, *, idempotency_key: str | None = None) -> DelayOut:
        """State why a visit is not made in time, and by when it will be. Reminders of it wait until then."""
        answer: DelayOut = self._connection.ask(
            "POST", "/delays", headers={"idempotency-key": idempotency_key}, body=body
        )
        return answer

    def upload_photo(self, body: bytes) -> FileOut:
        """Upload a photo, a JPEG or PNG as it is; a record then names it by its sha256. The same one again is the
        same.
        """
        answer: FileOut = self._connection.ask("POST", "/files", body=body)
        return answer

    def list_lifts(self, *, after: str | None = None) -> LiftPage:
        """The lifts of this key's maintainer, a hundred on a page."""
        answer: LiftPage = self._connection.ask("GET", "/lifts", query={"after": after})
        return answer

    def list_items(self, *, lift_class: LiftClass, kind: VisitKind) -> ItemsOut:
        """The items of a visit of this kind to a lift of this class (A to D, the appendices of TSG T5002)."""
        answer: ItemsOut = self._connection.ask("GET", "/items", query={"lift_class": lift_class, "kind": kind})
        return answer

    def get_webhook(self) -> EndpointOut:
        """Where this platform is told, and whether it takes what we send."""
        answer: EndpointOut = self._connection.ask("GET", "/webhooks")
        return answer

    def set_webhook(self, body: EndpointIn) -> EndpointOut:
        """Tell us where; the secret in the answer signs what we send, and is shown this once."""
        answer: EndpointOut = self._connection.ask("PUT", "/webhooks", body=body)
        return answer

    def remove_webhook(self) -> None:
        """Tell this platform nothing any more; what waits is dropped, and stays in `GET /signatures`."""
        self._connection.ask("DELETE", "/webhooks")
