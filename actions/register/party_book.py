"""The units of a register in the store: found again, made, renamed; their people added and ended."""

from collections.abc import Mapping, Sequence

from actions.identity.record import STILL_NAMED
from actions.register.context import ImportContext
from actions.register.findings import Findings
from actions.register.party_store import KnownParty, load_parties, party_ids, refs_of_learned_codes
from actions.register.people_changes import compare_numbers, counted
from actions.register.persons import StatedContact
from actions.register.statements import insert_rows, run_many, stream
from actions.register.units import StatedParty
from store.ids import IdSource, largest_id
from store.imports import ChangeKind
from store.lifts import LiftRole
from store.parties import Contact, Party
from store.tasks import TaskKind

IDS_AT_ONCE = 500
REMEMBERED = 50_000  # units; then memory is given back and they are looked up again
PARTY_COLUMNS = ("id", "city_id", "ref", "name", "credit_code", "language")
UPDATE_PARTY = "UPDATE party SET name = ?, credit_code = ? WHERE id = ?"
CONTACT_COLUMNS = ("party_id", "role", "name", "phone", "phone_stated", "synthetic", "from_on")
# A register may be older than the one before it: nobody leaves before they came.
ADOPT_CONTACT = "UPDATE contact SET by_hand = FALSE WHERE id = ?"
END_CONTACT = "UPDATE contact SET to_on = CASE WHEN from_on > ? THEN from_on ELSE ? END WHERE id = ?"
MENTIONED_AS = {LiftRole.USE_UNIT: 1, LiftRole.MAINTAINER: 2}


class PartyBook:
    """Which stored party each stated one is. Memory is bounded: two bytes for each party and contact in the store."""

    def __init__(
        self,
        context: ImportContext,
        findings: Findings,
        language: str,
        roles: Mapping[LiftRole, frozenset[str]],
    ) -> None:
        self._context = context
        self._findings = findings
        self._language = language
        self._roles = roles
        connection = context.connection
        self._new_ids = IdSource(connection, Party, at_once=IDS_AT_ONCE)
        self._mentioned = bytearray(largest_id(connection, Party) + 1)
        self._stated_contacts = bytearray(largest_id(connection, Contact) + 1)
        self._unsure: set[str] = set()
        self._adopted: list[int] = []
        self._ids: dict[StatedParty, int] = {}
        self._known: dict[str, KnownParty] = {}
        self._changed: dict[int, KnownParty] = {}
        self._before: dict[int, tuple[str, str | None]] = {}
        self._after: dict[int, tuple[str, str | None]] = {}
        self._same = refs_of_learned_codes(connection, context.city_id)  # a ref as stated → the stored one

    @property
    def count(self) -> int:
        """How many parties this file has named so far."""
        return len(self._mentioned) - self._mentioned.count(0)

    def id_of(self, stated: StatedParty) -> int:
        """The id of a party that `note` has seen in this batch."""
        return self._ids[stated]

    def is_same(self, stated: StatedParty, ref: str) -> None:
        """A party stated without a credit code is the stored one that has this ref."""
        self._same[stated.ref] = ref

    def hold(self, stated: StatedParty) -> None:
        """A refused row names this party: what else it says of it is unknown, so nobody there is ended."""
        self._unsure.update((stated.ref, stated.ref_by_name))

    def note(self, stated_on: Mapping[StatedParty, int]) -> None:
        """Find or make these parties and their people; the values are the lines on which they are stated."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
            self._ids.clear()
        fresh = [stated for stated in stated_on if stated not in self._ids]
        self._load(fresh)
        parties: list[tuple[object, ...]] = []
        contacts: list[tuple[object, ...]] = []
        for stated in fresh:
            known = self._find(stated)
            if known is None:
                known = self._make(stated, parties)
            self._mention(known, stated)
            for contact in stated.contacts:
                self._add_contact(known, stated, contact, contacts, stated_on[stated])
            self._ids[stated] = known.id
        insert_rows(self._context.connection, Party, PARTY_COLUMNS, parties)
        insert_rows(self._context.connection, Contact, CONTACT_COLUMNS, contacts)
        changed = [(known.name, known.credit_code, known.id) for known in self._changed.values()]
        self._after |= {known.id: (known.name, known.credit_code) for known in self._changed.values()}
        run_many(self._context.connection, UPDATE_PARTY, changed)
        self._changed.clear()

    def end_contacts(self) -> None:
        """End the people whom this file no longer states at parties that it names, in roles that it has columns for.

        Whom a person has named, and no register yet, is none of them.
        """
        context = self._context
        unsure = party_ids(context.connection, context.city_id, list(self._unsure))
        run_many(context.connection, ADOPT_CONTACT, [(contact_id,) for contact_id in self._adopted])
        present = stream(
            context.connection,
            "SELECT contact.id, contact.party_id, contact.role FROM contact JOIN party ON party.id = contact.party_id"
            " WHERE party.city_id = ? AND contact.to_on IS NULL AND NOT contact.by_hand AND contact.id < ?",
            context.city_id,
            len(self._stated_contacts),
        )
        spoken_of = [
            contact_id
            for contact_id, party_id, role in present
            if party_id not in unsure and self._covers(party_id, role)
        ]
        ended = [contact_id for contact_id in spoken_of if not self._stated_contacts[contact_id]]
        self._count_lifts_behind(set(ended))
        run_many(context.connection, END_CONTACT, [(context.on, context.on, contact_id) for contact_id in ended])
        context.changes.people, context.changes.people_ended = len(spoken_of), len(ended)
        self._note(ended)

    def _count_lifts_behind(self, ended: set[int]) -> None:
        context = self._context
        found = compare_numbers(
            context.connection, context.city_id, self._speaks_of, ended.__contains__, len(self._stated_contacts)
        )
        for role, behind, of in counted(context.connection, found):
            context.changes.numbers[role.value] = (behind, of)

    def _note(self, ended: list[int]) -> None:
        """Keep what was changed of parties and people."""
        journal, first_new = self._context.journal, len(self._stated_contacts)
        for contact_id in ended:
            journal.add(ChangeKind.CONTACT_ENDED, contact_id)
        for contact_id in self._adopted:
            journal.add(ChangeKind.CONTACT_ADOPTED, contact_id)
        journal.add_new(ChangeKind.CONTACT_ADDED, first_new)
        for party_id, (name, code) in self._before.items():
            new_name, new_code = self._after[party_id]
            detail = {"name": (name, new_name), "credit_code": (code, new_code)}
            journal.add(ChangeKind.PARTY, party_id, detail)

    def _covers(self, party_id: int, role: str) -> bool:
        return self._speaks_of(party_id, role) is not None

    def _speaks_of(self, party_id: int, role: str) -> LiftRole | None:
        """As whose people this file states the party's people in this role."""
        mentioned = self._mentioned[party_id]
        kinds = (kind for kind, bit in MENTIONED_AS.items() if mentioned & bit and role in self._roles[kind])
        return next(kinds, None)

    def _find(self, stated: StatedParty) -> KnownParty | None:
        known = self._known.get(self._same.get(stated.ref, stated.ref))
        if known is None and stated.credit_code is not None:
            known = self._known.get(stated.ref_by_name)
            if known is None or known.credit_code not in (None, stated.credit_code):
                return None
            self._learn_credit_code(known, stated.credit_code, stated.ref_by_name)
            self._known[stated.ref] = known
        return known

    def _make(self, stated: StatedParty, parties: list[tuple[object, ...]]) -> KnownParty:
        [party_id] = self._new_ids.take(1)
        self._mentioned.extend(bytes(party_id + 1 - len(self._mentioned)))
        known = KnownParty(party_id, stated.name, stated.credit_code)
        self._known[stated.ref] = known
        self._known.setdefault(stated.ref_by_name, known)
        parties.append((known.id, self._context.city_id, stated.ref, stated.name, stated.credit_code, self._language))
        return known

    def _mention(self, known: KnownParty, stated: StatedParty) -> None:
        if not self._mentioned[known.id] and known.name != stated.name:
            self._before.setdefault(known.id, (known.name, known.credit_code))
            known.name = stated.name
            self._changed[known.id] = known
        self._mentioned[known.id] |= MENTIONED_AS[stated.role]

    def _learn_credit_code(self, known: KnownParty, code: str, ref: str) -> None:
        if known.credit_code is None:
            self._before.setdefault(known.id, (known.name, known.credit_code))
            known.credit_code = code
            self._same[code] = ref
            self._changed[known.id] = known

    def _add_contact(
        self,
        known: KnownParty,
        stated: StatedParty,
        contact: StatedContact,
        rows: list[tuple[object, ...]],
        line: int,
    ) -> None:
        role, name, phone, phone_stated, synthetic = contact
        identity = (role, name, phone, phone_stated)
        contact_id = known.contacts.get(identity)
        if contact_id is not None:
            if contact_id:
                self._stated_contacts[contact_id] = 1
                self._adopt(known, contact_id)
            return
        if identity in known.gone:
            self._report_gone(known, contact, line)
            return
        known.contacts[identity] = 0
        self._context.changes.people_added += 1
        rows.append((known.id, role, name, phone, phone_stated, synthetic, self._context.on))
        if phone_stated:
            detail = {"party": stated.name, "role": role, "stated": phone_stated}
            self._findings.add(TaskKind.BAD_PHONE, f"party {known.id}", line, party_id=known.id, detail=detail)

    def _adopt(self, known: KnownParty, contact_id: int) -> None:
        """Whom a person had named the register names too: from now on they are there for as long as it does."""
        if contact_id in known.by_hand:
            known.by_hand.discard(contact_id)
            self._adopted.append(contact_id)

    def _report_gone(self, known: KnownParty, contact: StatedContact, line: int) -> None:
        """A person has ended whom the register names still: they stay away, and somebody looks into it."""
        detail = {"said": STILL_NAMED, "who": contact.name, "number": contact.phone or ""}
        about = f"party {known.id} {contact.role} {contact.phone or contact.phone_stated}"
        self._findings.add(TaskKind.PEOPLE_CHANGED, about, line, party_id=known.id, detail=detail)

    def _load(self, fresh: Sequence[StatedParty]) -> None:
        wanted = {self._same.get(stated.ref, stated.ref) for stated in fresh} | {stated.ref_by_name for stated in fresh}
        missing = [ref for ref in wanted if ref not in self._known]
        context = self._context
        self._known |= load_parties(context.connection, context.city_id, missing, len(self._stated_contacts))
