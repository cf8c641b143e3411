"""States that windows of several files lead to."""

from aiogram.fsm.state import State, StatesGroup


class Menu(StatesGroup):
    """What somebody can do here."""

    main = State()


class Who(StatesGroup):
    """Who somebody is."""

    number = State()
    code = State()


class Leaving(StatesGroup):
    """Somebody else does it now."""

    name = State()
    phone = State()
    sure = State()


class Lifts(StatesGroup):
    """My lifts."""

    groups = State()
    listed = State()
    one = State()
    why = State()
    searching = State()


class Faults(StatesGroup):
    """Report a fault, or that people are shut in."""

    broken = State()
    what = State()
    shut_in = State()
    confirm = State()
    urgent = State()


class Alerts(StatesGroup):
    """What a maintainer must see to at once."""

    listed = State()
    one = State()
    out = State()
    mistake = State()


class Upkeep(StatesGroup):
    """What a maintainer has to do on its lifts."""

    kinds = State()
    listed = State()
    papers = State()
    phone = State()


class Consents(StatesGroup):
    """Consent to default signing."""

    one = State()
    withdraw = State()


class Sent(StatesGroup):
    """What was sent to us."""

    listed = State()
    one = State()


class House(StatesGroup):
    """Texts and pictures for the house."""

    lifts = State()
    made = State()


class Handovers(StatesGroup):
    """A change of the use unit."""

    listed = State()
    one = State()
    dispute = State()
    objection = State()
    lifts = State()
    code = State()
    codes = State()
    recorded = State()


class Bookings(StatesGroup):
    """Book lifts, or move a visit: which lifts, the day, the half, confirmed, done."""

    choose = State()
    places = State()
    months = State()
    pick = State()
    parts = State()
    day = State()
    half = State()
    confirm = State()
    done = State()


class Plans(StatesGroup):
    """The year's plan of the department, as far as it is about us."""

    listed = State()
    one = State()
    booked = State()
    all = State()
    agreed = State()


class Campaign(StatesGroup):
    """The regulator's list of a year."""

    rate = State()
    left = State()


class Visits(StatesGroup):
    """My bookings."""

    listed = State()
    one = State()
    call_off = State()
    off = State()


class Attend(StatesGroup):
    """Who comes to a visit."""

    who = State()
    said = State()


class Sayings(StatesGroup):
    """What a unit says of its lifts."""

    what = State()
    lifts = State()
    day = State()
    length = State()
    note = State()
    confirm = State()
    said = State()


class Reasons(StatesGroup):
    """Why a unit's lifts cannot be inspected in time."""

    lifts = State()
    what = State()
    write = State()
    said = State()


class SaidHere(StatesGroup):
    """What was said of a unit's lifts, and what became of it."""

    listed = State()
    one = State()
    sure = State()


class Inspections(StatesGroup):
    """Inspections of one's lifts."""

    listed = State()
    one = State()
    objecting = State()
    item = State()


class Reports(StatesGroup):
    """Where the reports of lifts are, and what their unit says to them."""

    listed = State()
    lift = State()
    mark = State()


class FailedLifts(StatesGroup):
    """The lifts of a district that failed."""

    listed = State()


class Work(StatesGroup):
    """What a maintainer's people visit today, and their plan."""

    listed = State()
    others = State()
    plan = State()
    worker = State()
    lifts = State()


class Visiting(StatesGroup):
    """A worker at a lift, before the record is begun."""

    lifts = State()
    begin = State()
    kinds = State()


class Writing(StatesGroup):
    """The record of a visit while it is written."""

    form = State()
    items = State()
    item = State()
    stop = State()
    more = State()
    extra = State()
    when = State()
    second = State()
    sign = State()
    done = State()


class Delays(StatesGroup):
    """Why visits are not made in time."""

    lifts = State()
    reason = State()
    words = State()
    until = State()
    listed = State()
    one = State()
