"""Sealing backups in the form of age (https://age-encryption.org): the tool of that name opens them too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyrage

from tixing.errors import TixingError, UsageError

SUFFIX = ".age"


def new_backup_key(path: Path) -> str:
    """Make a key in a new file that only its owner reads; what it seals for."""
    identity = pyrage.x25519.Identity.generate()
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise UsageError(f"{path} exists; a key is never written over") from error
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n", encoding="ascii")
    return str(identity.to_public())


def seal(plain: Path, sealed: BinaryIO, key: Path) -> None:
    """Write `plain` sealed for the key in a file, without holding it in memory."""
    with plain.open("rb") as source:
        pyrage.encrypt_io(source, sealed, [_identity(key).to_public()])


@contextmanager
def opened(path: Path, key: Path | None, folder: Path) -> Iterator[Path]:
    """The file as it was before it was sealed; one that was not is itself."""
    if path.suffix != SUFFIX:
        yield path
        return
    if key is None:
        raise UsageError(f"{path} is sealed: name the file of its key in TIXING_BACKUP_KEY")
    plain = folder / path.stem
    try:
        with path.open("rb") as source, plain.open("wb") as target:
            pyrage.decrypt_io(source, target, [_identity(key)])
    except (pyrage.DecryptError, OSError) as error:
        raise TixingError(f"{path} cannot be opened with the key in {key}: {error}") from error
    try:
        yield plain
    finally:
        plain.unlink(missing_ok=True)


def _identity(path: Path) -> pyrage.x25519.Identity:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    try:
        return pyrage.x25519.Identity.from_str(
            next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY"))
        )
    except (StopIteration, pyrage.IdentityError) as error:
        raise TixingError(f"{path} holds no key; `tixing backup --new-key FILE` makes one") from error
