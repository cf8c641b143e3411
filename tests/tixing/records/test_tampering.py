"""Every way in which whoever owns the database can change what was written is found, and named."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from store.chain import day_root, entry_hash, fingerprint, tree_root
from tixing.records.closing import leaves_of, root_before
from tixing.records.faults import Wrong
from tixing.records.keeping import check_keeping
from tixing.records.keys import new_key, root_line
from tixing.records.verify import verify
from tixing.settings import Settings

pytestmark = pytest.mark.both_stores
SECOND = "lift_id = 2 AND seq = 2"
COPY = "INSERT INTO record_entry (id, lift_id, seq, day, kind, body, hash) SELECT 900, {0} FROM record_entry WHERE {1}"

# (what is done, the statements, what is found, which lift and place are named)
WAYS: list[tuple[str, list[str], Wrong, tuple[int | None, int | None]]] = [
    ("a body is changed", [f"UPDATE record_entry SET body = :forged WHERE {SECOND}"], Wrong.CHANGED, (2, 2)),
    ("a hash is changed", [f"UPDATE record_entry SET hash = :hash WHERE {SECOND}"], Wrong.CHANGED, (2, 2)),
    ("a day is changed", [f"UPDATE record_entry SET day = '2026-11-19' WHERE {SECOND}"], Wrong.MOVED, (2, 2)),
    ("a kind is changed", [f"UPDATE record_entry SET kind = 'note' WHERE {SECOND}"], Wrong.MOVED, (2, 2)),
    (
        "an entry goes to another lift",
        [f"UPDATE record_entry SET lift_id = 3, seq = 4 WHERE {SECOND}"],
        Wrong.MOVED,
        (3, 4),
    ),
    (
        "two lifts are swapped",
        ["UPDATE record_entry SET seq = seq + 50 WHERE lift_id = 2", "UPDATE record_entry SET lift_id = 2 WHERE "
         "lift_id = 3", "UPDATE record_entry SET lift_id = 3, seq = seq - 50 WHERE seq > 50"],
        Wrong.MOVED,
        (2, 1),
    ),
    ("two change places", ["UPDATE record_entry SET seq = 50 WHERE lift_id = 2 AND seq = 1",
      "UPDATE record_entry SET seq = 1 WHERE lift_id = 2 AND seq = 2",
      "UPDATE record_entry SET seq = 2 WHERE seq = 50"], Wrong.MOVED, (2, 2)),
    ("an entry is copied", [COPY.format("lift_id, 4, day, kind, body, hash", SECOND)], Wrong.MOVED, (2, 4)),
    ("one is copied to another", [COPY.format("3, 4, day, kind, body, hash", SECOND)], Wrong.MOVED, (3, 4)),
    ("a body is cut", [f"UPDATE record_entry SET body = NULL WHERE {SECOND}"], Wrong.CUT, (2, 2)),
    ("one in the middle is removed", [f"DELETE FROM record_entry WHERE {SECOND}"], Wrong.MISSING, (2, 2)),
    ("the last is removed", ["DELETE FROM record_entry WHERE lift_id = 3 AND seq = 3"], Wrong.ROOT, (None, None)),
    ("a root is removed", ["DELETE FROM record_root WHERE day = '2026-11-18'"], Wrong.NO_ROOT, (None, None)),
    ("a root is changed", ["UPDATE record_root SET root = :hash WHERE day = '2026-11-18'"], Wrong.ROOT, (None, None)),
    ("a signature is changed", ["UPDATE record_root SET signature = :hash"], Wrong.UNSIGNED, (None, None)),
    ("a name is changed", ["UPDATE record_personal SET value = '李四' WHERE entry_id = 1"], Wrong.PERSON, (1, 1)),
    ("a name is removed", ["DELETE FROM record_personal WHERE entry_id = 1"], Wrong.PERSON, (1, 1)),
    (
        "a name is emptied",
        ["UPDATE record_personal SET value = NULL, salt = NULL, erased_at = '2026-11-20 00:00:00' WHERE entry_id = 1"],
        Wrong.PERSON,
        (1, 1),
    ),
    ("a photo is changed", ["UPDATE stored_file SET content = :hash WHERE id = 1"], Wrong.PHOTO, (2, 1)),
    ("a photo is removed", ["DELETE FROM record_photo WHERE file_id = 1"], Wrong.PHOTO, (2, 1)),
    ("a signature is made up", ["UPDATE maintenance_record SET state = 'signed', decided_at = '2026-11-20 00:00:00' "
      "WHERE lift_id = 2 AND seq = 2"], Wrong.STANDING, (2, 2)),
    ("a day of a visit is moved", ["UPDATE maintenance_record SET completed_at = '2026-11-10 00:00:00' "
      "WHERE lift_id = 2 AND seq = 2"], Wrong.STANDING, (2, 2)),
    ("one that came late is made to be in time", ["UPDATE maintenance_record SET late_upload = true "
      "WHERE lift_id = 2 AND seq = 2"], Wrong.STANDING, (2, 2)),
    ("a signature is dated back", ["UPDATE maintenance_record SET decided_at = '2026-11-10 00:00:00' "
      "WHERE lift_id = 1 AND seq = 1"], Wrong.STANDING, (1, 1)),
    ("a record leaves the list", ["DELETE FROM maintenance_record WHERE lift_id = 2 AND seq = 2"], Wrong.STANDING,
     (2, 2)),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0])
def test_gp_19_every_way_to_change_a_record_is_found(way, kept):
    _, statements, what, named = way
    if "DELETE FROM record_entry" in statements[0]:  # what points at it goes too
        where = statements[0].partition("WHERE ")[2]
        beside = (f"DELETE FROM {one} WHERE entry_id IN (SELECT id FROM record_entry WHERE {where})" for one in BESIDE)
        statements = [*beside, *statements]
    with kept.administrator() as connection:
        query = text("SELECT body FROM record_entry WHERE lift_id = 2 AND seq = 2")
        body = bytes(connection.execute(query).scalar_one())
        values: dict[str, Any] = {"forged": body.replace(b'"all":31', b'"all":30'), "hash": bytes(range(32))}
        for statement in statements:
            connection.execute(text(statement), {n: v for n, v in values.items() if f":{n}" in statement})
    verdict = kept.verify()
    assert (what, *named) in [(one.what, one.lift_id, one.seq) for one in verdict.faults]
    on_place = {(one.lift_id, one.seq) for one in verdict.faults if one.what == what and one.lift_id}
    assert what in (Wrong.MOVED,) or len(on_place) <= 1, verdict.faults  # and nobody else is


BESIDE = ("record_personal", "record_photo", "maintenance_record")


def test_what_was_only_written_is_good(kept):
    verdict = kept.verify(str(kept.anchors))
    assert verdict.faults == []
    assert (verdict.entries, verdict.lifts, verdict.days, verdict.open_entries) == (13, 3, 3, 1)
    assert verdict.anchors == 3
    assert kept.verify(lift_id=2).entries == 3


def test_a_chain_made_anew_is_found_by_the_roots_and_named_by_anchors(kept):
    """Not one hash is wrong: only the roots say so, and where they are made anew too, what is held elsewhere."""
    with kept.administrator() as connection:
        kept.rebuild(connection, 3, 2, lambda body: body.replace(b'"all":31', b'"all":30'))
    assert {(one.what, one.day) for one in kept.verify().faults} == {
        (Wrong.ROOT, "2026-11-18"),
        (Wrong.ROOT, "2026-11-19"),
    }
    found = [one for one in kept.verify(str(kept.anchors)).faults if one.lift_id]
    assert [(one.what, one.lift_id, one.seq) for one in found] == [(Wrong.ANCHOR, 3, 2)]

    with kept.database.read() as session:
        true = fingerprint(root_before(session, date(2026, 11, 19)))
    thief = new_key(kept.folder / "other")
    _roots_anew(kept, thief)
    assert {one.what for one in kept.verify().faults} == {Wrong.UNSIGNED}
    _roots_anew(kept, kept.signer)  # even with our own key
    assert kept.verify().faults == []
    found = kept.verify(str(kept.anchors)).faults
    assert (Wrong.ANCHOR, 3, 2) in [(one.what, one.lift_id, one.seq) for one in found]
    [noted] = kept.verify(f"2026-11-18={true}").faults
    assert (noted.what, noted.day) == (Wrong.ANCHOR, "2026-11-18")


def _roots_anew(kept, signer) -> None:
    with kept.administrator() as connection:
        session = Session(connection)
        for row in connection.execute(text("SELECT day, lifts, entries FROM record_root ORDER BY day")).all():
            day = row.day if isinstance(row.day, date) else date.fromisoformat(row.day)
            leaves = leaves_of(session, day)
            root = day_root(root_before(session, day), day, row.lifts, row.entries, tree_root(list(leaves.values())))
            values = {"root": root, "key": signer.public if signer else "", "day": row.day}
            signature = signer.sign(root_line(day, row.lifts, row.entries, root)) if signer else b""
            connection.execute(
                text("UPDATE record_root SET root = :root, key = :key, signature = :signature WHERE day = :day"),
                values | {"signature": signature},
            )


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "done",
    ["record_entry SET body = 'text'", "record_entry SET body = 5", "record_entry SET day = 'xx'",
     "record_entry SET seq = 'zz'", "record_root SET day = 'xx'", "record_root SET root = 'text'",
     "record_personal SET salt = 'x', value = x'ff'", "stored_file SET content = 'text'"],
)  # fmt: skip
def test_no_value_of_another_type_ends_a_check(done, kept):
    with kept.administrator() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text(f"UPDATE {done} WHERE rowid = (SELECT max(rowid) FROM {done.split()[0]})"))
    named = [(one.what, one.record, one.day) for one in kept.verify(str(kept.anchors)).faults]
    assert any(record or day for _, record, day in named)
    assert {Wrong.CHANGED, Wrong.ROOT, Wrong.PERSON, Wrong.PHOTO} & {what for what, *_ in named}


@pytest.mark.parametrize(
    ("kind", "said"),
    [("cut", "null"), ("cut", '{"through":"x"}'), ("erased", '{"fields":{"a":["b"]}}'), ("signed", "[" * 9000),
     ("record", '{"but":[1],"completed_at":5,"maintainer":3,"people":[1],"photos":{"a":1}}')],
)  # fmt: skip
def test_no_body_that_says_nonsense_ends_a_check(kind, said, kept):
    """The entry itself is well chained; a body and a name that are gone stay faults beside it."""
    with kept.administrator() as connection:
        last = connection.execute(text("SELECT hash FROM record_entry WHERE lift_id = 2 AND seq = 3")).scalar_one()
        body = f"tixing/1 2 4 2026-11-20 {kind}\n{said}".encode()
        row = {"kind": kind, "body": body, "hash": entry_hash(bytes(last), body)}
        connection.execute(
            text("INSERT INTO record_entry (id, lift_id, seq, day, kind, body, hash) "
                 "VALUES (900, 2, 4, '2026-11-20', :kind, :body, :hash)"), row)  # fmt: skip
        connection.execute(text("UPDATE record_entry SET body = NULL WHERE lift_id = 2 AND seq = 1"))
        connection.execute(
            text("UPDATE record_personal SET salt = NULL, value = NULL, erased_at = '2026-11-20 00:00:00' "
                 "WHERE entry_id = 1"))  # fmt: skip
    found = {(one.what, one.lift_id, one.seq) for one in kept.verify().faults}
    assert {(Wrong.CUT, 2, 1), (Wrong.PERSON, 1, 1)} <= found
    assert ((Wrong.STANDING, 2, 4) in found) == (kind == "record")


def test_roots_that_nobody_signed_after_one_that_was_are_a_fault(kept):
    with kept.administrator() as connection:
        kept.rebuild(connection, 3, 3, lambda body: body.replace(b'"all":31', b'"all":30'))
    _roots_anew(kept, None)
    assert {(one.what, one.day) for one in kept.verify().faults} == {(Wrong.UNSIGNED, "2026-11-17")}
    for made, day in ((18, "2026-11-18"), (20, None)):
        with kept.database.read() as session:
            verdict = verify(session, today=kept.today, trusted=kept.trusted, since=date(2026, 11, made))
        assert [(one.what, one.day) for one in verdict.faults] == ([(Wrong.UNSIGNED, day)] if day else [])
        assert verdict.before_key == (3 if made == 20 else 1), "closed before there was a key"


def test_entries_of_a_day_to_come_are_a_fault(kept):
    """A clock that ran ahead for a moment: everything that follows would wait with it for that day to be closed."""
    there, kept.today = kept.today, date(2030, 1, 1)
    kept.record(1)
    kept.today = there
    kept.record(2)
    assert [(one.what, one.day) for one in kept.verify().faults] == [(Wrong.ROOT, "2030-01-01")]
    said = [str(one) for one in check_keeping(kept.database, Settings(records_key=kept.key), kept.now)]
    assert "2030-01-01" in said[0]


LOOKALIKES = [
    ("when 0 BEGIN SELECT RAISE(ABORT, 'x'); END", "BEGIN RETURN NULL; RAISE EXCEPTION 'x'; END"),
    ("BEGIN SELECT RAISE(ABORT, 'x') WHERE 0; END", "BEGIN CASE WHEN true THEN RETURN OLD; END CASE; RAISE EXCEPTION "
     "'x'; END"),
    ("BEGIN SELECT 1; /* RAISE(ABORT, */ END", "BEGIN\nIF\ntrue THEN RETURN OLD; END IF; RAISE EXCEPTION 'x'; END"),
]  # fmt: skip


@pytest.mark.parametrize("instead", LOOKALIKES)
def test_a_guard_that_only_looks_like_one_is_a_fault(instead, kept):
    with kept.database.engine.execution_options(tixing_write=True).begin() as connection:
        if kept.database.is_sqlite:
            connection.execute(text("DROP TRIGGER tr_record_entry_no_delete"))
            head = "CREATE TRIGGER tr_record_entry_no_delete BEFORE DELETE ON record_entry"
            connection.execute(text(f"{head} {instead[0]}"))
        else:
            refuse = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            connection.execute(text(f"{refuse} $$ {instead[1]} $$"))
    assert {one.what for one in kept.verify().faults} == {Wrong.GUARD}


def test_a_guard_that_is_gone_is_a_fault(kept):
    with kept.database.engine.execution_options(tixing_write=True).begin() as connection:
        if kept.database.is_sqlite:
            connection.execute(text("DROP TRIGGER tr_record_entry_no_update"))
        else:
            connection.execute(text("ALTER TABLE record_entry DISABLE TRIGGER tr_record_entry_no_update"))
    assert [(one.what, "tr_record_entry_no_update" in one.said) for one in kept.verify().faults] == [
        (Wrong.GUARD, True)
    ]
