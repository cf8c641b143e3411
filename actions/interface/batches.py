"""Records of a batch that are kept together, in one transaction: far faster than each by itself."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from actions.interface.counts import Happened, count_one
from actions.interface.keys import Caller
from actions.interface.models import RecordIn
from actions.interface.uploading import (
    RejectedError,
    Uploaded,
    again,
    as_answer,
    come,
    find_lifts,
    known_records,
    only_theirs,
    require_may,
)
from actions.records.upload import Upload, upload_records
from schedules.moments import day_of
from store.appending import TooLongError
from store.lifts import Lift

PART = 50  # so many at a time: others wait no longer for the lifts and, on SQLite, for the store


class PartError(Exception):
    """They cannot be kept together; nothing was changed. Each is to be done by itself."""


def upload_part(
    session: Session, caller: Caller, part: Sequence[RecordIn], now: datetime
) -> list[Uploaded | RejectedError]:
    """Keep records, each under another name: for each the answer that it would have had alone. Raises PartError."""
    known = known_records(session, caller, [one.external_id for one in part])
    lifts = find_lifts(session, caller, [one.lift for one in part])
    answers: dict[int, Uploaded | RejectedError] = {}
    fresh: dict[int, Lift] = {}
    for number, said in enumerate(part):
        try:
            lift, before = only_theirs(lifts.get(said.lift)), known.get(said.external_id)
            if before is None:
                fresh[number] = lift
            else:
                answers[number] = again(session, before, lift, said)
        except RejectedError as why:
            answers[number] = why
    coming: dict[int, Upload] = {}
    barred = _barred(session, caller, list(fresh.values()), now)
    for number, lift in fresh.items():
        try:
            if barred is not None:
                raise barred
            coming[number] = come(session, caller, part[number], lift)
        except RejectedError as why:
            answers[number] = why
    try:
        kept = upload_records(session, list(coming.values()), now=now, today=day_of(now))
    except (IntegrityError, TooLongError) as why:
        raise PartError("they cannot be kept together") from why
    for number, one in zip(coming, kept, strict=True):
        try:
            answers[number] = as_answer(session, one, fresh[number], part[number], now)
        except RejectedError as why:
            answers[number] = why
    for what, times in sorted(Counter(filter(None, map(_counted, answers.values()))).items()):
        count_one(session, caller.key_id, what, now, times=times)
    return [answers[number] for number in range(len(part))]


def _barred(session: Session, caller: Caller, lifts: Sequence[Lift], now: datetime) -> RejectedError | None:
    """Why nothing new of this platform is taken at all."""
    try:
        require_may(session, caller, lifts, now)
    except RejectedError as why:
        return why
    return None


def _counted(answer: Uploaded | RejectedError) -> Happened | None:
    if isinstance(answer, RejectedError):
        return Happened.REFUSED_LIFT if answer.is_of_others else None
    return Happened.REPEATED if answer.repeated else Happened.UPLOADED
