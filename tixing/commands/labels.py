"""`tixing labels`: the labels that hang in lifts, as a page to print."""

from pathlib import Path
from typing import Annotated

import segno
import typer
from sqlmodel import Session, col, select

from actions.maintaining.labels import labels_of
from store.parties import Party
from tixing.codes import key_of_codes, labels_with
from tixing.commands.options import count_of, open_store, print_json
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.evidence.pdf import write_html, write_pdf


def labels(
    out: Annotated[Path, typer.Option("--out", help="The file that is written: .html, or .pdf.", dir_okay=False)],
    city: Annotated[str | None, typer.Option(help="The city; the id of its rulebook.")] = None,
    maintainer: Annotated[str | None, typer.Option(help="A part of the maintainer's name: only its lifts.")] = None,
    place: Annotated[str, typer.Option(help="Only lifts with this in their place, such as 云荔花园.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """A label for each lift in use, with a QR code that opens the chat at this lift.

    The code is sealed with this store's secret (TIXING_SECRET): labels of another one open nothing.
    """
    if out.suffix not in (".html", ".pdf"):
        raise UsageError(f"--out {out}: the name ends with .html or .pdf")
    settings = load_settings()
    if settings.public_url is None:
        raise UsageError(
            "TIXING_PUBLIC_URL is not set: a label says where the chat is; "
            "to see some of this machine: TIXING_PUBLIC_URL=http://127.0.0.1:8000"
        )
    with open_store(settings) as database:
        maker = labels_with(key_of_codes(database, settings), settings)
        with database.read() as session:
            whose = _maintainer(session, maintainer) if maintainer else None
            found = labels_of(session, maker, city_id=city, maintainer_id=whose, word=place)
    if not found:
        raise UsageError("there is no such lift in use; nothing was written")
    shown = [
        {
            "compound": one.place.removesuffix(one.end),
            "end": one.end,
            "code": one.code,
            "image": segno.make(one.address, error="q").svg_data_uri(scale=4),
        }
        for one in found
    ]
    data = {"labels": shown}
    out.write_bytes(write_html("labels", data).encode() if out.suffix == ".html" else write_pdf("labels", data))
    if as_json:
        print_json({"file": str(out), "labels": [{"lift": one.code, "address": one.address} for one in found]})
    else:
        typer.echo(f"{out}: {count_of(len(found), 'label')}")


def _maintainer(session: Session, name: str) -> int:
    query = select(Party).where(col(Party.name).contains(name))
    found = list(session.exec(query))
    if len(found) != 1:
        raise UsageError(
            f"--maintainer {name!r} fits {count_of(len(found), 'party', 'parties')}: give more of the name"
        )
    return found[0].id
