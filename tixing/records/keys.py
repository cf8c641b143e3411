"""The key that signs the roots of days. It lies in a file, outside the database whose administrator it watches.

Beside the file lies another of the same name and `.pub`: the public keys that are trusted, one in each line. A new key
is added to it, and older roots stay good.
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
        public.write(f"{signer.public}\n")
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
    found: set[str] = set()
    signer = load_signer(path)
    if signer is not None and path is not None:
        found.add(signer.public)
        beside = path.with_name(path.name + PUBLIC)
        found.update(_lines(beside) if beside.exists() else ())
    for one in more:
        found.update([one.lower()] if _is_key(one) else _lines(Path(one)))
    return frozenset(found)


def _lines(path: Path) -> list[str]:
    said = path.read_text(encoding="ascii", errors="replace")
    lines = [line.strip().lower() for line in said.splitlines() if line.strip()]
    if not all(map(_is_key, lines)):
        raise UsageError(f"{path} holds a line that is no public key: {HEX_DIGITS} hex digits")
    return lines


def _is_key(text: str) -> bool:
    return len(text) == HEX_DIGITS and all(digit in "0123456789abcdef" for digit in text.lower())


def _signer(key: Ed25519PrivateKey) -> Signer:
    return Signer(key, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
