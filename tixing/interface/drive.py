"""Drives an implementation of the interface by the acceptance list: another city's, or our own."""

import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from store.records import VisitKind
from store.zone import SHANGHAI
from tixing.client import Client, ProblemError
from tixing.client.api import RecordIn
from tixing.interface.acceptance import RULES, Outcome
from tixing.interface.sandbox import made_up

Check = Callable[[], tuple[bool, str]]
NOT_OURS = "00000000000000000000"
HOOK = "https://platform.example.org/tixing"


class Driver:
    """Asks as a platform would. `lift_class`: of the lifts of this key's maintainer."""

    def __init__(self, base: str, key: str, now: datetime, lift_class: str = "A") -> None:
        self._client, self._nobody = Client(base, key), Client(base, "")
        self._now, self._class = now.astimezone(SHANGHAI), lift_class
        self._run, self._count = secrets.token_hex(4), 0
        self._lifts: list[str] = []

    def run(self) -> list[Outcome]:
        """What was seen of each rule."""
        checks: dict[str, Check] = {
            "no_key": self._no_key,
            "kinds": self._kinds,
            "late": self._late,
            "photo": self._photo,
            "repeat": self._repeat,
            "unchanged": self._unchanged,
            "batch": self._batch,
            "limits": self._limits,
            "named_request": self._named,
            "another_lift": self._another_lift,
            "delay": self._delay,
            "webhook": self._webhook,
            "odd": self._odd,
        }
        return [Outcome(RULES[code], *_tried(check)) for code, check in checks.items()]

    def _record(self, kind: VisitKind = VisitKind.HALF_MONTH, **more: Any) -> RecordIn:
        if not self._lifts:
            self._lifts = [one["lift"] for one in self._client.list_lifts()["lifts"]]
        table: dict[str, Any] = dict(self._client.list_items(lift_class=self._class, kind=kind.value))  # type: ignore[arg-type]
        items = {one["code"]: _fine(one) for one in table["items"] if one.get("unit")}
        self._count += 1
        done = more.pop("done", self._now - timedelta(minutes=30 + self._count))
        began, signed = done - timedelta(minutes=40), done + timedelta(minutes=1)
        said: dict[str, Any] = {
            "lift": self._lifts[self._count % len(self._lifts)],
            "external_id": f"{self._run}/{self._count}",
            "kind": kind.value,
            "table": table["table"],
            "lift_class": self._class,
            "count": table["count"],
            "began_at": began.isoformat(timespec="seconds"),
            "completed_at": done.isoformat(timespec="seconds"),
            "items": items,
            "workers": [
                {"name": made_up()["trial"], "certificate": "TEST-1", "signed_at": signed.isoformat(timespec="seconds")}
            ],
            "place": {"how": "code"},
        }
        whole: RecordIn = {**said, **more}  # type: ignore[typeddict-item]
        return whole

    def _no_key(self) -> tuple[bool, str]:
        return _refused(lambda: self._nobody.list_lifts(), 401)

    def _kinds(self) -> tuple[bool, str]:
        states = [self._client.upload_record(self._record(kind))["state"] for kind in VisitKind]
        return states == ["pending"] * len(VisitKind), f"{len(states)} kinds, {set(states)}"

    def _late(self) -> tuple[bool, str]:
        kept = self._client.upload_record(self._record(done=self._now - timedelta(days=1)))
        return kept["late"], f"late: {kept['late']}"

    def _photo(self) -> tuple[bool, str]:
        photo = self._client.upload_photo(_picture())
        kept = self._client.upload_record(self._record(photos=[photo["sha256"]]))
        return kept["id"] > 0, f"record {kept['id']} with a photo of {photo['size']} bytes"

    def _repeat(self) -> tuple[bool, str]:
        said = self._record()
        first, again = self._client.upload_record(said), self._client.upload_record(said)
        return first == again, f"records {first['id']} and {again['id']}"

    def _unchanged(self) -> tuple[bool, str]:
        said = self._record()
        self._client.upload_record(said)
        return _refused(lambda: self._client.upload_record({**said, "note": made_up()["changed"]}), 409)

    def _batch(self) -> tuple[bool, str]:
        good, bad = self._record(), self._record(lift=NOT_OURS)
        answer = self._client.upload_batch({"records": [dict(good), dict(bad)]})
        lines = [line["status"] for line in answer["results"]]
        return lines == [201, 403] and answer["stored"] == 1, f"lines {lines}"

    def _limits(self) -> tuple[bool, str]:
        said = self._record()
        return self._refuses({**said, "items": {"Z-9-99": {"result": "ok"}}})

    def _named(self) -> tuple[bool, str]:
        said, name = self._record(), f"{self._run}-named"
        first, again = (self._client.upload_record(said, idempotency_key=name) for _ in range(2))
        passed, seen = _refused(lambda: self._client.upload_record(self._record(), idempotency_key=name), 422)
        return passed and first == again, seen

    def _another_lift(self) -> tuple[bool, str]:
        return _refused(lambda: self._client.upload_record(self._record(lift=NOT_OURS)), 403)

    def _delay(self) -> tuple[bool, str]:
        until = (self._now + timedelta(days=20)).date().isoformat()
        name, lift = f"{self._run}/delay", self._record()["lift"]
        kept = self._client.state_delay(
            {
                "lift": lift,
                "external_id": name,
                "reason": "natural_disaster",
                "until": until,
                "words": made_up()["trial"],
            }
        )
        return kept["external_id"] == name, f"due {kept['due_on']}, until {kept['until']}"

    def _webhook(self) -> tuple[bool, str]:
        secret = self._client.set_webhook({"url": HOOK}).get("secret")
        shown = self._client.get_webhook()
        self._client.remove_webhook()
        passed, seen = _refused(self._client.get_webhook, 404)
        return passed and bool(secret) and not shown.get("secret"), f"set, shown without its secret, removed: {seen}"

    def _odd(self) -> tuple[bool, str]:
        odd: tuple[dict[str, Any], ...] = ({"note": "a\0b"}, {"completed_at": "9999-12-31T23:59:59Z"}, {"unknown": 1})
        seen = [self._refuses(self._record(**more)) for more in odd]
        return all(passed for passed, _ in seen), "; ".join(said for _, said in seen)

    def _refuses(self, said: RecordIn) -> tuple[bool, str]:
        return _refused(lambda: self._client.upload_record(said), 422)


def _tried(check: Check) -> tuple[bool, str]:
    try:
        return check()
    except (ProblemError, OSError, KeyError, TypeError, ValueError) as error:
        return False, f"{type(error).__name__}: {error}"[:200]


def _refused(ask: Callable[[], object], status: int) -> tuple[bool, str]:
    try:
        ask()
    except ProblemError as error:
        return error.status == status, f"answered {error.status} {error.code}"
    return False, "taken"


def _fine(item: dict[str, Any]) -> dict[str, str]:
    return {"result": "ok", "value": str(item.get("least") or item.get("most") or "0")}


def _picture() -> bytes:
    """A PNG of one point."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunks(parts))


def _chunks(parts: tuple[tuple[bytes, bytes], ...]) -> Iterator[bytes]:
    for name, content in parts:
        yield struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
