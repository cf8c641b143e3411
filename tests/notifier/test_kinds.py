"""Notices outside the ladder speak of duties of every kind, each by its own name."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from notifier.facts import NoticeFacts
from notifier.index import load_index, signature_of
from notifier.samples import DECEMBER, sample_facts
from notifier.text import Rendered, render
from notifier.wording import words_for
from schedules.rulebook import load_rulebook, rulebook_ids, rules_of

KINDS = sorted({rule.duty for name in rulebook_ids() for rule in rules_of(load_rulebook(name))})
INSPECTIONS = ("periodic_inspection", "legacy_inspection")
OUTSIDE = [
    name
    for name in load_index().templates
    if name.startswith(("zs.", "nat.")) and name.split(".")[1] in ("corrected", "intro", "handover")
]
BEFORE, AFTER = DECEMBER.due - timedelta(days=20), DECEMBER.due + timedelta(days=1)


def about(template: str, kinds: list[str], language: str = "zh") -> NoticeFacts:
    """A notice about one lift for each of these kinds, all due on one day that is known to the day."""
    facts = sample_facts(template, language, len(kinds), ladder=DECEMBER)
    lifts = [replace(lift, kind=kind, by_month=False) for lift, kind in zip(facts.lifts, kinds, strict=True)]
    return replace(facts, duty=kinds[0], lifts=lifts)


def written(facts: NoticeFacts, channel: str, today: date, language: str = "zh") -> Rendered:
    words = words_for(facts, language, channel, today)
    return render(facts.template, language, channel, words, signature=signature_of(facts.template, language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_duty_has_its_noun(language: str) -> None:
    assert set(KINDS) <= set(load_index().nouns)
    assert all(load_index().nouns[kind][language] for kind in KINDS)


@pytest.mark.parametrize("lifts", [1, 14])
@pytest.mark.parametrize("today", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("template", OUTSIDE)
def test_whatever_the_duty_it_is_one_sms(template: str, kind: str, language: str, today: date, lifts: int) -> None:
    message = written(about(template, [kind] * lifts, language), "sms", today, language)
    assert message.segments == 1, message.body


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("today", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("template", [name for name in OUTSIDE if "handover" not in name])
def test_a_test_is_never_called_an_inspection_nor_stopped(template: str, today: date, channel: str) -> None:
    body = written(about(template, ["self_test"]), channel, today).body.partition("依据")[0]
    assert "检测" in body
    assert "检验" not in body.replace("检验机构更正", "").replace("检验和", "")
    assert "停用" not in body


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("kind", INSPECTIONS)
@pytest.mark.parametrize("template", [name for name in OUTSIDE if "handover" not in name])
def test_an_inspection_whose_validity_has_ended_is_to_be_applied_for(template: str, kind: str, channel: str) -> None:
    assert "停用" in written(about(template, [kind]), channel, AFTER).body
    before = written(about(template, [kind]), channel, BEFORE).body.partition("依据")[0]
    assert "停用" not in before
    assert "检测" not in before


@pytest.mark.parametrize("template", ["zs.corrected", "zs.intro.maint", "nat.corrected.maint", "nat.intro"])
def test_other_duties_are_neither_inspections_nor_tests(template: str) -> None:
    body = written(about(template, ["insurance_renewal"]), "sms", BEFORE).body
    assert "责任保险到期日" in body
    assert not {"检验", "检测"} & {body[at : at + 2] for at in range(len(body))}


def test_a_handover_says_since_when_how_many_lifts_and_what_is_nearest() -> None:
    facts = replace(about("nat.handover", ["self_test", "periodic_inspection"]), own={"from": "2026-12-11"})
    assert "12月11日起" in written(facts, "sms", BEFORE).body
    assert "2台" in written(facts, "sms", BEFORE).body
    assert "检验或检测日期" in written(facts, "sms", BEFORE).body
    first, second = facts.lifts
    later = replace(facts, lifts=[first, replace(second, due=second.due + timedelta(days=40))])
    assert "检测日期最早为12月31日" in written(later, "sms", BEFORE).body
    listed = written(later, "webchat", BEFORE).body
    assert "检测日期：12月31日" in listed
    assert "检验到期日：2月9日" in listed
    assert "网上服务平台" not in listed  # Guangzhou's institute has one


def test_a_handover_counts_what_is_overdue_and_says_what_comes_next() -> None:
    facts = about("nat.handover", ["periodic_inspection", "self_test", "self_test"])
    passed = replace(facts.lifts[0], due=BEFORE - timedelta(days=1))
    body = written(replace(facts, lifts=[passed, *facts.lifts[1:]]), "sms", BEFORE).body
    assert "3台电梯" in body
    assert "检测日期为12月31日，其中1台已超期" in body
    alone = written(replace(facts, lifts=[passed]), "sms", BEFORE).body
    assert "已超期" in alone
    assert "另有" not in alone
    assert "超期" not in written(facts, "sms", BEFORE).body


def test_a_test_is_overdue_from_the_end_of_its_window_on() -> None:
    facts = about("zs.handover", ["self_test"])
    (lift,) = facts.lifts
    passed = replace(lift, due=BEFORE - timedelta(days=1), ends=AFTER)
    body = written(replace(facts, lifts=[passed]), "sms", BEFORE).body
    assert "超期" not in body
    assert "最迟1月1日完成" in body
    assert "已超期" in written(replace(facts, lifts=[passed]), "sms", AFTER + timedelta(days=1)).body
    assert "最迟" not in written(facts, "sms", BEFORE).body


def test_dates_that_are_of_no_inspection_and_no_test_are_called_by_no_name_of_theirs() -> None:
    body = written(about("nat.handover", ["onsite_maintenance", "self_test"]), "sms", BEFORE).body
    assert "办理期限" in body


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("template", ["gz.corrected", "gz.intro", "gz.intro.maint"])
def test_lifts_in_rectification_have_a_deadline_and_no_expiry(template: str, channel: str) -> None:
    message = written(about(template, ["rectification"]), channel, BEFORE)
    body = message.body.partition("依据")[0]
    assert message.segments == 1
    assert "整改" in body
    assert "检验到期" not in body
    assert "约检" not in body
