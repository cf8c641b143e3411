"""What works in every chat: /start and /menu, /help, /language."""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import ChatMemberUpdated, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.commands import offer_commands
from bot.states import Menu
from bot.texts import LANGUAGES, say
from bot.using import close_chat, set_language
from bot.visit import Visit
from store.doors import WEBCHAT

MENU = ("菜单", "主菜单", "menu")  # typed, as the buttons call it


def make_router() -> Router:
    """Commands come before the dialogs: they work whatever is open."""
    router = Router(name="everyone")
    router.message.register(begin, CommandStart())
    router.message.register(show_menu, Command("menu"))
    router.message.register(show_menu, F.text.strip().lower().in_(MENU))
    router.message.register(show_help, Command("help"))
    router.message.register(switch_language, Command("language"))
    router.my_chat_member.register(note_blocked)
    return router


async def begin(message: Message, visit: Visit, dialog_manager: DialogManager) -> None:
    """The menu, and Telegram's list of commands as it is for this person now."""
    await show_menu(message, dialog_manager)
    await offer_commands(message.bot, visit, message.chat.id)


async def show_menu(message: Message, dialog_manager: DialogManager) -> None:
    """Begin again: nothing is lost by it, for what was done is done."""
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def show_help(message: Message, visit: Visit) -> None:
    """What somebody of this role can do here, and which human to call."""
    role = visit.actor.role.value if visit.actor else ""
    in_browser = visit.channel == WEBCHAT  # there commands are buttons of the page
    await message.answer(say("everyone.help", visit.language, role=role, in_browser=in_browser))


async def switch_language(
    message: Message, command: CommandObject, visit: Visit, dialog_manager: DialogManager
) -> None:
    """The one that is named, else the other one of the two; what is open is shown again in it."""
    others = (language for language in LANGUAGES if language != visit.language)
    wanted = command.args if command.args in LANGUAGES else next(others)
    await set_language(visit, wanted)
    await message.answer(say("everyone.language", wanted))
    if dialog_manager.has_context():
        await dialog_manager.show(ShowMode.SEND)
    else:
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def note_blocked(change: ChatMemberUpdated, visit: Visit) -> None:
    """Whoever blocks the bot is told in another way from now on; nothing can be said there."""
    if change.new_chat_member.status == ChatMemberStatus.KICKED:
        await close_chat(visit)
