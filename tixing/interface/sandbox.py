"""A store for platforms to try the interface: made-up lifts of two maintainers, and nobody who could be reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from actions.interface.keys import By, Scope, make_key
from actions.interface.outgoing import announce
from actions.people.parties import find_or_add_party
from actions.register.identifiers import normalise_identifier
from actions.running.cities import ensure_city
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.moments import day_of
from store.appending import NewEntry, append
from store.lifts import Lift, LiftName, LiftRole, NameKind, Responsibility
from store.records import EntryKind, MaintenanceRecord, RecordState

CITY = "guangzhou"
UNIT, OURS, OTHERS = "广州示例沙箱物业有限公司", "广州示例沙箱维保有限公司", "广州示例别家维保有限公司"
LIFTS = 6
FIRST = 31109900190000001
LASTS = timedelta(days=90)
SINCE = timedelta(days=10)  # of the maintainer's contract, so that visits are due soon


@dataclass(frozen=True)
class Sandbox:
    """What a platform is given. `others`: a lift of another maintainer, which must be refused."""

    key: str
    lifts: tuple[str, ...]
    others: str


def found_sandbox(session: Session, now: datetime) -> Sandbox:
    """Found it in an empty store."""
    today = day_of(now)
    ensure_city(session, CITY, today)
    unit = find_or_add_party(session, city_id=CITY, name=UNIT, kind="u")
    ours, others = (find_or_add_party(session, city_id=CITY, name=name, kind="m") for name in (OURS, OTHERS))
    codes = [_lift(session, number, unit, ours if number < LIFTS else others, now) for number in range(LIFTS + 1)]
    rebuild(session, city_id=CITY, today=today, now=now)
    by = By("tixing sandbox", "对接测试", now)
    key = make_key(session, by, party_id=ours, scopes=list(Scope), lasts=LASTS)[1]
    return Sandbox(key, tuple(codes[:LIFTS]), codes[LIFTS])


def object_to(session: Session, record_id: int, text: str, now: datetime) -> bool:
    """Object in the unit's place; whether that record waits for its signature."""
    record = session.get(MaintenanceRecord, record_id)
    if record is None or record.state != RecordState.PENDING:
        return False
    append(session, [NewEntry(record.lift_id, EntryKind.OBJECTED, {"record": record.seq, "text": text})], day_of(now))
    record.state, record.decided_at = RecordState.OBJECTED, now
    session.add(record)
    announce(session, record, "objected")
    return True


def _lift(session: Session, number: int, unit: int, maintainer: int, now: datetime) -> str:
    code, valid_until = str(FIRST + number), add_months(day_of(now), 6)
    lift = Lift(
        city_id=CITY,
        key=code,
        district="天河区",
        district_code="440106",
        compound="沙箱花园",
        building="1栋",
        internal_number=f"{number + 1}梯",
        equipment_code=code,
        kind="曳引驱动乘客电梯",
        valid_until=valid_until,
        valid_precision="day",
        cycle=valid_until,
        known_from=day_of(now - SINCE),
    )
    session.add(lift)
    session.flush()
    name = normalise_identifier(code)
    session.add(LiftName(lift_id=lift.id, kind=NameKind.EQUIPMENT_CODE, value=name, stated=code))
    for role, party in ((LiftRole.USE_UNIT, unit), (LiftRole.MAINTAINER, maintainer)):
        session.add(Responsibility(lift_id=lift.id, party_id=party, role=role, from_on=day_of(now - SINCE)))
    return code
