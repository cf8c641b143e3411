"""The proof of one record: whoever holds it checks it without a database, against a root that they hold or that is
signed.

It is the record itself, the entries after it on its lift that day, the way up the tree of the day, and the day's root.
"""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import select
from sqlmodel import Session

from store.chain import START, VERSION, climb, day_root, entry_hash, tree_path
from store.database import table_of
from store.records import RecordEntry, RecordRoot
from tixing.errors import TixingError, UsageError
from tixing.records.anchors import Anchors, Statement, statement_of
from tixing.records.closing import leaves_of, root_before
from tixing.records.faults import Fault, Wrong

ENTRY = table_of(RecordEntry).c
FORM = "tixing proof 1"
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Proof(BaseModel):
    """`before` is the hash that the record stands on, `entries` its body and those after it, `path` up the tree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str = FORM
    lift_id: int
    seq: int
    before: Digest
    entries: list[str] = Field(min_length=1)
    path: list[tuple[Literal["left", "right"], Digest]]
    root_before: Digest
    root: Statement

    @model_validator(mode="after")
    def _can_be_checked(self) -> Self:
        date.fromisoformat(self.root.day)
        "".join(self.entries).encode()
        return self


def prove(session: Session, record: int) -> Proof:
    """The proof of an entry by its id; TixingError where its day is not closed, or its body was cut."""
    entry = session.get(RecordEntry, record)
    if entry is None:
        raise UsageError(f"there is no entry {record}")
    row = session.get(RecordRoot, entry.day)
    if row is None:
        raise TixingError(f"entry {record} is of {entry.day}, which is not closed yet: its proof is there tomorrow")
    query = select(ENTRY.seq, ENTRY.day, ENTRY.body, ENTRY.hash).where(ENTRY.lift_id == entry.lift_id)
    rows = session.execute(query.where(ENTRY.seq >= entry.seq - 1, ENTRY.day <= entry.day).order_by(ENTRY.seq)).all()
    bodies = [one.body for one in rows if one.seq >= entry.seq]
    if not all(bodies):
        raise TixingError(f"entry {record} was cut after its years of keeping; only its hash is there")
    leaves = leaves_of(session, entry.day)
    return Proof(
        lift_id=entry.lift_id,
        seq=entry.seq,
        before=(rows[0].hash if rows[0].seq < entry.seq else START).hex(),
        entries=[body.decode() for body in bodies],
        path=tree_path(list(leaves.values()), list(leaves).index(entry.lift_id)),
        root_before=root_before(session, entry.day).hex(),
        root=statement_of(row),
    )


def read_proof(path: Path) -> Proof:
    """A proof from its file."""
    try:
        return Proof.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError, RecursionError) as error:
        raise UsageError(f"{path} is no proof: `tixing records prove ID --out FILE` writes one") from error


def check_proof(proof: Proof, anchors: Anchors, trusted: frozenset[str]) -> list[Fault]:
    """What is wrong with a proof. Without anchors it stands on the signature, for which a key must be trusted."""
    faults: list[Fault] = []

    def fault(what: Wrong, said: str, seq: int | None = None) -> None:
        faults.append(Fault(what, said, proof.lift_id, seq or proof.seq, day=proof.root.day))

    digest = bytes.fromhex(proof.before)
    for seq, body in enumerate(proof.entries, start=proof.seq):
        if not body.startswith(f"{VERSION} {proof.lift_id} {seq} {proof.root.day} "):
            fault(Wrong.MOVED, "its body stands for another place", seq)
        digest = entry_hash(digest, body.encode())
    root = proof.root
    on = date.fromisoformat(root.day)
    made = day_root(bytes.fromhex(proof.root_before), on, root.lifts, root.entries, climb(digest, proof.path))
    if made.hex() != root.root:
        fault(Wrong.CHANGED, "it does not lead to the root of its day")
    held = [one.root for one in anchors.statements.get(proof.root.day, ())]
    noted = anchors.noted.get(proof.root.day, [])
    if any(root != proof.root.root for root in held) or not all(map(proof.root.root.startswith, noted)):
        fault(Wrong.ANCHOR, "the root of its day is held elsewhere, and is another")
    if not held and not noted and not (proof.root.is_signed and proof.root.key in trusted):
        fault(Wrong.UNSIGNED, "no anchor of its day was given, and no known key has signed its root")
    return faults


def as_json(proof: Proof) -> dict[str, Any]:
    """For a file."""
    return proof.model_dump(mode="json", exclude_none=True)
