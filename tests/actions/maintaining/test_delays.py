"""A visit that cannot be made in time: the reason is stated, reminders wait, the visit is still owed."""

from datetime import date, timedelta

import pytest
from phones.world import TODAY
from sqlmodel import select

from actions.maintaining.begin import begin_visit
from actions.maintaining.day import work_of_day
from actions.maintaining.delays import delay_days, delay_photo, delays_stated, keep_delay_photo, state_delay
from actions.maintaining.sign import sign_visit
from actions.maintaining.writing import measure_item, show_item
from actions.refusals import Refused
from actions.running.forgetting import forget_old
from schedules.planner import plan_day
from store.chain import read_content
from store.doors import StoredFile
from store.notices import Notice
from store.records import RecordEntry, VisitKind
from store.upkeep import DelayReason

PNG = b"\x89PNG\r\n\x1a\n0"


def told(crew):
    with crew.database.write() as session:
        plan_day(session, today=crew.today, now=crew.now, city_id="guangzhou")
        query = select(Notice.template).where(Notice.template.startswith("visit."), Notice.status != "cancelled")
        return sorted(session.exec(query))


def state(crew, until, **said):
    said = {"lift_ids": [crew.lift_id], "reason": DelayReason.NATURAL_DISASTER, "words": "台风", **said}
    return crew.do(state_delay, until=until, **said)


def test_gp_24_p09_a_stated_delay_holds_back_that_a_visit_is_late_until_its_day(crew):
    due = TODAY + timedelta(days=1)
    crew.visited(due - timedelta(days=15))
    crew.now += timedelta(days=1)
    photo = crew.do(keep_delay_photo, content=PNG)
    assert state(crew, due + timedelta(days=3), photos=[photo]) == [due]
    assert told(crew) == ["visit.due"], "the visit is owed all the same"
    crew.now += timedelta(days=1)
    assert told(crew) == ["visit.due"]
    [late] = crew.do(work_of_day).mine
    assert (late.due, late.held_until) == (due, due + timedelta(days=3))
    for reader in ("unit_contact", "district_regulator", "worker"):
        [seen] = crew.do(delays_stated, who=reader)
        assert (seen.standing, seen.reason) == ("delay_stated", "natural_disaster")
        assert seen.until_on == due + timedelta(days=3)
        assert bool(seen.who) is (reader == "worker"), "a name is for those who work with it"
        assert crew.do(delay_photo, who=reader, lift_id=crew.lift_id, delay_id=seen.id) == PNG
    assert crew.do(delays_stated, who="other_contact") == []
    [entry] = crew.ask(lambda session: session.exec(select(RecordEntry)).all())
    assert (entry.kind, read_content(entry.body)["due_on"]) == ("delay", due.isoformat())
    crew.now += timedelta(days=3)
    assert told(crew) == ["visit.late", "visit.late.unit"]


def test_p10_after_the_due_day_it_is_taken_and_called_late(crew):
    crew.visited(TODAY - timedelta(days=15))
    assert told(crew) == ["visit.due"]
    crew.now += timedelta(days=1)
    state(crew, TODAY + timedelta(days=2))
    assert crew.do(delays_stated)[0].standing == "late_statement"
    assert told(crew) == ["visit.due"]


def test_a_reason_is_whole_and_a_day_is_named_within_a_month(crew):
    due = date(2026, 11, 25)
    crew.visited(due - timedelta(days=15))
    days = [due + timedelta(days=ahead) for ahead in (1, 2, 3, 7, 15)]
    assert crew.do(delay_days, lift_ids=[crew.lift_id]) == days
    for until, said, name in (
        (due, {"reason": DelayReason.OTHER, "words": " "}, "upkeep.other_in_words"),
        (due - timedelta(days=1), {}, "upkeep.delay_until"),
        (TODAY + timedelta(days=31), {}, "upkeep.delay_until"),
        (due, {"lift_ids": crew.world.lifts["own"][:2]}, "upkeep.nothing_due"),
    ):
        with pytest.raises(Refused) as why:
            state(crew, until, **said)
        assert why.value.name == name
    for _ in range(2):
        state(crew, days[0], key="one tap")
    [stated] = crew.do(delays_stated)
    assert stated.until_on == days[0]


def test_photos_of_visits_are_kept_however_old_they_are(crew):
    crew.visited(date(2026, 11, 10))
    stated = crew.do(keep_delay_photo, content=PNG + b"delay")
    state(crew, TODAY + timedelta(days=2), photos=[stated])
    visit, draft = (
        crew.do(begin_visit, lift_id=lift_id, kind=VisitKind.HALF_MONTH) for lift_id in crew.world.lifts["own"][:2]
    )
    for number in (visit, draft):
        crew.do(show_item, visit_id=number, code="A-1-06", photo=PNG + str(number).encode())
    crew.do(measure_item, visit_id=visit, code="A-1-29", value="8")
    crew.do(sign_visit, visit_id=visit)
    loose = crew.do(keep_delay_photo, content=PNG + b"loose")
    with crew.database.write() as session:
        forget_old(session, now=crew.now + timedelta(days=300))
        kept = session.exec(select(StoredFile.id)).all()
    assert len(kept) == 3
    assert stated in kept
    assert loose not in kept
