"""What a new day changes by itself: other rules begin, another year opens, a test window has closed unused."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select as sql_select
from sqlmodel import Session

from schedules.dates import ONE_DAY
from schedules.duties import horizon, rebuild
from schedules.handover import Passage, hand_over
from schedules.regimes import regime_of, rulebook_of
from schedules.rulebook import Rulebook, has_cycle, load_rulebook, rules_of
from store.database import table_of
from store.duties import Duty
from store.events import Event, EventKind
from store.lifts import BEGINNING, Lift
from store.settings import Setting

CHUNK = 500
PUT_BACK = timedelta(days=7)


def turn_over(session: Session, city_id: str, *, today: date, now: datetime) -> None:
    """Bring a city's duties to `today` where the day itself changes them. Doing it twice changes nothing.

    A clock that was put back by a few days hands nobody back to the rules of then.
    """
    since, rulebook = regime_of(session, city_id, today)
    known = session.get(Setting, _key(city_id))
    before, present = known.value if known else None, _state(rulebook, today)
    if before is not None and before["rulebook"] != rulebook.id and _was_put_back(before, today):
        return
    if before is None:
        if has_cycle(rulebook) or _has_duties_of_others(session, city_id, rulebook):
            rebuild(session, city_id=city_id, today=today, now=now)
    elif before["rulebook"] != rulebook.id and before.get("planned", True):
        passage = Passage(city_id, before["rulebook"], rulebook, since if since > BEGINNING else today)
        ended = load_rulebook(str(before["rulebook"]).partition("+")[0])
        if _missed_test_ends_scheme(ended):
            _note_exits(session, _missed_tests(session, city_id, ended, passage.since - ONE_DAY), today, now)
        hand_over(session, passage, today=today, now=now)
    elif before["rulebook"] != rulebook.id or (before["until"] != present["until"] and has_cycle(rulebook)):
        rebuild(session, city_id=city_id, today=today, now=now)
    if before != present:
        note_derived(session, city_id, today)
    if _missed_test_ends_scheme(rulebook):
        _leave_testing(session, city_id, rulebook, today, now)


def note_derived(session: Session, city_id: str, today: date) -> None:
    """Remember under which rules and up to when the city's duties were derived."""
    state = _state(rulebook_of(session, city_id, today), today)
    session.merge(Setting(key=_key(city_id), value=state))
    session.flush()


def day_of_rules(session: Session, city_id: str, otherwise: date) -> date:
    """The day by whose rules the city's duties stand: that of its last plan, else `otherwise`.

    What becomes known is derived by the rules of this day too, whatever day it speaks of; the next plan goes on.
    """
    known = session.get(Setting, _key(city_id))
    if known is None or not known.value.get("planned", True):
        return otherwise
    return date.fromisoformat(known.value.get("on", otherwise.isoformat()))


def note_imported(session: Session, city_id: str, today: date) -> None:
    """The same for a register of which no day was planned yet: if its rules change before, nobody needs to hear it."""
    if session.get(Setting, _key(city_id)) is None:
        state = _state(rulebook_of(session, city_id, today), today) | {"planned": False}
        session.add(Setting(key=_key(city_id), value=state))
        session.flush()


def _state(rulebook: Rulebook, today: date) -> dict[str, str | bool]:
    return {
        "rulebook": rulebook.id,
        "until": horizon(today).isoformat(),
        "on": today.isoformat(),
        "planned": True,
    }


def _has_duties_of_others(session: Session, city_id: str, rulebook: Rulebook) -> bool:
    """Whether duties stand that rules not in force have given; asked once, before the first plan."""
    duty, lift = table_of(Duty).c, table_of(Lift).c
    query = sql_select(duty.id).join(table_of(Lift), lift.id == duty.lift_id).where(lift.city_id == city_id)
    ours = [rule.id for rule in rules_of(rulebook)]
    foreign = query.where(duty.withdrawn_at.is_(None), duty.rule.not_in(ours)).limit(1)
    return session.execute(foreign).first() is not None


def _was_put_back(state: dict[str, str | bool], today: date) -> bool:
    """Whether the city's last plan was made for a day shortly after `today`; one far ahead was itself a mistake."""
    last = date.fromisoformat(str(state.get("on", today.isoformat())))
    return today < last <= today + PUT_BACK


def _key(city_id: str) -> str:
    return f"derived:{city_id}"


def _leave_testing(session: Session, city_id: str, rulebook: Rulebook, today: date, now: datetime) -> None:
    """A lift that was not tested in its window leaves the testing pilot on the day after (002 附件2 四(一)1)."""
    missed = _missed_tests(session, city_id, rulebook, today)
    _note_exits(session, missed, today, now)
    lift_ids = [lift_id for lift_id, _ in missed]
    for start in range(0, len(lift_ids), CHUNK):
        rebuild(session, city_id=city_id, today=today, now=now, lift_ids=lift_ids[start : start + CHUNK])


def _missed_test_ends_scheme(rulebook: Rulebook) -> bool:
    return rulebook.cycle is not None and rulebook.cycle.missed_test_ends_scheme


def _note_exits(session: Session, missed: Sequence[tuple[int, date]], today: date, now: datetime) -> None:
    for lift_id, window_end in missed:
        on = window_end + ONE_DAY
        session.add(
            Event(
                kind=EventKind.TESTING_EXITED,
                lift_id=lift_id,
                on_date=on,
                known_on=today,
                recorded_at=now,
                payload={"on": on.isoformat()},
                source="clock",
            )
        )
    session.flush()


def _missed_tests(session: Session, city_id: str, rulebook: Rulebook, today: date) -> Sequence[tuple[int, date]]:
    """(lift, end of the window) of tests of `rulebook` whose window is over, for lifts that have not left the pilot
    since.

    An exit from before the test was due was void: the lift was tested in time, which became known later.
    """
    duty, lift, event = table_of(Duty).c, table_of(Lift).c, table_of(Event).c
    left = sql_select(event.id).where(
        event.lift_id == duty.lift_id, event.kind == EventKind.TESTING_EXITED, event.on_date > duty.due
    )
    query = (
        sql_select(duty.lift_id, duty.window_end)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(lift.city_id == city_id, duty.kind == "self_test", duty.window_end < today)
        .where(duty.closed_on.is_(None), duty.withdrawn_at.is_(None), ~left.exists())
        .where(duty.rule.in_([rule.id for rule in rules_of(rulebook)]))
        .order_by(duty.lift_id)
    )
    return [(row.lift_id, row.window_end) for row in session.execute(query)]
