"""`tixing webhooks`: the addresses under which providers reach us."""

from collections.abc import Iterator
from typing import Annotated

import typer

from portal.aliyun import push_addresses
from tixing.commands.options import print_json
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.settings import Settings


def webhooks(as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each.")] = False) -> None:
    """What is to be entered at Twilio and at Aliyun. Those of Aliyun hold a secret: show them to nobody else."""
    settings = load_settings()
    if settings.public_url is None:
        raise UsageError("TIXING_PUBLIC_URL is not set, so no provider reaches this service")
    rows = list(_addresses(settings, settings.public_url))
    if not rows:
        raise UsageError("no provider is configured that calls us: set TIXING_TWILIO_… or TIXING_ALIYUN_KEY_…")
    for provider, kind, address in rows:
        if as_json:
            print_json({"provider": provider, "kind": kind, "address": address})
        else:
            typer.echo(f"{provider:<7} {kind:<12} {address}")


def _addresses(settings: Settings, public_url: str) -> Iterator[tuple[str, str, str]]:
    if settings.twilio_account_sid is not None:
        yield "twilio", "incoming SMS", f"{public_url.rstrip('/')}/webhooks/twilio/sms"
    if settings.aliyun_key_id is not None and settings.secret is not None:
        for kind, address in push_addresses(public_url, settings.secret.get_secret_value()).items():
            yield "aliyun", kind, address
