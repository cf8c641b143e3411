"""The city on the day on which the demo opens, and what its clock and its telephone do."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event as Signal
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from actions.maintaining.begin import due_of
from actions.paperless.figures import figures_of
from store.database import Database
from store.duties import Duty
from store.events import Event, EventKind
from store.notices import Notice, NoticeStatus
from store.parties import Party
from store.records import MaintenanceRecord, RecordState
from store.settings import Setting
from store.tasks import Task
from store.upkeep import LiftUpkeep
from tixing.demo.acts import Answer
from tixing.demo.app import RefusedAct
from tixing.demo.play import DemoCity
from tixing.records.verify import verify

OPENS_ON = date(2026, 11, 23)
LARGEST = "广州示例云荔物业服务有限公司"


def of_step(messages: list[dict[str, Any]], step: str) -> list[dict[str, Any]]:
    return [message for message in messages if message["step"] == step]


def test_the_demo_opens_on_the_unit_with_sixty_lifts(city: DemoCity) -> None:
    state = city.view()
    assert state["clock"] == {"date": "2026-11-23", "mark": "working", "holiday": None, "published": True}
    assert (state["unit"]["name"], state["unit"]["lifts"], state["unit"]["district"]) == (LARGEST, 60, "番禺区")
    assert len(state["units"]) == 40


def test_all_four_rungs_are_on_one_screen(city: DemoCity) -> None:
    state = city.view()
    [first] = [message for message in of_step(state["manager"]["sms"], "sms") if message["n"] == 22]
    assert "2027年2月" in first["body"]
    call = next(call for call in state["department"]["calls"] if call["unit"] == LARGEST)
    assert (call["by"], call["n"]) == ("2026-11-30", 4)
    assert of_step(state["manager"]["sms"], "target")
    assert of_step(state["manager"]["chat"], "backstop")
    [listed] = [message for message in of_step(state["regulator"]["messages"], "list") if message["on"] > "2026-11-01"]
    assert listed["on"] == "2026-11-19"
    assert "蕉园雅苑" in listed["body"]


def test_the_maintainer_has_a_copy_of_each_rung(city: DemoCity) -> None:
    steps = {message["step"] for message in city.view()["maintainer"]["messages"]}
    assert {"sms", "call", "target", "backstop", "list"} <= steps


def test_maintenance_without_paper_fills_the_windows_of_all_who_have_one(city: DemoCity) -> None:
    with city.database.read() as session:
        states = session.exec(select(MaintenanceRecord.state, func.count()).group_by(MaintenanceRecord.state)).all()
        assert dict(states).keys() == {state.value for state in RecordState}
        assert len(due_of(session, session.exec(select(LiftUpkeep.lift_id)).all())) == 7
        assert figures_of(session, "guangzhou", city.today, city.today).total.records == 10
        assert verify(session, today=city.today).faults == []
    assert city.link("worker", None)


def test_a_normal_month_has_the_figures_of_a_city_of_this_size(city: DemoCity) -> None:
    state = city.view()
    # also of the visits that the department has agreed, and of those of tomorrow and in a week, to whoever has no chat
    assert 10 <= state["strip"]["sms_month"] <= 60
    assert 4 <= state["strip"]["call_month"] <= 16
    assert state["strip"]["overdue"] <= 3
    assert state["strip"]["late"] <= 15
    assert 10 <= state["strip"]["booked"] <= 80


def test_no_phone_number_and_no_inbox_is_shown_whole(city: DemoCity) -> None:
    for unit in city.view()["units"]:
        assert not re.search(r"\d{11}", json.dumps({**city.view(unit["ref"]), "units": [], "unit": {}}))


def test_the_unit_with_two_bad_phones_becomes_a_task_and_not_a_silent_hole(city: DemoCity) -> None:
    with city.database.read() as session:
        tasks = {task.kind: task for task in session.exec(select(Task).where(col(Task.party_id).is_not(None)))}
        assert session.get_one(Party, tasks["no_contact"].party_id).name == "广州示例岭上制造有限公司"
        waiting = session.exec(select(Notice.status).where(Notice.status == NoticeStatus.NO_CONTACT)).all()
        assert waiting
    units = {one["name"]: one["ref"] for one in city.view()["units"]}
    [check] = city.view(units["广州示例岭上制造有限公司"])["department"]["checks"]
    assert (check["kind"], check["unit"]) == ("no_contact", "广州示例岭上制造有限公司")


def test_a_message_is_explained_by_its_clause_its_ladder_and_its_lifts(city: DemoCity) -> None:
    [message] = [message for message in of_step(city.view()["manager"]["sms"], "sms") if message["n"] == 22]
    why = city.why(message["notice_id"])
    assert why is not None
    assert why["clause"] == {
        "clause": "四5",
        "quote": "提前3个月发送短信至使用单位联系人",
        "title": "广州机电院关于创建国家安全发展示范城市的工作方案",
    }
    [ladder] = why["ladders"]
    assert ladder["due"] == "2027-02-28"
    assert [rung["step"] for rung in ladder["rungs"]] == ["sms", "call", "target", "backstop", "list"]
    assert ladder["rungs"][0] | {"provisional": False} == {
        "step": "sms",
        "opens": "2026-11-02",
        "on": "2026-11-28",
        "practical": "2026-11-27",
        "provisional": False,
    }
    assert [rung["provisional"] for rung in ladder["rungs"][2:]] == [True, True, True]
    assert len(why["lifts"]) == 22
    assert why["lifts"][0]["place"].startswith("沙湾畔花园")
    assert why["deliveries"][0]["to"] == "陈一鸣 140****0009"
    assert city.why(999_999) is None


def test_messages_can_be_read_in_english(city: DemoCity) -> None:
    state = city.view(language="en")
    [message] = [message for message in of_step(state["manager"]["sms"], "sms") if message["n"] == 22]
    assert message["translation"].startswith("[Tixing demo] 22 of your lifts")
    assert state["department"]["calls"][0]["translation"].startswith("Hello")
    why = city.why(message["notice_id"], "en")
    assert why is not None
    assert why["translation"] == message["translation"]


def test_a_day_a_week_and_back_to_the_start(city: DemoCity) -> None:
    city.keep_start()
    before = city.view()
    city.move("day")
    assert city.today == OPENS_ON + timedelta(days=1)
    city.move("week")
    assert city.today == OPENS_ON + timedelta(days=8)
    assert city.view() != before
    city.move("start")
    assert city.today == OPENS_ON
    assert city.view() == before
    city.move("day")
    assert city.today == OPENS_ON + timedelta(days=1)


def test_the_way_back_does_not_trip_who_uses_the_store_meanwhile(city: DemoCity) -> None:
    city.keep_start()
    is_over = Signal()

    def use() -> int:
        times = 0
        while not is_over.is_set():
            with city.database.write() as session:  # as the chat does
                session.merge(Setting(key="used", value=str(times)))
            times += 1
        return times

    with ThreadPoolExecutor(2) as others:
        using = [others.submit(use) for _ in range(2)]
        try:
            for _ in range(3):
                city.move("start")
        finally:
            is_over.set()
        assert all(one.result() for one in using)
    assert city.today == OPENS_ON


def test_the_next_event_is_a_day_with_news_on_these_phones(city: DemoCity) -> None:
    city.move("next")
    state = city.view()
    today = state["clock"]["date"]
    messages = state["manager"]["sms"] + state["manager"]["chat"] + state["regulator"]["messages"]
    messages += state["maintainer"]["messages"]
    assert any(one["on"] == today for one in messages) or any(
        one["opened_on"] == today for one in state["department"]["calls"]
    )


def test_a_booking_on_the_telephone_pauses_the_ladder_and_closes_the_task(city: DemoCity) -> None:
    call = next(call for call in city.view()["department"]["calls"] if call["unit"] == LARGEST)
    city.answer(call["id"], Answer.BOOKED, date(2026, 12, 8))
    state = city.view()
    assert call["id"] not in [one["id"] for one in state["department"]["calls"]]
    assert state["department"]["done"][0]["outcome"] == "booked"
    why = city.why(call["notice_id"])
    assert why is not None
    assert {lift["booked_on"] for lift in why["lifts"]} == {"2026-12-08"}


def test_a_booking_on_the_telephone_is_told_at_once_and_again_the_day_before(city: DemoCity) -> None:
    call = next(call for call in city.view()["department"]["calls"] if call["unit"] == LARGEST)
    city.answer(call["id"], Answer.BOOKED, OPENS_ON + timedelta(days=2))
    state = city.view(language="en")
    unit, maintainer = state["manager"]["sms"][-1], state["maintainer"]["messages"][-1]
    assert "11月25日" in unit["body"]
    assert [unit["step"], maintainer["step"]] == ["booking", "booking"]
    assert "25" in unit["translation"]
    why = city.why(unit["notice_id"])
    assert why is not None
    assert (why["clause"]["title"], why["ladders"]) == ("中华人民共和国特种设备安全法", [])
    assert {lift["booked_on"] for lift in why["lifts"]} == {"2026-11-25"}
    city.move("day")
    assert "booking_near" in {one["step"] for one in city.view()["manager"]["sms"]}


def test_another_answer_closes_the_task_and_books_nothing(city: DemoCity) -> None:
    call = city.view()["department"]["calls"][0]
    city.answer(call["id"], Answer.NO_ANSWER, None)
    assert city.view()["department"]["done"][0]["outcome"] == "no_answer"
    why = city.why(call["notice_id"])
    assert why is not None
    assert {lift["booked_on"] for lift in why["lifts"]} == {None}


def test_answers_that_make_no_sense_are_refused(city: DemoCity) -> None:
    call = city.view()["department"]["calls"][0]
    with pytest.raises(RefusedAct, match="a day from today on"):
        city.answer(call["id"], Answer.BOOKED, None)
    with pytest.raises(RefusedAct, match="a day from today on"):
        city.answer(call["id"], Answer.BOOKED, date(2026, 11, 20))
    city.answer(call["id"], Answer.REFUSED, None)
    with pytest.raises(RefusedAct, match="not open"):
        city.answer(call["id"], Answer.BOOKED, date(2026, 12, 8))
    with pytest.raises(RefusedAct, match="not open"):
        city.answer(999_999, Answer.REFUSED, None)


def test_the_same_city_lives_the_same_days(copy_city: Callable[[], DemoCity]) -> None:
    one, other = copy_city(), copy_city()
    for city in (one, other):
        city.live_until(date(2026, 12, 4))
    assert one.view() == other.view()


def test_lifts_that_pass_go_on_to_their_next_inspection_year(city: DemoCity) -> None:
    with city.database.read() as session:
        renewed = session.exec(select(func.count(col(Event.id))).where(Event.kind == EventKind.VALIDITY_RENEWED)).one()
        passed = _closed_in(session)
    assert renewed == passed > 100


def _closed_in(session: Session) -> int:
    query = select(func.count(col(Duty.id))).where(Duty.kind == "periodic_inspection", col(Duty.closed_on).is_not(None))
    return session.exec(query).one()


def test_a_city_that_has_not_lived_stands_before_its_first_day(database: Database, data: Any, lifts: Any) -> None:
    city = DemoCity(database, data, lifts, lambda _store, _day: None, date(2026, 8, 1))
    assert city.today == date(2026, 7, 31)
    city.live_until(date(2026, 8, 3))
    assert city.today == date(2026, 8, 3)
