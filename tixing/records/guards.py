"""Whether the database still refuses to change what was written: each trigger is the one that it got, to the letter."""

import re

from sqlalchemy import text
from sqlmodel import Session

from store.records import KEEP_YEARS
from tixing.records.faults import Fault, Wrong
from tixing.records.reading import is_sqlite

SERVER = """
SELECT tgname, CASE WHEN tgenabled IN ('O', 'A') THEN pg_get_triggerdef(pg_trigger.oid, true) ELSE '' END, prosrc
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgrelid IN ('record_entry'::regclass, 'record_root'::regclass)
"""
FILE = "SELECT name, sql, '' FROM sqlite_master WHERE type = 'trigger'"
KEPT = ("id", "lift_id", "seq", "day", "kind", "hash")  # what stays of an entry whose body is cut
SAME = " AND ".join(f"NEW.{column} = OLD.{column}" for column in KEPT)
MAY_CUT = f"NEW.body IS NULL AND OLD.body IS NOT NULL AND {SAME} AND OLD.day < "
ON_FILE = MAY_CUT + f"date('now', '+8 hours', '-{KEEP_YEARS} years')"
ON_SERVER = MAY_CUT + f"(now() AT TIME ZONE 'Asia/Shanghai')::date - interval '{KEEP_YEARS} years'"
RAISE = "RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END"
WORDS = re.compile(r"'[^']*'(?=\);? ?(END)?$)")  # what is said to whoever is refused


def check_guards(session: Session) -> list[Fault]:
    """A fault for each trigger that is missing, switched off, or another than it was."""
    on_file, faults = is_sqlite(session), []
    there = {name: (said, body) for name, said, body in session.execute(text(FILE if on_file else SERVER))}
    for table in ("record_entry", "record_root"):
        for verb in ("delete", "update") if on_file else ("delete", "update", "truncate"):
            name = f"tr_{table}_no_{verb}"
            said, body = (_plain(one) for one in there.get(name, ("", "")))
            if (WORDS.sub("''", said), body) != (_on_file(table, verb) if on_file else _on_server(table, verb)):
                word = "does not refuse what it should" if said else "is gone"
                faults.append(Fault(Wrong.GUARD, f"the trigger {name} {word}; `tixing restore` into a new store"))
    return faults


def _on_file(table: str, verb: str) -> tuple[str, str]:
    when = f" WHEN NOT ({ON_FILE})" if (table, verb) == ("record_entry", "update") else ""
    head = f"CREATE TRIGGER tr_{table}_no_{verb} BEFORE {verb.upper()} ON {table}"
    return f"{head}{when} BEGIN SELECT RAISE(ABORT, ''); END", ""


def _on_server(table: str, verb: str) -> tuple[str, str]:
    lets_cut = (table, verb) == ("record_entry", "update")
    each = "STATEMENT" if verb == "truncate" else "ROW"
    calls = f"FOR EACH {each} EXECUTE FUNCTION {'refuse_unless_cut' if lets_cut else 'refuse_change'}('')"
    body = f"BEGIN IF {ON_SERVER} THEN RETURN NEW; END IF; {RAISE}" if lets_cut else f"BEGIN {RAISE}"
    return f"CREATE TRIGGER tr_{table}_no_{verb} BEFORE {verb.upper()} ON {table} {calls}", body


def _plain(said: str) -> str:
    return " ".join(said.replace('"', "").split())
