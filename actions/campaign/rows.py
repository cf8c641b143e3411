"""The rows of a list with what came of each and who owns it, and the lifts that it lacks: as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from actions.campaign.departments import load_departments
from actions.campaign.lists import extra_lifts
from actions.visits.listing import place_of
from schedules.announcements import parties_of
from store.campaigns import CampaignList, CampaignRow
from store.database import in_chunks
from store.lifts import LiftRole
from store.parties import Party


@dataclass(frozen=True)
class ListedRow:
    """A row of the list, or a lift that it lacks (`extra`: without a line). `reasons`: see `CampaignRow`."""

    line: int | None
    shown: str
    district: str
    department: str
    result: str
    unit: str
    place: str
    reasons: Sequence[dict[str, Any]] = ()


EXTRA = "extra"


def listed_rows(session: Session, one: CampaignList) -> list[ListedRow]:
    """All rows of a list, in its order."""
    departments = load_departments(session, one.city_id, one.year)
    query = select(CampaignRow).where(CampaignRow.list_id == one.id).order_by(col(CampaignRow.line))
    found = []
    for row in session.exec(query):
        department, stated = departments.of(row.district_code), row.stated
        place = " ".join(text for text in (stated.get("compound", ""), stated.get("building", "")) if text)
        found.append(
            ListedRow(
                line=row.line,
                shown=row.shown,
                district=row.district,
                department=department.name if department else "",
                result=row.result,
                unit=stated.get("unit", ""),
                place=stated.get("address") or place,
                reasons=row.reasons,
            )
        )
    return found


def extra_rows(session: Session, one: CampaignList) -> list[ListedRow]:
    """What the register has in use and the list lacks."""
    departments = load_departments(session, one.city_id, one.year)
    lifts = extra_lifts(session, one)
    answering = parties_of(session, [lift.id for lift in lifts], [LiftRole.USE_UNIT])
    names: dict[int, str] = {}
    for part in in_chunks(sorted({party_id for party_id in answering.values() if party_id})):
        names |= dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(part))).all())
    found = []
    for lift in lifts:
        department = departments.of(lift.district_code)
        unit = names.get(answering.get((lift.id, LiftRole.USE_UNIT)) or 0, "")
        name = department.name if department else ""
        found.append(ListedRow(None, lift.key, lift.district, name, EXTRA, unit, lift.address or place_of(lift)))
    return found
