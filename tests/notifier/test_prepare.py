"""From a stored notice to the words of its messages."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, update

from notifier.index import TextError
from notifier.prepare import prepare, preview
from notifier.writer import PreparedDelivery
from store.doors import Door
from store.duties import Duty, Told, ToldState
from store.lifts import LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole
from store.settings import Setting

ALL = ("sms", "webchat", "telegram", "call_task")


def prepared(world: Any, notice_id: int, today: date, **options: Any) -> list[PreparedDelivery]:
    with world.database.read() as session:
        return prepare(session, [notice_id], options.pop("available", ALL), today, **options)


def test_one_lift_is_named_with_the_month_of_its_validity_and_the_day_to_act(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit, building="3栋"))
    [message] = prepared(world, notice, today)
    assert message.body == (
        "贵单位云荔花园3栋1梯电梯定期检验2027年2月到期。请登录网上服务平台约检，于1月28日前完成，并请维保单位到场配合。"
    )
    assert (message.channel, message.address, message.segments) == ("sms", "+8614000000001", 1)
    assert message.signature == "【梯信演示】"


def test_many_lifts_are_one_message_with_all_their_keys(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit, 148))
    [message] = prepared(world, notice, today)
    assert "有148台电梯" in message.body
    assert len(set(message.lift_keys)) == 148


def test_a_released_lift_is_not_in_the_text_any_more(world: Any, today: date) -> None:
    unit = world.unit()
    duties = world.lifts(unit, 2)
    notice = world.notice(unit, duties)
    world.change(lambda s: s.exec(update(Told).where(col(Told.duty_id) == duties[0]).values(state=ToldState.RELEASED)))
    [message] = prepared(world, notice, today)
    assert len(message.lift_keys) == 1
    assert "等" not in message.body


def test_an_emptied_notice_has_no_message(world: Any, today: date) -> None:
    unit = world.unit()
    assert prepared(world, world.notice(unit, []), today) == []


def test_a_day_in_the_register_is_said_as_a_day(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit, valid_precision="day"))
    [message] = prepared(world, notice, today)
    assert "2月28日到期" in message.body


def test_a_step_that_is_over_is_not_asked_for(world: Any) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    [message] = prepared(world, notice, date(2027, 2, 1))
    assert "于2月19日前完成" in message.body


def test_the_earliest_of_several_dates_leads(world: Any, today: date) -> None:
    unit = world.unit()
    late, early = world.lifts(unit, 2)
    notice = world.notice(unit, [late])
    early_due = date(2026, 12, 31)

    def add_early(session: Any) -> None:
        row = {"duty_id": early, "due": early_due, "step": "sms", "party_id": unit, "on_date": today}
        session.add(Told(state=ToldState.RESERVED, notice_id=notice, **row))

    world.change(add_early)
    [message] = prepared(world, notice, today)
    assert "最早2026年12月到期" in message.body


def test_a_corrected_date_names_the_old_and_the_new_one(world: Any, today: date) -> None:
    unit = world.unit()
    facts = {"old_due": "2026-05-31", "new_due": "2027-02-28"}
    notice = world.notice(unit, world.lifts(unit), "gz.corrected", facts=facts)
    [message] = prepared(world, notice, today)
    assert "由2026年5月改为2027年2月" in message.body


def test_the_maintainer_reads_the_use_units_name_in_the_chat(world: Any, today: date) -> None:
    unit = world.unit()
    maintainer = world.party("广州示范捷安电梯工程有限公司")
    world.contact(maintainer, ContactRole.MAINTAINER_CONTACT, None, chats=[("webchat", "m-1")])
    notice = world.notice(maintainer, world.lifts(unit, 2), "gz.sms.maint")
    [message] = prepared(world, notice, today)
    assert (message.channel, message.address) == ("webchat", "m-1")
    assert "广州示范捷安电梯工程有限公司：贵公司维保的以下 2 台电梯" in message.body
    assert "，广州示例云荔物业服务有限公司" in message.body


def test_the_district_hears_how_many_use_units_and_who_has_the_case(world: Any) -> None:
    units = [world.unit(f"+861400000010{k}") for k in range(3)]
    duties = [duty for unit in units for duty in world.lifts(unit, 2)]
    bureau = world.party("天河区市场监督管理局")
    world.contact(bureau, ContactRole.REGULATOR_OFFICER, "+8614000000200")
    notice = world.notice(bureau, duties, "gz.unbooked", district_code="440106")
    [message] = prepared(world, notice, date(2027, 2, 18))
    assert message.channel == "sms"
    assert message.body == (
        "贵辖区2027年2月到期电梯中，经催检仍未约检6台，涉及使用单位3家。清单请向经办索取，请确认。经办：陈一鸣"
    )


def test_a_former_use_unit_is_not_named(world: Any, today: date) -> None:
    old, new = world.unit(), world.party("广州示例星桥物业管理有限公司")
    [duty] = world.lifts(old)

    def hand_over(session: Any) -> None:
        lift_id = session.get(Duty, duty).lift_id
        session.exec(update(Responsibility).values(to_on=today))
        new_unit = {"lift_id": lift_id, "party_id": new, "from_on": today}
        session.add(Responsibility(role=LiftRole.USE_UNIT, **new_unit))

    world.change(hand_over)
    maintainer = world.party("广州示范捷安电梯工程有限公司")
    world.contact(maintainer, ContactRole.MAINTAINER_CONTACT, "+8614000000300")
    [message] = prepared(world, world.notice(maintainer, [duty], "gz.intro.maint", audience="maintainer"), today)
    assert "现由广州示例星桥物业管理有限公司管理" in message.body


def test_a_call_is_the_card_of_the_caller_in_the_language_of_who_is_called(world: Any, today: date) -> None:
    unit, other = world.unit(role=ContactRole.LEGAL_REP), world.party("Lychee Property Ltd", language="en")
    world.contact(other, ContactRole.LEGAL_REP, "+8614000000002", name="Li Xiaoman")
    [card] = prepared(world, world.notice(unit, world.lifts(unit, 3), "gz.call"), today)
    assert card.channel == "call_task"
    assert card.body.startswith("您好，我是检验一部的陈一鸣。请问是广州示例云荔物业服务有限公司的李小满吗？")
    assert card.subject.department_id == 900
    [card] = prepared(world, world.notice(other, world.lifts(other, 3), "gz.call"), today)
    assert "Am I speaking with Li Xiaoman of Lychee Property Ltd?" in card.body


def test_a_party_reads_its_own_language(world: Any, today: date) -> None:
    party = world.party("Lychee Property Ltd", language="en")
    world.contact(party, phone="+14105550123")
    [message] = prepared(world, world.notice(party, world.lifts(party)), today)
    assert message.body.startswith("Lift 云荔花园")
    assert message.language == "en"


def test_a_chat_is_written_to_in_the_language_that_was_chosen_there(world: Any, today: date) -> None:
    world.change(lambda session: session.add(Door(channel="telegram", address="7", language="en")))
    for channel, language in (("telegram", "en"), ("webchat", "zh")):
        firm = world.party(f"维保 {channel}")
        world.contact(firm, ContactRole.MAINTAINER_CONTACT, chats=[(channel, "7")])
        [message] = prepared(world, world.notice(firm, world.lifts(firm), "gz.sms.maint"), today)
        assert (message.channel, message.language) == (channel, language)


def test_nobody_reachable_is_said_with_the_words_that_wait(world: Any, today: date) -> None:
    unit = world.unit(None)
    [message] = prepared(world, world.notice(unit, world.lifts(unit)), today)
    assert (message.channel, message.address, message.contact_id, message.segments) == ("none", "", None, 0)
    assert message.body


def test_invented_contacts_count_in_a_rehearsal_only(world: Any, today: date) -> None:
    unit = world.unit(synthetic=True)
    notice = world.notice(unit, world.lifts(unit))
    assert prepared(world, notice, today)[0].channel == "sms"
    assert prepared(world, notice, today, allow_synthetic=False)[0].channel == "none"


def test_a_register_that_writes_links_cannot_make_us_send_them(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(
        unit, world.lifts(unit, compound="【银行】http://evil.cn/x 花园", building="", certificate="{{7*7}}")
    )
    [message] = prepared(world, notice, today)
    assert "evil" not in message.body
    assert "【" not in message.body


def test_a_lift_without_a_name_is_called_by_its_address_certificate_or_key(world: Any, today: date) -> None:
    unit = world.unit()
    nothing = {"compound": "", "building": "", "internal_number": "", "certificate": ""}
    by_address = world.notice(unit, world.lifts(unit, **nothing, address="天河区示例一路88号"))
    by_key = world.notice(unit, world.lifts(unit, **nothing))
    assert "贵单位示例一路88号电梯" in prepared(world, by_address, today)[0].body
    assert "贵单位3110990012017" in prepared(world, by_key, today)[0].body


def test_filed_signatures_come_from_the_store(world: Any, today: date) -> None:
    world.change(lambda s: s.add(Setting(key="sms_signatures", value={"body": {"zh": "某检验院", "en": "X"}})))
    unit = world.unit()
    [message] = prepared(world, world.notice(unit, world.lifts(unit)), today)
    assert message.signature == "【某检验院】"


def test_an_unknown_template_is_an_error_that_names_the_notice(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit), "gz.nothing")
    with pytest.raises(TextError, match=r"gz\.nothing") as caught:
        prepared(world, notice, today)
    assert caught.value.notice_id == notice


def test_a_preview_is_what_would_go_out_and_changes_nothing(world: Any, today: date) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    with world.database.read() as session:
        assert preview(session, notice, ALL, today) == prepare(session, [notice], ALL, today)
        assert session.get(Notice, notice).status == "planned"
