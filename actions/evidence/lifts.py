"""What a document says of a lift, with who answered for it on a day; read for many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Select, select
from sqlmodel import Session

from actions.lifts.explain import place_of
from store.database import table_of
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import Party
from store.place_names import join_names

CHUNK = 500
Held = tuple[date, date | None, str]  # from, up to and not including, the party's name


@dataclass(frozen=True, slots=True)
class LiftFacts:
    """The columns of an officer's list."""

    lift_id: int
    key: str
    certificate: str
    equipment_code: str
    place: str
    address: str
    internal_number: str
    district: str
    valid_until: date | None
    by_month: bool
    use_unit: str = ""
    maintainer: str = ""


@dataclass(frozen=True)
class Lifts:
    """Lifts by id, and who has answered for them."""

    facts: Mapping[int, LiftFacts]
    held: Mapping[tuple[int, str], list[Held]]

    @classmethod
    def load(cls, session: Session, lift_ids: Iterable[int]) -> "Lifts":
        """Read these lifts."""
        facts: dict[int, LiftFacts] = {}
        held: dict[tuple[int, str], list[Held]] = defaultdict(list)
        wanted = sorted(set(lift_ids))
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            for lift in session.execute(select(Lift).where(table_of(Lift).c.id.in_(chunk))).scalars():
                facts[lift.id] = _facts(lift)
            for lift_id, role, from_on, to_on, name in session.execute(_answering(chunk)):
                held[lift_id, role].append((from_on, to_on, name))
        return cls(facts, held)

    def on(self, lift_id: int, day: date) -> LiftFacts:
        """The lift with the parties that answered for it on `day`."""
        unit, maintainer = (self._party(lift_id, role, day) for role in (LiftRole.USE_UNIT, LiftRole.MAINTAINER))
        return replace(self.facts[lift_id], use_unit=unit, maintainer=maintainer)

    def _party(self, lift_id: int, role: LiftRole, day: date) -> str:
        """The one in force; before the first, the first: a register says who answers, not since when."""
        known = self.held.get((lift_id, role), [])
        in_force = [name for from_on, to_on, name in known if from_on <= day and (to_on is None or day < to_on)]
        return in_force[-1] if in_force else (known[0][2] if known and day < known[0][0] else "")


def _answering(lift_ids: list[int]) -> Select[tuple[int, str, date, date | None, str]]:
    held, party = table_of(Responsibility).c, table_of(Party).c
    return (
        select(held.lift_id, held.role, held.from_on, held.to_on, party.name)
        .join(table_of(Party), party.id == held.party_id)
        .where(held.lift_id.in_(lift_ids))
        .order_by(held.from_on, held.id)
    )


def _facts(lift: Lift) -> LiftFacts:
    return LiftFacts(
        lift_id=lift.id,
        key=lift.key,
        certificate=lift.certificate,
        equipment_code=lift.equipment_code or lift.registration_code or lift.key,
        place=place_of(lift),
        address=lift.address,
        internal_number=join_names("", lift.building, lift.internal_number),
        district=lift.district,
        valid_until=lift.valid_until,
        by_month=lift.valid_precision == "month",
    )
