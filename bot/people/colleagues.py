"""My colleagues: whom the administrator of a party gives other work and places, sends away, and ends."""

from datetime import timedelta
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row, Start, SwitchTo

from actions.actors import UNIT_HEADS
from actions.identity.lost import colleague_has_phone, colleague_lost_phone
from actions.identity.people import MAY_INVITE, MAY_NAME, Colleague, my_people, places_to_choose
from actions.identity.staff import change_role, end_person, set_away, set_places
from actions.identity.unanswered import unanswered
from bot.people.newcomers import Newcomers, get_roles
from bot.subject import Entry, Subject
from bot.texts import label, refusal
from bot.using import look, tell, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, pages_of, visit_of, way_out

AWAY_DAYS = 7
SHOWN = 12  # notices on one screen


class People(StatesGroup):
    """The people of a party."""

    listed = State()
    one = State()
    role = State()
    places = State()
    ending = State()
    unanswered = State()


def make_dialog() -> Dialog:
    """Everybody → one → what changes."""
    return Dialog(_listed(), _one(), _role(), _places(), _ending(), _unanswered())


def _listed() -> Window:
    return Window(
        Say("people.listed"),
        pages_of(choice("person", "people", open_person), "person_pages"),
        Row(
            Start(Label("people.add"), id="add", state=Newcomers.role),
            Start(Label("people.invitations"), id="invitations", state=Newcomers.invited, when="invites"),
        ),
        SwitchTo(Label("people.unanswered"), id="unanswered", state=People.unanswered, when="is_head"),
        way_out(),
        state=People.listed,
        getter=get_people,
    )


def _one() -> Window:
    return Window(
        Say("people.one"),
        Row(
            SwitchTo(Label("people.role"), id="role", state=People.role),
            SwitchTo(Label("people.places"), id="places", state=People.places, when="names"),
            when="may_change",
        ),
        Row(
            Commit(Label("people.away"), "away", send_away, when="is_there"),
            Commit(Label("people.present"), "present", call_back, when="is_away"),
            when="names_them",
        ),
        Row(
            Commit(Label("people.lost"), "lost", report_lost),
            Commit(Label("people.found"), "found", report_found),
            when="may_change",
        ),
        SwitchTo(Label("people.end"), id="end", state=People.ending, when="may_change"),
        _back("back_of_one", People.listed),
        state=People.one,
        getter=get_one,
    )


def _role() -> Window:
    return Window(
        Say("people.role"),
        column_of(CommitChoice("other_role", "roles", give_role)),
        _back("back_of_role", People.one),
        state=People.role,
        getter=get_roles,
    )


def _places() -> Window:
    return Window(
        Say("people.places"),
        pages_of(CommitChoice("place", "places", give_place), "place_pages"),
        Commit(Label("people.everywhere"), "everywhere", give_everywhere),
        _back("back_of_places", People.one),
        state=People.places,
        getter=get_places,
    )


def _ending() -> Window:
    return Window(
        Say("people.ending"),
        Commit(Label("people.end_sure"), "end_sure", end),
        _back("back_of_ending", People.one),
        state=People.ending,
        getter=get_one,
    )


def _unanswered() -> Window:
    return Window(
        Say("people.unanswered"),
        _back("back_of_unanswered", People.listed),
        state=People.unanswered,
        getter=get_unanswered,
    )


def _back(name: str, state: State) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=name, state=state), home(f"home_{name}"))


async def get_people(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Everybody of the party."""
    people = await look(dialog_manager, my_people)
    return {
        "count": len(people),
        "party": visit.actor.party_name if visit.actor else "",
        "people": [{"id": str(one.contact_id), "text": _line(one, visit)} for one in people],
        "invites": visit.actor is not None and visit.actor.role in MAY_INVITE,
        "is_head": visit.actor is not None and visit.actor.role in UNIT_HEADS,
    }


async def get_unanswered(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits for an answer, the longest first."""
    waiting = await look(dialog_manager, unanswered)
    return {"notices": waiting[:SHOWN], "more": max(0, len(waiting) - SHOWN), "today": visit.today}


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them, and what may be changed."""
    wanted = dialog_manager.dialog_data["contact_id"]
    people = await look(dialog_manager, my_people)
    one = next((one for one in people if one.contact_id == wanted), None)
    names = visit.actor is not None and visit.actor.role in MAY_NAME
    may = one is not None and one.may_change
    return {
        "person": one,
        "may_change": may,
        "names": names,
        "names_them": may and names,
        "is_away": one is not None and one.off_until is not None,
        "is_there": one is not None and one.off_until is None,
        "today": visit.today,
    }


async def get_places(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The places of the party's lifts; those that are theirs are marked."""
    known = dialog_manager.dialog_data
    chosen = await _places_of(dialog_manager)
    places = await look(dialog_manager, places_to_choose)
    known["all_places"] = [list(place) for place in places]
    return {
        "places": [
            {
                "id": str(number),
                "text": label("people.place", visit.language, place=place, is_theirs=place in chosen),
            }
            for number, place in enumerate(places)
        ]
    }


async def open_person(callback: CallbackQuery, widget: Any, manager: DialogManager, contact_id: str) -> None:
    """One of them."""
    manager.dialog_data["contact_id"] = int(contact_id)
    await manager.switch_to(People.one)


async def give_role(callback: CallbackQuery, widget: Any, manager: DialogManager, role: str) -> None:
    """Another work."""
    after = await use(manager, change_role, contact_id=manager.dialog_data["contact_id"], role=role)
    if after is not None:
        manager.dialog_data["contact_id"] = after
        await _done(manager)


async def give_place(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """Here too, or here no more."""
    known = manager.dialog_data
    place = tuple(known["all_places"][int(number)])
    places = set(await _places_of(manager)) ^ {place}
    await use(manager, set_places, contact_id=known["contact_id"], places=sorted(places))


async def give_everywhere(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """For all lifts."""
    await use(manager, set_places, contact_id=manager.dialog_data["contact_id"], places=[])
    await _done(manager)


async def send_away(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Away for a week; they choose other days themselves."""
    until = visit_of(manager).today + timedelta(days=AWAY_DAYS - 1)
    await use(manager, set_away, contact_id=manager.dialog_data["contact_id"], until=until)


async def call_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """There again."""
    await use(manager, set_away, contact_id=manager.dialog_data["contact_id"], until=None)


async def report_lost(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Their telephone is gone."""
    closed = await use(manager, colleague_lost_phone, contact_id=manager.dialog_data["contact_id"])
    if closed is not None:
        await tell(manager, refusal("people.colleague_lost_done", visit_of(manager).language, closed=closed))


async def report_found(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They have it again."""
    await use(manager, colleague_has_phone, contact_id=manager.dialog_data["contact_id"])
    await _done(manager)


async def end(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They are there no more."""
    await use(manager, end_person, contact_id=manager.dialog_data["contact_id"])
    await _done(manager)
    await manager.switch_to(People.listed)


async def _places_of(manager: DialogManager) -> tuple[tuple[str, str], ...]:
    wanted = manager.dialog_data["contact_id"]
    people = await look(manager, my_people)
    return next((one.places for one in people if one.contact_id == wanted), ())


async def _done(manager: DialogManager) -> None:
    """Say so, where nothing else was said."""
    visit = visit_of(manager)
    if not visit.answered:
        await tell(manager, refusal("people.done", visit.language))


def _line(one: Colleague, visit: Visit) -> str:
    return label("people.line", visit.language, person=one)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("people.menu", People.listed, "end_person", row=80),))
