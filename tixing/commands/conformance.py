"""`tixing conformance`: a platform, or another implementation of the interface, by the acceptance list."""

import asyncio
import os
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import select

from actions.interface.keys import MARK
from actions.paperless.platforms import find_platform, record_test
from notifier.webhook_post import Taken, send, sign
from store.database import Database
from store.interface import ApiKey, WebhookEndpoint
from store.parties import party_name
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import TixingError, UsageError
from tixing.interface.acceptance import Outcome, keep_run
from tixing.interface.drive import Driver
from tixing.interface.examine import Trials, examine, find_endpoint
from tixing.times import business_day

TRIAL = '{"type":"test","data":{}}'
NOT_THEIRS = "whsec_AAAA"
KEY_VARIABLE = "TIXING_CONFORMANCE_KEY"


def conformance(
    target: Annotated[str, typer.Argument(help="A key (its prefix will do), or the URL of an implementation.")],
    platform: Annotated[
        str, typer.Option(help="Whose sandbox it is, by the name under which it has applied; with --city-store.")
    ] = "",
    city_store: Annotated[
        str, typer.Option(help="The city's database: what came of the run stands there too, as the platform's test.")
    ] = "",
    city: Annotated[str, typer.Option(help="Its city.")] = "guangzhou",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each rule.")] = False,
) -> None:
    """The acceptance list for a new platform: pass or fail for each rule, with its clause. The result is kept, also
    as the test by which the city may list a platform that has applied.

    For a key: what that platform has done in this store, and a trial of its webhook. For a URL: that implementation is
    driven with the key in the variable TIXING_CONFORMANCE_KEY. Exit code 1 where a rule failed.
    """
    now = parse_moment_option("now", None)
    if bool(platform) != bool(city_store):
        raise UsageError("--platform and --city-store go together")
    if city_store:
        _tell_city(city_store, city, platform, target, None, now)  # before anything is tried: does it know the platform
    if target.startswith(("http://", "https://")):
        key = os.environ.get(KEY_VARIABLE, "")
        if not key:
            raise UsageError(f"set {KEY_VARIABLE} to a key of that implementation")
        outcomes = Driver(target, key, now).run()
        _keep(target, None, outcomes, now)
        who = target
    else:
        who, outcomes = _examine(target, now)
    if city_store:
        _tell_city(city_store, city, platform, target, all(one.passed for one in outcomes), now)
    _print(who, outcomes, as_json=as_json)
    failed = sum(not one.passed for one in outcomes)
    if failed:
        raise TixingError(f"{failed} of {len(outcomes)} rules failed")


def _examine(target: str, now: datetime) -> tuple[str, list[Outcome]]:
    prefix = target.split("_")[1] if target.startswith(f"{MARK}_") else target
    settings = load_settings()
    with open_store(settings) as database:
        with database.read() as session:
            key = session.exec(select(ApiKey).where(ApiKey.prefix == prefix)).first()
            if key is None:
                where = database.shown_url()
                raise TixingError(f"there is no such key in {where}; TIXING_DATABASE_URL names another store")
            endpoint = find_endpoint(session, key)
        trials = asyncio.run(_try(endpoint, now, settings.webhooks_private)) if endpoint is not None else None
        with database.read() as session:
            outcomes, who = examine(session, key, trials), party_name(session, key.source_id)
        _write(database, prefix, key.source_id, outcomes, now)
    return who, outcomes


async def _try(endpoint: WebhookEndpoint, now: datetime, private: bool) -> Trials:
    tried: list[Taken] = []
    for secret in (endpoint.secret, NOT_THEIRS):
        headers = sign(secret, f"msg_trial_{len(tried)}", now, TRIAL)
        tried.append(await send(endpoint.url, headers, TRIAL, private=private))
    return Trials(*tried)


def _keep(target: str, source_id: int | None, outcomes: list[Outcome], now: datetime) -> None:
    """Where there is a store; another implementation may be driven without one."""
    settings = load_settings()
    if not Database(settings.database_url).exists():
        return
    with open_store(settings) as database:
        _write(database, target, source_id, outcomes, now)


def _write(database: Database, target: str, source_id: int | None, outcomes: list[Outcome], now: datetime) -> None:
    with database.write() as session:
        run = keep_run(session, target, source_id, outcomes, now)
        if source_id is not None:
            ref, today = f"conformance_run {run.id}", business_day(now)
            key = f"conformance:{run.id}"
            record_test(session, source_id, passed=run.has_passed, ref=ref, now=now, today=today, key=key)


def _tell_city(url: str, city: str, name: str, target: str, passed: bool | None, now: datetime) -> None:
    """In the city's own store it is the test by which the platform may be listed; None: only ask whether it applied."""
    database = Database(url)
    try:
        if not database.exists():
            raise UsageError(f"there is no database at {database.shown_url()}")
        with database.write() as session:
            platform = find_platform(session, city, name)
            if platform is None:
                raise TixingError(f"no platform {name!r} has applied in {city}")
            if passed is not None:
                ref, key = f"sandbox {target[:60]}", f"sandbox:{target}:{now.isoformat()}"
                today = business_day(now)
                record_test(session, platform.party_id, passed=passed, ref=ref, now=now, today=today, key=key)
    finally:
        database.close()


def _print(who: str, outcomes: list[Outcome], *, as_json: bool) -> None:
    if not as_json:
        typer.echo(who)
    for one in outcomes:
        verdict = "pass" if one.passed else "FAIL"
        if as_json:
            rule = {"rule": one.rule.code, "clause": one.rule.clause, "asks": one.rule.asks}
            print_json(rule | {"passed": one.passed, "seen": one.seen})
        else:
            typer.echo(f"{verdict}  {one.rule.code:<14} {one.rule.clause:<11} {one.rule.asks} ({one.seen})")
