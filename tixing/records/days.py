"""Roots of days against the entries, the keys that signed them, and what is held elsewhere."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from store.chain import START, day_root, tree_root
from store.database import table_of
from store.records import RecordEntry, RecordRoot
from tixing.records.anchors import Anchors, Statement, statement_of
from tixing.records.chains import Leaves
from tixing.records.faults import Fault, Verdict, Wrong
from tixing.records.reading import is_sqlite
from tixing.records.storage import WHOLE_ROOT

NAMED = 20  # lifts of a day that are named where nothing says which of them it is
AHEAD = timedelta(days=1)  # a clock that was put back over midnight; what is further ahead was never today


@dataclass(frozen=True)
class Day:
    """What the entries of a day come to."""

    tree: bytes
    lifts: int
    entries: int


class Days:
    """Collects the days of a pass, then holds them against the roots. `trusted`: no keys, no question of signatures.
    `since`: when the first of them was made; older days may have been closed before there was a key."""

    def __init__(
        self, verdict: Verdict, anchors: Anchors, trusted: frozenset[str], today: date, since: date | None = None
    ) -> None:
        self.verdict = verdict
        self._since = since.isoformat() if since is not None else ""
        self._anchors, self._trusted = anchors, trusted
        self._ahead = (today + AHEAD).isoformat()
        self._bare: list[str] = []  # days without a signature, on which none with one stands yet
        self._days: dict[str, Day] = {}
        self._leaves: dict[str, Leaves] = {}
        self._differing: dict[int, str] = {}  # by lift: the first day on which its last hash was another

    def take(self, day: str, leaves: Leaves, entries: int) -> None:
        """A day whose entries were all seen."""
        ordered = [leaves[lift] for lift in sorted(leaves)]
        self._days[day] = Day(tree_root(ordered), len(leaves), entries)
        for statement in self._anchors.statements.get(day, ()):
            for lift, digest in (statement.lift_hashes or {}).items():
                if leaves.get(lift, b"").hex() != digest and self._differing.get(lift, day) >= day:
                    self._differing[lift] = day

    def check(self, session: Session) -> None:
        """Every root, in the order of days."""
        query = select(RecordRoot).order_by(col(RecordRoot.day))
        roots = session.execute(query.where(text(WHOLE_ROOT)) if is_sqlite(session) else query).scalars().all()
        found = {row.day.isoformat(): row for row in roots}
        before, instead = START, START
        last = max(found, default="")
        self.verdict.days = len(found)
        for day in sorted({*found, *self._days, *self._anchors.days}):
            row, seen = found.get(day), self._days.get(day)
            if seen is not None and day > self._ahead:
                self._fault(Wrong.ROOT, "its entries are of a day to come: no root counts them, nor what follows", day)
            if row is None:
                self._without_root(day, seen, last)
                if seen is not None:
                    instead = day_root(before, date.fromisoformat(day), seen.lifts, seen.entries, seen.tree)
                continue
            self._signature(row)
            self._anchored(row)
            made = [day_root(one, row.day, seen.lifts, seen.entries, seen.tree) for one in (before, instead) if seen]
            if bytes(row.root) not in made or (seen and (seen.lifts, seen.entries) != (row.lifts, row.entries)):
                self._differs(session, row, seen)
            before, instead = bytes(row.root), made[0] if made else bytes(row.root)
        self.verdict.before_key = sum(day < self._since for day in self._bare)
        self._bare = [day for day in self._bare if day >= self._since]
        if self._trusted and self._bare:
            said = f"from here on no known key has signed a root ({len(self._bare)} days)"
            self._fault(Wrong.UNSIGNED, said, self._bare[0])
        for lift, day in sorted(self._differing.items()):
            self._name(session, lift, day)

    def _without_root(self, day: str, seen: Day | None, last: str) -> None:
        if day in self._anchors.days:
            self._fault(Wrong.ANCHOR, "its root is held elsewhere, and is gone here", day)
        elif seen is not None and day < last:
            self._fault(Wrong.NO_ROOT, f"{seen.entries} entries and no root, though later days have one", day)
        elif seen is not None:
            self.verdict.open_entries += seen.entries

    def _signature(self, row: RecordRoot) -> None:
        day = row.day.isoformat()
        if not row.key:
            self.verdict.unsigned_days += 1
            self._bare.append(day)
        elif not statement_of(row).is_signed:
            self._fault(Wrong.UNSIGNED, "the signature of its root is not that of its key", day)
        elif self._trusted and row.key not in self._trusted:
            self._fault(Wrong.UNSIGNED, f"its root is signed by a key that is not known: {row.key[:16]}…", day)
        else:
            self._bare.clear()  # it covers the days before it

    def _anchored(self, row: RecordRoot) -> None:
        day, root = row.day.isoformat(), bytes(row.root).hex()
        for statement in self._anchors.statements.get(day, ()):
            if not self._believed(statement):
                self._fault(Wrong.ANCHOR, "the anchor itself is not signed by a known key", day)
            if statement.root != root or (statement.lifts, statement.entries) != (row.lifts, row.entries):
                self._fault(Wrong.ANCHOR, f"held elsewhere {statement.root[:20]}…, here {root[:20]}…", day)
        for digits in self._anchors.noted.get(day, ()):
            if not digits or not root.startswith(digits):
                self._fault(Wrong.ANCHOR, f"noted was {digits}, here it is {root[: len(digits)]}", day)

    def _believed(self, statement: Statement) -> bool:
        if not statement.key:
            return True
        return statement.is_signed and (not self._trusted or statement.key in self._trusted)

    def _differs(self, session: Session, row: RecordRoot, seen: Day | None) -> None:
        entries, lifts = (seen.entries, seen.lifts) if seen else (0, 0)
        said = f"its root counts {row.entries} entries of {row.lifts} lifts, there are {entries} of {lifts}"
        if (entries, lifts) == (row.entries, row.lifts):
            entry = table_of(RecordEntry).c
            grew = select(entry.lift_id).where(entry.day == row.day).distinct().order_by(entry.lift_id)
            some = session.execute(grew.limit(NAMED)).scalars().all()
            more = f" and {lifts - len(some)} more" if lifts > len(some) else ""
            said = f"a chain was made anew, of one of the lifts {', '.join(map(str, some))}{more}"
        self._fault(Wrong.ROOT, said, row.day.isoformat())

    def _name(self, session: Session, lift: int, day: str) -> None:
        """The entries of a lift from which on its chain is another than the one that is held elsewhere."""
        entry = table_of(RecordEntry).c
        first = select(func.min(entry.seq), func.min(entry.id)).where(entry.lift_id == lift)
        seq, number = session.execute(first.where(entry.day == date.fromisoformat(day))).one()
        said = "from here on the chain is not the one that is held elsewhere"
        if seq is None:
            said = "what the lift got on this day is gone"
        self.verdict.faults.append(Fault(Wrong.ANCHOR, said, lift, seq, number, day))

    def _fault(self, what: Wrong, said: str, day: str) -> None:
        self.verdict.faults.append(Fault(what, said, day=day))
