"""What anybody may look up, and the links to files of reports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from phones.world import NOW, TODAY, World, found_world

from actions.reporting.links import Links
from portal.app import make_app
from portal.query import TIMES
from store.chats import keep_file
from store.database import Database
from store.reports import Report

pytestmark = pytest.mark.one_store

PDF = b"%PDF-1.7 a report"
SECRETS = ("云荔", "捷安", "陈", "DT-", "检验一部", "14000000001")


@pytest.fixture
def world(database: Database) -> World:
    """The small city, with one lift that passed, one that failed, and one whose report was corrected."""
    with database.write() as session:
        world = found_world(session)
        file_id = keep_file(session, "report/1", "报告.pdf", PDF, at=NOW, mime="application/pdf").id
        lifts = world.lifts["own"]
        about: dict[str, Any] = {
            "city_id": "guangzhou", "department_id": world.parties["department"], "ended_on": TODAY, "issued_on": TODAY,
            "issued_at": NOW, "file_id": file_id,
        }  # fmt: skip
        passed: dict[str, Any] = {"conclusion": "pass", "valid_until": TODAY + timedelta(days=400), "mark": "B-1"}
        for number, lift_id, values in (
            (1, lifts[0], passed),
            (2, lifts[1], {"conclusion": "fail"}),
            (3, lifts[2], passed),
            (4, lifts[2], {"conclusion": "fail", "corrects": 3, "why": "…"}),
        ):
            session.add(Report(id=number, lift_id=lift_id, number=f"DT-{number}", key=f"{number}", **about, **values))
            session.flush()
    return world


@pytest.fixture
def client(database: Database, world: World) -> TestClient:
    return TestClient(make_app(database, lambda: NOW, links=LINKS), base_url="https://tixing.example")


LINKS = Links(b"key", "https://tixing.example")


def test_gz_32_anybody_looks_up_conclusion_and_dates_and_nothing_else(client: TestClient) -> None:
    found = client.get("/query.json", params={"code": " 31109900120171000 "}).json()
    assert found == {
        "code": "31109900120171000", "found": True, "conclusion": "pass", "inspected_on": "2026-11-23",
        "issued_on": "2026-11-23", "valid_until": "2027-12-28",
    }  # fmt: skip
    by_certificate = client.get("/query", params={"code": "梯11粤A01001（20）", "lang": "zh"})
    assert "不合格" in by_certificate.text
    assert client.get("/query.json", params={"code": "31109900120171002"}).json()["conclusion"] == "fail"
    english = client.get("/query", params={"code": "31109900120171000", "lang": "en"})
    assert "Valid until" in english.text
    for page in (by_certificate, english):
        assert not [word for word in SECRETS if word in page.text]
        assert "script" not in page.text
    unknown, without = (client.get("/query.json", params={"code": code}) for code in ("x", "31109900120171003"))
    assert (unknown.status_code, unknown.json()["found"]) == (without.status_code, without.json()["found"])
    policy = by_certificate.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert client.get(english.text.partition('stylesheet" href="')[2].partition('"')[0]).status_code == 200


def test_a_code_that_no_store_could_look_for_is_unknown(client: TestClient) -> None:
    assert client.get("/query", params={"code": "\0abc"}).status_code == 200
    assert client.get("/query.json", params={"code": "\0abc\0"}).json() == {"code": "abc", "found": False}


def test_who_asks_too_often_is_asked_to_wait(client: TestClient) -> None:
    answers = [client.get("/query.json", params={"code": "x"}).status_code for _ in range(TIMES + 1)]
    assert answers == [200] * TIMES + [429]
    assert client.get("/query", params={"code": "31109900120171000"}).status_code == 429
    assert client.get("/query").status_code == 200


def test_a_link_is_good_for_one_report_and_some_days(client: TestClient, database: Database) -> None:
    link = LINKS.to(1, NOW)
    answer = client.get(link)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert "DT-1.pdf" in answer.headers["content-disposition"]
    late = TestClient(make_app(database, lambda: NOW + timedelta(days=8), links=LINKS), base_url=LINKS.base)
    wrong = [
        client.get(link.replace("/reports/1", "/reports/2")),
        client.get(link[:-1]),
        client.get(link.replace("until=1", "until=2")),
        client.get("/reports/1"),
        client.get("/reports/x?until=y&seal=z"),
        client.get(LINKS.to(3, NOW)),  # another report has taken its place
        client.get(replace(LINKS, key=b"another").to(1, NOW)),
        late.get(link),
    ]
    assert {one.status_code for one in wrong} == {404}
    assert {one.text.splitlines()[0] for one in wrong} == {"这个链接已失效或不完整，请在“我的报告”里重新获取。"}
