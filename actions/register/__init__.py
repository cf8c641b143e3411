"""Reading registers of lifts into the store."""

from actions.register.errors import RegisterError
from actions.register.load import ImportSummary, import_register

__all__ = ["ImportSummary", "RegisterError", "import_register"]
