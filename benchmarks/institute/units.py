"""What the units and their maintainers do on a day: book, rectify, sign, object, dispute, and change people."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlmodel import col, select

from actions.checks.sayings import say_inspected, say_not_ours, say_out_of_use
from actions.identity.staff import end_person, name_person
from actions.inspecting.papers import object_to_record, sign_notices, sign_records
from actions.inspecting.rectify import add_evidence, mark_fixed, submit_rectification
from actions.people.parties import bind_chat
from actions.reporting.answers import confirm_stopped
from actions.visits.attendance import confirm_attendance
from actions.visits.bookings import book_visit, bookings_of, cancel_visit, days_to_move, move_booking, open_days
from actions.visits.parts import booking_parts
from institute.hands import Hands
from institute.passes import Passes
from institute.world import Manner, Unit, World
from store.doors import TELEGRAM
from store.duties import INSPECTIONS, Duty, Told, ToldState
from store.inspections import Inspection, InspectionItem, InspectionState, Signature
from store.parties import Contact, ContactRole
from store.reports import Conclusion, Report
from store.tasks import Task, TaskKind

LADDER = ("sms", "call", "target", "backstop", "list", "overdue")
MOVES = {  # after which rung a unit books, and how many days later
    Manner.PROMPT: ("sms", 1, 12),
    Manner.CHANGES_CONTACT: ("call", 1, 10),
    Manner.DISPUTES: ("call", 5, 40),
    Manner.LATE: ("target", 1, 45),
    Manner.WRONG_NUMBER: ("call", 1, 20),
    Manner.SILENT: ("overdue", 10, 60),
}
AT_COUNTER = 0.1
AT_ONCE = 30  # lifts that a unit wishes for at once
EARLIEST, LATEST = 20, 240  # days of the year in which a unit's contact changes


class Units:
    """The people of units, day by day."""

    def __init__(self, world: World, hands: Hands, passes: Passes, first: date) -> None:
        self._world, self._hands, self._passes, self._first = world, hands, passes, first
        self._changed: set[int] = set()

    def live(self) -> None:
        """What they do today."""
        today = self._passes.today
        self._change_people(today)
        for unit, lift_ids in self._ready(today).items():
            if self._world.chance("dispute", unit.party_id, today) < 0.3 and unit.manner is Manner.DISPUTES:
                self._dispute(unit, lift_ids, today)
            else:
                self._book(unit, lift_ids, today)
        self._inspections(today)
        self._stop(today)

    def visits(self) -> None:
        """They say who comes, and now and then they move a visit or call it off."""
        today = self._passes.today
        for unit in self._world.units.values():
            if self._world.chance("looks", unit.party_id, today) > 0.02 or unit.manner is Manner.SILENT:
                continue
            for visit in self._hands.do(bookings_of, unit.contact) or ():
                what = self._world.chance("visit", visit.visit_id, today)
                if what < 0.1:
                    self._hands.do(cancel_visit, unit.contact, visit_id=visit.visit_id)
                elif what < 0.25:
                    open_ones = self._hands.do(days_to_move, unit.contact, visit_id=visit.visit_id)
                    if open_ones is not None:
                        day = open_ones.days[-1]
                        wish = {"visit_id": visit.visit_id, "day": day.day, "half": day.halves[0]}
                        self._hands.do(move_booking, unit.contact, **wish)
                else:
                    self._hands.do(
                        confirm_attendance, unit.contact, visit_id=visit.visit_id, contact_id=unit.contact_id
                    )

    def _ready(self, today: date) -> Mapping[Unit, list[int]]:
        """Of each unit the lifts that it would book, or dispute, today."""
        query = (
            select(Duty.lift_id, Told.step, Told.on_date)
            .join(Told, (col(Told.duty_id) == Duty.id) & (col(Told.due) == Duty.due))
            .where(col(Duty.kind).in_(INSPECTIONS), col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
            .where(col(Duty.booked_on).is_(None), Told.state == ToldState.TOLD)
            .order_by(col(Duty.lift_id))
        )
        waits = select(Inspection.lift_id).where(
            col(Inspection.state).in_((InspectionState.WITH_ITEMS, InspectionState.SUBMITTED, InspectionState.RETURNED))
        )
        with self._passes.database.read() as session:
            rows = session.exec(query.where(col(Duty.lift_id).not_in(waits))).all()
        found: dict[int, set[int]] = defaultdict(set)
        for lift_id, step, on in rows:
            unit = self._world.units[self._world.unit_of[lift_id or 0]]
            after, low, high = MOVES[unit.manner]
            if unit.manner is Manner.WRONG_NUMBER and unit.party_id not in self._changed:
                continue
            wait = self._world.between(low, high, "books", unit.party_id, lift_id // 6 if lift_id else 0)
            if step in LADDER and LADDER.index(step) >= LADDER.index(after) and on + timedelta(days=wait) <= today:
                found[unit.party_id].add(lift_id or 0)
        return {self._world.units[party]: sorted(lifts)[:AT_ONCE] for party, lifts in found.items()}

    def _book(self, unit: Unit, lift_ids: list[int], today: date) -> None:
        """By themselves, or at the department's counter."""
        chat = unit.contact
        if self._world.chance("counter", unit.party_id, today) < AT_COUNTER:
            chat = self._world.desks[self._world.district_of(unit.party_id)].officer
        for part in self._hands.do(booking_parts, chat, lift_ids=lift_ids) or ():
            found = self._hands.do(open_days, chat, lift_ids=part.lift_ids)
            if found is None:
                continue
            day = found.days[self._world.between(0, min(len(found.days), 8) - 1, "day", unit.party_id, today)]
            half = day.halves[self._world.between(0, len(day.halves) - 1, "half", unit.party_id, today)]
            self._hands.do(book_visit, chat, lift_ids=part.lift_ids, day=day.day, half=half)

    def _dispute(self, unit: Unit, lift_ids: list[int], today: date) -> None:
        what = self._world.chance("what", unit.party_id, today)
        some = lift_ids[:3]
        if what < 0.3:
            self._hands.do(say_not_ours, unit.contact, lift_ids=some, note="归别家")
        elif what < 0.5:
            self._hands.do(say_out_of_use, unit.contact, lift_ids=some, note="停用")
        else:
            days = self._world.between(-20, 20, "elsewhere", unit.party_id, today)
            self._hands.do(say_inspected, unit.contact, lift_ids=some, on=today + timedelta(days=days))

    def _inspections(self, today: date) -> None:
        """Records are signed or objected to, items are rectified: early, late, or never."""
        since = today - timedelta(days=40)
        with self._passes.database.read() as session:
            waiting = session.exec(
                select(Inspection)
                .where(Inspection.begun_on >= since, Inspection.state != InspectionState.ABORTED)
                .order_by(col(Inspection.id))
            ).all()
        for one in waiting:
            unit = self._world.units[self._world.unit_of[one.lift_id]]
            fitter = self._world.maintainers[self._world.maintainer_of[one.lift_id]]
            if one.begun_on == today:
                self._sign(one, unit, fitter)
            if one.state in (InspectionState.WITH_ITEMS, InspectionState.RETURNED):
                self._rectify(one, unit, fitter, today)

    def _sign(self, one: Inspection, unit: Unit, fitter: str) -> None:
        chance = self._world.chance("sign", one.id)
        if chance < 0.3 and one.by_maintainer == Signature.UNSIGNED:
            self._hands.do(sign_records, fitter, inspection_ids=[one.id])
        if unit.manner is Manner.DISPUTES and chance < 0.6:
            self._hands.do(object_to_record, unit.contact, inspection_id=one.id, note="记录有误")
        elif chance < 0.7:
            self._hands.do(sign_records, unit.contact, inspection_ids=[one.id])
            if one.deadline is not None:
                self._hands.do(sign_notices, unit.contact, inspection_ids=[one.id])

    def _rectify(self, one: Inspection, unit: Unit, fitter: str, today: date) -> None:
        assert one.deadline is not None
        never = 0.8 if unit.manner is Manner.SILENT else 0.5 if unit.manner is Manner.LATE else 0.1
        if self._world.chance("never", one.id) < never:
            return
        hurry = self._world.between(0, 3 if unit.manner is Manner.LATE else 12, "hurry", one.id)
        if today < one.deadline - timedelta(days=hurry):
            return
        with self._passes.database.read() as session:
            items = session.exec(select(InspectionItem).where(InspectionItem.inspection_id == one.id)).all()
        chat = unit.contact if unit.manner is not Manner.WRONG_NUMBER or unit.party_id in self._changed else unit.head
        for item in items:
            self._hands.do(add_evidence, chat, inspection_id=one.id, number=item.number, note="已更换")
            if self._world.chance("fixed", one.id, item.number) < 0.5:
                self._hands.do(mark_fixed, fitter, inspection_id=one.id, number=item.number)
        self._hands.do(submit_rectification, chat, inspection_id=one.id)

    def _stop(self, today: date) -> None:
        query = select(Report).where(
            Report.issued_on == today - timedelta(days=1), Report.conclusion == Conclusion.FAIL
        )
        with self._passes.database.read() as session:
            failed = session.exec(query).all()
        for report in failed:
            unit = self._world.units[self._world.unit_of[report.lift_id]]
            if self._world.chance("stops", report.id) < 0.7:
                self._hands.do(confirm_stopped, unit.contact, report_id=report.id)

    def _change_people(self, today: date) -> None:
        with self._passes.database.read() as session:
            doubts = select(Task.party_id, Task.opened_on).where(
                col(Task.kind).in_((TaskKind.BAD_PHONE, TaskKind.NO_CONTACT, TaskKind.DELIVERY_FAILED))
            )
            known = {party: day for party, day in session.exec(doubts) if party is not None}
        for unit in self._world.units.values():
            if unit.party_id in self._changed:
                continue
            wait = self._world.between(10, 60, "learns", unit.party_id)
            if unit.manner is Manner.CHANGES_CONTACT:
                wanted = self._first + timedelta(days=self._world.between(EARLIEST, LATEST, "changes", unit.party_id))
            elif unit.manner is Manner.WRONG_NUMBER and unit.party_id in known:
                wanted = known[unit.party_id] + timedelta(days=wait)
            else:
                continue
            if today >= wanted:
                self._new_contact(unit)

    def _new_contact(self, unit: Unit) -> None:
        """The head names somebody else, who signs in; whoever was there is there no more."""
        phone, chat = self._world.number()
        role = ContactRole.UNIT_CONTACT.value
        contact = self._hands.do(name_person, unit.head, role=role, name=f"林{self._world.people}", phone=phone)
        if contact is None:
            return
        self._hands.do(end_person, unit.head, contact_id=unit.contact_id)
        with self._passes.database.write() as session:
            bind_chat(session, channel=TELEGRAM, address=chat, contact_id=session.get_one(Contact, contact).id)
        unit.contact, unit.contact_id = chat, contact
        self._changed.add(unit.party_id)
