"""The application under `/api/v1`, with its document and its own way to say what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from actions.interface.uploading import RejectedError
from portal.api import lifts, records, webhooks
from portal.api.gate import Gate, Limits
from portal.api.problems import (
    Problem,
    ProblemError,
    say_http,
    say_invalid,
    say_problem,
    say_rejected,
    say_silent,
)
from store.database import SILENCE, Database

PATH = "/api/v1"
VERSION = "1.0.0"
ABOUT = """Maintenance records of lifts from other platforms, and what becomes of them.

Every request carries a key (`Authorization: Bearer tx_…`), which opens the data of one maintainer. What goes wrong is
answered as `application/problem+json` (RFC 9457), and nothing of such a request is stored. Records are never changed:
the same upload again is the same record, and a mistake is corrected by a note.
"""
TAGS = [
    {"name": "records", "description": "Records of visits: uploaded once, signed or objected to by the unit."},
    {"name": "delays", "description": "Why a visit is not made in time."},
    {"name": "files", "description": "Photos that records name."},
    {"name": "lifts", "description": "The maintainer's lifts, and the items of TSG T5002."},
    {"name": "webhooks", "description": "Where a platform is told: signed as Standard Webhooks has it."},
]


@dataclass(frozen=True)
class Api:
    """How the data interface behaves. `private`: platforms may be told at private addresses, for a trial."""

    limits: Limits = field(default_factory=Limits)
    private: bool = False


def make_api(database: Database, now: Callable[[], datetime], how: Api) -> FastAPI:
    """The application; it is mounted under `PATH`."""
    app = FastAPI(
        title="tixing data interface",
        version=VERSION,
        description=ABOUT,
        openapi_tags=TAGS,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.database, app.state.now, app.state.private = database, now, how.private
    for router in (records.router, lifts.router, webhooks.router):
        app.include_router(router)
    app.add_exception_handler(RejectedError, say_rejected)
    app.add_exception_handler(ProblemError, say_problem)
    app.add_exception_handler(RequestValidationError, say_invalid)
    app.add_exception_handler(HTTPException, say_http)
    for silence in SILENCE:
        app.add_exception_handler(silence, say_silent)
    app.add_middleware(Gate, database=database, now=now, limits=how.limits)
    return app


def document(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the one model of all that goes wrong."""
    said = api.openapi()
    schemas = said["components"]["schemas"]
    if "Problem" not in schemas:
        of_problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(of_problem.pop("$defs", {}))
        schemas["Problem"] = of_problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
    return said
