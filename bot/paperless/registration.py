"""A contractor's registration: how far it is, what is missing, its data, its administrator and its way."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import Role
from actions.alerts.numbers import set_emergency_phone
from actions.identity.doors import act_for, my_parties
from actions.paperless.platforms import apply_own_platform, platforms_listed
from actions.paperless.register import (
    EMERGENCY,
    LONGEST,
    Data,
    administrators_to_choose,
    my_registration,
    name_administrator,
    register_maintainer,
    say_data,
)
from actions.paperless.ways import choose_way
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, leave, pages_of, visit_of
from bot.written import read_written
from store.records import PlatformRole

HERE = "city"
FIELDS = (*(one.value for one in Data), EMERGENCY)


class Registration(StatesGroup):
    """One's own company."""

    main = State()
    data = State()
    write = State()
    admin = State()
    way = State()


def make_dialog() -> Dialog:
    """How far it is → data, administrator, way."""
    return Dialog(
        Window(
            Say("paperless.registration"),
            Commit(Label("paperless.register"), "register", register, when="can_register"),
            SwitchTo(Label("paperless.name_admin"), id="to_admin", state=Registration.admin, when="can_name"),
            Commit(Label("paperless.go_on"), "go_on", go_on_as_administrator, when="as_admin"),
            Row(
                SwitchTo(Label("paperless.data"), id="to_data", state=Registration.data),
                SwitchTo(Label("paperless.way"), id="to_way", state=Registration.way),
                when="is_admin",
            ),
            Row(leave(), home()),
            state=Registration.main,
            getter=get_registration,
        ),
        Window(
            Say("paperless.data"),
            column_of(choice("field", "fields", choose_field)),
            _back("data_back"),
            state=Registration.data,
            getter=get_fields,
        ),
        Window(
            Say("paperless.write_data"),
            MessageInput(take_data),
            Row(SwitchTo(Label("everyone.back"), id="write_back", state=Registration.data), home("write_home")),
            state=Registration.write,
            getter=get_field,
        ),
        Window(
            Say("paperless.admin"),
            pages_of(CommitChoice("person", "people", choose_admin), "admin_pages"),
            _back("admin_back"),
            state=Registration.admin,
            getter=get_people,
        ),
        Window(
            Say("paperless.way"),
            column_of(CommitChoice("which", "ways", choose_the_way)),
            Commit(Label("paperless.apply_own"), "apply_own", apply_own),
            _back("way_back"),
            state=Registration.way,
            getter=get_ways,
        ),
    )


def _back(name: str) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=name, state=Registration.main), home(f"home_{name}"))


async def get_registration(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Where the company stands, and what this person may do next."""
    found = await look(dialog_manager, my_registration)
    role = visit.actor.role if visit.actor is not None else None
    is_head = role in (Role.MAINTAINER_ADMIN, Role.DISPATCHER)
    registered = found.registered_on is not None
    as_admin = _own_administrator(visit) if role is not Role.MAINTAINER_ADMIN and registered else None
    return {
        "it": found,
        "data": [one for one in FIELDS if one in found.missing],
        "today": visit.today,
        "is_admin": role is Role.MAINTAINER_ADMIN and registered,
        "can_register": is_head and found.filed_on is not None and not registered,
        "can_name": is_head and registered,
        "as_admin": as_admin is not None,
    }


async def get_fields(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What can be said, with what was said."""
    found = await look(dialog_manager, my_registration)
    fields = [
        {"id": one, "text": label(f"paperless.field_{one}", visit.language, value=getattr(found, one))}
        for one in FIELDS
    ]
    return {"fields": fields}


async def get_field(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Which one is written."""
    found = await look(dialog_manager, my_registration)
    name = dialog_manager.dialog_data["field"]
    return {"field": name, "value": getattr(found, name)}


async def get_people(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One's own people."""
    people = await look(dialog_manager, administrators_to_choose)
    return {"people": [{"id": str(one), "text": name} for one, name in people]}


async def get_ways(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The city's platform, and those on the list."""
    listed = await look(dialog_manager, platforms_listed)
    ways = [{"id": HERE, "text": label("paperless.way_city", visit.language)}]
    for one in listed:
        ways.append(
            {"id": f"{one.way}:{one.platform_id}", "text": label("paperless.way_line", visit.language, one=one)}
        )
    return {"ways": ways, "it": await look(dialog_manager, my_registration)}


async def register(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Register the company."""
    await use(manager, register_maintainer)


async def choose_field(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """What is to be written."""
    manager.dialog_data["field"] = name
    await manager.switch_to(Registration.write)


async def take_data(message: Message, widget: Any, manager: DialogManager) -> None:
    """Keep it, and ask for the next one that is missing."""
    found = await read_written(message, manager, most=LONGEST)
    if found is None:
        return
    field = manager.dialog_data["field"]
    if field == EMERGENCY:
        done: Any = await use(manager, set_emergency_phone, phone=found.words)
    else:
        done = await use(manager, say_data, field=Data(field), value=found.words)
    if done is None:
        return
    missing = (await look(manager, my_registration)).missing
    later = [one for one in FIELDS if one in missing]
    if later:
        manager.dialog_data["field"] = later[0]
    else:
        await manager.switch_to(Registration.main)


async def choose_admin(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """Name the administrator; who names themselves goes on as such."""
    named, visit = await use(manager, name_administrator, contact_id=int(number)), visit_of(manager)
    if named is None:
        return
    if named in [one.contact_id for one in await look(manager, my_parties)] and not _is(visit, named):
        await use(manager, act_for, contact_id=named)
    await manager.switch_to(Registration.main)


async def go_on_as_administrator(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Who is administrator too, and stands here as something else, goes on as such."""
    number = _own_administrator(visit_of(manager))
    if number is not None:
        await use(manager, act_for, contact_id=number)


def _own_administrator(visit: Visit) -> int | None:
    """The person as administrator of this company, where they are one."""
    here = visit.actor.party_id if visit.actor is not None else None
    admins = [one for one in visit.actors if one.role is Role.MAINTAINER_ADMIN and one.party_id == here]
    return admins[0].contact_id if admins else None


def _is(visit: Visit, contact_id: int) -> bool:
    return visit.actor is not None and visit.actor.contact_id == contact_id


async def choose_the_way(callback: CallbackQuery, widget: Any, manager: DialogManager, which: str) -> None:
    """From today records come that way."""
    way, _, number = which.partition(":")
    done = await use(manager, choose_way, way=PlatformRole(way), platform_id=int(number) if number else None)
    if done is not None:
        await manager.switch_to(Registration.main)


async def apply_own(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Ask for the company's own platform to be connected."""
    if await use(manager, apply_own_platform) is not None:
        await manager.switch_to(Registration.main)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("paperless.menu", Registration.main, "my_registration", row=26),)
)
