"""One function per verb; the only code that changes state on someone's behalf."""
