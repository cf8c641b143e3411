"""Tables, queries and migrations. Imports nothing of ours."""

from store import calendar, duties, events, imports, lifts, notices, parties, settings, tasks

__all__ = ["calendar", "duties", "events", "imports", "lifts", "notices", "parties", "settings", "tasks"]
