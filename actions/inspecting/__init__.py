"""Inspections on site, from the start to the confirmation of what was rectified."""
