"""What somebody says of an alert while it is open: kept below the words of the report, for both sides to read."""

from sqlmodel import Session

from actions.actors import MAINTAINER, UNIT, Asked
from actions.alerts.steps import their_alerts
from actions.refusals import Refused
from actions.registry import verb
from store.alerts import ENDED, Alert
from store.zone import SHANGHAI

LONGEST_NOTE, LONGEST_IN_ALL = 200, 2000  # characters


@verb(MAINTAINER | UNIT, alert_id=their_alerts)
def note_alert(session: Session, asked: Asked, *, alert_id: int, words: str) -> Alert:
    """Add a line with the time and who says it. No step is taken by it."""
    alert = session.get_one(Alert, alert_id, with_for_update=True, populate_existing=True)
    said = " ".join(words.split())
    if not said:
        raise Refused("alerts.nothing_said")
    if alert.state in ENDED:
        raise Refused("alerts.is_over")
    if len(said) > LONGEST_NOTE:
        raise Refused("everyone.too_long", length=len(said), most=LONGEST_NOTE)
    line = f"{asked.said_at.astimezone(SHANGHAI):%H:%M} {asked.actor.name}: {said}"
    if line in alert.what.split("\n")[1:]:  # the same tap again; the same words at another time are news
        return alert
    what = f"{alert.what}\n{line}"
    if len(what) > LONGEST_IN_ALL:
        raise Refused("alerts.too_much_said")
    alert.what = what
    session.add(alert)
    session.flush()
    return alert
