"""`tixing outbox`, `tick` and `rehearse`: why a notice waits and until when, real times, and who would make a call."""

import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from notifier.settling import HELD
from store.database import Database
from store.lifts import City
from store.notices import Notice
from store.parties import Party
from store.zone import SHANGHAI
from tixing.cli import app
from tixing.commands import tick as command
from tixing.times import business_day, now_utc

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
ROW = "C1,31109900120170001,天河区,云荔花园,1梯,2026年12月,广州示例云荔物业服务有限公司,陈一鸣,+852 5123 4567"
MACHINE = {
    "TIXING_CALLS_BY": "machine",
    "TIXING_TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
    "TIXING_TWILIO_AUTH_TOKEN": "0" * 32,
    "TIXING_TWILIO_FROM": "+14155552345",
    "TIXING_PUBLIC_URL": "https://tixing.example.org",
    "TIXING_SECRET": "a-long-enough-secret-of-this-deployment",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ask(*words: str) -> list[Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(autouse=True)
def store(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_DATABASE_URL", stores.migrated(store_kind, tmp_path))
    monkeypatch.setenv("TIXING_MODE", "demo")
    assert run("init").exit_code == 0


@pytest.fixture
def put() -> Callable[..., None]:
    """Put a planned notice of today into the outbox."""

    def add(**values: Any) -> None:
        today = business_day(now_utc())
        database = Database(os.environ["TIXING_DATABASE_URL"])
        with database.write() as session:
            if session.get(City, "guangzhou") is None:
                session.add(City(id="guangzhou", name="广州市"))
                session.flush()
                session.add(Party(id=7, city_id="guangzhou", ref="u-7", name="云荔物业"))
                session.flush()
            common = {"city_id": "guangzhou", "planned_on": today, "send_on": today, "party_id": 7}
            rung = {"duty": "periodic_inspection", "rule": "gz.inspection", "step": "sms", "audience": "unit_contact"}
            session.add(Notice(**{**common, **rung, "channel_class": "sms", "template": "gz.sms", **values}))
        database.close()

    return add


def test_what_nothing_keeps_is_not_held(put: Callable[..., None]) -> None:
    put()
    put(not_before=now_utc() - timedelta(minutes=1), reason="held: quiet hours")
    assert [one["held"] for one in ask("outbox")] == [None, None]


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("held: quiet hours", "quiet hours"),
        (HELD, "guests mode, the address is not on the guest list"),
        ("Twilio cannot be reached", "Twilio cannot be reached"),
    ],
)
def test_a_notice_that_was_put_off_says_until_when_and_why(put: Callable[..., None], reason: str, why: str) -> None:
    until = now_utc().replace(microsecond=0) + timedelta(hours=3)
    put(not_before=until, reason=reason)
    [one] = ask("outbox")
    assert one["held"]["why"] == why
    assert datetime.fromisoformat(one["held"]["until"]) == until
    assert f"(until {until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}: {why})" in run("outbox").output


def test_a_notice_of_a_later_day_and_one_of_a_paused_city_say_so(put: Callable[..., None]) -> None:
    tomorrow: date = business_day(now_utc()) + timedelta(days=1)
    put(send_on=tomorrow)
    assert [one["held"] for one in ask("outbox")] == [{"why": "its day", "until": tomorrow.isoformat()}]
    run("pause", "--city", "guangzhou", "--reason", "the register looks wrong")
    assert [one["held"]["why"] for one in ask("outbox")] == ["paused (the register looks wrong); `tixing resume`"]
    run("resume")
    put(status="sent", settled_at=now_utc(), not_before=now_utc() + timedelta(hours=3))
    assert ask("outbox", "--status", "sent")[0]["held"] is None


@pytest.mark.parametrize(("words", "goes_on"), [((), True), (("--at", "2026-09-30T10:00"), False)])
def test_a_real_tick_measures_its_times_and_one_of_another_day_stands_still(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], goes_on: bool
) -> None:
    clocks: list[Any] = []
    true_pass = command.run_pass

    async def watched(*given: Any, clock: Any = None, **more: Any) -> Any:
        clocks.append(clock)
        return await true_pass(*given, clock=clock, **more)

    monkeypatch.setattr(command, "run_pass", watched)
    assert run("tick", *words).exit_code == 0
    assert clocks == [now_utc if goes_on else None]


def test_a_rehearsal_says_who_would_call_with_these_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    ask("import", str(path), "--city", "guangzhou", "--as-of", "2026-09-01")
    days = ("rehearse", "--from", "2026-09-30", "--to", "2026-10-31")
    assert {one["channel"] for one in ask(*days) if one["step"] == "call"} == {"call_task"}
    for name, value in MACHINE.items():
        monkeypatch.setenv(name, value)
    assert {one["channel"] for one in ask(*days) if one["step"] == "call"} == {"voice"}


def test_a_lift_is_called_in_a_case_file_as_in_a_message_and_found_by_that_name(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(f"{HEADER}\n{ROW.replace('云荔花园,1梯', '花园4,1栋1梯')}\n", encoding="utf-8")
    ask("import", str(path), "--city", "guangzhou", "--as-of", "2026-09-01")
    for name in ("31109900120170001", "花园4 1栋1梯", "花园41栋1梯"):
        assert ask("explain", name)[0]["place"] == "花园4 1栋1梯"
