"""`tixing campaign`: a list is confirmed both ways, split, counted; again it changes nothing; bad input is one line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from phones.world import CITY, World, found_world
from sqlmodel import Session, col, select
from typer.testing import CliRunner, Result

from actions.campaign.daily import review_campaigns
from actions.campaign.lists import list_of
from actions.campaign.review import review
from actions.visits.inspections import record_inspection
from store.campaigns import CampaignList, CampaignRow
from store.database import Database
from store.lifts import Lift, LiftName, Regime, Responsibility
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus
from tixing.cli import app

pytestmark = pytest.mark.one_store

TODAY = date(2026, 11, 23)
HEADER = "设备代码,使用登记证编号,行政区,使用单位名称,地址"
OWN, OTHER = "广州示例云荔物业服务有限公司", "广州示例星桥物业管理有限公司"


def code(number: int) -> str:
    return f"3110990012017{number:04d}"


def certificate(number: int) -> str:
    return f"梯11粤A{number:05d}(20)"


@dataclass
class Store:
    """The small city, and the command on it."""

    url: str
    folder: Path
    world: World

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["campaign", *words])

    def json(self, *words: str) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.exception is None, result.exception
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def list(self, *rows: str, header: str = HEADER) -> str:
        path = self.folder / "list.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return str(path)

    def take(self, *rows: str) -> dict[str, Any]:
        return self.json("import", self.list(*rows), "--year", "2027")

    def write(self, do: Callable[[Session], Any]) -> Any:
        database = Database(self.url)
        with database.write() as session:
            done = do(session)
        database.close()
        return done


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """On the day on which the city was founded."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2026, 11, 23, 2, tzinfo=UTC))
    database = Database(url)
    database.migrate()
    with database.write() as session:
        world = found_world(session)
    database.close()
    return Store(url, tmp_path, world)


def tasks(session: Session, kind: TaskKind) -> dict[str, dict[str, Any]]:
    query = select(Task).where(Task.kind == kind, Task.status == TaskStatus.OPEN).order_by(col(Task.key))
    return {task.key: (task.detail or {}) | {"owner": task.owner_party_id} for task in session.exec(query)}


ROWS = (
    f"{code(1000)},,天河区,{OWN},",  # found
    f"{code(1001)},{certificate(2000)},天河区,,",  # the code of one lift, the certificate of another
    f"{code(1002)},,海珠区,{OTHER},江南大道1号",  # another district and unit
    f"{code(9999)},,天河区,{OWN},",  # in no register
    f"{code(1000)},,天河区,{OWN},",  # the first again
    ",,天河区,,",  # nobody can tell which
    f"{code(3000)},,,,",  # a lift whose row names no district
    f"{code(1003)},梯99粤Z99999(20),天河区,,",  # a certificate that is not this lift's
)


def test_gz_02_each_row_of_the_list_is_confirmed_both_ways_with_its_reason(store: Store) -> None:
    store.write(lambda session: setattr(session.get_one(Lift, store.world.lifts["own"][4]), "status", "out_of_use"))
    taken = store.take(*ROWS, f"{code(1004)},,天河区,,")
    assert taken["results"] == {"found": 2, "missing": 1, "conflicting": 4, "twice": 1, "unreadable": 1}
    assert taken["extra"] == 17 - 4 - 1  # of all those in use that are listed, one is out of use
    found = {(row["line"], row["result"], *(one["what"] for one in row["reasons"])) for row in rows_of(store)}
    assert found == {
        (2, "found"),
        (3, "conflicting", "several_lifts"),
        (4, "conflicting", "other_district", "other_unit"),
        (5, "missing", "not_in_register"),
        (6, "twice", "listed_twice"),
        (7, "unreadable", "unreadable"),
        (8, "found"),
        (9, "conflicting", "other_certificate"),
        (10, "conflicting", "out_of_use"),
    }
    extra = store.json("rows", "2027", "--result", "extra")["rows"]
    assert code(1005) in {row["shown"] for row in extra}
    assert all(row["department"] and row["place"] for row in extra)
    assert "江南大道1号" in next(row for row in rows_of(store) if row["line"] == 4)["place"]


def rows_of(store: Store) -> list[dict[str, Any]]:
    results = ("found", "missing", "conflicting", "twice", "unreadable")
    return [row for one in results for row in store.json("rows", "2027", "--result", one)["rows"]]


def test_gz_02_the_same_list_changes_nothing_and_another_replaces_it(store: Store) -> None:
    first = store.take(*ROWS)
    again = store.take(*ROWS)
    assert (again["list_id"], again["is_new"], again["changed"]) == (first["list_id"], False, 0)
    assert again["results"] == first["results"]
    other = store.take(*ROWS[:1])
    assert (other["replaced"], other["rows"]) == (len(ROWS), 1)
    kept = store.write(lambda session: len(session.exec(select(CampaignList)).all()))
    assert kept == 2


def test_gz_02_the_list_is_split_by_district_and_exported(store: Store) -> None:
    out = store.folder / "rows.xlsx"
    store.run("import", store.list(*ROWS), "--year", "2027", "--out", str(out))
    listed, extra = load_workbook(out).worksheets
    owners = {row[1].value: row[3].value for row in listed.iter_rows(min_row=2)}
    assert (owners[code(1000)], owners[code(3000)]) == ("检验一部", "检验二部")
    assert {row[4].value for row in extra.iter_rows(min_row=2)} == {"清单未列"}
    reasons = [row[5].value for row in listed.iter_rows(min_row=2)]
    assert f"使用单位：清单为{OTHER}，台账为{OWN}" in reasons[2]


def test_gz_02_a_register_that_is_put_right_ends_the_task_about_the_rows(store: Store) -> None:
    store.take(*ROWS)
    found = store.write(lambda session: tasks(session, TaskKind.CAMPAIGN_ROWS))
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    assert {key: (one["count"], one["owner"]) for key, one in found.items()} == {
        f"guangzhou/2027/{desk}": (3, desk),
        f"guangzhou/2027/{other}": (1, other),
        "guangzhou/2027/1": (1, 1),  # what names no district is the whole city's
    }

    def put_right(session: Session) -> dict[str, Any]:
        (row,) = session.exec(select(CampaignRow).where(CampaignRow.line == 4))
        row.stated = row.stated | {"district_code": "440106", "unit": "", "address": ""}
        session.add(row)
        session.flush()
        review_campaigns(session, today=TODAY)
        return tasks(session, TaskKind.CAMPAIGN_ROWS)

    assert set(store.write(put_right)) == {f"guangzhou/2027/{desk}", "guangzhou/2027/1"}


def test_gz_02_a_list_of_another_layout_is_read_by_its_mapping(store: Store) -> None:
    book = Workbook()
    book.active.append(["市局清单"])
    book.active.append(["ID", "Area"])
    book.active.append([code(1000), "天河"])
    path, mapping = store.folder / "list.xlsx", store.folder / "city.toml"
    book.save(path)
    mapping.write_text('name = "city"\n[columns]\nequipment_code = "ID"\ndistrict = "Area"\n', encoding="utf-8")
    taken = store.json("import", str(path), "--year", "2027", "--mapping", str(mapping))
    assert taken["results"]["found"] == taken["rows"] == 1


def test_gz_18_each_department_has_one_named_officer_or_a_task(store: Store) -> None:
    store.take(f"{code(1000)},,天河区,,", f"{code(3000)},,海珠区,,", "44019990012017000001,,番禺区,,")
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    missing = store.write(lambda session: tasks(session, TaskKind.CAMPAIGN_OFFICER))
    assert {f"guangzhou/2027/{desk}", f"guangzhou/2027/{other}"} < set(missing)
    assert len(missing) == 3  # 番禺区 has the department of the whole city, or nobody
    name = store.world.people["duty_officer"].name
    named = store.run("officer", "2027", "--office", "440106", "--name", name, "--by", "组长")
    assert named.stdout == f"{name} sees to 2027 at 检验一部\n"
    assert "so already" in store.run("officer", "2027", "--office", "440106", "--name", name, "--by", "组长").stdout
    left = store.write(lambda session: tasks(session, TaskKind.CAMPAIGN_OFFICER))
    assert set(missing) - set(left) == {f"guangzhou/2027/{desk}"}
    parts = {part["code"]: part.get("officer") for part in store.json("rate", "2027")["parts"]}
    assert (parts["440106"], parts["440105"]) == (name, "")
    nobody = store.run("officer", "2027", "--office", "440106", "--name", "路人", "--by", "组长")
    assert "nobody at 检验一部 is called '路人'" in str(nobody.exception)


def test_gz_01_the_rate_counts_what_is_inspected_within_its_validity(store: Store) -> None:
    store.take(*(f"{code(number)},,天河区,," for number in range(1000, 1012)), *ROWS[1:])
    found = store.json("rate", "2027")
    assert (found["total"], found["done"], found["percent"]) == (12 + 4, 2, "12.5")
    states = [row["state"] for row in found["remainder"]]
    assert states[:4] == ["overdue", "to_inspect", "to_inspect", "to_inspect"]
    assert {"missing", "unreadable"} < set(states)

    def inspect(session: Session) -> None:
        day, lifts = date(2026, 11, 20), store.world.lifts["own"][:2]
        for lift_id, conclusion in zip(lifts, ("pass", "fail"), strict=True):
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

    store.write(inspect)
    found = store.json("rate", "2027")
    assert found["done"] == 3
    assert [row["state"] for row in found["remainder"]].count("failed") == 1
    assert store.json("rate", "2027", "--district", "海珠区")["total"] == 1


def test_gz_15_a_hundred_percent_are_wanted_by_the_end_of_june(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.take(f"{code(1010)},,天河区,,", f"{code(1000)},,天河区,,")
    found = store.json("rate", "2027")
    assert (found["target_on"], found["wanted"], found["days_left"]) == ("2027-06-30", 100, 219)
    assert (found["done"], found["left"]) == (1, 1)
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2027, 10, 5, 2, tzinfo=UTC))
    late = store.json("rate", "2027")
    assert (late["days_left"], late["done"]) == (-97, 0)  # what has run out since counts no more
    assert "97 days ago" in store.run("rate", "2027").stdout
    assert store.write(lambda session: list_of(session, CITY, date(2027, 1, 1))).year == 2027


def test_a_city_whose_rules_ask_for_no_list_has_none(store: Store) -> None:
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
        (f"{HEADER}\n{code(1000)},,,,\n", ("--city", "nowhere"), "no register of 'nowhere'"),
        (f"{HEADER}\n{code(1000)},,,,\n", ("--mapping", "none.toml"), "no mapping file"),
        (f"{HEADER}\n{code(1000)},,,,\n", ("--language", "fr"), "'fr' is not known"),
    ],
)
def test_a_list_that_is_none_is_one_sentence(store: Store, text: str, words: tuple[str, ...], wrong: str) -> None:
    path = store.folder / "bad.csv"
    path.write_text(text, encoding="utf-8")
    result = store.run("import", str(path), "--year", "2027", *words)
    assert wrong in str(result.exception)
    assert "no list of 'guangzhou' for 2027" in str(store.run("rate", "2027").exception)


def test_a_list_of_a_year_that_is_over_wants_nothing(store: Store) -> None:
    store.take(*ROWS)

    def next_year(session: Session) -> int:
        for one in session.exec(select(CampaignList)):
            review(session, one, today=date(2028, 1, 1))
        return len(tasks(session, TaskKind.CAMPAIGN_ROWS)) + len(tasks(session, TaskKind.CAMPAIGN_OFFICER))

    assert store.write(next_year) == 0


def test_gz_16_odd_data_are_tasks_from_august_on_and_end_when_they_are_right(
    store: Store, monkeypatch: pytest.MonkeyPatch
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

    store.take(f"{code(1000)},,天河区,,")
    store.write(spoil)
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    store.write(lambda session: review_campaigns(session, today=date(2027, 7, 31)))
    assert store.write(lambda session: tasks(session, TaskKind.DATA_ANOMALY)) == {}
    store.write(lambda session: review_campaigns(session, today=date(2027, 8, 1)))
    found = store.write(lambda session: tasks(session, TaskKind.DATA_ANOMALY))
    assert {key.removeprefix("guangzhou/"): one["count"] for key, one in found.items()} == {
        f"no_contact/{other}": 2,
        f"no_validity/{desk}": 1,
        f"not_updated/{desk}": 1,
        f"shared_code/{desk}": 2,
        f"unknown_unit/{desk}": 1,
        f"validity_past/{desk}": 13,
        f"validity_past/{other}": 2,
    }
    monkeypatch.setattr("tixing.commands.campaign.now_utc", lambda: datetime(2027, 8, 2, 2, tzinfo=UTC))
    out = store.folder / "odd.xlsx"
    listed = store.json("anomalies", "--out", str(out))["anomalies"]
    assert len(listed) == 22
    assert load_workbook(out).worksheets[0].max_row == 23
    assert "shared_code: 2 lifts" in store.run("anomalies").stdout

    def mend(session: Session) -> dict[str, Any]:
        lift = session.get_one(Lift, own[10])
        lift.valid_until, lift.valid_precision, lift.cycle = date(2028, 9, 30), "month", date(2028, 9, 30)
        session.flush()
        review_campaigns(session, today=date(2027, 8, 2))
        return tasks(session, TaskKind.DATA_ANOMALY)

    assert f"guangzhou/no_validity/{desk}" not in store.write(mend)
