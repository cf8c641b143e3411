"""Somebody types that people are shut in a lift, where nothing or something else is asked for: they are led to the
button that calls for help. Words alone report nothing."""

import re

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog import DialogManager

from actions.registry import may_use
from bot.states import Alerts, Bookings, Faults, Lifts, Menu
from bot.subject import Subject
from bot.texts import refusal, say
from bot.using import say_to
from bot.visit import Visit
from bot.written import reads_words

# Windows in which lifts are searched for: nobody calls a lift so.
SEARCHES = (Menu.main, Faults.broken, Lifts.searching, Bookings.choose)
CALLING = (Faults, Alerts)  # windows from which help is called
AWARE = (Faults.what, Faults.shut_in, Faults.confirm, Alerts.one)  # they see to such words themselves
_ASKED = re.compile(r"是不是|有没有|有无|不是(?=.{0,8}[吗么嘛?？])")
_NEGATED = re.compile(
    r"(?:没有?|无|未|不是|并非)(?:发现|造成|发生)?(?:有?人员?|乘客|业主)?被?(?:困|关)(?:人|住|在里面)?"
    r"|里面(?:没有?|无)人|(?:没有?|无)人在里面"
    r"|\b(?:nobody|no one|none|not|no (?:people|passengers?|persons?))(?: is| was| are| were)? "
    r"(?:trapped|stuck|shut in|inside)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"困人|困梯|被困|困[住在了着里]|(?:人|孩子?|老人|我|她|他)困|里面困|(?<![相有机海无开])关人(?![员士])|被[关锁][在住里进]"
    r"|[关锁]在?(?:电梯|轿厢|梯|里面)|[人我孩他她]卡在(?:电梯|轿厢|梯)|里面(?:还?有(?:[一二两三四五六七八九十几\d]*[个名位])?"
    r"(?:[老大]?人|小?孩|婴儿|孕妇)|困)|人在里面|电梯里有(?:[一二两三四五六七八九十几\d]*[个名位])?(?:[老大]?人|小?孩)(?!抽烟|吸烟|吐痰|打架|小便)"
    r"|(?:人|我|孩子?|他|她|们).{0,3}出不[来去]|救命"
    r"|\btrapped\b|\bshut in\b|\bentrap(?:ped|ments?)?\b"
    r"|\b(?:stuck|locked) (?:inside|in (?:the |a |our )?(?:lift|elevator|car))\b"
    r"|\b(?:people|persons?|someone|somebody|child(?:ren)?|man|woman) (?:is |are )?(?:still )?(?:stuck|inside)\b"
    r"|\b(?:can['’]?t|cannot) get out\b",
    re.IGNORECASE,
)


def speaks_of_people_inside(text: str) -> bool:
    """Whether somebody may be shut in by these words: not where they say that nobody is, but where they ask it."""
    return _SAID.search(_NEGATED.sub(" ", _ASKED.sub(" ", text))) is not None


def make_router() -> Router:
    """Before all dialogs and commands."""
    router = Router(name="people_inside")
    router.message.register(lead_to_help, _speaks)
    return router


def _speaks(message: Message) -> bool:
    return speaks_of_people_inside(message.text or message.caption or "")


async def lead_to_help(message: Message, dialog_manager: DialogManager, visit: Visit) -> None:
    """The window with the button; whoever cannot report from here reads whom to call."""
    if visit.actor is None or not may_use(visit.actor, "report_entrapment"):
        if visit.actor is None or not _is_awaited(dialog_manager):
            await message.answer(say("faults.call_yourself", visit.language))
        raise SkipHandler
    if _is_open(dialog_manager, *AWARE, Faults.urgent):
        raise SkipHandler
    if _is_awaited(dialog_manager) and dialog_manager.current_context().state.group not in CALLING:
        await say_to(visit, message, refusal("everyone.shut_in_too", visit.language))
        raise SkipHandler
    await dialog_manager.start(Faults.urgent)


def with_help(sentence: str, visit: Visit, *, calls: bool = False) -> str:
    """The same with whom to call, for somebody who can report nothing here: they may have pressed for help."""
    return f"{sentence}\n{refusal('everyone.if_shut_in', visit.language)}" if visit.actor is None or calls else sentence


def _is_open(manager: DialogManager, *states: State) -> bool:
    return manager.has_context() and manager.current_context().state in states


def _is_awaited(manager: DialogManager) -> bool:
    """Whether the open window takes what is typed, and not as the name of a lift."""
    return reads_words(manager) and not _is_open(manager, *SEARCHES)


SUBJECT = Subject(routers=(make_router,))
