"""A contractor's people: levels, who leads whom, certificates. Who is named or leaves stands under 同事."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.actors import Role
from actions.paperless.workers import LONGEST_NUMBER, certify_worker, grade_worker, my_team
from bot.days_written import read_day
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import CommitChoice, Label, Say, choice, column_of, home, leave, pages_of, visit_of
from bot.written import read_written
from store.paperless import Level


class Team(StatesGroup):
    """The company's people."""

    listed = State()
    one = State()
    level = State()
    certificate = State()


def make_dialog() -> Dialog:
    """All → one → level, certificate."""
    return Dialog(
        Window(
            Say("paperless.team"),
            pages_of(choice("member", "members", open_member), "member_pages"),
            Row(leave(), home()),
            state=Team.listed,
            getter=get_team,
        ),
        Window(
            Say("paperless.member"),
            Row(
                SwitchTo(Label("paperless.level"), id="to_level", state=Team.level),
                SwitchTo(Label("paperless.certificate"), id="to_certificate", state=Team.certificate),
                when="is_admin",
            ),
            Row(SwitchTo(Label("everyone.back"), id="one_back", state=Team.listed), home("home_of_one")),
            state=Team.one,
            getter=get_member,
        ),
        Window(
            Say("paperless.level"),
            column_of(CommitChoice("grade", "grades", give_level)),
            Row(SwitchTo(Label("everyone.back"), id="level_back", state=Team.one), home("home_of_level")),
            state=Team.level,
            getter=get_levels,
        ),
        Window(
            Say("paperless.certificate"),
            MessageInput(take_certificate),
            Row(SwitchTo(Label("everyone.back"), id="certificate_back", state=Team.one), home("home_of_certificate")),
            state=Team.certificate,
            getter=get_member,
        ),
    )


async def get_team(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Everybody, the highest level first."""
    team = await look(dialog_manager, my_team)
    lines = [
        {"id": str(one.contact_id), "text": label("paperless.member_line", visit.language, one=one, today=visit.today)}
        for one in team
    ]
    return {"members": lines, "count": len(team), "without": sum(one.lacks_certificate for one in team)}


async def get_member(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    wanted = dialog_manager.dialog_data["contact_id"]
    team = await look(dialog_manager, my_team)
    is_admin = visit.actor is not None and visit.actor.role is Role.MAINTAINER_ADMIN
    return {"one": next((one for one in team if one.contact_id == wanted), None), "today": visit.today,
            "is_admin": is_admin}  # fmt: skip


async def get_levels(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Each level, alone or below somebody of a higher one."""
    wanted, ranks = dialog_manager.dialog_data["contact_id"], list(Level)
    team = await look(dialog_manager, my_team)
    grades = []
    for level in ranks:
        above = [one for one in team if one.level and ranks.index(Level(one.level)) < ranks.index(level)]
        grades.append({"id": f"{level}:", "text": label(f"paperless.level_{level}", visit.language, leader="")})
        grades += [
            {"id": f"{level}:{one.contact_id}",
             "text": label(f"paperless.level_{level}", visit.language, leader=one.name)}
            for one in above if one.contact_id != wanted
        ]  # fmt: skip
    return {"grades": grades, "one": next((one for one in team if one.contact_id == wanted), None)}


async def open_member(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data["contact_id"] = int(number)
    await manager.switch_to(Team.one)


async def give_level(callback: CallbackQuery, widget: Any, manager: DialogManager, chosen: str) -> None:
    """The level, and below whom."""
    level, _, leader = chosen.partition(":")
    known = manager.dialog_data
    led_by = int(leader) if leader else None
    done = await use(manager, grade_worker, contact_id=known["contact_id"], level=Level(level), leader_id=led_by)
    if done is not None:
        await manager.switch_to(Team.one)


async def take_certificate(message: Message, widget: Any, manager: DialogManager) -> None:
    """Number and last day, in one line."""
    found = await read_written(message, manager, most=LONGEST_NUMBER + 20)
    if found is None:
        return
    number, _, stated = found.words.rpartition(" ")
    until = read_day(stated, visit_of(manager).today)
    if until is None or not number.strip():
        await answer(manager, "paperless.certificate_form")
        return
    contact_id = manager.dialog_data["contact_id"]
    done = await use(manager, certify_worker, contact_id=contact_id, certificate=number, valid_until=until)
    if done is not None:
        await manager.switch_to(Team.one)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("paperless.team_menu", Team.listed, "my_team", row=27),))
