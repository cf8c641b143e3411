"""Anchors: what a day came to, held where the database's administrator cannot reach it.

A statement of a day is a small JSON file. In a folder of our own it also names the last hash of each lift that grew, so
that a check says which lift's chain was made anew; what is published does not name them.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from store.records import RecordRoot
from tixing.errors import UsageError
from tixing.records.closing import Closed
from tixing.records.keys import is_signed, root_line

NOTED = re.compile(r"(\d{4}-\d\d-\d\d)[:：]\s*([0-9a-f]{8,64})")  # fewer digits say nothing


class Statement(BaseModel):
    """What a day came to. `lift_hashes`: the last hash (hex) of each lift that grew, by lift."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    day: str
    lifts: int
    entries: int
    root: str
    key: str = ""
    signature: str = ""
    before: str | None = None
    lift_hashes: dict[int, str] | None = None

    @property
    def is_signed(self) -> bool:
        """Whether the key that it names has signed it."""
        try:
            said = root_line(self.day, self.lifts, self.entries, bytes.fromhex(self.root))
            return is_signed(self.key, said, bytes.fromhex(self.signature))
        except ValueError:
            return False


@dataclass
class Anchors:
    """What is held elsewhere: whole statements by day, and first digits of roots that somebody noted."""

    statements: dict[str, list[Statement]] = field(default_factory=dict)
    noted: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many there are."""
        held: list[list[Statement] | list[str]] = [*self.statements.values(), *self.noted.values()]
        return sum(len(each) for each in held)

    @property
    def days(self) -> set[str]:
        """The days of which something is held."""
        return {*self.statements, *self.noted}


def statement_of(row: RecordRoot, before: bytes | None = None, leaves: dict[int, bytes] | None = None) -> Statement:
    """The statement of a day's root."""
    return Statement(
        day=row.day.isoformat(),
        lifts=row.lifts,
        entries=row.entries,
        root=bytes(row.root).hex(),
        key=row.key,
        signature=bytes(row.signature).hex(),
        before=before.hex() if before is not None else None,
        lift_hashes={lift: digest.hex() for lift, digest in leaves.items()} if leaves is not None else None,
    )


def write_anchors(folder: Path, closed: Iterable[Closed]) -> None:
    """A file for each day; one that is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in closed:
        path = anchor_file(folder, one.row.day)
        if path.exists():
            continue
        said = statement_of(one.row, one.before, one.leaves).model_dump_json(indent=1)
        beside = path.with_suffix(".part")
        with beside.open("w", encoding="utf-8") as file:
            file.write(f"{said}\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def anchor_file(folder: Path, day: date) -> Path:
    """Where the folder holds the anchor of a day."""
    return folder / f"records-{day}.json"


def held_root(folder: Path, day: date) -> str | None:
    """The root (hex) of a day as the folder holds it; none where it doesn't."""
    path = anchor_file(folder, day)
    return _read(path)[0].root if path.exists() else None


def read_anchors(given: Iterable[str], fingerprints: Iterable[str] = ()) -> Anchors:
    """Anchors from files, folders of files, and `DAY=DIGITS` as somebody noted them; `fingerprints` as messages say
    them: `DAY:HEX`."""
    found = Anchors()
    for one in fingerprints:
        said = NOTED.fullmatch(one.strip().lower())
        if said is None:
            raise UsageError(
                f"{one!r} is no fingerprint: write it as the message does, such as 2026-11-22:9f86d081884c7d65"
            )
        found.noted.setdefault(said[1], []).append(said[2])
    for one in given:
        day, sign, digits = one.partition("=")
        if sign and len(day) == len("2026-11-22"):
            said = NOTED.fullmatch(f"{day}:{digits.replace('-', '').strip().lower()}")
            if said is None:
                raise UsageError(f"{one!r} says nothing: write DAY=DIGITS, at least eight digits of that day's root")
            found.noted.setdefault(said[1], []).append(said[2])
            continue
        path = Path(one)
        statements = [each for file in _files(path) for each in _read(file)]
        if not statements:
            raise UsageError(f"{path} holds no anchor, so that nothing could be held against it")
        for statement in statements:
            found.statements.setdefault(statement.day, []).append(statement)
    return found


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("records-*.json")) if path.is_dir() else [path]


def _read(path: Path) -> list[Statement]:
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        listed = said.get("roots", [said]) if isinstance(said, dict) else said
        found = [Statement.model_validate(each) for each in listed]
        for one in found:
            date.fromisoformat(one.day)
        return found
    except (ValueError, ValidationError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{path} is no anchor: a file that `tixing records` wrote, or that of /records/roots.json"
        ) from error
