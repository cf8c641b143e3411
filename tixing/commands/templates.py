"""`tixing templates`: the lint of the wording, and what a message looks like."""

from typing import Annotated

import typer

from notifier.index import load_index, signature_of
from notifier.lint import check_all
from notifier.samples import render_sample, units_of
from notifier.segments import count_units
from tixing.commands.options import print_json
from tixing.errors import UsageError

CHANNELS = ("sms", "webchat", "call_task", "voice")


def templates(
    check: Annotated[
        bool, typer.Option("--check", help="Look for what carriers refuse or cut; exit 1 if found.")
    ] = False,
    preview: Annotated[str | None, typer.Option(help="Show this template as it would be read.")] = None,
    lifts: Annotated[int, typer.Option(min=1, max=10_000, help="About so many lifts.")] = 1,
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each.")] = False,
) -> None:
    """The sentences of tixing: their list, their lint, an example of one."""
    if check and preview is not None:
        raise UsageError("--check looks at all templates and --preview shows one: give one of them")
    if language not in load_index().languages:
        raise UsageError(f"--language {language!r} is not known; known are {', '.join(load_index().languages)}")
    if check:
        _check(as_json=as_json)
    elif preview is not None:
        _preview(preview, language, lifts, as_json=as_json)
    else:
        _list(as_json=as_json)


def _check(*, as_json: bool) -> None:
    faults = list(check_all())
    for fault in faults:
        if as_json:
            row = {"template": fault.template, "language": fault.language, "channel": fault.channel, "what": fault.what}
            print_json(row)
        else:
            typer.echo(f"{fault.template} ({fault.language}, {fault.channel or 'any'}): {fault.what}")
    if faults:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{len(load_index().templates)} templates in {len(load_index().languages)} languages: nothing found")


def _preview(name: str, language: str, lifts: int, *, as_json: bool) -> None:
    if name not in load_index().templates:
        raise UsageError(f"there is no template {name!r}; `tixing templates` lists them")
    shown: set[str] = set()
    for channel in CHANNELS:
        rendered = render_sample(name, language, channel, lifts=lifts, units=units_of(name, lifts))
        if rendered.version in shown:
            continue  # read out as it is written
        shown.add(rendered.version)
        signature = signature_of(name, language) if channel == "sms" else ""
        body = signature + rendered.body
        if as_json:
            row = {"template": name, "channel": channel, "version": rendered.version, "segments": rendered.segments}
            print_json({**row, "body": body})
            continue
        cost = f", {count_units(body)} characters, {rendered.segments} SMS" if channel == "sms" else ""
        typer.echo(f"--- {channel} (version {rendered.version}{cost})\n{body}")


def _list(*, as_json: bool) -> None:
    for name, entry in load_index().templates.items():
        if as_json:
            print_json({"template": name, "reader": entry.reader, "when": entry.when, "clause": entry.clause["zh"]})
        else:
            typer.echo(f"{name:<24} {entry.reader:<10} {entry.when}")
