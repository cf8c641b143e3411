"""`tixing offices`: which office answers for which district, and who is told there."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from actions.people.offices import Change, Office, OfficeError, Wish, WishError, set_office
from actions.people.offices import offices as list_offices
from actions.regulator.street_offices import StreetWish, found_street_office, street_offices
from actions.running.cities import WHOLE_CITY
from notifier.masking import mask_phone
from schedules.rulebook import RulebookError
from store.parties import AreaRole
from tixing.commands.options import count_of, open_store, parse_moment_option, print_json
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

ROLES = ", ".join(AreaRole)


def offices(
    city: Annotated[str | None, typer.Option(help="Only this city; the city of the office that is set.")] = None,
    role: Annotated[str | None, typer.Option(help=f"Set an office: {ROLES}.")] = None,
    district: Annotated[str, typer.Option(help="The district, its code or its name; the whole city if not set.")] = "*",
    name: Annotated[str | None, typer.Option(help="Another office takes over from today, by this name.")] = None,
    rename: Annotated[str | None, typer.Option(help="The same office is called so.")] = None,
    officer: Annotated[
        str | None, typer.Option(help="Who is told there, in place of whoever was; with --phone.")
    ] = None,
    phone: Annotated[str | None, typer.Option(help="Their phone, with its country code.")] = None,
    language: Annotated[str | None, typer.Option(help="In which language they are told: zh or en.")] = None,
    street: Annotated[
        str | None, typer.Option(help="A street office of that name stands below the bureau of --district.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is changed.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The offices; with --role the office of a district, or its officer, is named. Who was told before is no more."""
    given = {"name": name, "rename": rename, "officer": officer, "phone": phone, "language": language}
    below = _street_wish(city, role, district, street, by, reason, given)
    wish = _wish(city, role, district, by, reason, given) if below is None else None
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        try:
            change = set_office(session, wish, now=now, today=business_day(now)) if wish is not None else None
            if below is not None:
                found_street_office(session, below, now=now, today=business_day(now))
        except WishError as error:
            raise UsageError(str(error)) from error
        except (OfficeError, RulebookError) as error:
            raise TixingError(str(error)) from error
        found, streets = list_offices(session, city), street_offices(session, city)
    if as_json:
        told = {} if change is None else {"changed": sorted(change.changed)}
        print_json(told | {"offices": [_as_dict(one) for one in found], "streets": [asdict(one) for one in streets]})
        return
    if change is not None and wish is not None:
        _print_change(change)
        about = [one for one in found if one.role == wish.role and wish.district in (one.district, one.district_name)]
        found, streets = about or found, []  # what was asked, and not the whole list over it
    if below is not None:
        found, streets = [], [one for one in streets if one.name == below.name]
    for one in found:
        _print(one)
    for street_office in streets:
        place = f"{street_office.district_code:<12} {street_office.name}"
        typer.echo(f"{street_office.city_id}  {'street_office':<21} {place}")
    if not found and not streets:
        typer.echo("there is no office yet; the first import of a city makes them")


def _street_wish(
    city: str | None,
    role: str | None,
    district: str,
    street: str | None,
    by: str,
    reason: str,
    given: dict[str, str | None],
) -> StreetWish | None:
    if street is None:
        return None
    if role is not None or any(given[option] is not None for option in ("name", "rename", "language")):
        raise UsageError("--street makes a street office; it goes with --officer and --phone only")
    if city is None or district == WHOLE_CITY:
        raise UsageError("say below which bureau it stands: --city ID --district CODE")
    if not street.strip() or not by.strip() or not reason.strip():
        raise UsageError("say its name, who says so and why: --street NAME --by NAME --reason TEXT")
    people = {option: given[option] for option in ("officer", "phone")}
    return StreetWish(city, district.strip(), street.strip(), by.strip(), reason.strip(), **people)


def _wish(
    city: str | None, role: str | None, district: str, by: str, reason: str, given: dict[str, str | None]
) -> Wish | None:
    stripped = {option: text.strip() for option, text in given.items() if text is not None}
    if role is None:
        if stripped or by or reason or district != WHOLE_CITY:
            raise UsageError(f"say which office is meant: --role, one of {ROLES}")
        return None
    if role not in list(AreaRole):
        raise UsageError(f"--role {role!r} is no office; it is one of {ROLES}")
    if city is None:
        raise UsageError("say of which city: --city ID")
    if not stripped:
        raise UsageError("say what is to change: --name, --rename, --officer with --phone, or --language")
    if empty := next((option for option, text in stripped.items() if not text), None):
        raise UsageError(f"--{empty} is empty")
    if "name" in stripped and "rename" in stripped:
        raise UsageError("--name is another office, --rename the same one by another name: give one of them")
    if not by.strip() or not reason.strip():
        raise UsageError("say who changes it and why: --by NAME --reason TEXT")
    return Wish(city, AreaRole(role), district.strip(), by.strip(), reason.strip(), **stripped)


def _as_dict(one: Office) -> dict[str, Any]:
    return {
        "city": one.city_id,
        "role": one.role,
        "district": one.district,
        "district_name": one.district_name,
        "office": one.ref,
        "name": one.name,
        "language": one.language,
        "since": one.since.isoformat(),
        "waiting": one.waiting,
        "officers": [
            {"name": person.name, "phone": mask_phone(person.phone) if person.phone else ""} for person in one.officers
        ],
    }


def _print_change(change: Change) -> None:
    typer.echo(f"changed: {', '.join(sorted(change.changed))}" if change.changed else "that was so already")
    if change.tasks:
        typer.echo(f"{count_of(change.tasks, 'open task')} handed to the new office")
    if change.visits:
        typer.echo(f"{count_of(change.visits, 'visit')} to come handed to the new office")
    if change.left_behind:
        typer.echo(
            f"waiting for somebody of the former office still: {count_of(change.left_behind, 'notice')}; "
            "where it is the same office by another name, take --rename"
        )


def _print(one: Office) -> None:
    people = "; ".join(
        f"{person.name} {mask_phone(person.phone) if person.phone else 'without a phone'}".strip()
        for person in one.officers
    )
    place = f"{one.district} {one.district_name}".strip()
    typer.echo(f"{one.city_id}  {one.role:<21} {place:<12} {one.name} ({one.language})")
    waiting = f"; reached nobody there: {count_of(one.waiting, 'notice')}" if one.waiting else ""
    typer.echo(f"        {people or 'nobody is told there: --officer NAME --phone NUMBER'}{waiting}")
