"""Records as evidence: days are closed and signed, everything is checked, kept twice, and cut only by the law."""
