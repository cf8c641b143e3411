"""The portal's application, put together from its routers."""

from fastapi import FastAPI

from portal import health
from portal.health import Now
from store.database import Database


def make_app(database: Database, now: Now) -> FastAPI:
    """The pages and webhooks of one process over `database`; `now` is its clock."""
    app = FastAPI(title="tixing", docs_url=None, redoc_url=None)
    app.state.database = database
    app.state.now = now
    app.include_router(health.router)
    return app
