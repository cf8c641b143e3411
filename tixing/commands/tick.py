"""`tixing tick`: what goes out now."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from notifier.modes import Mode
from tixing.commands.options import count_of, open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.process import TICK, TRIAL, run_pass
from tixing.times import now_utc


def tick(
    at: Annotated[str | None, typer.Option(help="As if it were this moment; without offset in Asia/Shanghai.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """One pass of planning and sending. A second one at the same time changes nothing."""
    now = parse_moment_option("--at", at)
    settings, clock = load_settings(), None if at else now_utc  # another day's clock stands still
    with open_store(settings) as database:
        summary = asyncio.run(run_pass(database, settings, now=now, process=TRIAL if at else TICK, clock=clock))
    if settings.mode is Mode.DEMO:
        typer.echo("TIXING_MODE is demo: nothing left this machine", err=True)
    row = {
        "on": summary.on.isoformat(),
        "planned": asdict(summary.plan),
        "sent": summary.dispatch.as_dict(),
    }
    row["stopped"] = summary.stopped
    if as_json:
        print_json(row)
        return
    plan, sent = summary.plan, summary.dispatch
    typer.echo(
        f"{summary.on}: {count_of(plan.notices, 'notice')} planned about {count_of(plan.duties, 'duty', 'duties')}, "
        f"{plan.put_off} put off; "
        f"{sent.sent} sent, {sent.retried} held or to retry, {sent.no_contact} without a contact, {sent.failed} failed"
    )
    for said in summary.stopped:
        typer.echo(said)
