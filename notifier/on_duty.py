"""Who of a party is there for a lift today: whoever is not away and answers for its place; rather all than nobody."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from notifier.routing import Address, Person

Place = tuple[str, str]  # compound, building; an empty one of a person stands for all
Route = Callable[[Sequence[Person]], list[Address]]


def route_by_place(
    people: Sequence[Person], places: Iterable[Place], route: Route, today: date, *, is_beside: bool = False
) -> list[Address]:
    """The addresses for lifts in these places: of each place whoever is there for it, nobody twice.

    Where nobody who is there can be reached, those who are not away; and then everybody. `is_beside`: it goes with
    another notice, which does so, and is for nobody else.
    """
    if not any(person.places or person.off_until for person in people):
        return route(people)
    found: dict[tuple[str, str], Address] = {}
    for place in sorted(set(places)) or [("", "")]:
        for address in _reach(people, place, route, today, is_beside=is_beside):
            found.setdefault((address.channel, address.address), address)
    return list(found.values())


def _reach(people: Sequence[Person], place: Place, route: Route, today: date, *, is_beside: bool) -> list[Address]:
    present = [person for person in people if person.off_until is None or person.off_until < today]
    in_charge = [person for person in present if _covers(person, place)]
    closest_first = sorted(in_charge, key=lambda person: -_closeness(person, place))
    for some in (closest_first,) if is_beside else (closest_first, present, people):
        found = route(some)
        if found:
            return found
    return []


def _covers(person: Person, place: Place) -> bool:
    return not person.places or any(_matches(one, place) for one in person.places)


def _matches(one: Place, place: Place) -> bool:
    return all(part in ("", there.strip()) for part, there in zip(one, place, strict=True))


def _closeness(person: Person, place: Place) -> int:
    """Who is there for this building comes before who is for the compound, and that one before who is for all."""
    return max((sum(map(bool, one)) for one in person.places if _matches(one, place)), default=0)
