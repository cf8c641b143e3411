"""What does not happen every day: storms, new property companies, rounds, lifts out of use, people with places of their
own, reports that were wrong."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from sqlmodel import Session, col, select

from actions.checks.restarts import say_restart
from actions.checks.sayings import say_out_of_use
from actions.handovers.answer import confirm_handover, dispute_handover
from actions.handovers.propose import propose_taking
from actions.identity.staff import name_person, set_places
from actions.people.parties import bind_chat
from actions.plans.answers import agree_to_round, decline_round, plan_rounds_of_unit
from actions.plans.make import PlanError, Wanted, make_year_plan, publish_plan
from actions.reporting.issue import correct_report
from actions.reporting.papers import keep_report_file
from actions.visits.closed_day import close_for_weather
from institute.hands import Hands
from institute.passes import Passes
from institute.world import CITY, YEAR, Desk, Manner, Unit, World
from schedules.calendar import WorkingCalendar
from schedules.dates import ONE_DAY, add_months, month_end
from schedules.duties import rebuild
from store.doors import TELEGRAM
from store.events import Event, EventKind
from store.handovers import Handover, HandoverState
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import ContactRole, Party
from store.plans import RoundState, YearPlanMade
from store.reports import Conclusion, Report

STORMS, HANDOVERS, STOPS = 0.02, 0.05, 0.06  # a working day
WRONG_REPORTS, OTHER_CONCLUSION = 0.03, 0.4
PLANNED_AFTER, ANSWERED_WITHIN = 20, 60  # days
WITH_PLACES, ROUNDS_WANTED = 0.2, 0.4  # of the units
TAKE_PART = frozenset({Manner.PROMPT, Manner.LATE})
PDF = b"%PDF-1.7 a corrected report"


class Turns:
    """Kept over the days: what is to come (`later`), by day."""

    def __init__(self, world: World, hands: Hands, passes: Passes, calendar: WorkingCalendar, first: date) -> None:
        self._world, self._hands, self._passes, self._calendar, self._first = world, hands, passes, calendar, first
        self._later: dict[date, list[Callable[[], object]]] = defaultdict(list)
        self._looked, self._seen = first, 0
        self._plan()

    def live(self) -> None:
        """What happens today; what was to come since the last working day too."""
        today = self._passes.today
        for day in sorted(day for day in self._later if day <= today):
            for turn in self._later.pop(day):
                turn()
        if self._world.chance("storm", today) < STORMS:
            self._storm(self._calendar.first_working(today + ONE_DAY))
        if self._world.chance("sells", today) < HANDOVERS:
            self._hand_over(today)
        if self._world.chance("stops", today) < STOPS:
            self._stop(today)
        self._answer_handovers(today)
        self._find_wrong_reports(today)
        self._find_elsewhere()

    def _plan(self) -> None:
        """What each unit and department will do, and when."""
        for unit in self._world.units.values():
            if unit.manner not in TAKE_PART:
                continue
            if self._world.chance("places", unit.party_id) < WITH_PLACES:
                at = self._on(self._world.between(20, 200, "places at", unit.party_id))
                self._later[at].append(lambda unit=unit: self._share_places(unit))
            if self._world.chance("rounds", unit.party_id) < ROUNDS_WANTED:
                at = self._on(PLANNED_AFTER + self._world.between(5, ANSWERED_WITHIN, "answers", unit.party_id))
                self._later[at].append(lambda unit=unit: self._answer_rounds(unit))
        for desk in self._world.desks.values():
            self._later[self._on(PLANNED_AFTER)].append(lambda desk=desk: self._plan_year(desk))

    def _on(self, days: int) -> date:
        return self._first + timedelta(days=days)

    def _storm(self, day: date) -> None:
        """Every department closes the next working day; nobody goes out."""
        self._world.closed.add(day)
        for desk in self._world.desks.values():
            self._hands.do(close_for_weather, desk.officer, day=day)

    def _plan_year(self, desk: Desk) -> None:
        """The rest of the year, published to units; lifts of one address within two months are offered one visit."""
        today, now = self._passes.today, self._passes.now
        with self._passes.database.write() as session:
            department = session.get_one(Party, desk.party_id)
            wanted = Wanted(today.year, first=today + timedelta(days=45), most_months=2)
            try:
                made = make_year_plan(session, department, wanted, today=today, now=now)
            except PlanError:
                self._hands.refused["make_year_plan: nothing to plan"] += 1
                return
            publish_plan(session, session.get_one(YearPlanMade, made.plan_id), now, today=today)

    def _answer_rounds(self, unit: Unit) -> None:
        for one in self._hands.do(plan_rounds_of_unit, unit.head) or ():
            chance = self._world.chance("round", one.round_id)
            if one.state == RoundState.PROPOSED and chance < 0.8:
                self._hands.do(agree_to_round if chance < 0.5 else decline_round, unit.head, round_id=one.round_id)

    def _hand_over(self, today: date) -> None:
        """Another company takes over some lifts of a unit, and says so; who has them is asked."""
        units = list(self._world.units.values())
        giver, taker = (units[self._world.between(0, len(units) - 1, what, today)] for what in ("giver", "taker"))
        lift_ids = [lift_id for lift_id, unit in self._world.unit_of.items() if unit == giver.party_id][:6]
        if giver is taker or not lift_ids:
            return
        with self._passes.database.read() as session:
            codes = list(session.exec(select(Lift.key).where(col(Lift.id).in_(lift_ids))))
        self._hands.do(propose_taking, taker.head, codes=codes)

    def _answer_handovers(self, today: date) -> None:
        with self._passes.database.read() as session:
            put = session.exec(select(Handover).where(Handover.state == HandoverState.PROPOSED)).all()
        for one in put:
            unit = self._world.units[one.from_party_id if one.by_new else one.to_party_id]
            chance = self._world.chance("handover", one.id, today)
            if unit.manner is Manner.SILENT or chance > 0.3:
                continue
            if chance < 0.05:
                self._hands.do(dispute_handover, unit.head, handover_id=one.id, why="合同未到期")
            elif self._hands.do(confirm_handover, unit.head, handover_id=one.id):
                self._learn_units(one.to_party_id)

    def _learn_units(self, party_id: int) -> None:
        theirs = select(Responsibility.lift_id).where(
            Responsibility.party_id == party_id, Responsibility.role == LiftRole.USE_UNIT
        )
        with self._passes.database.read() as session:
            for lift_id in session.exec(theirs.where(col(Responsibility.to_on).is_(None))):
                self._world.unit_of[lift_id] = party_id

    def _stop(self, today: date) -> None:
        """A lift is stopped: said by its unit, stated by the register a week later, and started again in months."""
        lift_ids = sorted(self._world.unit_of)
        lift_id = lift_ids[self._world.between(0, len(lift_ids) - 1, "lift", today)]
        if self._hands.do(say_out_of_use, self._unit_of(lift_id).head, lift_ids=[lift_id], since=today) is None:
            return
        again = today + timedelta(days=self._world.between(40, 150, "again", lift_id))
        stated = {today + timedelta(days=7): LiftStatus.OUT_OF_USE, again: LiftStatus.IN_USE}
        for day, status in stated.items():
            self._later[day].append(lambda status=status: self._state(lift_id, status))
        self._later[again - timedelta(days=21)].append(
            lambda: self._hands.do(say_restart, self._unit_of(lift_id).head, lift_ids=[lift_id], on=again)
        )

    def _state(self, lift_id: int, status: LiftStatus) -> None:
        """What the register says of a lift, as an import stores it."""
        today, now = self._passes.today, self._passes.now
        with self._passes.database.write() as session:
            lift = session.get_one(Lift, lift_id)
            if lift.status == status:
                return
            self._learn(session, lift_id, EventKind.STATUS_CHANGED, lift.status, status)
            lift.status = status
            session.add(lift)
            session.flush()
            rebuild(session, city_id=CITY, today=today, now=now, lift_ids=[lift_id])

    def _find_elsewhere(self) -> None:
        """What was inspected by another body, as the department has found: the register gives its validity in weeks."""
        query = select(Event.id, Event.lift_id, Event.on_date, Event.payload).where(Event.id > self._seen)
        with self._passes.database.read() as session:
            rows = session.exec(query.where(Event.kind == EventKind.INSPECTION_ENDED).order_by(col(Event.id))).all()
        for event_id, lift_id, on, payload in rows:
            self._seen = event_id
            if lift_id is not None and payload and payload.get("elsewhere") and payload["conclusion"] == "pass":
                at = self._passes.today + timedelta(days=self._world.between(5, 25, "renewed", event_id))
                self._later[at].append(lambda lift_id=lift_id, on=on: self._renew(lift_id, on))

    def _renew(self, lift_id: int, inspected_on: date) -> None:
        """The register gives the validity of an inspection elsewhere, as an import stores it."""
        today, now = self._passes.today, self._passes.now
        with self._passes.database.write() as session:
            lift = session.get_one(Lift, lift_id)
            until = month_end(add_months(max(lift.valid_until or inspected_on, inspected_on), YEAR))
            before = lift.valid_until.isoformat() if lift.valid_until else None
            self._learn(session, lift_id, EventKind.VALIDITY_RENEWED, before, until.isoformat())
            lift.valid_until = lift.cycle = until
            session.add(lift)
            session.flush()
            rebuild(session, city_id=CITY, today=today, now=now, lift_ids=[lift_id])

    def _learn(self, session: Session, lift_id: int, kind: EventKind, old: str | None, new: str) -> None:
        today, payload = self._passes.today, {"from": old, "to": new}
        event = Event(kind=kind, lift_id=lift_id, on_date=today, known_on=today, payload=payload, source="register")
        event.recorded_at = self._passes.now
        session.add(event)

    def _unit_of(self, lift_id: int) -> Unit:
        return self._world.units[self._world.unit_of[lift_id]]

    def _share_places(self, unit: Unit) -> None:
        """A second contact for one compound, the first one for the others; in two months they change them."""
        mine = [lift_id for lift_id, party in self._world.unit_of.items() if party == unit.party_id]
        with self._passes.database.read() as session:
            query = select(Lift.compound).where(col(Lift.id).in_(mine)).distinct().order_by(Lift.compound)
            compounds = list(session.exec(query))
        if len(compounds) < 2:
            return
        phone, chat = self._world.number()
        role = ContactRole.UNIT_CONTACT.value
        other = self._hands.do(name_person, unit.head, role=role, name=f"何{self._world.people}", phone=phone)
        if other is None:
            return
        with self._passes.database.write() as session:
            bind_chat(session, channel=TELEGRAM, address=chat, contact_id=other)
        here, there = [(compounds[0], "")], [(one, "") for one in compounds[1:]]
        self._set_places(unit, {other: here, unit.contact_id: there})
        later = self._passes.today + timedelta(days=60)
        self._later[later].append(lambda: self._set_places(unit, {other: there, unit.contact_id: here}))
        unit.contact = unit.head  # who sees all lifts acts for all

    def _set_places(self, unit: Unit, places: dict[int, list[tuple[str, str]]]) -> None:
        for contact_id, theirs in places.items():
            self._hands.do(set_places, unit.head, contact_id=contact_id, places=theirs)

    def _find_wrong_reports(self, today: date) -> None:
        """Some reports of last week were wrong: a number, or the conclusion itself."""
        query = select(Report).where(Report.issued_on >= self._looked, Report.issued_on < today)
        with self._passes.database.read() as session:
            reports = session.exec(query.where(col(Report.corrects).is_(None)).order_by(col(Report.id))).all()
            districts = dict(session.exec(select(Lift.id, Lift.district_code)).all()) if reports else {}
        self._looked = today
        for report in reports:
            if self._world.chance("wrong", report.id) < WRONG_REPORTS:
                desk = self._world.desks[districts[report.lift_id] or ""]
                at = today + timedelta(days=self._world.between(1, 9, "found wrong", report.id))
                self._later[at].append(lambda report=report, desk=desk: self._correct(report, desk))

    def _correct(self, report: Report, desk: Desk) -> None:
        number = f"{report.number}A"
        paper = self._hands.do(keep_report_file, desk.officer, name=f"{number}.pdf", content=PDF + number.encode())
        passed = report.conclusion == Conclusion.PASS
        if self._world.chance("other conclusion", report.id) < OTHER_CONCLUSION:
            passed = not passed
        until = month_end(add_months(report.ended_on, YEAR)) if passed else None
        conclusion = Conclusion.PASS if passed else Conclusion.FAIL
        says = {"valid_until": report.valid_until or until, "mark": number} if passed else {}
        self._hands.do(
            correct_report,
            desk.officer,
            report_id=report.id,
            number=number,
            conclusion=conclusion,
            file_id=paper,
            why="编号写错",
            **says,
        )
