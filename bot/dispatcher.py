"""The dispatcher that answers both doors."""

from aiogram import Dispatcher

from bot import start


def build_dispatcher() -> Dispatcher:
    """A dispatcher with every router; the bot or session it works for comes with each update."""
    dispatcher = Dispatcher(name="tixing")
    dispatcher.include_router(start.make_router())
    return dispatcher
