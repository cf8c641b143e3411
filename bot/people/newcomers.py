"""Somebody new at a party: named by its head, invited where it is an office."""

from collections.abc import Sequence
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.identity.invitations import invite_person, open_invitations, withdraw_invitation
from actions.identity.people import MAY_INVITE, may_change
from actions.identity.staff import name_person
from actions.regulator.case_readers import street_offices_of
from bot.people.named import read_name, read_number
from bot.subject import Subject
from bot.texts import label, refusal
from bot.using import look, tell, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, leave, one_back, pages_of, visit_of
from store.parties import ContactRole


class Newcomers(StatesGroup):
    """Somebody new."""

    role = State()
    street = State()
    name = State()
    phone = State()
    sure = State()
    invited = State()


def make_dialog() -> Dialog:
    """Role → name → number → sure; for whom of a street office also which; and who was invited."""
    return Dialog(*_new(), _street(), _invited())


def _new() -> tuple[Window, ...]:
    return (
        Window(
            Say("people.new_role"),
            column_of(choice("new_role", "roles", choose_role)),
            Row(leave(), home()),
            state=Newcomers.role,
            getter=get_new_roles,
        ),
        Window(
            Say("people.new_name"),
            MessageInput(take_name),
            Row(one_back("back_of_name"), home("home_of_name")),
            state=Newcomers.name,
        ),
        Window(
            Say("people.new_phone"),
            MessageInput(take_phone),
            Row(one_back("back_of_phone"), home("home_of_phone")),
            state=Newcomers.phone,
        ),
        Window(
            Say("people.sure"),
            Commit(Label("people.add_sure"), "add_sure", add),
            Row(one_back("back_of_sure"), home("home_of_sure")),
            state=Newcomers.sure,
            getter=get_new,
        ),
    )


def _street() -> Window:
    return Window(
        Say("people.new_street"),
        pages_of(choice("street", "streets", choose_street), "street_pages"),
        Row(SwitchTo(Label("everyone.back"), id="back_of_street", state=Newcomers.role), home("home_of_street")),
        state=Newcomers.street,
        getter=get_streets,
    )


def _invited() -> Window:
    return Window(
        Say("people.invited"),
        pages_of(CommitChoice("invitation", "invitations", withdraw), "invitation_pages"),
        Row(leave("leave_invited"), home("home_of_invited")),
        state=Newcomers.invited,
        getter=get_invitations,
    )


async def get_roles(visit: Visit, **_: Any) -> dict[str, Any]:
    """What a colleague may be made."""
    roles = may_change(visit.actor.role) if visit.actor is not None else ()
    return _choices([role for role in roles if role is not ContactRole.STREET_OFFICER], visit)


async def get_new_roles(visit: Visit, **_: Any) -> dict[str, Any]:
    """What somebody new may be: a bureau invites people of the street offices under it too."""
    return _choices(may_change(visit.actor.role) if visit.actor is not None else (), visit)


async def get_streets(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """The street offices under the bureau."""
    streets = await look(dialog_manager, street_offices_of)
    dialog_manager.dialog_data["streets"] = {str(street.party_id): street.name for street in streets}
    return {"streets": [{"id": str(street.party_id), "text": street.name} for street in streets]}


async def get_new(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who is to be added."""
    known = dialog_manager.dialog_data
    return {
        "role": known["role"],
        "street": known.get("street", ""),
        "who": known["name"],
        "phone": known["phone"],
        "invites": visit.actor is not None and visit.actor.role in MAY_INVITE,
    }


async def get_invitations(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits to be taken up."""
    waiting = await look(dialog_manager, open_invitations)
    return {
        "invitations": [
            {"id": str(one.id), "text": label("people.invitation", visit.language, invitation=one)} for one in waiting
        ]
    }


async def choose_role(callback: CallbackQuery, widget: Any, manager: DialogManager, role: str) -> None:
    """What the new one will be."""
    known = manager.dialog_data
    known["role"] = role
    for name in ("street", "street_id"):
        known.pop(name, None)
    await manager.switch_to(Newcomers.street if role == ContactRole.STREET_OFFICER else Newcomers.name)


async def choose_street(callback: CallbackQuery, widget: Any, manager: DialogManager, street_id: str) -> None:
    """At which street office."""
    known = manager.dialog_data
    known["street_id"], known["street"] = int(street_id), known["streets"][street_id]
    await manager.switch_to(Newcomers.name)


async def take_name(message: Message, widget: Any, manager: DialogManager) -> None:
    """What they are called."""
    name = await read_name(message, manager)
    if name is not None:
        manager.dialog_data["name"] = name
        await manager.switch_to(Newcomers.phone)


async def take_phone(message: Message, widget: Any, manager: DialogManager) -> None:
    """Their number."""
    number = await read_number(message, manager)
    if number is not None:
        manager.dialog_data["phone"] = number
        await manager.switch_to(Newcomers.sure)


async def add(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Named, or invited where it is an office."""
    visit, known = visit_of(manager), manager.dialog_data
    who = {name: known[name] for name in ("role", "name", "phone")}
    if visit.actor is not None and visit.actor.role in MAY_INVITE:
        done = await use(manager, invite_person, party_id=known.get("street_id", visit.actor.party_id), **who)
    else:
        done = await use(manager, name_person, **who)
    if done is not None:
        await tell(manager, refusal("people.added", visit.language))
        await manager.done()


async def withdraw(callback: CallbackQuery, widget: Any, manager: DialogManager, invitation_id: str) -> None:
    """Take an invitation back."""
    await use(manager, withdraw_invitation, invitation_id=int(invitation_id))
    if not visit_of(manager).answered:
        await tell(manager, refusal("people.done", visit_of(manager).language))


def _choices(roles: Sequence[ContactRole], visit: Visit) -> dict[str, Any]:
    choices = [{"id": one.value, "text": label("people.as_role", visit.language, role=one.value)} for one in roles]
    return {"roles": choices}


SUBJECT = Subject(dialogs=(make_dialog,))
