"""Telegram as people have it on their phones: a strict Bot API server, a driver for a person, and a small city."""
