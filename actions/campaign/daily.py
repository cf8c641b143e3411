"""What is looked at each day: the lists against the register, their officers, and the data that are checked."""

from datetime import date

from sqlmodel import Session

from actions.campaign.anomalies import review_anomalies
from actions.campaign.lists import confirm_list, current_lists
from actions.campaign.review import review
from actions.campaign.telling import tell_departments
from store.settings import Setting

REVIEWED_ON = "campaigns_reviewed_on"


def review_campaigns(session: Session, *, today: date) -> None:
    """Hold the lists of this year and the next ones against the register, and ask for what is missing. Once a day."""
    asked = session.get(Setting, REVIEWED_ON)
    if asked is not None and asked.value == today.isoformat():
        return
    session.merge(Setting(key=REVIEWED_ON, value=today.isoformat()))
    for one in current_lists(session):
        if one.year >= today.year:
            confirm_list(session, one)
        review(session, one, today=today)
        tell_departments(session, one, today=today)
    review_anomalies(session, today=today)
