"""Records, batches of them, photos and statements of delay: what a platform brings, and how its records stand."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from actions.interface.batches import PART, PartError, upload_part
from actions.interface.counts import Happened, count_one, is_worth_counting
from actions.interface.keys import Scope
from actions.interface.models import (
    BatchIn,
    BatchLine,
    BatchOut,
    DelayIn,
    DelayOut,
    FileOut,
    RecordId,
    RecordIn,
    RecordOut,
    RecordPage,
)
from actions.interface.reading import decisions_page, find_record, records_page, shown
from actions.interface.uploading import (
    RejectedError,
    Uploaded,
    keep_file,
    read_record,
    rejected,
    require_readable_lift,
    state_delay,
    upload,
)
from actions.records.content import NO_ZERO, YEARS, Moment
from actions.sniffing import JPEG, PNG
from portal.api.asked import Asked, Once, asking, once, read_body
from portal.api.problems import ProblemError, declared

router = APIRouter()
Writes = Annotated[Asked, asking(Scope.WRITE)]
Reads = Annotated[Asked, asking(Scope.READ)]
Named = Annotated[Once, Depends(once)]
Since = Annotated[Moment | None, Query(description="From this moment on, with its zone.")]
Cursor = Annotated[str, Query(pattern="^[0-9]{0,9}$", description="What `next` said on the page before.")]
LiftCode = Annotated[
    str | None, Query(min_length=1, max_length=200, pattern=NO_ZERO, description="Any code of the lift.")
]
EXTERNAL_ID = re.compile(r"[!-~]{1,100}")
PHOTO = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/records",
    operation_id="upload_record",
    tags=["records"],
    status_code=201,
    response_model=RecordOut,
    responses={200: {"model": RecordOut, "description": "It was uploaded before."}, **declared(408, 409, 413)},
)
def upload_one(record: RecordIn, asked: Writes, named: Named) -> Response:
    """Upload a record. The same one again (the same `external_id`) is answered with 200, and kept once."""

    def work() -> tuple[int, RecordOut]:
        try:
            with asked.database.write() as session:
                uploaded = upload(session, asked.caller, record, asked.now)
                status, [said] = 200 if uploaded.repeated else 201, shown(session, [uploaded.record])
        except RejectedError as error:
            _count_refused(asked, error)
            raise
        return status, said

    return named.answer(asked, work)


@router.post(
    "/records:batch",
    operation_id="upload_batch",
    tags=["records"],
    response_model=BatchOut,
    responses=declared(408, 413),
)
def upload_batch(batch: BatchIn, asked: Writes, named: Named) -> Response:
    """Upload up to 500 records, each as by `POST /records` and each by itself: the answer has a line for each.

    If the connection breaks, send the same again: what was stored is answered as repeated.
    """

    def work() -> tuple[int, BatchOut]:
        lines = _upload_all(asked, batch.records)
        stored = sum(line.status == 201 for line in lines)
        repeated = sum(line.repeated for line in lines)
        out = BatchOut(stored=stored, repeated=repeated, refused=len(lines) - stored - repeated, results=lines)
        if out.refused and out.refused < len(lines):
            with asked.database.write() as session:
                count_one(session, asked.caller.key_id, Happened.MIXED_BATCH, asked.now)
        return 200, out

    return named.answer(asked, work)


@router.get(
    "/records",
    operation_id="list_records",
    tags=["records"],
    response_model=RecordPage,
    responses=declared(),
)
def list_records(asked: Reads, lift: LiftCode = None, since: Since = None, after: Cursor = "") -> RecordPage:
    """The records that this platform uploaded, in the order of their numbers, a hundred on a page.

    Of one `lift` also those that it may read because unit and maintainer have both authorized it (四(四)).
    """
    with asked.database.read() as session:
        lift_id = require_readable_lift(session, asked.caller, lift, asked.now).id if lift is not None else None
        return records_page(session, asked.caller, lift_id=lift_id, since=since, after=int(after or 0), now=asked.now)


@router.get(
    "/records/{record_id}",
    operation_id="get_record",
    tags=["records"],
    response_model=RecordOut,
    responses=declared(404),
)
def get_record(record_id: RecordId, asked: Reads) -> RecordOut:
    """How a record stands, and what was done about it."""
    with asked.database.read() as session:
        found = find_record(session, asked.caller, record_id, asked.now)
        is_news = is_worth_counting(session, asked.caller.key_id, Happened.READ, asked.now)
    if found is None:
        raise ProblemError(404, "unknown_record", "this platform has uploaded no such record for this maintainer")
    if is_news:
        with asked.database.write() as session:
            count_one(session, asked.caller.key_id, Happened.READ, asked.now)
    return found


@router.get(
    "/signatures",
    operation_id="list_signatures",
    tags=["records"],
    response_model=RecordPage,
    responses=declared(),
)
def list_signatures(
    asked: Reads,
    since: Annotated[Moment, Query(description="Decided from this moment on, with its zone.")],
    after: Annotated[str, Query(pattern=r"^(|[0-9T:.Z-]{20,40}/[0-9]{1,9})$", description="What `next` said.")] = "",
) -> RecordPage:
    """The records that units signed or objected to, in the order in which they did, a hundred on a page.

    For whoever has no webhook, and to look up what a webhook may have missed.
    """
    number = -1
    if after:
        moment, _, last = after.partition("/")
        since, number = _moment(moment), int(last)
    with asked.database.read() as session:
        return decisions_page(session, asked.caller, since=since, after=number)


@router.post(
    "/delays",
    operation_id="state_delay",
    tags=["delays"],
    status_code=201,
    response_model=DelayOut,
    responses=declared(408, 409, 413),
)
def state(delay: DelayIn, asked: Writes, named: Named) -> Response:
    """State why a visit is not made in time, and by when it will be. Reminders of it wait until then."""

    def work() -> tuple[int, DelayOut]:
        with asked.database.write() as session:
            kept = state_delay(session, asked.caller, delay, asked.now)
            return 201, DelayOut(
                lift=delay.lift,
                external_id=delay.external_id,
                due_on=kept.due_on,
                until=kept.until_on,
                late=kept.is_late,
            )

    return named.answer(asked, work)


@router.post(
    "/files",
    operation_id="upload_photo",
    tags=["files"],
    status_code=201,
    response_model=FileOut,
    responses=declared(408, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {JPEG.mime: PHOTO, PNG.mime: PHOTO}}},
)
def upload_photo(asked: Writes, content: Annotated[bytes, Depends(read_body)]) -> FileOut:
    """Upload a photo, a JPEG or PNG as it is; a record then names it by its sha256. The same one again is the same."""
    with asked.database.write() as session:
        kept = keep_file(session, asked.caller, content, asked.now)
        return FileOut(sha256=kept.sha256, size=kept.size, mime=kept.mime)


def _upload_all(asked: Asked, batch: Sequence[dict[str, Any]]) -> tuple[BatchLine, ...]:
    """A line for each. Those under names of their own are kept in parts; what cannot be so, by itself after them."""
    lines: dict[int, BatchLine] = {}
    records: dict[int, RecordIn] = {}
    for index, said in enumerate(batch):
        try:
            records[index] = read_record(said)
        except RejectedError as error:
            lines[index] = _line(index, said.get("external_id"), error)
    first = {records[index].external_id: index for index in reversed(records)}
    together = sorted(first.values())
    alone = records.keys() - set(together)
    for start in range(0, len(together), PART):
        part = together[start : start + PART]
        try:
            lines |= _upload_part(asked, {index: records[index] for index in part})
        except PartError:
            alone |= set(part)
    for index in sorted(alone):
        lines[index] = _upload_line(asked, index, records[index])
    return tuple(lines[index] for index in range(len(batch)))


def _upload_part(asked: Asked, part: dict[int, RecordIn]) -> dict[int, BatchLine]:
    """Some records of a batch, in one transaction."""
    with asked.database.write() as session:
        answers = dict(zip(part, upload_part(session, asked.caller, list(part.values()), asked.now), strict=True))
        kept = {index: answer.record for index, answer in answers.items() if isinstance(answer, Uploaded)}
        out = dict(zip(kept, shown(session, list(kept.values())), strict=True))
    return {index: _line(index, part[index].external_id, answer, out.get(index)) for index, answer in answers.items()}


def _upload_line(asked: Asked, index: int, record: RecordIn) -> BatchLine:
    """One record of a batch, in a transaction of its own."""
    try:
        with asked.database.write() as session:
            uploaded = upload(session, asked.caller, record, asked.now)
            [kept] = shown(session, [uploaded.record])
    except RejectedError as error:
        _count_refused(asked, error)
        return _line(index, record.external_id, error)
    return _line(index, record.external_id, uploaded, kept)


def _line(index: int, name: object, answer: Uploaded | RejectedError, kept: RecordOut | None = None) -> BatchLine:
    known = name if isinstance(name, str) and EXTERNAL_ID.fullmatch(name) else None
    if isinstance(answer, RejectedError):
        return BatchLine(index=index, external_id=known, status=answer.status, errors=answer.troubles)
    status = 200 if answer.repeated else 201
    return BatchLine(index=index, external_id=known, status=status, repeated=answer.repeated, record=kept)


def _count_refused(asked: Asked, error: RejectedError) -> None:
    if error.is_of_others:
        with asked.database.write() as session:
            count_one(session, asked.caller.key_id, Happened.REFUSED_LIFT, asked.now)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise rejected(422, "no_page", "say in `after` what `next` said", "after") from error
    if moment.tzinfo is None or moment.year not in YEARS:
        raise rejected(422, "no_page", "say in `after` what `next` said", "after")
    return moment
