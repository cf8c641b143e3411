"""The web chat's page in one process: the bot behind it, the way of its codes, and who waits for something new."""

from bot.services import Services
from bot.webchat import WebDoor
from notifier.modes import Mode
from portal.chat_door import ChatDoor
from portal.chat_watch import Watch
from store.database import Database
from tixing.settings import Settings


def make_chat_door(database: Database, settings: Settings, bot: WebDoor, services: Services) -> ChatDoor:
    """The page's side of `bot`; what the bot says in this process is shown at once."""
    watch = Watch(database)
    bot.tell(watch.wake)
    return ChatDoor(
        bot=bot,
        post_code=services.post,
        key=services.code_key,
        watch=watch,
        public_url=settings.public_url,
        tries_out=Mode(settings.mode) is Mode.DEMO,
    )
