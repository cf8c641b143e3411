"""A day that is over is closed once, its anchor leaves the house, a backup is made; the doctor says what lacks."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from portal.app import make_app
from store.copies import discarded_copy
from tixing.backups.sealing import new_backup_key
from tixing.records.anchors import read_anchors
from tixing.records.faults import Wrong
from tixing.records.keeping import check_keeping
from tixing.records.nightly import keep_records
from tixing.settings import Settings

pytestmark = pytest.mark.both_stores


@pytest.fixture
def settings(kept, tmp_path, monkeypatch):
    new_backup_key(tmp_path / "backup.key")
    url = kept.database.url.render_as_string(hide_password=False)
    return Settings(
        database_url=url, records_key=kept.key, records_anchors=tmp_path / "held", backup_key=tmp_path / "backup.key",
        backup_to=(tmp_path / "one", tmp_path / "two"),
    )  # fmt: skip


def test_days_that_are_over_are_closed_once_and_anchors_catch_up(kept, settings, tmp_path):
    kept.today += timedelta(days=1)
    kept.record(2)
    kept.today += timedelta(days=3)  # the service stood still
    now = kept.now
    assert [one.level for one in check_keeping(kept.database, settings, now)] == ["wrong"] * 3
    made = keep_records(kept.database, settings, now=now)
    assert [one.tried for one in made] == [True, True]
    assert keep_records(kept.database, settings, now=now) == []
    assert sorted(path.name for path in (tmp_path / "held").iterdir()) == [
        f"records-2026-11-{day}.json" for day in (17, 18, 19, 20, 21)
    ]
    verdict = kept.verify(str(tmp_path / "held"))
    assert (verdict.faults, verdict.days, verdict.unsigned_days, verdict.open_entries) == ([], 5, 0, 0)
    assert {one.level for one in check_keeping(kept.database, settings, now)} == {"good"}
    later = now + timedelta(days=3)
    assert "wrong" in {one.level for one in check_keeping(kept.database, settings, later)}

    client = TestClient(make_app(kept.database, lambda: datetime.now(UTC)))
    lines = client.get("/records/roots").text.splitlines()
    published = client.get("/records/roots.json").json()
    assert lines[3].split() == [str(value) for value in published["roots"][0].values()]
    assert "lift" not in json.dumps(published).replace('"lifts"', "")
    (tmp_path / "roots.json").write_text(json.dumps(published))
    held = str(tmp_path / "roots.json")
    assert kept.verify(held).faults == []
    with kept.administrator() as connection:
        connection.execute(text("DELETE FROM record_root WHERE day = '2026-11-21'"))  # the last, and with it its day
        for table in ("maintenance_record", "record_personal", "record_photo", "record_entry"):
            column = "id" if table == "record_entry" else "entry_id"
            last = "(SELECT id FROM record_entry WHERE day = '2026-11-21')"
            connection.execute(text(f"DELETE FROM {table} WHERE {column} IN {last}"))
    assert kept.verify().faults == []  # nothing inside says so
    assert [(one.what, one.day) for one in kept.verify(held).faults] == [(Wrong.ANCHOR, "2026-11-21")]
    assert len(read_anchors([held])) == 5


def test_what_one_part_finds_in_its_way_keeps_no_other_from_its_work(kept, settings, tmp_path):
    held = tmp_path / "held"
    assert len(keep_records(kept.database, settings, now=kept.now)) == 2
    (held / "records-2026-11-18.json").unlink()
    (held / "records-2026-11-19 (1).json").write_text("a copy that another program made")
    (held / "records-2099-01-01.json").write_text("{}")
    kept.today += timedelta(days=1)
    assert len(keep_records(kept.database, settings, now=kept.now)) == 2
    assert {f"records-2026-11-{day}.json" for day in (18, 20)} <= {path.name for path in held.iterdir()}
    kept.today += timedelta(days=1)
    kept.record(1)
    kept.today += timedelta(days=1)
    no_key = settings.model_copy(update={"records_key": tmp_path / "none", "records_anchors": kept.key / "none"})
    assert [one.error for one in keep_records(kept.database, no_key, now=kept.now)] == ["", ""]


def test_our_key_never_signs_a_day_as_another_than_it_was(kept, settings):
    """Whoever removes the roots would have them made anew, over what they made of the chains."""
    keep_records(kept.database, settings, now=kept.now)
    with kept.administrator() as connection:
        connection.execute(text("DELETE FROM record_root"))
        kept.rebuild(connection, 3, 2, lambda body: body.replace(b'"all":31', b'"all":30'))
    keep_records(kept.database, settings, now=kept.now)
    assert {one.what for one in kept.verify(str(settings.records_anchors)).faults} == {Wrong.ANCHOR}
    assert kept.verify().days == 0
    assert "not closed" in str(check_keeping(kept.database, settings, kept.now)[0])


def test_a_rehearsal_takes_only_what_is_recent_of_the_chains(kept):
    kept.today += timedelta(days=100)
    kept.record(1)
    with discarded_copy(kept.database) as copy, copy.read() as session:
        entries = session.execute(text("SELECT count(*) FROM record_entry")).scalar()
        values = session.execute(text("SELECT count(*) FROM record_personal")).scalar()
    assert (entries, values) == ((14, 11) if kept.database.is_sqlite else (1, 1))


def test_who_comes_after_the_closing_counts_for_the_next_day(kept):
    kept.end_day()
    kept.today -= timedelta(days=1)  # a clock that was put back
    kept.record(1)
    kept.today += timedelta(days=1)
    assert kept.verify(str(kept.anchors)).faults == []
