"""A store for platforms to try the interface: made-up lifts of two maintainers, and nobody who could be reached."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from sqlmodel import Session

from actions.actors import Actor, Asked, find_actors
from actions.interface.keys import By, Scope, make_key
from actions.paperless.platforms import apply_own_platform, list_platform, record_test
from actions.paperless.register import file_maintainer, register_maintainer
from actions.paperless.ways import choose_way
from actions.people.parties import add_contact, bind_webchat, find_or_add_party
from actions.records.answering import object_to_maintenance
from actions.register.identifiers import normalise_identifier
from actions.running.cities import add_area_party, ensure_city
from schedules.dates import add_months
from schedules.duties import rebuild
from schedules.moments import day_of
from store.doors import WEBCHAT
from store.lifts import Lift, LiftName, LiftRole, NameKind, Responsibility
from store.parties import AreaRole, ContactRole, Party
from store.records import MaintenanceRecord, PlatformRole, RecordState

CITY = "guangzhou"
SIGNER, ADMINISTRATOR, OFFICER = "sandbox-unit", "sandbox-contractor", "sandbox-bureau"  # inboxes in the store itself
LIFTS = 6
FIRST = 31109900190000001
LASTS = timedelta(days=90)
SINCE = timedelta(days=10)  # of the maintainer's contract, so that visits are due soon


@cache
def made_up() -> Mapping[str, str]:
    """The names and words of the sandbox."""
    return tomllib.loads((files("templates") / "documents" / "sandbox.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Sandbox:
    """What a platform is given. `others`: a lift of another maintainer, which must be refused."""

    key: str
    lifts: tuple[str, ...]
    others: str


def found_sandbox(session: Session, now: datetime) -> Sandbox:
    """Found it in an empty store."""
    today, words = day_of(now), made_up()
    ensure_city(session, CITY, today)
    unit = find_or_add_party(session, city_id=CITY, name=words["unit"], kind="u")
    ours, others = (
        find_or_add_party(session, city_id=CITY, name=name, kind="m") for name in (words["ours"], words["others"])
    )
    codes = [_lift(session, number, unit, ours if number < LIFTS else others, now) for number in range(LIFTS + 1)]
    rebuild(session, city_id=CITY, today=today, now=now)
    bureau = add_area_party(
        session, city_id=CITY, role=AreaRole.CITY_REGULATOR, name=words["bureau"], district_codes=["*"], as_of=today
    )
    people = ((SIGNER, unit, ContactRole.LEGAL_REP), (ADMINISTRATOR, ours, ContactRole.MAINTAINER_ADMIN),
              (OFFICER, bureau, ContactRole.REGULATOR_OFFICER))  # fmt: skip
    for address, party_id, role in people:
        contact_id = add_contact(session, party_id=party_id, role=role, name=words["person"], as_of=today)
        bind_webchat(session, address=address, contact_id=contact_id)
    connect(session, _actor(session, ADMINISTRATOR), _actor(session, OFFICER), now)
    by = By("tixing sandbox", words["trial"], now)
    key = make_key(session, by, party_id=ours, scopes=list(Scope), lasts=LASTS)[1]
    return Sandbox(key, tuple(codes[:LIFTS]), codes[LIFTS])


def connect(session: Session, admin: Actor, officer: Actor, now: datetime) -> None:
    """The way to the first upload: filed, registered, applied, tested, listed, and chosen by the contractor."""

    def asked(actor: Actor) -> Asked:
        return Asked(actor, now, day_of(now), f"connect:{actor.party_id}")

    name, number = session.get_one(Party, admin.party_id).name, f"SANDBOX-{admin.party_id}"
    file_maintainer(session, asked(officer), name=name, number=number, filed_on=day_of(now))
    register_maintainer(session, asked(admin))
    platform_id = apply_own_platform(session, asked(admin))
    key = f"connect:{admin.party_id}:tested"
    record_test(session, admin.party_id, passed=True, ref="sandbox", now=now, today=day_of(now), key=key)
    list_platform(session, asked(officer), platform_id=platform_id)
    choose_way(session, asked(admin), way=PlatformRole.OWN, platform_id=platform_id)


def object_to(session: Session, record_id: int, text: str | None, now: datetime) -> bool:
    """Object as the unit, without a text in words of our own; whether that record waits for its signature."""
    record = session.get(MaintenanceRecord, record_id)
    if record is None or record.state != RecordState.PENDING:
        return False
    asked = Asked(_actor(session, SIGNER), now, day_of(now), f"sandbox:{record_id}")
    object_to_maintenance(session, asked, record_id=record_id, text=text or made_up()["objection"])
    return True


def _actor(session: Session, address: str) -> Actor:
    [found] = find_actors(session, WEBCHAT, address)
    return found


def _lift(session: Session, number: int, unit: int, maintainer: int, now: datetime) -> str:
    code, valid_until, words = str(FIRST + number), add_months(day_of(now), 6), made_up()
    lift = Lift(
        city_id=CITY,
        key=code,
        district=words["district"],
        district_code="440106",
        compound=words["compound"],
        building=words["building"],
        internal_number=words["lift"].format(number=number + 1),
        equipment_code=code,
        kind=words["kind"],
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
