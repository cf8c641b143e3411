"""`tixing signatures`: in whose name messages go out."""

from typing import Annotated

import typer
from sqlmodel import Session

from actions.people.signatures import SIGNERS, SignatureError, set_signature, signatures_of
from notifier.index import load_index
from tixing.checkup import Finding
from tixing.commands.options import open_store, print_json
from tixing.errors import UsageError

LANGUAGES = ("zh", "en")


def signatures(
    signer: Annotated[
        str, typer.Option(help="body (the inspection body), regulator, or regulator:440106 for one district's bureau.")
    ] = "body",
    zh: Annotated[str | None, typer.Option(help="The Chinese signature, without brackets.")] = None,
    en: Annotated[str | None, typer.Option(help="The English one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Show how messages are signed, or set it: as it is filed with the operators, who refuse any other."""
    with open_store() as database, database.write() as session:
        try:
            for language, name in (("zh", zh), ("en", en)):
                if name is not None:
                    set_signature(session, signer, language, name)
        except SignatureError as error:
            raise UsageError(str(error)) from error
        ours = signatures_of(session)
    shown = {**load_index().signatures, **ours}
    if as_json:
        print_json(shown)
        return
    for who, names in shown.items():
        mark = "" if who in ours else "   (the demo's: set your own before anything goes live)"
        typer.echo(f"{who:<18} {' / '.join(names[code] for code in LANGUAGES if code in names)}{mark}")


def check_signatures(session: Session) -> Finding:
    """Whether people outside would read the demo's names."""
    ours = signatures_of(session)
    missing = [who for who in SIGNERS if "zh" not in ours.get(who, {})]
    if not missing:
        return Finding(Finding.GOOD, "signatures", "messages go out in the names that were set here")
    names = ", ".join(load_index().signatures[who]["zh"] for who in missing)
    return Finding(Finding.WRONG, "signatures", f"messages would go out as {names}: set yours with `tixing signatures`")
