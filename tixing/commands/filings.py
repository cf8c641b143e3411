"""`tixing filings`: the texts to be filed with Aliyun, and the ids that it gave them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from notifier.filings import Filing, FilingError, load_filings, read_filings, store_filings
from notifier.index import load_index
from tixing.commands.options import open_store, print_json
from tixing.errors import TixingError, UsageError
from tixing.filed_texts import texts_to_file, used_templates
from tixing.times import business_day, now_utc

FIELDS = ("kind", "template", "language", "code", "text")


def filings(
    store: Annotated[
        Path | None, typer.Option("--store", help="Take the ids of this file in the place of those stored.")
    ] = None,
    template: Annotated[str, typer.Option(help="Only of templates whose name begins so, such as gz.")] = "",
    used: Annotated[bool, typer.Option("--used", help="Only of the rulebooks that the register is under.")] = False,
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    missing: Annotated[bool, typer.Option("--missing", help="Only those that have no id yet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each.")] = False,
) -> None:
    """Every text of SMS and calls to the mainland as it is to be filed, with its id; fill ids in and --store the file.

    What somebody filed goes out in exactly these words; a text without an id is not sent, and goes another way.
    """
    if language not in load_index().languages:
        raise UsageError(f"--language {language!r} is not known; known are {', '.join(load_index().languages)}")
    if store is not None:
        _store(store, as_json=as_json)
        return
    with open_store() as database, database.read() as session:
        known = load_filings(session)
        names = used_templates(session, today=business_day(now_utc())) if used else frozenset(load_index().templates)
    chosen = frozenset(name for name in names if name.startswith(template))
    wanted = [one for one in texts_to_file(language, chosen, known) if not (missing and one.code)]
    for one in wanted:
        if as_json:
            print_json(one.model_dump())
        else:
            typer.echo(_as_toml(one))


def _store(path: Path, *, as_json: bool) -> None:
    try:
        read = read_filings(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read") from error
    except FilingError as error:
        raise TixingError(f"{path} {error}") from error
    with open_store() as database, database.write() as session:
        store_filings(session, read)
    if as_json:
        print_json({"stored": len(read)})
    else:
        typer.echo(f"{len(read)} filed texts are stored")


def _as_toml(filing: Filing) -> str:
    """A table of TOML, whose strings are written like those of JSON."""
    said = filing.model_dump()
    return "\n".join(["[[filing]]", *(f"{name} = {json.dumps(said[name], ensure_ascii=False)}" for name in FIELDS), ""])
