"""How each record stands, against the entries that it follows from."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from store.database import table_of
from store.parties import Party
from store.records import EntryKind, RecordState
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import day_text, is_sqlite, rows_of

STATES = {
    EntryKind.SIGNED: RecordState.SIGNED,
    EntryKind.OBJECTED: RecordState.OBJECTED,
    EntryKind.DEFAULTED: RecordState.SIGNED_BY_DEFAULT,
}
ACTS = """SELECT lift_id, kind, body FROM record_entry
WHERE kind IN ('signed', 'objected', 'defaulted') AND body IS NOT NULL{lift} ORDER BY lift_id, seq"""
RECORDS = """
SELECT e.id, e.lift_id, e.seq, {day}, e.kind, e.body, r.lift_id, r.seq, r.state, r.kind, r.platform, r.faults,
    r.dangerous, r.external_id, r.maintainer_id, r.unit_id, r.source_id, {completed}, {uploaded}
FROM record_entry e LEFT JOIN maintenance_record r ON r.entry_id = e.id
WHERE (e.kind = 'record' OR r.id IS NOT NULL){lift} ORDER BY e.id
"""
STRAYS = """SELECT r.id, r.lift_id, r.seq FROM maintenance_record r
LEFT JOIN record_entry e ON e.id = r.entry_id WHERE e.id IS NULL{lift}"""


def check_standing(session: Session, lift_id: int | None = None) -> list[Fault]:
    """Every row says what its entries say: the visit, whose it is, and the last thing that was decided about it."""
    decided: dict[tuple[int, int], RecordState] = {}
    for lift, kind, body in rows_of(session, ACTS.format(lift=_lift("lift_id", lift_id))):
        of = _content(body).get("record")
        if isinstance(of, int):
            decided[lift, of] = STATES[EntryKind(kind)]
    party = table_of(Party).c
    refs: dict[int | None, str] = dict(session.execute(select(party.id, party.ref)).tuples().all())
    faults = []
    for row in rows_of(session, _records(session, lift_id)):
        number, its_lift, its_seq, day, kind, body, lift, seq, state, said_kind, platform, troubles, danger = row[:13]
        external, maintainer, unit, source, completed, uploaded = row[13:]
        at = (its_lift, its_seq, number, day)
        if lift is None:
            faults.append(Fault(Wrong.STANDING, "is not in the list of records", *at))
            continue
        if kind != EntryKind.RECORD or (lift, seq) != (its_lift, its_seq):
            faults.append(Fault(Wrong.STANDING, "the list of records has another place for it", *at))
            continue
        if body is None:
            continue
        content = _content(body)
        shown = {
            "state": state,
            "kind": said_kind,
            "platform": platform,
            "faults": troubles,
            "dangerous": bool(danger),
            "maintainer": refs.get(maintainer),
            "unit": refs.get(unit),
            "source": (refs.get(source), external),
            "completed_at": completed,
            "uploaded_at": uploaded,
        }
        written = {"state": decided.get((lift, seq), RecordState.PENDING).value, **_said(content)}
        wrong = [name for name, value in shown.items() if written.get(name) != value]
        if wrong:
            faults.append(Fault(Wrong.STANDING, f"the list of records says another {', '.join(wrong)}", *at))
    for number, lift, seq in rows_of(session, STRAYS.format(lift=_lift("r.lift_id", lift_id))):
        faults.append(Fault(Wrong.STANDING, f"record {number} of the list has no entry", lift, seq))
    return faults


def _records(session: Session, lift_id: int | None) -> str:
    moment = "substr({0}, 1, 19)" if is_sqlite(session) else "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    return RECORDS.format(
        day=day_text(session, "e.day"),
        completed=moment.format("r.completed_at"),
        uploaded=moment.format("r.uploaded_at"),
        lift=_lift("e.lift_id", lift_id),
    )


def _said(content: dict[str, Any]) -> dict[str, Any]:
    """What the list of records must say of an entry."""
    found = [*content.get("but", {}).values(), *content.get("extra", [])]
    source = content.get("source", {})
    uploaded = _moment(content.get("uploaded_at"))
    return {
        "kind": content.get("kind"),
        "platform": content.get("platform"),
        "faults": sum(one.get("result") == "fault" for one in found),
        "dangerous": content.get("dangerous", False),
        "maintainer": content.get("maintainer", {}).get("ref"),
        "unit": content.get("unit", {}).get("ref"),
        "source": (source.get("ref"), source.get("id")),
        "completed_at": min(_moment(content.get("completed_at")), uploaded),  # a telephone's clock may be ahead
        "uploaded_at": uploaded,
    }


def _moment(said: str | None) -> str:
    return datetime.fromisoformat(said).astimezone(UTC).isoformat(" ")[:19] if said else ""


def _content(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(bytes(body).partition(b"\n")[2])
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}


def _lift(column: str, lift_id: int | None) -> str:
    return "" if lift_id is None else f" AND {column} = {int(lift_id)}"
