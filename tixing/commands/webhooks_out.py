"""`tixing webhooks-out`: what other platforms are told, and a trial of it."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, func, select

from actions.interface.outgoing import TEST, post
from notifier.webhooks_out import deliver_due
from store.database import Database
from store.interface import MessageState, WebhookEndpoint, WebhookMessage
from store.parties import party_name
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.commands.people import party_called
from tixing.environment import load_settings
from tixing.errors import TixingError


def webhooks_out(
    test: Annotated[str | None, typer.Option(help="Send a trial to the endpoint of this maintainer.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each endpoint.")] = False,
) -> None:
    """The endpoints of other platforms, and what waits for them; with --test a signed trial is sent at once."""
    settings, now = load_settings(), parse_moment_option("now", None)
    with open_store(settings) as database:
        outcome = _try(database, test, now, private=settings.webhooks_private) if test is not None else ""
        with database.read() as session:
            query = select(WebhookEndpoint).where(col(WebhookEndpoint.removed_at).is_(None))
            found = [_describe(session, one) for one in session.exec(query.order_by(col(WebhookEndpoint.id)))]
    for one in found:
        if as_json:
            print_json(one)
        else:
            state = "stopped" if one["stopped"] else "failing" if one["failing"] else "good"
            typer.echo(f"{state:<8}{one['waiting']:>5} wait  {one['party']}  {one['url']}")
    if outcome:
        raise TixingError(f"the trial was not taken: {outcome}")


def _try(database: Database, party: str, now: datetime, *, private: bool) -> str:
    """Send a trial; what went wrong."""
    with database.write() as session:
        owner = party_called(session, party).id
        query = select(WebhookEndpoint).where(
            WebhookEndpoint.party_id == owner, col(WebhookEndpoint.removed_at).is_(None)
        )
        endpoint = session.exec(query).first()
        if endpoint is None:
            raise TixingError(f"{party} has set no webhook")
        content = {"type": TEST, "timestamp": now.isoformat(), "data": {}}
        number = post(session, endpoint, TEST, content, now).id
    asyncio.run(deliver_due(database, lambda: now, private=private))
    with database.read() as session:
        message = session.get_one(WebhookMessage, number)
        return "" if message.state == MessageState.DELIVERED else message.outcome or "it waits behind others"


def _describe(session: Session, one: WebhookEndpoint) -> dict[str, Any]:
    waiting = select(func.count()).where(
        WebhookMessage.endpoint_id == one.id, WebhookMessage.state == MessageState.WAITING
    )
    return {
        "party": party_name(session, one.party_id),
        "platform": party_name(session, one.source_id),
        "url": one.url,
        "failing": one.failing_since,
        "stopped": one.stopped_at is not None,
        "waiting": session.exec(waiting).one(),
    }
