"""The states of an inspection: no path but the drawn ones, whatever comes late, twice, or against what came before."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from actions.inspecting.lapses import conclude_lapsed, lapse_overdue
from actions.inspecting.machine import LEADS_TO, draw
from actions.inspecting.objections import answer_objection
from actions.inspecting.onsite import (
    abort_inspections,
    fail_inspections,
    find_items,
    pass_inspections,
    start_inspections,
)
from actions.inspecting.papers import object_to_record, sign_notices, sign_records
from actions.inspecting.rectify import (
    add_evidence,
    confirm_items,
    mark_fixed,
    return_items,
    submit_rectification,
    take_in_papers,
)
from actions.inspecting.taking_back import take_back_result
from actions.refusals import Refused
from store.events import Event
from store.inspections import AbortReason, Inspection, InspectionDeed, InspectionState, InspectionStep

from .conftest import DAY

DOCS = Path(__file__).parents[3] / "docs" / "inspection.md"


def test_the_documentation_draws_the_table() -> None:
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    assert drawn == draw()


def test_every_state_is_reached_and_left_or_final() -> None:
    reached = {then for ways in LEADS_TO.values() for then in ways.values()}
    assert reached == set(InspectionState)
    assert set(LEADS_TO) == set(InspectionDeed)


ON_SITE = {
    "start": (start_inspections, {}),
    "pass": (pass_inspections, {}),
    "fail": (fail_inspections, {}),
    "abort": (abort_inspections, {"reason": AbortReason.CONDITIONS, "note": "无电源"}),
}
LATER = {
    "sign": (sign_records, "unit_contact", "inspection_ids", {}),
    "sign maintainer": (sign_records, "worker", "inspection_ids", {}),
    "sign notice": (sign_notices, "unit_contact", "inspection_ids", {}),
    "object": (object_to_record, "worker", "inspection_id", {"note": "…"}),
    "answer": (answer_objection, "inspector", "inspection_id", {"note": "…", "put_right": False}),
    "put right": (answer_objection, "duty_officer", "inspection_id", {"note": "…", "put_right": True}),
    "take back": (take_back_result, "inspector", "inspection_id", {"note": "…", "was_inspected": True}),
    "evidence": (add_evidence, "unit_contact", "inspection_id", {"number": 1, "note": "…"}),
    "fixed": (mark_fixed, "worker", "inspection_id", {"number": 1}),
    "submit": (submit_rectification, "unit_contact", "inspection_id", {}),
    "papers": (take_in_papers, "duty_officer", "inspection_id", {"note": "…"}),
    "return": (return_items, "inspector", "inspection_id", {"reasons": {1: "…"}}),
    "confirm": (confirm_items, "inspector", "inspection_id", {}),
    "conclude": (conclude_lapsed, "inspector", "inspection_id", {"conclusion": "fail"}),
}
# from where the rest is played, so that the later states come up as often as the first ones
BEGUN = [[], ["items"], ["items", "evidence", "submit"], ["items", "evidence", "ten days"]]
DEEDS = [*ON_SITE, "items", *LATER, "a day", "ten days", "again"]
# the events that go with a step, besides those that only the papers have
FACTS = {
    "aborted": "inspection_ended",
    "passed": "inspection_ended",
    "failed": "inspection_ended",
    "found_items": "opinion_notice_issued",
    "submitted": "rectification_submitted",
    "returned": "rectification_returned",
    "confirmed": "rectification_confirmed",
}


@pytest.mark.one_store
def test_no_order_of_deeds_leaves_the_drawn_paths(site: Any) -> None:
    begins = site.today

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(BEGUN), st.lists(st.sampled_from(DEEDS), min_size=3, max_size=10))
    def play(begun: list[str], deeds: list[str]) -> None:
        site.today = begins
        connection = site.database.engine.execution_options(tixing_write=True).connect()
        transaction = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        try:
            _play(site, session, [*begun, *deeds])
        finally:
            session.close()
            transaction.rollback()
            connection.close()

    play()


def _play(site: Any, session: Session, deeds: list[str]) -> None:
    lift, last = site.lifts[0], None
    for deed in deeds:
        if deed in ("a day", "ten days"):
            site.today += DAY * (1 if deed == "a day" else 10)
            lapse_overdue(session, now=site.now, today=site.today)
            continue
        if deed != "again":
            last = _tap(site, session, deed, lift)
        if last is not None:
            _press(session, *last)
        _hold_true(session, lift)


def _tap(site: Any, session: Session, deed: str, lift: int) -> Any:
    """The verb, who presses, and with what; None where there is nothing to press it on."""
    if deed in ON_SITE:
        verb, named = ON_SITE[deed]
        return verb, site.asked("inspector"), {"lift_ids": [lift], "anyway": True, **named}
    if deed == "items":
        named = {"items": ["…"], "deadline": site.today + 5 * DAY}
        return find_items, site.asked("inspector"), {"lift_ids": [lift], "anyway": True, **named}
    newest = session.exec(select(Inspection.id).order_by(col(Inspection.id).desc())).first()
    if newest is None:
        return None
    verb, who, argument, named = LATER[deed]
    one = [newest] if argument == "inspection_ids" else newest
    return verb, site.asked(who), {argument: one, **named}


def _press(session: Session, verb: Any, asked: Any, named: Any) -> None:
    try:
        with session.begin_nested():
            verb(session, asked, **named)
    except Refused:
        session.expire_all()


def _hold_true(session: Session, lift: int) -> None:
    """Every step is an arrow of the table, each fact was written once, and at most one inspection is open."""
    session.expire_all()
    counted: dict[str, int] = {}
    for one in session.exec(select(Inspection).where(Inspection.lift_id == lift)).all():
        state = None
        query = select(InspectionStep).where(InspectionStep.inspection_id == one.id)
        for step in session.exec(query.order_by(col(InspectionStep.id))):
            assert LEADS_TO[InspectionDeed(step.deed)][state] == step.state
            state = InspectionState(step.state)
            if (fact := FACTS.get(step.deed)) is not None:
                counted[fact] = counted.get(fact, 0) + 1
        assert one.state == state
    kinds = session.exec(select(Event.kind).where(Event.lift_id == lift, col(Event.kind).in_(set(FACTS.values()))))
    written: dict[str, int] = {}
    for kind in kinds:
        written[kind] = written.get(kind, 0) + 1
    assert written == counted
