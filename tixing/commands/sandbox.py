"""`tixing sandbox`: a store in which a platform tries the data interface, and nothing reaches anybody."""

from pathlib import Path
from typing import Annotated

import typer

from store.database import Database
from tixing.commands.options import parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.interface.sandbox import found_sandbox, object_to


def sandbox(
    file: Annotated[Path, typer.Argument(help="The SQLite file; it is made.")],
    object_record: Annotated[
        int | None, typer.Option("--object", help="Object to the record of this number, in the unit's place.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="What is wrong with it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Make a store of made-up lifts with a key, for a platform to try. Serve it in mode `demo`: nobody is reached.

    `TIXING_DATABASE_URL=sqlite:///FILE TIXING_WEBHOOKS_PRIVATE=1 tixing serve`, then with the same two variables
    `tixing conformance PREFIX`.
    """
    if (object_record is None) == file.exists():
        raise UsageError(f"{file} is there already" if object_record is None else f"there is no sandbox {file}")
    now, database = parse_moment_option("now", None), Database(f"sqlite:///{file}")
    database.migrate()
    with database.write() as session:
        if object_record is not None:
            if not object_to(session, object_record, text, now):
                raise TixingError(f"no record {object_record} waits for its signature")
            said: dict[str, object] = {"objected": object_record}
        else:
            made = found_sandbox(session, now)
            said = {"key": made.key, "lifts": list(made.lifts), "not_yours": made.others}
    database.close()
    if as_json:
        print_json(said)
        return
    for name, value in said.items():
        typer.echo(f"{name:<10} {' '.join(value) if isinstance(value, list) else value}")
