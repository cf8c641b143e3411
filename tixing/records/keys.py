"""The key that signs the roots of days. It lies in a file, outside the database whose administrator it watches.

Beside the file lies another of the same name and `.pub`: the public keys that are trusted, one in each line with its
first day. A new key is added to it, and older roots stay good. What was closed before there was any key is signed by
none.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from store.chain import VERSION
from tixing.errors import TixingError, UsageError
from tixing.times import business_day, now_utc

PUBLIC = ".pub"
HEX_DIGITS = 64


@dataclass(frozen=True)
class Signer:
    """Signs roots; `public` is its public key (hex)."""

    key: Ed25519PrivateKey
    public: str

    def sign(self, said: bytes) -> bytes:
        """The signature of these bytes."""
        return self.key.sign(said)


def root_line(day: date | str, lifts: int, entries: int, root: bytes) -> bytes:
    """What is signed of a day."""
    return f"{VERSION} root {day} {lifts} {entries} {root.hex()}\n".encode()


def is_signed(public: str, said: bytes, signature: bytes) -> bool:
    """Whether whoever has this key signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(path: Path) -> Signer:
    """Make a key in a new file that only its owner reads, and trust it from now on."""
    key = Ed25519PrivateKey.generate()
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise UsageError(f"{path} exists; a key is never written over") from error
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signer = _signer(key)
    with path.with_name(path.name + PUBLIC).open("a", encoding="ascii") as public:
        public.write(f"{signer.public} {business_day(now_utc())}\n")
    return signer


def load_signer(path: Path | None) -> Signer | None:
    """The key of a file; None where no file is set."""
    if path is None:
        return None
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise TixingError(
            f"{path} holds no key that tixing can read; `tixing records key --new FILE` makes one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise TixingError(f"{path} holds a key of another kind; `tixing records key --new FILE` makes one")
    return _signer(key)


def trusted_keys(path: Path | None, more: tuple[str, ...] = ()) -> frozenset[str]:
    """The public keys whose signatures count: our own, those beside it, and `more` (hex, or a file with such lines)."""
    return frozenset(_trusted(path, more))


def signed_from(path: Path | None, more: tuple[str, ...] = ()) -> date | None:
    """The day on which the first of these keys was made; None where one of them does not say its day."""
    days = list(_trusted(path, more).values())
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _trusted(path: Path | None, more: tuple[str, ...]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    signer = load_signer(path)
    if signer is not None and path is not None:
        found[signer.public] = None
        beside = path.with_name(path.name + PUBLIC)
        found |= _lines(beside) if beside.exists() else {}
    for one in more:
        found |= {key: day or found.get(key) for key, day in _stated(one).items()}
    return found


def _stated(text: str) -> dict[str, date | None]:
    return {text.lower(): None} if _is_key(text) else _lines(Path(text))


def _lines(path: Path) -> dict[str, date | None]:
    """The keys of a file; behind each stands the day on which it was made, or nothing."""
    said = path.read_text(encoding="ascii", errors="replace")
    found: dict[str, date | None] = {}
    for line in filter(str.strip, said.splitlines()):
        key, _, day = line.strip().lower().partition(" ")
        try:
            found[key] = date.fromisoformat(day.strip()) if day.strip() else None
        except ValueError:
            key = ""
        if not _is_key(key):
            raise UsageError(f"{path} holds a line that is no public key: {HEX_DIGITS} hex digits")
    return found


def _is_key(text: str) -> bool:
    return len(text) == HEX_DIGITS and all(digit in "0123456789abcdef" for digit in text.lower())


def _signer(key: Ed25519PrivateKey) -> Signer:
    return Signer(key, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
