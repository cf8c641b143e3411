"""Which reports of one lift are of one matter.

Each report stays its own, with whoever made it. What came after the maintainer's people were there is another matter,
and so are faults in other words, and what was reported before the lift went to others.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, col, select

from store.alerts import OPEN, Alert, AlertKind


def open_of_lift(session: Session, alert: Alert) -> Sequence[Alert]:
    """The other open reports of this kind of the same lift, oldest first."""
    if alert.lift_id is None:
        return ()
    same = select(Alert).where(Alert.lift_id == alert.lift_id, Alert.kind == alert.kind, Alert.id != alert.id)
    query = same.where(text(OPEN)).order_by(col(Alert.id)).execution_options(populate_existing=True)
    return session.exec(query).all()


def go_with(session: Session, alert: Alert) -> list[Alert]:
    """Those of them that are the same matter as this one: an end of it ends them too."""
    return [other for other in open_of_lift(session, alert) if is_same_matter(alert, other)]


def is_same_matter(alert: Alert, other: Alert) -> bool:
    """Whether an end of this report of a lift ends that other one too."""
    theirs = (alert.maintainer_party_id, alert.unit_party_id)
    if theirs != (other.maintainer_party_id, other.unit_party_id):
        return False  # the lift went to others in between, and these know of theirs only
    return says_the_same(alert, other)


def says_the_same(alert: Alert, other: Alert) -> bool:
    """Whether the other one was made of what this one is about, by whomever: before anybody was there."""
    words = words_of(alert.what)
    if alert.kind == AlertKind.FAULT and (not words or words != words_of(other.what)):
        return False
    return alert.arrived_at is None or other.reported_at <= alert.arrived_at


def still_said(session: Session, alert: Alert) -> list[Alert]:
    """The open reports that say what this one says, which is taken back: they stand, and nobody hears of a mistake."""
    return [other for other in open_of_lift(session, alert) if says_the_same(other, alert)]


def words_of(what: str) -> str:
    """What whoever reported it wrote, without the notes below it."""
    return what.partition("\n")[0]
