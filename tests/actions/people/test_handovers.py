from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from actions.handovers.copies import copy_to_new_units
from actions.handovers.unanswered import ask_about_unanswered
from actions.people.responsibility import UseUnitChange, change_use_units
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.register.identifiers import normalise_identifier
from schedules.planner import plan_day
from store.duties import Told
from store.handovers import Handover
from store.lifts import Lift, LiftName, Responsibility
from store.notices import Notice
from store.parties import Party
from store.tasks import Task

CODE, UNKNOWN = "91440101MA5AKB5C0R", "91440101MA59F3EG8E"


@pytest.fixture
def units(town):
    """The town, where the other unit has a credit code and lifts are found by the codes on their papers."""

    def name(session):
        session.get(Party, town.parties["theirs"]).credit_code = CODE

    town.in_store(name)
    return town


def lifts(town, number: int = 2, **values) -> list[int]:
    ids = [town.lift(**values) for _ in range(number)]

    def name(session):
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids))):
            for kind, stated in (("equipment_code", lift.equipment_code), ("certificate", lift.certificate)):
                row = {"lift_id": lift.id, "kind": kind, "value": normalise_identifier(stated), "stated": stated}
                session.add(LiftName(**row))

    town.in_store(name)
    return ids


def unit_of(town, lift_id: int) -> int:
    query = select(Responsibility.party_id).where(Responsibility.lift_id == lift_id, Responsibility.role == "use_unit")
    [found] = town.read(query.where(col(Responsibility.to_on).is_(None)))
    return found


def codes_of(town, ids: list[int]) -> list[str]:
    return town.read(select(Lift.certificate).where(col(Lift.id).in_(ids)).order_by(col(Lift.id)))


def give(town, ids: list[int], code: str = CODE, key: str = ""):
    return town.do("propose_giving", "head", key=key, lift_ids=ids, credit_code=code)


def take(town, codes: list[str], who: str = "their_head"):
    return town.do("propose_taking", who, codes=codes)


def the_handover(town) -> Handover:
    [found] = town.read(select(Handover))
    return found


def test_the_old_unit_proposes_the_new_one_confirms_and_answers_for_the_lifts(units):
    ids = lifts(units)
    assert give(units, ids).number == 2
    assert [one.template for one in units.messages()] == ["handover.asked"]
    assert [name for name, _ in units.told()] == ["their_head"]
    [line] = units.do("my_handovers", "their_head")
    assert (line.theirs, line.gives, line.other, line.lifts) == (True, False, "云荔物业", 2)
    assert units.do("confirm_handover", "their_head", handover_id=line.id) == 2
    assert {unit_of(units, one) for one in ids} == {units.parties["theirs"]}


def test_the_new_unit_names_lifts_by_the_codes_on_its_papers_and_the_old_one_confirms(units):
    ids = lifts(units)
    assert take(units, codes_of(units, ids)).number == 2
    [line] = units.do("my_handovers", "manager")
    assert (line.theirs, line.gives, line.other) == (True, True, "石榴物业")
    assert units.do("lifts_of_handover", "manager", handover_id=line.id) == ["云荔花园1栋1梯", "云荔花园2栋1梯"]
    units.do("confirm_handover", "manager", handover_id=line.id)
    assert unit_of(units, ids[0]) == units.parties["theirs"]


def test_who_claims_lifts_learns_nothing_but_that_it_was_recorded(units):
    known = codes_of(units, lifts(units, 1))
    answers = [take(units, known), take(units, ["梯11粤Z99999(20)"]), take(units, ["31109999999999999"])]
    assert answers[0] == answers[1] == answers[2]
    assert units.do("my_handovers", "their_head") == []


def test_who_gives_to_a_unit_that_nobody_knows_gets_the_same_answer_and_the_department_a_task(units):
    ids = lifts(units)
    assert give(units, ids, UNKNOWN) == give(units, lifts(units), CODE)
    [task] = units.read(select(Task).where(Task.kind == "handover"))
    assert (task.detail["said"], len(task.detail["lifts"])) == (UNKNOWN, 2)
    assert task.owner_party_id is not None


def test_a_double_tap_proposes_once(units):
    ids = lifts(units)
    assert give(units, ids, key="t") == give(units, ids, key="t")
    assert len(units.read(select(Handover))) == 1
    assert len(units.notices()) == 1


def test_what_is_proposed_is_not_proposed_again(units):
    ids = lifts(units)
    give(units, ids)
    with pytest.raises(Refused, match="already"):
        give(units, ids[:1])


def test_codes_of_lifts_of_several_units_are_put_to_each(units):
    ours, free = lifts(units, 1), lifts(units, 1, unit=None)
    own = lifts(units, 1, unit="theirs")
    take(units, codes_of(units, [*ours, *free, *own]))
    assert [row.from_party_id for row in units.read(select(Handover))] == [units.parties["ours"]]
    [task] = units.read(select(Task).where(Task.kind == "handover"))
    assert task.detail["lifts"] == units.read(select(Lift.key).where(Lift.id == free[0]))


def test_what_is_no_code_is_refused(units):
    ids = lifts(units, 1)
    with pytest.raises(Refused, match="no code"):
        give(units, ids, "9144")
    with pytest.raises(Refused, match="no codes"):
        take(units, ["  "])
    with pytest.raises(Refused, match="too many"):
        take(units, [f"x{number}" for number in range(201)])


def test_nobody_gives_what_is_another_s_or_answers_for_another(units):
    theirs = lifts(units, 1, unit="theirs")
    with pytest.raises(NotAllowedError):
        give(units, theirs)
    give(units, lifts(units))
    number = the_handover(units).id
    for verb, who in (
        ("confirm_handover", "head"),
        ("confirm_handover", "their_contact"),
        ("withdraw_handover", "their_head"),
        ("lifts_of_handover", "head"),
    ):
        with pytest.raises(NotAllowedError):
            units.do(verb, who, handover_id=number)


def test_a_disputed_handover_is_the_department_s_and_changes_nothing(units):
    ids = lifts(units)
    take(units, codes_of(units, ids))
    units.do("dispute_handover", "head", handover_id=the_handover(units).id, why="我们没有移交")
    assert the_handover(units).state == "disputed"
    assert unit_of(units, ids[0]) == units.parties["ours"]
    [task] = units.read(select(Task).where(Task.kind == "handover"))
    assert (task.detail["why"], task.detail["note"]) == ("disputed", "我们没有移交")
    with pytest.raises(Refused, match="over"):
        units.do("confirm_handover", "head", handover_id=the_handover(units).id)


def test_the_same_answer_twice_is_the_same_and_another_is_refused(units):
    ids = lifts(units)
    give(units, ids)
    number = the_handover(units).id
    assert units.do("confirm_handover", "their_head", handover_id=number) == 2
    assert units.do("confirm_handover", "their_head", handover_id=number) == 2
    with pytest.raises(Refused, match="over"):
        units.do("dispute_handover", "their_head", handover_id=number, why="")
    with pytest.raises(Refused, match="over"):
        units.do("withdraw_handover", "head", handover_id=number)


def test_what_the_register_says_wins_and_closes_the_proposal(units):
    ids = lifts(units)
    give(units, ids)
    ours, theirs = units.parties["ours"], units.parties["theirs"]

    def register(session, some):
        changes = [UseUnitChange(one, ours, theirs) for one in some]
        change_use_units(session, changes, on=units.now.date(), now=units.now)

    units.in_store(lambda session: register(session, ids[:1]))
    assert the_handover(units).state == "proposed"
    assert units.do("my_handovers", "their_head")[0].lifts == 1
    units.in_store(lambda session: register(session, ids[1:]))
    assert the_handover(units).state == "overtaken"
    with pytest.raises(Refused, match="over"):
        units.do("confirm_handover", "their_head", handover_id=the_handover(units).id)


def plan(town, day: date) -> int:
    def work(session):
        plan_day(session, today=day, now=town.now)
        return copy_to_new_units(session, today=day)

    return town.in_store(work)


def test_until_it_is_confirmed_notices_go_to_both(units):
    ids = lifts(units, valid_until=date(2026, 12, 31))
    lifts(units, 1, valid_until=date(2026, 12, 31))
    give(units, ids)
    assert plan(units, units.now.date()) > 0
    ours, theirs = units.parties["ours"], units.parties["theirs"]
    copied = units.read(select(Told).where(Told.party_id == theirs))
    assert {(told.is_copy, told.state) for told in copied} == {(True, "reserved")}
    originals = units.read(select(Told).where(Told.party_id == ours, Told.is_copy.is_(False)))
    given = {(told.duty_id, told.step) for told in copied}
    assert len({duty for duty, _ in given}) == 2, "the lifts that are given, not the third"
    assert given < {(told.duty_id, told.step) for told in originals}
    assert plan(units, units.now.date()) == 0, "nobody is told twice"


def test_who_only_claims_lifts_gets_no_notice_about_them(units):
    ids = lifts(units, valid_until=date(2026, 12, 31))
    take(units, codes_of(units, ids))
    plan(units, units.now.date())
    assert not units.read(select(Told).where(Told.party_id == units.parties["theirs"]))


@pytest.mark.parametrize(("verb", "who"), [("withdraw_handover", "head"), ("dispute_handover", "their_head")])
def test_copies_that_have_not_gone_out_are_taken_back_with_the_proposal(units, verb, who):
    give(units, lifts(units, valid_until=date(2026, 12, 31)))
    plan(units, units.now.date())
    said = {"why": "x"} if verb == "dispute_handover" else {}
    units.do(verb, who, handover_id=the_handover(units).id, **said)
    theirs = units.read(select(Told.state).where(Told.party_id == units.parties["theirs"]))
    assert set(theirs) == {"released"}
    units.now += timedelta(days=1)
    assert plan(units, units.now.date()) == 0


def test_who_asks_about_everything_is_stopped_for_the_day(units):
    for number in range(20):
        take(units, [f"梯11粤Z{number:05}(20)"])
    with pytest.raises(Refused, match="too often"):
        take(units, ["梯11粤Z99999(20)"])
    units.wait(24 * 60)
    assert take(units, ["梯11粤Z99999(20)"]).number == 1


def test_what_nobody_answers_is_asked_about_once_and_whoever_proposed_it_learns_nothing_else(units):
    ids, given = lifts(units), lifts(units)
    give(units, ids)
    give(units, given)
    take(units, ["梯11粤A99999(20)"])
    ours, theirs = units.parties["ours"], units.parties["theirs"]
    registered = [UseUnitChange(one, ours, theirs) for one in given]
    units.in_store(lambda session: change_use_units(session, registered, on=units.now.date(), now=units.now))

    def later(days: int) -> int:
        with units.database.write() as session:
            now = units.now + timedelta(days=days)
            return ask_about_unanswered(session, now=now, today=now.date())

    assert [later(days) for days in (6, 7, 8)] == [0, 1, 0]
    [task] = [one for one in units.read(select(Task)) if one.key.startswith("unanswered:")]
    assert (len(task.detail["lifts"]), task.detail["to"], task.detail["why"]) == (2, theirs, "unanswered")
    waiting = units.read(select(Notice).where(Notice.template == "handover.waiting"))
    assert {one.party_id for one in waiting} == {ours, theirs}
    assert len(waiting) == 2, "nothing waits any more of what the register has given meanwhile"
