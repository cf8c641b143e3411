"""One pass over the entries in the order in which they came: every hash, and every day that is over.

A day's leaves are folded into its root as soon as the pass has left it by two days, so that memory does not grow with
the years.
"""

from collections.abc import Callable, Collection
from hashlib import sha256

from sqlmodel import Session

from store.chain import ENTRY, START, VERSION
from store.records import EntryKind
from tixing.records.faults import Fault, Verdict, Wrong
from tixing.records.reading import day_text, stream

Leaves = dict[int, bytes]
EndOfDay = Callable[[str, Leaves, int], None]
NOTHING = (0, START)
OPEN_DAYS = 2  # transactions at midnight end in either order


class Chains:
    """The heads of all chains while a pass goes over them. `on_day` gets each day that is over, in any order."""

    def __init__(self, verdict: Verdict, on_day: EndOfDay) -> None:
        self.verdict = verdict
        self.heads: dict[int, tuple[int, bytes]] = {}
        self.cut: dict[int, list[tuple[int, int, str]]] = {}  # by lift: entry id, place and day of bodies that are gone
        self._on_day = on_day
        self._instead: dict[int, bytes] = {}  # the hash that an entry should have, where it has another
        self._leaves: dict[str, Leaves] = {}
        self._counts: dict[str, int] = {}
        self._done: set[str] = set()

    def look(self, session: Session, lift_id: int | None = None, *, without: Collection[int] = ()) -> None:
        """Go over all entries, or over those of one lift; `without` those that cannot be read at all."""
        where = "" if lift_id is None else f"WHERE lift_id = {int(lift_id)} "
        if without:
            where += f"{'AND' if where else 'WHERE'} id NOT IN ({', '.join(map(str, sorted(without)))}) "
        order = "id" if lift_id is None else "seq"
        columns = f"id, lift_id, seq, {day_text(session)} AS day, kind, body, hash"
        heads, instead, wrong = self.heads, self._instead, self._wrong
        head_of, make = heads.get, sha256
        day_now, leaves, count = "", Leaves(), 0
        starts: dict[int, bytes] = {}  # of the first lines: what a pass over millions makes once for each lift
        tails: dict[str, bytes] = {}  # and of the day it is at, by kind
        for rows in stream(session, f"SELECT {columns} FROM record_entry {where}ORDER BY {order}"):
            for number, lift, seq, day, kind, body, digest in rows:
                if day != day_now:
                    self._counts[day_now] = self._counts.get(day_now, 0) + count
                    day_now, leaves, count = day, self._day(day), 0
                    tails = {one: f" {day} {one}\n".encode() for one in EntryKind}
                at, before = head_of(lift, NOTHING)
                if not at:
                    starts[lift] = f"{VERSION} {lift} ".encode()
                if (
                    body is None
                    or seq != at + 1
                    or make(ENTRY + before + body).digest() != digest
                    or not body.startswith(b"%b%d%b" % (starts[lift], seq, tails.get(kind, b"")))
                    or instead
                ):
                    wrong(number, lift, seq, day, kind, body, digest)
                heads[lift] = seq, digest
                leaves[lift] = digest
                count += 1
            self.verdict.entries += len(rows)
        self._counts[day_now] = self._counts.get(day_now, 0) + count
        for day in sorted(self._leaves):
            self._end(day)
        self.verdict.lifts = len(heads)

    def _day(self, day: str) -> Leaves:
        if day not in self._leaves:
            for over in sorted(self._leaves)[: 1 - OPEN_DAYS]:
                if over < day:
                    self._end(over)
            if day in self._done:
                said = "entries of this day stand after those of later days"
                self.verdict.faults.append(Fault(Wrong.ROOT, said, day=day))
            self._leaves[day] = {}
        return self._leaves[day]

    def _end(self, day: str) -> None:
        leaves, count = self._leaves.pop(day), self._counts[day]
        if day not in self._done:
            self._done.add(day)
            self._on_day(day, leaves, count)

    def _wrong(self, number: int, lift: int, seq: int, day: str, kind: str, body: bytes | None, digest: bytes) -> None:
        """Say what is wrong with an entry, if anything is: one change is one fault, not one at each that follows."""
        at, before = self.heads.get(lift, NOTHING)
        former = self._instead.pop(lift, None)
        faults = self.verdict.faults
        if seq <= at:
            faults.append(Fault(Wrong.MOVED, f"stands after place {at}", lift, seq, number, day))
        for place in range(at + 1, min(seq, at + 11)):
            faults.append(Fault(Wrong.MISSING, "the entry is gone", lift, place))
        if seq > at + 11:
            faults.append(Fault(Wrong.MISSING, f"and {seq - at - 11} more are gone", lift, at + 11))
        if body is None:
            self.cut.setdefault(lift, []).append((number, seq, day))
            return
        if not body.startswith(f"{VERSION} {lift} {seq} {day} {kind}\n".encode()):
            stands = body.partition(b"\n")[0][:60].decode(errors="replace")
            faults.append(Fault(Wrong.MOVED, f"its body stands for {stands!r}", lift, seq, number, day))
            return
        if seq != at + 1:
            return  # what it stood on is gone or elsewhere
        made = sha256(ENTRY + before + body).digest()
        if made == digest or (former is not None and sha256(ENTRY + former + body).digest() == digest):
            return
        faults.append(Fault(Wrong.CHANGED, "its hash is not that of its body", lift, seq, number, day))
        self._instead[lift] = made
