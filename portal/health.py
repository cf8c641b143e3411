"""`/healthz`: 200 while today was planned and the outbox is looked at, else 503 with the reason. Holds no names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from actions.running.health import Health, Reason, check_health
from store.database import Database

Now = Callable[[], datetime]

WORDS = {
    Reason.PAUSED: "nothing is planned or sent since {since}: paused ({cities}); `tixing resume` ends it",
    Reason.PLAN_HELD: "the plan of {day} is held ({cities}); `tixing release` lets it go",
    Reason.NO_PLAN: "no plan was completed today ({today}); the last one is of {last}",
    Reason.NO_DISPATCH: "no pass over the outbox was completed in the last {minutes} minutes; the last one: {last}",
    Reason.PROCESS_SILENT: "no pass by {process} in {minutes} minutes ({silent} silent in all); last: {last}",
    Reason.STUCK: "{notices} notices are due, the oldest for {minutes} minutes, and nothing was handed over since",
}

router = APIRouter()


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """Whether our own work goes on, for a monitor."""
    database: Database = request.app.state.database
    now: Now = request.app.state.now
    try:
        with database.read() as session:
            found = check_health(session, now=now())
    except SQLAlchemyError:
        return JSONResponse({"status": "failing", "reason": "the store does not answer"}, status_code=503)
    return JSONResponse(describe(found), status_code=503 if found.trouble else 200)


def describe(found: Health) -> dict[str, Any]:
    """What `/healthz` says."""
    said: dict[str, Any] = {"status": "failing" if found.trouble else "ok"}
    if found.trouble:
        facts = {name: value or "never" for name, value in found.trouble.facts.items()}
        said |= {"code": found.trouble.reason.value, "reason": WORDS[found.trouble.reason].format(**facts)}
    if found.plan:
        said["plan"] = {
            "day": found.plan.day.isoformat(),
            "at": found.plan.first_at.isoformat(timespec="seconds"),
            "notices": found.plan.amount,
        }
    if found.dispatch:
        said["dispatch"] = {"at": found.dispatch.last_at.isoformat(timespec="seconds")}
    return said
