"""BOOKED_TOO_LATE (000 四7): a visit after the backstop is refused or flagged, and nobody counts it as booked."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from actions.campaign.rate import remainder_of
from actions.desk.day import visits_of_desk
from actions.lifts.explain import explain_lift
from actions.refusals import Refused
from actions.regulator.glance import district_glance
from actions.regulator.lists import ListKind, district_list
from actions.regulator.warned import warned
from actions.visits.agreed_days import Agreed, book_agreed
from actions.visits.bookings import book_visit
from actions.visits.slot_upkeep import set_late_bookings
from store.campaigns import CampaignList, CampaignRow
from store.lifts import Lift
from store.parties import AreaRole, ContactRole, Jurisdiction

pytestmark = pytest.mark.one_store

LATE, IN_TIME = date(2026, 5, 25), date(2026, 5, 11)


@pytest.fixture
def officer(place: Any) -> str:
    """Somebody of the district's regulator."""

    def find(session: Any) -> int:
        query = select(Jurisdiction.party_id).where(col(Jurisdiction.role) == AreaRole.DISTRICT_REGULATOR)
        found: int = session.exec(query.where(Jurisdiction.district_code == "440106")).one()
        return found

    place.parties["区局"] = place.ask(find)
    place.person("区局甲", "区局", ContactRole.REGULATOR_OFFICER, "+8614000000031")
    return "区局甲"


def test_gz_08_a_visit_after_the_twentieth_counts_as_booked_nowhere(place: Any, officer: str) -> None:
    late, in_time = (place.lift(key, "云荔物业") for key in "12")
    for lift_id, day in ((late, LATE), (in_time, IN_TIME)):
        place.do(book_visit, "陈一鸣", lift_ids=[lift_id], day=day, half="am")
    place.today = date(2026, 5, 2)
    assert place.do(district_glance, officer).total.unbooked == 1
    (row,) = place.do(district_list, officer, kind=ListKind.UNBOOKED).rows
    assert (row.lift.key, row.booked_on, row.booked_late) == ("1", LATE, True)
    assert [one.lift.key for one in place.do(warned, officer).waiting] == ["1"]
    assert [one.late for one in place.do(visits_of_desk, "何值班", first=IN_TIME, last=LATE)] == [0, 1]

    def listed(session: Any) -> dict[str, str]:
        one = CampaignList(
            city_id="guangzhou", year=2026, file_name="x", digest="x", rows=2, imported_at=place.asked(officer).now
        )
        session.add(one)
        session.flush()
        for line, lift_id in enumerate((late, in_time)):
            facts = {"shown": str(line), "stated": {}, "district": "", "result": "found", "reasons": []}
            session.add(CampaignRow(list_id=one.id, line=line, lift_id=lift_id, district_code="440106", **facts))
        session.flush()
        return {row.shown: row.state for row in remainder_of(session, one, place.today)}

    assert place.write(listed) == {"0": "booked_late", "1": "booked"}
    story = place.ask(lambda session: explain_lift(session, session.get_one(Lift, late)))
    assert [duty["booked_late"] for duty in story["duties"] if duty["booked_on"]] == [True]


def test_where_it_is_refused_a_call_cannot_agree_on_such_a_day_while_there_are_others(place: Any) -> None:
    lift = place.lift("1", "云荔物业")
    place.write(lambda session: set_late_bookings(session, "refuse"))

    def agree(key: str) -> Any:
        now, owner = place.asked("何值班").now, place.parties["天河检验部"]
        lifts = place.ask(lambda session: [session.get_one(Lift, lift)])
        about = Agreed(lifts, LATE, owner, now, place.today, key)
        return place.write(lambda session: book_agreed(session, about))

    with pytest.raises(Refused) as refused:
        agree("a")
    assert (refused.value.name, place.events("booked")) == ("desk.day_too_late", [])
    place.today = date(2026, 5, 21)
    assert agree("b").booked_too_late == 1, "who is late already can only be late, and is said to be"
