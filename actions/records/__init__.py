"""Maintenance records: what they say, how they are kept, signed, looked up (003)."""
