"""Who comes to a visit: asked of both sides, shown to the other and to the department, dropped with the day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions.desk.day import visits_of_desk
from actions.people.parties import find_or_add_party
from actions.refusals import Refused
from actions.told.replies import Answer, Reply, sentence_of, take_reply
from actions.visits.attendance import confirm_attendance, visit_of_notice, who_may_come
from actions.visits.bookings import book_visit, bookings_of, cancel_visit, move_booking, visit_of
from actions.visits.follow import follow_visits
from notifier.prepare import prepare
from store.lifts import LiftRole, Responsibility
from store.notices import Delivery, Notice
from store.parties import Contact, ContactRole

pytestmark = pytest.mark.one_store

DAY, LATER = date(2026, 4, 15), date(2026, 4, 20)
WEEK_BEFORE, EVE = DAY - timedelta(days=7), DAY - timedelta(days=1)


@pytest.fixture
def lift(place: Any) -> int:
    """A lift that 维保一公司 maintains."""
    found: int = place.lift("1", "云荔物业")
    role = {"lift_id": found, "party_id": place.parties["维保一公司"], "role": LiftRole.MAINTAINER}
    place.write(lambda session: session.add(Responsibility(**role, from_on=date(2020, 1, 1))))
    return found


def asked(place: Any, on: date) -> dict[str, str]:
    """Template → text, in SMS and in chat, of what the plan of a day says new of visits."""
    place.today = on
    known = place.ask(lambda session: set(session.exec(select(Notice.id)).all()))
    place.write(lambda session: follow_visits(session, today=on))

    def read(session: Any) -> dict[str, str]:
        fresh = [one for one in session.exec(select(Notice.id)).all() if one not in known]
        found: dict[str, str] = {}
        for channel in ("webchat", "sms"):
            for one in prepare(session, fresh, [channel], on):
                found[one.template] = found.get(one.template, "") + one.body
        return found

    return place.ask(read)


def answer(place: Any, template: str, contact: int, key: str) -> str:
    """Somebody answers 1 to the last SMS from this template to their party."""

    def write(session: Any) -> str:
        party = session.get_one(Contact, contact).party_id
        query = (
            select(Notice).where(Notice.template == template, Notice.party_id == party).order_by(col(Notice.id).desc())
        )
        notice = session.exec(query).first()
        now = place.asked("维保甲").now
        sent = Delivery(
            notice_id=notice.id, contact_id=contact, channel="sms", address="+8614000000006", template=template,
            template_version="1", language="zh", body="x", segments=1, status="sent", attempted_at=now,
            settled_at=now,
        )  # fmt: skip
        session.add(sent)
        session.flush()
        reply = Reply(notice.id, sent.id, Answer.WILL_BOOK, "sms", key)
        take_reply(session, reply, now=now, today=place.today)
        return sentence_of(session, notice.id, Answer.WILL_BOOK)

    said: str = place.write(write)
    return said


def test_gz_22_both_sides_say_who_comes_and_the_department_reads_it(place: Any, lift: int) -> None:
    visit = place.do(book_visit, "陈一鸣", lift_ids=[lift], day=DAY, half="am").visits[0].visit_id
    assert asked(place, WEEK_BEFORE - timedelta(days=1)) == {}
    soon = asked(place, WEEK_BEFORE)
    assert set(soon) == {"booking.soon", "booking.soon.maint"}
    assert "不是法定要求" in soon["booking.soon"]
    assert "维保单位还没有确认" in soon["booking.soon"]
    assert asked(place, WEEK_BEFORE) == {}, "once"

    def desk() -> list[list[str]]:
        return [[one.name for one in shown.coming] for shown in place.do(visits_of_desk, "何值班", first=DAY, last=DAY)]

    assert desk() == [[]], "it stands out"
    assert answer(place, "booking.soon.maint", place.people["维保甲"].contact_id, "a") == "attends"
    asking = place.do(who_may_come, "陈一鸣", visit_id=visit)
    assert [one.name for one in asking.people] == ["陈一鸣"]
    place.do(confirm_attendance, "陈一鸣", visit_id=visit, contact_id=asking.people[0].contact_id)
    place.do(confirm_attendance, "陈一鸣", visit_id=visit, name="周到", phone="14000000019")
    assert desk() == [["周到", "维保甲"]], "the last word of each side"
    near = asked(place, EVE)
    assert "维保到场：维保甲 14000000006" in near["booking.near"]
    assert "周到 14000000019" in near["booking.near.maint"]
    place.today = WEEK_BEFORE

    place.do(move_booking, "陈一鸣", visit_id=visit, day=LATER, half="pm")
    assert place.do(bookings_of, "维保甲")[0].coming == (), "asked anew"
    assert answer(place, "booking.soon.maint", place.people["维保甲"].contact_id, "b") == "visit_changed"
    for who in ("陈一鸣", "维保甲"):
        place.do(confirm_attendance, who, visit_id=visit, contact_id=place.people[who].contact_id)
    assert asked(place, LATER - timedelta(days=7)) == {}, "nothing is left to ask"
    last = place.ask(lambda session: session.exec(select(Notice.id).order_by(col(Notice.id).desc())).first())
    assert place.do(visit_of_notice, "维保甲", notice_id=last) == visit
    place.do(cancel_visit, "陈一鸣", visit_id=visit)
    for arguments in ({"contact_id": place.people["陈一鸣"].contact_id}, {"name": "周到", "phone": "14000000019"}):
        with pytest.raises(Refused):
            place.do(confirm_attendance, "陈一鸣", visit_id=visit, **arguments)


def test_what_is_booked_within_the_week_is_asked_for_at_once(place: Any, lift: int) -> None:
    place.today = WEEK_BEFORE + timedelta(days=2)
    visit = place.do(book_visit, "何值班", lift_ids=[lift], day=DAY, half="am").visits[0].visit_id

    def read(session: Any) -> list[str]:
        return [one.body for one in prepare(session, session.exec(select(Notice.id)).all(), ["webchat"], place.today)]

    bodies = place.ask(read)
    assert len(bodies) == 2
    assert all("谁到场" in body for body in bodies)
    assert asked(place, place.today) == {}
    for facts in ({"name": "", "phone": "14000000019"}, {"name": "周到", "phone": "123"}, {"contact_id": 999}):
        with pytest.raises(Refused):
            place.do(confirm_attendance, "维保甲", visit_id=visit, **facts)


def test_who_comes_is_told_to_its_side_and_not_of_a_maintainer_that_has_left(place: Any, lift: int) -> None:
    other = place.lift("2", "云荔物业")

    def maintain(session: Any) -> None:
        second = find_or_add_party(session, city_id="guangzhou", name="维保二公司", kind="m")
        place.parties["维保二公司"] = second
        role = {"party_id": second, "role": LiftRole.MAINTAINER, "from_on": date(2020, 1, 1)}
        session.add(Responsibility(lift_id=other, **role))

    place.write(maintain)
    place.person("维保乙", "维保二公司", ContactRole.WORKER, "+8614000000007")
    visit = place.do(book_visit, "陈一鸣", lift_ids=[lift, other], day=DAY, half="am").visits[0].visit_id
    asked(place, WEEK_BEFORE)
    place.do(confirm_attendance, "维保甲", visit_id=visit, name="张三", phone="13900000001")
    assert place.do(visit_of, "维保乙", visit_id=visit).coming == (), "nothing of another maintainer's people"
    known = place.ask(lambda session: set(session.exec(select(Notice.id)).all()))
    near = asked(place, EVE)
    assert "维保到场：张三 13900000001" in near["booking.near"]

    def bodies(session: Any) -> dict[str, str]:
        fresh = [one for one in session.exec(select(Notice.id)).all() if one not in known]
        return {one.name: one.body for one in prepare(session, fresh, ["webchat"], EVE)}

    told = place.ask(bodies)
    assert "张三" in told["维保甲"]
    assert "张三" not in told["维保乙"]

    def hand_over(session: Any) -> None:
        query = select(Responsibility).where(Responsibility.party_id == place.parties["维保一公司"])
        session.exec(query).one().to_on = place.today
        role = {"party_id": place.parties["维保二公司"], "role": LiftRole.MAINTAINER, "from_on": place.today}
        session.add(Responsibility(lift_id=lift, **role))

    place.write(hand_over)
    assert place.do(visit_of, "陈一鸣", visit_id=visit).coming == ()
    by_sms = place.people["维保甲"].contact_id
    assert answer(place, "booking.soon.maint", by_sms, "c") == "visit_changed"
