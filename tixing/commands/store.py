"""`tixing init`, `doctor` and `calendar import`: the store itself."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from actions.running.calendars import import_year
from notifier.modes import Mode
from schedules.calendar import CalendarError
from tixing.checkup import Finding, check_up
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.commands.signatures import check_signatures
from tixing.environment import load_settings
from tixing.errors import TixingError
from tixing.filed_texts import check_filings
from tixing.records.keeping import check_keeping
from tixing.times import business_day

calendar = typer.Typer(help="The working-day calendar.", no_args_is_help=True, rich_markup_mode=None)


def init(as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Make the database, or bring it to the newest tables."""
    with open_store(make=True) as database:
        url = database.shown_url()
    if as_json:
        print_json({"database": url})
    else:
        typer.echo(f"ready: {url}")


def doctor(
    ask: Annotated[bool, typer.Option("--ask", help="Ask Twilio and Telegram whether they know us, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each finding.")] = False,
) -> None:
    """Look for what is wrong or doubtful in the store: duties that the facts no longer give, dates on a guess, …

    Nothing leaves this machine unless --ask is given: one question to each provider that is configured, no message.
    """
    now, settings = parse_moment_option("now", None), load_settings()
    with open_store(settings) as database:
        findings = check_up(database, today=business_day(now), now=now)
        findings += check_keeping(database, settings, now)
        if settings.mode is Mode.LIVE:
            with database.read() as session:
                findings.append(check_signatures(session))
        if settings.aliyun_key_id is not None:
            with database.read() as session:
                calls = settings.aliyun_caller is not None
                findings.append(check_filings(session, calls=calls, today=business_day(now)))
    if ask:
        providers = import_module("tixing.asking")  # takes seconds, which the other commands need not wait for
        findings += asyncio.run(providers.ask_providers(settings))
    for finding in findings:
        if as_json:
            print_json(finding.as_dict())
        else:
            typer.echo(f"{finding.level:<5} {finding.check:<18} {finding.message}")
    if any(finding.level == Finding.WRONG for finding in findings):
        raise typer.Exit(1)


@calendar.command("import")
def import_calendar(
    file: Annotated[Path, typer.Argument(help="A year in holiday-cn's JSON form.")],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Store a year's holidays and make-up days, and work out again what rested on a guess."""
    now = parse_moment_option("now", None)
    with open_store(make=True) as database:
        try:
            with database.write() as session:
                done = import_year(session, file, today=business_day(now), now=now)
        except CalendarError as error:
            raise TixingError(str(error)) from error
    if as_json:
        print_json({"year": done.year, "days": done.days, "rungs_moved": done.rungs_moved})
    else:
        typer.echo(f"{done.year}: {done.days} days stored, {done.rungs_moved} dates worked out again")
