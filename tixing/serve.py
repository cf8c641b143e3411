"""One process that does everything: the clock, the channels, the pages."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from notifier.direct import tell_directly
from notifier.modes import Mode
from portal.aliyun import AliyunDoor, path_secret
from portal.api.app import Api
from portal.app import make_app
from portal.metrics import Meter
from portal.sms_replies import SMS, WrittenBack
from portal.twilio import TwilioDoor
from store.database import Database
from tixing.doors import open_doors
from tixing.providers import open_channels
from tixing.settings import Settings
from tixing.ticking import ticking
from tixing.times import business_day, now_utc
from tixing.web_chat import make_chat_door
from tixing.work import on_signals

SERVE = "serve"


class QuietServer(uvicorn.Server):
    """Stops when it is told to; a signal that asked for it is not raised again, for being asked is no failure."""

    def stop(self) -> None:
        """Finish what is being answered and go."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours, see `serve`."""
        yield


async def serve(database: Database, settings: Settings, listener: socket.socket, started: Callable[[], None]) -> None:
    """Run until SIGINT or SIGTERM; then stop ticking, finish what is being sent, and go. `started`: nothing refused."""
    async with open_doors(database, settings) as doors:
        chat = make_chat_door(database, settings, doors.web, doors.services)
        app = make_app(
            database,
            now_utc,
            _twilio_door(settings),
            _meter(settings),
            aliyun_door=_aliyun_door(database, settings),
            telegram_door=doors.telegram,
            chat_door=chat,
            links=doors.services.links,
            api=Api(private=settings.webhooks_private),
        )
        server = QuietServer(uvicorn.Config(app, log_config=None))

        def stop() -> None:
            chat.watch.close()  # pages that wait for something new would keep us waiting
            server.stop()

        on_signals(stop)
        async with ticking(database, settings, SERVE):
            started()
            await server.serve(sockets=[listener])


def _twilio_door(settings: Settings) -> TwilioDoor | None:
    """In mode demo nothing went out that could be answered, and no answer may leave."""
    mode = Mode(settings.mode)
    if settings.twilio_auth_token is None or settings.public_url is None or mode is Mode.DEMO:
        return None
    guests = frozenset(settings.guests) if mode is Mode.GUESTS else None
    return TwilioDoor(settings.twilio_auth_token.get_secret_value(), settings.public_url, guests)


def _aliyun_door(database: Database, settings: Settings) -> AliyunDoor | None:
    """The same for Aliyun, which takes an answer to an SMS only as an SMS of its own."""
    mode = Mode(settings.mode)
    if settings.aliyun_key_id is None or settings.public_url is None or settings.secret is None or mode is Mode.DEMO:
        return None
    channels = {SMS: open_channels(database, settings)[SMS]}

    async def write_back(number: str, answer: WrittenBack) -> None:
        now = now_utc()
        day = business_day(now)
        await tell_directly(channels, SMS, number, answer.text, signature=answer.signature, now=now, day=day)

    guests = frozenset(settings.guests) if mode is Mode.GUESTS else None
    return AliyunDoor(path_secret(settings.secret.get_secret_value()), write_back, guests)


def _meter(settings: Settings) -> Meter:
    token = settings.metrics_token
    return Meter(token.get_secret_value() if token else None, settings.sms_price)
