"""One officer takes note of a list; whoever comes second is told who did. Subjects may be left to colleagues."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from actions.permissions import NotAllowedError
from actions.refusals import Refused
from store.parties import Contact
from store.pushes import Subject


@pytest.fixture
def listed(officials):
    """The list of un-booked lifts has come to 天河 and 番禺."""
    unit = officials.unit("广州示例云荔物业服务有限公司")
    officials.lift(unit, date(2026, 12, 31), on=date(2026, 12, 1))
    officials.lift(unit, date(2026, 12, 31), on=date(2026, 12, 1))
    officials.lift(unit, date(2026, 12, 31), district="440113", on=date(2026, 12, 1))
    for day in range(1, 22):
        officials.plan(date(2026, 12, day))
        officials.hand_over(date(2026, 12, day))
    bureau = officials.contact_of("ann").party_id
    officials.list = next(one for one in officials.notices(step="list") if one.party_id == bureau)
    return officials


def test_the_list_stands_there_until_somebody_has_taken_note(listed):
    told = listed.do("told_to_office", "ann")
    assert [(one.notice_id, one.step, one.lifts, one.by) for one in told] == [(listed.list.id, "list", 2, "")]
    done = listed.do("acknowledge", "ann", notice_id=listed.list.id)
    assert done.by == "ann"
    assert [one.by for one in listed.do("told_to_office", "bob")] == ["ann"]
    assert listed.do("told_to_office", "bob", only_open=True) == []


def test_the_second_officer_is_told_who_was_first(listed):
    listed.do("acknowledge", "ann", notice_id=listed.list.id, key="tap")
    assert listed.do("acknowledge", "ann", notice_id=listed.list.id, key="tap").by == "ann"
    with pytest.raises(Refused) as refused:
        listed.do("acknowledge", "bob", notice_id=listed.list.id)
    assert (refused.value.name, refused.value.facts["who"]) == ("acknowledge.done", "ann")


@pytest.mark.both_stores
def test_of_two_at_once_one_wins(listed):
    def take(who):
        try:
            return listed.do("acknowledge", who, notice_id=listed.list.id).by == who
        except Refused as refused:
            return refused.facts["who"] != who

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(take, ("ann", "bob"))) == [True, True]


@pytest.mark.parametrize("who", ["there", "city", "street"])
def test_nobody_takes_note_of_anothers_list(listed, who):
    with pytest.raises(NotAllowedError):
        listed.do("acknowledge", who, notice_id=listed.list.id)


@pytest.fixture
def overdue(officials):
    officials.lift(officials.unit("广州示例云荔物业服务有限公司"))
    return officials


def told_to(officials):
    return {officials.contact_name(one.contact_id) for one in officials.said() if one.template == "gz.overdue.reg"}


@pytest.fixture
def contact_name(officials):
    def name(contact_id):
        with officials.database.read() as session:
            return session.get_one(Contact, contact_id).name

    officials.contact_name = name


@pytest.mark.usefixtures("contact_name")
def test_who_leaves_a_subject_to_colleagues_is_not_told_of_it(overdue):
    overdue.do("subscribe", "ann", subject=Subject.OVERDUE, wanted=False)
    assert {one.subject: one.wanted for one in overdue.do("subscriptions", "ann")}[Subject.OVERDUE] is False
    overdue.plan()
    overdue.send()
    assert told_to(overdue) == {"bob"}


@pytest.mark.usefixtures("contact_name")
def test_without_a_wish_the_first_officer_is_told(overdue):
    overdue.do("subscribe", "ann", subject=Subject.OVERDUE, wanted=False)
    overdue.do("subscribe", "ann", subject=Subject.OVERDUE, wanted=True)
    overdue.plan()
    overdue.send()
    assert told_to(overdue) == {"ann"}


@pytest.mark.usefixtures("contact_name")
def test_somebody_is_always_told(overdue):
    overdue.do("subscribe", "ann", subject=Subject.OVERDUE, wanted=False)
    with pytest.raises(Refused) as refused:
        overdue.do("subscribe", "bob", subject=Subject.OVERDUE, wanted=False)
    assert refused.value.name == "subscriptions.last_one"
    with overdue.database.write() as session:
        session.get_one(Contact, overdue.contact_of("bob").id).to_on = date(2026, 11, 22)
    overdue.plan()
    overdue.send()
    assert told_to(overdue) == {"ann"}


@pytest.mark.usefixtures("contact_name")
def test_the_list_of_the_clause_comes_whatever_was_left(listed):
    for subject in Subject:
        listed.do("subscribe", "ann", subject=subject, wanted=False)
    with listed.database.write() as session:
        notice = session.merge(listed.list)
        notice.status = "planned"
    listed.send(date(2026, 12, 22))
    assert {listed.contact_name(one.contact_id) for one in listed.said() if one.template == "gz.unbooked"} == {"ann"}
