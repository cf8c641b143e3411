"""`tixing campaign`: a regulator's list of a year taken in and confirmed, split, counted, and seen through."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions.campaign.anomalies import anomalies, review_anomalies
from actions.campaign.departments import name_officer
from actions.campaign.errors import CampaignError
from actions.campaign.lists import Taken, confirm_list, current_list, take_list
from actions.campaign.rate import Part, Rate, rate_of, remainder_of
from actions.campaign.review import review
from actions.campaign.rows import extra_rows, listed_rows
from actions.register.places import places_of
from actions.visits.slot_upkeep import departments
from bot.campaign_sheets import anomalies_sheet, remainder_sheet, rows_sheet, say_reason
from notifier.masking import mask_phone
from store.campaigns import CampaignList, RowResult
from store.lifts import City as Register
from store.locks import hold_all_cities, hold_city
from tixing.commands.options import count_of, open_store, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

DEFAULT_CITY = "guangzhou"
SHOWN = 20

campaign = typer.Typer(
    no_args_is_help=True, add_completion=False, help="A regulator's list of a year: confirmed, split, counted."
)
Year = Annotated[int, typer.Argument(metavar="YEAR", help="The plan's year, such as 2027.", min=2000, max=2199)]
City = Annotated[str, typer.Option(help="The city; the id of its rulebook.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write it to this xlsx.")]
Language = Annotated[str, typer.Option("--language", help="Of the xlsx: zh or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


@campaign.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="The list: CSV or XLSX, read as a register is.", show_default=False)],
    year: Annotated[int, typer.Option(help="The plan's year.", min=2000, max=2199)],
    city: City = DEFAULT_CITY,
    mapping: Annotated[str | None, typer.Option(help="A mapping TOML for another layout.")] = None,
    out: Out = None,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """Make the file the city's list of the year, and hold each row against the register. Again, it changes nothing."""
    now = now_utc()
    _require_language(language)
    with open_store() as database, database.write() as session:
        try:
            taken = take_list(session, city, year, file, mapping, now)
        except CampaignError as error:
            raise UsageError(str(error)) from error
        _see_through(session, taken, out, language)
    _print_taken(taken, as_json=as_json)


@campaign.command("confirm")
def confirm(
    year: Year, city: City = DEFAULT_CITY, out: Out = None, language: Language = "zh", as_json: AsJson = False
) -> None:
    """Hold the list against the register as it is now. It is done each day by itself."""
    _require_language(language)
    with open_store() as database, database.write() as session:
        taken = confirm_list(session, _list(session, city, year))
        _see_through(session, taken, out, language)
    _print_taken(taken, as_json=as_json)


@campaign.command("rows")
def rows(
    year: Year,
    city: City = DEFAULT_CITY,
    result: Annotated[str | None, typer.Option(help="found, missing, conflicting, twice, unreadable or extra.")] = None,
    out: Out = None,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """The rows that are not simply found, with their reasons, and the lifts that the list lacks."""
    _require_language(language)
    wanted = [result] if result else [*(one.value for one in RowResult if one is not RowResult.FOUND), "extra"]
    if result is not None and result not in (*RowResult, "extra"):
        raise UsageError(f"--result {result!r} is none; it is one of {', '.join(RowResult)}, extra")
    with open_store() as database, database.read() as session:
        one = _list(session, city, year)
        listed, extra = listed_rows(session, one), extra_rows(session, one)
    if out is not None:
        out.write_bytes(rows_sheet(listed, extra, business_day(now_utc()), language))
    found = [row for row in (*listed, *extra) if row.result in wanted]
    if as_json:
        print_json({"rows": [asdict(row) for row in found]})
        return
    for row in found:
        why = "; ".join(say_reason(reason, "en") for reason in row.reasons)
        place = f"line {row.line}" if row.line is not None else "no line"
        typer.echo(f"{place}  {row.shown}  {row.result}  {row.district or 'no district'}  {row.department or 'nobody'}")
        if why:
            typer.echo(f"        {why}")
    if not found:
        typer.echo("none")


@campaign.command("officer")
def officer(
    year: Year,
    office: Annotated[str, typer.Option("--office", help="The department: its ref, a part of its name, a district.")],
    name: Annotated[str, typer.Option(help="Who sees to it: a duty officer or inspector of the department.")],
    by: Annotated[str, typer.Option(help="Who names them.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    city: City = DEFAULT_CITY,
) -> None:
    """Name the one person of a department who sees to the list. Who was named before is no more."""
    today = business_day(now_utc())
    if not name.strip() or not by.strip():
        raise UsageError("say who is named, and by whom: --name NAME --by NAME")
    with open_store() as database, database.write() as session:
        found = [party for party in departments(session, office) if party.city_id == city]
        if len(found) != 1:
            named = ", ".join(party.name for party in found or departments(session)) or "none"
            raise UsageError(f"say with --office which department is meant; there is: {named}")
        hold_city(session, city)
        try:
            fresh = name_officer(
                session, found[0], year, name.strip(), by=by.strip(), reason=reason.strip(), today=today
            )
        except CampaignError as error:
            raise UsageError(str(error)) from error
        if (one := current_list(session, city, year)) is not None:
            review(session, one, today=today)
        department = found[0].name
    typer.echo(f"{name.strip()} sees to {year} at {department}" if fresh else "that was so already")


@campaign.command("rate")
def rate(
    year: Year,
    city: City = DEFAULT_CITY,
    district: Annotated[str | None, typer.Option(help="Only this district, by code or name.")] = None,
    out: Out = None,
    language: Language = "zh",
    as_json: AsJson = False,
) -> None:
    """How much is done of how much, and what remains: by district, its department and officer."""
    today = business_day(now_utc())
    _require_language(language)
    with open_store() as database, database.read() as session:
        codes = _codes(city, district)
        one = _list(session, city, year)
        limit = None if as_json or out is not None else SHOWN
        try:
            found, left = rate_of(session, one, today, codes), remainder_of(session, one, today, codes, limit=limit)
        except CampaignError as error:
            raise UsageError(str(error)) from error
    if out is not None:
        out.write_bytes(remainder_sheet(left, today, language))
    if as_json:
        print_json(_rate_as_dict(found) | {"remainder": [asdict(row) for row in left]})
        return
    _print_rate(found)
    for row in left[:SHOWN]:
        due = f"  due {row.due}" if row.due else ""
        booked = f"  booked {row.booked_on}" if row.booked_on else ""
        typer.echo(f"  {row.state}  {row.shown}  {row.place}  {row.unit}{due}{booked}")
    if found.left > SHOWN:
        typer.echo(f"  … {found.left - SHOWN} more; --out FILE.xlsx has all of them")


@campaign.command("anomalies")
def odd_data(city: City = DEFAULT_CITY, out: Out = None, language: Language = "zh", as_json: AsJson = False) -> None:
    """Data of the register that cannot be right. From the day on which they are checked they are tasks, too."""
    today = business_day(now_utc())
    _require_language(language)
    with open_store() as database, database.write() as session:
        if session.get(Register, city) is None:
            raise UsageError(f"there is no register of {city!r}")
        hold_all_cities(session)
        review_anomalies(session, today=today)
        found = anomalies(session, city, today)
    if out is not None:
        out.write_bytes(anomalies_sheet(found, today, language))
    if as_json:
        rows = [asdict(one) | {"department": one.department.name if one.department else ""} for one in found]
        print_json({"anomalies": rows})
        return
    for kind, number in Counter(one.kind.value for one in found).items():
        typer.echo(f"{kind}: {count_of(number, 'lift')}")
    for one in found[:SHOWN]:
        owner = one.department.name if one.department else "nobody"
        typer.echo(f"  {one.kind}  {one.key}  {one.place}  {one.district}  {owner}")
    if not found:
        typer.echo("none")
    if len(found) > SHOWN:
        typer.echo(f"  … {len(found) - SHOWN} more; --out FILE.xlsx has all of them")


def _list(session: Session, city: str, year: int) -> CampaignList:
    found = current_list(session, city, year)
    if found is None:
        raise UsageError(f"there is no list of {city!r} for {year}: `tixing campaign import FILE --year {year}`")
    return found


def _require_language(language: str) -> None:
    if language not in ("zh", "en"):
        raise UsageError(f"--language {language!r} is not known; it is zh or en")


def _codes(city: str, district: str | None) -> frozenset[str] | None:
    if district is None:
        return None
    code = places_of(city).find(district).code
    if code is None:
        raise UsageError(f"{district!r} is no district of {city!r}")
    return frozenset({code})


def _see_through(session: Session, taken: Taken, out: Path | None, language: str) -> None:
    """Open and end the list's tasks, and write it with its results where that is wanted."""
    one, today = session.get_one(CampaignList, taken.list_id), business_day(now_utc())
    review(session, one, today=today)
    if out is not None:
        out.write_bytes(rows_sheet(listed_rows(session, one), extra_rows(session, one), today, language))


def _print_taken(taken: Taken, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(taken))
        return
    if taken.replaced is not None:
        typer.echo(f"the former list of {count_of(taken.replaced, 'row')} is replaced")
    if not taken.is_new:
        typer.echo(f"the same list; {count_of(taken.changed, 'row')} otherwise than before")
    listed = ", ".join(f"{number} {result}" for result, number in taken.results.items() if number)
    typer.echo(f"{count_of(taken.rows, 'row')}: {listed}; {taken.extra} in the register and not listed")


def _rate_as_dict(found: Rate) -> dict[str, Any]:
    head = {"year": found.year, "target_on": found.target_on, "wanted": found.wanted}
    figures = {"total": found.total, "done": found.done, "left": found.left, "percent": found.percent}
    return head | figures | {"days_left": found.days_left, "parts": [_part_as_dict(part) for part in found.parts]}


def _part_as_dict(part: Part) -> dict[str, Any]:
    named = part.department
    people = {"department": named.name, "officer": named.officer, "phone": mask_phone(named.phone)} if named else {}
    return {"code": part.code, "name": part.name, "total": part.total, "done": part.done} | people


def _print_rate(found: Rate) -> None:
    when = f"{found.days_left} days left" if found.days_left >= 0 else f"{-found.days_left} days ago"
    typer.echo(f"{found.done}/{found.total} ({found.percent} %); {found.wanted} % by {found.target_on}, {when}")
    for part in found.parts:
        officer = "no department answers"
        if part.department is not None:
            who = f"{part.department.officer} {mask_phone(part.department.phone)}".strip()
            officer = f"{part.department.name}, {who if part.department.officer else 'nobody is named'}"
        typer.echo(f"  {part.name or 'no district'}  {part.done}/{part.total}  {officer}")
