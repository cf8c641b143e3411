"""Command line, settings, wiring of one process, demo."""
