"""The portal's application, put together from its routers."""

from fastapi import FastAPI

from portal import aliyun_reports, aliyun_up, health, metrics, twilio, twilio_sms, twilio_voice
from portal.aliyun import AliyunDoor
from portal.health import Now
from portal.metrics import Meter
from portal.twilio import TwilioDoor
from store.database import Database


def make_app(
    database: Database,
    now: Now,
    twilio_door: TwilioDoor | None = None,
    meter: Meter = Meter(),
    *,
    aliyun_door: AliyunDoor | None = None,
) -> FastAPI:
    """The pages and webhooks of one process over `database`; `now` is its clock."""
    app = FastAPI(title="tixing", docs_url=None, redoc_url=None)
    app.state.database = database
    app.state.now = now
    app.state.twilio = twilio_door
    app.state.aliyun = aliyun_door
    app.state.meter = meter
    app.include_router(health.router)
    app.include_router(metrics.router)
    for door in (twilio, twilio_sms, twilio_voice, aliyun_reports, aliyun_up):
        app.include_router(door.router)
    return app
