"""The day of an inspection department: its visits, its calls, and what else waits there."""
