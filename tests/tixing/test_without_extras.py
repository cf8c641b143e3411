"""Whoever does not use the mainland's channels need not have their extras."""

import subprocess
import sys

import pytest

WITHOUT = """
import sys
for name in ("alibabacloud_dysmsapi20170525", "alibabacloud_dyvmsapi20170525", "darabonba", "apprise"):
    sys.modules[name] = None
from importlib import import_module
from tixing.cli import COMMANDS
for entry in COMMANDS.values():
    import_module(entry.place.partition(":")[0])
import_module("tixing.serve")
"""


@pytest.mark.sqlite
def test_every_command_is_there_without_the_extras() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
