"""An inspection of the clauses before the validity that the register gives: nobody is told that the validity ended."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from notifier.facts import LiftFacts, NoticeFacts
from notifier.index import load_index, signature_of
from notifier.owing import in_true_words
from notifier.prepare import prepare
from notifier.samples import DECEMBER, sample_facts
from notifier.text import Rendered, render
from notifier.wording import words_for
from store.duties import Duty
from store.events import Event, EventKind

DUE = DECEMBER.due  # 31 December 2026
THE_DAY_AFTER, LATER = date(2027, 1, 1), date(2027, 12, 31)
BEFORE = date(2026, 12, 14)
STOPS = ("停用", "不得", "已满", "停止使用")
STOPS_EN = ("stop", "ended", "may not", "no validity", "no use")
REMINDERS = [f"{city}.{rung}" for city in ("gz", "inspection") for rung in ("sms", "call", "late", "last")]
OVERDUE = ("gz.overdue", "inspection.overdue")
COPIES = ("", ".reg", ".maint")
OUTSIDE = ("gz.corrected", "gz.intro", "zs.corrected", "zs.intro", "nat.corrected", "nat.intro")


def about(template: str, valid_until: list[date], language: str = "zh") -> NoticeFacts:
    """A notice about one inspection due for each of these validities of the register."""
    facts = sample_facts(template, language, len(valid_until), ladder=DECEMBER)
    lifts = [replace(lift, valid_until=until) for lift, until in zip(facts.lifts, valid_until, strict=True)]
    return replace(facts, lifts=lifts)


def written(facts: NoticeFacts, channel: str, today: date, language: str = "zh") -> Rendered:
    facts = in_true_words(facts, channel, today)
    words = words_for(facts, language, channel, today)
    return render(facts.template, language, channel, words, signature=signature_of(facts.template, language))


def without_basis(text: str) -> str:
    return text.partition("依据")[0].partition("Basis")[0]


@pytest.mark.parametrize("lifts", [1, 2])
@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("template", [f"{name}{copy}" for name in OVERDUE for copy in COPIES])
def test_a_lift_that_the_register_gives_as_valid_is_never_stopped(template: str, channel: str, lifts: int) -> None:
    body = without_basis(written(about(template, [LATER] * lifts), channel, THE_DAY_AFTER).body)
    assert [word for word in STOPS if word in body] == []
    assert "应在2026年12月" in body
    assert "登记有效期" in body
    assert template.endswith(".reg") or "2027年12月" in body
    assert template.endswith(".reg") or "核实" in body


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("template", [f"{name}{copy}" for name in (*OVERDUE, *OUTSIDE) for copy in ("", ".maint")])
def test_nor_in_english(template: str, channel: str) -> None:
    body = without_basis(written(about(template, [LATER], "en"), channel, THE_DAY_AFTER, "en").body)
    ended = body.replace("has not ended", "")
    assert [word for word in STOPS_EN if word in ended.lower()] == []


@pytest.mark.parametrize("lifts", [1, 2])
@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("template", [f"{name}{copy}" for name in OUTSIDE for copy in ("", ".maint")])
def test_nor_by_a_correction_or_an_introduction(template: str, channel: str, lifts: int) -> None:
    message = written(about(template, [LATER] * lifts), channel, THE_DAY_AFTER)
    assert [word for word in STOPS if word in without_basis(message.body)] == []
    assert message.segments == 1, message.body


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("valid", [[LATER], [LATER, LATER], [DUE, LATER], [DUE, DUE, LATER]])
@pytest.mark.parametrize("template", [f"{name}{copy}" for name in (*OVERDUE, *OUTSIDE) for copy in ("", ".maint")])
def test_each_of_them_is_one_sms(template: str, valid: list[date], language: str) -> None:
    message = written(about(template, valid, language), "sms", THE_DAY_AFTER, language)
    assert message.segments == 1, message.body


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("template", [f"{name}{copy}" for name in OVERDUE for copy in COPIES])
def test_of_a_unit_with_both_each_lift_is_told_what_is_true_of_it(template: str, channel: str) -> None:
    body = written(about(template, [DUE, DUE, LATER]), channel, THE_DAY_AFTER).body.replace(" ", "")
    assert "2台检验有效期已满" in body or "2台电梯检验有效期已满" in body
    assert "1台按规则应检未检" in body
    if channel == "webchat":
        assert body.count("应在2026年12月检验，登记有效期至2027年12月") == 1
        assert body.count("2026年12月到期") == 2


def test_a_validity_that_has_ended_since_is_told_with_its_own_date() -> None:
    body = written(about("inspection.overdue", [LATER]), "sms", date(2028, 1, 3)).body
    assert "有效期已满（2027年12月）" in body
    assert "请立即停用" in body


def owing(template: str, owed: list[date | None], language: str = "zh") -> NoticeFacts:
    facts = sample_facts(template, language, len(owed), ladder=DECEMBER)
    lifts: list[LiftFacts] = [replace(lift, owed_from=day) for lift, day in zip(facts.lifts, owed, strict=True)]
    return replace(facts, lifts=lifts)


OWED = date(2025, 12, 31)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("channel", ["sms", "webchat", "call_task", "voice"])
@pytest.mark.parametrize("owed", [[OWED], [OWED, OWED], [OWED, None, None]])
@pytest.mark.parametrize("template", REMINDERS)
def test_a_reminder_of_the_next_inspection_says_since_when_the_lift_is_overdue(
    template: str, owed: list[date | None], channel: str, language: str
) -> None:
    if channel in ("call_task", "voice") and "call" not in template:
        return
    message = written(owing(template, owed, language), channel, BEFORE, language)
    assert message.segments == 1
    assert ("2025年12月" if language == "zh" else "Dec 2025") in message.body
    assert ("超期" if language == "zh" else "overdue") in message.body
    assert ("2026年12月" if language == "zh" else "Dec 2026") in message.body


@pytest.mark.parametrize("template", [f"{name}.maint" for name in REMINDERS])
def test_the_maintainer_reads_the_same(template: str) -> None:
    assert "自2025年12月起" in written(owing(template, [OWED]), "sms", BEFORE).body


@pytest.mark.parametrize("template", REMINDERS)
def test_an_inspection_that_is_still_ahead_is_not_called_overdue(template: str) -> None:
    assert "超期" not in written(owing(template, [date(2026, 12, 20)]), "sms", BEFORE).body


def test_every_template_that_goes_out_instead_exists_for_the_same_reader() -> None:
    entries = load_index().templates
    for entry in entries.values():
        assert {entries[other].reader for other in entry.instead.values()} <= {entry.reader}


NEXT_V = date(2028, 2, 29)


def after(world: Any, act: Any, unit: int, duty: int, template: str = "gz.overdue") -> str:
    """What the unit reads of the duty on the day after it was due, once `act` has changed the store."""
    world.change(act)
    notice = world.notice(unit, [duty], template, step="overdue", on=date(2027, 3, 1))
    with world.database.read() as session:
        return prepare(session, [notice], ["sms"], date(2027, 3, 1))[0].body


def test_the_store_knows_which_validity_the_register_gives(world: Any) -> None:
    unit = world.unit()
    (duty,) = world.lifts(unit, valid_until=NEXT_V, cycle=NEXT_V)
    body = after(world, lambda session: None, unit, duty)
    assert "登记有效期至2028年2月" in body
    assert "停用" not in body


def test_a_delivery_names_the_template_that_went_out(world: Any) -> None:
    unit = world.unit()
    (duty,) = world.lifts(unit, valid_until=NEXT_V, cycle=NEXT_V)
    notice = world.notice(unit, [duty], "gz.overdue", step="overdue", on=date(2027, 3, 1))
    with world.database.read() as session:
        prepared = prepare(session, [notice], ["sms"], date(2027, 3, 1))
    assert [message.template for message in prepared] == ["inspection.unclear"]
    assert prepared[0].signature == "【梯信演示】"


def test_the_date_that_a_pilot_gave_is_void_once_the_lift_has_left_it(world: Any) -> None:
    unit = world.unit()
    (duty,) = world.lifts(unit, valid_until=NEXT_V, cycle=NEXT_V)

    def leave(session: Session) -> None:
        stored = session.get_one(Duty, duty)
        stored.kind = "legacy_inspection"
        left = {"on_date": date(2027, 2, 1), "known_on": date(2027, 2, 1)}
        event = Event(kind=EventKind.TESTING_EXITED, lift_id=stored.lift_id, source="clock", payload={}, **left)
        event.recorded_at = datetime(2027, 2, 1, tzinfo=UTC)
        session.add_all([stored, event])

    assert "请立即停用" in after(world, leave, unit, duty)


def test_the_store_knows_which_inspection_is_overdue_beside_the_one_told(world: Any) -> None:
    unit = world.unit()
    (duty,) = world.lifts(unit)

    def owe(session: Session) -> None:
        lift = session.get_one(Duty, duty).lift_id
        session.add(Duty(rule="nat.inspection", kind="periodic_inspection", lift_id=lift, cycle="2026", due=V_BEFORE))

    world.change(owe)
    notice = world.notice(unit, [duty], "gz.sms", on=date(2026, 11, 27))
    with world.database.read() as session:
        assert "自2026年2月起检验超期" in prepare(session, [notice], ["sms"], date(2026, 11, 27))[0].body
    world.change(lambda session: [setattr(other, "closed_on", date(2026, 11, 1)) for other in others(session)])
    with world.database.read() as session:
        assert "超期" not in prepare(session, [notice], ["sms"], date(2026, 11, 27))[0].body


V_BEFORE = date(2026, 2, 28)


def others(session: Session) -> list[Duty]:
    return [duty for duty in session.exec(select(Duty)).all() if duty.due == V_BEFORE]
