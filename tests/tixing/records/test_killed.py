"""Records arrive while backups are made, and the machine is killed: every acknowledged record is there, and good."""

import signal
import subprocess
import sys
from time import monotonic

import pytest
from sqlalchemy import text

from store.database import Database
from tixing.backups.making import How, make_backup
from tixing.backups.restoring import restore

pytestmark = pytest.mark.both_stores
ARRIVE = """
import sys
from datetime import date
from itertools import count
from store.appending import NewEntry, append
from store.database import Database
from store.records import EntryKind
database = Database(sys.argv[1])
for number in count():
    lift = number % 3 + 1
    with database.write() as session:
        new = NewEntry(lift, EntryKind.DELAY, {"number": number}, people={"by": "何师傅"})
        [entry] = append(session, [new], date(2026, 11, 20))
    print(lift, entry.seq, entry.hash.hex(), flush=True)
"""


def test_gp_20_what_was_acknowledged_outlasts_the_machine(kept, stores, store_kind, tmp_path):
    url = kept.database.url.render_as_string(hide_password=False)
    arriving = subprocess.Popen([sys.executable, "-c", ARRIVE, url], stdout=subprocess.PIPE, text=True)
    assert arriving.stdout is not None
    acknowledged = [arriving.stdout.readline()]
    how = How((tmp_path / "one",), trusted=kept.trusted)
    ends, copies = monotonic() + 2, []
    while monotonic() < ends or not copies:
        copies += make_backup(kept.database, how, now=kept.now)
    arriving.send_signal(signal.SIGKILL)
    acknowledged += arriving.stdout.read().splitlines()
    arriving.wait()
    assert all(one.tried for one in copies)  # each was consistent while the others came
    assert 13 < copies[-1].entries <= 13 + len(acknowledged) + 1

    fresh = f"sqlite:///{tmp_path / 'new.sqlite'}" if store_kind == "sqlite" else stores.url(store_kind, tmp_path)
    restore(tmp_path / "one" / copies[-1].name, fresh, None)
    there = hashes(kept.database)
    whole = [line.split() for line in acknowledged if len(line.split()[-1]) == 64]  # the kill cuts the last one off
    assert {tuple(line) for line in whole} <= there
    restored = Database(fresh)
    assert hashes(restored) <= there
    restored.close()
    assert kept.verify(str(kept.anchors)).faults == []


def hashes(database: Database) -> set[tuple[str, ...]]:
    with database.read() as session:
        rows = session.execute(text("SELECT lift_id, seq, hash FROM record_entry")).all()
        return {(str(lift), str(seq), bytes(digest).hex()) for lift, seq, digest in rows}
