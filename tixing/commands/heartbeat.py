"""`tixing heartbeat`: does our own work go on; for cron, or for a look from another machine."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

import typer

from actions.running.health import LIMITS
from portal.health import describe
from store.database import Database
from store.watch import sign_off
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.providers import look_around
from tixing.watch.outside import read_health


def heartbeat(
    url: Annotated[
        str | None, typer.Option(help="Ask the /healthz of a process at this address instead of the store; no alarm.")
    ] = None,
    silence: Annotated[int, typer.Option(min=1, help="Minutes after which a pass over the outbox is missed.")] = int(
        LIMITS.silence.total_seconds() // 60
    ),
    stuck: Annotated[
        int, typer.Option(min=1, help="Minutes for which something may be due while nothing can be handed over.")
    ] = int(LIMITS.stuck.total_seconds() // 60),
    at: Annotated[str | None, typer.Option(help="As if it were this moment; without offset in Asia/Shanghai.")] = None,
    forget: Annotated[
        str | None, typer.Option(help="Do not miss this process any more, such as worker@host: it will not come back.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Was today planned, and is the outbox looked at? The operator is told once when not, and once when it is again.

    The exit code is 1 while something is wrong.
    """
    if url is not None:
        said = asyncio.run(read_health(url))
    else:
        settings, now = load_settings(), parse_moment_option("--at", at)
        limits = replace(LIMITS, silence=timedelta(minutes=silence), stuck=timedelta(minutes=stuck))
        with open_store(settings) as database:
            if forget is not None:
                _forget(database, forget)
            said = describe(asyncio.run(look_around(database, settings, now=now, limits=limits)))
    if as_json:
        print_json(said)
    else:
        typer.echo(_line(said))
    if said["status"] != "ok":
        raise typer.Exit(1)


def _forget(database: Database, process: str) -> None:
    with database.write() as session:
        if "@" not in process or not sign_off(session, process):
            raise UsageError(f"no process {process!r} is missed; /healthz names those that are")


def _line(said: dict[str, Any]) -> str:
    if said["status"] != "ok":
        return f"failing: {said['reason']}"
    plan = said.get("plan", {})
    return f"ok: the plan of {plan.get('day')} was completed, {plan.get('notices')} notices on that day"
