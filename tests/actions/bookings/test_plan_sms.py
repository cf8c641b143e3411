"""A unit without a chat agrees to a plan by SMS, where that names all there is to agree to."""

from typing import Any

import pytest
from sqlmodel import Session, select

from actions.plans.answers import plan_rounds_of_unit
from actions.told.replies import Answer, Correspondent, Reply, answered_by_one, sentence_of, take_reply
from actions.visits.bookings import bookings_of
from actions.visits.slots import set_places
from notifier.prepare import prepare
from store.notices import PLAN, Delivery, Notice

from .test_plan_changes import apart
from .test_plan_holds import AUGUST, held, published, sound

pytestmark = pytest.mark.one_store


def sms(place: Any) -> tuple[int, str]:
    """The last notice of a plan to 云荔物业, and what it says by SMS."""
    query = select(Notice.id).where(Notice.duty == PLAN, Notice.party_id == place.parties["云荔物业"])
    number = place.ask(lambda session: max(session.exec(query)))
    (said,) = place.ask(lambda session: prepare(session, [number], ["sms"], place.today))
    return number, said.body


def answer(place: Any, notice_id: int, key: str, note: str = "", who: str = "陈一鸣", phone: str = "") -> str:
    def write(session: Session) -> str:
        now = place.asked(who).now
        sent = Delivery(
            notice_id=notice_id, contact_id=place.people[who].contact_id, channel="sms",
            address=phone or "+8614000000001", template="plan.published", template_version="1", language="zh",
            body="x", segments=1, status="sent", attempted_at=now, settled_at=now,
        )  # fmt: skip
        session.add(sent)
        session.flush()
        reply = Reply(notice_id, sent.id, Answer.WILL_BOOK, "sms", key, note)
        take_reply(session, reply, now=now, today=place.today)
        return sentence_of(session, notice_id, Answer.WILL_BOOK, note)

    said: str = place.write(write)
    return said


def reminded(place: Any) -> int:
    """An SMS that came after it, about what is due."""

    def write(session: Session) -> int:
        notice = Notice(
            city_id="guangzhou", planned_on=place.today, send_on=place.today, party_id=place.parties["云荔物业"],
            duty="periodic_inspection", rule="gz.inspection", step="near1", audience="unit_contact",
            channel_class="sms", template="gz.sms", status="sent",
        )  # fmt: skip
        session.add(notice)
        session.flush()
        return notice.id

    number: int = place.write(write)
    answer(place, number, "read", note="booked")
    return number


def answered(place: Any, last: int) -> int | None:
    known, number = Correspondent("zh", last, 0), "+8614000000001"
    found: Correspondent = place.ask(lambda session: answered_by_one(session, known, number, "sms", today=place.today))
    return found.notice_id


def test_gz_04_a_unit_without_a_chat_agrees_by_answering_1_to_the_day_that_the_sms_names(place: Any) -> None:
    apart(place, 1)
    (one,) = published(place)
    notice_id, body = sms(place)
    assert f"排定{one.day.month}月{one.day.day}日上午检验贵单位1台电梯" in body
    assert "同意请回1，改期请致电" in body
    assert "致电14000000003" in body
    assert answer(place, notice_id, "words", note="已约") == "will_book", "perhaps of another day"
    assert answer(place, notice_id, "strange", phone="+8614000000009") == "plan_not_agreed"
    assert place.do(bookings_of, "陈一鸣") == []
    later = reminded(place)
    assert answered(place, later) == notice_id, "the reminder offers no 1"
    assert answer(place, notice_id, "tap") == answer(place, notice_id, "tap") == "plan_agreed"
    (visit,) = place.do(bookings_of, "陈一鸣")
    assert (visit.day, held(place), sound(place)) == (one.day, {}, True)
    assert [it.state for it in place.do(plan_rounds_of_unit, "陈一鸣")] == ["agreed"]
    assert answered(place, later) == later, "what was answered waits for nothing"


def test_who_answers_1_to_a_day_that_is_full_by_then_reads_that_nothing_is_booked(place: Any) -> None:
    apart(place, 1)
    (one,) = published(place)
    notice_id, _ = sms(place)
    desk = place.parties["天河检验部"]
    place.write(lambda session: set_places(session, desk, [(one.day, half) for half in ("am", "pm")], 0))
    assert answer(place, notice_id, "tap") == "plan_not_agreed"
    assert (place.do(bookings_of, "陈一鸣"), sound(place)) == ([], True)


@pytest.mark.parametrize("months", [0, 6])
def test_several_days_or_shorter_validities_are_agreed_to_by_telephone(place: Any, months: int) -> None:
    place.lift("L1", "云荔物业")
    place.lift("L2", "云荔物业", valid=AUGUST)
    assert len(published(place, most_months=months)) == (1 if months else 2)
    notice_id, body = sms(place)
    assert "回1" not in body
    assert "请致电14000000003同意或改期" in body
    assert answer(place, notice_id, "tap") == "will_book"
    assert place.do(bookings_of, "陈一鸣") == []
