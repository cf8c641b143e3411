"""Notices about maintenance without paper: to contractors, units and bureaus."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from actions.regulator.scope import bureau_of
from store.lifts import Lift, place_facts
from store.notices import PAPERLESS, Notice

TO_MAINTAINER, TO_UNIT, TO_BUREAU, TO_CITY = "maintainer_admin", "unit_contact", "district_regulator", "city_regulator"
TO_COMPANY = "maintainer"  # whoever sends the workers; with a `contact` among the facts: nobody but that person


def tell(
    session: Session,
    city_id: str,
    party_id: int | None,
    audience: str,
    template: str,
    *,
    today: date,
    lifts: Sequence[Lift] = (),
    district_code: str = "",
    **about: Any,
) -> None:
    """Plan one notice; nobody is told where there is no such party. `about`: plain JSON for the words."""
    if party_id is None:
        return
    facts = {"lifts": [place_facts(lift) for lift in lifts], **about}
    session.add(
        Notice(
            city_id=city_id,
            planned_on=today,
            send_on=today,
            party_id=party_id,
            duty=PAPERLESS,
            rule="",
            step=template.removeprefix("gp."),
            audience=audience,
            district_code=district_code,
            channel_class="chat",
            template=template,
            facts={PAPERLESS: facts},
        )
    )
    session.flush()


def city_bureau(session: Session, city_id: str) -> int | None:
    """The office of the whole city, where one is named."""
    return bureau_of(session, city_id, None)
