"""Book an inspection: which lifts, on which day, in which half; or move a visit to another day."""

from typing import Any

from aiogram_dialog import Dialog, Window
from aiogram_dialog.widgets.kbd import Button, Cancel, Group, Row, Start, SwitchTo

from bot.paper_buttons import give_application
from bot.states import Bookings, Plans, Visits
from bot.subject import Entry, Subject
from bot.unit.attendance import ask_after_booking
from bot.unit.booking_choice import (
    choose_all,
    choose_month,
    choose_part,
    choose_place,
    choose_rest,
    choose_told,
    get_choice,
    get_months,
    get_parts,
    get_picked,
    get_places,
    go_to_days,
    remember_start,
    toggle_lift,
)
from bot.unit.booking_days import (
    WEEK,
    book,
    choose_day,
    choose_half,
    get_confirmation,
    get_days,
    get_done,
    get_halves,
    next_month,
    previous_month,
)
from bot.widgets import Commit, Label, Say, choice, column_of, home, leave, pages_of


def make_dialog() -> Dialog:
    """Lifts → day → half → confirm → done."""
    windows = (_choose(), _places(), _months(), _pick(), _parts(), _day(), _half(), _confirm(), _done())
    return Dialog(*windows, on_start=remember_start)


def _choose() -> Window:
    return Window(
        Say("bookings.choose"),
        Button(Label("bookings.told"), id="told", on_click=choose_told, when="told"),
        SwitchTo(Label("bookings.by_place"), id="by_place", state=Bookings.places, when="several_places"),
        SwitchTo(Label("bookings.by_month"), id="by_month", state=Bookings.months, when="several_months"),
        Button(Label("bookings.all"), id="all", on_click=choose_all, when="lifts"),
        Start(Label("bookings.plans"), id="plans", state=Plans.listed, when="plans"),
        Row(leave(), home()),
        state=Bookings.choose,
        getter=get_choice,
    )


def _places() -> Window:
    return Window(
        Say("bookings.places"),
        pages_of(choice("place", "places", choose_place), "place_pages"),
        Row(_to(Bookings.choose, "from_places"), home()),
        state=Bookings.places,
        getter=get_places,
    )


def _months() -> Window:
    return Window(
        Say("bookings.months"),
        pages_of(choice("due", "months", choose_month), "month_pages"),
        Row(_to(Bookings.choose, "from_months"), home()),
        state=Bookings.months,
        getter=get_months,
    )


def _pick() -> Window:
    return Window(
        Say("bookings.pick"),
        pages_of(choice("lift", "lifts", toggle_lift), "lift_pages"),
        Button(Label("bookings.picked"), id="picked", on_click=go_to_days, when="count"),
        Row(_to(Bookings.choose, "from_pick"), home()),
        state=Bookings.pick,
        getter=get_picked,
    )


def _parts() -> Window:
    return Window(
        Say("bookings.parts"),
        column_of(choice("part", "rows", choose_part)),
        Row(leave(), home()),
        state=Bookings.parts,
        getter=get_parts,
    )


def _day() -> Window:
    return Window(
        Say("bookings.day"),
        column_of(choice("soon", "soon", choose_day)),
        Group(choice("date", "grid", choose_day), width=WEEK, when="grid"),
        Row(
            Button(Label("bookings.month_before"), id="month_before", on_click=previous_month, when="has_before"),
            Button(Label("bookings.month_after"), id="month_after", on_click=next_month, when="has_after"),
        ),
        Button(Label("papers.application"), id="application", on_click=give_application, when="may_apply"),
        SwitchTo(Label("bookings.change_lifts"), id="to_pick", state=Bookings.pick, when="may_pick"),
        Row(
            _to(Bookings.choose, "from_day", "may_pick"),
            Cancel(Label("everyone.back"), id="leave_day", when="only_here"),
            home(),
        ),
        state=Bookings.day,
        getter=get_days,
    )


def _half() -> Window:
    return Window(
        Say("bookings.half"),
        column_of(choice("half", "halves", choose_half)),
        Row(_to(Bookings.day, "from_half"), home()),
        state=Bookings.half,
        getter=get_halves,
    )


def _confirm() -> Window:
    return Window(
        Say("bookings.confirm"),
        Commit(Label("bookings.book"), "book", book, "count", get_confirmation),
        Row(_to(Bookings.day, "from_confirm"), home()),
        state=Bookings.confirm,
        getter=get_confirmation,
    )


def _done() -> Window:
    return Window(
        Say("bookings.done"),
        Button(Label("visits.attend"), id="attend", on_click=ask_after_booking, when="asks"),
        Button(Label("bookings.rest"), id="rest", on_click=choose_rest, when="rest"),
        Row(leave(), home()),
        state=Bookings.done,
        getter=get_done,
    )


def _to(state: Any, name: str, when: str | None = None) -> SwitchTo:
    return SwitchTo(Label("everyone.back"), id=name, state=state, when=when)


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(
        Entry("bookings.menu", Bookings.choose, "lifts_to_book", row=10),
        Entry("visits.menu", Visits.listed, "bookings_of", row=11),
    ),
)
