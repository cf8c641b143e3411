"""What is done of a list and what remains; odd data as tasks; what is no list is one sentence."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from phones.world import CITY
from sqlmodel import Session, select

from actions.campaign.daily import review_campaigns
from actions.campaign.lists import list_of
from actions.campaign.review import review
from actions.visits.inspections import record_inspection
from store.campaigns import CampaignList
from store.lifts import Lift, LiftName, Regime, Responsibility
from store.parties import Contact
from store.tasks import TaskKind

pytestmark = pytest.mark.one_store

TODAY = date(2026, 11, 23)
HEADER = "设备代码,行政区"


def code(number: int) -> str:
    return f"3110990012017{number:04d}"


ROWS = (
    f"{code(1000)},,天河区,,",  # found
    f"{code(1001)},梯11粤A02000(20),天河区,,",  # the code of one lift, the certificate of another
    f"{code(9999)},,天河区,,",  # in no register
    ",,天河区,,",  # nobody can tell which
    f"{code(3000)},,,,",  # in another district
)


def inspect(store: Any, session: Session, lift_id: int, conclusion: Any) -> None:
    day = date(2026, 11, 20)
    record_inspection(
        session,
        lift_ids=[lift_id],
        on=day,
        conclusion=conclusion,
        by=store.world.parties["department"],
        now=datetime(2026, 11, 20, 4, tzinfo=UTC),
        today=day,
        key=f"inspected {lift_id}",
    )


def test_gz_01_the_rate_counts_what_is_inspected_within_its_validity(store: Any) -> None:
    store.take(*(f"{code(number)},,天河区,," for number in range(1000, 1012)), *ROWS[1:])
    found = store.json("rate", "2027")
    assert (found["total"], found["done"], found["percent"]) == (12 + 4, 2, "12.5")
    states = [row["state"] for row in found["remainder"]]
    assert states[:4] == ["overdue", "to_inspect", "to_inspect", "to_inspect"]
    assert {"missing", "unreadable"} < set(states)

    own = store.world.lifts["own"]
    store.write(lambda session: [inspect(store, session, own[0], "pass"), inspect(store, session, own[1], "fail")])
    found = store.json("rate", "2027")
    assert found["done"] == 3
    assert [row["state"] for row in found["remainder"]].count("failed") == 1
    assert store.json("rate", "2027", "--district", "海珠区")["total"] == 1


def test_gz_15_a_hundred_percent_are_wanted_by_the_end_of_june(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store.take(f"{code(1010)},,天河区,,", f"{code(1000)},,天河区,,")
    found = store.json("rate", "2027")
    assert (found["target_on"], found["wanted"], found["days_left"]) == ("2027-06-30", 100, 219)
    assert (found["done"], found["left"]) == (1, 1)
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2027, 10, 5, 2, tzinfo=UTC))
    late = store.json("rate", "2027")
    assert (late["days_left"], late["done"]) == (-97, 0)  # what has run out since counts no more
    assert "97 days ago" in store.run("rate", "2027").stdout
    assert store.write(lambda session: list_of(session, CITY, date(2027, 1, 1))).year == 2027


def test_a_city_whose_rules_ask_for_no_list_has_none(store: Any) -> None:
    store.take(*ROWS[:1])

    def other_rules(session: Session) -> None:
        for regime in session.exec(select(Regime)):
            regime.rulebook, regime.beside = "national", ""
        session.flush()
        review_campaigns(session, today=date(2027, 8, 1))
        assert list_of(session, CITY, TODAY) is None

    store.write(other_rules)
    assert "know no campaign" in str(store.run("rate", "2027").exception)
    refused = store.run("import", store.list(*ROWS[1:]), "--year", "2027")
    assert "know no campaign in 2027" in str(refused.exception)


@pytest.mark.parametrize(
    ("text", "words", "wrong"),
    [
        ("", (), "is empty"),
        ("甲,乙\n1,2\n", (), "no header row"),
        (f"{HEADER}\n", (), "names no lift"),
        (f"{HEADER}\n{code(1000)},\n", ("--city", "nowhere"), "no register of 'nowhere'"),
        (f"{HEADER}\n{code(1000)},\n", ("--mapping", "none.toml"), "no mapping file"),
        (f"{HEADER}\n{code(1000)},\n", ("--language", "fr"), "'fr' is not known"),
    ],
)
def test_a_list_that_is_none_is_one_sentence(store: Any, text: str, words: tuple[str, ...], wrong: str) -> None:
    path = store.folder / "bad.csv"
    path.write_text(text, encoding="utf-8")
    result = store.run("import", str(path), "--year", "2027", *words)
    assert wrong in str(result.exception)
    assert "no list of 'guangzhou' for 2027" in str(store.run("rate", "2027").exception)


def test_a_list_of_a_year_that_is_over_wants_nothing(store: Any) -> None:
    store.take(*ROWS)

    def next_year(session: Session) -> None:
        for one in session.exec(select(CampaignList)):
            review(session, one, today=date(2028, 1, 1))

    assert len(store.tasks(TaskKind.CAMPAIGN_ROWS) | store.tasks(TaskKind.CAMPAIGN_OFFICER)) == 3
    store.write(next_year)
    assert store.tasks(TaskKind.CAMPAIGN_ROWS) | store.tasks(TaskKind.CAMPAIGN_OFFICER) == {}


def test_gz_16_odd_data_are_tasks_from_august_on_and_end_when_they_are_right(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = store.world.lifts["own"]

    def spoil(session: Session) -> None:
        bare, unknown, shared = (session.get_one(Lift, lift_id) for lift_id in (own[10], own[11], own[0]))
        bare.valid_until = bare.valid_precision = bare.cycle = None
        for held in session.exec(select(Responsibility).where(Responsibility.lift_id == unknown.id)):
            held.to_on = TODAY
        name = session.exec(select(LiftName).where(LiftName.lift_id == own[1], LiftName.kind == "certificate")).one()
        session.add(LiftName(lift_id=shared.id, kind=name.kind, value=name.value, stated=name.stated))
        for person in session.exec(select(Contact).where(Contact.party_id == store.world.parties["elsewhere"])):
            person.to_on = TODAY
        session.get_one(Lift, own[2]).last_inspected_on = date(2027, 3, 1)
        inspect(store, session, own[3], "pass")

    store.take(f"{code(1000)},,天河区,,")
    store.write(spoil)
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    store.write(lambda session: review_campaigns(session, today=date(2027, 7, 31)))
    # of what was inspected and has its old validity no next date is known: that is asked at any time
    ((key, asked),) = store.tasks(TaskKind.DATA_ANOMALY).items()
    assert (key, asked["count"]) == (f"guangzhou/not_updated/{desk}", 1)
    store.write(lambda session: review_campaigns(session, today=date(2027, 8, 1)))
    found = store.tasks(TaskKind.DATA_ANOMALY)
    assert {key.removeprefix("guangzhou/"): one["count"] for key, one in found.items()} == {
        f"no_contact/{other}": 2,
        f"no_validity/{desk}": 1,
        f"not_updated/{desk}": 2,
        f"shared_code/{desk}": 2,
        f"unknown_unit/{desk}": 1,
        f"validity_past/{desk}": 12,
        f"validity_past/{other}": 2,
    }
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2027, 8, 2, 2, tzinfo=UTC))
    out = store.folder / "odd.xlsx"
    listed = store.json("anomalies", "--out", str(out))["anomalies"]
    assert len(listed) == 22
    assert load_workbook(out).worksheets[0].max_row == 23
    assert "shared_code: 2 lifts" in store.run("anomalies").stdout

    def mend(session: Session) -> None:
        lift = session.get_one(Lift, own[10])
        lift.valid_until, lift.valid_precision, lift.cycle = date(2028, 9, 30), "month", date(2028, 9, 30)
        session.flush()
        review_campaigns(session, today=date(2027, 8, 2))

    store.write(mend)
    assert f"guangzhou/no_validity/{desk}" not in store.tasks(TaskKind.DATA_ANOMALY)
