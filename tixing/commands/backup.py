"""`tixing backup` and `restore`: the whole store, twice, somewhere else."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tixing.backups.making import make_backup, try_backup
from tixing.backups.restoring import restore as restore_file
from tixing.backups.sealing import new_backup_key
from tixing.commands.options import count_of, open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import TixingError, UsageError


def backup(
    to: Annotated[list[Path] | None, typer.Option(help="A folder; may be given twice. Else TIXING_BACKUP_TO.")] = None,
    restore_check: Annotated[bool, typer.Option(help="Restore each into a store of its own, and check it.")] = True,
    new_key: Annotated[Path | None, typer.Option(help="Make the key that seals backups, in this new file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each place.")] = False,
) -> None:
    """Make a backup of everything while the service runs, put it into each place, restore it there to try it."""
    if new_key is not None:
        public = new_backup_key(new_key)
        if as_json:
            print_json({"key": str(new_key), "public": public})
        else:
            typer.echo(f"{new_key}: seals for {public}; keep a copy of the file elsewhere")
        return
    settings = load_settings()
    how = replace(settings.backups, tries=restore_check)
    if to:
        how = replace(how, places=tuple(to))
    if not how.places:
        raise UsageError("where to? name folders by --to or in TIXING_BACKUP_TO")
    with open_store(settings) as database:
        log = make_backup(database, how, now=parse_moment_option("now", None))
    for line in log:
        if as_json:
            print_json(line.model_dump(exclude={"id"}))
        elif line.error:
            typer.echo(f"{line.place}: no backup: {line.error}")
        else:
            said = (
                "restored and checked" if line.tried else "not tried" if not restore_check else "NOT GOOD, see verify"
            )
            typer.echo(
                f"{line.place}/{line.name}: {line.size} bytes, {count_of(line.entries, 'entry', 'entries')}, {said}"
            )
    if any(line.error for line in log):
        raise typer.Exit(1)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    to: Annotated[str, typer.Option(help="The URL of a store that is not there yet, or of an empty database.")] = "",
    check: Annotated[bool, typer.Option("--check", help="Only restore it into a store that is thrown away.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Make a store from a backup; never over one that is there. A sealed one needs TIXING_BACKUP_KEY."""
    settings = load_settings()
    if check == bool(to):
        raise UsageError("either --to URL or --check")
    if not file.is_file():
        raise TixingError(f"there is no file {file}")
    if check:
        like = settings.open_database() if settings.database_url.startswith("postgres") else None
        with tempfile.TemporaryDirectory(prefix="tixing-check-") as folder:
            how = settings.backups
            entries = try_backup(file, how.key, like, how.trusted, Path(folder), since=how.since)
    else:
        entries = restore_file(file, to, settings.backup_key).entries
    if as_json:
        print_json({"file": str(file), "entries": entries, "kept": not check})
    else:
        typer.echo(f"{file}: {count_of(entries, 'entry', 'entries')} of records; `tixing records verify` checks them")
