"""The plan of the day about visits: what events have made of those that somebody was told of, and those ahead.

A visit follows the events of its lifts (schedules.visits). What is found to be booked elsewhere, inspected before its
day, handed over, out of use, or undone of an import ends a visit, or makes one, and nobody presses what would tell of
it. So what people were told is compared with what is, for the lifts that have left a visit whose day is still to come.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, and_, col, not_, select

from actions.visits.ahead import of_the_week, of_tomorrow
from actions.visits.nobody_there import ask_for_people
from actions.visits.notices import (
    COPY,
    LEFT,
    STEP,
    TO_MAINTAINER,
    TO_UNIT,
    Deed,
    about_visit,
    lifts_in_order,
    visit_notice,
)
from schedules.dates import ONE_DAY
from store.database import in_chunks
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import BOOKING, VISIT, Notice
from store.parties import Party
from store.slots import Gone, Visit, VisitLift
from store.zone import SHANGHAI

DROPPED = "booking.dropped"  # to the unit: it ended without anybody calling it off
UNSAID = frozenset({Gone.VOID, Gone.MOVED})  # what a unit does not learn from what it did or was told itself


@dataclass(frozen=True)
class Heard:
    """What a party was told last of a lift, or was to be: that it is on this visit on this day, or is on none (`off`).

    `left`: the notice has left; `copy`: to the maintainer.
    """

    visit_id: int
    sequence: int
    day: date
    half: str
    off: bool
    left: bool
    copy: bool

    def is_about(self, visit: Visit) -> bool:
        """Whether it says what is so: that the lift is on this visit, as it is now."""
        return not self.off and (self.visit_id, self.sequence) == (visit.id, visit.sequence)


@dataclass(frozen=True)
class News:
    """What a party is to hear: `deed` of this visit. `was` (off: its day and half day): what it was told before."""

    party_id: int
    copy: bool
    deed: Deed
    visit_id: int
    was: date | None = None
    half: str = ""


@dataclass
class Track:
    """A lift that has left a visit, the last one `from_visit` for that reason, and the one on which it is `now`."""

    from_visit: Visit
    why: str
    now: Visit | None = None
    inspected_today: bool = False


def follow_visits(session: Session, *, today: date) -> int:
    """Plan what has not been said yet, and ask for people where a department has none; how many notices."""
    ask_for_people(session, today=today)
    count = 0
    for find in (_of_changes, of_tomorrow, of_the_week):  # each goes by what the ones before it say today
        notices = find(session, today)
        session.add_all(notices)
        session.flush()
        count += len(notices)
    return count


def _of_changes(session: Session, today: date) -> list[Notice]:
    tracks = _tracks(session, today)
    if not tracks:
        return []
    lifts = {lift.id: lift for lift in lifts_in_order(session, tracks)}
    held = _holders(session, tracks)
    heard = _heard(session, tracks, lifts, held)
    news: dict[News, list[Lift]] = defaultdict(list)
    for lift_id, lift in lifts.items():
        track = tracks[lift_id]
        for (party_id, copy), last in _listeners(track, heard.get(lift_id, {})).items():
            role = LiftRole.MAINTAINER if copy else LiftRole.USE_UNIT
            now = track.now if held[lift_id].get((party_id, role)) else None
            one = _news(party_id, last, track, now, today)
            if one is not None:
                news[one].append(lift)
    return [_notice_of(session, one, theirs, today) for one, theirs in news.items()]


def _tracks(session: Session, today: date) -> dict[int, Track]:
    """By lift. One that was inspected on the day of its visit has not left it."""
    took_place = and_(col(VisitLift.gone) == Gone.ENDED, col(Visit.day) == today)
    left = (
        select(VisitLift.lift_id)
        .join(Visit, col(Visit.id) == VisitLift.visit_id)
        .where(Visit.day >= today, col(VisitLift.gone).is_not(None), not_(took_place))
    )
    found: dict[int, Track] = {}
    for ids in in_chunks(sorted(set(session.exec(left)))):
        query = select(VisitLift, Visit).join(Visit, col(Visit.id) == VisitLift.visit_id).where(Visit.day >= today)
        for place, visit in session.exec(query.where(col(VisitLift.lift_id).in_(ids)).order_by(col(VisitLift.id))):
            track = found.setdefault(place.lift_id, Track(visit, place.gone or ""))
            if place.gone is None:
                track.now = visit
            else:
                track.from_visit, track.why = visit, place.gone
                track.inspected_today |= place.gone == Gone.ENDED and visit.day == today
    return found


def _holders(session: Session, lift_ids: Collection[int]) -> dict[int, dict[tuple[int, str], bool]]:
    """Lift → every party that answers or answered for it, in which role → whether it still does."""
    found: dict[int, dict[tuple[int, str], bool]] = defaultdict(dict)
    for ids in in_chunks(sorted(lift_ids)):
        for one in session.exec(select(Responsibility).where(col(Responsibility.lift_id).in_(ids))):
            key = (one.party_id, one.role)
            found[one.lift_id][key] = found[one.lift_id].get(key, False) or one.to_on is None
    return found


def _heard(
    session: Session,
    tracks: Mapping[int, Track],
    lifts: Mapping[int, Lift],
    held: Mapping[int, Mapping[tuple[int, str], bool]],
) -> dict[int, dict[tuple[int, bool], Heard]]:
    """Lift → party, and whether as its maintainer → the last thing."""
    parties = {party for theirs in held.values() for party, _ in theirs}
    since = min(track.from_visit.made_at for track in tracks.values()).astimezone(SHANGHAI).date() - ONE_DAY
    ids = {(lift.city_id, lift.key): lift_id for lift_id, lift in lifts.items()}
    found: dict[int, dict[tuple[int, bool], Heard]] = defaultdict(dict)
    for some in in_chunks(sorted(parties)):
        query = select(Notice).where(col(Notice.party_id).in_(some), Notice.planned_on >= since)
        for notice in session.exec(query.where(Notice.duty == BOOKING).order_by(col(Notice.id))):
            about = (notice.facts or {})[VISIT]
            copy = notice.template.endswith(COPY)
            last = Heard(
                visit_id=about["visit"],
                sequence=about["sequence"],
                day=date.fromisoformat(about["day"]),
                half=about["half"],
                off=about["deed"] == Deed.OFF,
                left=notice.status in LEFT,
                copy=copy,
            )
            for place in about["lifts"]:
                lift_id = ids.get((notice.city_id, place["key"]))
                if lift_id is not None:
                    found[lift_id][notice.party_id, copy] = last
    return found


def _listeners(track: Track, heard: Mapping[tuple[int, bool], Heard]) -> dict[tuple[int, bool], Heard]:
    """The maintainers who were told, and the unit where it does not know by itself: it knows what it books."""
    found = {key: last for key, last in heard.items() if key[1]}
    visit = track.from_visit
    if track.why not in UNSAID or (track.now is not None and track.now.made_by is not None):
        return found
    found = dict(heard)
    if visit.party_id is not None and visit.made_by is not None:
        last = found.get((visit.party_id, False))
        if last is None or not (last.visit_id == visit.id or (track.now is not None and last.is_about(track.now))):
            booked = Heard(visit.id, visit.sequence, visit.day, visit.half or "", off=False, left=True, copy=False)
            found[visit.party_id, False] = booked
    return found


def _news(party_id: int, last: Heard, track: Track, now: Visit | None, today: date) -> News | None:
    """What of a lift this party is to hear, if anything; `now`: the visit on which the lift is, and they have it."""
    if now is not None:
        if last.is_about(now):
            return None
        if last.off or not last.left or last.day < today:
            return News(party_id, last.copy, Deed.MADE, now.id)
        if (last.day, last.half) == (now.day, now.half or ""):
            return None
        return News(party_id, last.copy, Deed.MOVED, now.id, last.day)
    if last.off or not last.left or last.day < today or (last.day == today and track.inspected_today):
        return None
    return News(party_id, last.copy, Deed.OFF, last.visit_id, last.day, last.half)


def _notice_of(session: Session, news: News, lifts: Sequence[Lift], today: date) -> Notice:
    visit = session.get_one(Visit, news.visit_id)
    office = session.get_one(Party, visit.department_id).name
    is_off = news.deed is Deed.OFF
    about = about_visit(session, visit, news.deed, by=office, was=None if is_off else news.was)
    if is_off and news.was is not None:
        about |= {"day": news.was.isoformat(), "half": news.half}
    template = f"booking.{news.deed}{COPY}" if news.copy else DROPPED if is_off else f"booking.{news.deed}"
    audience = TO_MAINTAINER if news.copy else TO_UNIT
    return visit_notice(news.party_id, STEP, audience, template, lifts, about, today)
