"""Inspection reports: which are owed, issued and corrected, what units answer, and what anybody may look up."""
