"""The queue that is drained: a city of one-lift units, each of which is told of its inspection today."""

from datetime import UTC, date, datetime
from hashlib import sha256

from sqlalchemy import Connection, func, select, text
from stores import freshen, number_on, trust_rows

from actions.running.cities import ensure_city
from schedules.calendar import WorkingCalendar
from schedules.ladder import ensure_step_dates
from schedules.rulebook import load_rulebook
from store.database import Database, bulk_insert, table_of
from store.duties import Duty, Told
from store.lifts import Lift, Responsibility
from store.notices import Delivery, Notice, NoticeStatus, PlanRun
from store.parties import Contact, ContactRole, Party

CITY, RULE, STEP, TEMPLATE = "guangzhou", "gz.inspection", "sms", "gz.sms"
TODAY = date(2026, 2, 28)
NOW = datetime(2026, 2, 28, 1, tzinfo=UTC)  # nine in the morning there: no quiet hour
DUE = date(2026, 5, 31)
SINCE = "2025-01-01"
RUN = 1
FIRST = 1000  # the ids of parties, lifts, duties and notices go on from here, the same number for what belongs together


def fill(database: Database, notices: int) -> None:
    """A new store with `notices` units, each with a lift and a person, and a duty that was planned today."""
    with database.write() as session:
        ensure_city(session, CITY, date(2025, 1, 1))
        ensure_step_dates(session, load_rulebook(CITY).rules, [(RULE, DUE)], WorkingCalendar())
        connection = session.connection()
        trust_rows(connection)
        _add_units(connection, range(FIRST, FIRST + notices))
        _add_duties(connection, range(FIRST, FIRST + notices))
        plan = (RUN, TODAY.isoformat(), NOW.isoformat(), notices, notices)
        bulk_insert(connection, PlanRun, ("id", "planned_on", "finished_at", "notices", "duties"), [plan])
        number_on(connection, "party", "contact", "lift", "responsibility", "duty", "plan_run")


def queue(database: Database, notices: int) -> None:
    """Queue the day's notices; on a server after taking away those of an earlier run."""
    with database.write() as session:
        connection = session.connection()
        trust_rows(connection)
        if not database.is_sqlite:
            connection.execute(text("TRUNCATE notice RESTART IDENTITY CASCADE"))
        numbers = range(FIRST, FIRST + notices)
        _add_notices(connection, numbers)
        ledger = [(n, DUE.isoformat(), STEP, n, "reserved", n, TODAY.isoformat(), False, False) for n in numbers]
        columns = ("duty_id", "due", "step", "party_id", "state", "notice_id", "on_date", "late", "is_copy")
        bulk_insert(connection, Told, columns, ledger)
        number_on(connection, "notice")
    freshen(database)


def _add_units(connection: Connection, numbers: range) -> None:
    """Use units with a person and a lift."""
    parties = [(n, CITY, f"u-{n}", f"广州示例{n}号物业服务有限公司", "zh") for n in numbers]
    bulk_insert(connection, Party, ("id", "city_id", "ref", "name", "language"), parties)
    role = ContactRole.UNIT_CONTACT.value
    people = [(n, n, role, "李小满", f"+86140{n:08d}", "", False, SINCE) for n in numbers]
    person = ("id", "party_id", "role", "name", "phone", "phone_stated", "synthetic", "from_on")
    bulk_insert(connection, Contact, person, people)
    names = ("district", "compound", "building", "internal_number", "address", "kind", "certificate")
    codes = ("equipment_code", "registration_code", "rescue_number", "factory_number")
    valid = ("valid_until", "valid_precision", "cycle")
    columns = ("id", "city_id", "key", "status", "fingerprint", "district_code", *names, *codes, *valid)
    lifts = [
        (
            *(n, CITY, f"3110990{n:013d}", "in_use", "", "440106"),
            *("天河区", f"云荔{n % 500}苑", f"{n % 40 + 1}栋", f"{n % 4 + 1}梯", "", "", f"梯11粤A{n:06d}(26)"),
            *("", "", "", "", DUE.isoformat(), "month", DUE.isoformat()),
        )
        for n in numbers
    ]
    bulk_insert(connection, Lift, columns, lifts)
    answering = [(n, n, n, "use_unit", SINCE) for n in numbers]
    bulk_insert(connection, Responsibility, ("id", "lift_id", "party_id", "role", "from_on"), answering)


def _add_duties(connection: Connection, numbers: range) -> None:
    """Inspections of which the first rung was planned today and the second comes on 2 March."""
    columns = ("id", "rule", "kind", "lift_id", "cycle", "due", "provisional", "told_seq", "next_step", "next_on")
    due = DUE.isoformat()
    rows = [(n, RULE, "periodic_inspection", n, due, due, False, 1, "call", "2026-03-02") for n in numbers]
    bulk_insert(connection, Duty, columns, rows)


def _add_notices(connection: Connection, numbers: range) -> None:
    fixed: dict[str, object] = {
        "city_id": CITY,
        "run_id": RUN,
        "planned_on": TODAY.isoformat(),
        "send_on": TODAY.isoformat(),
        "duty": "periodic_inspection",
        "rule": RULE,
        "step": STEP,
        "audience": "unit_contact",
        "district_code": "440106",
        "channel_class": "sms",
        "template": TEMPLATE,
        "late": False,
        "status": NoticeStatus.PLANNED.value,
        "reason": "",
        "lease_owner": "",
        "tries": 0,
    }
    bulk_insert(connection, Notice, ("id", "party_id", *fixed), [(n, n, *fixed.values()) for n in numbers])


def unsettled(database: Database, notices: int) -> str:
    """What is wrong with the store after a drain, in words; nothing if every notice was sent and settled once."""
    notice, delivery, told = table_of(Notice), table_of(Delivery), table_of(Told)
    sent = {
        "notices sent": select(func.count()).where(notice.c.status == "sent", notice.c.settled_at.is_not(None)),
        "deliveries sent": select(func.count()).where(delivery.c.status == "sent", delivery.c.provider_id.is_not(None)),
        "notices with a delivery": select(func.count(delivery.c.notice_id.distinct())),
        "ledger entries told": select(func.count()).where(told.c.state == "told"),
        "deliveries": select(func.count()).select_from(delivery),
    }
    with database.read() as session:
        counts = {name: session.execute(query).scalar_one() for name, query in sent.items()}
    return ", ".join(f"{count} {name} instead of {notices}" for name, count in counts.items() if count != notices)


def digest_of_texts(database: Database) -> str:
    """The words of all deliveries, by notice."""
    delivery = table_of(Delivery).c
    query = select(delivery.notice_id, delivery.address, delivery.body, delivery.segments, delivery.template_version)
    with database.read() as session:
        rows = session.execute(query.order_by(delivery.notice_id)).all()
    return sha256(repr(rows).encode()).hexdigest()
