"""A list is confirmed row by row, both ways, and split to departments with an officer each; twice is once."""

from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import Session, select

from actions.campaign.daily import review_campaigns
from store.campaigns import CampaignList, CampaignRow
from store.lifts import Lift
from store.tasks import TaskKind

pytestmark = pytest.mark.one_store

TODAY = date(2026, 11, 23)
OWN, OTHER = "广州示例云荔物业服务有限公司", "广州示例星桥物业管理有限公司"


def code(number: int) -> str:
    return f"3110990012017{number:04d}"


def certificate(number: int) -> str:
    return f"梯11粤A{number:05d}(20)"


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


def test_gz_02_each_row_of_the_list_is_confirmed_both_ways_with_its_reason(store: Any) -> None:
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


def rows_of(store: Any) -> list[dict[str, Any]]:
    results = ("found", "missing", "conflicting", "twice", "unreadable")
    return [row for one in results for row in store.json("rows", "2027", "--result", one)["rows"]]


def test_gz_02_the_same_list_changes_nothing_and_another_replaces_it(store: Any) -> None:
    first = store.take(*ROWS)
    again = store.take(*ROWS)
    assert (again["list_id"], again["is_new"], again["changed"]) == (first["list_id"], False, 0)
    assert again["results"] == first["results"]
    other = store.take(*ROWS[:1])
    assert (other["replaced"], other["rows"]) == (len(ROWS), 1)
    kept = store.write(lambda session: len(session.exec(select(CampaignList)).all()))
    assert kept == 2


def test_gz_02_the_list_is_split_by_district_and_exported(store: Any) -> None:
    out = store.folder / "rows.xlsx"
    store.run("import", store.list(*ROWS), "--year", "2027", "--out", str(out))
    listed, extra = load_workbook(out).worksheets
    owners = {row[1].value: row[3].value for row in listed.iter_rows(min_row=2)}
    assert (owners[code(1000)], owners[code(3000)]) == ("检验一部", "检验二部")
    assert {row[4].value for row in extra.iter_rows(min_row=2)} == {"清单未列"}
    reasons = [row[5].value for row in listed.iter_rows(min_row=2)]
    assert f"使用单位：清单为{OTHER}，台账为{OWN}" in reasons[2]


def test_gz_02_a_register_that_is_put_right_ends_the_task_about_the_rows(store: Any) -> None:
    store.take(*ROWS)
    found = store.tasks(TaskKind.CAMPAIGN_ROWS)
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    assert {key: (one["count"], one["owner"]) for key, one in found.items()} == {
        f"guangzhou/2027/{desk}": (3, desk),
        f"guangzhou/2027/{other}": (1, other),
        "guangzhou/2027/1": (1, 1),  # what names no district is the whole city's
    }

    def put_right(session: Session) -> None:
        (row,) = session.exec(select(CampaignRow).where(CampaignRow.line == 4))
        row.stated = row.stated | {"district_code": "440106", "unit": "", "address": ""}
        session.add(row)
        session.flush()
        review_campaigns(session, today=TODAY)

    store.write(put_right)
    assert set(store.tasks(TaskKind.CAMPAIGN_ROWS)) == {f"guangzhou/2027/{desk}", "guangzhou/2027/1"}


def test_gz_02_a_list_of_another_layout_is_read_by_its_mapping(store: Any) -> None:
    book = Workbook()
    book.active.append(["市局清单"])
    book.active.append(["ID", "Area"])
    book.active.append([code(1000), "天河"])
    path, mapping = store.folder / "list.xlsx", store.folder / "city.toml"
    book.save(path)
    mapping.write_text('name = "city"\n[columns]\nequipment_code = "ID"\ndistrict = "Area"\n', encoding="utf-8")
    taken = store.json("import", str(path), "--year", "2027", "--mapping", str(mapping))
    assert taken["results"]["found"] == taken["rows"] == 1


def test_gz_18_each_department_has_one_named_officer_or_a_task(store: Any) -> None:
    store.take(f"{code(1000)},,天河区,,", f"{code(3000)},,海珠区,,", "44019990012017000001,,番禺区,,")
    desk, other = store.world.parties["department"], store.world.parties["other_department"]
    missing = store.tasks(TaskKind.CAMPAIGN_OFFICER)
    assert {f"guangzhou/2027/{desk}", f"guangzhou/2027/{other}"} < set(missing)
    assert len(missing) == 3  # 番禺区 has the department of the whole city, or nobody
    name = store.world.people["duty_officer"].name
    named = store.run("officer", "2027", "--office", "440106", "--name", name, "--by", "组长")
    assert named.stdout == f"{name} sees to 2027 at 检验一部\n"
    assert "so already" in store.run("officer", "2027", "--office", "440106", "--name", name, "--by", "组长").stdout
    left = store.tasks(TaskKind.CAMPAIGN_OFFICER)
    assert set(missing) - set(left) == {f"guangzhou/2027/{desk}"}
    parts = {part["code"]: part.get("officer") for part in store.json("rate", "2027")["parts"]}
    assert (parts["440106"], parts["440105"]) == (name, "")
    nobody = store.run("officer", "2027", "--office", "440106", "--name", "路人", "--by", "组长")
    assert "nobody at 检验一部 is called '路人'" in str(nobody.exception)
