"""The portal's application, put together from its routers."""

import re

import structlog
from fastapi import FastAPI, Request, Response
from starlette.routing import Mount

from actions.reporting.links import Links
from portal import (
    aliyun_reports,
    aliyun_up,
    health,
    metrics,
    platforms,
    query,
    record_roots,
    report_links,
    telegram,
    twilio,
    twilio_sms,
    twilio_voice,
)
from portal.aliyun import AliyunDoor
from portal.api.app import PATH, Api, document, make_api
from portal.chat import add_chat
from portal.chat_door import ChatDoor
from portal.health import Now
from portal.metrics import Meter
from portal.telegram import TelegramDoor
from portal.twilio import TwilioDoor
from store.database import SILENCE, Database

log = structlog.get_logger(__name__)


def make_app(
    database: Database,
    now: Now,
    twilio_door: TwilioDoor | None = None,
    meter: Meter = Meter(),
    *,
    aliyun_door: AliyunDoor | None = None,
    telegram_door: TelegramDoor | None = None,
    chat_door: ChatDoor | None = None,
    links: Links | None = None,
    api: Api = Api(),
) -> FastAPI:
    """The pages and webhooks of one process over `database`; `now` is its clock, `links` lead to files of reports."""
    app = FastAPI(title="tixing", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.database = database
    app.state.now = now
    app.state.twilio = twilio_door
    app.state.aliyun = aliyun_door
    app.state.telegram = telegram_door
    app.state.meter = meter
    app.state.links = links
    app.state.queries = query.make_limit()
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(query.router)
    app.include_router(platforms.router)
    app.include_router(report_links.router)
    app.include_router(record_roots.router)
    for door in (twilio, twilio_sms, twilio_voice, aliyun_reports, aliyun_up, telegram):
        app.include_router(door.router)
    add_chat(app, chat_door)
    interface = make_api(database, now, api)
    app.add_api_route("/openapi.json", lambda: document(interface), include_in_schema=False)
    below = Mount(PATH, interface)
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)  # a line end in an address is its matter too
    app.router.routes.append(below)
    for silence in SILENCE:
        app.add_exception_handler(silence, ask_to_come_again)
    return app


def ask_to_come_again(request: Request, error: Exception) -> Response:
    """The answer while the store takes nothing: nothing of the request was recorded."""
    # the route and not the path: that may hold a secret
    path = getattr(request.scope.get("route"), "path", "")
    log.error("the store does not answer", path=path, error=type(error).__name__)
    return Response(
        "the store does not answer", status_code=503, headers={"Retry-After": "60"}, media_type="text/plain"
    )
