"""The pass of a demo day: the planner and the dispatcher as in service, with channels from which nothing leaves.

The environment's settings are not asked: a demo reaches nobody, whatever TIXING_MODE says. The channels are named here
rather than taken from the notifier's wiring, which loads Telegram's and Twilio's libraries for seconds.
"""

import asyncio
from datetime import date, datetime, time

from actions.inspecting.lapses import lapse_overdue
from actions.inspecting.objections import ask_for_answers
from actions.maintaining.unfinished import follow_unfinished
from actions.paperless.follow import follow_paperless
from actions.records.defaults import end_days
from actions.visits.follow import follow_visits
from notifier.channels.base import Channel
from notifier.channels.call_task import CallTasks
from notifier.channels.demo import DemoSms
from notifier.channels.webchat import WebChat
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from schedules.planner import plan_day
from schedules.upkeep import ask_for_missing_year
from store.database import Database
from store.watch import Beat, beat
from store.zone import SHANGHAI
from tixing.drawing import draw_figures

PROCESS = "demo"
OFFICE_OPENS = time(9, tzinfo=SHANGHAI)


def pass_day(database: Database, day: date) -> None:
    """Plan `day` and put what is due on the page's phones."""
    now = datetime.combine(day, OFFICE_OPENS)
    with database.write() as session:
        ask_for_missing_year(session, today=day)
        lapse_overdue(session, now=now, today=day)
        ask_for_answers(session, today=day)
        planned = plan_day(session, today=day, now=now).notices + follow_visits(session, today=day)
        end_days(session, today=day, now=now)
        follow_paperless(session, today=day, now=now)
        follow_unfinished(session, today=day, now=now)
        beat(session, Beat.PLAN, PROCESS, day=day, now=now, amount=planned)
    sent = send_due(database, now)
    with database.write() as session:
        beat(session, Beat.DISPATCH, PROCESS, day=day, now=now, amount=sent)


def send_due(database: Database, now: datetime) -> int:
    """Put what is due at this moment on the page's phones; how many messages."""
    day = now.date()
    channels: list[Channel] = [DemoSms(database), WebChat(database, draw_figures), CallTasks(database)]
    by_name = {channel.name: channel for channel in channels}
    sent = asyncio.run(dispatch_due(database, by_name, now=now, today=day, mode=Mode.DEMO, owner=f"demo-{day}"))
    return sent.messages
