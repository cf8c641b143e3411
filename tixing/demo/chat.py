"""The web chat of the demo's people: the page and the bot as in service, at the moment on the demo's clock."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_bytes

from fastapi import FastAPI

from bot.dispatcher import build_dispatcher
from bot.services import Services
from bot.webchat import WebDoor
from portal import query
from portal.chat import add_chat
from portal.chat_door import ChatDoor
from portal.chat_watch import Watch
from store.database import Database
from tixing.demo.app import create_app
from tixing.demo.play import DemoCity


async def keep_code(number: str, code: str, language: str) -> None:
    """A code goes nowhere: the page shows it to whoever sits at this machine."""


def make_site(city: DemoCity) -> FastAPI:
    """The demo's page, beside it what anybody may look up of a lift, and the chat into which its links lead."""
    site = create_app(city)
    site.state.database, site.state.now, site.state.queries = city.database, city.now, query.make_limit()
    site.include_router(query.router)
    site.mount("/", make_chat(city.database, city.now))
    return site


def make_chat(database: Database, clock: Callable[[], datetime]) -> FastAPI:
    """The web chat over this store, at `/chat`."""
    key, watch = token_bytes(32), Watch(database)
    bot = WebDoor(database, build_dispatcher(), clock, Services(keep_code, key))
    bot.tell(watch.wake)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.database, app.state.now = database, clock
    add_chat(app, ChatDoor(bot, keep_code, key, watch, tries_out=True))
    return app
