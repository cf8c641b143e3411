"""For how long what people said is kept: a part of the settings."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from actions.running.forgetting import Keeping

LONGEST = 36_500  # days


class KeepingSettings(BaseSettings):
    """Days, from when something was said or came."""

    keep_lines: int = Field(
        default=730,
        ge=30,
        le=LONGEST,
        description="Days for which lines of the web chat are kept. What was sent to whom stays in the ledger.",
        examples=["1095"],
    )
    keep_files: int = Field(
        default=90,
        ge=7,
        le=LONGEST,
        description="Days for which files of chats are kept. Those of an alert or a case stay.",
        examples=["180"],
    )

    @property
    def keeping(self) -> Keeping:
        """The same as times."""
        return Keeping(timedelta(days=self.keep_lines), timedelta(days=self.keep_files))
