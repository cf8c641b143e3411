"""Consent to default signing: the words, whole; given and withdrawn."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import UNIT_HEADS
from actions.people.consents import give_consent, signing_consent, withdraw_consent
from bot.states import Consents
from bot.subject import Entry, Subject
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, home, leave, visit_of
from store.zone import SHANGHAI


def make_dialog() -> Dialog:
    """The words → withdraw."""
    return Dialog(
        Window(
            Say("consents.one"),
            Commit(Label("consents.agree"), "agree", agree, when="can_agree"),
            SwitchTo(Label("consents.withdraw"), id="ask_withdraw", state=Consents.withdraw, when="can_withdraw"),
            Row(leave(), home()),
            state=Consents.one,
            getter=get_consent,
        ),
        Window(
            Say("consents.withdraw"),
            Commit(Label("consents.do_withdraw"), "withdraw", withdraw),
            Row(SwitchTo(Label("everyone.back"), id="to_consent", state=Consents.one), home("home_of_withdraw")),
            state=Consents.withdraw,
            getter=get_consent,
        ),
    )


async def get_consent(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The words in one's own language, and how it stands."""
    found = await look(dialog_manager, signing_consent)
    dialog_manager.dialog_data["version"] = found.text.version
    is_head = visit.actor is not None and visit.actor.role in UNIT_HEADS
    given = found.given
    return {
        "words": found.text.words[visit.language],
        "given": given is not None,
        "is_of_these_words": found.is_of_these_words,
        "given_by": found.given_by,
        "given_on": given.given_at.astimezone(SHANGHAI).date() if given is not None else None,
        "is_head": is_head,
        "offered": found.offered,
        "can_agree": is_head and found.offered and not found.is_of_these_words,
        "can_withdraw": is_head and given is not None,
    }


async def agree(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """For the unit, to the words that were shown."""
    language, version = visit_of(manager).language, manager.dialog_data["version"]
    await use(manager, give_consent, version=version, language=language)


async def withdraw(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """From now on nothing is signed by default."""
    await use(manager, withdraw_consent)
    await manager.switch_to(Consents.one)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("consents.menu", Consents.one, "signing_consent", row=60),))
