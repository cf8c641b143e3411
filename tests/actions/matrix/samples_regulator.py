"""What regulators and street offices do."""

from datetime import date, timedelta
from typing import Any

from phones.world import CITY, NOW, PLACES, TODAY, World
from sqlmodel import Session

from actions.regulator.lists import ListKind
from actions.regulator.street_offices import set_street_office
from store.cases import CaseLift, CaseMatter, CaseState, CaseStep, LiftCase
from store.notices import Notice
from store.pushes import Push, PushKind, PushLift, Subject

BUREAU = {"own": "bureau", "other": "bureau", "elsewhere": "other_bureau"}
OFFICER = {"own": "district_regulator", "other": "district_regulator", "elsewhere": "other_district_regulator"}
DUE = TODAY + timedelta(days=7)


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {}


def a_district(session: Session, world: World, whose: str) -> dict[str, Any]:
    """The district in which these lifts stand."""
    return {"district_code": PLACES[whose][1]}


def a_list(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_district(session, world, whose) | {"kind": ListKind.OVERDUE}


def some_lifts(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"lifts": world.lifts[whose][:1]}


def an_order(session: Session, world: World, whose: str) -> dict[str, Any]:
    return some_lifts(session, world, whose) | {"number": "1号", "reason": "超期未检"}


def a_push(session: Session, world: World, whose: str) -> dict[str, Any]:
    """One that the bureau of these lifts has drafted."""
    push = Push(
        city_id=CITY,
        kind=PushKind.OVERDUE,
        party_id=world.parties[BUREAU[whose]],
        contact_id=world.people[OFFICER[whose]].contact_id,
        on_date=TODAY,
        drafted_at=NOW,
        key=f"sample {whose}",
    )
    session.add(push)
    session.flush()
    session.add(PushLift(push_id=push.id, lift_id=world.lifts[whose][0], left_out="not_overdue"))
    session.flush()
    return {"push_id": push.id}


def a_notice(session: Session, world: World, whose: str) -> dict[str, Any]:
    """What the bureau of these lifts was told."""
    notice = Notice(
        city_id=CITY,
        planned_on=TODAY,
        send_on=TODAY,
        party_id=world.parties[BUREAU[whose]],
        duty="periodic_inspection",
        rule="gz.inspection",
        step="list",
        audience="district_regulator",
        channel_class="chat",
        template="gz.unbooked",
    )
    session.add(notice)
    session.flush()
    return {"notice_id": notice.id}


def a_subject(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"subject": Subject.OVERDUE, "wanted": True}


def a_street(session: Session, world: World, whose: str) -> int:
    """The street office of the district: ours (演示街一所) in 天河, another elsewhere."""
    name = "演示街一所" if whose != "elsewhere" else "演示街三所"
    return set_street_office(session, city_id=CITY, district_code=PLACES[whose][1], name=name, as_of=date(2026, 1, 1))


def a_new_case(session: Session, world: World, whose: str) -> dict[str, Any]:
    street = a_street(session, world, whose)
    return some_lifts(session, world, whose) | {"street_id": street, "matter": CaseMatter.OVERDUE, "due": DUE}


def a_case(session: Session, world: World, whose: str, state: CaseState = CaseState.WITH_STREET) -> dict[str, Any]:
    """One of these lifts' bureau, with the street office, or back with the bureau."""
    street = a_street(session, world, whose)
    contact = world.people[OFFICER[whose]].contact_id
    case = LiftCase(
        city_id=CITY,
        district_code=PLACES[whose][1],
        matter=CaseMatter.OVERDUE,
        state=state,
        office_id=world.parties[BUREAU[whose]],
        street_id=street if state is CaseState.WITH_STREET else None,
        unit_id=world.parties[whose],
        opened_by=contact,
        opened_on=TODAY,
        held_since=TODAY,
        due=DUE,
    )
    session.add(case)
    session.flush()
    session.add(CaseLift(case_id=case.id, lift_id=world.lifts[whose][0]))
    deed = {"deed": "handed_down", "state": "with_street", "at": NOW, "on_date": TODAY}
    session.add(CaseStep(case_id=case.id, contact_id=contact, to_id=street, key=f"sample {whose}", **deed))
    session.flush()
    return {"case_id": case.id}


def a_photo(session: Session, world: World, whose: str) -> dict[str, Any]:
    return {"content": b"\xff\xd8\xff\xe0 a photo"}


def a_noted_case(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_case(session, world, whose) | {"note": "已停用"}


def a_case_that_came_back(session: Session, world: World, whose: str) -> dict[str, Any]:
    return a_case(session, world, whose, CaseState.WITH_DISTRICT) | {"note": "已检验"}


def a_case_to_hand_down(session: Session, world: World, whose: str) -> dict[str, Any]:
    case = a_case(session, world, whose, CaseState.WITH_DISTRICT)
    return case | {"street_id": a_street(session, world, whose), "due": DUE}


SAMPLES = {
    "district_glance": a_district,
    "district_list": a_list,
    "warned": a_district,
    "draft_push": some_lifts,
    "draft_stop_order": an_order,
    "show_push": a_push,
    "send_push": a_push,
    "pushes_sent": nothing,
    "push_states": a_push,
    "told_to_office": nothing,
    "acknowledge": a_notice,
    "list_of_notice": a_notice,
    "subscriptions": nothing,
    "subscribe": a_subject,
    "open_case": a_new_case,
    "hand_down": a_case_to_hand_down,
    "record_site_check": a_noted_case,
    "hand_back": a_noted_case,
    "recall_case": a_case,
    "close_case": a_case_that_came_back,
    "cases_held": nothing,
    "case_story": a_case,
    "street_offices_of": nothing,
    "overdue_units": nothing,
    "keep_case_photo": a_photo,
    "case_photos": a_case,
}
