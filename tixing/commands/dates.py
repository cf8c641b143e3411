"""`tixing dates`: what a rulebook says, without a store."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from schedules.answers import DutyAnswer, ErrorAnswer, answer
from schedules.calendar import CalendarError, WorkingCalendar, calendar_of, read_holiday_file
from schedules.facts import OutsideFacts
from schedules.rulebook import Rulebook, RulebookError, load_rulebook
from tixing.commands.options import parse_date_option, print_json
from tixing.commands.sentences import sentence_of
from tixing.errors import UsageError

MAX_LINE = 1_000_000  # bytes; a lift's facts are a few hundred


def dates(
    city: Annotated[str | None, typer.Option(help="The rulebook to apply, such as guangzhou.")] = None,
    facts: Annotated[str | None, typer.Option(help="A file with one JSON object a line; - is standard input.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only duties due on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only duties due on this day or earlier.")] = None,
    calendar: Annotated[
        list[Path] | None, typer.Option(help="A holiday-cn JSON file for a year that this release does not know.")
    ] = None,
    schema: Annotated[bool, typer.Option(help="Print the JSON Schema of input and output, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each line of facts.")] = False,
) -> None:
    """When everything is due for the lifts described in FILE, by one city's rulebook as it is written."""
    if schema:
        print_json({"input": OutsideFacts.model_json_schema(), "output": _output_schema()})
        return
    if city is None or facts is None:
        raise UsageError("give a rulebook with --city and a file with --facts (or ask for --schema)")
    rulebook = _rulebook(city)
    first, last = parse_date_option("--from", since), parse_date_option("--until", until)
    days = _calendar(calendar or [])
    failed = False
    for number, line in _lines(facts):
        result = _answer(line, number, rulebook, days, first, last)
        failed |= isinstance(result, ErrorAnswer)
        _print(result, as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _rulebook(city: str) -> Rulebook:
    try:
        return load_rulebook(city)
    except RulebookError as error:
        raise UsageError(str(error)) from error


def _calendar(paths: list[Path]) -> WorkingCalendar:
    try:
        return calendar_of(read_holiday_file(path) for path in paths)
    except CalendarError as error:
        raise UsageError(str(error)) from error


def _lines(name: str) -> Iterator[tuple[int, bytes]]:
    if name == "-":
        yield from _numbered(sys.stdin.buffer)
        return
    try:
        with Path(name).open("rb") as file:
            yield from _numbered(file)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line


def _answer(
    line: bytes, number: int, rulebook: Rulebook, calendar: WorkingCalendar, since: date | None, until: date | None
) -> list[DutyAnswer] | ErrorAnswer:
    try:
        facts = OutsideFacts.model_validate(_parse(line))
        return answer(rulebook, facts.facts(), calendar, since=since, until=until)
    except ValidationError as error:
        return ErrorAnswer(error=f"line {number}: {sentence_of(error)}")
    except ValueError as error:
        return ErrorAnswer(error=f"line {number}: {error}")


def _parse(line: bytes) -> Any:
    if len(line) > MAX_LINE:
        raise ValueError(f"the line is longer than {MAX_LINE} bytes")
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("the line is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"the line is not JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:
        raise ValueError("the line holds a number of too many digits") from error
    except RecursionError as error:
        raise ValueError("the line is nested too deeply") from error


def _print(result: list[DutyAnswer] | ErrorAnswer, *, as_json: bool) -> None:
    if as_json or isinstance(result, ErrorAnswer):
        rows = [row.model_dump(mode="json") for row in result] if isinstance(result, list) else result.model_dump()
        print_json(rows)
        return
    for row in result:
        mark = " (provisional)" if row.provisional else ""
        closed = f", closed {row.closed_on}" if row.closed_on else ""
        typer.echo(f"{row.due or 'no date'}  {row.duty}  {row.clause}{mark}{closed}")
        for step in row.steps:
            typer.echo(f"    {step.step:<9} {step.opens} … {step.on}  (act by {step.practical})")
    typer.echo("")


def _output_schema() -> dict[str, Any]:
    shape: TypeAdapter[list[DutyAnswer] | ErrorAnswer] = TypeAdapter(list[DutyAnswer] | ErrorAnswer)
    return shape.json_schema(mode="serialization")
