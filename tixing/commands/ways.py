"""`tixing ways`: in which way people are told first, where it is not the one that the rulebook's rung says."""

from typing import Annotated, get_args

import typer

from actions.people.ways import prefer_for_kind, prefer_for_person
from actions.register.phones import read_phones
from notifier.masking import mask_phone
from schedules.vocabulary import DutyKind
from store.first_ways import FirstWay, WrittenWay, all_first_ways
from store.lifts import City
from tixing.commands.options import open_store, print_json
from tixing.errors import UsageError

AS_RUNG = "rung"
REGION = "CN"


def ways(
    first: Annotated[str | None, typer.Option(help="sms, chat, or rung: as the rulebook's rung says.")] = None,
    phone: Annotated[str | None, typer.Option(help="Set it for whoever has this phone.")] = None,
    kind: Annotated[str | None, typer.Option(help="Set it for this kind of duty, such as self_test.")] = None,
    city: Annotated[str | None, typer.Option(help="The city of that kind of duty; else, only list this city.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON array.")] = False,
) -> None:
    """Show or set who is written to by SMS, and who in a chat, first. Calls stay as the rungs ask for them."""
    wanted = _read_way(first) if first is not None else None
    if first is None and (phone or kind):
        raise UsageError("--phone and --kind say for whom --first is set: give it too, for example --first chat")
    if first is not None and (phone is None) == (kind is None):
        raise UsageError("--first is set for a --phone or for a --kind: give one of them")
    with open_store() as database, database.write() as session:
        if city is not None and session.get(City, city) is None:
            raise UsageError(f"there is no register of {city!r}; `tixing import FILE --city {city}` makes it")
        if phone is not None:
            prefer_for_person(session, _read_phone(phone), wanted)
        if kind is not None:
            if kind not in get_args(DutyKind):
                raise UsageError(f"{kind!r} is no kind of duty; `tixing rules` lists them")
            if city is None:
                raise UsageError("--kind is set for a city: give --city too")
            prefer_for_kind(session, city, kind, wanted)
        rows = [_describe(row) for row in all_first_ways(session, city)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        whose = row["phone"] or f"{row['city']}: {row['duty']}"
        typer.echo(f"{row['first']:<5} {whose}")
    if not rows:
        typer.echo("everybody is told in the way that the rulebook's rung says")


def _read_way(text: str) -> WrittenWay | None:
    if text == AS_RUNG:
        return None
    try:
        return WrittenWay(text)
    except ValueError:
        raise UsageError(f"--first {text!r} must be sms, chat or rung") from None


def _read_phone(text: str) -> str:
    numbers = read_phones(text, REGION)
    if numbers is None or len(numbers) != 1:
        raise UsageError("--phone holds no phone number: write it with + and country code, as +8614000000001")
    return numbers[0]


def _describe(row: FirstWay) -> dict[str, str]:
    return {
        "first": row.first,
        "city": row.city_id,
        "duty": row.duty,
        "phone": mask_phone(row.phone) if row.phone else "",
    }
