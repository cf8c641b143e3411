"""`tixing invite`, `tixing paper-links` and `tixing doors`: who comes in, and who has come in where."""

from typing import Annotated, Any

import typer
from sqlmodel import Session, col, or_, select

from actions.identity.invitations import invite as offer_place
from actions.identity.invitations import revoke_invitation
from actions.identity.links import Printed, make_link
from actions.identity.listing import Entered, invitations_of, list_doors, restore_phone, revoke_doors
from actions.people.parties import is_office
from actions.refusals import Refused
from notifier.masking import mask_address, mask_phone
from store.identity import Invitation
from store.parties import Contact, ContactRole, Party
from tixing.commands.options import count_of, open_store, parse_moment_option, print_json
from tixing.environment import load_settings
from tixing.errors import TixingError, UsageError
from tixing.times import business_day

IN_OFFICES = frozenset(
    {ContactRole.INSPECTOR, ContactRole.DUTY_OFFICER, ContactRole.REGULATOR_OFFICER, ContactRole.STREET_OFFICER}
)
WRONG = {
    "people.no_phone": "is no telephone number; write it with its country code, as +8614000000001",
    "people.no_name": "is no name of at most 40 characters",
    "people.there_already": "is in that role there already",
}


def invite(
    party: Annotated[str, typer.Argument(help="Its name, or its stable name (ref) as in rehearse.")],
    role: Annotated[str | None, typer.Option(help=f"What they will be: {', '.join(ContactRole)}.")] = None,
    phone: Annotated[str, typer.Option(help="Their telephone, to which the code will go.")] = "",
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    withdraw: Annotated[int | None, typer.Option(help="Take the invitation of this number back.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each that is open.")] = False,
) -> None:
    """Keep a place at a party for whoever has a telephone: the code that goes there takes it up, within 14 days.

    Without --role the open invitations are shown. The invited sign in on the page `/chat`, or in Telegram by number.
    """
    if (role is None) != (not phone):
        raise UsageError("give --role and --phone together")
    if role is not None and role not in list(ContactRole):
        raise UsageError(f"--role {role!r} is not known; it is one of {', '.join(ContactRole)}")
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        found = party_called(session, party)
        if role is not None:
            _refuse_odd_place(found, ContactRole(role))
            try:
                offer_place(
                    session,
                    party_id=found.id,
                    role=ContactRole(role),
                    name=name,
                    phone=phone,
                    invited_by=None,
                    now=now,
                )
            except Refused as error:
                raise UsageError(f"{name or mask_phone(phone)} {WRONG[error.name]}") from error
        waiting = invitations_of(session, found.id, now)
        if withdraw is not None:
            if withdraw not in [one.id for one in waiting] or not revoke_invitation(session, withdraw, now):
                raise TixingError(f"{found.name} has no open invitation {withdraw}")
            waiting = [one for one in waiting if one.id != withdraw]
    for one in waiting:
        _print_invitation(one, as_json=as_json)


def paper_links(
    party: Annotated[str, typer.Argument(help="Its name, or its stable name (ref).")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each person.")] = False,
) -> None:
    """A personal link for each of a party's people, to be printed and handed over; earlier ones are good no more.

    A link is good once, for 60 days, and still asks for the code that goes to the telephone on file.
    """
    public_url = load_settings().public_url
    if public_url is None:
        raise UsageError("a link needs the address of this service: set TIXING_PUBLIC_URL")
    now = parse_moment_option("now", None)
    with open_store() as database, database.write() as session:
        found = party_called(session, party)
        query = select(Contact).where(Contact.party_id == found.id, col(Contact.to_on).is_(None))
        people = session.exec(query.where(~col(Contact.synthetic)).order_by(col(Contact.id))).all()
        printed = [(one, link) for one in people if (link := make_link(session, one.id, now)) is not None]
    if not printed:
        raise TixingError(f"nobody with a telephone is known at {found.name}")
    for contact, link in printed:
        _print_link(found, contact, link, str(public_url).rstrip("/"), as_json=as_json)


def doors(
    party: Annotated[str | None, typer.Argument(help="Only this party: its name or ref.")] = None,
    revoke: Annotated[int | None, typer.Option(help="Close all doors of the contact of this number.")] = None,
    restore: Annotated[int | None, typer.Option(help="Send codes to the contact of this number again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each.")] = False,
) -> None:
    """The chats and browsers in which people are known; with --revoke a telephone is lost, and its doors are closed.

    No code goes to a revoked number for a day, or until it is restored.
    """
    now = parse_moment_option("now", None)
    with open_store() as database:
        with database.write() as session:
            chosen = party_called(session, party).id if party is not None else None
            if revoke is not None:
                _revoke(session, revoke, now)
            if restore is not None:
                _restore(session, restore, now)
        with database.read() as session:
            found = list_doors(session, chosen, now)
    for one in found:
        _print_door(one, as_json=as_json)
    if not found and not as_json:
        typer.echo("nobody has come in yet")


def party_called(session: Session, named: str) -> Party:
    """The one party of this name or ref."""
    parties = session.exec(select(Party).where(or_(Party.ref == named, Party.name == named))).all()
    if len(parties) != 1:
        raise TixingError(f"{len(parties) or 'no'} parties are called {named!r}; `tixing rehearse` shows their refs")
    return parties[0]


def _refuse_odd_place(party: Party, role: ContactRole) -> None:
    if is_office(party) != (role in IN_OFFICES):
        kind = "an office" if is_office(party) else "no office"
        raise UsageError(f"{party.name} is {kind}, where nobody is {role.value}")


def _revoke(session: Session, contact_id: int, now: Any) -> None:
    try:
        closed = revoke_doors(session, contact_id, now)
    except LookupError as error:
        raise _no_telephone(contact_id) from error
    typer.echo(f"{count_of(closed, 'door')} closed", err=True)


def _restore(session: Session, contact_id: int, now: Any) -> None:
    try:
        restore_phone(session, contact_id, now)
    except LookupError as error:
        raise _no_telephone(contact_id) from error


def _no_telephone(contact_id: int) -> TixingError:
    return TixingError(f"there is no contact {contact_id} with a telephone; `tixing doors` shows the numbers")


def _print_invitation(one: Invitation, *, as_json: bool) -> None:
    until = business_day(one.expires_at).isoformat()
    if as_json:
        print_json(
            {"invitation": one.id, "role": one.role, "name": one.name, "phone": mask_phone(one.phone), "until": until}
        )
        return
    typer.echo(f"{one.id:>6} {one.role:<18} {one.name} {mask_phone(one.phone)} until {until}")


def _print_link(party: Party, contact: Contact, link: Printed, public_url: str, *, as_json: bool) -> None:
    address, until = f"{public_url}/chat#k={link.token}", business_day(link.expires_at).isoformat()
    telegram = f"/start k_{link.token}"
    if as_json:
        about = {"party": party.name, "contact": contact.id, "name": contact.name, "role": contact.role}
        print_json(about | {"link": address, "telegram": telegram, "until": until})
        return
    typer.echo(f"{party.name} · {contact.name or contact.role}")
    typer.echo(f"  {address}")
    typer.echo(f"  or in Telegram, to the bot: {telegram}")
    typer.echo(f"  good once, until {until}; the code goes to {mask_phone(contact.phone or '')}\n")


def _print_door(one: Entered, *, as_json: bool) -> None:
    where = mask_address(one.channel, one.address)
    if as_json:
        about = {"contact": one.contact_id, "party": one.party, "role": one.role, "channel": one.channel}
        shown = {"address": where, "phone": mask_phone(one.phone), "works": one.works}
        print_json(about | shown | ({"browser": one.browser, "seen": one.since} if one.browser else {}))
        return
    what = f"browser {one.browser[:40]}, seen {one.since:%Y-%m-%d %H:%M}Z" if one.since else where
    works = "" if one.works else " (lapsed)"
    typer.echo(
        f"{one.contact_id:>6} {one.party} {one.role} {one.channel} {what} {mask_phone(one.phone)}{works}".rstrip()
    )
