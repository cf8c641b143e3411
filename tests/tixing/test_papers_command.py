"""`tixing papers` on the small city: every form is written, and read back as Word reads it."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from phones.papers import words_of_paper
from phones.world import NOW, TODAY, found_world_at
from sqlmodel import Session
from typer.testing import CliRunner

from actions.inspecting.deeds import Hand
from actions.inspecting.leaving import Leaving, leave
from bot.papers import KINDS
from store.database import Database
from store.inspections import InspectionDeed
from store.lifts import Lift
from tixing.cli import app
from tixing.errors import UsageError

ODD = "A&B <w:p> {{ 7*7 }} {% if %}\x00\x0b\ufffe 云荔\n花园" + "长" * 200
FIRST = 31109900120171000


def spoil(session: Session, lift_id: int) -> None:
    """What a register may say."""
    lift = session.get_one(Lift, lift_id)
    lift.address, lift.certificate = ODD.replace("\x00", "\x01"), "=梯11粤A00001"


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[..., str], str]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    database = Database(url)
    database.migrate()
    world = found_world_at(url)
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setattr("tixing.commands.papers.now_utc", lambda: NOW)
    with database.write() as session:
        other = session.get_one(Lift, world.lifts["other"][0]).key
        spoil(session, world.lifts["own"][0])
        hand = Hand(world.parties["department"], "周检", NOW, TODAY, "x")
        items = Leaving(InspectionDeed.FOUND_ITEMS, items=["门锁 <失效>", "照明"], deadline=TODAY + timedelta(18))
        leave(session, hand, world.lifts["own"][9:10], items, anyway=True)
        leave(session, Hand(hand.party_id, "周检", NOW, TODAY, "y"), world.lifts["own"][8:9],
              Leaving(InspectionDeed.PASSED), anyway=True)  # fmt: skip
    database.close()

    def run(*words: str, language: str = "zh") -> str:
        out = tmp_path / "form.docx"
        done = CliRunner().invoke(app, ["papers", *words, "--out", str(out), "--language", language, "--json"])
        assert done.exception is None, done.output
        assert json.loads(done.stdout)["kind"] == words[0]
        return words_of_paper(out.read_bytes())

    return run, other


def test_gz_21_the_application_form_is_filled_for_many_lifts_of_one_unit(papers: Any) -> None:
    run, other = papers
    form = run("application", *(str(FIRST + number) for number in range(12)))
    assert "电梯检验申请单" in form
    assert "致：检验一部" in form
    assert "使用单位 | 广州示例云荔物业服务有限公司" in form
    assert "申请台数 | 12" in form
    first = next(line for line in form.splitlines() if line.startswith("1 | "))
    assert "A&B <w:p> {{ 7*7 }} {% if %}" in first
    assert "长" * 200 in first
    assert sum(line.split(" | ")[0].isdigit() for line in form.splitlines()) == 12
    assert "{%tr" not in form
    refused = CliRunner().invoke(app, ["papers", "application", str(FIRST), other, "--out", "x.docx"])
    assert isinstance(refused.exception, UsageError)
    assert "of several" in str(refused.exception)


def test_every_other_form_is_filled_in_both_languages(papers: Any) -> None:
    run, _ = papers
    opinion = run("opinion", "1")
    assert "1 | 门锁 <失效> | \n2 | 照明 | " in opinion
    assert "整改期限 | 2026-12-11" in opinion
    cover = run("cover", str(FIRST + 8), language="en")
    assert "Conclusion | passed" in cover
    assert "Report number: ____" in cover
    listed = run("unbooked", "--month", "2026-12-01", "--district", "440106")
    assert "天河区 2026年12月，共 3 台" in listed
    summary = run("summary", language="en")
    assert f"{date(2026, 11, 23)} (not closed yet: as of now)" in summary
    assert "Opening + new" in summary
    for kind in KINDS:
        words = {"application": [str(FIRST)], "opinion": ["1"], "cover": [str(FIRST + 8)]}.get(kind, [])
        zh, en = run(kind, *words), run(kind, *words, language="en")
        assert len(zh.splitlines()) == len(en.splitlines()) > 5
