"""`tixing records`: checked, proved, cut and erased; docs/records.md."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from actions.records.cutting import CuttingError, Gone, cut_records, erase_person
from store.database import Database
from tixing.backups.restoring import scratch_store
from tixing.commands.options import count_of, open_store, parse_date_option, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import TixingError, UsageError
from tixing.records.anchors import Anchors, read_anchors
from tixing.records.faults import Fault, Verdict
from tixing.records.keys import new_key, signed_from, trusted_keys
from tixing.records.proofs import as_json as proof_as_json
from tixing.records.proofs import check_proof, prove, read_proof
from tixing.records.verify import verify
from tixing.times import business_day, now_utc

records = typer.Typer(help="Records as evidence.", no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="As JSON, a line each.")]
By = Annotated[str, typer.Option(help="Who decided it; written into the chain.")]
Reason = Annotated[str, typer.Option(help="Why; written into the chain.")]
MOST_SAID = 50
MOST = 2**31 - 1  # a number in the store


@records.command("verify")
def verify_records(
    lift: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Only the chain of this lift (its number in the store).")
    ] = None,
    record: Annotated[int | None, typer.Option(min=1, max=MOST, help="Only this entry, by its proof.")] = None,
    proof: Annotated[Path | None, typer.Option(help="A proof in a file; no store is asked.")] = None,
    anchor: Annotated[
        list[str] | None, typer.Option(help="What is held elsewhere: a file, a folder, or DAY=DIGITS.")
    ] = None,
    fingerprint: Annotated[
        list[str] | None, typer.Option(help="What a message said of a day: DAY:HEX, as it stands there.")
    ] = None,
    key: Annotated[list[str] | None, typer.Option(help="A public key that is trusted, or a file of them.")] = None,
    from_: Annotated[Path | None, typer.Option("--from", help="A backup instead of the store.")] = None,
    as_json: Json = False,
) -> None:
    """Whether the records are what was written; what is not is named. Exit code 1 where anything is wrong."""
    settings = load_settings()
    anchors = read_anchors(anchor or [], fingerprint or [])
    trusted = trusted_keys(settings.records_key, tuple(key or ()))
    since = signed_from(settings.records_key, tuple(key or ()))
    if proof is not None:
        _say_proved(check_proof(read_proof(proof), anchors, trusted), as_json)
        return
    if from_ is not None:
        like = Database(settings.database_url) if settings.database_url.startswith("postgres") else None
        with (
            tempfile.TemporaryDirectory(prefix="tixing-verify-") as folder,
            scratch_store(from_, settings.backup_key, like, Path(folder)) as (database, _),
            database.read() as session,
        ):
            _look(session, anchors, trusted, lift, record, as_json, since)
        return
    with open_store(settings) as database, database.read() as session:
        _look(session, anchors, trusted, lift, record, as_json, since)


@records.command("prove")
def prove_record(
    record: Annotated[int, typer.Argument(min=1, max=MOST, help="The entry's number.")],
    out: Annotated[Path | None, typer.Option(help="A file; else it is printed.")] = None,
) -> None:
    """Write the proof of one record, which `verify --proof` checks without the database (JSON)."""
    with open_store() as database, database.read() as session:
        found = prove(session, record)
    if out is None:
        print_json(proof_as_json(found))
    else:
        out.write_text(found.model_dump_json(indent=1, exclude_none=True) + "\n", encoding="utf-8")
        typer.echo(str(out))


@records.command("key")
def make_key(new: Annotated[Path, typer.Option(help="A file that is not there yet.")], as_json: Json = False) -> None:
    """Make the key that signs what each day came to; TIXING_RECORDS_KEY names it."""
    public = new_key(new).public
    if as_json:
        print_json({"key": str(new), "public": public})
    else:
        typer.echo(f"{new}: set TIXING_RECORDS_KEY to it, and give its public key to those who check: {public}")


@records.command("cut")
def cut(
    by: By,
    reason: Reason,
    before: Annotated[str | None, typer.Option(help="A day; else all that may be cut today.")] = None,
    as_json: Json = False,
) -> None:
    """Empty what records said once their fourth anniversary is over; hashes stay, and the chain says who did it."""
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        limit = parse_date_option("--before", before)
        try:
            gone = cut_records(session, by=by, reason=reason, today=business_day(now), now=now, before=limit)
        except CuttingError as error:
            raise UsageError(str(error)) from error
    _say_gone(gone, "entry", "entries", as_json)


@records.command("erase")
def erase(
    person: Annotated[str, typer.Option(help="The name or number, as it was written.")],
    by: By,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Empty a person's name or number in all records; what they prove holds, and the chain says who did it."""
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        try:
            gone = erase_person(session, person, by=by, reason=reason, today=business_day(now), now=now)
        except CuttingError as error:
            raise UsageError(str(error)) from error
    _say_gone(gone, "value", "values", as_json)


def _look(
    session: Session,
    anchors: Anchors,
    trusted: frozenset[str],
    lift: int | None,
    record: int | None,
    as_json: bool,
    since: date | None,
) -> None:
    if lift is not None and record is not None:
        raise UsageError("--lift or --record, not both")
    if record is not None:
        _say_proved(check_proof(prove(session, record), anchors, trusted), as_json)
        return
    today = business_day(now_utc())
    verdict = verify(session, today=today, anchors=anchors, trusted=trusted, lift_id=lift, since=since)
    if lift is not None and not verdict.entries and verdict.is_good:
        raise TixingError(f"there is no entry of lift {lift}")
    _say(verdict, as_json, bool(trusted))


def _say_proved(faults: list[Fault], as_json: bool) -> None:
    if as_json:
        print_json({"good": not faults, "faults": [one.as_dict() for one in faults]})
    else:
        typer.echo("\n".join(map(str, faults)) if faults else "good: it is what was written")
    if faults:
        raise typer.Exit(1)


def _say(verdict: Verdict, as_json: bool, has_key: bool) -> None:
    for fault in verdict.faults if as_json else verdict.faults[:MOST_SAID]:
        if as_json:
            print_json(fault.as_dict())
        else:
            typer.echo(str(fault))
    counts = {"entries": verdict.entries, "lifts": verdict.lifts, "days": verdict.days, "anchors": verdict.anchors}
    doubts = {
        "open_entries": verdict.open_entries,
        "unsigned_days": verdict.unsigned_days,
        "before_key": verdict.before_key,
    }
    if as_json:
        print_json({"good": verdict.is_good, "faults": len(verdict.faults), **counts, **doubts, **verdict.seconds})
    else:
        more = len(verdict.faults) - MOST_SAID
        typer.echo(f"and {more} more" if more > 0 else "", nl=more > 0)
        said = "good" if verdict.is_good else count_of(len(verdict.faults), "fault")
        typer.echo(f"{said}: {', '.join(f'{count} {name}' for name, count in counts.items())}")
        if verdict.open_entries:
            typer.echo(f"{verdict.open_entries} entries are of days that are not closed: only their chains say so")
        if verdict.before_key:
            typer.echo(f"{count_of(verdict.before_key, 'day')} closed before there was a key; the next one covers them")
        elif verdict.unsigned_days and not has_key:
            typer.echo(f"{count_of(verdict.unsigned_days, 'day')} not signed: set TIXING_RECORDS_KEY")
    if not verdict.is_good:
        raise typer.Exit(1)


def _say_gone(gone: Gone, one: str, several: str, as_json: bool) -> None:
    if as_json:
        print_json({"lifts": gone.lifts, several: gone.pieces})
    else:
        typer.echo(f"{count_of(gone.pieces, one, several)} of {count_of(gone.lifts, 'lift')}")
