"""One record is proved without the database; what is cut or erased by the law leaves the proof of the rest."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from actions.records.cutting import CuttingError, cut_records, erase_person, may_be_cut
from store.records import EntryKind
from tixing.errors import TixingError, UsageError
from tixing.records.anchors import Anchors, read_anchors
from tixing.records.faults import Wrong
from tixing.records.proofs import Proof, check_proof, prove, read_proof
from tixing.times import business_day, now_utc

pytestmark = pytest.mark.both_stores
NOBODY: frozenset[str] = frozenset()


def test_gp_25_a_record_is_proved_without_the_database(kept):
    """Whoever is asked for paper shows the record and its proof (四(六))."""
    with kept.database.read() as session:
        proofs = [prove(session, number) for number in range(1, 13)]
        with pytest.raises(TixingError, match="not closed"):
            prove(session, 13)
    anchors = read_anchors([str(kept.anchors)])
    assert [check_proof(one, Anchors(), kept.trusted) for one in proofs] == [[]] * 12
    assert [check_proof(one, anchors, NOBODY) for one in proofs] == [[]] * 12
    [unknown] = check_proof(proofs[0], Anchors(), NOBODY)
    assert unknown.what == Wrong.UNSIGNED
    said = json.loads(proofs[0].model_dump_json())
    said["entries"][0] = said["entries"][0].replace('"all":31', '"all":30')
    assert [one.what for one in check_proof(Proof(**said), anchors, kept.trusted)] == [Wrong.CHANGED]


@pytest.mark.one_store
@pytest.mark.parametrize(
    "said",
    [{"entries": []}, {"entries": ["\ud800"]}, {"before": "zz"}, {"path": [["up", "0" * 64]]},
     {"path": [["left", "zz"]]}, {"root": {"day": "xx"}}],
)  # fmt: skip
def test_what_is_no_proof_is_not_checked_at_all(said, kept, tmp_path):
    """One of nothing led to its root too."""
    with kept.database.read() as session:
        whole = json.loads(prove(session, 1).model_dump_json())
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(whole | said | {"root": whole["root"] | said.get("root", {})}))
    with pytest.raises(UsageError, match="no proof"):
        read_proof(path)


@pytest.mark.one_store
def test_what_holds_nothing_is_no_anchor(tmp_path):
    for said in ("2026-11-17=", "2026-11-17=1", "2026-11-17=zzzzzzzz", str(tmp_path)):
        with pytest.raises(UsageError):
            read_anchors([said])


def test_gp_21_records_are_kept_through_the_fourth_anniversary(kept):
    assert may_be_cut(date(2026, 3, 5)) == date(2022, 3, 5)  # it is kept through that day (P11)
    assert may_be_cut(date(2026, 3, 6)) == date(2022, 3, 6)
    now = now_utc()
    with kept.database.write() as session, pytest.raises(CuttingError, match="kept"):
        cut_records(session, by="王五", reason="期满", today=kept.today, now=now, before=kept.today)
    young = "UPDATE record_entry SET body = NULL WHERE id = 1"
    with kept.database.write() as session, pytest.raises(IntegrityError, match="never changed"):
        session.execute(text(young))

    with kept.administrator() as connection:  # four years and a day go by
        for table in ("maintenance_record", "record_photo", "record_personal", "record_entry", "record_root"):
            connection.execute(text(f"DELETE FROM {table}"))
    kept.today = business_day(now) - timedelta(days=5 * 365)
    seq = kept.record(1)
    kept.act(1, seq)
    kept.record(3)
    kept.end_day()
    kept.today = business_day(now)
    kept.record(2)
    with kept.database.write() as session:
        gone = cut_records(session, by="王五", reason="期满", today=kept.today, now=now)
    assert (gone.lifts, gone.pieces) == (2, 3)
    assert kept.verify().faults == []
    assert kept.verify().entries == 6
    with kept.database.read() as session:
        rows = session.execute(text("SELECT kind, body FROM record_entry ORDER BY id")).all()
        assert [(kind, body is None) for kind, body in rows] == [
            ("record", True), ("signed", True), ("record", True), ("record", False), ("cut", False), ("cut", False),
        ]  # fmt: skip
        said = rows[-1].body.decode()
        assert '"through":1' in said
        assert "王五" not in said


def test_a_person_is_erased_and_the_proof_holds(kept):
    kept.record(2, people={"worker1.name": "李四", "worker1.certificate": "粤A-2"})
    kept.end_day()
    with kept.database.write() as session:
        gone = erase_person(session, "李四", by="王五", reason="离职", today=kept.today, now=kept.now)
    assert (gone.lifts, gone.pieces) == (1, 1)
    assert kept.verify().faults == []
    with kept.database.read() as session:
        values = session.execute(text("SELECT value, salt FROM record_personal WHERE field = 'worker1.name'")).all()
        assert ("李四" not in [value for value, _ in values], (None, None) in values) == (True, True)
        erased = session.execute(text("SELECT body FROM record_entry WHERE kind = 'erased'")).scalar_one()
        assert b'"fields":{"4":["worker1.name"]}' in bytes(erased)
        for person, reason in (("", "x"), ("李四", "x" * 2000), ("\udcff", "x")):
            with pytest.raises(CuttingError):
                erase_person(session, person, by="王五", reason=reason, today=kept.today, now=kept.now)
    assert kept.verify(lift_id=2).faults == []


def test_a_note_beside_it_does_not_change_how_a_record_stands(kept):
    kept.act(2, 1, EntryKind.NOTE)
    assert kept.verify().faults == []
    kept.act(2, 1, EntryKind.OBJECTED)  # and the list was not told
    [fault] = kept.verify().faults
    assert (fault.what, fault.lift_id, fault.seq) == (Wrong.STANDING, 2, 1)


def test_gp_22_a_lifts_records_are_found_by_an_index(kept):
    """However many there are: a lift's newest, and one by its place (figures in docs/records.md)."""
    newest = "SELECT * FROM maintenance_record WHERE lift_id = 2 ORDER BY completed_at DESC LIMIT 20"
    one = "SELECT * FROM record_entry WHERE lift_id = 2 AND seq = 3"
    with kept.database.write() as session:
        if not kept.database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
        explain = "EXPLAIN QUERY PLAN " if kept.database.is_sqlite else "EXPLAIN "
        for query, index in ((newest, "ix_maintenance_record_lift"), (one, "record_entry")):
            plan = " ".join(str(row) for row in session.execute(text(explain + query)).all())
            assert index in plan
            assert "INDEX" in plan.upper()
            assert "TEMP B-TREE" not in plan
