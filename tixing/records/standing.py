"""How each record stands, against the entries that it follows from."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from schedules.moments import day_of, midnight_after
from store.database import table_of
from store.parties import Party
from store.records import EntryKind, RecordState
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import content_of, day_text, dict_of, is_sqlite, list_of, rows_of

STATES = {
    EntryKind.SIGNED: RecordState.SIGNED,
    EntryKind.OBJECTED: RecordState.OBJECTED,
    EntryKind.DEFAULTED: RecordState.SIGNED_BY_DEFAULT,
}
ACTS = """SELECT lift_id, kind, body FROM record_entry
WHERE kind IN ('signed', 'objected', 'defaulted') AND body IS NOT NULL{lift} ORDER BY lift_id, seq"""
RECORDS = """
SELECT e.id, e.lift_id, e.seq, {day}, e.kind, e.body, r.lift_id, r.seq, r.state, r.kind, r.platform, r.faults,
    r.dangerous, r.external_id, r.maintainer_id, r.unit_id, r.source_id, {completed}, {uploaded},
    {sign_by}, {decided}, r.late_upload
FROM record_entry e LEFT JOIN maintenance_record r ON r.entry_id = e.id
WHERE (e.kind = 'record' OR r.id IS NOT NULL){lift} ORDER BY e.id
"""
STRAYS = """SELECT r.id, r.lift_id, r.seq FROM maintenance_record r
LEFT JOIN record_entry e ON e.id = r.entry_id WHERE e.id IS NULL{lift}"""


def check_standing(session: Session, lift_id: int | None = None) -> list[Fault]:
    """Every row says what its entries say: the visit, whose it is, and the last thing that was decided about it."""
    decided: dict[tuple[int, int], tuple[RecordState, str]] = {}
    for lift, kind, body in rows_of(session, ACTS.format(lift=_lift("lift_id", lift_id))):
        said = content_of(body)
        of = said.get("record")
        if isinstance(of, int):
            decided[lift, of] = STATES[EntryKind(kind)], _text(_moment(said.get("at")))
    party = table_of(Party).c
    refs: dict[int | None, str] = dict(session.execute(select(party.id, party.ref)).tuples().all())
    faults = []
    for row in rows_of(session, _records(session, lift_id)):
        number, its_lift, its_seq, day, kind, body, lift, seq, state, said_kind, platform, troubles, danger = row[:13]
        external, maintainer, unit, source, completed, uploaded, sign_by, decided_at, late = row[13:]
        at = (its_lift, its_seq, number, day)
        if lift is None:
            faults.append(Fault(Wrong.STANDING, "is not in the list of records", *at))
            continue
        if kind != EntryKind.RECORD or (lift, seq) != (its_lift, its_seq):
            faults.append(Fault(Wrong.STANDING, "the list of records has another place for it", *at))
            continue
        if body is None:
            continue
        content = content_of(body)
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
            "sign_by": sign_by,
            "decided_at": decided_at or "",
            "late_upload": bool(late),
        }
        written = _said(content)
        written["state"], written["decided_at"] = decided.get((lift, seq), (RecordState.PENDING, ""))
        if written["state"] == RecordState.SIGNED_BY_DEFAULT:
            written["decided_at"] = written["sign_by"]
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
        sign_by=moment.format("r.sign_by"),
        decided=moment.format("r.decided_at"),
        lift=_lift("e.lift_id", lift_id),
    )


def _said(content: dict[str, Any]) -> dict[str, Any]:
    """What the list of records must say of an entry."""
    found = [dict_of(one) for one in (*dict_of(content.get("but")).values(), *list_of(content.get("extra")))]
    source, maintainer, unit = (dict_of(content.get(name)) for name in ("source", "maintainer", "unit"))
    completed, uploaded = _moment(content.get("completed_at")), _moment(content.get("uploaded_at"))
    if completed is None or uploaded is None:
        return {}
    completed = min(completed, uploaded)  # a telephone's clock may be ahead
    return {
        "kind": content.get("kind"),
        "platform": content.get("platform"),
        "faults": sum(one.get("result") == "fault" for one in found),
        "dangerous": content.get("dangerous", False),
        "maintainer": maintainer.get("ref"),
        "unit": unit.get("ref"),
        "source": (source.get("ref"), source.get("id")),
        "completed_at": _text(completed),
        "uploaded_at": _text(uploaded),
        "sign_by": _text(midnight_after(day_of(uploaded))),
        "late_upload": day_of(completed) < day_of(uploaded),
    }


def _moment(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(said).astimezone(UTC) if isinstance(said, str) else None
    except (ValueError, OverflowError):
        return None


def _text(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(" ")[:19] if moment else ""


def _lift(column: str, lift_id: int | None) -> str:
    return "" if lift_id is None else f" AND {column} = {int(lift_id)}"
