"""The last step of a booking: which lifts it is for, those that are another's by now, and the days that are offered."""

from datetime import date
from typing import Any

import pytest
from phones.papers import words_of_paper
from phones.world import TODAY
from sqlmodel import col, select

from actions.visits.rules import set_rules
from actions.visits.slots import set_usual_places
from store.database import Database
from store.lifts import Lift, Responsibility
from store.parties import Contact
from store.slots import Slot, VisitLift

pytestmark = pytest.mark.one_store

DECEMBER = ("约检", "按到期月份选", "2026年12月到期 3台")
BLANK = "\u2800"


async def go(person: Any, *steps: str) -> None:
    await person.write("/start")
    for step in steps:
        await person.press(step)


def booked(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.exec(select(VisitLift.lift_id).order_by(col(VisitLift.lift_id))))


def hand_over(database: Database, lift_ids: list[int]) -> None:
    with database.write() as session:
        for one in session.exec(select(Responsibility).where(col(Responsibility.lift_id).in_(lift_ids))):
            one.to_on = TODAY
            session.add(one)


async def test_a_lift_that_is_anothers_by_now_is_named_and_the_rest_is_booked_with_one_tap(
    phone: Any, database: Database, world: Any
) -> None:
    unit, lifts = phone("unit_contact"), world.lifts["own"][6:9]
    await go(unit, *DECEMBER, "11月24日", "上午")
    assert "· 云荔花园3栋：1梯、2梯、3梯" in unit.text
    hand_over(database, lifts[:1])
    await unit.press("确认约检")
    assert "同事已约）：云荔花园3栋1梯。其余 2 台可以照约" in unit.text
    assert booked(database) == []
    await unit.press("确认约检")
    assert "已约好" in unit.text
    assert booked(database) == lifts[1:]
    assert unit.messages[-1].file_name.endswith(".ics"), "the sentence comes before the file"


async def test_where_none_is_left_it_says_so_and_books_nothing(phone: Any, database: Database, world: Any) -> None:
    unit = phone("unit_contact")
    await go(unit, *DECEMBER, "11月24日", "上午")
    hand_over(database, world.lifts["own"])
    await unit.press("确认约检")
    assert "没有可约的了" in unit.text
    assert not unit.sees("确认约检")
    await unit.press("返回")
    assert "选的电梯现在都不能在这里约了" in unit.text
    await unit.press("增减电梯")
    assert "已选 0 / 0" in unit.text
    assert booked(database) == []


async def test_lifts_that_a_colleague_has_booked_do_not_keep_the_others_from_their_days(
    phone: Any, database: Database, world: Any
) -> None:
    unit, head = phone("unit_contact"), phone("legal_rep")
    await go(unit, *DECEMBER)
    await go(head, *DECEMBER, "增减电梯", "云荔花园3栋2梯", "就约这 2 台", "11月24日", "上午", "确认约检")
    await unit.press("11月25日")
    assert "已约" in unit.popup
    for step in ("11月25日", "上午", "确认约检"):  # the days are shown again, for what is left
        await unit.press(step)
    assert booked(database) == world.lifts["own"][6:9]


async def test_a_part_goes_on_with_what_a_colleague_has_left(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        set_usual_places(session, None, 1)
    unit, head, lifts = phone("unit_contact"), phone("legal_rep"), world.lifts["own"][6:9]
    await go(unit, *DECEMBER)
    assert "分 2 批约" in unit.text
    await go(head, "我的电梯", "云荔花园3栋", "3栋1梯", "约检这台", "11月25日", "上午", "确认约检")
    await unit.press("第 1 批：2 台")
    assert "⚠️ 现在不能在这里约：云荔花园3栋1梯。" in unit.text
    assert "1 台，约哪一天？" in unit.text
    await go(unit, *DECEMBER[:2], "2026年12月到期 2台", "增减电梯")
    hand_over(database, lifts[1:2])
    await unit.press("云荔花园1栋1梯")
    assert "已选 2 / 8" in unit.text
    await unit.press("就约这 2 台")
    assert "⚠️ 现在不能在这里约：云荔花园3栋2梯。" in unit.text


async def test_parts_of_which_nothing_is_left_say_so_with_names(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        set_usual_places(session, None, 1)
    unit = phone("unit_contact")
    await go(unit, *DECEMBER)
    hand_over(database, world.lifts["own"][6:8])
    await unit.press("第 1 批：2 台")
    assert "选的电梯现在都不能在这里约了" in unit.popup
    assert "约：云荔花园3栋1梯、云荔花园3栋2梯。\n还可以约 1 台" in unit.text
    hand_over(database, world.lifts["own"][8:9])
    await unit.press("第 1 批：1 台")
    assert "云荔花园3栋3梯。\n选的电梯现在都不能在这里约了" in unit.text


async def test_many_lifts_are_named_by_building_with_their_addresses(phone: Any, database: Database) -> None:
    with database.write() as session:
        for lift in session.exec(select(Lift)):
            lift.address = f"天河区云荔路{min(lift.id, 4)}号"
    unit = phone("unit_contact")
    await go(unit, "约检", "按到期月份选", "2027年2月到期 6台", "增减电梯", "·", "就约这 7 台", "11月25日", "上午")
    buildings = ("1栋：1梯、2梯、3梯", "2栋：1梯、2梯、3梯", "4栋1梯")
    assert "\n".join(f"· 云荔花园{one}" for one in buildings) in unit.text
    assert "地址：天河区云荔路1号；天河区云荔路2号；天河区云荔路3号 等\n" in unit.text + "\n"


async def test_of_two_departments_both_are_named_and_the_one_without_people_is_warned_of(
    phone: Any, database: Database, world: Any
) -> None:
    with database.write() as session:
        session.get_one(Lift, world.lifts["own"][8]).district_code = "440105"
        session.get_one(Contact, world.people["other_duty_officer"].contact_id).to_on = TODAY
    unit = phone("unit_contact")
    await go(unit, *DECEMBER, "11月24日", "上午")
    assert "由检验一部检验 2 台（" in unit.text
    assert "、检验二部检验 1 台：" in unit.text
    assert "⚠️ 检验二部还没有登记人员" in unit.text
    assert "检验一部还没有" not in unit.text
    await unit.press("确认约检")
    assert "请致电该部门确认，不要等回复。缺人员一事已列入系统管理员的待办" in unit.text


async def test_weeks_that_are_over_are_left_out_and_past_days_are_blank(phone: Any, clock: Any) -> None:
    unit = phone("unit_contact")
    clock.now = clock.now.replace(day=25)
    await go(unit, *DECEMBER)
    first, last = [[button["text"] for button in row] for row in unit.screen.keyboard if len(row) == 7]
    assert first == [BLANK, BLANK, "·", "26", "27", "·", "·"]
    assert last == ["30", *[BLANK] * 6]


async def test_the_pager_turns_round(phone: Any) -> None:
    unit = phone("unit_contact")
    await go(unit, "约检", "按楼栋选", "返回", "全部 10 台", "返回")
    await go(unit, *DECEMBER, "增减电梯")
    assert [button["text"] for button in unit.screen.keyboard[6]] == ["‹", "1/2", "›"]
    await unit.press("‹")
    assert unit.sees("2/2")
    await unit.press("›")
    assert unit.sees("1/2")


async def test_the_half_day_that_it_has_is_not_offered_to_a_visit_that_is_moved(phone: Any, database: Database) -> None:
    unit = phone("unit_contact")
    await go(unit, *DECEMBER, "11月24日", "上午", "确认约检", "主菜单", "我的约检", "11月24日", "改期")
    await unit.press("11月24日 周二 下午")
    assert "原约 11月24日 上午" in unit.text
    await unit.press("确认改期")
    with database.read() as session:
        taken = {(one.day, one.half): one.taken for one in session.exec(select(Slot).where(Slot.taken > 0))}
    assert taken == {(date(2026, 11, 24), "pm"): 3}


async def test_a_booking_whose_answer_did_not_arrive_is_said_to_be_done(
    phone: Any, bot_api: Any, database: Database
) -> None:
    unit = phone("unit_contact")
    await go(unit, *DECEMBER, "11月24日", "上午")
    sent, button = unit.find("确认约检")
    bot_api.failures.append(("sendMessage", 400, "Bad Request: something"))
    await unit.press("确认约检")
    assert len(booked(database)) == 3
    query = unit.press_data(button["callback_data"], sent.number)
    await unit._settle()
    assert "已经办好了" in bot_api.popups[query]


async def test_who_comes_is_said_in_two_taps_and_stands_in_the_departments_day(
    phone: Any, database: Database, world: Any
) -> None:
    unit, clerk, worker = phone("unit_contact"), phone("duty_officer"), phone("worker")
    with database.write() as session:
        set_rules(session, world.parties["department"], fee="exempt")
    await go(unit, *DECEMBER, "11月24日", "上午")
    assert "检验费：免收" in unit.text
    await unit.press("确认约检")
    await go(clerk, "今日检验", "看一周")
    assert "还没有人确认到场" in clerk.text
    shown = next(one for one in unit.messages if "已约好" in one.text)
    assert "请点“谁到场”" in shown.text
    await go(unit, "我的约检", "11月24日", "谁到场", "1400")
    assert "已确认" in unit.text
    assert "对方还没有确认" in unit.text
    await go(worker, "我的约检", "11月24日", "谁到场")
    await worker.write("周到")
    await worker.write("周到 14000000019")
    assert "周到 到场" in worker.text
    await go(clerk, "今日检验", "看一周")
    assert "周到 +8614000000019 到场" in clerk.text
    assert "还没有人确认" not in clerk.text
    await go(clerk, "排期", "11月24日", "台风等停检一天")
    assert "3 台" in clerk.text
    await clerk.press("确认停检")
    assert "改期 1 次" in clerk.text
    assert "→ 11月25日 上午" in clerk.text


async def test_gz_21_who_books_reads_the_three_ways_to_book_and_has_the_form_filled_in(phone: Any) -> None:
    unit = phone("unit_contact")
    await go(unit, "约检")
    assert all(way in unit.text for way in ("网上服务", "微信公众号", "服务窗口填写电梯检验申请单"))
    await unit.press("全部")
    await unit.press("电梯检验申请单")
    (form,) = [words_of_paper(sent.file) for sent in unit.messages if sent.media == "document"]
    assert "使用单位 | 广州示例云荔物业服务有限公司" in form
    assert "致：检验一部" in form
