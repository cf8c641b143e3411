"""How records are chained: pure functions from bytes to hashes; docs/records.md is for those who check by themselves.

Each lift has a chain of entries. An entry's body is a first line that places it, and JSON in one canonical form; its
hash covers the hash before it. Once a day the last hash of each lift that got an entry goes into a tree (RFC 6962's,
without its signatures), and the tree with the root of the day before into the root of the day.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

VERSION = "tixing/1"
START = bytes(32)  # what stands before the first entry of a lift, and before the first day
ENTRY, NODE, DAY = b"\x00", b"\x01", b"\x02"  # one kind of hash is never taken for another
SALT_BYTES = 16
FINGERPRINT = 16  # hex digits
LONGEST_BODY = 65_536  # bytes

Side = Literal["left", "right"]  # where the other one stands

_sha256 = hashlib.sha256


def first_line(lift_id: int, seq: int, day: str, kind: str) -> str:
    """What places an entry: whose chain, where in it, on which business day (ISO), of which kind."""
    return f"{VERSION} {lift_id} {seq} {day} {kind}\n"


def canonical(content: Any) -> str:
    """JSON in its one form: keys in order, no blanks, Chinese as it is. ValueError for a float, which has several."""
    _refuse_floats(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entry_body(lift_id: int, seq: int, day: date, kind: str, content: Any) -> bytes:
    """The bytes of an entry, as they are kept for ever."""
    return (first_line(lift_id, seq, day.isoformat(), kind) + canonical(content)).encode()


def entry_hash(before: bytes, body: bytes) -> bytes:
    """The hash of an entry; `before` is that of the lift's entry before it, or `START`."""
    return _sha256(ENTRY + before + body).digest()


def read_content(body: bytes) -> dict[str, Any]:
    """What an entry says."""
    content: dict[str, Any] = json.loads(body.partition(b"\n")[2])
    return content


def new_salt() -> bytes:
    """One for each personal value, so that nobody finds it by trying names and numbers."""
    return secrets.token_bytes(SALT_BYTES)


def salted(salt: bytes, value: str) -> str:
    """What stands in a body for a person's name or number: erased with its salt, it says nothing any more."""
    return _sha256(salt + value.encode()).hexdigest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes in their order; ValueError where there is none."""
    if not leaves:
        raise ValueError("a tree needs a leaf")
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def tree_path(leaves: Sequence[bytes], position: int) -> list[tuple[Side, str]]:
    """The hashes (hex) with which one leaf gives the root, from below; "left" or "right" is where each stands."""
    path: list[tuple[Side, str]] = []
    level = list(leaves)
    while len(level) > 1:
        beside = position ^ 1
        if beside < len(level):
            path.append(("left" if beside < position else "right", level[beside].hex()))
        level, position = _parents(level), position // 2
    return path


def climb(leaf: bytes, path: Iterable[tuple[str, str]]) -> bytes:
    """The root that a leaf and its path give."""
    for side, other in path:
        beside = bytes.fromhex(other)
        leaf = _sha256(NODE + beside + leaf).digest() if side == "left" else _sha256(NODE + leaf + beside).digest()
    return leaf


def day_line(day: date, lifts: int, entries: int) -> str:
    """What a day's root counts: lifts that got an entry, and their entries."""
    return f"{VERSION} {day.isoformat()} {lifts} {entries}\n"


def day_root(before: bytes, day: date, lifts: int, entries: int, tree: bytes) -> bytes:
    """The root of a day; `before` is that of the day before it that has one, or `START`."""
    return _sha256(DAY + day_line(day, lifts, entries).encode() + before + tree).digest()


def fingerprint(root: bytes) -> str:
    """The first digits of a root, as messages to people say them."""
    return root.hex()[:FINGERPRINT]


def _parents(level: list[bytes]) -> list[bytes]:
    """The level above: pairs are hashed, one that is left alone goes up as it is."""
    above = [_sha256(NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*above, level[-1]] if len(level) % 2 else above


def _refuse_floats(content: Any) -> None:
    if isinstance(content, float):
        raise ValueError(f"{content!r} in an entry: write numbers with a fraction as text")
    if isinstance(content, dict):
        for key, value in content.items():
            if not isinstance(key, str):
                raise ValueError(f"{key!r} is a key in an entry: keys are text")
            _refuse_floats(value)
    elif isinstance(content, list | tuple):
        for value in content:
            _refuse_floats(value)
