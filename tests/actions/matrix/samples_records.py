"""Maintenance records."""

from datetime import timedelta
from typing import Any

from phones.world import CITY, NOW, TODAY, World
from sqlmodel import Session

from actions.records.content import RecordContent
from actions.records.upload import Origin, upload_record
from store.notices import RECORD_SIGNATURE, Notice


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def a_record(session: Session, world: World, whose: str) -> dict[str, Any]:
    done = NOW - timedelta(minutes=10)
    worker = {"name": "何师傅", "certificate": "粤A-0001", "signed_at": done}
    ordinary = {"kind": "half_month", "table": "tsg-t5002-2017", "lift_class": "A", "count": 31}
    content = RecordContent.model_validate({**ordinary, "completed_at": done, "workers": [worker]})
    maintainer = world.parties["other_maintainer" if whose == "elsewhere" else "maintainer"]
    origin = Origin(maintainer, f"sample {whose}")
    record = upload_record(session, world.lifts[whose][0], content, origin, now=NOW, today=TODAY)
    return {"record_id": record.id}


def some_words(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_record(session, world, whose) | {"text": "底坑未清洁"}


def a_notice(session: Session, world: World, whose: str) -> dict[str, Any]:
    notice = Notice(
        city_id=CITY, planned_on=TODAY, send_on=TODAY, party_id=world.parties[whose], duty=RECORD_SIGNATURE, rule="",
        step="record_asked", audience="unit_signer", channel_class="chat", template="gp.sign", facts={},
    )  # fmt: skip
    session.add(notice)
    session.flush()
    return {"notice_id": notice.id}


SAMPLES = {
    "waiting_records": nothing,
    "signed_by_silence": nothing,
    "records_to_answer": nothing,
    "records_of_lift": lambda session, world, whose: {"lift_id": world.lifts[whose][0]},
    "record_shown": a_record,
    "record_photo": lambda session, world, whose: a_record(session, world, whose) | {"number": 1},
    "records_of_notice": a_notice,
    "sign_maintenance": lambda session, world, whose: {"record_ids": [a_record(session, world, whose)["record_id"]]},
    "object_to_maintenance": some_words,
    "remark_on_maintenance": some_words,
    "note_on_maintenance": some_words,
}
