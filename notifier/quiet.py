"""Which channels quiet hours don't hold back: those that make no sound, or can be told to make none."""

from notifier.routing import CALL_TASK

SILENT = (CALL_TASK,)  # a line on a desk's list wakes nobody
SOUNDLESS = ("telegram", "webchat")  # take a message without a sound, where its template may come so at night
