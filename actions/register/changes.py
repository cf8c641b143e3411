"""What an import changes of lifts that the store knows, counted: for the dry run, and for the threshold."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from heapq import heappush, heappushpop
from typing import Any

from actions.register.other_columns import OTHERS, Pair, columns_changed

EXAMPLES = 10


@dataclass(frozen=True, order=True)
class Example:
    """A lift whose validity moves: by so many days (`far`: without the sign, or the most where it is lost)."""

    far: int
    line: int
    lift: str
    before: str
    after: str | None

    def as_json(self) -> dict[str, Any]:
        """For people who look into the file."""
        return {"line": self.line, "lift": self.lift, "from": self.before, "to": self.after}


@dataclass
class Changes:
    """Counts of lifts, unless a name says otherwise. `known`: named by the file and known to the store before.

    `routine` are new validities that come with a newer inspection in the same row: the ordinary course of a register.
    `numbers`: role of a party → lifts whose people there get other phone numbers, of the lifts that could.
    `others`: by what OTHERS name. `doubled`: new lifts beside as many of `in_use` that the file leaves out.
    """

    known: int = 0
    earlier: int = 0
    later: int = 0
    days_earlier: int = 0
    days_later: int = 0
    new_cycles: int = 0
    routine: int = 0
    lost: int = 0
    gained: int = 0
    use_unit: int = 0
    maintainer: int = 0
    district: int = 0
    status: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    people: int = 0
    people_ended: int = 0
    people_added: int = 0
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    missing: int = 0
    doubled: int = 0
    in_use: int = 0
    _worst: list[Example] = field(default_factory=list)

    @property
    def validity(self) -> int:
        """Lifts whose stated validity becomes another, or none."""
        return self.earlier + self.later + self.lost

    def note_validity(self, line: int, lift: str, before: str | None, after: str | None, *, routine: bool) -> None:
        """A validity, as ISO text, that moves, comes, or goes."""
        if before is None:
            self.gained += 1
            return
        days = 0 if after is None else (date.fromisoformat(after) - date.fromisoformat(before)).days
        if after is None:
            self.lost += 1
        elif days < 0:
            self.earlier += 1
            self.days_earlier = max(self.days_earlier, -days)
        else:
            self.later += 1
            self.days_later = max(self.days_later, days)
        self.routine += routine
        if not routine:
            self._keep(Example(abs(days) if after else 10**6, -line, lift, before, after))

    def note_values(self, changed: dict[str, Pair], on: date) -> None:
        """Other columns of a lift, in a register of this day."""
        if "status" in changed:
            self.status[" > ".join(changed["status"])] += 1
        if changed.get("district_code", (None, None))[0]:
            self.district += 1
        self.others.update(columns_changed(changed, on))

    def as_json(self) -> dict[str, Any]:
        """The object `changes` of `tixing import --dry-run --json`."""
        return {
            "known": self.known,
            "validity": {
                "changed": self.validity,
                "earlier": self.earlier,
                "later": self.later,
                "most_days_earlier": self.days_earlier,
                "most_days_later": self.days_later,
                "new_cycles": self.new_cycles,
                "with_inspection": self.routine,
                "lost": self.lost,
                "gained": self.gained,
            },
            "use_unit": self.use_unit,
            "maintainer": self.maintainer,
            "district": self.district,
            "status": dict(self.status),
            **{name.replace(" ", "_"): self.others[name] for name in OTHERS},
            "contacts": {"before": self.people, "dropped": self.people_ended, "added": self.people_added},
            "lifts_with_other_numbers": {role: behind for role, (behind, _) in self.numbers.items()},
            "missing_from_file": self.missing,
            "new_beside_missing": self.doubled,
            "examples": [example.as_json() for example in self.examples()],
        }

    def examples(self) -> list[Example]:
        """The validities that move farthest, those that are lost first, then by line."""
        worst = sorted(self._worst, reverse=True)
        return [Example(one.far, -one.line, one.lift, one.before, one.after) for one in worst]

    def _keep(self, example: Example) -> None:
        if len(self._worst) < EXAMPLES:
            heappush(self._worst, example)
        else:
            heappushpop(self._worst, example)
