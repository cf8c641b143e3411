"""Reading registers of lifts into the store."""

from actions.register.errors import RegisterError
from actions.register.load import ImportSummary, Request, import_register, import_request
from actions.register.preview import Preview, preview_import
from actions.register.thresholds import NeedsConfirmation, keep_threshold
from actions.register.undo import UndoSummary, undo_import

__all__ = [
    "ImportSummary",
    "NeedsConfirmation",
    "Preview",
    "RegisterError",
    "Request",
    "UndoSummary",
    "import_register",
    "import_request",
    "keep_threshold",
    "preview_import",
    "undo_import",
]
