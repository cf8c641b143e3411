"""The lines of docs/interface.md do what they say."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from phones.world import NOW

from tests.portal.api.served import serving
from tixing.interface.sandbox import found_sandbox

PAGE = Path(__file__).parents[3] / "docs" / "interface.md"


@pytest.mark.one_store
def test_the_first_five_minutes_are_as_the_page_says(database, tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("curl ")]
    record = re.search(r"^NOW=.*?^END$", page, re.M | re.S)
    assert record is not None
    clock = tmp_path / "date"
    clock.write_text(f'#!/bin/sh\nexec /bin/date --date=@{NOW.timestamp():.0f} "$@"\n', encoding="utf-8")
    clock.chmod(0o700)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["sh", "-c", record[0]], cwd=tmp_path, env=path, check=True, timeout=20)
    with database.write() as session:
        key = found_sandbox(session, NOW).key
    answers = []
    with serving(database.url.render_as_string(hide_password=False)) as base:
        names = {"BASE": f"{base}/api/v1", "KEY": key, **path}
        for line in lines:
            done = subprocess.run(
                ["sh", "-c", line], cwd=tmp_path, env=names, capture_output=True, check=True, timeout=20
            )
            answers.append(json.loads(done.stdout))
    lifts, items, kept, records, decided = answers
    assert (len(lifts["lifts"]), items["count"], decided["records"]) == (6, 31, [])
    assert records["records"] == [kept]
    assert kept["state"] == "pending"
