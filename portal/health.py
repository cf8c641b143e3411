"""`/healthz`: whether the store answers and when a plan was last completed."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from store.database import Database
from store.notices import PlanRun

router = APIRouter()


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """200 with the day of the last plan, 503 when the store does not answer."""
    database: Database = request.app.state.database
    try:
        with database.read() as session:
            last = session.exec(select(func.max(PlanRun.planned_on))).one()
    except SQLAlchemyError:
        return JSONResponse({"ok": False, "reason": "the store does not answer"}, status_code=503)
    return JSONResponse({"ok": True, "last_plan_on": last.isoformat() if last else None})
