"""Backups of the whole store: packed while it runs, sealed, kept in two places, restored to see that they are whole."""
