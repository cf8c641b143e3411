"""Visits of the inspection department: places, bookings, who reads and changes them, and what came of them."""
