"""Carries out what people do, through the same actions as the bot and the data interface."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict

from sqlmodel import Session, col, select

from actions.visits.agreed_days import Agreed, book_agreed
from actions.visits.inspections import (
    book,
    confirm_rectification,
    issue_opinion_notice,
    record_inspection,
    record_visit_missed,
    renew_validity,
)
from schedules.tasks import desk_of
from store.lifts import Lift, LiftRole, Responsibility
from store.tasks import Task, TaskStatus
from tixing.demo.acts import Act, ActKind, Answer
from tixing.demo.city import DemoLift
from tixing.demo.cycles import next_inspection


class Deed(TypedDict):
    """What every action wants to know."""

    lift_ids: Sequence[int]
    by: int
    now: datetime
    today: date
    key: str


class Deeds:
    """What is done on one day in one transaction. `now` is the moment, `city` gives the demo's lifts by key."""

    def __init__(self, session: Session, city: Mapping[str, DemoLift], today: date, now: datetime) -> None:
        self._session = session
        self._city = city
        self._today = today
        self._now = now

    def carry_out(self, acts: Iterable[Act]) -> None:
        """Do all of these, in their order."""
        for act in acts:
            if act.kind is ActKind.ANSWER:
                self._answer(act)
            elif act.kind is ActKind.BOOK:
                assert act.on is not None
                for by, lift_ids in self._units(act.lift_ids).items():
                    book(self._session, visit_on=act.on, **self._deed(lift_ids, by, f"demo:{self._today}:{act.kind}"))
            else:
                for desk, lift_ids in self._desks(act.lift_ids).items():
                    self._inspect(act, self._deed(lift_ids, desk, f"demo:{self._today}:{act.kind}"))

    def _answer(self, act: Act) -> None:
        """What came of a call: the task is closed; only a day that was agreed becomes a booking."""
        task = self._session.get_one(Task, act.task_id)
        if task.status != TaskStatus.OPEN:
            return
        task.status = TaskStatus.DROPPED if act.answer is None else TaskStatus.DONE
        task.closed_on, task.outcome = self._today, act.answer or ""
        self._session.add(task)
        self._session.flush()
        if act.answer is Answer.BOOKED and act.lift_ids and act.on and task.owner_party_id:
            lifts = self._session.exec(select(Lift).where(col(Lift.id).in_(act.lift_ids)).order_by(col(Lift.id))).all()
            key = f"demo:call:{act.task_id}"
            book_agreed(self._session, Agreed(lifts, act.on, task.owner_party_id, self._now, self._today, key))

    def _inspect(self, act: Act, deed: Deed) -> None:
        if act.kind is ActKind.MISS:
            record_visit_missed(self._session, on=self._today, **deed)
        elif act.kind is ActKind.OPINION:
            assert act.on is not None
            record_inspection(self._session, on=self._today, conclusion="rectify", **deed)
            notice = self._deed(deed["lift_ids"], deed["by"], f"{deed['key']}:notice")
            issue_opinion_notice(self._session, on=self._today, deadline=act.on, **notice)
        elif act.kind is ActKind.CONFIRM:
            confirm_rectification(self._session, on=self._today, **deed)
            self._renew(deed)
        else:
            conclusion: Literal["pass", "fail"] = "pass" if act.kind is ActKind.PASS else "fail"
            record_inspection(self._session, on=self._today, conclusion=conclusion, **deed)
            if act.kind is ActKind.PASS:
                self._renew(deed)

    def _renew(self, deed: Deed) -> None:
        """The report states the next inspection: in the lift's next inspection year."""
        for lift in self._session.exec(select(Lift).where(col(Lift.id).in_(deed["lift_ids"]))).all():
            if lift.valid_until is None:
                continue
            until = next_inspection(max(lift.valid_until, self._today), self._city[lift.key].installed_pass_on)
            renew_validity(
                self._session,
                lift_id=lift.id,
                valid_until=until,
                by=deed["by"],
                now=self._now,
                today=self._today,
                key=f"{deed['key']}:renew",
            )

    def _deed(self, lift_ids: Sequence[int], by: int, key: str) -> Deed:
        return Deed(lift_ids=lift_ids, by=by, now=self._now, today=self._today, key=key)

    def _units(self, lift_ids: Sequence[int]) -> dict[int, list[int]]:
        query = select(Responsibility.party_id, Responsibility.lift_id).where(
            col(Responsibility.lift_id).in_(lift_ids),
            Responsibility.role == LiftRole.USE_UNIT,
            col(Responsibility.to_on).is_(None),
        )
        found: dict[int, list[int]] = defaultdict(list)
        for party_id, lift_id in self._session.exec(query):
            found[party_id].append(lift_id)
        return found

    def _desks(self, lift_ids: Sequence[int]) -> dict[int, list[int]]:
        """The inspection departments that answer for the lifts."""
        found: dict[int, list[int]] = defaultdict(list)
        for lift in self._session.exec(select(Lift).where(col(Lift.id).in_(lift_ids))):
            desk = desk_of(self._session, lift.city_id, lift.district_code)
            if desk is not None:
                found[desk].append(lift.id)
        return found
