"""Cases: handed down, checked on site, handed back, closed; who has which; the diagram of its states."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from actions.actors import find_actors
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.regulator.case_notices import remind_of_cases
from actions.regulator.case_readers import all_cases
from actions.regulator.cases import LEADS_TO
from actions.sight import lifts_of
from store.cases import CaseDeed, CaseMatter, CaseState
from store.doors import StoredFile
from store.lifts import Lift
from store.notices import Notice

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DUE = date(2026, 11, 30)
DOCS = Path(__file__).parents[3] / "docs" / "regulator.md"


@pytest.fixture
def handed(officials):
    """Two overdue lifts of a unit, handed down to the first street office."""
    officials.owner = officials.unit("广州示例云荔物业服务有限公司")
    officials.lifts = [officials.lift(officials.owner) for _ in range(2)]
    officials.office = officials.party("演示街一所").id
    officials.case = open_case(officials).case_id
    return officials


def open_case(officials, who="ann", **more):
    given = {"lifts": officials.lifts, "street_id": officials.office, "matter": CaseMatter.OVERDUE, "due": DUE}
    return officials.do("open_case", who, **(given | more))


def photo(officials, who="street"):
    with officials.database.write() as session:
        file = StoredFile(address=who, name="a.jpg", mime="image/jpeg", size=1, sha256="1", content=b"1", at=NOW)
        session.add(file)
        session.flush()
        return file.id


def seen(officials, who):
    with officials.database.read() as session:
        return sorted(session.execute(lifts_of(find_actors(session, "telegram", who)[0])).scalars())


def test_from_hand_to_hand_until_it_is_closed(handed):
    def day(n):
        return TODAY + timedelta(days=n)

    check = {"case_id": handed.case, "note": "电梯仍在运行，已现场停用", "photos": [photo(handed)]}
    assert handed.do("record_site_check", "street", today=day(2), **check).state == "checked"
    assert handed.do("hand_back", "street", today=day(3), case_id=handed.case).state == "with_district"
    assert handed.do("close_case", "ann", today=day(4), case_id=handed.case, note="已检验合格").state == "closed"
    story = handed.do("case_story", "bob", case_id=handed.case)
    assert [(step.deed, step.by, step.to) for step in story.steps] == [
        ("handed_down", "ann", "演示街一所"),
        ("site_check", "street", ""),
        ("handed_back", "street", "天河区市场监督管理局"),
        ("closed", "ann", ""),
    ]
    assert len(story.steps[1].photos) == 1
    assert handed.do("cases_held", "ann") == []
    assert [one.case_id for one in handed.do("cases_held", "ann", closed=True)] == [handed.case]


def test_it_is_known_who_has_it_and_for_how_many_days(handed):
    later = TODAY + timedelta(days=9)
    (line,) = handed.do("cases_held", "street", today=later)
    assert (line.holder, line.days, line.is_late, line.lifts) == ("演示街一所", 9, True, 2)
    handed.do("hand_back", "street", today=later, case_id=handed.case, note="不在本街道")
    (line,) = handed.do("cases_held", "ann", today=later + timedelta(days=2))
    assert (line.holder, line.days, line.state) == ("天河区市场监督管理局", 2, "with_district")
    assert handed.do("cases_held", "street", today=later) == []
    with handed.database.read() as session:
        assert [one.case_id for one in all_cases(session, "guangzhou", later)] == [handed.case]


def test_a_street_officer_sees_the_lifts_of_the_cases_that_they_have_and_no_others(handed):
    assert seen(handed, "street") == handed.lifts
    assert seen(handed, "street2") == []
    handed.do("hand_back", "street", case_id=handed.case, note="不在本街道")
    assert seen(handed, "street") == []
    handed.do("hand_down", "ann", case_id=handed.case, street_id=handed.party("演示街二所").id, due=DUE)
    assert (seen(handed, "street"), seen(handed, "street2")) == ([], handed.lifts)


def test_both_offices_hear_of_it(handed):
    handed.send()
    (down,) = handed.said()
    assert (down.template, down.channel, down.address) == ("case.down", "telegram", "street")
    handed.do("record_site_check", "street", case_id=handed.case, note="已停用", photos=[photo(handed)])
    handed.do("hand_back", "street", case_id=handed.case)
    handed.send()
    back = handed.said()[-1]
    assert (back.template, back.address) == ("case.back", "ann")
    assert "核查情况：已停用" in back.body
    assert "照片：1 张" in back.body


def test_a_lift_is_in_one_open_case(handed):
    with pytest.raises(Refused) as refused:
        open_case(handed, "bob")
    assert (refused.value.name, refused.value.facts["case"]) == ("case.open_already", handed.case)
    handed.do("recall_case", "ann", case_id=handed.case)
    handed.do("close_case", "ann", case_id=handed.case, note="已检验")
    assert open_case(handed, "bob").case_id != handed.case


@pytest.mark.both_stores
def test_two_officers_at_once_open_one_case(handed):
    handed.lifts = [handed.lift(handed.owner)]

    def hand(who):
        try:
            return open_case(handed, who).state.value
        except Refused as refused:
            return refused.name

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hand, ("ann", "bob"))) == ["case.open_already", "with_street"]


def test_a_tap_that_comes_twice_acts_once(handed):
    first = handed.do("hand_back", "street", case_id=handed.case, note="不在本街道", key="tap")
    again = handed.do("hand_back", "street", case_id=handed.case, note="不在本街道", key="tap")
    assert (first.state, again.state, again.repeated) == ("with_district", "with_district", True)
    with pytest.raises(NotAllowedError):
        handed.do("hand_back", "street", case_id=handed.case, note="again")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"due": TODAY - timedelta(days=1)}, "case.due_passed"),
        ({"street": "演示镇所"}, "case.other_district"),
        ({"stranger": True}, "case.several_units"),
    ],
)
def test_what_makes_no_sense_is_refused(handed, change, name):
    handed.lifts = [handed.lift(handed.owner)]
    if change.get("stranger"):
        handed.lifts.append(handed.lift(handed.unit("业主代表")))
    if "street" in change:
        change = {"street_id": handed.party(change["street"]).id}
    change = {name: value for name, value in change.items() if name != "stranger"}
    with pytest.raises(Refused) as refused:
        open_case(handed, **change)
    assert refused.value.name == name


def test_a_case_is_handed_to_an_office_and_to_nobody_else(handed):
    for nobody in (handed.owner, 99_999):
        with pytest.raises(NotAllowedError):
            open_case(handed, street_id=nobody)


def test_handing_back_unchecked_needs_a_reason_and_a_check_its_words(handed):
    for verb, name in (("hand_back", "case.no_check"), ("record_site_check", "case.note_missing")):
        with pytest.raises(Refused) as refused:
            handed.do(verb, "street", case_id=handed.case, note=" ")
        assert refused.value.name == name


def test_who_comes_too_late_is_told_how_the_case_stands(handed):
    handed.do("recall_case", "ann", case_id=handed.case)
    with pytest.raises(Refused) as refused:
        handed.do("recall_case", "bob", case_id=handed.case)
    assert (refused.value.name, refused.value.facts["state"]) == ("case.stands_otherwise", "with_district")


@pytest.mark.parametrize("who", ["there", "street2", "street_there", "city"])
def test_nobody_else_acts_on_it(handed, who):
    for verb, more in (
        ("hand_back", {"note": "x"}),
        ("record_site_check", {"note": "x"}),
        ("recall_case", {}),
        ("close_case", {"note": "x"}),
        ("open_case", {"lifts": handed.lifts, "street_id": handed.office, "matter": CaseMatter.OTHER, "due": DUE}),
    ):
        case = {} if verb == "open_case" else {"case_id": handed.case}
        with pytest.raises(NotAllowedError):
            handed.do(verb, who, **case, **more)
    if who != "city":
        with pytest.raises(NotAllowedError):
            handed.do("case_story", who, case_id=handed.case)


def test_the_city_reads_how_long_each_office_has_what(handed):
    assert [line.holder for line in handed.do("cases_held", "city")] == ["演示街一所"]
    with handed.database.write() as session:
        for lift_id, building in zip(handed.lifts, ("10栋", "2栋"), strict=True):
            session.get_one(Lift, lift_id).building = building
    story = handed.do("case_story", "city", case_id=handed.case)
    assert story.line.unit == "广州示例云荔物业服务有限公司"
    assert [one.lift_id for one in story.lifts] == handed.lifts[::-1], "as people count"


def test_nobody_shows_anothers_photo(handed):
    with pytest.raises(NotAllowedError):
        handed.do("record_site_check", "street", case_id=handed.case, note="x", photos=[photo(handed, "ann")])


def test_the_diagram_shows_every_way_of_a_case():
    drawn = set(re.findall(r"^    (\w+) --> (\w+) : ([\w ]+)$", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    words = {
        CaseDeed.HANDED_DOWN: "handed down again",
        CaseDeed.SITE_CHECK: "site check",
        CaseDeed.HANDED_BACK: "handed back",
        CaseDeed.RECALLED: "recalled",
        CaseDeed.CLOSED: "closed",
    }
    known = {(a.value, b.value, words[deed]) for deed, ways in LEADS_TO.items() for a, b in ways.items()}
    assert drawn == known
    assert {state.value for state in CaseState} == {state for a, b, _ in drawn for state in (a, b)}


def test_who_has_it_for_long_is_reminded_once_and_the_bureau_told(handed):
    def remind(days: int) -> list[tuple[str, str]]:
        with handed.database.write() as session:
            remind_of_cases(session, today=TODAY + timedelta(days=days))
            rows = session.exec(select(Notice).where(Notice.planned_on == TODAY + timedelta(days=days)))
            return sorted((one.template, one.step) for one in rows if one.step != "case")

    assert remind(2) == []
    assert remind(3) == [("case.waiting", "case_waiting"), ("case.waiting.office", "case_waiting")]
    assert remind(4) == []
    assert remind(8) == [("case.waiting", "case_late"), ("case.waiting.office", "case_late")]
    handed.do("recall_case", "ann", case_id=handed.case)
    assert remind(20) == []
