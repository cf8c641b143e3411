"""`tixing evidence`: a month's pack for an officer."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, func, select

from actions.evidence.month import Part, load_month
from store.lifts import City, Lift
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.documents import LANGUAGES
from tixing.errors import TixingError, UsageError
from tixing.evidence.pack import MANIFEST, make_pack, save_pack
from tixing.times import business_day

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def evidence(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11.")],
    out: Annotated[Path, typer.Option(help="A folder, or a file whose name ends in .zip.")],
    city: Annotated[str | None, typer.Option(help="The city; may be left out where the store has one.")] = None,
    district: Annotated[str | None, typer.Option(help="Only this district: its code or its name.")] = None,
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    at: Annotated[str | None, typer.Option(help="As if it were this moment; without offset in Asia/Shanghai.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The manifest as one JSON object.")] = False,
) -> None:
    """Who was told what in a month, by which clause, with receipts: a PDF, a workbook, and a manifest with digests."""
    if language not in LANGUAGES:
        raise UsageError(f"--language {language!r} is not known; write zh or en")
    first, today = _parse_month(month), business_day(parse_moment_option("--at", at))
    with open_store() as database, database.read() as session:
        part = Part(_city(session, city), first, district)
        if not session.exec(select(func.count()).select_from(Lift).where(*part.lifts())).one():
            raise TixingError(
                f"no lift of {part.city_id} stands in {district!r}" if district else "there is no lift yet"
            )
        files = make_pack(session, load_month(session, part, today=today), language)
    save_pack(files, out)
    manifest = json.loads(files[MANIFEST])
    if as_json:
        print_json(manifest)
        return
    for name in files:
        typer.echo(out / name if out.suffix.lower() != ".zip" else f"{out}: {name}")
    typer.echo(f"{manifest['rows']} rows, {manifest['untold']} rungs untold, {manifest['listed']} lifts on the list")


def _parse_month(text: str) -> date:
    found = MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or not 1950 <= int(found[1]) <= 2199:
        raise UsageError(f"--month {text!r} is not a month; write YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


def _city(session: Session, asked: str | None) -> str:
    known = list(session.exec(select(City.id).order_by(City.id)))
    if asked is None and len(known) == 1:
        return known[0]
    if asked not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(
            f"--city {asked!r} is not in the store; it has {listed}" if asked else f"--city: one of {listed}"
        )
    return asked
