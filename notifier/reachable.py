"""How the people of many parties could be reached now: asked of the routing that sends, and nothing is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from notifier.address_book import load_people
from notifier.modes import Terms
from notifier.routing import CALL_TASK, VOICE, Address, Person, Where, route
from store.opt_outs import load_opt_outs

Asked = tuple[str, str]  # audience, channel class of a telling

WRITTEN, CALL, NOBODY = "written", "call", "nobody"


@dataclass(frozen=True, slots=True)
class Way:
    """`by`: in writing, only by a call, or not at all; `contact_ids` are those who
    could be told, one failing the next."""

    by: str
    contact_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ways:
    """Asks the routing on these terms (which channels there are, whether invented contacts count)."""

    terms: Terms

    def __call__(self, session: Session, asked: Mapping[int, Iterable[Asked]]) -> dict[int, Way]:
        """For each party the way to all who are asked for: the worst of its tellings."""
        people = load_people(session, asked)
        phones = (person.phone for known in people.values() for person in known if person.phone)
        refused = load_opt_outs(session, phones)
        return {party_id: self._way(people.get(party_id, []), asks, refused) for party_id, asks in asked.items()}

    def _way(self, people: list[Person], tellings: Iterable[Asked], refused: frozenset[Where]) -> Way:
        wanted = list(tellings)
        for by, channels in ((WRITTEN, self.terms.channels - {CALL_TASK, VOICE}), (CALL, self.terms.channels)):
            if all(self._route(telling, people, channels, refused) for telling in wanted):
                alone = [
                    one for one in people if any(self._route(telling, [one], channels, refused) for telling in wanted)
                ]
                return Way(by, tuple(one.contact_id for one in alone))
        return Way(NOBODY)

    def _route(
        self, telling: Asked, people: list[Person], channels: frozenset[str], refused: frozenset[Where]
    ) -> list[Address]:
        audience, channel_class = telling
        return route(
            audience,
            channel_class,
            people,
            available=channels,
            allow_synthetic=self.terms.allow_synthetic,
            exclude=refused,
        )
