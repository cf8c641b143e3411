"""Whether the database still refuses to change what was written."""

from sqlalchemy import text
from sqlmodel import Session

from tixing.records.faults import Fault, Wrong
from tixing.records.reading import is_sqlite

SERVER = """
SELECT tgname, CASE WHEN tgenabled IN ('O', 'A') THEN pg_get_triggerdef(pg_trigger.oid, true) ELSE '' END, prosrc
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgrelid IN ('record_entry'::regclass, 'record_root'::regclass)
"""
FILE = "SELECT name, sql, 'RAISE EXCEPTION' FROM sqlite_master WHERE type = 'trigger'"
KEPT = ("id", "lift_id", "seq", "day", "kind", "hash")  # what stays of an entry whose body is cut


def check_guards(session: Session) -> list[Fault]:
    """A fault for each trigger that is missing, switched off, or refuses less than it should."""
    there = {name: (said, body) for name, said, body in session.execute(text(FILE if is_sqlite(session) else SERVER))}
    on_file, faults = is_sqlite(session), []
    for table in ("record_entry", "record_root"):
        for verb in ("delete", "update") if on_file else ("delete", "update", "truncate"):
            name = f"tr_{table}_no_{verb}"
            said, body = there.get(name, ("", ""))
            said = said.replace('"', "")
            lets_cut = (table, verb) == ("record_entry", "update")
            calls = f"EXECUTE FUNCTION {'refuse_unless_cut' if lets_cut else 'refuse_change'}("
            wanted = [f"BEFORE {verb.upper()} ON {table}", "RAISE(ABORT" if on_file else calls]
            is_whole = on_file or " WHEN " not in said
            if lets_cut:
                plain = (said if on_file else body).lower()
                is_whole &= all(f"new.{column} = old.{column}" in plain for column in KEPT) and "4 year" in plain
            else:
                is_whole = " WHEN " not in said and " IF " not in body
            if not (is_whole and all(piece in said for piece in wanted) and "RAISE EXCEPTION" in body):
                word = "is gone" if not said else "does not refuse what it should"
                faults.append(Fault(Wrong.GUARD, f"the trigger {name} {word}; `tixing restore` into a new store"))
    return faults
