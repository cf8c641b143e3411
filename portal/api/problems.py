"""What goes wrong, as RFC 9457 has it: `application/problem+json`, never with what was sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from actions.interface.models import Trouble
from actions.interface.uploading import RejectedError, troubles_of

MEDIA = "application/problem+json"
AGAIN = {"Retry-After": "60"}


class Problem(BaseModel):
    """Why a request was not done. Nothing of it was stored. `code` is for programs."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    detail: str
    errors: list[Trouble] = Field(default_factory=list)


class ProblemError(Exception):
    """A request that is not done."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.detail, self.headers = status, code, detail, headers
        super().__init__(detail)


def problem(
    status: int, code: str, detail: str, errors: Sequence[Trouble] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The answer."""
    said = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, errors=list(errors))
    return JSONResponse(said.model_dump(mode="json"), status, dict(headers or {}), MEDIA)


def say_rejected(request: Request, error: Exception) -> Response:
    """What a platform uploads is not kept."""
    assert isinstance(error, RejectedError)
    first = error.troubles[0]
    return problem(error.status, first.code, first.detail, error.troubles)


def say_problem(request: Request, error: Exception) -> Response:
    """A request that is not done."""
    assert isinstance(error, ProblemError)
    return problem(error.status, error.code, error.detail, headers=error.headers)


def say_invalid(request: Request, error: Exception) -> Response:
    """A request that is not as the document says."""
    assert isinstance(error, RequestValidationError)
    return problem(422, "invalid", "the request is not as the document says", troubles_of(error.errors()))


def say_http(request: Request, error: Exception) -> Response:
    """What the server itself refuses: no such path, no such method, a body that cannot be read."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name.lower()
    return problem(error.status_code, code, str(error.detail), headers=error.headers)


def say_silent(request: Request, error: Exception) -> Response:
    """The store takes nothing at present: nothing of the request was recorded."""
    return problem(503, "not_now", "the store does not answer, come again", headers=AGAIN)


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route, for the document; those that every route may have come along."""
    said = {400, 401, 403, 422, 429, 503, *statuses}
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(said)}
