"""`tixing paperless`: contractors, platforms, waivers, claims, opinions and figures of maintenance without paper."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import typer
from sqlmodel import col, select

from actions.paperless.claims import open_claims
from actions.paperless.figures import Figures, figures_of
from actions.paperless.grants import grants_of_city
from actions.paperless.opinions import opinion_lines
from actions.paperless.platforms import apply_third_party, find_platform, platform_lines, record_test
from actions.paperless.reads import lines_of_reads
from actions.paperless.register import file_contractor, registration_of
from actions.paperless.waivers import waiver_lines
from actions.people.parties import find_or_add_party
from actions.permissions import WHOLE_CITY
from actions.records.extracts import extract_by_grant
from actions.refusals import Refused
from store.paperless import Contractor
from store.parties import Party
from store.supervision import Opinion, RecordRead
from tixing.commands.options import open_store, parse_date_option, print_json, require_city
from tixing.documents import LANGUAGES, write_document
from tixing.errors import TixingError, UsageError
from tixing.records.proofs import prove
from tixing.times import business_day, now_utc

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
GRANTEE = "g"  # begins the ref of an organisation that only reads
City = Annotated[str, typer.Option(help="The city; the id of its rulebook.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


@app.command()
def contractors(
    city: City = "guangzhou",
    file: Annotated[str | None, typer.Option(help="File this maintainer with the city, by its name on file.")] = None,
    number: Annotated[str, typer.Option(help="Its filing number.")] = "",
    on: Annotated[str | None, typer.Option(help="The day of the filing; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Contractors that are filed, how far each is, and what is missing."""
    today = business_day(now_utc())
    with open_store() as database, database.write() as session:
        require_city(session, city)
        if file is not None:
            _file(session, city, file, number, parse_date_option("--on", on) or today, today)
        parties = session.exec(
            select(Party).join(Contractor, col(Contractor.party_id) == Party.id).where(Contractor.city_id == city)
        ).all()
        found = [registration_of(session, party, today) for party in parties]
    if as_json:
        print_json({"contractors": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.number:<14} {one.name}: {one.way or 'no way chosen'} {one.platform}".rstrip())
        typer.echo(f"        missing: {', '.join(one.missing) or 'nothing'}")
    if not found:
        typer.echo("none is filed; --file NAME --number NUMBER files one")


@app.command()
def platforms(
    city: City = "guangzhou",
    apply: Annotated[
        str | None, typer.Option(help="A platform that serves several contractors applies: its name.")
    ] = None,
    tested: Annotated[
        str | None, typer.Option(help="A test of the platform of this name was run; --passed or not.")
    ] = None,
    passed: Annotated[bool, typer.Option("--passed", help="It passed.")] = False,
    ref: Annotated[str, typer.Option(help="Which run it was.")] = "",
    as_json: AsJson = False,
) -> None:
    """Platforms: applied, tested, listed, removed. The city's bureau lists, checks and removes them in the chat."""
    now = now_utc()
    with open_store() as database, database.write() as session:
        require_city(session, city)
        if apply is not None:
            if not apply.strip():
                raise UsageError("--apply is empty")
            apply_third_party(session, city, apply, now=now, today=business_day(now), key=f"cli:{uuid4()}")
        if tested is not None:
            platform = find_platform(session, city, tested)
            if platform is None:
                raise TixingError(f"no platform {tested!r} has applied")
            key = f"cli:{uuid4()}"
            record_test(session, platform.party_id, passed=passed, ref=ref, now=now, today=business_day(now), key=key)
        found = platform_lines(session, city, business_day(now))
    if as_json:
        print_json({"platforms": [asdict(one) for one in found]})
        return
    for one in found:
        tested = f"test passed {one.tested_on}" if one.tested_on else "test not passed"
        typer.echo(f"{one.platform_id:>6}  {one.name} ({one.way}): {one.state}; {tested}; {one.contractors} on it")
    if not found:
        typer.echo("there is none")


@app.command()
def waivers(city: City = "guangzhou", as_json: AsJson = False) -> None:
    """Of each contractor: lifts, those whose records come in, those that need no paper."""
    with open_store() as database, database.read() as session:
        require_city(session, city)
        found = waiver_lines(session, city)
    if as_json:
        print_json({"contractors": [asdict(one) for one in found]})
        return
    for one in found:
        stop = ", suspended" if one.suspended else ""
        typer.echo(f"{one.name}: {one.waived} of {one.lifts} without paper, uploads for {one.uploaded}{stop}")


@app.command()
def claims(city: City = "guangzhou", as_json: AsJson = False) -> None:
    """Lifts that two say they maintain, and nobody has decided."""
    with open_store() as database, database.read() as session:
        require_city(session, city)
        found = open_claims(session, city, business_day(now_utc()))
    if as_json:
        print_json({"claims": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.claim_id:>6}  {one.key} {one.place}: {one.claimant}; on file {one.registered or 'nobody'}")
        typer.echo(f"        since {one.opened_on}, to be decided by {one.unit or 'the bureau'} or the bureau")
    if not found:
        typer.echo("none is open")


@app.command()
def opinions(
    city: City = "guangzhou",
    closed: Annotated[bool, typer.Option("--closed", help="Those that are settled.")] = False,
    as_json: AsJson = False,
) -> None:
    """Rectifications and suspensions that the city has asked for."""
    with open_store() as database, database.read() as session:
        require_city(session, city)
        found = opinion_lines(
            session, select(Opinion).where(Opinion.city_id == city), business_day(now_utc()), closed=closed
        )
    if as_json:
        print_json({"opinions": [asdict(one) for one in found]})
        return
    for one in found:
        late = ", late" if one.late else ""
        typer.echo(f"{one.opinion_id:>6}  {one.kind}: {one.contractor}; {one.state}{late}, by {one.due_on}")
    if not found:
        typer.echo("there is none")


@app.command()
def reads(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many, newest first.")] = 40, as_json: AsJson = False
) -> None:
    """Who read personal data of records, when and why."""
    with open_store() as database, database.read() as session:
        found = lines_of_reads(session, select(RecordRead), limit)
    if as_json:
        print_json({"reads": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.at:%Y-%m-%d %H:%M}  {one.party} {one.by}: {one.what}; {one.lift or 'a list'} ({one.why})")
    if not found:
        typer.echo("nobody has")


@app.command()
def extract(
    grant: Annotated[int, typer.Argument(help="The authorization of both sides, by its number (`paperless grants`).")],
    out: Annotated[Path, typer.Option(help="A ZIP with the records as text and the proof of each.")],
    by: Annotated[str, typer.Option(help="Who hands it out; written into the log of reads.")],
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
    as_json: AsJson = False,
) -> None:
    """Records for whoever both sides have authorized and who has no chat here: a court, an insurer, a street office."""
    now = now_utc()
    if language not in LANGUAGES or not by.strip():
        raise UsageError("--language is zh or en, and --by says who")
    with open_store() as database, database.write() as session:
        try:
            found = extract_by_grant(session, grant, by=by.strip(), now=now, today=business_day(now))
        except Refused as error:
            raise TixingError(f"authorization {grant} is not in force today, or opens no record") from error
        proofs = {one.entry_id: _proof(session, one.entry_id) for one in found.records}
    unproved = [number for number, proof in proofs.items() if proof is None]
    said = {"extract": found, "by": by.strip(), "on": business_day(now), "unproved": unproved}
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr("records.txt", write_document("record_extract", language, said) + "\n")
        for number, proof in proofs.items():
            if proof is not None:
                packed.writestr(f"proofs/{number}.json", proof)
    if as_json:
        print_json({"file": str(out), "records": len(proofs), "unproved": unproved})
    else:
        typer.echo(f"{out}: {len(proofs)} records for {found.to}, {len(proofs) - len(unproved)} with their proof")


@app.command()
def grants(
    city: City = "guangzhou",
    enter: Annotated[
        str | None, typer.Option(help="Enter an organisation that no register names, so that it can be authorized.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Authorizations to read records: to whom, for what, until when. Unit and maintainer give them in the chat."""
    if enter is not None and not enter.strip():
        raise UsageError("--enter is empty")
    with open_store() as database, database.write() as session:
        if enter is not None:
            find_or_add_party(session, city_id=city, name=enter.strip(), kind=GRANTEE)
        found = grants_of_city(session, city, business_day(now_utc()))
    if as_json:
        print_json({"grants": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.grant_id:>6}  {one.to}: {one.lift or 'all lifts'} of {one.unit}; {one.purpose}")
        typer.echo(f"        {one.state}, until {one.until_on}; maintainer {one.maintainer}")
    if not found:
        typer.echo("there is none")


@app.command()
def figures(
    city: City = "guangzhou",
    month: Annotated[str | None, typer.Option(help="YYYY-MM; this month if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Coverage by district, punctuality, who is late, who uploads nothing, which units never sign themselves."""
    today = business_day(now_utc())
    first = today if month is None else parse_date_option("--month", f"{month}-01") or today
    with open_store() as database, database.read() as session:
        require_city(session, city)
        found = figures_of(session, city, first, max(today, first))
    if as_json:
        print_json(_as_dict(found))
        return
    total = found.total
    typer.echo(f"{found.month:%Y-%m}, target {found.target} %")
    for part in found.coverage:
        where = "all" if part.code == WHOLE_CITY else part.name or part.code or "no district"
        typer.echo(f"{where}: {part.using} of {part.contractors} contractors, {part.covered} of {part.lifts} lifts")
    typer.echo(f"records: {total.records}, late: {total.late}, uploaded in time: {_percent(total.on_time)}")
    typer.echo(f"signed {total.signed}, by default {total.defaulted}, objected {total.objected}, open {total.pending}")
    typer.echo(f"answered in time: {_percent(total.signed_in_time)}, by default: {_percent(total.default_share)}")
    _say_names("late", [f"{one.name} ({one.late})" for one in found.contractors if one.late])
    _say_names("never sign themselves", [one.name for one in found.units if one.never_signs])
    _say_names("upload nothing", found.idle)


def _percent(share: int | None) -> str:
    return "-" if share is None else f"{share} %"


def _say_names(of: str, names: Sequence[str]) -> None:
    if names:
        typer.echo(f"{of}: {', '.join(names)}")


def _proof(session: Any, number: int) -> str | None:
    """None where its day is not closed, or it was cut."""
    try:
        return prove(session, number).model_dump_json(indent=1, exclude_none=True) + "\n"
    except TixingError:
        return None


def _file(session: Any, city: str, name: str, number: str, on: date, today: date) -> None:
    if on > today:
        raise UsageError(f"--on {on} is to come")
    try:
        file_contractor(session, city, name, number, filed_on=on)
    except Refused as error:
        raise TixingError(str(error)) from error


def _as_dict(found: Figures) -> dict[str, Any]:
    said = asdict(found)
    for name in ("coverage", "contractors", "units"):
        rows = getattr(found, name)
        extra = ("percent", "lift_percent") if name == "coverage" else ("on_time", "signed_in_time", "default_share")
        for row, one in zip(said[name], rows, strict=True):
            row.update({key: getattr(one, key) for key in extra})
    return said
