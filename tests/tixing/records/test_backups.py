"""A backup holds everything of one moment, in two places, sealed; what is restored from it is what was written."""

import gzip
import os
import tarfile
from datetime import timedelta

import pytest
from sqlalchemy import text

from store.backups import Backup, last_backups
from store.database import Database
from tixing.backups.making import How, is_due, make_backup, remove_old, try_backup
from tixing.backups.restoring import restore
from tixing.backups.sealing import new_backup_key
from tixing.errors import TixingError, UsageError

pytestmark = pytest.mark.both_stores


def test_gp_20_two_backups_are_kept_and_each_was_restored(kept, stores, store_kind, tmp_path):
    key = tmp_path / "backup.key"
    new_backup_key(key)
    how = How((tmp_path / "one", tmp_path / "two"), key, trusted=kept.trusted)
    assert is_due(kept.database, how, kept.now)
    log = make_backup(kept.database, how, now=kept.now)
    assert [(line.error, line.entries, line.sealed, line.tried) for line in log] == [("", 13, True, True)] * 2
    assert not is_due(kept.database, how, kept.now)
    assert is_due(kept.database, how, kept.now + timedelta(days=1))
    [one], [two] = ((tmp_path / place).iterdir() for place in ("one", "two"))
    assert not tarfile.is_tarfile(one)

    fresh = stores.url(store_kind, tmp_path)
    if store_kind == "sqlite":
        fresh = f"sqlite:///{tmp_path / 'new' / 'store.sqlite'}"
    with pytest.raises(UsageError, match="sealed"):
        restore(two, fresh, None)
    assert restore(two, fresh, key).entries == 13
    with pytest.raises(UsageError):  # never over what is there
        restore(two, fresh, key)
    kept.database, lost = Database(fresh), kept.database
    assert kept.verify(str(kept.anchors)).faults == []
    kept.record(1)  # life goes on where it stood
    assert kept.verify().entries == 14
    kept.database.close()
    kept.database = lost


def test_a_backup_that_was_edited_is_found(kept, tmp_path):
    how = How((tmp_path / "one",), trusted=kept.trusted)
    with kept.administrator() as connection:
        connection.execute(text("UPDATE record_personal SET value = '李四' WHERE entry_id = 1"))
    [line] = make_backup(kept.database, how, now=kept.now)
    assert (line.error, line.tried) == ("", False)  # kept, and said to be no good
    with pytest.raises(TixingError, match="person"):
        try_backup(tmp_path / "one" / line.name, None, kept.database, kept.trusted, tmp_path)
    whole = (tmp_path / "one" / line.name).read_bytes()
    torn = tmp_path / "tixing-torn.tar.gz"
    flipped = bytearray(gzip.compress(gzip.decompress(whole), 0))  # so that no part of it is found by unpacking alone
    flipped[len(flipped) // 2] ^= 1
    for content in (whole[: len(whole) // 2], flipped):
        torn.write_bytes(content)
        with pytest.raises(TixingError, match="whole"):
            try_backup(torn, None, kept.database, kept.trusted, tmp_path)


@pytest.mark.sqlite
def test_a_restored_file_is_whole_and_reads_nothing_of_another_store(kept, tmp_path):
    [line] = make_backup(kept.database, How((tmp_path / "one",), tries=False), now=kept.now)
    good, fresh = tmp_path / "one" / line.name, tmp_path / "new.sqlite"
    left = tmp_path / "new.sqlite-wal"
    left.write_bytes(b"of a store that was removed")
    with pytest.raises(UsageError, match="left of another store"):
        restore(good, f"sqlite:///{fresh}", None)
    left.unlink()
    torn = tmp_path / "torn.tar.gz"
    torn.write_bytes(good.read_bytes()[:-20])
    with pytest.raises(TixingError, match="whole"):
        restore(torn, f"sqlite:///{fresh}", None)
    (tmp_path / "new.sqlite.part").write_bytes(b"the machine was killed")
    assert restore(good, f"sqlite:///{fresh}", None).entries == 13
    assert not list(tmp_path.glob("new.sqlite.part*"))


def test_a_place_that_is_not_there_is_in_the_log_and_tried_again(kept, tmp_path):
    (tmp_path / "file").write_text("no folder")
    how = How((tmp_path / "file", tmp_path / "two"), tries=False)
    bad, good = make_backup(kept.database, how, now=kept.now)
    assert bad.error
    assert not good.error
    assert not is_due(kept.database, how, kept.now + timedelta(minutes=5))
    assert is_due(kept.database, how, kept.now + timedelta(hours=1))
    with kept.database.read() as session:
        there, last = last_backups(session, str(tmp_path / "file"))
        assert there is None
        assert isinstance(last, Backup)


@pytest.mark.one_store
def test_old_backups_go_and_one_of_each_month_stays(tmp_path):
    for month in (9, 10, 11):
        for day in range(1, 29):
            (tmp_path / f"tixing-2026{month:02}{day:02}T180000Z.tar.gz").touch()
    (tmp_path / "tixing-other.tar.gz").touch()
    killed = tmp_path / "tixing-20261101T180000Z.tar.gz.age.part"
    killed.touch()
    os.utime(killed, (0, 0))
    remove_old(tmp_path, 3)
    left = sorted(path.name[7:15] for path in tmp_path.iterdir())
    assert left == ["20260901", "20261001", "20261101", "20261126", "20261127", "20261128", "other.ta"]
