"""All subjects, in no order that matters."""

from bot import (
    alerts,
    bookings,
    cases,
    consents,
    counter,
    department,
    desk_calls,
    desk_checks,
    desk_slots,
    district,
    doors,
    faults,
    handing_down,
    handovers,
    house,
    lifts,
    maintainer,
    my_bookings,
    newcomers,
    notices,
    own_sayings,
    people,
    pushes,
    sent,
    statements,
    subscriptions,
    successors,
    who,
)
from bot.subject import Entry, Subject

SUBJECTS: tuple[Subject, ...] = (
    alerts.SUBJECT,
    bookings.SUBJECT,
    cases.SUBJECT,
    consents.SUBJECT,
    counter.SUBJECT,
    department.SUBJECT,
    desk_calls.SUBJECT,
    desk_checks.SUBJECT,
    desk_slots.SUBJECT,
    district.SUBJECT,
    doors.SUBJECT,
    faults.SUBJECT,
    handing_down.SUBJECT,
    handovers.SUBJECT,
    house.SUBJECT,
    lifts.SUBJECT,
    maintainer.SUBJECT,
    my_bookings.SUBJECT,
    newcomers.SUBJECT,
    notices.SUBJECT,
    own_sayings.SUBJECT,
    people.SUBJECT,
    pushes.SUBJECT,
    sent.SUBJECT,
    statements.SUBJECT,
    subscriptions.SUBJECT,
    successors.SUBJECT,
    who.SUBJECT,
)


def entries() -> list[Entry]:
    """The lines of all menus, from the top."""
    return sorted((entry for subject in SUBJECTS for entry in subject.entries), key=lambda entry: entry.row)
