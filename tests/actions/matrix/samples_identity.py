"""Who somebody is, and the people of a party."""

from datetime import timedelta
from typing import Any

from phones.world import NOW, TODAY, World
from sqlmodel import Session

from store.identity import Invitation
from store.tasks import Task, TaskKind

COLLEAGUE = {"own": "unit_contact", "other": "other_contact", "elsewhere": "elsewhere_contact"}
OFFICE = {"own": "department", "other": "bureau", "elsewhere": "other_department"}
ZHAO = {"name": "赵六", "phone": "+8614000000888"}


def nothing(session: Session, world: World, whose: str) -> dict[str, Any]:
    """About whoever asks."""
    return {}


def somebody(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Somebody at a use unit."""
    return {"contact_id": world.people[COLLEAGUE[whose]].contact_id}


def an_invitation(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A place that waits at an office."""
    place = Invitation(
        party_id=world.parties[OFFICE[whose]],
        role="inspector",
        phone=ZHAO["phone"],
        invited_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    session.add(place)
    session.flush()
    return {"invitation_id": place.id}


def a_check(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Somebody of a unit who is said to have left, before a department."""
    person = world.people[COLLEAGUE[whose]]
    task = Task(
        kind=TaskKind.PEOPLE_CHANGED,
        key=f"contact:{person.contact_id}",
        city_id="guangzhou",
        owner_party_id=world.parties["other_department" if whose == "elsewhere" else "department"],
        party_id=person.party_id,
        detail={
            "said": "somebody_else",
            "contact": person.contact_id,
            "role": person.role.value,
            "successor": ZHAO["name"],
            "successor_number": ZHAO["phone"],
        },
        opened_on=TODAY,
    )
    session.add(task)
    session.flush()
    return {"task_id": task.id, "is_true": True}


SAMPLES = {
    "act_for": somebody,
    "change_role": lambda session, world, whose: somebody(session, world, whose) | {"role": "safety_manager"},
    "close_door": lambda session, world, whose: {"kind": "telegram", "door_id": 1},
    "colleague_has_phone": somebody,
    "colleague_lost_phone": somebody,
    "end_person": somebody,
    "forget_me_here": nothing,
    "invite_person": lambda session, world, whose: (
        {"party_id": world.parties[OFFICE[whose]], "role": "inspector"} | ZHAO
    ),
    "lost_phone": nothing,
    "my_doors": nothing,
    "my_parties": nothing,
    "my_people": nothing,
    "name_person": lambda session, world, whose: {"role": "unit_contact"} | ZHAO,
    "open_invitations": nothing,
    "people_to_check": nothing,
    "places_to_choose": nothing,
    "say_somebody_else": lambda session, world, whose: ZHAO,
    "set_away": lambda session, world, whose: somebody(session, world, whose) | {"until": TODAY},
    "set_places": lambda session, world, whose: somebody(session, world, whose) | {"places": []},
    "settle_successor": a_check,
    "unanswered": nothing,
    "withdraw_invitation": an_invitation,
}
