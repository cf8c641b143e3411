"""Settings of the data interface."""

from pydantic import Field

from tixing.settings_keeping import KeepingSettings


class InterfaceSettings(KeepingSettings):
    """How other platforms are told."""

    webhooks_private: bool = Field(
        default=False,
        description="`1` sends to webhooks of other platforms at private addresses and without https too: for a "
        "sandbox, never where anybody may have a key.",
        examples=["1"],
    )
