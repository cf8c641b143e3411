"""`tixing reach`: whose people can be reached, and how well that is proved."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from actions.reachability import Counts, PartyLine, State, Survey, survey
from actions.reachability.holdings import Chosen
from actions.reachability.survey import DAYS
from notifier.masking import mask_phone
from notifier.modes import Mode, Terms
from notifier.reachable import Ways
from tixing.commands.options import open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import TixingError
from tixing.settings import Settings
from tixing.times import business_day

DEFINITIONS = {
    "lifts": "lifts that are not scrapped, counted once for their use unit and once for their maintainer",
    State.NOBODY_ANSWERS: "no party stands in the register for this role",
    State.UNREACHABLE: "nobody at the party has a phone or an active chat",
    State.CALL_ONLY: "nobody can be written to, but somebody has a phone (a landline): a person must call",
    "reachable": "whoever the rungs address has a mobile phone or an active chat in a channel that is configured here; "
    "the routing that sends was asked",
    State.IN_DOUBT: "reachable, but the last attempt to each of these people failed",
    State.UNPROVED: "reachable, but no receipt of the last {days} days shows it",
    State.PROVED: "reachable, and a receipt of the last {days} days shows that something was delivered",
}
EVERYWHERE = frozenset({"webchat", "call_task"})
IN_DEMO = frozenset({"sms", "telegram"})


def reach(
    city: Annotated[str | None, typer.Option(help="Only this city.")] = None,
    district: Annotated[str | None, typer.Option(help="Only this district: its code or its name.")] = None,
    party: Annotated[str | None, typer.Option(help="Only parties with this ref, or with this in their name.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How old a proof may be.")] = DAYS,
    limit: Annotated[int, typer.Option(min=0, help="At most so many parties, the worst first; 0: all.")] = 20,
    at: Annotated[str | None, typer.Option(help="As if it were this moment; without offset in Asia/Shanghai.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The share of lifts whose people can be reached, by district and by party, the worst parties first."""
    now, settings = parse_moment_option("--at", at), load_settings()
    terms = _terms(settings)
    with open_store(settings) as database, database.read() as session:
        found = survey(
            session,
            Ways(terms),
            today=business_day(now),
            now=now,
            chosen=Chosen(city, district, party),
            days=days,
            limit=limit or None,
        )
    if not found.total:
        raise TixingError("no lift of the register is in that part; look at --city, --district and --party")
    if as_json:
        print_json(_as_dict(found, terms, days))
    else:
        _print(found, terms, days)


def _terms(settings: Settings) -> Terms:
    mode = Mode(settings.mode)
    outside = IN_DEMO if mode is Mode.DEMO else settings.available
    return Terms(mode, EVERYWHERE | outside)


def _shown(terms: Terms) -> list[str]:
    """The channels to the outside by their names alone."""
    return sorted(name for name in terms.channels if name != "call_task" and ":" not in name)


def _as_dict(found: Survey, terms: Terms, days: int) -> dict[str, Any]:
    return {
        "since": business_day(found.since).isoformat(),
        "channels": _shown(terms),
        "definitions": {name: text.format(days=days) for name, text in DEFINITIONS.items()},
        "total": {role.value: _counts(counts) for role, counts in found.total.items()},
        "districts": [
            {"city": city, "district": district, "role": role.value, **_counts(counts)}
            for (city, district, role), counts in found.by_district.items()
        ],
        "parties_in_all": found.parties_in_all,
        "parties": [_party(line) for line in found.parties],
    }


def _counts(counts: Counts) -> dict[str, Any]:
    share = round(counts.reachable / counts.lifts, 4) if counts.lifts else None
    states = {state.value: count for state, count in counts.by_state.items()}
    return {"lifts": counts.lifts, "reachable": counts.reachable, "share": share, **states}


def _party(line: PartyLine) -> dict[str, Any]:
    return {
        "party": line.ref,
        "name": line.name,
        "city": line.city_id,
        "role": line.role.value,
        "lifts": line.lifts,
        "state": line.state.value,
        "districts": list(line.districts),
        "people": [
            {
                "role": person.role,
                "phone": mask_phone(person.phone) if person.phone else "",
                "phone_unusable": bool(person.stated and not person.phone),
                "chats": list(person.chats),
            }
            for person in line.people
        ],
        "tasks": [{"kind": task.kind, "opened_on": task.opened_on.isoformat()} for task in line.tasks],
    }


def _print(found: Survey, terms: Terms, days: int) -> None:
    typer.echo(f"channels: {', '.join(sorted(terms.channels - {'call_task'}))}; receipts of the last {days} days")
    typer.echo("\nshare of lifts whose people can be reached in writing")
    _print_counts((role.value, counts) for role, counts in found.total.items())
    typer.echo("\nby district")
    districts = found.by_district.items()
    _print_counts((f"{city} {district or '?'} {role.value}", counts) for (city, district, role), counts in districts)
    typer.echo(f"\nparties, the worst first ({len(found.parties)} of {found.parties_in_all})")
    for line in found.parties:
        phones = ", ".join(mask_phone(person.phone) for person in line.people if person.phone) or "no phone"
        tasks = ", ".join(task.kind for task in line.tasks)
        lifts = f"{line.lifts:>6} {'lift ' if line.lifts == 1 else 'lifts'}"
        typer.echo(
            f"  {line.state.value:<12} {lifts}  {line.role.value:<10} {line.name} ({phones})"
            + (f"; open: {tasks}" if tasks else "")
        )
    typer.echo("\nwhat the words mean")
    for name, text in DEFINITIONS.items():
        typer.echo(f"  {name}: {text.format(days=days)}")


def _print_counts(counts: Iterable[tuple[str, Counts]]) -> None:
    for name, one in counts:
        share = f"{100 * one.reachable / one.lifts:5.1f} %"
        states = ", ".join(f"{count} {state.value}" for state, count in one.by_state.items() if count)
        typer.echo(f"  {name:<36} {share} of {one.lifts:>6}  ({states})")
