"""Booking through the real dispatcher: from the menu to a booked visit, moved, called off, and killed at every step."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from phones.world import NOW, TODAY, add_many_lifts
from sqlmodel import col, select

from actions.visits.inspections import book
from actions.visits.slots import set_places, set_usual_places
from store.database import Database
from store.duties import Duty, Told, ToldState
from store.events import Event, EventKind
from store.notices import Notice, NoticeStatus, PlanRun
from store.slots import Slot

FIRST, SECOND = date(2026, 11, 24), date(2026, 11, 25)
COMMON = ("约检", "最近通知的", "11月24日", "上午", "确认约检")


def entry(phone: Any) -> Any:
    """The last file that was sent, as an entry of a calendar."""
    sent = [one for one in phone.messages if one.file_name.endswith(".ics")][-1]
    calendar = Calendar.from_ical(sent.file)
    return calendar["METHOD"], calendar.walk("VEVENT")[0]


def taken(database: Database) -> dict[tuple[date, str], int]:
    with database.read() as session:
        return {(slot.day, slot.half): slot.taken for slot in session.exec(select(Slot).where(Slot.taken > 0))}


def bookings(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(Event).where(Event.kind == EventKind.BOOKED)).all())


@pytest.fixture
def told(database: Database, world: Any) -> list[int]:
    """Three lifts of our unit, of which a notice was sent today."""
    lifts = world.lifts["own"][:3]
    with database.write() as session:
        run = PlanRun(planned_on=TODAY, finished_at=NOW, notices=1, duties=len(lifts))
        session.add(run)
        session.flush()
        notice = Notice(
            city_id="guangzhou", run_id=run.id, planned_on=TODAY, send_on=TODAY, party_id=world.parties["own"],
            duty="periodic_inspection", rule="gz.inspection", step="sms", audience="unit_contact",
            channel_class="sms", template="gz.sms", status=NoticeStatus.DELIVERED, settled_at=NOW,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        duties = select(Duty).where(col(Duty.lift_id).in_(lifts), Duty.kind == "periodic_inspection")
        for duty in session.exec(duties):
            told = {"duty_id": duty.id, "due": duty.due, "step": "sms", "party_id": notice.party_id}
            session.add(Told(**told, state=ToldState.TOLD, notice_id=notice.id, on_date=TODAY))
    return list(lifts)


async def book_told(unit: Any, steps: tuple[str, ...] = COMMON) -> None:
    await unit.write("/start")
    for step in steps:
        await unit.press(step)


async def test_all_lifts_of_the_last_notice_on_the_first_free_day_in_five_taps(
    phone: Any, database: Database, told: list[int]
) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    unit.taps = 0
    await unit.press("约检")
    assert "待约 10 台" in unit.text
    await unit.press("最近通知的 3 台")
    await unit.press("11月24日 周二")
    await unit.press("上午")
    assert "11月24日 周二 上午" in unit.text
    await unit.press("确认约检")
    assert unit.taps == 5
    assert "已约好" in unit.text
    assert "云荔花园1栋：1梯、2梯、3梯" in unit.text
    assert taken(database) == {(FIRST, "am"): 3}
    method, visit = entry(unit)
    assert (method, visit["STATUS"], visit["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert visit.decoded("DTSTART").isoformat() == "2026-11-24T01:00:00+00:00"
    assert "云荔花园1栋1梯" in visit["DESCRIPTION"]
    await unit.press("主菜单")
    await unit.press("我的约检")
    assert unit.sees("11月24日 周二 上午 · 3台")


async def test_sixty_lifts_by_building_by_month_one_by_one_and_all(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        add_many_lifts(session, world, 60)
        set_usual_places(session, None, 30)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("约检")
    await unit.press("全部 70 台")
    assert "分 3 批约" in unit.text
    assert "已过最后期限" in unit.text
    assert unit.sees("第 2 批")
    await unit.press("返回")
    await unit.press("约检")
    await unit.press("按到期月份选")
    assert unit.sees("2026年12月到期 3台")
    await unit.press("返回")
    await unit.press("按楼栋选")
    await unit.press("星海名苑二期西区1栋 10台")
    assert "10 台，约哪一天" in unit.text
    await unit.press("增减电梯")
    assert "已选 10 / 70" in unit.text
    await unit.press("云荔花园1栋1梯")
    await unit.press("就约这 11 台")
    for step in ("11月25日", "下午", "确认约检"):
        await unit.press(step)
    assert taken(database) == {(SECOND, "pm"): 11}


async def test_a_day_is_taken_from_the_grid_of_another_month(phone: Any, database: Database, told: list[int]) -> None:
    unit = phone("unit_contact")
    await book_told(unit, COMMON[:2])
    assert "2026年11月" in unit.text
    await unit.press("下个月")
    assert "2026年12月" in unit.text
    await unit.press("·")
    assert "这一天不能约" in unit.popup
    await unit.press("15")
    await unit.press("下午")
    await unit.press("确认约检")
    assert taken(database) == {(date(2026, 12, 15), "pm"): 3}


async def test_a_visit_is_moved_and_called_off_and_so_is_its_entry(
    phone: Any, database: Database, told: list[int]
) -> None:
    unit = phone("unit_contact")
    await book_told(unit)
    uid = entry(unit)[1]["UID"]
    for step in ("主菜单", "我的约检", "11月24日", "改期", "11月25日", "下午", "确认改期"):
        await unit.press(step)
    assert "已改期" in unit.text
    assert taken(database) == {(SECOND, "pm"): 3}
    method, visit = entry(unit)
    assert (method, visit["UID"], visit["SEQUENCE"]) == ("PUBLISH", uid, 1)
    for step in ("返回", "取消约检"):
        await unit.press(step)
    await unit.press("确认取消", twice=True)
    assert "已取消" in unit.text
    assert taken(database) == {}
    method, visit = entry(unit)
    assert (method, visit["UID"], visit["SEQUENCE"], visit["STATUS"]) == ("CANCEL", uid, 2, "CANCELLED")


async def test_a_double_tap_books_once_and_an_old_button_does_nothing(
    phone: Any, database: Database, told: list[int]
) -> None:
    unit = phone("unit_contact")
    await book_told(unit, COMMON[:4])
    sent, button = unit.find("确认约检")
    await unit.press("确认约检", twice=True)
    unit.press_data(button["callback_data"], sent.number)
    await unit._settle()
    assert bookings(database) == 3
    assert len([one for one in unit.messages if one.file_name.endswith(".ics")]) == 1
    assert all("已经办好了" in said for said in list(unit.api.popups.values())[-2:])


async def test_a_visit_that_a_colleague_has_moved_meanwhile_is_shown_before_it_is_called_off(
    phone: Any, database: Database, told: list[int]
) -> None:
    unit, head = phone("unit_contact"), phone("legal_rep")
    await book_told(unit)
    for step in ("主菜单", "我的约检", "11月24日", "取消约检"):
        await unit.press(step)
    await head.write("/start")
    for step in ("我的约检", "11月24日", "改期", "11月25日", "下午", "确认改期"):
        await head.press(step)
    await unit.press("确认取消")
    assert "未作任何改动" in unit.popup
    assert "11月25日" in unit.text
    assert taken(database) == {(SECOND, "pm"): 3}
    await unit.press("确认取消")
    assert taken(database) == {}


async def test_what_is_full_by_the_time_of_the_last_tap_leads_back_to_the_days(
    phone: Any, database: Database, told: list[int], world: Any
) -> None:
    unit = phone("unit_contact")
    await book_told(unit, COMMON[:4])
    with database.write() as session:
        set_places(session, world.parties["department"], [(FIRST, "am"), (FIRST, "pm")], 0)
    await unit.press("确认约检")
    assert "没有约上" in unit.popup
    assert "2026年11月25日" in unit.popup
    assert bookings(database) == 0
    for step in ("11月25日", "上午", "确认约检"):
        await unit.press(step)
    assert taken(database) == {(SECOND, "am"): 3}


async def test_two_of_a_unit_book_the_same_lifts_and_one_hears_that_it_is_done(
    phone: Any, database: Database, told: list[int]
) -> None:
    one, other = phone("unit_contact"), phone("legal_rep")
    await book_told(one, COMMON[:4])
    await book_told(other, (*COMMON[:2], "11月25日", "上午"))
    one.press_later("确认约检")
    other.press_later("确认约检")
    await one._settle()
    assert bookings(database) == 3
    assert sum("已约好" in person.text for person in (one, other)) == 1
    assert any("已约" in said for said in one.api.popups.values())


async def test_killed_at_every_step_and_started_again_the_dialog_goes_on(
    phone: Any, running: Any, start_bot: Any, database: Database, told: list[int], bot_api: Any
) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    for step in COMMON:
        await running.stop()
        again = start_bot()
        running.desk, running.polling, running.bot = again.desk, again.polling, again.bot
        await unit.press(step)
    assert "已约好" in unit.text
    assert taken(database) == {(FIRST, "am"): 3}


async def test_on_the_day_itself_the_unit_is_told_whom_to_call(
    phone: Any, database: Database, told: list[int], clock: Any, world: Any
) -> None:
    unit = phone("unit_contact")
    await book_told(unit)
    clock.now = NOW + timedelta(days=1)
    for step in ("主菜单", "我的约检", "11月24日", "取消约检", "确认取消"):
        await unit.press(step)
    assert "当天起不能在这里改" in unit.popup
    assert world.people["duty_officer"].phone in unit.popup
    assert taken(database) == {(FIRST, "am"): 3}


async def test_a_lift_that_is_late_is_booked_and_said_to_be_too_late(phone: Any, database: Database) -> None:
    unit = phone("unit_contact")
    for step in ("约检", "按到期月份选", "2026年10月到期"):
        if step == "约检":
            await unit.write("/start")
        await unit.press(step)
    assert "晚于最后期限" in unit.text
    for step in ("11月24日", "上午", "确认约检"):
        await unit.press(step)
    assert "仍会列入上报名单" in unit.text


async def test_in_english(phone: Any, database: Database, told: list[int], world: Any) -> None:
    with database.write() as session:
        by = world.parties["own"]
        book(session, lift_ids=told[:1], visit_on=FIRST, by=by, now=NOW, today=TODAY, key="cli")
    unit = phone("unit_contact", language="en")
    await unit.write("/start")
    for step in ("My bookings", "24 Nov", "Move it", "25 Nov", "Afternoon", "Move it"):
        await unit.press(step)
    assert "Moved" in unit.text
    assert taken(database) == {(SECOND, "pm"): 1}
