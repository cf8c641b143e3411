"""A report of before the city's first day, so that the public look-up has a lift that it knows."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, select

from schedules.tasks import desk_of_lift
from store.doors import StoredFile
from store.lifts import Lift
from store.reports import Conclusion, Report
from tixing.demo.city import DemoLift, Stated

KEY = "demo:past report"
NUMBER, MARK = "YS-DT-0001", "YS-0001"
BLANK_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def add_past_report(session: Session, lifts: Iterable[DemoLift], now: datetime) -> None:
    """Of the first lift whose dates are in order: it passed its last inspection."""
    if known_code(session) is not None:
        return
    for one in lifts:
        lift = session.exec(select(Lift).where(Lift.key == one.equipment_code)).first()
        desk = desk_of_lift(session, lift.id) if lift is not None else None
        in_order = one.stated is Stated.MONTH and one.last_inspected_on < now.date() < one.valid_until
        if lift is None or desk is None or not in_order:
            continue
        digest = sha256(BLANK_PAGE).hexdigest()
        file = StoredFile(
            address="demo",
            name="report.pdf",
            mime="application/pdf",
            size=len(BLANK_PAGE),
            sha256=digest,
            content=BLANK_PAGE,
            at=now,
        )
        session.add(file)
        session.flush()
        session.add(
            Report(
                city_id=lift.city_id,
                department_id=desk,
                lift_id=lift.id,
                number=NUMBER,
                conclusion=Conclusion.PASS,
                ended_on=one.last_inspected_on,
                issued_on=one.last_inspected_on,
                issued_at=now,
                valid_until=one.valid_until,
                mark=MARK,
                file_id=file.id,
                key=KEY,
            )
        )
        session.flush()
        return


def known_code(session: Session) -> str | None:
    """The code under which anybody finds that lift."""
    query = select(Lift.key).join(Report).where(Report.key == KEY)
    return session.exec(query).first()
