"""A unit signs its records in its chat, the maintainer answers, an officer looks them up."""

from datetime import timedelta
from typing import Any

from phones.world import NOW, TODAY, add_many_lifts
from sqlmodel import select

from actions.actors import Asked
from actions.people.consents import consent_text, give_consent
from actions.records.content import RecordContent
from actions.records.defaults import end_days
from actions.records.upload import Origin, upload_record
from schedules.moments import midnight_after
from store.notices import RECORD_SIGNATURE, Delivery, Notice

FAULT = {"A-1-1": {"result": "fault", "reason": "机房温度过高，空调不制冷"}}


def upload(database: Any, world: Any, number: int, **said: Any) -> int:
    done = NOW - timedelta(minutes=10)
    worker = {"name": "何师傅", "certificate": "粤A-0001", "signed_at": done}
    ordinary = {"kind": "half_month", "table": "tsg-t5002-2017", "lift_class": "A", "count": 31}
    content = RecordContent.model_validate({**ordinary, "completed_at": done, "workers": [worker], **said})
    origin = Origin(world.parties["maintainer"], f"upload{number}")
    with database.write() as session:
        lift_id = world.lifts["own"][number]
        return upload_record(session, lift_id, content, origin, now=NOW, today=TODAY).id


def mark_sent(database: Any) -> None:
    with database.write() as session:
        for one in session.exec(select(Notice).where(Notice.duty == RECORD_SIGNATURE, Notice.status == "planned")):
            said = {"channel": "telegram", "template": one.template, "template_version": "", "language": "zh"}
            at = {"attempted_at": NOW, "sent_at": NOW, "settled_at": NOW}
            session.add(Delivery(notice_id=one.id, body="", segments=1, status="sent", **said, **at))


async def test_gp_31_a_unit_reads_and_signs_and_what_it_objects_to_is_answered(
    phone: Any, database: Any, world: Any, clock: Any
) -> None:
    for number in range(4):
        upload(database, world, number, **({"items": FAULT} if number == 2 else {}))
    unit, maintainer = phone("safety_manager"), phone("maintainer_admin")
    contact = phone("unit_contact", "en")
    await contact.write("/start")
    await contact.press("Sign records")
    await contact.press("I have checked the 3")
    await contact.press("3 checked")
    assert "not registered to sign" in contact.popup

    await unit.write("/start")
    await unit.press("维保记录签名")
    assert "4 份待签名" in unit.text
    assert "1 份有故障" in unit.text
    await unit.press("故障1")
    assert all(said in unit.text for said in ("机房温度过高", "何师傅", "30 项正常", "到场凭据：无"))
    assert "试验未附照片：制动器" in unit.text
    await unit.press("有异议")
    await unit.write("空调上周已修好，请复核")
    await unit.press("提交", twice=True)
    assert "使用单位有异议" in unit.text
    await unit.press("返回")
    await unit.press("3份正常的")
    assert "1栋" in unit.text
    await unit.press("签名 3 份")
    assert "1 份有异议，等维保单位答复" in unit.text
    assert "已签名 3 份（" in unit.text

    await maintainer.write("/start")
    await maintainer.press("维保记录异议")
    assert "有异议 1 份" in maintainer.text
    await maintainer.press("❗️")
    await maintainer.press("答复")
    await maintainer.write("已复核，温度正常，记录有误")
    await maintainer.press("提交")
    assert "维保单位已答复" in maintainer.text

    await unit.write("/start")
    await unit.press("维保记录签名")
    assert "一并" not in unit.text
    await unit.press("💬")
    await unit.press("签名")
    assert "✅ 已签名" in unit.text
    assert "已复核" in unit.text


async def test_what_was_written_is_read_whole_in_the_window_or_in_the_file(
    phone: Any, database: Any, world: Any, clock: Any
) -> None:
    texts = [f"{letter}{'磨' * 290}👍末" for letter in "甲乙"]
    items = {f"A-1-{number:02}": {"result": "fault", "reason": text} for number, text in enumerate(texts, start=1)}
    upload(database, world, 0, items=items)
    many = {f"A-1-{number:02}": {"result": "fault", "reason": "👍" * 280} for number in range(1, 32)}
    extra = [{"item": "e" * 200, "result": "ok"}] * 20
    upload(database, world, 1, items=many, extra=extra, note="n" * 1000)
    unit = phone("safety_manager", "en")
    await unit.write("/start")
    await unit.press("Sign records")
    await unit.press("2 faults")
    assert all(text in unit.text for text in texts)
    assert not unit.sees("Full text")
    await unit.press("Back")
    await unit.press("31 faults")
    assert "These are 1 to 10 of 51" in unit.text
    await unit.press("Full text")
    [whole] = [sent for sent in unit.messages if sent.file_name.endswith(".txt")]
    content = whole.file.decode()
    assert [content.count(said) for said in ("👍" * 280, "n" * 1000, "e" * 200)] == [31, 1, 20]


async def test_gp_22_records_of_a_lift_are_looked_up_back_in_time(
    phone: Any, database: Any, world: Any, clock: Any
) -> None:
    with database.write() as session:
        asked = Asked(world.actor(session, "legal_rep"), NOW - timedelta(hours=1), TODAY, "consent")
        give_consent(session, asked, version=consent_text().version, language="zh")
    upload(database, world, 0, place={"how": "code"}, began_at=NOW - timedelta(minutes=50))
    mark_sent(database)
    clock.now = midnight_after(TODAY)
    with database.write() as session:
        assert end_days(session, today=TODAY + timedelta(days=1), now=clock.now) == 1
    for who in ("inspector", "district_regulator", "worker", "unit_contact"):
        person = phone(who)
        await person.write("/records 云荔花园1栋1梯")
        assert "维保记录，最近的在前" in person.text
        await person.press("🕛")
        assert "已默认签名" in person.text
        assert "到场凭据：扫电梯二维码；" in person.text
    await person.press("补充说明")
    await person.write("灯未更换")
    await person.press("提交")
    assert "补充说明：灯未更换" in person.text
    await phone("other_contact").write("/records 云荔花园1栋1梯")
    assert "没有找到" in phone("other_contact").text


async def test_all_items_of_a_long_record_can_be_read_and_lifts_are_counted_as_people_do(
    phone: Any, database: Any, world: Any
) -> None:
    items = {f"A-1-{number:02}": {"result": "fixed", "reason": f"第{number}处"} for number in range(1, 13)}
    upload(database, world, 0, items=items)
    with database.write() as session:
        add_many_lifts(session, world, 12)
    unit = phone("safety_manager")
    await unit.write("/start")
    await unit.press("维保记录签名")
    await unit.press("处理12")
    assert ("第1处" in unit.text, "第12处" in unit.text) == (True, False)
    await unit.press("其他项目")
    assert ("第1处" in unit.text, "第12处" in unit.text) == (False, True)
    await unit.write("/start")
    await unit.write("星海名苑")
    assert unit.text.index("1栋2梯") < unit.text.index("1栋3梯") < unit.text.index("1栋6梯")
    assert "1栋10梯" not in unit.text
