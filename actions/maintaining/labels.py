"""Labels on lifts: a QR code that opens the chat at its lift. Each is sealed: nobody else makes one.

A photo of a label opens the same: where a city demands a location, having read the label is not presence.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlmodel import Session, col, select

from actions.lifts.explain import place_of
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.place_names import as_read

PREFIX = "l_"  # begins what /start brings along
SEAL = 16  # hex digits


@dataclass(frozen=True)
class Labels:
    """Makes and reads labels. `base` is the public address; without one they lead nowhere."""

    key: bytes = field(repr=False)
    base: str = ""

    def token(self, lift_id: int) -> str:
        """What a label says: the lift and a seal. Telegram takes it as it is."""
        return f"{PREFIX}{lift_id}_{self._seal(lift_id)}"

    def address(self, lift_id: int) -> str:
        """Where the QR code leads."""
        return f"{self.base.rstrip('/')}/chat?lift={self.token(lift_id)}"

    def lift_of(self, token: str) -> int | None:
        """The lift of a label that we made; None for any other words."""
        number, _, seal = token.removeprefix(PREFIX).partition("_")
        if not (token.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < SEAL):
            return None
        is_ours = hmac.compare_digest(self._seal(int(number)).encode(), seal.encode())
        return int(number) if is_ours else None

    def _seal(self, lift_id: int) -> str:
        return hmac.new(self.key, f"label/{lift_id}".encode(), sha256).hexdigest()[:SEAL]


@dataclass(frozen=True)
class Label:
    """One label as it is printed."""

    lift_id: int
    place: str
    end: str
    code: str
    address: str


def labels_of(
    session: Session, labels: Labels, *, city_id: str | None = None, maintainer_id: int | None = None, word: str = ""
) -> Sequence[Label]:
    """The labels of the lifts in use of a city or a maintainer whose place has this word in it, place by place."""
    query = select(Lift).where(Lift.status == LiftStatus.IN_USE)
    if city_id is not None:
        query = query.where(Lift.city_id == city_id)
    if maintainer_id is not None:
        theirs = select(Responsibility.lift_id).where(
            Responsibility.party_id == maintainer_id,
            Responsibility.role == LiftRole.MAINTAINER,
            col(Responsibility.to_on).is_(None),
        )
        query = query.where(col(Lift.id).in_(theirs))
    found = [(place_of(lift), lift) for lift in session.exec(query.order_by(col(Lift.id)))]
    return [
        Label(lift.id, place, _end_of(place, lift), lift.equipment_code or lift.key, labels.address(lift.id))
        for place, lift in sorted(found, key=lambda one: as_read(one[0]))
        if word in place
    ]


def _end_of(place: str, lift: Lift) -> str:
    """The building and the lift, by which whoever hangs it up tells it from its neighbour; all where that is all."""
    return place.removeprefix(lift.compound).strip(" -－") or place
