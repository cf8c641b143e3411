"""What can go wrong with a file as a whole, and with one of its rows."""


class RegisterError(Exception):
    """The file or its mapping cannot be used; the message is one sentence for a person. Nothing was stored."""


class RowRefused(Exception):
    """One row cannot be stored. `reason` is a stable short code, `values` fill its sentence in rejects.toml."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values
