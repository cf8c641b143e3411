"""What a check of records can find, and what a checked store comes to."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Wrong(StrEnum):
    """In what way a store is not what was written."""

    CHANGED = "changed"  # body or hash are not those that were written
    MOVED = "moved"  # it says another lift, place, day or kind than its row: copied, swapped, changed
    MISSING = "missing"  # a place in a chain, or the end of it, is gone
    CUT = "cut"  # a body is gone, and nothing says that it might be
    ROOT = "root"  # the entries of a day do not give its root: removed, added, or a chain was made anew
    NO_ROOT = "no_root"  # a finished day has none, though a later one has
    UNSIGNED = "unsigned"  # the signature of a root is not that of a known key
    ANCHOR = "anchor"  # a root that is held elsewhere says otherwise
    GUARD = "guard"  # the database does not refuse changes any more
    PERSON = "person"  # a personal value is not the one that entered the body
    PHOTO = "photo"  # the bytes of a photo are not those that entered the body
    STANDING = "standing"  # how a record stands is not what its entries say


@dataclass(frozen=True)
class Fault:
    """One finding. `record` is the row's id in `record_entry`."""

    what: Wrong
    said: str
    lift_id: int | None = None
    seq: int | None = None
    record: int | None = None
    day: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without what is not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def __str__(self) -> str:
        """In a line."""
        names = {"lift": self.lift_id, "seq": self.seq, "record": self.record, "day": self.day}
        where = " ".join(f"{name} {value}" for name, value in names.items() if value is not None)
        return f"{self.what.value}: {where}{': ' if where else ''}{self.said}"


@dataclass
class Verdict:
    """What was looked at, and what is wrong. `seconds` by part of the work, and how many of them this
    process had a processor."""

    entries: int = 0
    lifts: int = 0
    days: int = 0
    unsigned_days: int = 0
    before_key: int = 0  # of these: closed before there was a key, and none is signed since
    open_entries: int = 0
    anchors: int = 0
    faults: list[Fault] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    worked: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults
