"""States of the windows of an inspection department to which other files lead."""

from aiogram.fsm.state import State, StatesGroup


class DeskPlan(StatesGroup):
    """The year's plan of an inspection department."""

    shown = State()
    listed = State()
    left = State()
    publish = State()
    make = State()
    away = State()
    moved = State()


class DeskVisits(StatesGroup):
    """The visits of an inspection department."""

    listed = State()
    one = State()
    call_off = State()


class Onsite(StatesGroup):
    """An inspector on site."""

    visits = State()
    lifts = State()
    sure = State()
    items = State()
    aborting = State()


class Waiting(StatesGroup):
    """Inspections that wait for the department."""

    listed = State()
    one = State()
    item = State()
    returning = State()
    papers = State()
    answering = State()
    taking_back = State()


class DeskCalls(StatesGroup):
    """The calls that it is to make."""

    listed = State()
    one = State()
    note = State()
    day = State()
    full = State()


class DeskChecks(StatesGroup):
    """What units say, for it to look into."""

    listed = State()
    one = State()
    confirm = State()
    refute = State()


class DeskTasks(StatesGroup):
    """What else waits there."""

    listed = State()
    one = State()
    note = State()


class DeskSlots(StatesGroup):
    """Its half days."""

    listed = State()
    one = State()
    usual = State()
    weather = State()
    weathered = State()


class Counter(StatesGroup):
    """A unit or a lift that somebody at the counter asks about."""

    asked = State()
    found = State()


class DeskReports(StatesGroup):
    """The reports that an inspection department issues."""

    listed = State()
    paper = State()
    issued = State()
    one = State()
    done = State()


class DeskSummary(StatesGroup):
    """Its day and its week in figures."""

    shown = State()
