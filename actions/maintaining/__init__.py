"""Maintenance visits: the worker's day, the record while it is written, statements of delay, labels on lifts."""
