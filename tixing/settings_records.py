"""What keeps records as evidence: a key and anchors outside the database, and backups; a part of the settings."""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from tixing.backups.making import How
from tixing.errors import TixingError
from tixing.records.keys import signed_from, trusted_keys
from tixing.settings_keeping import KeepingSettings

NO_KEY = "unreadable"  # among the keys that are trusted: no root is signed with it


class RecordsSettings(KeepingSettings):
    """Files and folders, none of which the database's administrator should be able to change."""

    records_key: Path | None = Field(
        default=None,
        description="The file of the key that signs what each day's records came to (`tixing records key --new FILE`).",
        examples=["/etc/tixing/records.pem"],
    )
    records_anchors: Path | None = Field(
        default=None,
        description="A folder, best on another machine, that gets what each day's records came to.",
        examples=["/mnt/elsewhere/anchors"],
    )
    backup_to: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description=f"The folders that get a backup each night, separated by `{os.pathsep}`; two, on different "
        "disks or machines.",
        examples=["/mnt/one/tixing:/mnt/two/tixing"],
    )
    backup_key: Path | None = Field(
        default=None,
        description="The file of the key that seals backups, in the form of age (`tixing backup --new-key FILE`). "
        "Keep a copy of it elsewhere: without it no backup can be read.",
        examples=["/etc/tixing/backup.age"],
    )
    backup_keep: int = Field(
        default=30,
        ge=2,
        le=10_000,
        description="How many backups are kept in each folder, beside the first of each of the last 13 months.",
        examples=["60"],
    )

    @field_validator("backup_to", mode="before")
    @classmethod
    def split_folders(cls, value: Any) -> Any:
        """`a:b` → (a, b)."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(Path(part.strip()) for part in value.split(os.pathsep) if part.strip()))

    @property
    def backups(self) -> How:
        """How backups are made; the keys of roots are read now. Without them it is made all the same, and not good."""
        try:
            trusted, since = trusted_keys(self.records_key), signed_from(self.records_key)
        except (OSError, TixingError):
            trusted, since = frozenset({NO_KEY}), None
        return How(self.backup_to, self.backup_key, self.backup_keep, trusted, since=since)
