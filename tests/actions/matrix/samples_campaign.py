"""A regulator's list of a year, as offices see it."""

from typing import Any

from phones.world import CITY, NOW, PLACES, World
from sqlmodel import Session

from store.campaigns import CampaignList, CampaignRow


def a_list(session: Session, world: World, whose: str) -> dict[str, Any]:
    """One of their lifts is on it; asked of its district."""
    one = CampaignList(city_id=CITY, year=2027, file_name="list.csv", digest="", rows=1, imported_at=NOW)
    session.add(one)
    session.flush()
    _, code, _ = PLACES[whose]
    lift_id = world.lifts[whose][0]
    row = {"shown": "1", "stated": {}, "district_code": code, "result": "found", "lift_id": lift_id, "reasons": []}
    session.add(CampaignRow(list_id=one.id, line=2, **row))
    session.flush()
    return {"district_code": code}


SAMPLES = {"campaign_rate": a_list, "campaign_remainder": a_list}
