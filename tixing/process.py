"""One process: its channels by its settings, and the pass of a day."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from math import inf
from uuid import uuid4

from actions.alerts.escalate import escalate
from actions.alerts.overdue import find_overdue
from actions.alerts.together import hold_open_alerts
from actions.handovers.copies import copy_to_new_units
from actions.handovers.unanswered import ask_about_unanswered
from actions.identity.following import follow_people
from actions.inspecting.lapses import lapse_overdue
from actions.inspecting.objections import ask_for_answers
from actions.inspecting.overtaken import end_overtaken
from actions.maintaining.unfinished import follow_unfinished
from actions.matters.follow import follow_matters
from actions.paperless.follow import follow_paperless
from actions.plans.holding import end_holds
from actions.plans.shorten import follow_agreed
from actions.records.defaults import end_days
from actions.records.evening import ask_in_evening
from actions.records.unanswered import follow_objections
from actions.regulator.case_notices import remind_of_cases
from actions.regulator.results import push_results
from actions.regulator.unacknowledged import follow_lists
from actions.reporting.daily import review_reports
from actions.running.forgetting import Keeping, forget_daily
from actions.running.going_live import start_over
from actions.summary.telling import clear_days
from actions.visits.follow import follow_visits
from notifier.call_receipts import take_call_receipts
from notifier.calls import rewrite_calls
from notifier.channels.base import Channel
from notifier.dispatch import dispatch_due
from notifier.former_contacts import leave_former_contacts
from notifier.modes import Mode
from notifier.passes import DispatchSummary
from notifier.rates import LONGEST_WAIT, Slots
from notifier.settling import PATIENCE, Patience
from notifier.shared_rates import slots_of_all
from schedules.doubts import settle_doubts
from schedules.planner import PlanSummary
from schedules.register_doubts import ask_about_doubts
from schedules.upkeep import ask_for_missing_year
from store.brakes import stopped_cities
from store.database import Database
from store.locks import hold, hold_all_cities
from store.quiet import QuietHours
from store.settings import DEMO, REAL, REAL_SINCE, SENT_AS, Setting
from store.watch import Beat, beat
from tixing.campaigns import look_at_campaigns
from tixing.errors import UsageError
from tixing.planning import plan_cities
from tixing.providers import opened_channels
from tixing.records.nightly import keep_records
from tixing.settings import Settings
from tixing.stops import stops
from tixing.times import business_day

TICK, TRIAL = "tick", "tick --at"  # a trial with another moment hides no sign of life


@dataclass(frozen=True)
class DaySummary:
    """What one pass planned and sent."""

    on: date
    plan: PlanSummary
    dispatch: DispatchSummary
    stopped: list[str]


def quiet_of(settings: Settings) -> QuietHours | None:
    """The hours in which what can wait does; none where nothing leaves anyway."""
    return None if Mode(settings.mode) is Mode.DEMO else settings.quiet_hours


def plan_pass(
    database: Database,
    *,
    now: datetime,
    process: str,
    quiet: QuietHours | None = None,
    keeping: Keeping | None = None,
) -> PlanSummary:
    """Plan the day of `now` in one write transaction; the sign of life says that no city was left out.

    `quiet`: the hours in which what can wait does, where there are any. `keeping`: how long lines and files are kept.
    """
    today = business_day(now)
    with database.write() as session:
        hold_all_cities(session)  # before anything is changed: whoever has a city must never wait for us
        hold_open_alerts(session)  # before their calls, as whoever takes a step does
        follow_people(session)
        leave_former_contacts(session, today=today, now=now)
        take_call_receipts(session, now=now)
        settle_doubts(session, today=today)
        follow_agreed(session, now=now, today=today)  # before anything is told of a date that does not hold any more
        summary = plan_cities(session, today=today, now=now)
        copy_to_new_units(session, today=today)
        find_overdue(session, now=now, today=today)
        escalate(session, now=now, today=today, quiet=quiet)
        remind_of_cases(session, today=today)
        end_overtaken(session, now=now, today=today)
        lapse_overdue(session, now=now, today=today)
        end_holds(session, today=today)
        ask_for_answers(session, today=today)
        follow_visits(session, today=today)
        end_days(session, today=today, now=now)
        ask_in_evening(session, today=today, now=now)
        ask_about_unanswered(session, now=now, today=today)
        rewrite_calls(session, today=today)
        ask_for_missing_year(session, today=today)
        ask_about_doubts(session, today=today)
        review_reports(session, today=today)
        clear_days(session, today=today, now=now)
        push_results(session, today=today)
        follow_lists(session, today=today)
        follow_matters(session, today=today, now=now)
        follow_paperless(session, today=today, now=now)
        follow_unfinished(session, today=today, now=now)
        follow_objections(session, today=today, now=now)
        forget_daily(session, today=today, now=now, keeping=keeping)
        stopped = stopped_cities(session)
        if not stopped.everywhere and not stopped.cities:
            beat(session, Beat.PLAN, process, day=today, now=now, amount=summary.notices)
    look_at_campaigns(database, today)
    return summary


def keep_mode(database: Database, mode: Mode, *, now: datetime) -> None:
    """A store that was tried out in demo mode starts over when real messages begin: what counted as told was not.

    Raises UsageError where a store that sends real messages would be played in demo mode: its notices would count as
    told and not leave.
    """
    kind = DEMO if mode is Mode.DEMO else REAL
    with database.read() as session:
        known = session.get(Setting, SENT_AS)
        if known is not None and known.value == kind:
            return
    with database.write() as session:
        hold(session, "mode")
        known = session.get(Setting, SENT_AS)
        before = known.value if known else kind
        if before == REAL and kind == DEMO:
            raise UsageError(
                "this store sends real messages; in mode demo they would count as told and not leave: "
                "set TIXING_MODE, or another TIXING_DATABASE_URL"
            )
        if before != kind:
            start_over(session, now=now)
            session.merge(Setting(key=REAL_SINCE, value=now.isoformat()))
        session.merge(Setting(key=SENT_AS, value=kind))


def beat_dispatch(database: Database, process: str, clock: Callable[[], datetime], messages: int) -> None:
    """The sign of life of a pass over the outbox, or of a batch within a long one."""
    now = clock()
    with database.write() as session:
        beat(session, Beat.DISPATCH, process, day=business_day(now), now=now, amount=messages)


async def run_pass(
    database: Database,
    settings: Settings,
    *,
    now: datetime,
    process: str = TICK,
    clock: Callable[[], datetime] | None = None,
    plans: bool = True,
    goes_on: Callable[[], bool] = lambda: True,
) -> DaySummary:
    """Plan the day of `now`, unless another process `plans`, then send what may go out while this one `goes_on`.

    It ends when all was sent, however long an address takes between two messages.
    `process` is the name under which signs of life are kept, and `clock` tells their time in a long pass; without one
    it stands still at `now`.
    """
    now = now.astimezone(UTC)
    clock = clock or (lambda: now)
    sign = partial(beat_dispatch, database, process, clock)
    await asyncio.to_thread(keep_mode, database, Mode(settings.mode), now=now)
    do = partial(plan_pass, database, now=now, process=process, quiet=quiet_of(settings), keeping=settings.keeping)
    plan = await asyncio.to_thread(do) if plans else PlanSummary()
    if plans:
        await asyncio.to_thread(keep_records, database, settings, now=now)
    async with opened_channels(database, settings) as channels:
        sending = Sending(database, settings, channels, sign, clock, goes_on, waits=inf)
        dispatch = await sending.send_due()
        await asyncio.to_thread(sign, 0)
    return DaySummary(business_day(now), plan, dispatch, await asyncio.to_thread(stops_of, database))


@dataclass(frozen=True)
class Sending:
    """What sends the notices of one process; `sign` keeps a sign of life with the number of messages handed over."""

    database: Database
    settings: Settings
    channels: Mapping[str, Channel]
    sign: Callable[[int], None]
    clock: Callable[[], datetime]
    goes_on: Callable[[], bool] = lambda: True
    patience: Patience = PATIENCE
    waits: float = LONGEST_WAIT  # seconds for which a message waits for its address; see notifier.rates
    slots: Mapping[str, Slots] = field(init=False)

    def __post_init__(self) -> None:
        """The rates of providers hold over all passes of the process."""
        object.__setattr__(self, "slots", slots_of_all(self.channels, self.database, self.waits))

    async def send_due(self, *, wakes: bool = True) -> DispatchSummary:
        """Send what may go out; `wakes`: look also whether somebody was found for what had reached nobody."""
        now = self.clock()
        mode = Mode(self.settings.mode)
        return await dispatch_due(
            self.database,
            self.channels,
            now=now,
            today=business_day(now),
            mode=mode,
            guests=self.settings.guests,
            quiet=quiet_of(self.settings),
            owner=f"pass-{uuid4().hex[:12]}",
            beat=self.sign,
            goes_on=self.goes_on,
            patience=self.patience,
            wakes=wakes,
            clock=self.clock,
            slots=self.slots,
        )


def stops_of(database: Database) -> list[str]:
    """What keeps notices from leaving, a sentence each."""
    with database.read() as session:
        return stops(session)
