"""The dispatcher that answers both doors: what is the same in every chat, then the dialogs, then what nobody awaits."""

from aiogram import Dispatcher
from aiogram_dialog import Window, setup_dialogs

from bot import everyone, fallback, menu, unasked
from bot.errors import register_errors
from bot.intent_ids import draw_ids_ourselves
from bot.keys import Keys
from bot.messages import Messages
from bot.second_tap import SecondTap
from bot.stale_buttons import StaleButtons
from bot.storage import OneVisitAtATime, VisitStorage
from bot.straight import StraightRouter
from bot.subjects import SUBJECTS


def build_dispatcher() -> Dispatcher:
    """A dispatcher with every dialog. Updates come to it through a desk, which gives each its visit."""
    draw_ids_ourselves()
    dispatcher = Dispatcher(
        name="tixing", storage=VisitStorage(), events_isolation=OneVisitAtATime(), disable_fsm=False
    )
    register_errors(dispatcher)
    dispatcher.callback_query.outer_middleware(SecondTap())
    commands = [
        *(router for subject in SUBJECTS for router in subject.routers),
        everyone.make_router,
        unasked.make_router,
    ]
    dialogs = [make() for make in (menu.make_dialog, *(dialog for subject in SUBJECTS for dialog in subject.dialogs))]
    for dialog in dialogs:
        dialog.callback_query.middleware(StaleButtons())
        for window in dialog.windows.values():
            if isinstance(window, Window):
                window.markup_factory = Keys()
    straight = StraightRouter(name="tixing: to whom it is for")
    straight.include_routers(*(make() for make in commands), *dialogs)
    dispatcher.include_routers(straight, fallback.make_router())
    setup_dialogs(dispatcher, message_manager=Messages(), events_isolation=OneVisitAtATime())
    return dispatcher
