"""Colleagues, over HTTP: added, given places and roles, ended; invited; somebody else does it now."""

from datetime import timedelta
from typing import Any

import pytest
from phones.world import TODAY, World
from sqlmodel import col, select

from actions.identity.sign_in import is_somebody
from actions.regulator.street_offices import set_street_office
from store.database import Database
from store.duties import Duty, Told
from store.identity import Invitation
from store.notices import Notice
from store.parties import Contact, ContactScope
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.one_store

ZHAO = "+8614000000888"


async def test_a_head_adds_a_colleague_once(phone: Any, database: Database, clock: Any) -> None:
    head = phone("legal_rep")
    await head.write("/start")
    await head.press("我的同事")
    await head.press("添加同事")
    await head.press("使用单位联系人")
    for unusable, said in (("   ", "只收文字"), ("赵" * 41, "最多40个字"), ("赵六\n经理", "写在一行里")):
        await head.write(unusable)
        assert said in "".join(one.text for one in head.messages[-2:])
    await head.write("赵六")
    await head.write("1" * 61)
    assert "最多60个字" in "".join(one.text for one in head.messages[-2:])
    await head.write("1234")
    assert "不能用" in "".join(one.text for one in head.messages[-2:])
    await head.write("＋86 １４０-0000 0888")
    assert "赵六" in head.text
    await head.press("确认", twice=True)
    assert head.sees("赵六")
    with database.read() as session:
        assert is_somebody(session, ZHAO, clock())
        assert len(session.exec(select(Contact).where(Contact.phone == ZHAO)).all()) == 1


async def test_places_and_role_and_goodbye(phone: Any, world: World, database: Database) -> None:
    head, contact_id = phone("legal_rep"), world.people["unit_contact"].contact_id
    await head.write("/start")
    await head.press("我的同事")
    await head.press("陈一鸣 · 使用单位联系人")
    await head.press("负责的地方")
    await head.press("云荔花园2栋")
    assert head.sees("✓ 云荔花园2栋")
    with database.read() as session:
        assert [one.building for one in session.exec(select(ContactScope))] == ["2栋"]
    await head.press("返回")
    assert "云荔花园2栋" in head.text
    await head.press("休假7天")
    assert "休假至" in head.text
    await head.press("在岗")
    await head.press("换角色")
    await head.press("电梯安全管理员")
    with database.read() as session:
        assert session.get_one(Contact, contact_id).ended_by_hand
    await head.press("返回")
    await head.press("移除")
    await head.press("确认移除")
    with database.read() as session:
        phone_of = world.people["unit_contact"].phone
        left = select(Contact).where(Contact.phone == phone_of, col(Contact.to_on).is_(None))
        assert session.exec(left).all() == []


async def test_who_may_not_change_people_is_not_offered_to(phone: Any) -> None:
    for who in ("unit_contact", "worker", "inspector", "tester"):
        somebody = phone(who)
        await somebody.write("/start")
        assert not somebody.sees("我的同事")


async def test_a_duty_officer_invites_and_takes_it_back(phone: Any, database: Database) -> None:
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("我的同事")
    await officer.press("添加同事")
    await officer.press("检验员")
    await officer.write("孙八")
    await officer.write("14000000888")
    await officer.press("确认")
    with database.read() as session:
        assert session.exec(select(Invitation.phone)).one() == ZHAO
    await officer.press("待接受的邀请")
    await officer.press("孙八")
    with database.read() as session:
        assert session.exec(select(Invitation.revoked_at)).one() is not None


async def test_a_bureau_invites_an_officer_of_a_street_office(phone: Any, world: World, database: Database) -> None:
    with database.write() as session:
        place = {"city_id": "guangzhou", "district_code": "440106", "name": "演示街一所", "as_of": TODAY}
        assert set_street_office(session, **place) == world.parties["street_office"]
    officer = phone("district_regulator")
    await officer.write("/start")
    for label in ("我的同事", "添加同事", "街道所人员", "演示街一所"):
        await officer.press(label)
    await officer.write("孙八 @admin")
    await officer.write("14000000888")
    assert "演示街一所" in officer.text
    assert "@\u2060admin" in officer.text  # shown as it was written, and nobody is called by it
    await officer.press("确认")
    with database.read() as session:
        invitation = session.exec(select(Invitation)).one()
    assert (invitation.party_id, invitation.role) == (world.parties["street_office"], "street_officer")


async def test_somebody_else_does_it_now_and_the_department_settles_it(
    phone: Any, world: World, database: Database
) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我和登录")
    await unit.press("已换人")
    await unit.write("赵" * 41)
    assert any("最多40个字" in one.text for one in unit.messages[-2:])
    await unit.write("赵六")
    await unit.write("14000000888")
    await unit.press("提交", twice=True)
    with database.read() as session:
        assert session.exec(select(Task).where(Task.kind == TaskKind.PEOPLE_CHANGED)).one().status == "open"
        assert session.exec(select(Contact).where(Contact.phone == ZHAO)).first() is None
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("换人核实")
    await officer.press("云荔")
    assert ZHAO in officer.text
    await officer.press("属实")
    with database.read() as session:
        assert session.exec(select(Contact).where(Contact.phone == ZHAO)).one().to_on is None
        assert session.get_one(Contact, world.people["unit_contact"].contact_id).to_on is not None


async def test_a_head_sees_what_nobody_has_seen_to(phone: Any, world: World, database: Database) -> None:
    with database.write() as session:
        duty = session.exec(select(Duty).where(Duty.lift_id == world.lifts["own"][0])).first()
        assert duty is not None
        for days, lift in ((5, world.lifts["own"][0]), (1, world.lifts["own"][1])):
            duty = session.exec(select(Duty).where(Duty.lift_id == lift, col(Duty.due).is_not(None))).first()
            assert duty is not None
            notice = Notice(
                city_id="guangzhou", planned_on=TODAY - timedelta(days=days), send_on=TODAY - timedelta(days=days),
                party_id=world.parties["own"],
                duty=duty.kind, rule=duty.rule, step="sms", audience="unit_contact", channel_class="sms",
                template="gz.sms", status="sent",
            )  # fmt: skip
            session.add(notice)
            session.flush()
            session.add(
                Told(
                    duty_id=duty.id, due=duty.due, step="sms", party_id=notice.party_id, state="told",
                    notice_id=notice.id, on_date=notice.send_on,
                )
            )  # fmt: skip
    head = phone("legal_rep")
    await head.write("/start")
    await head.press("我的同事")
    await head.press("没人办的通知")
    assert "1台，已5天" in head.text
    assert head.text.count("台") == 1
