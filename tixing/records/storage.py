"""Values in columns of another type: SQLite takes them from whoever owns the file, and nothing of ours writes them.

They are found before anything else, and left out of what is read afterwards: no value ends a check.
"""

from sqlmodel import Session

from store.records import EntryKind
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import is_sqlite, rows_of

KINDS = ", ".join(f"'{kind.value}'" for kind in EntryKind)
WHOLE_ENTRY = f"""(typeof(lift_id) = 'integer' AND typeof(seq) = 'integer' AND date(day) IS day AND kind IN ({KINDS})
AND typeof(hash) = 'blob' AND typeof(body) IN ('blob', 'null'))"""
WHOLE_ROOT = """(date(day) IS day AND typeof(lifts) = 'integer' AND typeof(entries) = 'integer'
AND typeof(root) = 'blob' AND typeof(key) = 'text' AND typeof(signature) = 'blob' AND datetime(made_at) IS NOT NULL)"""
ENTRIES = f"""SELECT id, CAST(lift_id AS INTEGER), CAST(seq AS INTEGER) FROM record_entry
WHERE {WHOLE_ENTRY} IS NOT 1 ORDER BY id"""
ROOTS = f"SELECT CAST(day AS TEXT) FROM record_root WHERE {WHOLE_ROOT} IS NOT 1 ORDER BY 1"
SAID = "is not stored as it was written: a column holds a value of another type"


def check_storage(session: Session) -> list[Fault]:
    """A fault for each entry and root with such a value."""
    if not is_sqlite(session):
        return []
    faults = [Fault(Wrong.CHANGED, SAID, lift, seq, number) for number, lift, seq in rows_of(session, ENTRIES)]
    return faults + [Fault(Wrong.ROOT, SAID, day=day) for (day,) in rows_of(session, ROOTS)]
