"""Errors: whatever goes wrong, a person reads one line and a script gets an exit code."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlalchemy import create_engine, text

from store.database import StoreError
from tixing.errors import TixingError, UsageError, one_line_errors


class Row(BaseModel):
    phone: int
    line: int


def fail_with(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def read_a_row_with_two_faults() -> None:
    Row.model_validate({"phone": "+8614000000001 x", "line": "x"})


def read_a_missing_table() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT * FROM lift WHERE key = :key"), {"key": "very private"})


def read_a_missing_file() -> None:
    Path("/nowhere/register.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("action", "code", "said"),
    [
        (fail_with(TixingError("the file is empty")), 1, "tixing: the file is empty\n"),
        (fail_with(UsageError("TIXING_MODE must be demo")), 2, "tixing: TIXING_MODE must be demo\n"),
        (fail_with(TixingError("two\nlines")), 1, "tixing: two lines\n"),
        (fail_with(StoreError("the database cannot be opened")), 1, "tixing: the database cannot be opened\n"),
        (read_a_missing_table, 1, "tixing: the database has no tables yet"),
        (read_a_missing_file, 1, "tixing: /nowhere/register.csv: No such file or directory\n"),
        (lambda: "\udcff".encode(), 1, "tixing: a word of the command is not text in UTF-8\n"),
        (read_a_row_with_two_faults, 1, "tixing: Row: phone: Input should be a valid integer"),
        (fail_with(KeyboardInterrupt()), 130, ""),
    ],
)
def test_an_error_that_was_foreseen_is_one_line_and_its_exit_code(capsys, action, code, said):
    with pytest.raises(SystemExit) as stopped, one_line_errors():
        action()
    printed = capsys.readouterr().err
    assert stopped.value.code == code
    assert printed.startswith(said)
    assert printed.count("\n") == (1 if said else 0)
    assert "14000000001" not in printed
    assert "very private" not in printed


def test_an_error_that_nobody_foresaw_is_one_line_with_the_file_that_holds_the_masked_traceback(
    capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as stopped, one_line_errors():
        raise ZeroDivisionError("for +8614000000001")
    printed = capsys.readouterr().err
    (path,) = tmp_path.iterdir()
    assert stopped.value.code == 70
    assert printed.startswith("tixing: unexpected ZeroDivisionError (reference ")
    assert str(path) in printed
    assert printed.count("\n") == 1
    assert "Traceback" in path.read_text(encoding="utf-8")
    assert "140****0001" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_where_the_traceback_cannot_be_written_the_line_says_how_to_see_it(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(SystemExit), one_line_errors():
        raise ZeroDivisionError
    assert "TIXING_DEBUG=1" in capsys.readouterr().err


def test_with_debugging_on_the_traceback_is_shown(capsys, monkeypatch):
    monkeypatch.setenv("TIXING_DEBUG", "1")
    with pytest.raises(SystemExit), one_line_errors():
        raise ZeroDivisionError("for 14000000001")
    printed = capsys.readouterr().err
    assert printed.startswith("Traceback")
    assert "14000000001" not in printed


def test_no_error_and_an_exit_on_purpose_pass_through():
    with one_line_errors():
        pass
    with pytest.raises(SystemExit) as stopped, one_line_errors():
        sys.exit(1)
    assert stopped.value.code == 1


def test_it_decorates_a_function_too(capsys):
    @one_line_errors()
    def main() -> None:
        raise TixingError("no")

    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err == "tixing: no\n"


def test_a_reader_that_goes_away_is_no_error():
    program = (
        "from tixing.errors import one_line_errors\n"
        "with one_line_errors():\n"
        "    for number in range(100_000): print(number)\n"
    )
    command = f"{sys.executable} -c '{program}' | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (141, "0\n", "")
