"""What the institute's own people and the bureaus do on a day: inspect, confirm, issue, call, acknowledge."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import select

from actions.checks.desk import checks_of_desk, confirm_saying, refute_saying
from actions.desk.call_list import OpenCall
from actions.desk.day import calls_of_desk, enter_call, visits_of_desk
from actions.desk.tasks import settle_task, tasks_of_desk
from actions.inspecting.lapses import conclude_lapsed
from actions.inspecting.objections import answer_objection
from actions.inspecting.onsite import abort_inspections, fail_inspections, find_items, pass_inspections
from actions.inspecting.readers import inspections_at_desk
from actions.inspecting.rectify import confirm_items, return_items
from actions.inspecting.taking_back import take_back_result
from actions.regulator.acknowledgements import acknowledge, told_to_office
from actions.reporting.issue import issue_report, validity_before
from actions.reporting.owed import OwedReport, reports_owed
from actions.reporting.papers import keep_report_file
from institute.hands import Hands
from institute.passes import Passes
from institute.world import YEAR, Desk, Manner, World
from schedules.calendar import WorkingCalendar
from schedules.dates import add_months, month_end
from store.inspections import AbortReason, Inspection, InspectionItem, InspectionState
from store.lifts import Lift
from store.reports import Conclusion

PDF = b"%PDF-1.7 a report"
PASSES, ITEMS, FAILS = 0.68, 0.90, 0.95  # the rest is broken off
NOBODY_CAME = 0.05  # of the visits
MISTAKEN = 0.01  # of the results: of the lift beside it, or another one
CALLS_A_DAY = 60


class Staff:
    """The departments and bureaus, day by day."""

    def __init__(self, world: World, hands: Hands, passes: Passes, calendar: WorkingCalendar) -> None:
        self._world, self._hands, self._passes, self._calendar = world, hands, passes, calendar
        self._numbers = 0
        with passes.database.read() as session:
            self._by_key = dict(session.exec(select(Lift.key, Lift.id)).all())

    def live(self) -> None:
        """What they do today."""
        today = self._passes.today
        for desk in self._world.desks.values():
            self._visits(desk, today)
            self._reports(desk, today)
            self._calls(desk, today)
            if (today.toordinal() + desk.party_id) % 2:
                continue  # the rest is for every other day
            self._rectified(desk, today)
            self._checks(desk, today)
            self._tasks(desk, today)
            for told in self._hands.do(told_to_office, desk.bureau_officer, only_open=True) or ():
                if self._world.chance("reads", told.notice_id, today) < 0.5:
                    self._hands.do(acknowledge, desk.bureau_officer, notice_id=told.notice_id)

    def _visits(self, desk: Desk, today: date) -> None:
        if today in self._world.closed:
            return
        for visit in self._hands.do(visits_of_desk, desk.officer, first=today, last=today) or ():
            who = self._inspector(desk, visit.visit_id)
            if self._world.chance("comes", visit.visit_id, today) < NOBODY_CAME:
                continue
            found: dict[str, list[int]] = {"pass": [], "items": [], "fail": [], "abort": []}
            for lift in visit.lifts:
                if lift.gone is None:
                    found[self._outcome(lift.lift_id, today)].append(lift.lift_id)
            if found["pass"]:
                self._hands.do(pass_inspections, who, lift_ids=found["pass"])
                self._take_back(who, found["pass"], today)
            if found["fail"]:
                self._hands.do(fail_inspections, who, lift_ids=found["fail"])
            for lift_id in found["items"]:
                items = ["门锁失效", "对讲无声", "照明不亮"][: self._world.between(1, 3, "items", lift_id, today)]
                deadline = self._calendar.add_working(today, self._world.between(5, 15, "deadline", lift_id, today))
                self._hands.do(find_items, who, lift_ids=[lift_id], items=items, deadline=deadline)
            for lift_id in found["abort"]:
                why = AbortReason.DANGER if self._world.chance("why", lift_id, today) < 0.3 else AbortReason.CONDITIONS
                self._hands.do(abort_inspections, who, lift_ids=[lift_id], reason=why, note="机房进水")

    def _take_back(self, who: str, lift_ids: Sequence[int], today: date) -> None:
        """Of a hundred results one was of the lift beside it, or another one."""
        for lift_id in lift_ids:
            chance = self._world.chance("mistaken", lift_id, today)
            if chance < MISTAKEN:
                was_inspected = chance < MISTAKEN / 2
                with self._passes.database.read() as session:
                    one = session.exec(
                        select(Inspection.id).where(Inspection.lift_id == lift_id, Inspection.ended_on == today)
                    ).first()
                if one is None:
                    continue
                self._hands.do(take_back_result, who, inspection_id=one, note="记错了", was_inspected=was_inspected)
                if was_inspected:
                    self._hands.do(fail_inspections, who, lift_ids=[lift_id])

    def _outcome(self, lift_id: int, today: date) -> str:
        chance = self._world.chance("outcome", lift_id, today)
        return "pass" if chance < PASSES else "items" if chance < ITEMS else "fail" if chance < FAILS else "abort"

    def _inspector(self, desk: Desk, number: int) -> str:
        return desk.inspectors[number % len(desk.inspectors)]

    def _rectified(self, desk: Desk, today: date) -> None:
        waiting = self._hands.do(inspections_at_desk, desk.officer)
        for one in waiting.lines if waiting is not None else ():
            who = self._inspector(desk, one.inspection_id)
            if self._world.chance("looks at", one.inspection_id, today) < 0.5:
                continue
            if one.objected_on is not None:
                is_right = self._world.chance("objected", one.inspection_id) < 0.5
                self._hands.do(
                    answer_objection, who, inspection_id=one.inspection_id, note="已核对", put_right=is_right
                )
            if one.state == InspectionState.LAPSED:
                said = "fail" if self._world.chance("lapsed", one.inspection_id) < 0.6 else "pass"
                self._hands.do(conclude_lapsed, who, inspection_id=one.inspection_id, conclusion=said)
            elif one.state == InspectionState.SUBMITTED:
                if self._world.chance("returns", one.inspection_id, today) < 0.2:
                    self._return(who, one.inspection_id, one.deadline or today, today)
                else:
                    self._hands.do(confirm_items, who, inspection_id=one.inspection_id)

    def _return(self, who: str, inspection_id: int, deadline: date, today: date) -> None:
        with self._passes.database.read() as session:
            items = session.exec(select(InspectionItem).where(InspectionItem.inspection_id == inspection_id)).all()
        later = self._calendar.add_working(max(today, deadline), 3)
        reasons = {items[0].number: "照片看不清"}
        self._hands.do(return_items, who, inspection_id=inspection_id, reasons=reasons, deadline=later)

    def _reports(self, desk: Desk, today: date) -> None:
        """Most are issued in time, one in ten is late."""
        for owed in self._hands.do(reports_owed, desk.officer) or ():
            dawdles = self._world.chance("dawdles", owed.duty_id) < 0.1
            if dawdles and not owed.is_late(today):
                continue
            if self._world.chance("issues", owed.duty_id, today) < 0.6 or owed.by <= today:
                self._issue(desk, owed, today)

    def _issue(self, desk: Desk, owed: OwedReport, today: date) -> None:
        self._numbers += 1
        number = f"GZ{today.year}-{self._numbers:06d}"
        paper = self._hands.do(keep_report_file, desk.officer, name=f"{number}.pdf", content=PDF + number.encode())
        passed = owed.conclusion == Conclusion.PASS
        says: dict[str, object] = {}
        if passed:
            with self._passes.database.read() as session:
                before = validity_before(session, owed.lift_id, owed.ended_on) or owed.ended_on
            says = {"valid_until": month_end(add_months(max(before, owed.ended_on), YEAR)), "mark": number}
        self._hands.do(
            issue_report,
            desk.officer,
            duty_id=owed.duty_id,
            number=number,
            conclusion=owed.conclusion,
            file_id=paper,
            **says,
        )

    def _calls(self, desk: Desk, today: date) -> None:
        made = 0
        for call in self._hands.do(calls_of_desk, desk.officer) or ():
            if made >= CALLS_A_DAY:
                return
            if (call.again_at is None or call.again_at <= self._passes.now) and call.opened_on < today:
                made += 1
                self._call(desk, call, today)

    def _call(self, desk: Desk, call: OpenCall, today: date) -> None:
        parties = {self._world.unit_of[self._by_key[key]] for key in call.lifts if key in self._by_key}
        chance = self._world.chance("call", call.task_id, today)
        if len(parties) != 1 or call.number in self._world.dead:
            outcome = "wrong_number" if call.number in self._world.dead else "told"
            self._hands.do(enter_call, desk.officer, task_id=call.task_id, outcome=outcome)
            return
        manner = self._world.units[parties.pop()].manner
        says: dict[str, object] = {}
        if chance < 0.1 or (manner is Manner.SILENT and chance < 0.7):
            outcome = "no_answer"
        elif manner is Manner.DISPUTES and chance < 0.5:
            outcome = "not_theirs" if chance < 0.3 else "special"
            says = {"note": "业主未表决"}
        elif manner is Manner.SILENT or chance < 0.2:
            outcome, says = "refused", {"note": "再说吧"}
        elif chance < 0.5:
            outcome, says = "booked", {"visit_on": self._calendar.add_working(today, 8), "overbook": True}
        elif chance < 0.6:
            outcome, says = "call_again", {"again_at": self._passes.now + timedelta(days=2)}
        else:
            outcome = "will_book"
        self._hands.do(enter_call, desk.officer, task_id=call.task_id, outcome=outcome, **says)

    def _checks(self, desk: Desk, today: date) -> None:
        for check in self._hands.do(checks_of_desk, desk.officer) or ():
            chance = self._world.chance("check", check.task_id, today)
            if chance < 0.3:
                self._hands.do(refute_saying, desk.officer, task_id=check.task_id, note="查无记录")
            elif chance < 0.45:
                self._hands.do(confirm_saying, desk.officer, task_id=check.task_id)

    def _tasks(self, desk: Desk, today: date) -> None:
        for task in self._hands.do(tasks_of_desk, desk.officer) or ():
            if self._world.chance("task", task.task_id, today) < 0.1:
                self._hands.do(settle_task, desk.officer, task_id=task.task_id, note="已处理")
