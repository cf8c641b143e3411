"""What the generated client stands on: one request, its answer, or the problem that was answered instead."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 60


class ProblemError(Exception):
    """The interface refused (RFC 9457): `status` is HTTP's, `code` is for programs, `errors` says what of it."""

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(said.get("code", ""))
        self.errors: list[dict[str, str]] = list(said.get("errors", []))
        super().__init__(f"{status} {self.code}: {said.get('detail', '')}")


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A key is shown where it was meant to be shown, and nowhere else."""


class Connection:
    """Asks one address with one key."""

    def __init__(self, base: str, key: str, seconds: float = SECONDS) -> None:
        self._base, self._key, self._seconds = base.rstrip("/"), key, seconds
        self._opener = build_opener(_Stay)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | None] | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        """The answer; ProblemError where it is none."""
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        address = self._base + quote(path, safe="/:") + (f"?{urlencode(asked)}" if asked else "")
        said = {name: value for name, value in (headers or {}).items() if value is not None}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        auth = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        request = Request(address, content, {**auth, "Content-Type": kind, **said}, method=method)
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                text = answer.read()
        except HTTPError as error:
            raise ProblemError(error.code, _read(error.read())) from error
        return json.loads(text) if text else None


def _read(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
