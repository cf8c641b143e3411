from hashlib import sha256

import pytest
from sqlmodel import select

from actions.people.consents import consent_in_force, consent_text
from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.running.cities import set_regime
from store.consents import SigningConsent

# Words that change get a new version; a consent to the former ones stays what it was.
DIGESTS = {"1": "94190f5a1dd65be6", "2": "31844faef082ae9a"}


def words() -> dict[str, str]:
    return {"version": consent_text().version, "language": "zh"}


def test_words_that_change_get_a_new_version():
    text = consent_text()
    digest = sha256("".join(text.words[language] for language in sorted(text.words)).encode()).hexdigest()[:16]
    assert DIGESTS[text.version] == digest


def test_a_head_agrees_and_what_was_shown_is_kept(town):
    given = town.do("give_consent", "head", **words())
    assert given.text == consent_text().words["zh"]
    assert (given.party_id, given.given_by, given.given_at) == (town.parties["ours"], town.contacts["head"], town.now)
    said = town.do("signing_consent", "contact")
    assert (said.given.id, said.given_by, said.is_of_these_words) == (given.id, "head", True)
    assert town.do("signing_consent", "their_head").given is None


def test_who_is_no_head_agrees_to_nothing(town):
    for who in ("contact", "worker", "admin"):
        with pytest.raises(NotAllowedError):
            town.do("give_consent", who, **words())


def test_two_heads_agree_and_there_is_one_consent(town):
    first = town.do("give_consent", "head", **words())
    assert town.do("give_consent", "manager", **words()).id == first.id
    assert len(town.read(select(SigningConsent))) == 1


def test_the_same_tap_agrees_once_even_after_it_was_withdrawn(town):
    town.do("give_consent", "head", key="t", **words())
    town.do("withdraw_consent", "manager")
    with pytest.raises(Refused, match="withdrawn"):
        town.do("give_consent", "head", key="t", **words())
    assert town.do("signing_consent", "head").given is None


def test_a_withdrawn_consent_held_until_then(town):
    given = town.do("give_consent", "head", **words())
    before = town.now
    town.wait(60)
    town.do("withdraw_consent", "manager")
    town.do("withdraw_consent", "manager")
    during = town.act(consent_in_force, party_id=town.parties["ours"], at=before)
    assert during.id == given.id
    assert town.act(consent_in_force, party_id=town.parties["ours"], at=town.now) is None
    [kept] = town.read(select(SigningConsent))
    assert (kept.withdrawn_by, kept.withdrawn_at) == (town.contacts["manager"], town.now)


def test_there_is_nothing_to_withdraw_where_nobody_agreed(town):
    with pytest.raises(Refused, match="none"):
        town.do("withdraw_consent", "head")


def test_to_words_that_were_not_shown_nobody_agrees(town):
    with pytest.raises(Refused, match="changed"):
        town.do("give_consent", "head", version="0", language="zh")


def test_a_consent_can_be_given_again(town):
    first = town.do("give_consent", "head", **words())
    town.do("withdraw_consent", "head")
    town.wait(1)
    assert town.do("give_consent", "head", **words()).id != first.id


def test_where_no_rule_knows_of_it_nobody_is_asked_to_agree(town):
    assert town.do("signing_consent", "head").offered
    with town.database.write() as session:
        set_regime(session, "guangzhou", rulebook="national", from_on=town.now.date())
    assert not town.do("signing_consent", "head").offered
    with pytest.raises(Refused, match="no basis"):
        town.do("give_consent", "head", **words())
