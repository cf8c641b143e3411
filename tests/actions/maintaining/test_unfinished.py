"""Records that were begun and not uploaded on their day (003 四(一))."""

from datetime import datetime

from sqlmodel import col, select

from actions.maintaining import unfinished
from actions.maintaining.begin import begin_visit, drop_visit
from actions.maintaining.second import fellow_workers, name_second
from actions.maintaining.unfinished import follow_unfinished
from notifier.prepare import preview
from schedules.numbers import shared_numbers
from store.doors import TELEGRAM
from store.notices import PAPERLESS, Notice, NoticeStatus
from store.records import VisitKind
from store.zone import SHANGHAI


def test_gp_12_workers_are_reminded_in_the_evening_and_their_company_hears_in_the_morning(crew, monkeypatch):
    one, other = crew.world.lifts["own"][:2]
    dispatcher = crew.world.people["maintainer_contact"].contact_id

    def follow(day, hour):
        crew.now = datetime(2026, 11, day, hour, 5, tzinfo=SHANGHAI)
        with crew.database.write() as session:
            follow_unfinished(session, today=crew.today, now=crew.now)
            theirs = select(Notice).where(col(Notice.template).startswith("gp.unfinished"))
            notices = list(session.exec(theirs.order_by(col(Notice.id))))
            sent = [preview(session, one.id, [TELEGRAM], crew.today) for one in notices]
            to = [[delivery.contact_id for delivery in each] for each in sent]
        assert to == [[one.facts[PAPERLESS].get("contact", dispatcher)] for one in notices]
        return [(one.template, one.facts[PAPERLESS].get("contact"), one.status) for one in notices]

    visit = crew.do(begin_visit, lift_id=one, kind=VisitKind.HALF_MONTH)
    [second] = crew.do(fellow_workers)
    crew.do(name_second, visit_id=visit, contact_id=second.contact_id)
    worker = crew.world.people["worker"].contact_id
    assert follow(23, 18) == []
    both = [("gp.unfinished", worker, "planned"), ("gp.unfinished", second.contact_id, "planned")]
    assert follow(23, 19) == both
    crew.do(drop_visit, visit_id=crew.do(begin_visit, lift_id=other, kind=VisitKind.HALF_MONTH))
    assert follow(23, 20) == both, "once, and not of what was dropped"
    late = follow(24, 8)
    assert late[2:] == [("gp.unfinished.maint", None, "planned")]
    assert {state for *_, state in late[:2]} == {NoticeStatus.CANCELLED}, "that day is over"
    assert follow(24, 20) == late
    numbers = shared_numbers().model_copy(update={"unfinished_hour": 17})
    monkeypatch.setattr(unfinished, "numbers_of", lambda *_: numbers)
    crew.now = datetime(2026, 11, 25, 15, tzinfo=SHANGHAI)
    crew.do(begin_visit, lift_id=other, kind=VisitKind.HALF_MONTH)
    assert len(follow(25, 16)) == len(late)
    assert len(follow(25, 17)) == len(late) + 1, "a city may want another hour"
