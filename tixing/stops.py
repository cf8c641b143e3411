"""What the operator hears about notices that may not leave."""

from sqlmodel import Session

from store.brakes import open_holds, pauses
from store.zone import SHANGHAI


def stops(session: Session) -> list[str]:
    """What keeps notices from leaving at present, a sentence each; none where everything goes."""
    said = []
    for pause in pauses(session):
        where = f"{pause.city_id} is paused" if pause.city_id else "paused"
        reason = f" ({pause.reason})" if pause.reason else ""
        said.append(f"{where} since {pause.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}{reason}; `tixing resume` ends it")
    for hold in open_holds(session):
        said.append(
            f"{hold.city_id}: the plan of {hold.planned_on} is held: {hold.reason}; `tixing release` lets it go"
        )
    return said
