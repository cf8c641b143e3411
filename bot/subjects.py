"""All subjects, in no order that matters."""

from functools import cache

from bot import campaign, notices, people_inside
from bot import records as one_record
from bot.department import calls as desk_calls
from bot.department import checks as desk_checks
from bot.department import counter, new_matter, onsite, onsite_waiting
from bot.department import day as department
from bot.department import matters as desk_matters
from bot.department import plan as desk_plan
from bot.department import reports as desk_reports
from bot.department import slots as desk_slots
from bot.department import summary as desk_summary
from bot.department import tasks as desk_tasks
from bot.maintainer import alerts, delay, record, visiting, work
from bot.maintainer import records as maintainer_records
from bot.maintainer import upkeep as maintainer
from bot.paperless import claims as paperless_claims
from bot.paperless import grants as paperless_grants
from bot.paperless import opinions as paperless_opinions
from bot.paperless import platforms as paperless_platforms
from bot.paperless import registration as paperless_registration
from bot.paperless import supervision as paperless_supervision
from bot.paperless import team as paperless_team
from bot.people import colleagues as people
from bot.people import directory, doors, newcomers, successors, who
from bot.regulator import cases, district, failed_lifts, handing_down, pushes, subscriptions
from bot.subject import Entry, Subject
from bot.unit import (
    attendance,
    bookings,
    consents,
    faults,
    handovers,
    house,
    inspections,
    lifts,
    my_bookings,
    own_sayings,
    plans,
    reasons,
    reports,
    sent,
    statements,
)
from bot.unit import records as unit_records

SUBJECTS: tuple[Subject, ...] = (
    alerts.SUBJECT,
    attendance.SUBJECT,
    bookings.SUBJECT,
    campaign.SUBJECT,
    cases.SUBJECT,
    consents.SUBJECT,
    counter.SUBJECT,
    delay.SUBJECT,
    department.SUBJECT,
    desk_calls.SUBJECT,
    desk_checks.SUBJECT,
    desk_reports.SUBJECT,
    desk_matters.SUBJECT,
    desk_plan.SUBJECT,
    new_matter.SUBJECT,
    desk_slots.SUBJECT,
    desk_summary.SUBJECT,
    desk_tasks.SUBJECT,
    directory.SUBJECT,
    district.SUBJECT,
    doors.SUBJECT,
    failed_lifts.SUBJECT,
    faults.SUBJECT,
    handing_down.SUBJECT,
    handovers.SUBJECT,
    house.SUBJECT,
    inspections.SUBJECT,
    lifts.SUBJECT,
    maintainer.SUBJECT,
    maintainer_records.SUBJECT,
    my_bookings.SUBJECT,
    newcomers.SUBJECT,
    notices.SUBJECT,
    one_record.SUBJECT,
    onsite.SUBJECT,
    onsite_waiting.SUBJECT,
    own_sayings.SUBJECT,
    paperless_claims.SUBJECT,
    paperless_grants.SUBJECT,
    paperless_opinions.SUBJECT,
    paperless_platforms.SUBJECT,
    paperless_registration.SUBJECT,
    paperless_supervision.SUBJECT,
    paperless_team.SUBJECT,
    people.SUBJECT,
    people_inside.SUBJECT,
    plans.SUBJECT,
    pushes.SUBJECT,
    reasons.SUBJECT,
    record.SUBJECT,
    reports.SUBJECT,
    sent.SUBJECT,
    statements.SUBJECT,
    subscriptions.SUBJECT,
    successors.SUBJECT,
    unit_records.SUBJECT,
    visiting.SUBJECT,
    who.SUBJECT,
    work.SUBJECT,
)


@cache
def entries() -> tuple[Entry, ...]:
    """The lines of all menus, from the top."""
    return tuple(sorted((entry for subject in SUBJECTS for entry in subject.entries), key=lambda entry: entry.row))
