"""`tixing labels`: a sheet of QR codes, each of which opens the chat at its lift."""

import json
from pathlib import Path

import pytest
from phones.world import found_world
from typer.testing import CliRunner

from store.database import Database
from tixing.cli import app
from tixing.codes import key_of_codes, labels_with
from tixing.environment import load_settings
from tixing.errors import UsageError


def test_gp_09_labels_are_printed_and_only_ours_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("TIXING_SECRET", "s" * 40)
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    database.migrate()
    with database.write() as session:
        world = found_world(session)
    words = [
        "labels",
        "--maintainer",
        "捷安",
        "--place",
        "云荔花园1栋",
        "--out",
        str(tmp_path / "sheet.html"),
        "--json",
    ]
    with pytest.raises(UsageError, match="TIXING_PUBLIC_URL"):
        CliRunner().invoke(app, words, catch_exceptions=False, standalone_mode=False)
    monkeypatch.setenv("TIXING_PUBLIC_URL", "https://tixing.example")
    said = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert [one["lift"][-4:] for one in said["labels"]] == ["1000", "1001", "1002"]
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert sheet.count("data:image/svg+xml") == 3
    assert "<span>云荔花园</span><b>1栋1梯</b>" in sheet
    labels = labels_with(key_of_codes(database, load_settings()), load_settings())
    token = said["labels"][0]["address"].partition("lift=")[2]
    assert labels.lift_of(token) == world.lifts["own"][0]
    assert labels.lift_of(token.replace("l_1_", "l_2_")) is None
    assert labels.lift_of("l_x_" + token[-16:]) is None
    database.close()
