"""`tixing api-keys`: keys to the data interface."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions.interface.keys import By, Scope, list_keys, make_key, revoke_key, rotate_key
from actions.refusals import Refused
from store.interface import ApiKey
from store.parties import party_name
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.commands.people import party_called
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

WRONG = {
    "interface.not_a_maintainer": "a key is for who maintains lifts or is a filed contractor; a platform is no office",
    "interface.two_keys": "two of its keys are good already: rotate one, or revoke it",
    "interface.no_key": "there is no such key that is good; without options all are listed",
}


def api_keys(
    make: Annotated[str | None, typer.Option(help="Make a key for this maintainer: its name or ref.")] = None,
    platform: Annotated[str | None, typer.Option(help="Whose platform it is, where it is not its own.")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="What it is good for; everything if not said.")] = None,
    days: Annotated[int, typer.Option(min=1, max=1100, help="For so many days.")] = 365,
    rotate: Annotated[str | None, typer.Option(help="A new key in place of the one with this prefix.")] = None,
    overlap: Annotated[int, typer.Option(min=0, max=90, help="The old one is good for so many days more.")] = 14,
    revoke: Annotated[str | None, typer.Option(help="The key with this prefix opens nothing any more.")] = None,
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each key.")] = False,
) -> None:
    """Keys to the data interface. What is made is shown once; the store keeps its digest."""
    wishes = [wish for wish in (make, rotate, revoke) if wish is not None]
    if len(wishes) > 1:
        raise UsageError("--make, --rotate and --revoke: one at a time")
    if wishes and not (by.strip() and reason.strip()):
        raise UsageError("say --by whom and for what --reason")
    now = parse_moment_option("now", None)
    who, shown = By(by, reason, now), ""
    with open_store() as database, database.write() as session:
        try:
            if make is not None:
                owner = party_called(session, make).id
                source = party_called(session, platform).id if platform is not None else owner
                _, shown = make_key(
                    session,
                    who,
                    party_id=owner,
                    platform_id=source if source != owner else None,
                    scopes=scope or list(Scope),
                    lasts=timedelta(days=days),
                )
            elif rotate is not None:
                _, shown = rotate_key(session, who, rotate, overlap=timedelta(days=overlap))
            elif revoke is not None:
                revoke_key(session, who, revoke)
        except Refused as error:
            raise TixingError(WRONG[error.name]) from error
        found = [_describe(session, key, now) for key in list_keys(session)]
    if shown:
        typer.echo(f"{shown}\nshown this once; it goes into the header `Authorization: Bearer …`", err=as_json)
    if not found and not as_json:
        typer.echo("there is none; --make PARTY makes one")
    for one in found:
        if as_json:
            print_json(one)
        else:
            typer.echo(
                f"{one['prefix']} {one['state']:<8} until {one['until']} {one['party']} {one['platform']}".rstrip()
            )


def _describe(session: Session, key: ApiKey, now: datetime) -> dict[str, Any]:
    state = "revoked" if key.revoked_at is not None else "expired" if key.expires_at <= now else "good"
    return {
        "prefix": key.prefix,
        "state": state,
        "party": party_name(session, key.party_id),
        "platform": party_name(session, key.platform_id),
        "scopes": key.scopes,
        "until": business_day(key.expires_at).isoformat(),
        "used": key.used_at,
    }
