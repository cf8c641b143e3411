"""No notice cites a paper of a city in which it does not hold."""

from dataclasses import replace

import pytest

from notifier.index import load_index
from notifier.samples import FEBRUARY, sample_facts
from notifier.text import read_source, render
from notifier.wording import words_for
from schedules.rulebook import basis_of, load_rulebook, rulebook_ids, rules_of


@pytest.mark.parametrize("rulebook_id", rulebook_ids())
def test_what_a_city_is_told_cites_its_own_documents_or_none(rulebook_id: str) -> None:
    book, index = load_rulebook(rulebook_id), load_index()
    city = index.cities.get(rulebook_id.rpartition("-")[2], rulebook_id)
    foreign = {document for document, where in index.cities.items() if where != city}
    for rule in rules_of(book):  # by the rungs of its own rules
        for tell in (tell for step in rule.steps for tell in step.tells):
            assert index.entry(tell.template).basis(rule.id).document not in foreign, (rule.id, tell.template)
    assert all(basis_of(book, name) == {} for name in load_rulebook("guangzhou").bases) or city == "guangzhou"
    titles = [text for document in foreign for text in index.documents[document].values()]
    for template in index.templates:  # and beside all rules
        if "_basis.j2" not in (read_source(f"chat/zh/{template}") or ""):
            continue
        facts = replace(sample_facts(template, "zh", 2, 1, FEBRUARY), city_id=city)
        if facts.own and "document" in str(facts.own):
            continue  # their words bring the document of the rule that they serve
        words = words_for(facts, "zh", "webchat", FEBRUARY.read_on(template)) | {"contact": ""}
        body = render(template, "zh", "webchat", words).body
        assert not any(title in body for title in titles), (template, body)
        assert "依据：\n" not in body
        assert not body.endswith("依据：")
