"""What a route is given: who asks, when, and under which name, so that the same request again has the same answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer, SecurityScopes
from pydantic import BaseModel
from sqlmodel import Session

from actions.interface.answers import find_answer, keep_answer
from actions.interface.keys import Caller
from actions.interface.models import Trouble
from actions.interface.uploading import RejectedError
from portal.api.problems import ProblemError
from store.database import Database
from store.interface import ApiAnswer

REPLAYED = {"Idempotency-Replayed": "true"}
bearer = HTTPBearer(auto_error=False, scheme_name="key", description="A key: tx_PREFIX_SECRET")

Name = Annotated[
    str | None,
    Header(
        pattern="^[!-~]{1,100}$",
        description="Your name for this request. The same request again within 48 hours gets the same answer; another "
        "request under the same name is refused (422).",
    ),
]


@dataclass(frozen=True)
class Asked:
    """A request by a key, with the store and the time."""

    caller: Caller
    database: Database
    now: datetime
    private: bool


def _ask(request: Request, scopes: SecurityScopes, _: Annotated[Any, Depends(bearer)]) -> Asked:
    caller: Caller = request.state.caller
    missing = [scope for scope in scopes.scopes if scope not in caller.scopes]
    if missing:
        raise ProblemError(403, "no_scope", f"this key is not for {', '.join(missing)}")
    if set(request.query_params) - _known_to(request.scope["route"]):
        troubles = [Trouble(code="extra_forbidden", detail="there is no such parameter", field="query")]
        raise RejectedError(422, troubles)
    return Asked(caller, request.app.state.database, request.app.state.now(), request.app.state.private)


def _known_to(route: APIRoute) -> frozenset[str]:
    """The parameters of a route that stand in its address."""
    return frozenset(one.alias for one in route.dependant.query_params)


def asking(*scopes: str) -> Any:
    """The parameter of a route for which a key needs these scopes."""
    return Security(_ask, scopes=list(scopes))


@dataclass(frozen=True)
class Once:
    """A request under a name of the asker's, known again by the digest of all that it says."""

    name: str | None
    digest: str

    def answer(self, asked: Asked, work: Callable[[], tuple[int, BaseModel]]) -> Response:
        """Do it, unless it was answered before. What was refused is tried anew: it may be mended."""
        if self.name is not None:
            with asked.database.read() as session:
                before = find_answer(session, asked.caller.key_id, self.name, asked.now)
            if before is not None:
                return self._again(before)
        status, said = work()
        body = said.model_dump_json()
        if self.name is not None:
            with asked.database.write() as session:
                self._keep(session, asked, status, body)
        return _as_json(status, body)

    def _again(self, before: ApiAnswer) -> Response:
        if before.digest != self.digest:
            raise ProblemError(422, "other_request", "another request came under this Idempotency-Key")
        return _as_json(before.status, before.body, REPLAYED)

    def _keep(self, session: Session, asked: Asked, status: int, body: str) -> None:
        assert self.name is not None
        keep_answer(
            session,
            ApiAnswer(
                key_id=asked.caller.key_id,
                name=self.name,
                digest=self.digest,
                status=status,
                body=body,
                at=asked.now,
            ),
        )


async def read_body(request: Request) -> bytes:
    """What was sent, as it is."""
    return await request.body()


async def once(request: Request, idempotency_key: Name = None) -> Once:
    """The request under its name."""
    said = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    return Once(idempotency_key, sha256(said).hexdigest())


def _as_json(status: int, body: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(json.loads(body), status, headers)
